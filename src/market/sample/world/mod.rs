//! The sample's own small world: what somebody who hunts in the sample market would look for, own and have sold. Each
//! row is a record as exports have them. All of it says that it is a sample, and none of it can send or post anything.

mod things;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use self::things::{Fate, THINGS, Thing};
use super::{Offer, SOURCE, SampleMarket, to_the_minute};

/// What every text of the world that has room says.
const MARK: &str = "Sample: invented, nobody owns or sells it.";

/// A noun's name, as exports call it, with its records.
pub type Records = (&'static str, Vec<Value>);

/// The world as it would look at `as_of`: nouns that others refer to first. `listing_id` holds the number of an ad in
/// `market`, from 1.
pub fn world(as_of: DateTime<Utc>, market: &SampleMarket) -> Vec<Records> {
    let at = |days: i64| {
        let at = to_the_minute(as_of) - Duration::minutes(days * 1_440 + 95);
        json!(at.to_rfc3339_opts(SecondsFormat::Secs, true))
    };
    let ads = bargains(market);
    let ad = |n: usize| ads.get(n).copied().unwrap_or((1, 0));
    vec![
        ("user-prefs", vec![prefs()]),
        ("channels", channels()),
        ("searches", searches()),
        ("watchlist-items", (0..6).map(|n| watched(n, ad(n))).collect()),
        ("my-items", items(ad(5), &at)),
        ("cross-posts", posts(&at)),
        (
            "orders",
            THINGS.iter().enumerate().filter_map(|(n, thing)| order(n, thing, &at)).collect(),
        ),
        ("snap-jobs", snaps()),
        ("notifications", (0..5).map(|n| told(n, ad(n))).collect()),
    ]
}

/// The numbers and prices of ads worth an eye.
fn bargains(market: &SampleMarket) -> Vec<(usize, i64)> {
    let ads = market.listings.iter().zip(1..);
    ads.filter(|(ad, _)| ad.offer == Offer::Bargain && ad.listing.price_amount.is_some())
        .map(|(ad, n)| (n, ad.listing.price_amount.unwrap_or_default()))
        .collect()
}

fn usd(cents: i64) -> Value {
    json!({"amount": cents, "currency": "USD"})
}

fn prefs() -> Value {
    json!({"id": 1, "time_zone": "America/Los_Angeles", "locale": "en-US", "currency": "USD",
           "place": "Portland, OR (sample)", "radius_km": 60, "notify": "daily", "digest_hour": 8,
           "quiet_from": 22, "quiet_until": 7, "excluded_words": ["broken", "box only"]})
}

/// Switched off, and without an address: nothing leaves the machine.
fn channels() -> Vec<Value> {
    let channel = |id, kind, name| {
        json!({"id": id, "name": name, "kind": kind, "enabled": false,
                                          "settings": {"sample": true}})
    };
    vec![channel(1, "email", "Sample: mail"), channel(2, "ntfy", "Sample: phone")]
}

fn searches() -> Vec<Value> {
    [
        ("Cameras under $400", "canon lens", 40_000, 70),
        ("Consoles for resale", "nintendo switch", 25_000, 65),
        ("Guitars worth the drive", "fender", 60_000, 75),
        ("Graphics cards", "rtx", 50_000, 70),
    ]
    .iter()
    .zip(1..)
    .map(|((name, words, most, score), id): (_, i64)| {
        json!({"id": id, "name": format!("Sample: {name}"), "words": words, "sources": [SOURCE],
               "excluded_words": ["box", "parts"], "max_price": usd(*most), "min_score": score,
               "every_minutes": 60, "enabled": false, "channel_ids": [1 + id % 2]})
    })
    .collect()
}

fn watched(n: usize, (ad, price): (usize, i64)) -> Value {
    let status = ["saved", "saved", "saved", "saved", "ignored", "bought"][n];
    let target = (status == "saved").then(|| usd(price * 9 / 10));
    let note =
        ["Ask for the receipt", "Pick up on Saturday?", "", "Check the serial number", "", "Mine"];
    json!({"id": n + 1, "listing_id": ad, "status": status, "target": target,
           "drop_percent": (n == 2).then_some(10), "note": format!("Sample. {}", note[n]).trim()})
}

/// The things, and one more that was bought from an ad.
fn items((ad, price): (usize, i64), at: &dyn Fn(i64) -> Value) -> Vec<Value> {
    let mut items: Vec<_> = THINGS.iter().enumerate().map(|(n, it)| item(n, it, at)).collect();
    items.push(json!({
        "id": THINGS.len() + 1, "listing_id": ad, "title": "Bought from a sample ad", "description": MARK,
        "attributes": {"sample": true}, "condition": "good", "cost": usd(price), "price": usd(price * 3 / 2),
        "place": "Sample shelf", "status": "ready", "sku": "SAMPLE-BOUGHT", "acquired_at": at(2),
    }));
    items
}

fn item(n: usize, thing: &Thing, at: &dyn Fn(i64) -> Value) -> Value {
    let status = match thing.fate {
        Fate::Sold { .. } => "sold",
        Fate::CameBack { .. } | Fate::Listed => "listed",
        Fate::Ready => "ready",
        Fate::Draft => "draft",
        Fate::PutAway => "archived",
    };
    json!({
        "id": n + 1, "title": thing.title, "description": format!("{} {MARK}", thing.said),
        "category": thing.category, "attributes": {"sample": true}, "condition": thing.condition,
        "cost": usd(thing.cost * 100), "price": usd(thing.price * 100), "place": "Sample shelf",
        "status": status, "sku": format!("SAMPLE-{:02}", n + 1), "acquired_at": at(thing.bought),
        "quantity": i64::from(status != "sold"),
    })
}

fn posts(at: &dyn Fn(i64) -> Value) -> Vec<Value> {
    let posts = THINGS.iter().enumerate().filter(|(_, thing)| thing.site.is_some());
    posts.map(|(n, thing)| {
        let status = match thing.fate {
            Fate::Sold { .. } => "sold",
            Fate::PutAway => "ended",
            _ => "live",
        };
        let ended = match thing.fate {
            Fate::Sold { days, .. } => Some(at(days)),
            Fate::PutAway => Some(at(thing.bought - 60)),
            _ => None,
        };
        json!({
            "id": n + 1, "my_item_id": n + 1, "platform": thing.site.map(things::Site::name),
            "external_id": format!("sample-post-{:02}", n + 1), "price": usd(thing.price * 100),
            "status": status, "details": {"sample": true}, "posted_at": at(thing.bought - 1), "ended_at": ended,
        })
    })
    .collect()
}

fn order(n: usize, thing: &Thing, at: &dyn Fn(i64) -> Value) -> Option<Value> {
    let (Fate::Sold { days, paid, shipping, status }
    | Fate::CameBack { days, paid, shipping, status }) = thing.fate
    else {
        return None;
    };
    let site = thing.site?;
    let total = (paid + shipping) * 100;
    Some(json!({
        "id": n + 1, "cross_post_id": n + 1, "my_item_id": n + 1, "platform": site.name(),
        "platform_order_id": format!("sample-order-{:02}", n + 1), "status": status, "total": usd(total),
        "shipping": usd(shipping * 100), "fee": usd(if status == "refunded" { 0 } else { site.fee(total) }),
        "details": {"sample": true, "note": MARK}, "ordered_at": at(days),
    }))
}

fn snaps() -> Vec<Value> {
    let last = THINGS.iter().position(|thing| thing.fate == Fate::Draft).map(|at| at + 1);
    vec![
        json!({"id": 1, "my_item_id": last, "status": "published", "source": SOURCE, "notes": MARK,
               "title": "Technics SL-1200 MK2 turntable", "condition": "great", "price": usd(52_000)}),
        json!({"id": 2, "status": "ready", "source": SOURCE, "notes": MARK,
               "title": "Dyson V8 cordless vacuum", "description": "Runs well, battery replaced last year.",
               "category": "Appliances", "condition": "good", "price": usd(12_000)}),
    ]
}

fn told(n: usize, (ad, price): (usize, i64)) -> Value {
    json!({"id": n + 1, "listing_id": ad, "search_id": n % 4 + 1, "channel_id": 1, "channel": "email",
           "payload": {"sample": true, "title": "A sample ad looks like a bargain", "price": usd(price)},
           "status": "read"})
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{super::market, *};

    fn at_noon() -> Vec<Records> {
        let noon = "2026-11-20T12:00:00Z".parse().unwrap();
        world(noon, &market(noon))
    }

    fn of(world: &[Records], noun: &str) -> Vec<Value> {
        world.iter().find(|(name, _)| *name == noun).unwrap().1.clone()
    }

    #[test]
    fn what_is_sold_has_an_order_that_adds_up_and_nearly_all_made_money() {
        let world = at_noon();
        let (items, orders) = (of(&world, "my-items"), of(&world, "orders"));
        let mut gained = 0;
        for item in items.iter().filter(|item| item["status"] == "sold") {
            let order = orders.iter().find(|order| order["my_item_id"] == item["id"]).unwrap();
            let cents = |value: &Value| value["amount"].as_i64().unwrap();
            let (total, fee) = (cents(&order["total"]), cents(&order["fee"]));
            let shipping = cents(&order["shipping"]);
            assert!(fee < total / 5 && total - shipping <= cents(&item["price"]), "{item}");
            assert!(order["ordered_at"].as_str() > item["acquired_at"].as_str(), "{item}");
            gained += i64::from(total - shipping - fee > cents(&item["cost"]));
        }
        assert!((9..=11).contains(&gained), "{gained} made money");
    }

    #[test]
    fn every_state_of_an_item_occurs_and_orders_span_a_year() {
        let world = at_noon();
        let items = of(&world, "my-items");
        let states: HashSet<_> = items.iter().map(|item| item["status"].to_string()).collect();
        assert_eq!(states.len(), 5);
        let orders = of(&world, "orders");
        let first = orders.iter().filter_map(|order| order["ordered_at"].as_str()).min().unwrap();
        assert!(first > "2025-11-20" && first < "2026-01-31", "{first}");
    }

    #[test]
    fn nothing_in_it_can_reach_anybody() {
        let world = at_noon();
        assert!(
            of(&world, "channels")
                .iter()
                .all(|it| it["enabled"] == false && it["address"].is_null())
        );
        // The sample market is no source that could be asked.
        assert!(of(&world, "searches").iter().all(|it| it["enabled"] == false));
        let waiting = ["\"pending\"", "\"posting\"", "\"ending\"", "\"working\""];
        let text = format!("{world:?}");
        assert!(waiting.iter().all(|word| !text.contains(&format!("status\": String({word})"))));
        assert!(
            of(&world, "cross-posts")
                .iter()
                .all(|post| post["platform"].to_string().contains("sample-"))
        );
    }
}
