//! Pages as sites write them.

use serde_json::json;

use super::*;
use crate::model::{condition::Condition, listing::NewListing};

const AT: &str = "https://www.shop.example.org/p/1?utm_source=x";

fn ld(json: &str) -> String {
    format!(
        "<html><head><title>T</title></head><script type=\"application/ld+json\">{json}</script></html>"
    )
}

fn ad(html: &str) -> NewListing {
    page(html).listing(None).unwrap()
}

fn page(html: &str) -> Page {
    read(html, Some(AT)).unwrap_or_else(|why| panic!("{why}"))
}

fn price(html: &str) -> String {
    page(html).price(None).map_or("unknown".into(), |price| price.to_string())
}

#[test]
fn one_product_with_one_offer() {
    let ad = ad(&ld(
        r#"{"@context":"https://schema.org","@type":"Product","name":"Lamp &amp; shade","brand":{"@type":"Brand","name":"Lux"},
        "image":["/i/1.jpg"],"description":"<b>Brass</b>","sku":"L1","category":"Home > Lamps","offers":{"@type":"Offer","price":"59.50",
        "priceCurrency":"EUR","availability":"https://schema.org/InStock","itemCondition":"https://schema.org/UsedCondition",
        "seller":{"name":"Ann"},"availableAtOrFrom":{"address":{"addressLocality":"Bonn","addressCountry":"DE"},"geo":{"latitude":50.7,"longitude":"7.1"}}}}"#,
    ));
    assert_eq!(
        (ad.source.as_str(), ad.source_id.as_str()),
        ("shop-example-org", "shop.example.org/p/1")
    );
    assert_eq!(ad.title, "Lamp & shade");
    assert_eq!((ad.price_amount, ad.currency.as_str()), (Some(5950), "EUR"));
    assert_eq!(ad.condition, Some(Condition::Good));
    assert_eq!(ad.image_url.as_deref(), Some("https://www.shop.example.org/i/1.jpg"));
    assert_eq!(ad.description.as_deref(), Some("Brass"));
    assert_eq!(ad.category.as_deref(), Some("Lamps"));
    assert_eq!(ad.location, json!({"text": "Bonn, DE", "country": "DE", "lat": 50.7, "lng": 7.1}));
    assert_eq!(
        ad.details,
        json!({"brand": "Lux", "sku": "L1", "seller": "Ann", "price_from": "json_ld"})
    );
}

#[test]
fn json_ld_in_all_its_forms() {
    let product = r#"{"@type":"Product","name":"Lamp","offers":{"price":5,"priceCurrency":"USD"}}"#;
    for (what, json, says) in [
        ("an array", format!("[{{\"@type\":\"WebSite\"}},{product}]"), "$5.00"),
        ("a graph", format!("{{\"@graph\":[{product}]}}"), "$5.00"),
        ("a main entity", format!("{{\"@type\":\"WebPage\",\"mainEntity\":{product}}}"), "$5.00"),
        ("several kinds", product.replace("\"Product\"", "[\"Thing\",\"http://schema.org/Product\"]"), "$5.00"),
        ("a price with a sign", product.replace("5,\"priceCurrency\":\"USD\"", "\"$1,299.50\""), "$1,299.50"),
        ("a small currency", product.replace("USD", "eur"), "€5.00"),
        ("no price", product.replace("\"price\":5,", ""), "unknown"),
        ("a price of zero", product.replace(":5,", ":\"0.00\","), "unknown"),
        ("a negative price", product.replace(":5,", ":-5,"), "unknown"),
        ("no currency", product.replace(",\"priceCurrency\":\"USD\"", ""), "unknown"),
        ("another currency", product.replace("USD", "JPY"), "5 JPY"),
        (
            "a range",
            product.replace("\"price\":5", "\"@type\":\"AggregateOffer\",\"lowPrice\":\"4.50\",\"highPrice\":9,\"offerCount\":3"),
            "$4.50",
        ),
        (
            "a list price beside",
            product.replace(
                "{\"price\":5,\"priceCurrency\":\"USD\"}",
                r#"{"priceSpecification":[{"priceType":"https://schema.org/ListPrice","price":9,"priceCurrency":"USD"},
                {"price":"6.00","priceCurrency":"USD"},{"price":1,"priceCurrency":"USD","referenceQuantity":{"value":100}}]}"#,
            ),
            "$6.00",
        ),
        (
            "several offers, the cheapest sold out",
            product.replace(
                "{\"price\":5,\"priceCurrency\":\"USD\"}",
                r#"[{"price":1,"priceCurrency":"USD","availability":"SoldOut"},{"price":7,"priceCurrency":"USD","availability":"InStock"},
                {"price":8,"priceCurrency":"USD","availability":"InStock"}]"#,
            ),
            "$7.00",
        ),
        (
            "an offer by its id",
            r##"{"@graph":[{"@type":"Product","name":"Lamp","offers":{"@id":"#o"}},{"@id":"#o","@type":"Offer","price":3,"priceCurrency":"USD"}]}"##.into(),
            "$3.00",
        ),
        (
            "variants",
            r#"{"@type":"ProductGroup","name":"Shirt","hasVariant":[{"@type":"Product","offers":{"price":9,"priceCurrency":"USD"}},
            {"@type":"Product","offers":{"price":8,"priceCurrency":"USD"}}]}"#.into(),
            "$8.00",
        ),
    ] {
        assert_eq!(price(&ld(&json)), says, "{what}: {json}");
    }
}

#[test]
fn a_choice_says_so() {
    let choice = |offers: &str| {
        let json = format!("{{\"@type\":\"Product\",\"name\":\"Shirt\",\"offers\":{offers}}}");
        ad(&ld(&json)).details["item_group"] == true
    };
    assert!(choice(r#"{"lowPrice":4,"highPrice":9,"priceCurrency":"USD"}"#));
    assert!(choice(r#"[{"price":4,"priceCurrency":"USD"},{"price":5,"priceCurrency":"USD"}]"#));
    assert!(!choice(r#"[{"price":4,"priceCurrency":"USD"},{"price":4,"priceCurrency":"USD"}]"#));
    assert!(!choice(r#"{"lowPrice":4,"highPrice":4,"offerCount":1,"priceCurrency":"USD"}"#));
}

#[test]
fn the_product_of_the_page_is_told_from_those_beside_it() {
    let others = r#"{"@type":"Product","name":"Other","url":"https://shop.example.org/p/9","offers":{"price":9,"priceCurrency":"USD"}}"#;
    let own = r#"{"@type":"Product","name":"Own","url":"https://www.shop.example.org/p/1","offers":{"price":1,"priceCurrency":"USD","itemOffered":{"@type":"Product","name":"Own"}}}"#;
    assert_eq!(price(&ld(&format!("[{others},{own}]"))), "$1.00");
    let related = own.replace(
        "\"name\":\"Own\",\"url\"",
        &format!("\"name\":\"Own\",\"isRelatedTo\":[{others}],\"url\""),
    );
    assert_eq!(price(&ld(&related)), "$1.00");
    let list = format!(
        r#"{{"@type":"ItemList","itemListElement":[{{"item":{others}}},{{"item":{}}}]}}"#,
        others.replace("p/9", "p/8")
    );
    let why = read(&ld(&list), Some("https://www.shop.example.org/c/lamps")).unwrap_err();
    assert!(why.contains("2 things for sale and is about none of them"), "{why}");
}

#[test]
fn a_broken_block_beside_a_good_one() {
    let html = "<script type='application/ld+json'>{\"@type\": \"Product\", \"na</script>"
        .to_owned()
        + &ld(
            "{\"@type\":\"Product\",\"name\":\"A\nB\",\"offers\":{\"price\":5,\"priceCurrency\":\"USD\",}}",
        );
    let page = page(&html);
    assert_eq!(page.listing(None).unwrap().title, "A B");
    assert_eq!(page.notes.len(), 1, "{:?}", page.notes);
}

#[test]
fn microdata_and_rdfa_say_the_same_in_the_markup() {
    let microdata = r#"<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Lamp <b>one</b></h1>
        <img itemprop="image" src="/1.jpg"><div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
        <meta itemprop="priceCurrency" content="EUR"><span itemprop="price" content="5.00">5,00 €</span>
        <link itemprop="availability" href="https://schema.org/SoldOut"></div></div>"#;
    let rdfa = r#"<div vocab="https://schema.org/" typeof="Product"><span property="name">Lamp one</span>
        <div property="offers" typeof="Offer"><span property="schema:price" content="5.00">5</span>
        <span property="priceCurrency">EUR</span><link property="availability" href="https://schema.org/SoldOut"></div></div>"#;
    for (html, by) in [(microdata, "microdata"), (rdfa, "rdfa")] {
        let page = page(html);
        let ad = page.listing(None).unwrap();
        assert_eq!(
            (ad.title.as_str(), ad.price_amount, ad.currency.as_str()),
            ("Lamp one", Some(500), "EUR")
        );
        assert_eq!(ad.details["price_from"], by);
        assert_eq!(page.available(None), Some(false), "{by}");
    }
}

#[test]
fn metadata_and_the_visible_price_are_asked_last() {
    let metas = |more: &str| {
        format!(
            "<meta property='og:type' content='product'><meta property='og:title' content='Lamp'>{more}"
        )
    };
    let amount = "<meta property='product:price:amount' content='9.00'><meta property='product:price:currency' content='USD'>";
    let sale = "<meta property='product:sale_price:amount' content='7.00'>";
    assert_eq!(price(&metas(amount)), "$9.00");
    let on_sale = ad(&metas(&format!("{amount}{sale}")));
    assert_eq!(
        (on_sale.price_amount, &on_sale.details["list_price"]["amount"]),
        (Some(700), &json!(900))
    );
    for (shown, says) in [
        ("<p class='price main'>Price: $165.95</p>", "$165.95"),
        (
            "<span class=product-price>$31.49</span><s class=price>$40</s><div class=was-price>$50</div>",
            "$31.49",
        ),
        ("<i class=price>$1</i><i class=price>$2</i>", "unknown"),
        ("<i class=currentPrice>$1</i><i class=price>$2</i>", "$1.00"),
        ("<b class=price>$<i>329</i><sup>99</sup></b>", "unknown"),
        ("<div class=related-products><b class=price>$5</b></div>", "unknown"),
        ("", "unknown"),
    ] {
        assert_eq!(price(&metas(shown)), says, "{shown}");
    }
}

#[test]
fn disagreement_is_told_and_a_choice_decides() {
    let html = ld(
        r#"{"@type":"Product","name":"Lamp","offers":{"price":5,"priceCurrency":"USD","availability":"InStock"}}"#,
    ) + "<meta property='product:price:amount' content='6.00'><meta property='product:price:currency' content='USD'>\
           <meta property='product:availability' content='oos'>";
    let page = page(&html);
    let told: Vec<String> = page
        .disagreements()
        .iter()
        .map(|d| {
            format!(
                "{}: {}",
                d.field,
                d.answers
                    .iter()
                    .map(|a| format!("{}={}", a.by, a.says))
                    .collect::<Vec<_>>()
                    .join(" ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "price: json_ld=$5.00 open_graph=$6.00",
            "availability: json_ld=available open_graph=sold or out of stock"
        ]
    );
    assert_eq!(page.price(None).unwrap().amount, 500);
    assert_eq!(page.price(Some(Extractor::OpenGraph)).unwrap().amount, 600);
    assert_eq!(page.available(Some(Extractor::OpenGraph)), Some(false));
    assert_eq!(
        page.price(Some(Extractor::Rdfa)).unwrap().amount,
        500,
        "whoever is silent decides nothing"
    );
    let ad = page.listing(None).unwrap();
    assert_eq!(ad.details["disagreement"]["price"]["open_graph"], "$6.00");
}

#[test]
fn one_of_several_prices_is_no_disagreement() {
    let html = ld(
        r#"{"@type":"Product","name":"Lamp","offers":{"lowPrice":5,"highPrice":9,"priceCurrency":"USD"}}"#,
    ) + "<meta property='product:price:amount' content='6.00'>";
    assert_eq!(page(&html).disagreements(), []);
}

#[test]
fn where_an_ad_stands() {
    let html = |canonical: &str| {
        ld(
            r#"{"@type":"Product","name":"Lamp","url":"https://shop.example.org/p/2","offers":{"price":5,"priceCurrency":"USD"}}"#,
        ) + &format!("<link rel=canonical href='{canonical}'>")
    };
    for (given, canonical, address) in [
        (Some("https://shop.example.org/p/1?s=9"), "/p/1", "https://shop.example.org/p/1"),
        (
            Some("https://shop.example.org/p/1"),
            "https://shop.example.org/",
            "https://shop.example.org/p/1",
        ),
        (
            Some("https://shop.example.org/p/1"),
            "https://evil.example.net/p/1",
            "https://shop.example.org/p/1",
        ),
        (None, "https://shop.example.org/p/1", "https://shop.example.org/p/1"),
        (None, "/p/1", "https://shop.example.org/p/2"),
    ] {
        let page = read(&html(canonical), given).unwrap();
        assert_eq!(page.address(), Some(address), "{given:?} {canonical}");
    }
    let nowhere =
        read(&ld(r#"{"@type":"Product","name":"Lamp"}"#), None).unwrap().listing(None).unwrap();
    assert_eq!((nowhere.source.as_str(), nowhere.url), ("page", None));
}

#[test]
fn a_page_without_an_ad_says_what_was_expected() {
    for html in [
        "<html><p>Hello</p></html>",
        "<!DOCTYPE html><script type=\"application/ld+json\">{\"data\": \"line 1\nline 2\"}</script>",
        "<meta property='og:type' content='article'><meta property='og:title' content='News'>",
        "",
    ] {
        let why = read(html, None).expect_err(html);
        assert!(
            why.contains("nothing for sale") && why.contains("expected is a page of one ad"),
            "{why}"
        );
    }
}

#[test]
fn hostile_pages_are_read_in_a_moment() {
    let scopes = "<div itemscope itemprop='a b c d e'>".repeat(50_000);
    let texts = "<b itemprop=x class=price>".repeat(50_000) + &"words ".repeat(100_000);
    let nodes =
        ld(&format!("[{}{{}}]", "{\"@type\":\"Product\",\"offers\":[{},{}]},".repeat(20_000)));
    for html in [
        format!("<div itemscope>{scopes}"),
        format!("<div itemscope>{texts}"),
        nodes,
        "<p>".repeat(500_000),
    ] {
        let _ = read(&html, Some(AT));
    }
}

#[test]
fn beginnings_of_pages_are_known() {
    for head in [
        "<!DOCTYPE html>",
        " <html>",
        "<!-- saved --><head>",
        "<?xml version='1.0'?><!DOCTYPE html PUBLIC",
    ] {
        assert!(is_page(head), "{head}");
    }
    for head in ["<rss>", "<?xml version='1.0'?><feed>", "words", "{}"] {
        assert!(!is_page(head), "{head}");
    }
}
