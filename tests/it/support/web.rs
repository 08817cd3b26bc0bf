//! The site in a scene: the program over a database of the test's own, with a few ads, and requests that send forms.

use reqwest::RequestBuilder;

use super::{
    TestDb,
    server::{Answer, Server, program},
};

/// The first look, without sample data, over `db`.
pub(crate) async fn demo(db: &TestDb) -> Server {
    demo_at(&db.url).await
}

/// The same over the database at an address.
pub(crate) async fn demo_at(url: &str) -> Server {
    let server = program("demo").env("DATABASE_URL", url).env("DEAL_SCOUT__DEMO__SAMPLE", "false");
    let server = server.start();
    server.ready().await;
    server
}

/// The ordinary server over `db`.
pub(crate) async fn serve(db: &TestDb) -> Server {
    let server = program("serve").env("DATABASE_URL", &db.url).start();
    server.ready().await;
    server
}

/// Sends a request and reads the answer whole.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("it answers");
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.expect("the whole answer arrives"),
    }
}

/// A request with a form.
pub(crate) fn post_form(server: &Server, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
    server.http().post(format!("{}{path}", server.base())).form(form)
}

/// A header of an answer as text; empty when it is not there.
pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// Ads 1 to `count` of the owner: ad `n` costs `n` dollars. Every third one has no score; every fifth no price.
pub(crate) async fn with_ads(db: &TestDb, count: i64) {
    db.run(&format!(
        r#"INSERT INTO listings (id, user_id, source, source_id, title, price_amount, currency, score_due_at, created_at)
           SELECT n, (SELECT min(id) FROM users), 'csv', 'ad-' || n, 'Camera <b>number ' || n || '</b>',
                  CASE WHEN n % 5 = 0 THEN NULL ELSE n * 100 END, 'USD', NULL,
                  TIMESTAMPTZ '2026-01-01' + n * INTERVAL '1 minute'
           FROM generate_series(1, {count}) AS n;
           INSERT INTO listing_scores (user_id, listing_id, value, parts)
           SELECT user_id, id, id % 7 * 10, jsonb_build_object(
               'value', id % 7 * 10, 'summary', 'the reason for ' || id, 'parts', '[]'::jsonb, 'profit', NULL,
               'estimate', jsonb_build_object(
                   'fair_value', '{{"amount": 900, "currency": "USD"}}'::jsonb,
                   'low', '{{"amount": 800, "currency": "USD"}}'::jsonb,
                   'high', '{{"amount": 1000, "currency": "USD"}}'::jsonb,
                   'interval', 0.8, 'confidence', 'high', 'n', 9, 'basis', 'sold', 'trend', NULL,
                   'newest_at', NULL, 'not_enough_data', false, 'comparables', '[]'::jsonb))
           FROM listings WHERE id % 3 <> 0"#
    ))
    .await;
}
