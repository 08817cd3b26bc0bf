//! Signing in where somebody else vouches for whom it is.

use serde_json::json;

use crate::support::{
    Server, TestDb,
    browser::{self, PASSWORD, try_sign_in},
    people::ANN,
    provider::{CLIENT, FakeProvider, SECRET, Trick},
    server::{Answer, Builder, program},
    smtp::free_port,
    web::header,
};

fn server(db: &TestDb, issuer: &str) -> Builder {
    program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__OIDC__ISSUER", issuer)
        .env("DEAL_SCOUT__OIDC__CLIENT_ID", CLIENT)
        .env("DEAL_SCOUT__OIDC__CLIENT_SECRET", SECRET)
        .env("DEAL_SCOUT__OIDC__NAME", "Example ID")
}

async fn started(db: &TestDb, provider: &FakeProvider) -> Server {
    let server = server(db, &provider.issuer).start();
    server.ready().await;
    server
}

/// A cookie that an answer sets, as it is sent back.
fn set(answer: &Answer, name: &str) -> Option<String> {
    let values = answer.headers.get_all("set-cookie").iter();
    values
        .filter_map(|value| value.to_str().ok()?.split(';').next())
        .find(|pair| pair.starts_with(&format!("{name}=")))
        .map(str::to_owned)
}

/// The browser on its way: to us, to the provider, and back; the last step is left to the scene.
struct Way {
    cookie: String,
    back: String,
}

async fn go(server: &Server, next: &str) -> Way {
    let begun = server.get(&format!("/login/oidc{next}")).await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    let cookie = set(&begun, "deal_scout_oidc").expect("a cookie");
    let there = server.http().get(header(&begun, "location")).send().await.unwrap();
    let back = there.headers()["location"].to_str().unwrap().to_owned();
    let back = back.strip_prefix(server.base()).expect("it leads back").to_owned();
    Way { cookie, back }
}

async fn come_back(server: &Server, way: &Way) -> Answer {
    server.get_with(&way.back, &[("cookie", &way.cookie)]).await
}

async fn sign_in(server: &Server) -> Answer {
    come_back(server, &go(server, "").await).await
}

fn is_let_in(answer: &Answer) -> bool {
    answer.status == 303 && set(answer, "deal_scout_session").is_some()
}

#[tokio::test]
async fn whoever_is_vouched_for_comes_in_and_stays_the_same_person() {
    let db = TestDb::new().await;
    let provider = FakeProvider::start().await;
    let server = started(&db, &provider).await;
    browser::claim(&server).await;
    assert!(server.get("/login").await.body.contains("Continue with Example ID"));

    let way = go(&server, "?next=/pricing").await;
    let back = come_back(&server, &way).await;
    assert!(is_let_in(&back), "{}", back.body);
    assert_eq!(header(&back, "location"), "/pricing");
    let cookie = set(&back, "deal_scout_session").unwrap();
    let page = server.get_with("/account", &[("cookie", &cookie)]).await;
    assert!(page.body.contains(ANN), "{}", page.body);

    // Replayed, with the cookie or without, or with an altered state, it leads nowhere.
    let again = come_back(&server, &way).await;
    assert!(again.status == 400 && again.body.contains("Begin again"), "{}", again.body);
    let other = go(&server, "").await;
    for (path, cookie) in [
        (other.back.as_str(), ""),
        (other.back.as_str(), way.cookie.as_str()),
        (way.back.as_str(), other.cookie.as_str()),
        (other.back.as_str(), "deal_scout_oidc=00ff"),
    ] {
        assert_eq!(server.get_with(path, &[("cookie", cookie)]).await.status, 400);
    }

    // The subject is who it is, whatever becomes of the address and of the keys.
    provider.state().claims =
        json!({"sub": "248289761001", "email": "new@example.org", "email_verified": false});
    provider.change_keys();
    let later = sign_in(&server).await;
    assert!(is_let_in(&later), "{}", later.body);
    db.run("UPDATE users SET disabled_at = now()").await;
    let closed = sign_in(&server).await;
    assert!(
        closed.status == 403 && closed.body.contains("account here is closed"),
        "{}",
        closed.body
    );
}

#[tokio::test]
async fn what_the_provider_says_of_itself_must_fit_too() {
    let db = TestDb::new().await;
    let provider = FakeProvider::start().await;
    let server = started(&db, &provider).await;
    // The owner is whoever sets this up, not whoever comes first from elsewhere.
    assert_eq!(header(&server.get("/login/oidc").await, "location"), "/setup");
    browser::claim(&server).await;
    for trick in [Trick::OtherIssuer, Trick::NoKeys] {
        provider.state().trick = trick;
        let answer = server.get("/login/oidc").await;
        assert_eq!(answer.status, 502, "{trick:?}: {}", answer.body);
        assert!(answer.body.contains("makes no sense") && answer.body.contains("role=\"alert\""));
    }
    // It is asked again, not remembered as broken.
    provider.state().trick = Trick::None;
    assert!(is_let_in(&sign_in(&server).await));
}

#[tokio::test]
async fn what_cannot_be_believed_lets_nobody_in() {
    let db = TestDb::new().await;
    let provider = FakeProvider::start().await;
    let server = started(&db, &provider).await;
    browser::claim(&server).await;
    for (trick, status) in [
        (Trick::WrongNonce, 401),
        (Trick::WrongAudience, 401),
        (Trick::WrongIssuer, 401),
        (Trick::Expired, 401),
        (Trick::BadSignature, 401),
        (Trick::Unsigned, 401),
        (Trick::Nonsense, 502),
        (Trick::Endless, 502),
        (Trick::Slow, 503),
        (Trick::Repeats, 401),
    ] {
        provider.state().trick = trick;
        let answer = sign_in(&server).await;
        assert_eq!(answer.status, status, "{trick:?}: {}", answer.body);
        assert!(set(&answer, "deal_scout_session").is_none(), "{trick:?}");
        assert!(answer.body.contains("Example ID") && answer.body.contains("role=\"alert\""));
        let line = server.wait_for_line("a sign-in through the provider failed");
        assert!(![ANN, "eyJ", SECRET].iter().any(|secret| line.contains(secret)), "{line}");
    }
    provider.state().trick = Trick::None;
    assert!(is_let_in(&sign_in(&server).await));
    let denied = go(&server, "").await;
    let state = denied.back.split("state=").nth(1).unwrap();
    let path = format!("/login/oidc/callback?error=access_denied&state={state}");
    let answer = server.get_with(&path, &[("cookie", &denied.cookie)]).await;
    assert!(answer.status == 401 && answer.body.contains("did not let you in"), "{}", answer.body);
}

#[tokio::test]
async fn an_address_counts_only_when_it_is_verified() {
    let db = TestDb::new().await;
    let provider = FakeProvider::start().await;
    let server = started(&db, &provider).await;
    browser::claim(&server).await;
    for verified in [json!(false), json!(null)] {
        provider.state().claims = json!({"sub": "1", "email": ANN, "email_verified": verified});
        let refused = sign_in(&server).await;
        assert!(refused.status == 403 && refused.body.contains("made sure"), "{}", refused.body);
    }
    provider.state().claims =
        json!({"sub": "2", "email": "eve@example.org", "email_verified": true});
    let unknown = sign_in(&server).await;
    assert!(unknown.status == 403 && unknown.body.contains("no account here"), "{}", unknown.body);

    // Some tell the address only when they are asked once more.
    provider.state().claims = json!({"sub": "3", "email": ANN, "email_verified": true});
    provider.state().trick = Trick::OnlyUserInfo;
    assert!(is_let_in(&sign_in(&server).await));
}

#[tokio::test]
async fn where_it_is_allowed_a_stranger_gets_an_account() {
    let db = TestDb::new().await;
    let provider = FakeProvider::start().await;
    let server = server(&db, &provider.issuer).env("DEAL_SCOUT__OIDC__SIGN_UP", "true").start();
    server.ready().await;
    browser::claim(&server).await;
    provider.state().claims =
        json!({"sub": "9", "email": "bob@example.org", "email_verified": true, "name": "Bob"});
    let let_in = sign_in(&server).await;
    assert!(is_let_in(&let_in), "{}", let_in.body);
    let cookie = set(&let_in, "deal_scout_session").unwrap();
    let page = server.get_with("/account", &[("cookie", &cookie)]).await.body;
    assert!(page.contains("value=\"Bob\"") && page.contains("another service vouches"), "{page}");
    assert_eq!(server.get_with("/users", &[("cookie", &cookie)]).await.status, 403);
}

#[tokio::test]
async fn while_the_provider_is_away_passwords_work() {
    let db = TestDb::new().await;
    let server = server(&db, &format!("http://127.0.0.1:{}", free_port())).start();
    server.ready().await;
    browser::claim(&server).await;
    let away = server.get("/login/oidc").await;
    assert!(away.status == 503 && away.body.contains("does not answer"), "{}", away.body);
    assert!(away.body.contains("name=\"password\""));
    assert_eq!(try_sign_in(&server, ANN, PASSWORD).await.status, 303);
}
