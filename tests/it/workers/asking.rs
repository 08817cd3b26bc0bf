//! Scores by what other ads ask, where nothing was sold.

use std::{cell::Cell, fmt::Write, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    import,
    model::{
        comp::{Basis, ComparableId},
        estimate::EstimateBasis,
        id::{ListingId, UserId},
        score::Score,
    },
    state::App,
    workers::estimate,
};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Int4, Jsonb, Nullable},
};
use diesel_async::RunQueryDsl;

use crate::support::{TestDb, database::silent};

const OWNER: UserId = UserId(1);

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: ListingId,
    #[diesel(sql_type = Nullable<Int4>)]
    value: Option<i32>,
    #[diesel(sql_type = Jsonb)]
    parts: serde_json::Value,
}

/// An application on a market of its own.
struct Market {
    db: TestDb,
    app: Arc<App>,
    folder: tempfile::TempDir,
    /// Each import is a second later than the one before; seconds until the application's time.
    left: Cell<i64>,
}

impl Market {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let env = Env::of(std::env::temp_dir(), &[("DATABASE_URL", &db.url)]);
        let settings = load(&Overrides::new(None), &env).unwrap().settings;
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let app = Arc::new(App::new(settings, Clock::fixed(now), silent()).unwrap());
        Self { db, app, folder: tempfile::tempdir().unwrap(), left: Cell::new(60) }
    }

    /// Imports ads, each a number and the rest of an item in JSON.
    async fn import(&self, items: &[(u32, &str, &str)]) {
        let mut json = String::new();
        for (id, price, more) in items {
            write!(
                json,
                r#"{}{{"itemId":"v1|{id}|0","conditionId":"3000","price":{{"value":"{price}","currency":"USD"}},{more}}}"#,
                if json.is_empty() { "" } else { "," }
            )
            .unwrap();
        }
        let path = self.folder.path().join("ads.json");
        std::fs::write(&path, format!("[{json}]")).unwrap();
        let clock = Clock::fixed(self.app.clock.now() - TimeDelta::seconds(self.left.get()));
        self.left.set(self.left.get() - 1);
        import::file(&self.db.pool, &clock, OWNER, &path, "ads.json", 1 << 20, |_| {})
            .await
            .unwrap();
    }

    /// Scores what is due. Returns how many ads that were, and the score of each ad, in the order of their ids.
    async fn scores(&self) -> (usize, Vec<(ListingId, Option<i32>, Score)>) {
        let scored = estimate::run_until_idle(&self.app).await.unwrap();
        let rows: Vec<Row> = sql_query(
            "SELECT l.id, s.value, s.parts FROM listings l JOIN listing_scores s ON s.listing_id = l.id ORDER BY l.source_id",
        )
        .load(&mut self.db.conn().await)
        .await
        .unwrap();
        let score = |row: Row| (row.id, row.value, serde_json::from_value(row.parts).unwrap());
        (scored, rows.into_iter().map(score).collect())
    }
}

/// Seven cards, the first one far below the others, which are one another's measure.
const CARDS: &[(u32, &str, &str)] = &[
    (1, "390.00", r#""title":"Gigabyte RTX 3070 Eagle 8GB","buyingOptions":["FIXED_PRICE"]"#),
    (2, "500.00", r#""title":"MSI RTX 3070 Ventus 8GB","buyingOptions":["FIXED_PRICE"]"#),
    (3, "510.00", r#""title":"Asus RTX 3070 Dual 8GB","buyingOptions":["FIXED_PRICE"]"#),
    (4, "520.00", r#""title":"Zotac RTX 3070 Twin Edge 8GB","buyingOptions":["FIXED_PRICE"]"#),
    (5, "530.00", r#""title":"Palit RTX 3070 JetStream 8GB","buyingOptions":["FIXED_PRICE"]"#),
    (6, "540.00", r#""title":"PNY RTX 3070 XLR8 8GB","buyingOptions":["FIXED_PRICE"]"#),
    (7, "550.00", r#""title":"EVGA RTX 3070 XC3 8GB","buyingOptions":["FIXED_PRICE"]"#),
];

#[tokio::test]
async fn ads_are_scored_by_what_the_others_ask_and_never_by_themselves() {
    let market = Market::new().await;
    market.import(CARDS).await;

    let (count, scores) = market.scores().await;

    assert_eq!(count, 7);
    for (id, value, score) in &scores {
        let estimate = &score.estimate;
        assert!(value.is_some(), "{score:?}");
        assert_eq!((estimate.basis, estimate.n), (EstimateBasis::Asking, 6), "{score:?}");
        assert!(estimate.comparables.iter().all(|c| c.basis == Basis::Asking));
        let is_itself =
            |id: ListingId| estimate.comparables.iter().any(|c| c.id == ComparableId::Listing(id));
        assert!(!is_itself(*id), "ad {id} is its own comparable");
    }
    let cheap = &scores[0];
    assert!(scores[1..].iter().all(|(_, value, _)| *value < cheap.1), "{scores:?}");
    assert!(
        cheap.2.summary.ends_with("% under the lower middle of 6 asking prices"),
        "{}",
        cheap.2.summary
    );
    let json = serde_json::to_value(&cheap.2).unwrap();
    assert!(json["estimate"]["comparables"][0]["listing_id"].is_i64(), "{json}");
}

#[tokio::test]
async fn running_auctions_and_the_cheapest_of_a_choice_are_no_measure_for_one_price() {
    let market = Market::new().await;
    market.import(&CARDS[..5]).await;
    market
        .import(&[
            (8, "20.00", r#""title":"KFA2 RTX 3070 8GB","buyingOptions":["AUCTION"]"#),
            (9, "30.00", r#""title":"Inno3D RTX 3070 8GB","itemGroupType":"SELLER_DEFINED_VARIATIONS","buyingOptions":["FIXED_PRICE"]"#),
        ])
        .await;

    let (_, scores) = market.scores().await;

    // Four others: one too few.
    assert!(scores[..5].iter().all(|(_, value, _)| value.is_none()), "{scores:?}");
    assert_eq!((scores[5].2.estimate.n, scores[5].1.is_some()), (5, true), "{:?}", scores[5]);
    assert!(scores[5].2.summary.contains("an auction is running"), "{}", scores[5].2.summary);
    assert_eq!(scores[6].1, None, "no other ad offers a choice");
}

#[tokio::test]
async fn a_new_ad_brings_the_others_up_again_and_a_known_one_does_not() {
    let market = Market::new().await;
    market.import(&CARDS[..5]).await;
    let (_, before) = market.scores().await;
    assert!(before.iter().all(|(_, value, _)| value.is_none()), "{before:?}");

    market.import(&CARDS[5..6]).await;
    let (scored, after) = market.scores().await;
    assert_eq!(scored, 6);
    assert!(after.iter().all(|(_, value, _)| value.is_some()), "{after:?}");

    market.import(&CARDS[..6]).await;
    assert_eq!(market.scores().await.0, 0);
}

#[tokio::test]
async fn scoring_and_seeing_again_leave_the_index_as_it_is() {
    let market = Market::new().await;
    market.import(CARDS).await;
    let mut conn = market.db.conn().await;
    let before = market.app.comp_indexes.get(&mut conn, OWNER).await.unwrap();
    assert_eq!(before.len(), 7);

    market.scores().await;
    market.import(CARDS).await;
    let after = market.app.comp_indexes.get(&mut conn, OWNER).await.unwrap();
    assert!(Arc::ptr_eq(&before, &after), "the worker's own writes are no change");

    market.import(&[(1, "380.00", r#""title":"Gigabyte RTX 3070 Eagle 8GB""#)]).await;
    let changed = market.app.comp_indexes.get(&mut conn, OWNER).await.unwrap();
    assert!(!Arc::ptr_eq(&before, &changed), "a price is");
}
