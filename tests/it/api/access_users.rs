//! Accounts by the API: an admin looks after all, everybody else after themself.

use serde_json::{Value, json};

use crate::support::{
    Server, TestDb,
    people::{self, ANN, BOB, token},
    server::Answer,
    web::{self, header, post_form, send},
};

const USERS: &str = "/api/v1/users";
const PASSWORD: &str = "correct horse battery";

fn emails(list: &Answer) -> Vec<Value> {
    list.json()["items"].as_array().unwrap().iter().map(|user| user["email"].clone()).collect()
}

/// The addresses of Ann's and Bob's accounts.
async fn places(server: &Server, admin: &str) -> [String; 2] {
    let list = people::get(server, admin, &format!("{USERS}?sort=created_at")).await.json();
    [ANN, BOB].map(|email| {
        let all = list["items"].as_array().unwrap();
        let user = all.iter().find(|user| user["email"] == email).unwrap();
        format!("{USERS}/{}", user["id"])
    })
}

async fn sign_in(server: &Server, email: &str, password: &str) -> u16 {
    send(post_form(server, "/login", &[("email", email), ("password", password)])).await.status
}

/// How many accounts are as the scene made them.
async fn untouched(db: &TestDb) -> i64 {
    db.count(
        "users WHERE created_at = updated_at AND disabled_at IS NULL AND password_hash IS NULL
         AND (email, role) IN (('ann@example.org', 'owner'), ('bob@example.org', 'member'))",
    )
    .await
}

#[tokio::test]
async fn an_admin_sees_all_and_everybody_else_themself() {
    let db = people::two().await;
    let admin = token(&db, ANN, "admin").await;
    let narrow = token(&db, ANN, "write").await;
    let bob = token(&db, BOB, "write").await;
    let server = web::serve(&db).await;
    let [ann_at, bob_at] = places(&server, &admin).await;

    let all = people::get(&server, &admin, &format!("{USERS}?count=true&limit=1")).await;
    assert_eq!((emails(&all).len(), &all.json()["total"]), (1, &json!(2)));
    let cursor = all.json()["next_cursor"].as_str().unwrap().to_owned();
    let rest = people::get(&server, &admin, &format!("{USERS}?limit=1&cursor={cursor}")).await;
    assert_ne!(emails(&all), emails(&rest));
    for (filter, email) in [("role=owner", ANN), ("email=BOB@example.org", BOB)] {
        let found = people::get(&server, &admin, &format!("{USERS}?{filter}")).await;
        assert_eq!(emails(&found), [email]);
    }
    assert_eq!(emails(&people::get(&server, &narrow, USERS).await), [ANN]);
    assert_eq!(emails(&people::get(&server, &bob, USERS).await), [BOB]);
    let none = people::get(&server, &bob, &format!("{USERS}?role=owner&count=true")).await;
    assert_eq!((emails(&none).len(), &none.json()["total"]), (0, &json!(0)));

    assert_eq!(people::get(&server, &admin, &bob_at).await.status, 200);
    let own = people::get(&server, &bob, &bob_at).await;
    assert_eq!((own.status, &own.json()["role"]), (200, &json!("member")));
    assert!(!own.body.contains("password"), "{}", own.body);
    for other in [
        people::get(&server, &bob, &ann_at).await,
        people::get(&server, &narrow, &bob_at).await,
        people::patch(&server, &bob, &ann_at, &json!({"name": "x"})).await,
        people::patch(&server, &narrow, &bob_at, &json!({"role": "owner"})).await,
        people::get(&server, &admin, "/api/v1/users/999999").await,
        people::get(&server, &admin, "/api/v1/users/me").await,
    ] {
        assert_eq!(other.status, 404, "{}", other.body);
    }
    assert_eq!(untouched(&db).await, 2);
}

#[tokio::test]
async fn only_an_admin_makes_removes_and_ranks_people() {
    let db = people::two().await;
    let (admin, bob) = (token(&db, ANN, "admin").await, token(&db, BOB, "admin").await);
    let server = web::serve(&db).await;
    let [_, bob_at] = places(&server, &admin).await;
    for refused in [
        people::post(&server, &bob, USERS, &json!({"email": "e@x", "password": PASSWORD})).await,
        people::delete(&server, &bob, &bob_at).await,
        people::patch(&server, &bob, &bob_at, &json!({"role": "owner"})).await,
        people::patch(&server, &bob, &bob_at, &json!({"disabled": false})).await,
    ] {
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("forbidden")));
    }
    assert_eq!(untouched(&db).await, 2);

    let eve = json!({"email": " Eve@Example.org", "password": PASSWORD, "name": "Eve"});
    let made = people::post(&server, &admin, USERS, &eve).await;
    assert_eq!((made.status, &made.json()["role"]), (201, &json!("member")), "{}", made.body);
    assert!(!made.body.contains("password"), "{}", made.body);
    assert_eq!(sign_in(&server, "eve@example.org", PASSWORD).await, 303);
    let place = header(&made, "location").to_owned();
    let again = people::post(&server, &admin, USERS, &eve).await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains("eve@example.org has an account already"), "{}", again.body);
    let taken = people::patch(&server, &admin, &place, &json!({"email": BOB})).await;
    assert_eq!(taken.status, 409, "{}", taken.body);

    let closed = people::patch(&server, &admin, &place, &json!({"disabled": true})).await;
    assert_eq!((closed.status, &closed.json()["disabled"]), (200, &json!(true)));
    assert_eq!(db.count("sessions").await, 0);
    assert_eq!(sign_in(&server, "eve@example.org", PASSWORD).await, 401);
    assert_eq!(people::delete(&server, &admin, &place).await.status, 204);
    assert_eq!(people::get(&server, &admin, &place).await.status, 404);
    assert_eq!(db.count("users").await, 2);
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let db = people::two().await;
    let admin = token(&db, ANN, "admin").await;
    let server = web::serve(&db).await;
    let [ann_at, bob_at] = places(&server, &admin).await;
    for change in [json!({"role": "member"}), json!({"disabled": true})] {
        let refused = people::patch(&server, &admin, &ann_at, &change).await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (409, &json!("conflict")),
            "{change}"
        );
    }
    assert_eq!(people::delete(&server, &admin, &ann_at).await.status, 409);
    assert_eq!(untouched(&db).await, 2);

    let owner = json!({"role": "owner"});
    assert_eq!(people::patch(&server, &admin, &bob_at, &owner).await.status, 200);
    db.run("UPDATE users SET disabled_at = now() WHERE email = 'bob@example.org'").await;
    let refused = people::delete(&server, &admin, &ann_at).await;
    assert_eq!(refused.status, 409, "who cannot sign in does not count");
    let open = json!({"disabled": false});
    assert_eq!(people::patch(&server, &admin, &bob_at, &open).await.status, 200);
    let member = json!({"role": "member"});
    assert_eq!(people::patch(&server, &admin, &ann_at, &member).await.status, 200);
    let former = people::get(&server, &admin, &bob_at).await;
    assert_eq!(
        former.status, 404,
        "the token of a former owner reaches no further than a member's"
    );
}

#[tokio::test]
async fn two_owners_cannot_take_each_other_away_at_once() {
    let db = people::two().await;
    db.run("UPDATE users SET role = 'owner'").await;
    let (ann, bob) = (token(&db, ANN, "admin").await, token(&db, BOB, "admin").await);
    let server = web::serve(&db).await;
    let [ann_at, bob_at] = places(&server, &ann).await;
    let member = json!({"role": "member"});
    let (one, other) = tokio::join!(
        people::patch(&server, &ann, &bob_at, &member),
        people::patch(&server, &bob, &ann_at, &member)
    );
    assert!(one.status == 200 || other.status == 200, "{} {}", one.body, other.body);
    assert_eq!(db.count("users WHERE role = 'owner'").await, 1);
}

#[tokio::test]
async fn ones_own_password_needs_the_present_one_and_ends_the_other_sessions() {
    let db = people::two().await;
    let (admin, bob) = (token(&db, ANN, "admin").await, token(&db, BOB, "write").await);
    let server = web::serve(&db).await;
    let [_, bob_at] = places(&server, &admin).await;
    let first = people::patch(&server, &admin, &bob_at, &json!({"password": PASSWORD})).await;
    assert_eq!(first.status, 200, "an admin needs no password of theirs: {}", first.body);

    people::session(&db, BOB).await;
    people::session(&db, ANN).await;
    let other = "another horse entirely";
    for (change, field) in [
        (json!({"password": other}), "current_password"),
        (json!({"password": other, "current_password": "wrong horse"}), "current_password"),
        (json!({"email": "rob@example.org"}), "current_password"),
        (json!({"password": "short", "current_password": PASSWORD}), "password"),
    ] {
        let refused = people::patch(&server, &bob, &bob_at, &change).await;
        assert_eq!(refused.status, 422, "{change}: {}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{change}");
        assert!(!refused.body.contains("horse"), "{}", refused.body);
    }
    assert_eq!((db.count("sessions").await, sign_in(&server, BOB, PASSWORD).await), (2, 303));

    let change = json!({"password": other, "current_password": PASSWORD, "name": "Rob"});
    let changed = people::patch(&server, &bob, &bob_at, &change).await;
    assert_eq!((changed.status, &changed.json()["name"]), (200, &json!("Rob")), "{}", changed.body);
    assert_eq!(db.count("sessions").await, 1, "Ann's");
    assert_eq!(sign_in(&server, BOB, PASSWORD).await, 401);
    assert_eq!(sign_in(&server, BOB, other).await, 303);
    assert_eq!(db.count("users WHERE password_hash LIKE '$argon2id$%'").await, 1);
}

#[tokio::test]
async fn guessing_the_present_password_becomes_too_fast() {
    let db = people::two().await;
    let (admin, bob) = (token(&db, ANN, "admin").await, token(&db, BOB, "write").await);
    let server = web::serve(&db).await;
    let [_, bob_at] = places(&server, &admin).await;
    people::patch(&server, &admin, &bob_at, &json!({"password": PASSWORD})).await;
    let guess = json!({"password": "another horse", "current_password": ""});
    let mut last = 0;
    for _ in 0..11 {
        last = people::patch(&server, &bob, &bob_at, &guess).await.status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_change_that_lost_is_refused() {
    let db = people::two().await;
    let bob = token(&db, BOB, "write").await;
    let server = web::serve(&db).await;
    let place =
        format!("{USERS}/{}", people::get(&server, &bob, USERS).await.json()["items"][0]["id"]);
    let etag = header(&people::get(&server, &bob, &place).await, "etag").to_owned();
    let change = async |name: &str, etag: &str| {
        let request = server.http().patch(format!("{}{place}", server.base())).bearer_auth(&bob);
        send(request.header("if-match", etag).json(&json!({"name": name}))).await
    };
    let won = change("Rob", &etag).await;
    assert_eq!(won.status, 200, "{}", won.body);
    let lost = change("Robert", &etag).await;
    assert_eq!((lost.status, &lost.json()["code"]), (412, &json!("precondition_failed")));
    assert_eq!(change("Robert", header(&won, "etag")).await.status, 200);
    let seen = server
        .get_with(&place, &[("authorization", &people::bearer(&bob)), ("if-none-match", &etag)])
        .await;
    assert_eq!(seen.status, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_named_and_nothing_is_stored() {
    let db = people::two().await;
    let admin = token(&db, ANN, "admin").await;
    let server = web::serve(&db).await;
    let [_, bob_at] = places(&server, &admin).await;
    for (change, field) in [
        (json!({"email": "eve"}), "email"),
        (json!({"email": null}), "email"),
        (json!({"name": "a\nb"}), "name"),
        (json!({"name": "a".repeat(201)}), "name"),
        (json!({"role": "king"}), "role"),
        (json!({"disabled": "yes"}), "disabled"),
        (json!({"password": "short"}), "password"),
        (json!({"password": "a".repeat(1001)}), "password"),
        (json!({"password": null}), "password"),
        (json!({"colour": "red"}), "colour"),
        (json!({"id": 7}), "id"),
    ] {
        let mut new = json!({"email": "eve@example.org", "password": PASSWORD});
        new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        // What is only changed is not known in a new row either.
        for refused in [
            people::post(&server, &admin, USERS, &new).await,
            people::patch(&server, &admin, &bob_at, &change).await,
        ] {
            assert_eq!(refused.status, 422, "{change}: {}", refused.body);
            assert_eq!(refused.json()["errors"][0]["field"], field, "{change}");
        }
    }
    for query in ["colour=red", "role=king", "sort=email", "cursor=-updated_at~k.1.1", "count=2"] {
        let refused = people::get(&server, &admin, &format!("{USERS}?{query}")).await;
        assert_eq!(refused.status, 422, "{query}");
    }
    assert_eq!(untouched(&db).await, 2);
}

#[tokio::test]
async fn a_key_for_a_request_keeps_no_trace_of_its_password() {
    let db = people::two().await;
    let admin = token(&db, ANN, "admin").await;
    let server = web::serve(&db).await;
    let ask = async |password: &str| {
        let request = server.http().post(format!("{}{USERS}", server.base())).bearer_auth(&admin);
        let request = request.header("idempotency-key", "eve");
        send(request.json(&json!({"email": "eve@example.org", "password": password}))).await
    };
    let made = ask(PASSWORD).await;
    let again = ask("another horse entirely").await;
    assert_eq!((made.status, again.status), (201, 201));
    assert_eq!(made.body, again.body, "a digest of it would be guessed fast");
    assert_eq!(sign_in(&server, "eve@example.org", PASSWORD).await, 303);
}
