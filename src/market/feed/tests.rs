//! Feeds in every format, whole and broken.

use super::*;

fn feed(text: &str) -> Feed {
    read(text).unwrap_or_else(|why| panic!("{why}"))
}

fn ads(feed: &Feed) -> Vec<&NewListing> {
    feed.entries
        .iter()
        .filter_map(|told| match told {
            Told::Ad(ad) => Some(&**ad),
            _ => None,
        })
        .collect()
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\"><channel>\
         <title>Lamps</title><link>https://shop.example.org/</link>{items}</channel></rss>"
    )
}

#[test]
fn rss_with_the_fields_of_a_shop() {
    let read = feed(&rss(
        "<item><title>Lamp &amp; shade</title><link>https://shop.example.org/p/1?utm_source=rss</link>\
         <guid>1</guid><pubDate>Thu, 12 Nov 2015 21:16:39 +0000</pubDate>\
         <description>&lt;p&gt;Brass.&lt;/p&gt;&lt;img src=&quot;/i/1.jpg&quot;&gt;</description>\
         <g:price>89.00 EUR</g:price><g:sale_price>59.50 EUR</g:sale_price><g:condition>used</g:condition>\
         <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>\
         <g:product_type>Home &gt; Lamps</g:product_type></item>",
    ));
    assert_eq!(read.title.as_deref(), Some("Lamps"));
    let ads = ads(&read);
    let ad = ads[0];
    assert_eq!(ad.title, "Lamp & shade");
    assert_eq!(
        (ad.source.as_str(), ad.source_id.as_str()),
        ("shop-example-org", "shop.example.org/p/1")
    );
    assert_eq!(
        (ad.price_amount, ad.currency.as_str(), ad.shipping_amount),
        (Some(5950), "EUR", Some(490))
    );
    assert_eq!(ad.details["list_price"]["amount"], 8900);
    assert_eq!(ad.description.as_deref(), Some("Brass."));
    assert_eq!(ad.image_url.as_deref(), Some("https://shop.example.org/i/1.jpg"));
    assert_eq!(ad.category.as_deref(), Some("Lamps"));
    assert_eq!(ad.posted_at.unwrap().to_rfc3339(), "2015-11-12T21:16:39+00:00");
}

#[test]
fn rss_1_with_character_references_in_the_title_and_an_enclosure() {
    let read = feed(
        r#"<?xml version="1.0"?><!-- made by hand --><rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/" xmlns:enc="e" xmlns:georss="g">
        <channel rdf:about="https://city.example.org/search"><title>for sale</title><link>https://city.example.org/search</link>
        <items><rdf:Seq><rdf:li rdf:resource="https://city.example.org/1.html"/></rdf:Seq></items></channel>
        <item rdf:about="https://city.example.org/1.html"><title><![CDATA[Rug (north) &#x0024;4300 30ft<sup>2</sup>]]></title>
        <description><![CDATA[Wool [...]]]></description><dc:date>2017-06-21T10:33:10-07:00</dc:date>
        <georss:point>37.5 -122.25</georss:point>
        <enc:enclosure resource="https://images.example.org/a.jpg" type="image/jpeg"/></item></rdf:RDF>"#,
    );
    let ads = ads(&read);
    assert_eq!(ads[0].title, "Rug (north) $4300 30ft2");
    assert_eq!(ads[0].price_amount, Some(430_000));
    assert_eq!(ads[0].image_url.as_deref(), Some("https://images.example.org/a.jpg"));
    assert_eq!(ads[0].location["lat"], 37.5);
    assert_eq!(ads[0].url.as_deref(), Some("https://city.example.org/1.html"));
}

#[test]
fn atom_with_markup_inside() {
    let read = feed(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Bikes</title><link rel="self" href="https://b.example.ca/feed"/><link href="https://b.example.ca/"/>
        <entry><id>tag:b,2020:1</id><title type="html">Canoe - $300</title><link rel="alternate" href="/ads/1"/>
        <published>2020-01-02T03:04:05Z</published><content type="xhtml"><div>Old <b>canoe</b><br/><img src="https://b.example.ca/1.png"/></div></content></entry>
        <entry><id>tag:b,2020:2</id><title>Paddle</title><link href="/ads/2"/></entry></feed>"#,
    );
    let ads = ads(&read);
    assert_eq!(ads.len(), 2);
    assert_eq!(ads[0].url.as_deref(), Some("https://b.example.ca/ads/1"));
    assert_eq!(ads[0].description.as_deref(), Some("Old canoe"));
    assert_eq!(ads[0].image_url.as_deref(), Some("https://b.example.ca/1.png"));
    assert_eq!(ads[1].price_amount, None, "an ad without a price among ads: not known, never free");
}

#[test]
fn json_feed_with_an_extension() {
    let read = feed(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"Guitars","home_page_url":"https://g.example.org/",
        "items":[{"id":"7","url":"https://g.example.org/7","title":"Jazzmaster","content_html":"<p>1962</p>",
        "date_published":"2024-05-01T00:00:00Z","tags":["guitars"],"_shop":{"price":"1,250.00","currency":"GBP"},
        "attachments":[{"url":"https://g.example.org/7.jpg","mime_type":"image/jpeg"}]}]}"#,
    );
    let ads = ads(&read);
    assert_eq!((ads[0].price_amount, ads[0].currency.as_str()), (Some(125_000), "GBP"));
    assert_eq!(ads[0].category.as_deref(), Some("guitars"));
    assert_eq!(ads[0].image_url.as_deref(), Some("https://g.example.org/7.jpg"));
}

#[test]
fn talk_and_news_are_no_offers() {
    let mut items = String::new();
    for n in 0..8 {
        let story =
            format!("<item><title>Story {n}</title><link>https://n.example.org/{n}</link></item>");
        items.push_str(&story);
    }
    items += "<item><title>Band donates $300,000 to town</title><link>https://n.example.org/9</link></item>";
    items += "<item><title>[WTS] Leica M3</title><link>https://n.example.org/10</link></item>";
    let read = feed(&rss(&items));
    let ads = ads(&read);
    assert_eq!(ads.len(), 1, "only what says that it is for sale");
    assert_eq!((ads[0].title.as_str(), ads[0].price_amount), ("[WTS] Leica M3", None));
    let Told::Nothing(why) = &read.entries[8] else { panic!("a donation was taken") };
    assert!(why.contains("news or talk"), "{why}");
}

#[test]
fn nothing_is_free_by_mistake() {
    let item = |title: &str, more: &str| {
        format!(
            "<item><title>{title}</title><link>https://a.example.org/{}</link>{more}</item>",
            title.len()
        )
    };
    let read = feed(&rss(&(item("Lamp with free shipping", "")
        + &item("Free: moving boxes", "")
        + &item("Price on request", "<g:price>0.00 USD</g:price>")
        + &item("Chair $5", ""))));
    let prices: Vec<_> = ads(&read).iter().map(|ad| ad.price_amount).collect();
    assert_eq!(prices, [None, Some(0), None, Some(500)]);
}

#[test]
fn what_is_sold_is_gone() {
    let read = feed(&rss(
        "<item><title>Chair $5</title><link>https://a.example.org/1</link><g:availability>out of stock</g:availability></item>\
         <item><title>[SOLD] Desk $50</title><link>https://a.example.org/2</link></item>",
    ));
    for (told, id) in read.entries.iter().zip(["a.example.org/1", "a.example.org/2"]) {
        let Told::Gone(gone) = told else { panic!("{told:?}") };
        assert_eq!((gone.source.as_str(), gone.source_id.as_str()), ("a-example-org", id));
    }
}

#[test]
fn entries_that_share_a_link_are_told_apart_by_their_ids() {
    let read = feed(&rss(
        "<item><title>A $5</title><link>https://a.example.org/</link><guid isPermaLink=\"false\">n1</guid></item>\
         <item><title>B $6</title><link>https://a.example.org/</link><guid isPermaLink=\"false\">n2</guid></item>",
    ));
    let ids: Vec<_> = ads(&read).iter().map(|ad| ad.source_id.clone()).collect();
    assert_eq!(ids, ["n1", "n2"]);
}

#[test]
fn broken_feeds_say_what_was_expected() {
    for (text, what) in [
        (
            "<head><title>Document Moved</title></head><body>here</body>",
            "its first element is <head>",
        ),
        (&rss("<item><title>A</title>")[..120], "cut off"),
        ("<rss version=\"2.0\"><channel><item><title>A", "cut off"),
        (r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id"#, "broken or cut off"),
        (r#"{"version":"https://jsonfeed.org/version/1.1"}"#, "without an array"),
        ("just words", "no <rss>"),
        ("", "no <rss>"),
    ] {
        let why = read(text).expect_err(text);
        assert!(why.contains(what) && why.contains("expected is a whole RSS"), "{text}: {why}");
    }
}

#[test]
fn what_real_feeds_get_wrong_is_read_as_it_was_meant() {
    let read = feed(&rss(
        "<item><title>Salt & pepper $5</title><link>https://a.example.org/?a=1&b=2</link>\
         <description>line<br>line <img src='https://a.example.org/x.jpg'> &nbsp;&eacute;&unknown;</description></item>",
    ));
    let ads = ads(&read);
    assert_eq!(ads[0].title, "Salt & pepper $5");
    assert_eq!(ads[0].url.as_deref(), Some("https://a.example.org/?a=1&b=2"));
    assert!(ads[0].description.as_deref().unwrap().ends_with("é&unknown;"));
}

#[test]
fn bombs_do_not_go_off() {
    let mut bomb = String::from("<!DOCTYPE rss [<!ENTITY a0 \"ha\">");
    for n in 1..30 {
        let twice = format!("<!ENTITY a{n} \"&a{};&a{};\">", n - 1, n - 1);
        bomb.push_str(&twice);
    }
    bomb += "]><rss version=\"2.0\"><channel><item><title>A &a29; $5</title><link>https://a.example.org/1</link></item></channel></rss>";
    assert!(is_feed(&bomb));
    let read_bomb = feed(&bomb);
    assert_eq!(ads(&read_bomb)[0].title, "A &a29; $5");
    let deep = format!("<rss><channel><item>{}", "<a>".repeat(1_000_000));
    assert!(read(&deep).unwrap_err().contains("nested deeper"));
    let many = rss(&"<item/>".repeat(MAX_ENTRIES + 10));
    assert_eq!(feed(&many).entries.len(), MAX_ENTRIES + 1);
}

#[test]
fn beginnings_of_feeds_are_known() {
    for head in [
        "<?xml version='1.0'?>\n<!-- x --> <rss version='2.0'",
        "\u{feff}<feed xmlns='a'>",
        "<rdf:RDF",
        "{\"version\": \"https://jsonfeed.org/version/1\"",
        "<?xml version=\"1.0\"?><?xml-stylesheet href='a'?><atom:feed>",
    ] {
        assert!(is_feed(head), "{head}");
    }
    for head in
        ["<html><rss>", "<!DOCTYPE html><html>", "{\"items\": []}", "title,price", "<svg>", "<!--"]
    {
        assert!(!is_feed(head), "{head}");
    }
}
