//! `user`: accounts by command.

use serde_json::Value;

use crate::support::{
    TestDb,
    people::{self, ANN, BOB},
    server::{Builder, program},
    web::{self, post_form, send},
};

const PASSWORD: &str = "correct horse battery";

/// Runs `user …` over a database, with a line on standard input.
fn user(db: &TestDb, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let command = program("user").env("DATABASE_URL", &db.url);
    arguments.iter().fold(command, Builder::arg).finish_reading(input.as_bytes())
}

fn add(db: &TestDb, email: &str, more: &[&str]) -> (Option<i32>, String, String) {
    user(db, &[&["add", email, "--password-stdin"], more].concat(), PASSWORD)
}

#[tokio::test]
async fn the_first_account_is_the_owners_and_the_next_a_members() {
    let db = TestDb::new().await;
    let (code, out, _) = add(&db, " Ann@Example.org", &["--name", "Ann", "--json"]);
    let ann: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &ann["email"], &ann["role"]), (Some(0), &ANN.into(), &"owner".into()));
    let (code, out, messages) = add(&db, BOB, &[]);
    assert_eq!(
        (code, out.trim()),
        (Some(0), "bob@example.org has an account as member"),
        "{messages}"
    );
    assert_eq!(db.count("users").await, 2, "the owner's row was claimed, not added");

    let (code, out, _) = user(&db, &["list", "--json"], "");
    let list: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, list.as_array().unwrap().len()), (Some(0), 2));
    assert_eq!((&list[0]["name"], &list[1]["email"]), (&"Ann".into(), &BOB.into()));
    assert!(!out.contains("argon2"));
    let (_, out, _) = user(&db, &["list"], "");
    assert!(out.contains("ann@example.org") && out.contains("enabled"), "{out}");
}

#[tokio::test]
async fn an_account_of_a_command_signs_in() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    // While the server runs, and with the line's end that a shell adds.
    assert_eq!(user(&db, &["add", ANN, "--password-stdin"], &format!("{PASSWORD}\r\n")).0, Some(0));
    let form = [("email", ANN), ("password", PASSWORD)];
    assert_eq!(send(post_form(&server, "/login", &form)).await.status, 303);
    assert_eq!(web::header(&server.get("/setup").await, "location"), "/", "it is claimed");
}

#[tokio::test]
async fn a_member_may_come_before_the_owner() {
    let db = TestDb::new().await;
    assert_eq!(add(&db, BOB, &["--role", "member"]).0, Some(0));
    assert_eq!(db.count("users WHERE role = 'owner' AND email IS NULL").await, 1);
    let server = web::serve(&db).await;
    let form = [("email", BOB), ("password", PASSWORD)];
    assert_eq!(server.get("/login").await.status, 200);
    assert_eq!(send(post_form(&server, "/login", &form)).await.status, 303);
    assert_eq!(
        server.get("/setup").await.status,
        200,
        "the owner's account is still to be claimed"
    );
    let (_, out, _) = add(&db, ANN, &[]);
    assert_eq!(out.trim(), "ann@example.org has an account as owner");
    assert_eq!(add(&db, "eve@example.org", &["--role", "owner"]).0, Some(0));
    assert_eq!(db.count("users WHERE role = 'owner'").await, 2);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_stored() {
    let db = people::two().await;
    let long = "x".repeat(1001);
    let cases: [(&[&str], &str, i32, &str); 11] = [
        (&["add", ANN, "--password-stdin"], PASSWORD, 1, "ann@example.org has an account already"),
        (&["add", "eve@x", "--password-stdin"], "short\n", 1, "needs at least 10 characters"),
        (&["add", "eve@x", "--password-stdin"], &long, 1, "more than 1000 characters"),
        (&["add", "eve", "--password-stdin"], PASSWORD, 1, "'eve' is not an e-mail address"),
        (&["add", "eve@x", "--password-stdin", "--name", "a\nb"], PASSWORD, 1, "the name contains"),
        (&["add", "eve@x", "--password-stdin", "--role", "king"], PASSWORD, 2, "owner, member"),
        (&["add", "eve@x"], PASSWORD, 2, "--password-stdin"),
        (
            &["set-password", "eve@x", "--password-stdin"],
            PASSWORD,
            1,
            "nobody has an account as eve@x",
        ),
        (&["set-password", ANN, "--password-stdin"], "", 1, "needs at least 10"),
        (&["disable", "eve@x"], "", 1, "user list"),
        (&["disable", ANN], "", 1, "the only owner who can sign in"),
    ];
    let users = "users WHERE password_hash IS NOT NULL OR disabled_at IS NOT NULL OR email NOT IN ('ann@example.org', 'bob@example.org')";
    for (arguments, input, code, told) in cases {
        let (ended, out, messages) = user(&db, arguments, input);
        assert_eq!((ended, out.as_str()), (Some(code), ""), "{arguments:?} {messages}");
        assert!(messages.contains(told), "{arguments:?}: {messages}");
        assert_eq!(db.count(users).await, 0, "{arguments:?}");
    }
}

#[tokio::test]
async fn another_password_ends_the_sessions_of_the_account() {
    let db = people::two().await;
    people::session(&db, ANN).await;
    let bob = people::session(&db, BOB).await;
    let (code, out, _) = user(&db, &["set-password", ANN, "--password-stdin"], PASSWORD);
    assert_eq!(code, Some(0));
    assert!(out.contains("signed out everywhere"), "{out}");
    assert_eq!(db.count("sessions").await, 1);
    let server = web::serve(&db).await;
    assert_eq!(server.get_with("/", &[("cookie", &bob)]).await.status, 200);
    let form = [("email", ANN), ("password", PASSWORD)];
    assert_eq!(send(post_form(&server, "/login", &form)).await.status, 303);
}

#[tokio::test]
async fn a_disabled_account_is_closed_until_it_is_enabled() {
    let db = people::two().await;
    let token = people::token(&db, BOB, "read").await;
    people::session(&db, BOB).await;
    let server = web::serve(&db).await;
    assert_eq!(user(&db, &["disable", BOB], "").1.trim(), "bob@example.org is disabled");
    assert_eq!(db.count("sessions").await, 0);
    assert_eq!(people::get(&server, &token, "/api/v1/listings").await.status, 401);
    assert!(user(&db, &["list"], "").1.contains("disabled"));
    assert_eq!(user(&db, &["disable", BOB, "--enable"], "").1.trim(), "bob@example.org is enabled");
    assert_eq!(people::get(&server, &token, "/api/v1/listings").await.status, 200);
}
