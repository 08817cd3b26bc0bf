use super::*;
use crate::model::condition::Condition;

fn summary() -> Value {
    json!({
        "itemId": "v1|110|0", "legacyItemId": "110", "title": "Leica M3 &amp; lens",
        "leafCategoryIds": ["2"],
        "categories": [{"categoryId": "1", "categoryName": "Cameras"}, {"categoryId": "2", "categoryName": "Film Cameras"}],
        "price": {"value": "899.95", "currency": "EUR"},
        "condition": "Used", "conditionId": "3000",
        "shippingOptions": [
            {"shippingCostType": "FIXED", "shippingCost": {"value": "9.50", "currency": "EUR"}},
            {"shippingCostType": "FIXED", "shippingCost": {"value": "4.00", "currency": "USD"}},
            {"shippingCostType": "CALCULATED"}
        ],
        "buyingOptions": ["FIXED_PRICE"],
        "itemWebUrl": "https://www.ebay.de/itm/110?hash=x&amdata=y",
        "image": {"imageUrl": "https://i.ebayimg.com/a.jpg"},
        "itemLocation": {"city": "Ulm", "postalCode": "890**", "country": "DE"},
        "itemCreationDate": "2023-01-05T17:43:03.000Z"
    })
}

fn with(changes: &Value) -> Value {
    let mut item = summary();
    for (name, value) in changes.as_object().unwrap() {
        item[name.as_str()] = value.clone();
    }
    item
}

#[test]
fn a_summary_becomes_a_listing() {
    let ad = listing(&summary()).unwrap();
    assert_eq!((ad.source.as_str(), ad.source_id.as_str()), ("ebay", "110"));
    assert_eq!(ad.title, "Leica M3 & lens");
    assert_eq!(ad.price(), Some(Money::new(89_995, Currency::EUR)));
    assert_eq!(ad.shipping_amount, Some(950), "the lowest in the same currency");
    assert_eq!(ad.condition, Some(Condition::Good));
    assert_eq!(ad.category.as_deref(), Some("Film Cameras"));
    assert_eq!(ad.url.as_deref(), Some("https://www.ebay.de/itm/110"));
    assert_eq!(ad.location, json!({"text": "Ulm, DE", "country": "DE", "postal_code": "890**"}));
    assert_eq!(ad.posted_at.unwrap().to_rfc3339(), "2023-01-05T17:43:03+00:00");
}

#[test]
fn two_variations_of_an_item_are_two_ads() {
    let one = listing(&with(
        &json!({"itemId": "v1|110|7", "itemGroupType": "SELLER_DEFINED_VARIATIONS"}),
    ))
    .unwrap();
    let two = listing(&with(&json!({"itemId": "v1|110|8"}))).unwrap();
    assert_eq!(one.source_id, "110-7");
    assert_eq!(two.source_id, "110-8");
    assert_eq!(one.details["item_group"], true);
}

#[test]
fn an_auction_costs_its_bid_unless_it_can_be_bought() {
    let bid = json!({"value": "155.00", "currency": "EUR"});
    let both = listing(&with(&json!({"currentBidPrice": bid, "bidCount": 3}))).unwrap();
    assert_eq!(both.price_amount, Some(89_995));
    assert_eq!(both.details["bid_count"], 3);
    let auction = listing(&with(&json!({"price": null, "currentBidPrice": bid}))).unwrap();
    assert_eq!(auction.price_amount, Some(15_500));
    assert_eq!(auction.details["price_is"], "current_bid");
}

#[test]
fn for_parts_is_a_kind_of_its_own() {
    let ad =
        listing(&with(&json!({"conditionId": "7000", "condition": "Solo per parti"}))).unwrap();
    assert_eq!((ad.kind, ad.condition), (Kind::Parts, Some(Condition::Poor)));
}

#[test]
fn what_cannot_be_a_listing_says_why() {
    for (change, why) in [
        (json!({"price": {"value": "cheap", "currency": "EUR"}}), "the price"),
        (json!({"price": {"value": "12.00"}}), "the price"),
        (json!({"price": {"value": "-3", "currency": "EUR"}}), "the price"),
        (json!({"title": "  "}), "no title"),
        (json!({"itemId": "x", "legacyItemId": null}), "no item number"),
    ] {
        let reason = listing(&with(&change)).unwrap_err();
        assert!(reason.contains(why), "{change}: {reason}");
    }
    assert_eq!(listing(&json!([1])).unwrap_err(), "not an object");
}
