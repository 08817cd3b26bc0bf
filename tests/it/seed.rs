//! The sample market in a real database: stored whole, never twice, and taken away without a trace.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    db::{Counts, sources::Deleted},
    import::{
        sample::{self, Stored},
        world,
    },
    market::sample::{Offer, market},
    state::App,
    workers::estimate,
};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::{TestDb, database::silent, server::program};

fn noon() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn new(rows: usize) -> Counts {
    Counts { new: rows, ..Counts::default() }
}

/// The nouns of the sample's small world, with their rows.
const WORLD: &[(&str, usize)] = &[
    ("user-prefs", 1),
    ("channels", 2),
    ("searches", 4),
    ("watchlist-items", 6),
    ("my-items", 18),
    ("cross-posts", 15),
    ("orders", 13),
    ("snap-jobs", 2),
    ("notifications", 5),
];

async fn count(db: &TestDb, sql: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let mut conn = db.conn().await;
    diesel::sql_query(format!("SELECT count(*) AS n FROM {sql}"))
        .get_result::<Row>(&mut conn)
        .await
        .unwrap()
        .n
}

#[tokio::test]
async fn the_sample_market_is_stored_once_however_often_it_is_asked_for() {
    let db = TestDb::new().await;
    let stored = sample::store(&db.pool, &Clock::fixed(noon())).await.unwrap();
    assert_eq!(stored, Stored { listings: new(2_000), comps: new(6_000) });
    assert_eq!(count(&db, "listings WHERE score_due_at IS NOT NULL").await, 2_000);
    let points = count(&db, "price_points").await;
    assert!(points > 2_200, "{points} price points");

    let later = Clock::fixed(noon() + Duration::hours(20));
    let again = sample::store(&db.pool, &later).await.unwrap();
    assert_eq!(again.listings, Counts { unchanged: 2_000, ..Counts::default() });
    assert_eq!(again.comps, Counts { unchanged: 6_000, ..Counts::default() });
    assert_eq!(count(&db, "price_points").await, points);
}

#[tokio::test]
async fn an_old_sample_market_moves_up_to_the_present_and_keeps_its_rows() {
    let db = TestDb::new().await;
    sample::store(&db.pool, &Clock::fixed(noon())).await.unwrap();
    let points = count(&db, "price_points").await;

    let next_week = noon() + Duration::days(7);
    let moved = sample::store(&db.pool, &Clock::fixed(next_week)).await.unwrap();
    assert_eq!((moved.listings.new, moved.listings.updated), (0, 2_000));
    assert_eq!((moved.comps.new, moved.comps.updated), (0, 6_000));
    assert_eq!(count(&db, "price_points").await, points);
    let fresh = "listings WHERE posted_at > '2026-11-27T11:50:00Z'";
    assert!(count(&db, fresh).await > 0);
}

#[tokio::test]
async fn removing_the_sample_market_leaves_everything_else() {
    let db = TestDb::new().await;
    db.run(
        "INSERT INTO listings (user_id, source, source_id, title, price_amount, currency)
         SELECT id, 'csv', 'mine-1', 'Leica M3', 90000, 'USD' FROM users;
         INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at)
         SELECT id, 'csv', 'mine-1', 'Leica M3', 115000, 'USD', now() FROM users",
    )
    .await;
    let clock = Clock::fixed(noon());
    sample::store(&db.pool, &clock).await.unwrap();
    let deleted = sample::remove(&db.pool, &clock).await.unwrap();
    assert_eq!(deleted, Deleted { listings: 2_000, comps: 6_000 });
    assert_eq!(count(&db, "listings").await + count(&db, "comps").await, 2);
    assert_eq!(count(&db, "price_points").await, 0);
    assert_eq!(sample::remove(&db.pool, &clock).await.unwrap(), Deleted::default());
}

#[tokio::test]
async fn bargains_of_the_sample_market_come_out_on_top_and_lies_do_not() {
    let db = TestDb::new().await;
    let env = Env::of(std::env::temp_dir(), &[("DATABASE_URL", &db.url)]);
    let settings = load(&Overrides::new(None), &env).unwrap().settings;
    let app = App::new(settings, Clock::fixed(Utc::now()), silent()).unwrap();
    sample::store(&app.db, &app.clock).await.unwrap();
    estimate::run_until_idle(&app).await.unwrap();

    let ranked = best_first(&db).await;
    assert!(ranked.len() > 1_500, "{} ads have a score", ranked.len());
    let offers: HashMap<String, Offer> =
        market(noon()).listings.into_iter().map(|ad| (ad.listing.source_id, ad.offer)).collect();
    let share = |rows: &[Ranked], offer| {
        rows.iter().filter(|row| offers[&row.source_id] == offer).count() * 100 / rows.len()
    };
    let best = &ranked[..100];
    assert!(share(best, Offer::Bargain) >= 85, "{} % are bargains", share(best, Offer::Bargain));
    assert_eq!(share(best, Offer::Dear) + share(best, Offer::Scam), 0);
    let worse_half = &ranked[ranked.len() / 2..];
    assert_eq!(share(worse_half, Offer::Bargain), 0, "a bargain is among the worse half");
    // One of a kind: the honest answer is that nothing compares.
    let judged = ranked.iter().filter(|row| offers[&row.source_id] == Offer::OneOff).count();
    assert!(judged <= 2, "{judged} one-offs have a score");
}

#[derive(QueryableByName)]
struct Ranked {
    #[diesel(sql_type = Text)]
    source_id: String,
}

async fn best_first(db: &TestDb) -> Vec<Ranked> {
    diesel::sql_query(
        "SELECT l.source_id FROM listing_scores s JOIN listings l ON l.id = s.listing_id
         WHERE s.value IS NOT NULL ORDER BY s.value DESC, l.id",
    )
    .load(&mut db.conn().await)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_what_it_stored_and_what_it_took_away() {
    let db = TestDb::new().await;
    let seed = |option: &str| {
        let run = program("seed").env("DATABASE_URL", &db.url).arg("--json").arg(option).finish();
        (run.0, serde_json::from_str::<Value>(&run.1).unwrap_or_else(|_| panic!("{}", run.2)))
    };
    let rows = |new, unchanged| json!({ "new": new, "updated": 0, "unchanged": unchanged });
    let of_all = |rows: &dyn Fn(usize) -> Value, mut market: Value| {
        for (noun, count) in WORLD {
            market[*noun] = rows(*count);
        }
        market
    };
    let stored = json!({ "listings": rows(2_000, 0), "comps": rows(6_000, 0) });
    let stored = of_all(&|count| rows(count, 0), stored);
    assert_eq!(seed("--log-level=error"), (Some(0), stored));
    assert!(count(&db, "listing_scores WHERE value IS NOT NULL").await > 1_500);
    let again = json!({ "listings": rows(0, 2_000), "comps": rows(0, 6_000) });
    let again = of_all(&|count| rows(0, count), again);
    assert_eq!(seed("--log-level=error"), (Some(0), again));
    let removed = of_all(&|count| json!(count), json!({ "listings": 2_000, "comps": 6_000 }));
    assert_eq!(seed("--remove"), (Some(0), json!({ "removed": removed })));
    for (noun, _) in WORLD {
        assert_eq!(count(&db, &noun.replace('-', "_")).await, 0, "{noun}");
    }
    assert_eq!(count(&db, "import_origins").await, 0);
}

#[tokio::test]
async fn a_later_seed_leaves_what_people_have_changed_and_removal_leaves_what_is_theirs() {
    let db = TestDb::new().await;
    let clock = Clock::fixed(noon());
    db.run(
        "INSERT INTO my_items (user_id, title, currency) SELECT id, 'My own', 'USD' FROM users;
         INSERT INTO user_prefs (user_id, time_zone) SELECT id, 'Asia/Tokyo' FROM users",
    )
    .await;
    sample::store(&db.pool, &clock).await.unwrap();
    let stored = world::store(&db.pool, &clock).await.unwrap();
    for (noun, rows) in WORLD.iter().filter(|(noun, _)| *noun != "user-prefs") {
        assert!(stored.contains(&(*noun, new(*rows))), "{noun} in {stored:?}");
    }
    // Whoever has preferences keeps them.
    assert_eq!(count(&db, "user_prefs WHERE time_zone = 'Asia/Tokyo'").await, 1);

    db.run(
        "UPDATE my_items SET title = 'Renamed', updated_at = now() WHERE sku = 'SAMPLE-01';
         DELETE FROM searches WHERE words = 'fender'",
    )
    .await;
    let next_day = Clock::fixed(noon() + Duration::days(2));
    sample::store(&db.pool, &next_day).await.unwrap();
    let again = world::store(&db.pool, &next_day).await.unwrap();
    assert!(again.iter().all(|(_, counts)| counts.new + counts.updated == 0), "{again:?}");
    assert_eq!(count(&db, "my_items WHERE title = 'Renamed'").await, 1);
    assert_eq!(count(&db, "searches").await, 3);
    // Nothing in it waits for a worker.
    assert_eq!(count(&db, "notifications WHERE status = 'pending'").await, 0);
    assert_eq!(count(&db, "channels WHERE enabled").await, 0);

    let removed = world::remove(&db.pool).await.unwrap();
    assert!(
        removed.contains(&("my-items", 18)) && removed.contains(&("searches", 3)),
        "{removed:?}"
    );
    assert_eq!(count(&db, "my_items").await, 1);
    assert_eq!(count(&db, "user_prefs").await, 1);
    assert_eq!(count(&db, "orders").await + count(&db, "cross_posts").await, 0);
}
