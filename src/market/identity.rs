//! Which ad a link leads to. One ad met in two feeds, on its own page or through a browser is one row, so everything
//! that knows an ad by a link asks here. Pure.

use url::Url;

use super::text;

/// The longest `source_id`; a longer one becomes a digest.
const LONGEST_ID: usize = 200;
/// The longest name of a source.
const LONGEST_SOURCE: usize = 50;
/// The longest address that is kept, in bytes.
const LONGEST_ADDRESS: usize = 2_000;

/// What an ad is known by, and its address without what only tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `ebay`, `reverb`, `etsy`, or the host as a slug: `shop-example-org`.
    pub source: String,
    /// Its id there: the marketplace's own number, else the address without scheme.
    pub source_id: String,
    /// Where people can see it.
    pub url: String,
}

/// The identity of the ad that `link` leads to. `None` when it is no web address.
pub fn of_link(link: &str) -> Option<Identity> {
    let url = canonical_url(link)?;
    let host = url.host_str()?.to_owned();
    let known = known_marketplace(&url, &host);
    let (source, source_id) = match known {
        Some((source, id)) => (source.to_owned(), id),
        None => (slug(&host)?, id_of_address(&url, &host)),
    };
    Some(Identity { source, source_id, url: url.into() })
}

/// The identity of an entry whose link does not tell it from others: by the id that its feed gives it.
pub fn of_guid(link: &str, guid: &str) -> Option<Identity> {
    let by_link = of_link(link)?;
    Some(Identity { source_id: fitting(guid.trim()), ..by_link })
}

/// An address as ads are known by: http or https, the host in small letters, without default port, credentials,
/// tracking parameters and fragment. `None` when it is no web address.
pub fn canonical(link: &str) -> Option<String> {
    canonical_url(link).map(Into::into)
}

/// A host as the name of a source: `www.` dropped, everything but letters and digits a dash, at most 50 characters.
pub fn slug(host: &str) -> Option<String> {
    let host = host.to_ascii_lowercase();
    let bare = host.strip_prefix("www.").unwrap_or(&host);
    let dashed: String =
        bare.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug = dashed.trim_matches('-');
    if slug.is_empty() {
        return None;
    }
    // A host of one word could be taken for a marketplace or for the sample.
    let slug = if bare.contains(['.', ':']) { slug.to_owned() } else { format!("host-{slug}") };
    let short: String = slug.chars().take(LONGEST_SOURCE).collect();
    Some(short.trim_end_matches('-').to_owned())
}

fn canonical_url(link: &str) -> Option<Url> {
    let link = link.trim();
    if link.len() > LONGEST_ADDRESS || link.contains(char::is_control) {
        return None;
    }
    let mut url = Url::parse(link).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    if !is_web || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    // Neither can fail: the address has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    // Some sites route by the fragment ("#!/item/7"); any other one is a place on the page.
    if !url.fragment().is_some_and(|fragment| fragment.starts_with('!')) {
        url.set_fragment(None);
    }
    let is_ebay = url.host_str().is_some_and(is_ebay);
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| {
                let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
                let is_needed = if is_ebay {
                    matches!(name.as_str(), "var" | "item")
                } else {
                    !text::is_tracking(&name)
                };
                is_needed && !pair.is_empty()
            })
            .collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(&kept));
    }
    (url.as_str().len() <= LONGEST_ADDRESS).then_some(url)
}

/// The marketplaces that are searched through their API give an ad a number; its pages carry it.
fn known_marketplace(url: &Url, host: &str) -> Option<(&'static str, String)> {
    let segments: Vec<&str> = url.path_segments()?.collect();
    let after = |name: &str| {
        let at = segments.iter().position(|segment| *segment == name)?;
        segments.get(at + 1).copied()
    };
    if is_ebay(host) {
        let number = text::ebay_item_id(url.as_str())?;
        let variation = url.query_pairs().find(|(name, _)| name == "var").map(|(_, id)| id);
        // As eBay's API tells it, a variation is an ad of its own.
        return Some(match variation.filter(|id| is_number(id) && id != "0") {
            Some(variation) => ("ebay", format!("{number}-{variation}")),
            None => ("ebay", number.to_owned()),
        });
    }
    if is_site(host, "reverb.com") {
        let number = after("item")?.split('-').next()?;
        return is_number(number).then(|| ("reverb", number.to_owned()));
    }
    if is_site(host, "etsy.com") {
        let number = after("listing")?;
        return is_number(number).then(|| ("etsy", number.to_owned()));
    }
    None
}

/// `ebay.com`, `www.ebay.co.uk`, `m.ebay.de`; not `ebay.example.org`.
fn is_ebay(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let Some(at) = labels.iter().position(|label| *label == "ebay") else { return false };
    match &labels[at + 1..] {
        [top] => top.len() <= 3,
        [second, top] => matches!(*second, "co" | "com") && top.len() == 2,
        _ => false,
    }
}

fn is_site(host: &str, site: &str) -> bool {
    host.strip_suffix(site).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The address without scheme, `www.`, and a slash at its end: what differs between links to one page.
fn id_of_address(url: &Url, host: &str) -> String {
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
    fitting(&format!("{host}{port}{path}{query}{fragment}"))
}

/// An id that the database takes: no control characters, not too long.
fn fitting(id: &str) -> String {
    let clean: String = id.chars().filter(|c| !c.is_control()).collect();
    if clean.is_empty() || clean.len() > LONGEST_ID { text::digest(&[id]) } else { clean }
}

/// The site of an address, as choices are remembered: the host without `www.`, with its port where that is unusual.
pub fn site(address: &str) -> Option<String> {
    let url = url::Url::parse(&canonical(address)?).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let site = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    let is_plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b':');
    site.bytes().all(is_plain).then_some(site)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known_by(link: &str) -> (String, String) {
        let identity = of_link(link).unwrap_or_else(|| panic!("{link} is no address"));
        (identity.source, identity.source_id)
    }

    #[test]
    fn the_great_marketplaces_are_known_by_their_numbers() {
        for (link, source, id) in [
            (
                "https://www.ebay.com/itm/Some-words/303787247488?hash=item46&epid=1",
                "ebay",
                "303787247488",
            ),
            ("https://www.ebay.co.uk/itm/303787247488", "ebay", "303787247488"),
            (
                "https://m.ebay.de/itm/334691749565?var=543843548440",
                "ebay",
                "334691749565-543843548440",
            ),
            (
                "https://reverb.com/item/81234567-fender-jazzmaster?show_sold=true",
                "reverb",
                "81234567",
            ),
            ("https://www.etsy.com/de/listing/1234567890/a-lamp?ref=x", "etsy", "1234567890"),
        ] {
            assert_eq!(known_by(link), (source.to_owned(), id.to_owned()), "{link}");
        }
    }

    #[test]
    fn a_host_that_only_looks_like_a_marketplace_is_itself() {
        for (link, source) in [
            ("https://ebay.example.org/itm/303787247488", "ebay-example-org"),
            ("https://notreverb.com/item/1-x", "notreverb-com"),
            ("https://www.ebay.com/sch/i.html?item=x", "ebay-com"),
            ("http://sample/ad/1", "host-sample"),
            ("http://127.0.0.1:8080/ad/1", "127-0-0-1"),
            ("http://[::1]/ad", "1"),
        ] {
            assert_eq!(known_by(link).0, source, "{link}");
        }
    }

    #[test]
    fn links_to_one_ad_are_one_ad() {
        let ids: std::collections::HashSet<_> = [
            "https://www.Shop.example.org/p/7?id=3&utm_source=feed#photos",
            "http://shop.example.org:80/p/7/?id=3&gclid=abc",
            "https://user:secret@shop.example.org/p/7?fbclid=9&id=3",
        ]
        .map(known_by)
        .into();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(
            ids.into_iter().next().unwrap(),
            ("shop-example-org".into(), "shop.example.org/p/7?id=3".into())
        );
    }

    #[test]
    fn an_address_loses_what_identifies_the_reader() {
        assert_eq!(
            canonical("HTTPS://me:pw@Shop.Example.org:443/a?utm_medium=x&b=1#top").unwrap(),
            "https://shop.example.org/a?b=1"
        );
        for none in ["javascript:alert(1)", "mailto:a@b.c", "/relative", "https://", "ftp://a.b/c"]
        {
            assert_eq!(canonical(none), None, "{none}");
        }
    }

    #[test]
    fn a_long_id_becomes_a_digest_and_a_long_host_is_cut() {
        let long = format!("https://a.example/{}", "x".repeat(500));
        assert_eq!(known_by(&long).1.len(), 24);
        let host = format!("{}.example", "a".repeat(60));
        assert_eq!(slug(&host).unwrap().len(), 50);
        assert!(of_link(&format!("https://a.example/{}", "x".repeat(3000))).is_none());
    }

    #[test]
    fn an_entry_can_be_known_by_its_guid() {
        let identity = of_guid("https://shop.example.org/", " urn:7\u{0} ").unwrap();
        assert_eq!(
            (identity.source.as_str(), identity.source_id.as_str()),
            ("shop-example-org", "urn:7")
        );
    }
}
