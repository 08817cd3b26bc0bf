//! Weights of the score: whoever changes theirs has their ads scored again, and nobody else's are touched.

use deal_scout::{
    db::{
        owned::{By, Owned},
        user_prefs::{Filter, UserPrefs},
    },
    model::id::UserId,
    nouns::{Noun, fields::Fields, user_prefs::AllUserPrefs},
    workers::{Outcome, estimate},
};
use serde_json::{Value, json};

use super::estimate::{app, now, sales};
use crate::support::{
    TestDb,
    people::{self, ANN, BOB, token},
    web,
};

async fn ads(db: &TestDb, email: &str, count: i64) {
    db.run(&format!(
        "INSERT INTO listings (user_id, source, source_id, title, price_amount, currency, condition, posted_at)
         SELECT u.id, 'ebay', n::text, 'RTX 3070 8GB', 31000 + n, 'USD', 'good', now() - INTERVAL '1 hour'
         FROM users u, generate_series(1, {count}) n WHERE u.email = '{email}'"
    ))
    .await;
}

/// The least and the most score of a person's ads.
async fn scores(db: &TestDb, email: &str) -> (i64, i64) {
    let of = |what: &str| {
        format!(
            "(SELECT {what}(s.value)::bigint AS n FROM listing_scores s JOIN users u ON u.id = s.user_id
              WHERE u.email = '{email}') s, generate_series(1, s.n)"
        )
    };
    (db.count(&of("min")).await, db.count(&of("max")).await)
}

async fn due(db: &TestDb, email: &str) -> i64 {
    db.count(&format!(
        "listings l JOIN users u ON u.id = l.user_id
         WHERE u.email = '{email}' AND l.score_due_at <= now() + INTERVAL '5 seconds'"
    ))
    .await
}

#[tokio::test]
async fn other_weights_change_ones_own_scores_in_bounded_steps() {
    let db = people::two().await;
    sales(&db).await;
    db.run(
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, condition, observed_at)
         SELECT (SELECT id FROM users WHERE email = 'bob@example.org'), source, source_id, title, price_amount, currency,
                condition, observed_at FROM comps",
    )
    .await;
    ads(&db, ANN, 1_200).await;
    ads(&db, BOB, 3).await;
    let app = app(&db, now());
    estimate::run_until_idle(&app).await.unwrap();
    let (before, bobs) = (scores(&db, ANN).await, scores(&db, BOB).await);
    assert!(before.0 > 50, "{before:?}");

    let chosen =
        json!({"weights": {"price": 1, "age": 0, "certainty": 0, "distance": 0, "condition": 100}});
    choose(&db, &chosen).await;
    assert_eq!(estimate::tick(&app).await.unwrap(), Outcome::Worked);
    assert_eq!(due(&db, ANN).await, 0, "one step marks no more than it scores");
    assert_eq!(db.count("user_prefs WHERE rescored_to > 0").await, 1, "the rest is still to come");
    assert_eq!(estimate::run_until_idle(&app).await.unwrap(), 700);
    assert_eq!(db.count("user_prefs WHERE rescored_to IS NOT NULL").await, 0);
    let after = scores(&db, ANN).await;
    // Used and in good condition earns seven tenths of what the condition is given.
    assert!((60..=72).contains(&after.0) && after.0 == after.1, "{after:?}");
    assert_eq!(scores(&db, BOB).await, bobs, "another person's stay");
    assert_eq!(estimate::tick(&app).await.unwrap(), Outcome::Idle);

    choose(&db, &chosen).await;
    assert_eq!(
        estimate::tick(&app).await.unwrap(),
        Outcome::Idle,
        "the same weights change nothing"
    );
    choose(&db, &json!({"weights": null})).await;
    estimate::run_until_idle(&app).await.unwrap();
    assert_eq!(scores(&db, ANN).await, before, "as delivered again");
}

/// Ann's preferences as a body of the API has them.
async fn choose(db: &TestDb, body: &Value) {
    let no_secret = |_: &str, _: &str| unreachable!("preferences hold no secret");
    let mut fields = Fields::create(body.as_object().unwrap().clone(), &no_secret);
    let mut input = AllUserPrefs::read(&mut fields);
    let mut conn = db.conn().await;
    let stored =
        UserPrefs::list(&mut conn, UserId(1), &Filter, By::default(), None, 1).await.unwrap().pop();
    AllUserPrefs::check(&mut fields, &mut input, stored.as_ref());
    fields.finish().unwrap();
    match stored {
        Some(row) => UserPrefs::update(&mut conn, UserId(1), row.id, &input).await.unwrap(),
        None => Some(UserPrefs::insert(&mut conn, UserId(1), &input).await.unwrap()),
    };
}

#[tokio::test]
async fn weights_are_chosen_through_the_door_for_programs() {
    let db = people::two().await;
    let (ann, bob) = (token(&db, ANN, "write").await, token(&db, BOB, "write").await);
    let server = web::serve(&db).await;
    let body = json!({"weights": {"age": 40}});
    let made = people::post(&server, &ann, "/api/v1/user-prefs", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let weights = &made.json()["weights"];
    assert_eq!(
        (&weights["age"], &weights["price"], &weights["risk"]),
        (&json!(40), &json!(62), &json!(100))
    );
    let path = format!("/api/v1/user-prefs/{}", made.json()["id"]);
    let changed =
        people::patch(&server, &ann, &path, &json!({"weights": {"risk": 200}})).await.json();
    assert_eq!(
        (&changed["weights"]["risk"], &changed["weights"]["age"]),
        (&json!(200), &json!(10))
    );
    let others = people::patch(&server, &bob, &path, &body).await;
    assert_eq!(others.status, 404, "{}", others.body);
    let reset = people::patch(&server, &ann, &path, &json!({"weights": null})).await;
    assert_eq!(reset.json()["weights"], json!(null));
}

#[tokio::test]
async fn nonsense_is_refused_with_its_field() {
    let db = people::two().await;
    let ann = token(&db, ANN, "write").await;
    let server = web::serve(&db).await;
    for (weights, told) in [
        (json!({"luck": 1}), "no part 'luck'"),
        (json!({"price": -1}), "a price that is not a whole number from 1 to 100"),
        (json!({"price": "62"}), "a price"),
        (json!({"risk": 0}), "a risk that is not a whole number from 50 to 200"),
        (json!([]), "no object"),
        (json!({"price": 0}), "a price"),
    ] {
        let body = json!({"weights": weights});
        let refused = people::post(&server, &ann, "/api/v1/user-prefs", &body).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        let fault = &refused.json()["errors"][0];
        assert_eq!(fault["field"], "weights", "{fault}");
        assert!(fault["message"].as_str().unwrap().contains(told), "{fault}");
    }
    assert_eq!(db.count("user_prefs").await, 0);
}
