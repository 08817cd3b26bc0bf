//! Who is asking, and where those go who are not known. `viewer` tells who; `token` is what programs show.

mod signed_in;
pub mod token;
mod viewer;

use std::{net::IpAddr, sync::LazyLock, time::Duration};

use actix_web::{HttpMessage, HttpRequest, http::header};
use sha2::{Digest, Sha256};
pub use signed_in::{SignedIn, SignedInOwner};
use subtle::ConstantTimeEq;
pub use viewer::{Admin, Reader, Via, Viewer};

use self::viewer::NobodyYet;
use super::respond;
use crate::{
    db,
    error::{Error, Result},
    state::App,
};

/// Where a page sends somebody who is not signed in: to the first set-up, or to sign in and come back.
pub(super) fn door(request: &HttpRequest) -> String {
    if request.extensions().get::<NobodyYet>().is_some() {
        return "/setup".to_owned();
    }
    let wanted = request.uri().path_and_query().map_or("/", |wanted| wanted.as_str());
    let can_come_back = *request.method() == actix_web::http::Method::GET && wanted != "/";
    if can_come_back {
        format!("/login?next={}", respond::encoded(wanted))
    } else {
        "/login".to_owned()
    }
}

/// Where to go after signing in: an address of ours, never another site's.
pub fn safe_next(next: Option<&str>) -> &str {
    match next {
        // Every other sign is percent-encoded in an address, and no header takes it.
        Some(next)
            if next.starts_with('/')
                && !next.starts_with("//")
                && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') =>
        {
            next
        }
        _ => "/",
    }
}

/// The one-time code that claims the owner's account from elsewhere. Made once a process; said in the log alone.
static SETUP_CODE: LazyLock<String> = LazyLock::new(|| {
    let digits = respond::hex(&rand::random::<[u8; 8]>());
    format!("{}-{}-{}-{}", &digits[..4], &digits[4..8], &digits[8..12], &digits[12..])
});
/// What stands in the cache for a code that a log has shown.
const SHOWN: &[u8] = b"shown";
const SETUP_CODE_KEPT: Duration = Duration::from_hours(24);

/// Says the set-up code in the log when nobody has claimed the owner's account. For `serve`, once the schema is there.
///
/// # Errors
/// When the database does not answer.
pub async fn announce_setup_code(app: &App) -> Result<()> {
    if app.settings.demo.enabled || db::users::is_claimed(&*app.conn().await?).await? {
        return Ok(());
    }
    // Behind a balancer the person may reach another replica than the one whose log they read.
    app.cache.set(&code_key(&SETUP_CODE), SHOWN.to_vec(), SETUP_CODE_KEPT).await;
    slog::warn!(
        app.log,
        "nobody has an account yet: open /setup; from another machine it asks for this code: {}",
        *SETUP_CODE
    );
    Ok(())
}

/// Whether `given` is a code that a log has shown.
pub(super) async fn is_setup_code(app: &App, given: &str) -> bool {
    let given = given.trim().to_lowercase();
    let is_ours = bool::from(SETUP_CODE.as_bytes().ct_eq(given.as_bytes()));
    // The very word: whatever answers in the cache's place does not know it.
    is_ours || app.cache.get(&code_key(&given)).await.is_some_and(|kept| kept == SHOWN)
}

// A digest, so that neither the cache's keys nor the time of a look-up tell the code.
fn code_key(code: &str) -> String {
    format!("setup:{}", respond::hex(&Sha256::digest(code)))
}

/// Whether the person sits at this very machine. A proxy in front, or a name that is not this machine's (a page
/// elsewhere may point its own name at us), makes it "no".
pub(super) fn is_local(request: &HttpRequest) -> bool {
    let came_through_proxy = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    let peer_local = request.peer_addr().is_some_and(|peer| is_loopback(peer.ip()));
    peer_local && is_local_name(request) && !came_through_proxy
}

/// Whether the `Host` is a name that only this machine can have: `localhost`, one below it, or a loopback address.
pub(super) fn is_local_name(request: &HttpRequest) -> bool {
    let host =
        request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host }
    });
    let name = name.to_ascii_lowercase();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
    name == "localhost" || name.ends_with(".localhost") || bare.parse().is_ok_and(is_loopback)
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Whom to count tries for: the peer, or whom a proxy on this machine names.
pub(super) fn peer(request: &HttpRequest) -> String {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip().to_canonical()) else {
        return "unknown".to_owned();
    };
    let forwarded = request.headers().get("x-forwarded-for").and_then(|list| list.to_str().ok());
    let named = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    named.filter(|_| peer.is_loopback()).unwrap_or(peer).to_string()
}

/// Refuses more than `limit` tries of `what` by one peer in five minutes.
pub(super) async fn limit_tries(
    app: &App,
    request: &HttpRequest,
    what: &str,
    limit: u64,
) -> Result<()> {
    const WINDOW: Duration = Duration::from_mins(5);
    let tries = app.cache.count(&format!("tries:{what}:{}", peer(request)), WINDOW).await;
    if tries > limit { Err(Error::TooManyRequests { retry_after: WINDOW }) } else { Ok(()) }
}

/// Refuses more than `limit` tries of `what` with one address in a `window`, whoever makes them, and whether or not
/// anybody has that address.
pub(super) async fn limit_address(
    app: &App,
    what: &str,
    email: &str,
    limit: u64,
    window: Duration,
) -> Result<()> {
    // A digest, so that the cache's keys tell nobody's address.
    let address = respond::hex(&Sha256::digest(email));
    let tries = app.cache.count(&format!("tries:{what}:address:{address}"), window).await;
    if tries > limit { Err(Error::TooManyRequests { retry_after: window }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        for next in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "evil",
            "/a\r\nb",
            "/\t/evil.example",
            "/a\0b",
            "/a\u{7f}",
            "/a b",
            "/über",
        ] {
            assert_eq!(safe_next(Some(next)), "/", "{next:?}");
        }
        assert_eq!(safe_next(Some("/listings/7?x=1")), "/listings/7?x=1");
    }

    #[test]
    fn local_is_only_who_sits_at_this_machine() {
        let request = |peer: &str, host: &'static str, via: bool| {
            let mut request = TestRequest::get()
                .peer_addr(peer.parse().unwrap())
                .insert_header((header::HOST, host));
            if via {
                request = request.insert_header(("x-forwarded-for", "203.0.113.5"));
            }
            request.to_http_request()
        };
        assert!(is_local(&request("127.0.0.1:9", "localhost:3000", false)));
        assert!(is_local(&request("[::1]:9", "[::1]:3000", false)));
        assert!(is_local(&request("127.0.0.1:9", "127.0.0.1", false)));
        assert!(!is_local(&request("127.0.0.1:9", "localhost:3000", true)), "behind a proxy");
        assert!(!is_local(&request("127.0.0.1:9", "evil.example", false)), "a rebound name");
        assert!(!is_local(&request("192.168.1.7:9", "localhost:3000", false)), "another machine");
    }

    #[test]
    fn names_of_this_machine_are_told_from_others() {
        let is_local_name = |host: &'static str| {
            let request = TestRequest::get().insert_header((header::HOST, host));
            is_local_name(&request.to_http_request())
        };
        for host in
            ["localhost", "LOCALHOST:80", "deals.localhost:3000", "127.0.0.1:1", "[::1]:3000"]
        {
            assert!(is_local_name(host), "{host}");
        }
        for host in ["", "evil.example:3000", "localhost.evil.example", "evillocalhost", "10.0.0.1"]
        {
            assert!(!is_local_name(host), "{host}");
        }
    }

    #[test]
    fn a_proxy_on_this_machine_may_name_the_peer_and_nobody_else() {
        let named = |peer: &str| {
            TestRequest::get()
                .peer_addr(peer.parse().unwrap())
                .insert_header(("x-forwarded-for", "198.51.100.1, 203.0.113.5"))
                .to_http_request()
        };
        assert_eq!(super::peer(&named("127.0.0.1:9")), "203.0.113.5");
        assert_eq!(super::peer(&named("192.0.2.9:9")), "192.0.2.9");
    }
}
