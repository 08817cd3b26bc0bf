//! Which addresses can be asked at all, before any name is looked up. Pure.

use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;
use url::Host;

use super::{Fault, Reach, host_of, networks, shown};

/// Ports where something else than a web server listens: a request could be taken for its language.
const OTHER_PORTS: &[u16] = &[
    7, 9, 13, 19, 20, 21, 22, 23, 25, 53, 69, 79, 110, 111, 119, 123, 135, 137, 138, 139, 143, 161,
    179, 389, 445, 465, 512, 513, 514, 515, 587, 636, 873, 989, 990, 993, 995, 1433, 1521, 2049,
    3306, 3389, 5060, 5432, 5900, 6000, 6379, 6667, 9042, 11211, 27017,
];

/// The longest address that is taken, in bytes.
const LONGEST: usize = 8000;

/// Reads an address as people write it. The failure says what would be right.
pub fn parse(text: &str) -> Result<Url, Fault> {
    let text = text.trim();
    let wrong = |why: &str| {
        // A query may hold a key, and so may what stands before an @.
        let start = text.split(['?', '#', '@']).next().unwrap_or_default();
        Fault::Address { address: start.chars().take(100).collect(), why: why.to_owned() }
    };
    if text.len() > LONGEST {
        return Err(wrong("it is too long"));
    }
    let url = Url::parse(text)
        .map_err(|e| wrong(&format!("{e}; an address looks like https://example.org/feed.xml")))?;
    language(&url)?;
    Ok(url)
}

/// Checks an address as far as it can be without asking anybody: language, secrets, port, literal networks.
pub(super) fn check(url: &Url, reach: Reach, allow: &[IpNet]) -> Result<(), Fault> {
    language(url)?;
    if reach == Reach::Configured {
        return Ok(());
    }
    let port = url.port_or_known_default().unwrap_or_default();
    if port == 0 || OTHER_PORTS.contains(&port) {
        let why = format!("port {port} is not one of web servers");
        return Err(Fault::Address { address: shown(url), why });
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        _ => return Ok(()),
    };
    match networks::refused(literal, allow) {
        Some(network) => Err(Fault::Network { host: host_of(url), network: network.to_owned() }),
        None => Ok(()),
    }
}

/// http or https, with a host, without user and password.
fn language(url: &Url) -> Result<(), Fault> {
    let wrong = |why: &str| Fault::Address { address: shown(url), why: why.to_owned() };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("only http and https can be asked"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("it names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds a user or a password; such addresses are not taken"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> Option<Fault> {
        parse(text).and_then(|url| check(&url, Reach::Public, &[])).err()
    }

    #[test]
    fn an_ip_address_is_refused_in_every_spelling() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:0:0:1]",
            "[64:ff9b::7f00:1]",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "[fd00:ec2::254]",
            "１２７.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "10.0.0.1",
            "192.168.0.1",
            "[fe80::1]",
        ] {
            let told = refused(&format!("http://{host}/"));
            assert!(matches!(told, Some(Fault::Network { .. })), "{host}: {told:?}");
        }
    }

    #[test]
    fn what_no_web_server_speaks_is_refused() {
        for text in [
            "file:///etc/passwd",
            "ftp://example.org/",
            "gopher://example.org:70/_x",
            "data:text/plain,x",
            "unix:/run/x",
            "javascript:1",
            "https://",
            "example.org/feed",
            "http://me@example.org/",
            "https://me:pw@example.org/",
            "http://:pw@example.org/",
            "http://example.org:22/",
            "http://example.org:25/",
            "http://example.org:6379/",
            "http://example.org:0/",
            "http://example.org:99999/",
            "http://exa mple.org/",
        ] {
            let told = refused(text);
            assert!(matches!(told, Some(Fault::Address { .. })), "{text}: {told:?}");
        }
        for text in
            ["http://example.org", "https://example.org:8443/x?y=z#w", "http://[2606:4700::1]/"]
        {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn the_operators_own_addresses_may_lead_anywhere_but_speak_http() {
        let check = |text| check(&Url::parse(text).unwrap(), Reach::Configured, &[]);
        assert_eq!(check("http://127.0.0.1:25/"), Ok(()));
        assert!(check("ftp://example.org").is_err());
    }

    #[test]
    fn a_refusal_shows_no_secret() {
        for text in ["https://me:s3cret@example.org/", "nonsense?key=s3cret", "nonsense:s3cret@x"] {
            let told = refused(text).unwrap().to_string();
            assert!(!told.contains("s3cret"), "{told}");
        }
    }

    proptest! {
        #[test]
        fn no_spelling_of_a_loopback_address_gets_past(rest in 0_u32..1 << 24, form in 0..5) {
            let number = 127 << 24 | rest;
            let [a, b, c, d] = number.to_be_bytes();
            let host = match form {
                0 => format!("{number}"),
                1 => format!("0x{number:x}"),
                2 => format!("0{number:o}"),
                3 => format!("0x{a:x}.{b}.0{c:o}.{d}."),
                _ => format!("[::ffff:{a}.{b}.{c}.{d}]"),
            };
            let told = refused(&format!("http://{host}/"));
            prop_assert!(matches!(told, Some(Fault::Network { .. })), "{}: {:?}", host, told);
        }

        #[test]
        fn whatever_is_written_is_told_or_taken(text in ".{0,60}") {
            let _ = refused(&text);
        }
    }
}
