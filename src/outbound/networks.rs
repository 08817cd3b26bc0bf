//! Which addresses are nobody's business but their owner's. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Why an address must not be asked for a user, in words; `None` for one that anybody on the internet can reach.
///
/// `allow` names networks that may be reached all the same. An IPv4 address inside an IPv6 one counts as itself.
pub(super) fn refused(address: IpAddr, allow: &[IpNet]) -> Option<&'static str> {
    let is_allowed = |address: IpAddr| allow.iter().any(|network| network.contains(&address));
    if is_allowed(address) {
        return None;
    }
    match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => match inside(address) {
            Some(inside) if is_allowed(IpAddr::V4(inside)) => None,
            Some(inside) => special_v4(inside),
            None => special_v6(address),
        },
    }
}

/// The IPv4 networks that are not the internet, with what they are.
const V4: &[([u8; 4], u8, &str)] = &[
    ([0, 0, 0, 0], 8, "the network of this machine"),
    ([10, 0, 0, 0], 8, "a private network"),
    ([100, 64, 0, 0], 10, "a private network of a provider"),
    ([127, 0, 0, 0], 8, "this machine itself"),
    ([169, 254, 0, 0], 16, "a link-local network, where clouds keep their metadata"),
    ([172, 16, 0, 0], 12, "a private network"),
    ([192, 0, 0, 0], 24, "a network for special purposes"),
    ([192, 0, 2, 0], 24, "a network for documentation"),
    ([192, 88, 99, 0], 24, "a network for special purposes"),
    ([192, 168, 0, 0], 16, "a private network"),
    ([198, 18, 0, 0], 15, "a network for benchmarks"),
    ([198, 51, 100, 0], 24, "a network for documentation"),
    ([203, 0, 113, 0], 24, "a network for documentation"),
    ([224, 0, 0, 0], 4, "a multicast network"),
    ([240, 0, 0, 0], 4, "a network for special purposes"),
];

/// The same for IPv6, first match first. Whatever is left and not in `2000::/3` was never given to anybody.
const V6: &[([u16; 8], u8, &str)] = &[
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "the network of this machine"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "this machine itself"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "a private network behind a translator"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "a network for tunnels and special purposes"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "a network for documentation"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "a network for documentation"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "a private network"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "a link-local network"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "a private network"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "a multicast network"),
];

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    let number = u32::from(address);
    V4.iter()
        .find(|(start, length, _)| {
            number >> (32 - length) == u32::from_be_bytes(*start) >> (32 - length)
        })
        .map(|(_, _, what)| *what)
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let number = u128::from(address);
    let is_in = |start: [u16; 8], length: u8| {
        number >> (128 - length) == u128::from(Ipv6Addr::from(start)) >> (128 - length)
    };
    let known = V6.iter().find(|(start, length, _)| is_in(*start, *length));
    let is_given = is_in([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
    known.map(|(_, _, what)| *what).or((!is_given).then_some("a network that is not the internet"))
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, translated, NAT64 and 6to4.
fn inside(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = address.segments();
    let last = || u32::from(parts[6]) << 16 | u32::from(parts[7]);
    let inside = match parts {
        // ::a.b.c.d, but neither :: nor ::1.
        [0, 0, 0, 0, 0, 0, ..] if last() > 1 => last(),
        [0, 0, 0, 0, 0, 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..] => last(),
        [0x2002, high, low, ..] => u32::from(high) << 16 | u32::from(low),
        _ => return None,
    };
    Some(Ipv4Addr::from(inside))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(address: &str) -> Option<&'static str> {
        refused(address.parse().unwrap(), &[])
    }

    #[test]
    fn what_is_not_the_internet_is_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.1.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "3fff:fff::1",
            "100::1",
            "5f00::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:10::1",
            "64:ff9b:1::a00:1",
            "4000::1",
        ] {
            assert!(told(address).is_some(), "{address}");
        }
    }

    #[test]
    fn the_internet_is_let_through() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "128.0.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
            "2001:200::1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ] {
            assert_eq!(told(address), None, "{address}");
        }
    }

    #[test]
    fn an_ipv4_address_in_disguise_is_seen_through() {
        for address in [
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::ffff:0:169.254.169.254",
            "64:ff9b::192.168.1.1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(told(address).is_some(), "{address}");
        }
    }

    #[test]
    fn what_an_operator_allows_is_let_through_in_every_disguise_and_nothing_else_is() {
        let allow = ["192.168.1.0/24".parse().unwrap(), "fd12::/16".parse().unwrap()];
        let told = |address: &str| refused(address.parse().unwrap(), &allow);
        for address in ["192.168.1.9", "::ffff:192.168.1.9", "64:ff9b::192.168.1.9", "fd12::1"] {
            assert_eq!(told(address), None, "{address}");
        }
        for address in ["192.168.2.9", "::ffff:192.168.2.9", "fd13::1", "127.0.0.1"] {
            assert!(told(address).is_some(), "{address}");
        }
    }

    proptest! {
        #[test]
        fn a_disguise_changes_nothing(number: u32) {
            let plain = Ipv4Addr::from(number);
            let direct = refused(IpAddr::V4(plain), &[]);
            let [a, b] = [number >> 16, number & 0xffff].map(|part| u16::try_from(part).unwrap());
            for parts in [
                [0, 0, 0, 0, 0, 0xffff, a, b],
                [0, 0, 0, 0, 0xffff, 0, a, b],
                [0x64, 0xff9b, 0, 0, 0, 0, a, b],
                [0x2002, a, b, 0, 0, 0, 0, 1],
            ] {
                prop_assert_eq!(refused(IpAddr::V6(Ipv6Addr::from(parts)), &[]), direct);
            }
        }

        #[test]
        fn only_given_networks_of_ipv6_are_let_through(number: u128) {
            let address = Ipv6Addr::from(number);
            let is_given = address.segments()[0] >> 13 == 1;
            if !is_given && inside(address).is_none() {
                prop_assert!(refused(IpAddr::V6(address), &[]).is_some());
            }
        }
    }
}
