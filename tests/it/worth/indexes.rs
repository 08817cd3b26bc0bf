//! When a user's comparables are loaded again, and when not.

use std::sync::Arc;

use chrono::Utc;
use deal_scout::{
    model::{
        estimate::{EstimateBasis, Question},
        id::UserId,
        kind::Kind,
        money::Currency,
    },
    worth::{CompIndexes, estimate_many},
};

use crate::support::TestDb;

const OWNER: UserId = UserId(1);

async fn sell(db: &TestDb, ids: std::ops::RangeInclusive<i32>, details: &str) {
    db.run(&format!(
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, shipping_amount, currency, details, observed_at)
         SELECT 1, 'ebay', n::text, 'Sony PS5 Disc Edition', 45000, 1000, 'USD', '{details}', now()
         FROM generate_series({}, {}) n",
        ids.start(),
        ids.end()
    ))
    .await;
}

fn question(title: &str) -> Question {
    Question {
        title: title.to_owned(),
        kind: Kind::Item,
        condition: None,
        currency: Currency::USD,
        category: None,
        at: None,
        ad: None,
    }
}

#[tokio::test]
async fn an_index_is_kept_until_a_sale_or_an_ad_comes_changes_or_goes() {
    let db = TestDb::new().await;
    sell(&db, 1..=5, "{}").await;
    let indexes = CompIndexes::default();
    let mut conn = db.conn().await;

    let first = indexes.get(&mut conn, OWNER).await.unwrap();
    let again = indexes.get(&mut conn, OWNER).await.unwrap();
    assert!(Arc::ptr_eq(&first, &again), "nothing has changed");
    assert_eq!(first.len(), 5);

    let changes = [
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at)
         VALUES (1, 'ebay', 'x', 'RTX 3070', 1, 'USD', now())",
        "UPDATE comps SET price_amount = 2, updated_at = now() - INTERVAL '1 hour' WHERE source_id = 'x'",
        "DELETE FROM comps WHERE source_id = 'x'",
        "INSERT INTO listings (user_id, source, source_id, title, price_amount, currency)
         VALUES (1, 'ebay', 'y', 'RTX 3070', 1, 'USD')",
        "UPDATE listings SET price_amount = 2, updated_at = now() + INTERVAL '1 hour' WHERE source_id = 'y'",
        "UPDATE listings SET available = FALSE WHERE source_id = 'y'",
    ];
    let mut before = first;
    for change in changes {
        db.run(change).await;
        let after = indexes.get(&mut conn, OWNER).await.unwrap();
        assert!(!Arc::ptr_eq(&before, &after), "{change}");
        before = after;
    }
}

#[tokio::test]
async fn many_who_ask_at_once_get_one_index() {
    let db = TestDb::new().await;
    sell(&db, 1..=500, "{}").await;
    let indexes = CompIndexes::default();
    let (mut a, mut b, mut c) = (db.conn().await, db.conn().await, db.conn().await);

    let (a, b, c) = tokio::try_join!(
        indexes.get(&mut a, OWNER),
        indexes.get(&mut b, OWNER),
        indexes.get(&mut c, OWNER)
    )
    .unwrap();

    assert!(Arc::ptr_eq(&a, &b) && Arc::ptr_eq(&b, &c));
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_questions() {
    let db = TestDb::new().await;
    sell(&db, 1..=5, r#"{"date_unknown": true}"#).await;
    let questions = vec![question("PS5 disc"), question("RTX 4090"), question("PS5 Disc Edition")];

    let answers =
        estimate_many(&CompIndexes::default(), &mut db.conn().await, OWNER, questions, Utc::now())
            .await
            .unwrap();

    let basis: Vec<_> = answers.iter().map(|answer| answer.basis).collect();
    assert_eq!(basis, [EstimateBasis::Sold, EstimateBasis::None, EstimateBasis::Sold]);
    // Price and shipping together, and nothing is known of when.
    assert_eq!(answers[0].fair_value.unwrap().amount, 46_000);
    assert_eq!(answers[0].newest_at, None);
}
