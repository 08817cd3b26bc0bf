//! The rule of telling stands twice: for people in `scout::watching`, for the database in `db::telling`. Both say the
//! same.

use deal_scout::{
    model::money::{Currency, Money},
    scout::watching::{Reason, Watch},
};

use super::scene::{Scene, noon};

fn sql(amount: Option<i64>) -> String {
    amount.map_or_else(|| "NULL".to_owned(), |amount| amount.to_string())
}

#[tokio::test]
async fn the_rule_and_the_statement_tell_the_same() {
    let scene = Scene::new().await;
    let some = [None, Some(0), Some(6_000), Some(9_000), Some(9_500), Some(10_000)];
    let mut told = Vec::new();
    let mut expected = Vec::new();
    let mut id = 0;
    for saved in [None, Some(10_000), Some(9_000)] {
        for last in [None, Some(9_000), Some(6_300)] {
            for target in [None, Some(6_000), Some(9_200)] {
                for drop_percent in [None, Some(1), Some(10), Some(40)] {
                    for price in some {
                        id += 1;
                        told.push(format!(
                            "INSERT INTO listings (id, user_id, source, source_id, title, price_amount, currency)
                             VALUES ({id}, 1, 'ebay', 'a{id}', 'ad', {}, 'USD');
                             INSERT INTO watchlist_items (user_id, listing_id, currency, saved_at, saved_amount,
                                                          saved_currency, told_amount, target_amount, drop_percent)
                             VALUES (1, {id}, 'USD', now(), {}, 'USD', {}, {}, {});",
                            sql(price), sql(saved), sql(last), sql(target), sql(drop_percent.map(i64::from)),
                        ));
                        let usd = |amount: Option<i64>| {
                            amount.map(|amount| Money::new(amount, Currency::USD))
                        };
                        let (saved, target) = (usd(saved), usd(target));
                        let watch = Watch { saved, told: usd(last), target, drop_percent };
                        expected.extend(watch.reason(usd(price)).map(|reason| match reason {
                            Reason::Target { .. } => format!("{id} target"),
                            Reason::Drop { .. } => format!("{id} price_drop"),
                        }));
                    }
                }
            }
        }
    }
    scene.run(&told.concat()).await;
    let ids: Vec<i64> = (1..=id).collect();
    scene.enqueue(&ids, noon()).await;
    let rows = scene.rows().await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| format!("{} {}", row.listing_id.unwrap_or_default(), row.reason))
        .collect();
    assert!(expected.len() > 50, "{}", expected.len());
    assert_eq!(told, expected);
    assert_eq!(scene.enqueue(&ids, noon()).await, 0, "what was told is not told again");
}
