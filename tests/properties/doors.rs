//! What browsers, programs and other servers send along: cursors, cookies, tokens, tickets, packed answers, robots.txt.

use std::sync::LazyLock;

use actix_web::{
    http::header::{self, HeaderValue},
    test::TestRequest,
};
use chrono::{DateTime, Utc};
use deal_scout::{
    config::{Env, Overrides, load},
    db::keyset::After,
    nouns::params::Params,
    outbound::{self, robots::Robots, unpack},
    sealing::{Sealer, Secret},
    ticket::{self, Ticket},
    web::{auth, csrf, session},
};

/// The most that an answer may unpack to here.
const MOST: usize = 1 << 16;
/// A key of nobody's: tickets and sealed bytes that it made open, and no others.
const KEY: &str = "0303030303030303030303030303030303030303030303030303030303030a0a";
/// What is sealed for a cookie, and what for.
const CONTEXT: &str = "cookies/oidc";
const SEALED: &str = "the state of a sign-in";

static SEALER: LazyLock<Sealer> = LazyLock::new(|| {
    let folder = std::env::temp_dir();
    let env = Env::of(&folder, &[("DEAL_SCOUT__SECRET_KEY", KEY)]);
    let settings = load(&Overrides::new(None), &env).expect("settings").settings;
    Sealer::new(&settings, &slog::Logger::root(slog::Discard, slog::o!())).expect("a key")
});

/// Cursors of lists, in a query as they come.
pub(super) fn cursors(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(after) = text.parse::<After>() {
        assert_eq!(after.to_string().parse(), Ok(after), "{text}");
        assert!(after.id > 0);
        let _ = after.time();
    }
    for query in
        [text.to_string(), format!("cursor=-price~{text}"), format!("cursor=-found~{text}")]
    {
        for (order, by_time) in [("-price", false), ("-found", true)] {
            let mut params = Params::of(&query);
            let given = params.after(order, by_time);
            if let Some(after) = given {
                let again = form_urlencoded::Serializer::new(String::new())
                    .append_pair("cursor", &Params::cursor(order, after))
                    .finish();
                assert_eq!(Params::of(&again).after(order, by_time), given, "{text}");
            }
            let _ = (params.number("limit", 1..=100), params.text("q"));
            if let Err(failure) = params.finish() {
                assert_eq!(failure.status(), 422, "{failure}");
            }
        }
    }
}

/// Cookies, tokens, forms, and sealed bytes.
pub(super) fn cookies(bytes: &[u8]) {
    if let Ok(value) = HeaderValue::from_bytes(bytes) {
        let request = TestRequest::get()
            .append_header((header::COOKIE, value.clone()))
            .append_header((header::AUTHORIZATION, value))
            .to_http_request();
        for name in [session::NAME, "deal_scout_oidc"] {
            if let Some(found) = session::cookie_of(&request, name) {
                assert!(!found.contains(';'), "{found:?}");
            }
        }
        let _ = auth::token::is_sent(&request);
        if let Err(failure) = auth::token::sent(&request) {
            assert_eq!(failure.status(), 401);
        }
    }
    let _ = (csrf::field(bytes), csrf::first_part(bytes));
    // Whatever was not sealed here does not open; what was, changed anywhere, does not either.
    assert!(SEALER.open(CONTEXT, bytes).is_err());
    let mut sealed = SEALER.seal(CONTEXT, &Secret::new(SEALED)).expect("a key");
    let (at, by) = (bytes.first().map_or(0, |b| usize::from(*b)), bytes.get(1).copied());
    let at = at % sealed.len();
    sealed[at] ^= by.unwrap_or(0);
    let opened = SEALER.open(CONTEXT, &sealed);
    assert_eq!(opened.is_ok(), by.unwrap_or(0) == 0, "changed at {at}");
}

/// Links that let whoever holds them do one thing, and where to go after signing in.
pub(super) fn tickets(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let now = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("a time");
    assert!(Ticket::read(&text, &SEALER, now).is_err(), "{text:?} was not made here");
    assert!(ticket::finds_of(&SEALER, &text).is_none(), "{text:?} was not made here");
    for next in [text.to_string(), format!("/{text}")] {
        stays_here(auth::safe_next(Some(&next)));
    }
    if let Ok(url) = outbound::parse(&text) {
        assert!(matches!(url.scheme(), "http" | "https") && url.has_host(), "{url}");
        let shown = outbound::shown(&url);
        assert!(!shown.contains(['?', '#']), "{shown}");
    }
}

/// A browser that is sent there stays on this site.
fn stays_here(next: &str) {
    let here = url::Url::parse("https://deals.example.org/login").expect("an address");
    let led = here.join(next).unwrap_or_else(|_| here.clone());
    assert_eq!(led.origin(), here.origin(), "{next:?} leads to {led}");
    assert!(HeaderValue::from_str(next).is_ok(), "{next:?} is no header");
}

/// What other servers send: packed bodies, and their rules for programs.
pub(super) fn answers(bytes: &[u8]) {
    for encoding in ["gzip", "br", "gzip, br", "br, br", "identity", "deflate"] {
        if let Ok(body) = unpack::unpack(bytes.to_vec(), encoding, MOST) {
            assert!(body.len() <= MOST.max(bytes.len()), "{encoding}: {} bytes", body.len());
        }
    }
    let robots = Robots::parse(bytes, "deal-scout/0.1.0 (+https://example.org)");
    assert!(robots.allows("/robots.txt"));
    let path = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    for path in ["/", "/a/b?c=%2f*$", path.as_ref()] {
        let _ = robots.allows(path);
    }
    let _ = robots.delay();
}
