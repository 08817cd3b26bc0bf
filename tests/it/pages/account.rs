//! One's own account: profile, password, address, devices, tokens.

use crate::support::{
    TestDb,
    browser::{self, PASSWORD, between, try_sign_in},
    people::{self, ANN},
    web::{self, header},
};

const NEW: &str = "another correct horse";

#[tokio::test]
async fn the_profile_is_stored_and_what_is_wrong_is_said_beside_its_field() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let form = [
        ("name", " Ann "),
        ("time_zone", "Europe/Berlin"),
        ("locale", "de-DE"),
        ("currency", "eur"),
    ];
    let saved = ann.post("/account", &form).await;
    assert_eq!((saved.status, header(&saved, "location")), (303, "/account?done=profile"));
    let page = ann.get("/account?done=profile").await.body;
    for text in
        ["value=\"Ann\"", "value=\"Europe/Berlin\"", "value=\"de-DE\"", "value=\"EUR\"", "is saved"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    let form = [
        ("name", "a\nb"),
        ("time_zone", "Mars/Olympus\0"),
        ("locale", "deutsch!"),
        ("currency", "€"),
    ];
    let refused = ann.post("/account", &form).await;
    assert_eq!(refused.status, 422);
    for id in ["name-fault", "zone-fault", "locale-fault", "currency-fault"] {
        assert!(refused.body.contains(&format!("id=\"{id}\"")), "{id}: {}", refused.body);
    }
    assert!(refused.body.contains("Mars/Olympus"), "what was typed stays");
    assert!(
        ann.get("/account").await.body.contains("value=\"Europe/Berlin\""),
        "nothing is stored"
    );
}

#[tokio::test]
async fn another_password_wants_the_present_one_and_signs_out_elsewhere() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let other = browser::sign_in(&server, ANN).await;

    let wrong = [("current", "wrong horse"), ("password", NEW), ("password_again", NEW)];
    let refused = ann.post("/account/password", &wrong).await;
    assert!(refused.status == 422 && refused.body.contains("current-fault"), "{}", refused.body);
    let differs = [("current", PASSWORD), ("password", NEW), ("password_again", PASSWORD)];
    assert_eq!(ann.post("/account/password", &differs).await.status, 422);
    assert!(other.is_signed_in().await, "nothing has changed");

    let right = [("current", PASSWORD), ("password", NEW), ("password_again", NEW)];
    assert_eq!(ann.post_bare("/account/password", &right).await.status, 403, "without the token");
    let changed = ann.post("/account/password", &right).await;
    assert_eq!(header(&changed, "location"), "/account?done=password");
    assert!(ann.is_signed_in().await && !other.is_signed_in().await);
    assert_eq!(try_sign_in(&server, ANN, PASSWORD).await.status, 401);
    assert_eq!(try_sign_in(&server, ANN, NEW).await.status, 303);
}

#[tokio::test]
async fn another_address_wants_the_password_and_belongs_to_nobody_else() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    db.run("INSERT INTO users (email) VALUES ('bob@example.org')").await;
    for (email, current) in
        [("bob@example.org", PASSWORD), ("anna", PASSWORD), ("anna@example.org", "wrong horse")]
    {
        let refused = ann.post("/account/address", &[("email", email), ("current", current)]).await;
        assert_eq!(refused.status, 422, "{email}");
        assert!(refused.body.contains(email), "{}", refused.body);
    }
    let form = [("email", "Anna@example.org"), ("current", PASSWORD)];
    assert_eq!(ann.post("/account/address", &form).await.status, 303);
    assert_eq!(try_sign_in(&server, "anna@example.org", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn devices_are_told_apart_and_signed_out() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let other = browser::sign_in(&server, ANN).await;
    db.run("UPDATE sessions SET user_agent = 'Mozilla/5.0 (X11; Linux) Firefox/130.0' WHERE id = (SELECT max(id) FROM sessions)")
        .await;
    let page = ann.get("/account/sessions").await.body;
    assert!(
        page.contains("Firefox on Linux") && page.matches("this device").count() == 1,
        "{page}"
    );
    let id = between(&page, "action=\"/account/sessions/", "/end").to_owned();

    // Bob sees and ends only his own.
    db.run("INSERT INTO users (email) VALUES ('bob@example.org')").await;
    let cookie = people::session(&db, people::BOB).await;
    let bob = browser::Browser::with(&server, &cookie).await;
    assert!(!bob.get("/account/sessions").await.body.contains("Firefox"));
    assert_eq!(bob.post(&format!("/account/sessions/{id}/end"), &[]).await.status, 404);
    assert!(other.is_signed_in().await);

    let ended = ann.post(&format!("/account/sessions/{id}/end"), &[]).await;
    assert_eq!(header(&ended, "location"), "/account/sessions?done=one");
    assert!(!other.is_signed_in().await && ann.is_signed_in().await);
    let again = browser::sign_in(&server, ANN).await;
    assert_eq!(ann.post("/account/sessions/end-others", &[]).await.status, 303);
    assert!(!again.is_signed_in().await && ann.is_signed_in().await && bob.is_signed_in().await);
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_revoked() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    assert!(ann.get("/account/tokens").await.body.contains("None yet"));
    let refused =
        ann.post("/account/tokens", &[("name", ""), ("scope", "all"), ("days", "0")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("name-fault"), "{}", refused.body);

    let form = [("name", "Backup <script>"), ("scope", "read"), ("days", "30")];
    let made = ann.post("/account/tokens", &form).await;
    assert_eq!((made.status, header(&made, "cache-control")), (201, "no-store"));
    let token = between(&made.body, "<code id=\"token\">", "<").to_owned();
    assert!(made.body.contains(&format!("Authorization: Bearer {token}")), "{}", made.body);
    assert_eq!(people::get(&server, &token, "/api/v1/listings").await.status, 200);

    // A token opens no account, however far it reaches.
    let admin = people::token(&db, ANN, "admin").await;
    for path in ["/account", "/account/sessions", "/account/tokens", "/users"] {
        assert_eq!(people::get(&server, &admin, path).await.status, 403, "{path}");
    }
    db.run("DELETE FROM api_tokens WHERE scope = 'admin'").await;

    let page = ann.get("/account/tokens").await.body;
    assert!(!page.contains(&token) && page.contains("Backup &#60;script&#62;"), "{page}");
    let id = between(&page, "action=\"/account/tokens/", "/revoke").to_owned();
    let path = format!("/account/tokens/{id}/revoke");
    assert_eq!(ann.post_bare(&path, &[]).await.status, 403);
    assert_eq!(ann.post(&path, &[]).await.status, 303);
    assert_eq!(people::get(&server, &token, "/api/v1/listings").await.status, 401);
    assert!(ann.get("/account/tokens").await.body.contains("Revoked"));
    assert_eq!(ann.post(&path, &[]).await.status, 404);
}

#[tokio::test]
async fn the_first_look_has_no_accounts_and_says_so() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let page = server.get("/account").await;
    assert!(
        page.status == 403 && page.body.contains("the first look has no accounts")
            || page.body.contains("The first look has no accounts"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn the_weights_of_a_score_are_chosen_on_the_page_of_preferences() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let page = ann.get("/account/preferences").await.body;
    assert!(page.contains("name=\"weight_price\" value=\"62\""), "{page}");
    let mut form = vec![
        ("weight_price", "40"),
        ("weight_certainty", "12"),
        ("weight_age", "30"),
        ("weight_condition", "6"),
        ("weight_distance", "4"),
        ("weight_photo", "3"),
        ("weight_words", "3"),
        ("weight_risk", "150"),
    ];
    let saved = ann.post("/account/preferences", &form).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = ann.get(header(&saved, "location")).await.body;
    for text in
        ["name=\"weight_age\" value=\"30\"", "name=\"weight_risk\" value=\"150\"", "scored again"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }

    form[2].1 = "a lot";
    let refused = ann.post("/account/preferences", &form).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("id=\"weight_age-fault\"") && refused.body.contains("a lot"));

    form.push(("delivered", "1"));
    assert_eq!(ann.post("/account/preferences", &form).await.status, 303);
    let page = ann.get("/account/preferences").await.body;
    assert!(page.contains("name=\"weight_age\" value=\"10\""), "{page}");
    assert_eq!(db.count("user_prefs WHERE weights IS NULL").await, 1);
}
