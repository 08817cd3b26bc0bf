//! A market with an honest bargain, ordinary ads and junk: the bargain is first, the junk is last.

use deal_scout::{scout::normalize::kind_of, workers::estimate};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Int4, Nullable, Text},
};
use diesel_async::RunQueryDsl;

use super::estimate::{app, now, sales};
use crate::support::TestDb;

#[derive(Debug, QueryableByName)]
struct Ranked {
    #[diesel(sql_type = Text)]
    source_id: String,
    #[diesel(sql_type = Nullable<Int4>)]
    value: Option<i32>,
}

async fn ranked(db: &TestDb) -> Vec<Ranked> {
    sql_query(
        "SELECT l.source_id, s.value FROM listings l JOIN listing_scores s ON s.listing_id = l.id
         ORDER BY s.value DESC NULLS LAST, l.id",
    )
    .load(&mut db.conn().await)
    .await
    .unwrap()
}

/// Sales of what surrounds the card, so that junk has a worth of its own.
async fn sales_of_junk(db: &TestDb) {
    for (kind, title, price) in [
        ("empty_box", "Gigabyte RTX 3070 8GB box only", 4_000),
        ("picture", "Gigabyte RTX 3070 8GB picture only", 4_000),
        ("parts", "Gigabyte RTX 3070 8GB for parts", 20_000),
        ("accessory", "Water block for Gigabyte RTX 3070 8GB", 9_000),
    ] {
        db.run(&format!(
            "INSERT INTO comps (user_id, source, source_id, title, kind, price_amount, currency, observed_at)
             SELECT 1, 'ebay', '{kind}' || n, '{title}', '{kind}', {price} + n * 10, 'USD',
                    now() - n * INTERVAL '1 day'
             FROM generate_series(1, 12) n"
        ))
        .await;
    }
}

/// Ads of one market: id, title, condition, price, hours since they were posted.
const ADS: &[(&str, &str, &str, i64, i64)] = &[
    ("bargain", "Gigabyte RTX 3070 8GB", "good", 33_000, 3),
    ("ordinary", "Gigabyte RTX 3070 8GB", "good", 49_500, 30),
    ("ordinary", "Gigabyte RTX 3070 8GB Eagle", "excellent", 52_000, 5),
    ("ordinary", "RTX 3070 8GB used", "good", 50_500, 200),
    ("dear", "Gigabyte RTX 3070 8GB", "good", 60_000, 20),
    ("junk", "Gigabyte RTX 3070 8GB empty box", "good", 2_500, 1),
    ("junk", "Picture of Gigabyte RTX 3070 8GB", "new", 1_000, 1),
    ("junk", "Gigabyte RTX 3070 8GB", "good", 100, 1),
    ("junk", "Gigabyte RTX 3070 8GB for parts not working", "poor", 9_000, 1),
    ("junk", "Gigabyte RTX 3070 8GB", "poor", 12_000, 1),
    ("junk", "Water block for Gigabyte RTX 3070 8GB", "new", 4_000, 1),
];

#[tokio::test]
async fn the_honest_bargain_is_first_and_no_junk_stands_above_ordinary_ads() {
    let db = TestDb::new().await;
    sales(&db).await;
    sales_of_junk(&db).await;
    for (at, (id, title, condition, price, hours)) in ADS.iter().enumerate() {
        let kind = kind_of(title, None);
        db.run(&format!(
            "INSERT INTO listings (user_id, source, source_id, title, kind, condition, price_amount, currency, posted_at)
             VALUES (1, 'ebay', '{id}-{at}', '{title}', '{kind}', '{condition}', {price}, 'USD',
                     now() - {hours} * INTERVAL '1 hour')"
        ))
        .await;
    }

    estimate::run_until_idle(&app(&db, now())).await.unwrap();

    let ranked = ranked(&db).await;
    assert_eq!(ranked.len(), ADS.len());
    assert!(ranked[0].source_id.starts_with("bargain"), "{ranked:#?}");
    let values = |what: &str| {
        let of: Vec<i32> = ranked
            .iter()
            .filter(|ad| ad.source_id.starts_with(what))
            .filter_map(|ad| ad.value)
            .collect();
        of
    };
    let best_junk = values("junk").into_iter().max().unwrap_or(0);
    let worst_ordinary = values("ordinary").into_iter().min().unwrap();
    assert!(best_junk < worst_ordinary, "{ranked:#?}");
    assert!(values("junk").len() >= 5, "junk has a worth of its own here: {ranked:#?}");
}
