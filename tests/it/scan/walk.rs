//! The whole way: from eBay's pages, with everything that can go wrong on them, to one message a channel.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    state::App,
    workers::{self, Outcome},
};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Nullable, Text},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::support::{
    TestDb,
    database::silent,
    http::{Reply, Web},
    market::ebay::{Ad, FakeEbay, Mishap},
};

/// eBay, the program over a database, and somebody's two channels.
struct Walk {
    db: TestDb,
    ebay: FakeEbay,
    channels: [Web; 2],
    began: DateTime<Utc>,
}

impl Walk {
    /// A search for a camera that sells for about 2,000 dollars. It is quiet at its owner's for two hours and more.
    async fn new() -> Self {
        let db = TestDb::new().await;
        let ebay = FakeEbay::start().await;
        ebay.per_page(2);
        let take = |_: &crate::support::http::Asked| Reply::new(200, "ok");
        let channels = [Web::start(take).await, Web::start(take).await];
        let began = DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap()
            + TimeDelta::seconds(2);
        let (quiet_from, quiet_until) = (began.hour(), (began.hour() + 3) % 24);
        let (first, second) = (channels[0].url("/one"), channels[1].url("/two"));
        db.run(&format!(
            "INSERT INTO user_prefs (user_id, time_zone, quiet_from, quiet_until)
             VALUES (1, 'UTC', {quiet_from}, {quiet_until});
             INSERT INTO searches (id, user_id, name, words, excluded_words, min_score)
             VALUES (1, 1, 'M6', 'leica m6', '{{broken}}', 50);
             INSERT INTO channels (id, user_id, name, kind, address)
             VALUES (1, 1, 'one', 'webhook', '{first}'), (2, 1, 'two', 'webhook', '{second}');
             INSERT INTO search_channels VALUES (1, 1, 1), (1, 1, 2);
             INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, condition, observed_at)
             SELECT 1, 'ebay', 's' || n,
                    'Leica M6 camera body, ' || (ARRAY['chrome', 'black', 'dear', 'falling'])[1 + n % 4], 195000 + n * 1000, 'USD', 'good',
                    now() - n * INTERVAL '1 day'
             FROM generate_series(1, 20) n"
        ))
        .await;
        Self { db, ebay, channels, began }
    }

    fn app(&self, minute: i64) -> Arc<App> {
        let mut variables = self.ebay.settings();
        variables.push(("DATABASE_URL", self.db.url.clone()));
        variables.push(("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8".to_owned()));
        variables.push(("DEAL_SCOUT__PUBLIC_URL", "https://deals.example.org".to_owned()));
        let key = "0101010101010101010101010101010101010101010101010101010101010aaa";
        variables.push(("DEAL_SCOUT__SECRET_KEY", key.to_owned()));
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let env = Env::of(std::env::temp_dir(), &variables);
        let settings = load(&Overrides::new(None), &env).unwrap().settings;
        let now = self.began + TimeDelta::minutes(minute);
        Arc::new(App::new(settings, Clock::fixed(now), silent()).unwrap())
    }

    /// Lets the workers do what is due at that time: look, judge, tell. Says whether there was anything to look at.
    async fn tick(&self, minute: i64) -> bool {
        let app = self.app(minute);
        let looked = workers::scan::tick(&app).await.unwrap();
        workers::estimate::run_until_idle(&app).await.unwrap();
        workers::notify::tick(&app).await.unwrap();
        looked == Outcome::Worked
    }

    async fn text(&self, query: &str) -> String {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Text>)]
            said: Option<String>,
        }
        let row: Row = sql_query(query).get_result(&mut self.db.conn().await).await.unwrap();
        row.said.unwrap_or_default()
    }

    /// The titles that came through a channel, in their order.
    fn told(&self, channel: usize) -> Vec<String> {
        let mut titles: Vec<String> = Vec::new();
        for asked in self.channels[channel].asked() {
            let body: Value = serde_json::from_slice(&asked.body).unwrap();
            let ads = body["ads"].as_array().unwrap_or_else(|| panic!("{body}"));
            titles.extend(ads.iter().map(|ad| ad["title"].as_str().unwrap().to_owned()));
        }
        titles.sort();
        titles
    }
}

#[tokio::test]
async fn from_three_pages_with_every_mishap_to_one_message_a_channel_after_the_quiet_hours() {
    let walk = Walk::new().await;
    let broken = Ad::new(2, "Leica M6 body, shutter broken", "300.00");
    for ad in [
        Ad::new(1, "Leica M6 camera body, chrome", "1200.00"),
        broken,
        Ad::new(3, "Leica M6 camera body, dear", "2900.00"),
        Ad::new(4, "Leica M6 camera body, black", "1250.00"),
        Ad::new(5, "Leica M6 camera body, falling", "1900.00"),
    ] {
        walk.ebay.put(ad);
    }

    // The first tick: a page, and then eBay wants to be left alone for ten minutes.
    walk.ebay.at_offset(2, Mishap::Limited(Some(600)));
    assert!(walk.tick(0).await);
    assert_eq!(walk.ebay.offsets(), [0, 2]);
    assert_eq!(walk.db.count("listings").await, 2, "the page before stands");
    assert!(!walk.tick(9).await, "who asks for patience gets it");

    // The second: one body breaks off on the way, and one price has fallen.
    walk.ebay.put(Ad::new(5, "Leica M6 camera body, falling", "1150.00"));
    walk.ebay.at_offset(2, Mishap::CutOff);
    assert!(walk.tick(11).await);
    assert_eq!(walk.ebay.offsets(), [0, 2, 0, 2, 2, 4]);
    assert_eq!(
        walk.text(
            "SELECT string_agg(source_id || ' ' || price_amount, ', ' ORDER BY source_id) AS said
             FROM listings WHERE source = 'ebay' AND available"
        )
        .await,
        "1 120000, 2 30000, 3 290000, 4 125000, 5 115000"
    );
    assert_eq!(
        walk.text(
            "SELECT string_agg(source_id || ' ' || prices, ', ' ORDER BY source_id) AS said FROM (
                 SELECT l.source_id, string_agg(p.price_amount::text, ' > ' ORDER BY p.seen_at) AS prices
                 FROM price_points p JOIN listings l ON l.id = p.listing_id GROUP BY l.source_id) AS history"
        )
        .await,
        "1 120000, 2 30000, 3 290000, 4 125000, 5 190000 > 115000"
    );
    assert_eq!(walk.db.count("listing_scores WHERE parts IS NOT NULL").await, 5);
    let scores = walk
        .text(
            "SELECT string_agg(l.source_id || ' ' || coalesce(s.value::text, '?') || ' ' || (s.parts ->> 'summary'),
                               '; ' ORDER BY l.source_id) AS said
             FROM listing_scores s JOIN listings l ON l.id = s.listing_id",
        )
        .await;
    let good = "listing_scores s JOIN listings l ON l.id = s.listing_id
                WHERE s.value >= 50 AND l.source_id IN ('1', '4', '5')";
    assert_eq!(walk.db.count(good).await, 3, "{scores}");
    let dear = "listing_scores s JOIN listings l ON l.id = s.listing_id
                WHERE s.value < 50 AND l.source_id = '3'";
    assert_eq!(walk.db.count(dear).await, 1, "{scores}");
    let dropped = "finds WHERE NOT matched AND reason = 'has “broken” in its title'";
    assert_eq!(walk.db.count(dropped).await, 1);

    // It is quiet: everything waits, and each is written down once a channel.
    assert_eq!(walk.db.count("notifications WHERE status = 'pending'").await, 6);
    assert_eq!((walk.told(0).len(), walk.told(1).len()), (0, 0), "none in quiet hours");
    walk.tick(70).await;
    assert_eq!(walk.told(0).len() + walk.told(1).len(), 0);

    // Afterwards all of them come, and nothing comes again.
    walk.tick(200).await;
    let all = [
        "Leica M6 camera body, black",
        "Leica M6 camera body, chrome",
        "Leica M6 camera body, falling",
    ];
    assert_eq!(walk.told(0), all);
    assert_eq!(walk.told(1), all);
    for minute in [300, 400, 500] {
        walk.tick(minute).await;
    }
    assert_eq!((walk.told(0).len(), walk.told(1).len()), (3, 3));
    assert_eq!(walk.db.count("listings WHERE NOT available").await, 0);
    assert_eq!(walk.db.count("price_points").await, 6);
}
