//! Where a redirect leads, and what goes along. Pure.

use reqwest::{
    Method, Url,
    header::{self, HeaderName},
};

use super::{Fault, Reach, Request, host_of};

/// What may be told to a host that was not asked for: nothing that proves who asks.
const HARMLESS: &[HeaderName] = &[header::ACCEPT, header::ACCEPT_LANGUAGE];

/// What describes a body, and goes with it.
const OF_BODY: &[HeaderName] = &[header::CONTENT_TYPE, header::CONTENT_ENCODING];

/// The request that follows an answer with `status` and `location`; `None` when the answer is the last word.
pub(super) fn next(
    asked: &Request,
    status: u16,
    location: Option<&[u8]>,
) -> Result<Option<Request>, Fault> {
    let (true, Some(location)) = (matches!(status, 301 | 302 | 303 | 307 | 308), location) else {
        return Ok(None);
    };
    let refused = |to: String, why: &str| Fault::Redirect {
        host: host_of(&asked.url),
        to,
        why: why.to_owned(),
    };
    let to = std::str::from_utf8(location).ok().and_then(|to| asked.url.join(to).ok());
    let Some(mut url) = to else {
        return Err(refused(
            "an address that cannot be read".to_owned(),
            "nobody can tell where that is",
        ));
    };
    url.set_fragment(None);
    let mut next = asked.clone();
    let is_changed = match status {
        303 => asked.method != Method::HEAD,
        301 | 302 => asked.method == Method::POST,
        _ => false,
    };
    if is_changed {
        next.method = Method::GET;
        next.body.clear();
        next.headers.retain(|(name, _)| !OF_BODY.contains(name));
    }
    if url.origin() != asked.url.origin() {
        if !next.body.is_empty() {
            return Err(refused(
                asked.shown_of(&url),
                "what is sent is meant for the first host alone",
            ));
        }
        if is_downgrade(&asked.url, &url) && has_secret(asked) {
            return Err(refused(asked.shown_of(&url), "it would go on without encryption"));
        }
        next.headers.retain(|(name, value)| HARMLESS.contains(name) && !value.is_sensitive());
        next.reach = Reach::Public;
    }
    next.url = url;
    Ok(Some(next))
}

fn is_downgrade(from: &Url, to: &Url) -> bool {
    from.scheme() == "https" && to.scheme() != "https"
}

/// Whether anything in the request proves who asks.
fn has_secret(request: &Request) -> bool {
    let proves = |(name, value): &(HeaderName, header::HeaderValue)| {
        value.is_sensitive()
            || [header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION].contains(name)
    };
    request.headers.iter().any(proves) || !request.body.is_empty()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn secret() -> Request {
        Request::get(url("https://a.example/x?y"), Reach::Configured)
            .header(header::ACCEPT, HeaderValue::from_static("text/html"))
            .header(header::IF_NONE_MATCH, HeaderValue::from_static("\"1\""))
            .secret_header(HeaderName::from_static("x-api-key"), HeaderValue::from_static("s3cret"))
    }

    fn follow(asked: &Request, status: u16, to: &str) -> Result<Option<Request>, Fault> {
        next(asked, status, Some(to.as_bytes()))
    }

    #[test]
    fn on_the_same_host_everything_goes_along() {
        let next = follow(&secret(), 302, "/z#part").unwrap().unwrap();
        assert_eq!(next.url.as_str(), "https://a.example/z");
        assert_eq!(next.headers.len(), 3);
        assert_eq!(next.reach, Reach::Configured);
    }

    #[test]
    fn to_another_host_only_harmless_headers_go_and_it_counts_as_anybodys() {
        for to in [
            "https://b.example/",
            "//b.example/",
            "https://a.example:444/",
            "https://a.example.b.example/",
        ] {
            let next = follow(&secret(), 302, to).unwrap().unwrap();
            let names: Vec<_> = next.headers.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["accept"], "{to}");
            assert_eq!(next.reach, Reach::Public, "{to}");
        }
    }

    #[test]
    fn a_secret_never_leaves_encryption() {
        let told = follow(&secret(), 301, "http://a.example/").unwrap_err();
        assert!(told.to_string().contains("without encryption"), "{told}");
        let open = Request::get(url("https://a.example/"), Reach::Public);
        assert!(follow(&open, 301, "http://a.example/").unwrap().is_some());
    }

    #[test]
    fn a_body_is_sent_again_only_to_the_same_host_and_only_when_told_so() {
        let post = Request::post(
            url("https://a.example/x"),
            Reach::Public,
            "text/plain",
            b"hello".to_vec(),
        );
        for (status, method, length) in
            [(301, "GET", 0), (302, "GET", 0), (303, "GET", 0), (307, "POST", 5), (308, "POST", 5)]
        {
            let next = follow(&post, status, "/y").unwrap().unwrap();
            assert_eq!((next.method.as_str(), next.body.len()), (method, length), "{status}");
            assert_eq!(next.headers.len(), usize::from(length > 0), "{status}");
        }
        assert!(follow(&post, 307, "https://b.example/").is_err());
        assert!(follow(&post, 302, "https://b.example/").unwrap().unwrap().body.is_empty());
    }

    #[test]
    fn what_is_no_redirect_is_the_last_word() {
        for status in [200, 300, 304, 404, 500] {
            assert!(follow(&secret(), status, "/y").unwrap().is_none(), "{status}");
        }
        assert!(next(&secret(), 302, None).unwrap().is_none());
        assert!(follow(&secret(), 302, "http://[bad").is_err());
    }
}
