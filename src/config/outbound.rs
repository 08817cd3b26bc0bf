//! How the program asks other people's servers.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use ipnet::IpNet;

use super::{parse, read::Reader};

/// Requests to other people's servers.
#[derive(Debug, Clone)]
pub struct OutboundSettings {
    /// Networks that addresses of users may reach although they are private.
    pub allow: Vec<IpNet>,
    /// How the program names itself.
    pub user_agent: String,
    /// How long one request may take.
    pub timeout: Duration,
    /// The largest answer that is taken, in bytes, unpacked.
    pub max_bytes: usize,
    /// From one polite request to the next one to the same host.
    pub pace: Duration,
}

/// The section `[outbound]`.
pub(super) fn outbound(
    read: &mut Reader<'_>,
    public_url: Option<&str>,
) -> Option<OutboundSettings> {
    let allow = read.wanted("outbound.allow", networks);
    let user_agent = read.wanted("outbound.user_agent", user_agent);
    let seconds = read.needed("outbound.timeout_s", |text| parse::number(text, &(1..=300)));
    let max_bytes =
        read.needed("outbound.max_bytes", |text| parse::number(text, &(1024..=1 << 30)));
    let pace = read.needed("outbound.pace_ms", |text| parse::number(text, &(0..=60_000)));
    Some(OutboundSettings {
        allow: allow.unwrap_or_default(),
        user_agent: user_agent.unwrap_or_else(|| own_name(public_url)),
        timeout: Duration::from_secs(seconds?),
        max_bytes: max_bytes?,
        pace: Duration::from_millis(pace?),
    })
}

fn own_name(public_url: Option<&str>) -> String {
    let name = concat!("deal-scout/", env!("CARGO_PKG_VERSION"));
    public_url.map_or_else(|| name.to_owned(), |url| format!("{name} (+{url})"))
}

/// Networks, or single addresses, with commas or blanks between them.
fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    let network = |part: &str| {
        let whole = || part.parse::<std::net::IpAddr>().ok().map(IpNet::from);
        part.parse().ok().or_else(whole).ok_or_else(|| {
            format!(
                "\"{part}\" is not a network; give such as 192.168.1.0/24, fd00::/8 or {}, {}",
                Ipv4Addr::LOCALHOST,
                Ipv6Addr::LOCALHOST
            )
        })
    };
    parts.map(network).collect()
}

/// What fits into one header.
fn user_agent(text: &str) -> Result<String, String> {
    if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{text}\" does not do; give plain letters such as deal-scout (+https://example.org)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_a_list_of_ranges_and_single_addresses() {
        let told = networks("10.1.2.0/24, ::1\n192.168.7.9").unwrap();
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["10.1.2.0/24", "::1/128", "192.168.7.9/32"]);
        assert!(
            networks("10.0.0.0/33").unwrap_err().starts_with("\"10.0.0.0/33\" is not a network")
        );
        assert!(networks("home").is_err());
    }

    #[test]
    fn the_program_says_truly_who_it_is() {
        let name = own_name(Some("https://deals.example.org"));
        assert!(name.starts_with("deal-scout/") && name.ends_with(" (+https://deals.example.org)"));
        assert!(user_agent("böse\r\nX: y").is_err());
    }
}
