//! How the sources do, on `/status`: for each what is theirs to know.

use crate::support::{
    browser::Browser,
    people::{self, ANN, BOB},
    web,
};

#[tokio::test]
async fn each_is_told_what_is_theirs_to_know_and_strangers_nothing() {
    let db = people::two().await;
    db.run(&format!(
        "INSERT INTO feeds (user_id, name, kind, address)
         SELECT id, 'bobs-secret', 'feed', 'https://f.example/x' FROM users WHERE email = '{BOB}';
         INSERT INTO searches (user_id, name, sources, next_scan_at)
         SELECT id, 'Bobs hidden wish', '{{ebay,bobs-secret}}', '2099-01-01Z' FROM users WHERE email = '{BOB}';
         INSERT INTO searches (user_id, name, sources, next_scan_at)
         SELECT id, 'Anns', '{{ebay,reverb}}', '2099-01-01Z' FROM users WHERE email = '{ANN}';
         INSERT INTO search_sources (user_id, search_id, source, failures, fault, error, failing_since, next_try_at)
         SELECT user_id, id, 'ebay', 3, 'refused', 'ebay refuses the keys', now() - INTERVAL '3 hours',
                now() + INTERVAL '1 hour' FROM searches;
         INSERT INTO search_sources (user_id, search_id, source, failures, fault, error, failing_since, next_try_at)
         SELECT user_id, id, 'bobs-secret', 1, 'nonsense', 'bobs-secret is not readable as a feed', now(), now()
         FROM searches WHERE name LIKE 'Bob%';
         INSERT INTO search_sources (user_id, search_id, source, last_ok_at)
         SELECT user_id, id, 'reverb', now() - INTERVAL '2 minutes' FROM searches WHERE name = 'Anns';
         -- It asks this one no more.
         INSERT INTO search_sources (user_id, search_id, source, failures, fault, error)
         SELECT user_id, id, 'etsy', 9, 'down', 'etsy is long forgotten' FROM searches"
    ))
    .await;
    let server = web::serve(&db).await;
    let stranger = server.get("/status").await.body;
    for text in ["eBay", "bobs", "Sources", "refuses"] {
        assert!(!stranger.contains(text), "{text} is told to a stranger: {stranger}");
    }
    let ann = Browser::with(&server, &people::session(&db, ANN).await).await;
    let owner = ann.get("/status").await.body;
    for text in [
        "<strong>eBay</strong> does not let Deal Scout in since <time",
        "Ebay refuses the keys.",
        "asked again <time",
        "Check its keys in the settings; <code>deal-scout config show</code>",
        "It has never been read.",
        "<strong>Reverb</strong> answers",
    ] {
        assert!(owner.contains(text), "{text} is missing in {owner}");
    }
    for text in ["bobs", "Bobs", "hidden wish", "forgotten"] {
        assert!(!owner.contains(text), "{text} is Bob's own business: {owner}");
    }
    let bob = Browser::with(&server, &people::session(&db, BOB).await).await;
    let member = bob.get("/status").await.body;
    for text in [
        "Tell the owner of this installation",
        "<strong>Bobs secret</strong> answers what cannot be read",
        "correct it under Feeds",
    ] {
        assert!(member.contains(text), "{text} is missing in {member}");
    }
    assert!(!member.contains("Reverb"));
}
