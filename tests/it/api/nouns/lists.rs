//! Lists: pages, orders, filters, and what they do not take.

use serde_json::{Value, json};

use super::scene::{Scene, faults};

/// Orders 1 to 25 of Ann's: five and five of one moment.
async fn with_orders(scene: &Scene) {
    scene
        .db
        .run(
            "INSERT INTO orders (user_id, platform, platform_order_id, status, total_amount, currency, ordered_at,
                                 created_at, updated_at)
             SELECT u.id, CASE WHEN n % 2 = 0 THEN 'ebay' ELSE 'reverb' END, n::text, 'paid', n * 100, 'USD',
                    TIMESTAMPTZ '2026-01-01' + n / 5 * INTERVAL '1 day',
                    TIMESTAMPTZ '2026-02-01', TIMESTAMPTZ '2026-03-01' - n / 5 * INTERVAL '1 day'
             FROM users u, generate_series(1, 25) AS n WHERE u.email = 'ann@example.org'",
        )
        .await;
}

fn ids(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn pages_hold_every_row_once_though_many_are_of_one_moment() {
    let scene = Scene::new().await;
    with_orders(&scene).await;
    for sort in
        ["-ordered_at", "ordered_at", "-created_at", "created_at", "-updated_at", "updated_at"]
    {
        let first = format!("/orders?limit=4&sort={sort}");
        let (mut path, mut found, mut times) = (first.clone(), Vec::new(), Vec::new());
        loop {
            let page = scene.get(&path).await.json();
            assert_eq!(page.get("total"), None);
            found.extend(ids(&page));
            let key = sort.trim_start_matches('-');
            let items = page["items"].as_array().unwrap();
            times.extend(items.iter().map(|item| item[key].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("{first}&cursor={cursor}"),
                None => break,
            }
        }
        let is_down = sort.starts_with('-');
        assert!(times.is_sorted_by(|a, b| if is_down { a >= b } else { a <= b }), "{sort}");
        found.sort_unstable();
        assert_eq!(found.len(), 25, "{sort}");
        found.dedup();
        assert_eq!(found.len(), 25, "{sort}");
    }
}

#[tokio::test]
async fn rows_that_come_and_go_do_not_shift_a_page() {
    let scene = Scene::new().await;
    with_orders(&scene).await;
    let first = scene.get("/orders?limit=10").await.json();
    let seen = ids(&first);
    scene.db.run(&format!("DELETE FROM orders WHERE id IN ({}, {})", seen[0], seen[9])).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = ids(&scene.get(&format!("/orders?limit=100&cursor={cursor}")).await.json());
    assert_eq!(second.len(), 15);
    assert!(second.iter().all(|id| !seen.contains(id)));
}

#[tokio::test]
async fn filters_narrow_and_are_counted() {
    let scene = Scene::new().await;
    with_orders(&scene).await;
    for (query, total) in [
        ("platform=ebay", 12),
        ("platform=ebay&status=paid", 12),
        ("status=refunded", 0),
        ("since=2026-01-05T00:00:00Z", 6),
        ("until=2026-01-02T00:00:00%2B00:00", 4),
        ("since=2026-01-02T00:00:00Z&until=2026-01-03T00:00:00Z&platform=reverb", 3),
        ("my_item_id=1", 0),
        ("", 25),
    ] {
        let page = scene.get(&format!("/orders?count=true&limit=3&{query}")).await.json();
        assert_eq!(page["total"], total, "{query}");
        assert_eq!(ids(&page).len(), usize::try_from(total.min(3)).unwrap(), "{query}");
    }
    let own = scene.get("/orders?count=true&limit=1").await.json();
    assert_eq!(own["items"][0]["status"], "paid");
}

#[tokio::test]
async fn what_a_list_does_not_take_is_named() {
    let scene = Scene::new().await;
    with_orders(&scene).await;
    let cursor = scene.get("/orders?limit=2").await.json()["next_cursor"].clone();
    let cursor = cursor.as_str().unwrap();
    let altered = cursor.replace("~k.", "~k.x");
    for (query, field) in [
        ("sort=price", "sort"),
        ("sort=--ordered_at", "sort"),
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("count=maybe", "count"),
        ("status=lost", "status"),
        ("platform=E%20Bay", "platform"),
        ("platform=a%00", "platform"),
        ("my_item_id=0", "my_item_id"),
        ("my_item_id=9223372036854775808", "my_item_id"),
        ("since=yesterday", "since"),
        ("since=2026-02-30T00:00:00Z", "since"),
        ("until=99999-01-01T00:00:00Z", "until"),
        ("status=paid&status=paid", "status"),
        ("cursor=hello", "cursor"),
        (&format!("cursor={altered}"), "cursor"),
        (&format!("cursor={cursor}&sort=created_at"), "cursor"),
        ("cursor=-ordered_at~k.9223372036854775807.1", "cursor"),
        ("cursor=-ordered_at~r.5.1", "cursor"),
    ] {
        let answer = scene.get(&format!("/orders?{query}")).await;
        assert_eq!(faults(&answer), [field], "{query}");
        assert!(answer.headers["content-type"].to_str().unwrap().contains("problem+json"));
    }
    let many = scene.get("/orders?sort=price&limit=0&colour=red").await;
    assert_eq!(faults(&many), ["sort", "limit", "colour"]);
    assert_eq!(faults(&scene.get("/orders/1?colour=red").await), ["colour"]);
    // A cursor of one list is none of another that goes by other names.
    let other = scene.get(&format!("/my-items?cursor={cursor}")).await;
    assert_eq!(faults(&other), ["cursor"]);
}

#[tokio::test]
async fn every_list_is_empty_at_first_and_takes_its_orders() {
    let scene = Scene::new().await;
    for noun in [
        "user-prefs",
        "channels",
        "feeds",
        "searches",
        "listing-scores",
        "watchlist-items",
        "my-items",
        "marketplace-accounts",
        "cross-posts",
        "orders",
        "snap-jobs",
        "photos",
        "notifications",
    ] {
        for sort in ["-created_at", "created_at", "-updated_at", "updated_at"] {
            let page = scene.get(&format!("/{noun}?sort={sort}&count=true")).await;
            assert_eq!(page.status, 200, "{noun} {}", page.body);
            assert_eq!(page.json(), json!({"items": [], "next_cursor": null, "total": 0}));
        }
    }
}
