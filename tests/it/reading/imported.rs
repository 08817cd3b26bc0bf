//! Feeds and pages as files: what they bring, what they are refused for, and that a second time changes nothing.

use crate::{
    import::scene::{Scene, counts},
    support::{server, shared},
};

#[tokio::test]
async fn a_feed_brings_its_ads_and_reasons_for_the_rest() {
    let scene = Scene::new().await;
    let feed = scene.file(
        "lamps.txt",
        "<rss version='2.0'><channel><title>Lamps</title><link>https://a.example.org/</link>
         <item><title>Lamp $5</title><link>https://a.example.org/1?utm_source=rss</link></item>
         <item><title>Lamp, price on request</title><link>https://a.example.org/2</link></item>
         <item><title>SOLD: Lamp $7</title><link>https://a.example.org/3</link></item>
         <item><title>No link $8</title></item></channel></rss>",
    );
    let report = scene.import(&feed).await.unwrap();
    assert_eq!(counts(&report), [2, 0, 0, 2]);
    let reasons: Vec<_> = report.skipped.iter().map(|s| (s.line, s.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (3, "the ad is gone: its title says that it is sold"),
            (4, "it has no link to a web page")
        ]
    );
    assert_eq!(scene.number("SELECT count(*) FROM listings WHERE source = 'a-example-org' AND price_amount IS NULL").await, 1);
    assert_eq!(scene.counts(&feed).await, [0, 0, 2, 2]);
    assert_eq!(scene.number("SELECT count(*) FROM imports WHERE kind = 'feed'").await, 2);
}

#[tokio::test]
async fn broken_feeds_and_pages_store_nothing_and_say_what_was_expected() {
    let scene = Scene::new().await;
    for (name, text, why) in [
        (
            "cut.rss",
            "<rss><channel><item><title>Lamp $5</title>",
            "cut off: its end is missing; expected is a whole RSS",
        ),
        (
            "cut.json",
            r#"{"version":"https://jsonfeed.org/version/1","items":[{"#,
            "broken or cut off",
        ),
        (
            "moved.rss",
            "<head><title>Moved</title></head><body>here</body>",
            "nothing for sale; expected is a page of one ad",
        ),
        ("news.html", "<!DOCTYPE html><title>News</title><p>Nothing", "nothing for sale"),
    ] {
        let told = scene.refusal(&scene.file(name, text)).await;
        assert!(
            told.starts_with(&format!("{name}: this looks like a ")) && told.contains(why),
            "{told}"
        );
        assert!(told.ends_with("nothing of it was stored"), "{told}");
    }
    assert_eq!(scene.rows_in_all().await, 0);
}

/// Each file with its entries that are ads, those that are not, and the cheapest and dearest price in cents.
const FEEDS: &[(&str, u64, u64, i64, i64)] = &[
    ("feeds/craigslist.rss", 25, 0, 141_300, 430_000),
    ("feeds/reddit.rss", 0, 24, 0, 0),
    ("feeds/reddit-atom.rss", 0, 24, 0, 0),
];

#[tokio::test]
async fn flats_and_discussions_give_no_free_goods() {
    let Some(data) = shared::data() else { return };
    let mut scene = Scene::new().await;
    for (name, ads, others, least, most) in FEEDS {
        scene.clear().await;
        let report = scene.import(&data.join(name)).await.unwrap();
        assert_eq!(counts(&report), [*ads, 0, 0, *others], "{name}: {:?}", report.skipped.first());
        let number = async |what: &str| scene.number(&format!("SELECT {what} FROM listings")).await;
        assert_eq!(number("count(*) FILTER (WHERE price_amount = 0)").await, 0, "{name}");
        assert_eq!(number("count(*) FILTER (WHERE url IS NULL)").await, 0, "{name}");
        assert_eq!(number("coalesce(min(price_amount), 0)").await, *least, "{name}");
        assert_eq!(number("coalesce(max(price_amount), 0)").await, *most, "{name}");
        scene.next_day();
        assert_eq!(scene.counts(&data.join(name)).await, [0, 0, *ads, *others], "{name} again");
    }
}

/// Each page with its price in cents, the price that is crossed out, and the words of its title.
const PAGES: &[(&str, i64, &str)] = &[
    ("pages/costco.html", 32_999, "AFA Stainless 33-inch Sink and Semi Pro Faucet Combo"),
    (
        "pages/globalindustrial.html",
        16_595,
        "60\"W x 24\"D x 1-3/4\" Thick Maple Butcher Block Square Edge Workbench Top",
    ),
    ("pages/jossandmain.html", 9_899, "Duprey 4-Light Lantern Pendant"),
    ("pages/overstock.html", 3_149, "Certified International Elegance Canape Plates, Set of 6"),
    ("pages/wayfair.html", 11_199, "Penhook 20.47'' Wide Armchair"),
];

#[tokio::test]
async fn shop_pages_give_the_price_that_is_asked() {
    let Some(data) = shared::data() else { return };
    let scene = Scene::new().await;
    for (name, price, title) in PAGES {
        scene.clear().await;
        let report = scene.import(&data.join(name)).await.unwrap();
        assert_eq!(counts(&report), [1, 0, 0, 0], "{name}: {:?}", report.skipped);
        let title = title.replace('\'', "''");
        let known = format!(
            "SELECT count(*) FROM listings WHERE price_amount = {price} AND currency = 'USD' AND title = '{title}'
             AND url LIKE 'https://www.%' AND image_url LIKE 'https://%' AND source LIKE '%-com'"
        );
        assert_eq!(scene.number(&known).await, 1, "{name}: not as expected, {known}");
        assert_eq!(scene.counts(&data.join(name)).await, [0, 0, 1, 0], "{name} again");
    }
}

#[tokio::test]
async fn malformed_files_exit_with_a_clear_word() {
    let Some(data) = shared::data() else { return };
    let scene = Scene::new().await;
    for (name, says) in [
        ("rss_unrecognized.rss", "nothing for sale; expected is a page of one ad"),
        ("JSONLD_with_control_characters.html", "nothing for sale; expected is a page of one ad"),
        ("67-0_length_string.jpg", "a JPEG picture; expected is"),
    ] {
        let (code, out, err) = server::program("import")
            .env("DATABASE_URL", &scene.db.url)
            .arg(data.join("malformed").join(name))
            .arg("--json")
            .finish();
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains(name) && err.contains(says), "{err}");
    }
    assert_eq!(scene.rows_in_all().await, 0);
}
