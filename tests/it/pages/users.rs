//! Who has an account here, for the owners.

use crate::support::{
    TestDb,
    browser::{self, PASSWORD, between, try_sign_in},
    people::{ANN, BOB},
    web::{self, header, post_form, send},
};

#[tokio::test]
async fn somebody_is_let_in_by_a_link_shut_out_and_let_in_again() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let page = ann.get("/users").await.body;
    assert!(page.contains(ANN) && page.contains("The only owner who can sign in"), "{page}");

    let taken = ann.post("/users", &[("email", ANN), ("name", ""), ("role", "member")]).await;
    assert!(taken.status == 422 && taken.body.contains("has an account already"));
    let wrong = ann.post("/users", &[("email", "bob"), ("name", ""), ("role", "king")]).await;
    assert_eq!(wrong.status, 422);

    let form = [("email", "Bob@Example.org"), ("name", "Bob"), ("role", "member")];
    let made = ann.post("/users", &form).await;
    assert_eq!((made.status, header(&made, "cache-control")), (201, "no-store"));
    let link = between(&made.body, "<code id=\"link\">", "<").to_owned();
    let path = link.strip_prefix(server.base()).expect("it leads here").to_owned();
    let given = path.trim_start_matches("/reset?token=").to_owned();
    let form = [("token", given.as_str()), ("password", PASSWORD), ("password_again", PASSWORD)];
    assert_eq!(send(post_form(&server, "/reset", &form)).await.status, 303);
    let bob = browser::sign_in(&server, BOB).await;
    assert_eq!(bob.get("/users").await.status, 403);
    assert!(!bob.get("/account").await.body.contains("href=\"/users\""));
    assert_eq!(bob.post("/users/1/disable", &[]).await.status, 403);

    let page = ann.get("/users").await.body;
    let id = between(&page, "action=\"/users/", "/link").to_owned();
    assert_eq!(ann.post(&format!("/users/{id}/disable"), &[]).await.status, 303);
    assert!(!bob.is_signed_in().await);
    assert_eq!(try_sign_in(&server, BOB, PASSWORD).await.status, 401);
    assert_eq!(ann.post(&format!("/users/{id}/link"), &[]).await.status, 409);
    assert_eq!(ann.post(&format!("/users/{id}/enable"), &[]).await.status, 303);
    assert_eq!(try_sign_in(&server, BOB, PASSWORD).await.status, 303);
    assert_eq!(ann.post("/users/999999/disable", &[]).await.status, 404);
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    db.run("INSERT INTO users (email) VALUES ('bob@example.org')").await;
    let page = ann.get("/users").await.body;
    let bob = between(&page, "action=\"/users/", "/link").to_owned();
    let owner: i64 = bob.parse::<i64>().unwrap() - 1;
    for (action, form) in [("disable", vec![]), ("role", vec![("role", "member")])] {
        let refused = ann.post(&format!("/users/{owner}/{action}"), &form).await;
        assert_eq!(refused.status, 409, "{action}");
        assert!(refused.body.to_lowercase().contains("only owner"), "{}", refused.body);
    }
    assert_eq!(ann.post(&format!("/users/{bob}/role"), &[("role", "owner")]).await.status, 303);
    let given = ann.post(&format!("/users/{owner}/role"), &[("role", "member")]).await;
    assert_eq!(given.status, 303);
    assert_eq!(ann.get("/users").await.status, 403);
}
