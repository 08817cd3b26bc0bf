//! The links of messages: a button and no session.

use chrono::{DateTime, TimeDelta, Utc};
use deal_scout::{
    config::{Env, Overrides, load},
    model::{
        id::{ListingId, UserId},
        watchlist_item::Standing,
    },
    sealing::Sealer,
    ticket::{Act, Ticket},
};

use crate::support::{
    Server, TestDb,
    browser::{self, between},
    database::silent,
    people::{self, BOB},
    server::{Answer, program},
    web::{self, header, post_form, send},
};

const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010aaa";
const OTHER_KEY: &str = "0202020202020202020202020202020202020202020202020202020202020bbb";

fn sealer(key: &str) -> Sealer {
    let env = Env::of(std::env::temp_dir(), &[("DEAL_SCOUT__SECRET_KEY", key)]);
    Sealer::new(&load(&Overrides::new(None), &env).unwrap().settings, &silent()).unwrap()
}

async fn scene() -> (TestDb, Server) {
    let db = TestDb::new().await;
    web::with_ads(&db, 6).await;
    db.run("UPDATE listings SET url = 'https://ads.example/4' WHERE id = 4").await;
    let server = program("serve").env("DATABASE_URL", &db.url).env("DEAL_SCOUT__SECRET_KEY", KEY);
    let server = server.start();
    server.ready().await;
    (db, server)
}

fn link(user: i64, ad: i64, act: Act) -> String {
    link_until(user, ad, act, Utc::now() + TimeDelta::days(1), KEY)
}

fn link_until(user: i64, ad: i64, act: Act, expires_at: DateTime<Utc>, key: &str) -> String {
    let ticket = Ticket { user: UserId(user), listing: ListingId(ad), act, expires_at };
    format!("/l/{}", ticket.write(&sealer(key)).unwrap())
}

async fn press(server: &Server, path: &str) -> Answer {
    send(post_form(server, path, &[])).await
}

#[tokio::test]
async fn a_link_asks_first_and_its_button_does_it_and_undoes_it() {
    let (db, server) = scene().await;
    for (act, question, done, state) in [
        (Act::Ignore, "Ignore this ad?", "<h1>Ignored</h1>", "status = 'ignored'"),
        (
            Act::Snooze,
            "Snooze this ad for a week?",
            "<h1>Snoozed until ",
            "snoozed_until > now() + INTERVAL '6 days'",
        ),
    ] {
        let path = link(1, 4, act);
        for _ in 0..2 {
            let asked = server.get(&path).await;
            assert_eq!((asked.status, header(&asked, "cache-control")), (200, "no-store"));
            assert!(
                asked.body.contains(question) && asked.body.contains("number 4"),
                "{}",
                asked.body
            );
            assert_eq!(db.count("watchlist_items").await, 0, "looking changes nothing");
        }
        let pressed = press(&server, &path).await;
        assert!(pressed.status == 200 && pressed.body.contains(done), "{}", pressed.body);
        assert_eq!(db.count(&format!("watchlist_items WHERE listing_id = 4 AND {state}")).await, 1);
        let undo = format!("/l/{}", between(&pressed.body, "action=\"/l/", "\""));
        let undone = press(&server, &undo).await;
        assert!(undone.status == 200 && undone.body.contains("<h1>Undone</h1>"), "{}", undone.body);
        assert_eq!(db.count("watchlist_items").await, 0);
    }
    press(&server, &link(1, 4, Act::Ignore)).await;
    let again = press(&server, &link(1, 4, Act::Ignore)).await;
    assert!(again.status == 200 && !again.body.contains("Undo"), "there is nothing to undo");
}

#[tokio::test]
async fn a_link_that_was_not_made_here_or_is_over_does_nothing() {
    let (db, server) = scene().await;
    let good = link(1, 4, Act::Ignore);
    let yesterday = Utc::now() - TimeDelta::days(1);
    let tail = good.rsplit_once('.').unwrap().1;
    for (path, status, words) in [
        (link_until(1, 4, Act::Ignore, yesterday, KEY), 410, "This link has expired"),
        (
            link_until(1, 4, Act::Ignore, Utc::now() + TimeDelta::days(1), OTHER_KEY),
            404,
            "does not work",
        ),
        (good.replace("/l/i.1.4.", "/l/i.1.5."), 404, "does not work"),
        (format!("/l/i.1.4.99999999.{tail}"), 404, "does not work"),
        (good[..good.len() - 4].to_owned(), 404, "does not work"),
        ("/l/x".to_owned(), 404, "does not work"),
        // Made here, but the ad is another's, or was deleted.
        (link(2, 4, Act::Ignore), 404, "not kept any more"),
        (link(1, 99, Act::Ignore), 404, "not kept any more"),
    ] {
        for answer in [server.get(&path).await, press(&server, &path).await] {
            assert_eq!(answer.status, status, "{path}: {}", answer.body);
            assert!(answer.body.contains(words), "{path}: {}", answer.body);
        }
    }
    assert_eq!(db.count("watchlist_items").await, 0);
}

#[tokio::test]
async fn a_link_for_somebody_else_than_who_is_signed_in_does_nothing() {
    let (db, server) = scene().await;
    db.run(&format!("INSERT INTO users (id, email, name) VALUES (7, '{BOB}', 'Bob')")).await;
    let bob = browser::Browser::with(&server, &people::session(&db, BOB).await).await;
    let path = link(1, 4, Act::Ignore);
    for answer in [bob.get(&path).await, bob.post(&path, &[]).await] {
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains("This link is for somebody else"), "{}", answer.body);
    }
    assert_eq!(db.count("watchlist_items").await, 0);
    // A cookie that is no session any more is nobody.
    let stale = server.get_with(&path, &[("cookie", "deal_scout_session=00")]).await;
    assert_eq!(stale.status, 200);
}

#[tokio::test]
async fn open_leads_to_our_page_or_to_the_ad_and_nowhere_else() {
    let (db, server) = scene().await;
    let to = async |ad| {
        let answer = server.get(&link(1, ad, Act::Open)).await;
        assert_eq!(answer.status, 303);
        header(&answer, "location").to_owned()
    };
    assert_eq!(to(4).await, "https://ads.example/4");
    assert_eq!(to(3).await, "/listings/3", "an ad without an address");
    db.run("UPDATE listings SET url = 'javascript:alert(1)' WHERE id = 4").await;
    assert_eq!(to(4).await, "/listings/4");
    let ann = browser::owner(&server).await;
    db.run("UPDATE listings SET url = 'https://ads.example/4' WHERE id = 4").await;
    let signed_in = ann.get(&link(1, 4, Act::Open)).await;
    assert_eq!(header(&signed_in, "location"), "/listings/4");
    let pressed = press(&server, &link(1, 4, Act::Restore(Standing::Ignored))).await;
    assert_eq!(pressed.status, 200, "what was before may have been anything");
}
