//! Public IP addresses.
//!
//! Flags addresses of version 4 and 6 that are routed on the internet, with or without a port or prefix length.
//!
//! Leaves alone private, shared, loopback, link-local, multicast, documentation and benchmark addresses, networks
//! (`81.150.0.0/16`), versions, object identifiers, times and other text with colons.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Range,
};

use memchr::memchr_iter;

use super::{
    super::{Match, NumberDetector, around},
    context::{WordList, labelled, mentioned, tail},
};
use crate::prefilter::{Shapes, run_length};

pub(super) const RULES: &[super::Rule] = &[
    super::Rule {
        id: "public-ipv4",
        flags: "a public IPv4 address that is no version number",
        hit: "from 81.150.0.111",
        miss: "from 192.168.0.111",
    },
    super::Rule {
        id: "public-ipv6",
        flags: "a public IPv6 address",
        hit: "2a00:1450:4009:80b::200e",
        miss: "2001:db8::1",
    },
];

/// Labels of versions and the like.
#[rustfmt::skip]
static VERSIONS: WordList = WordList::new(&[
    "version", "versions", "ver", "v", "release", "build", "revision", "rev", "firmware", "driver",
    "chrome", "chromium", "firefox", "opera", "safari", "section", "sections", "chapter", "oid", "kernel", "update", "patch", "workflow", "clause", "step",
]);

/// Words that tell an address of small numbers from a version; the first does not where it stands in parentheses or
/// in a change from one version to the next.
#[rustfmt::skip]
const ADDRESSES: &[&str] = &[
    "from", "ip", "ips", "ipv4", "addr", "address", "addresses", "client", "host", "hostname", "server", "dns",
    "resolver", "nameserver", "ping", "peer", "proxy", "gateway", "remote", "connect", "connection",
];

/// The last number that an object identifier starts with (ITU-T X.660).
const LAST_ROOT: u8 = 2;
/// Words beside object identifiers, also within a name: `OID_EDDSA`.
const OBJECTS: &[&str] = &["oid", "oids", "objectidentifier"];

/// Anchored at the first digit.
pub(crate) struct Ip;

impl NumberDetector for Ip {
    fn shapes(&self) -> Shapes {
        Shapes::DOTTED.or(Shapes::HEXADECIMAL)
    }

    fn labels(&self) -> &[&str] {
        ADDRESSES
    }

    fn judge(&self, text: &[u8], digits: Range<usize>) -> Option<Match> {
        match around(text, digits.end).1 {
            [b'.', ..] if digits.len() <= 3 => version_4(text, digits.start),
            // All public addresses are in 2000::/3, so that the first of four hexadecimal digits is 2 or 3.
            [b':' | b'a'..=b'f' | b'A'..=b'F', ..] if digits.len() <= 4 => {
                version_6(text, digits.start)
            }
            _ => None,
        }
    }
}

/// How the private and loopback addresses start that most texts have: known at a look.
const OWN: [&[u8]; 3] = [b"10.", b"127.", b"192.168."];

fn version_4(text: &[u8], start: usize) -> Option<Match> {
    let (before, rest) = around(text, start);
    if OWN.iter().any(|own| rest.starts_with(own)) {
        return None;
    }
    let inside = match before {
        [.., b':' | b'/', b'/'] => false,
        [.., byte] if byte.is_ascii_alphanumeric() => true,
        [.., b'_' | b'.' | b'-' | b'/' | b'+' | b'~' | b'^' | b'$']
        | [.., b'=' | b'<' | b'>' | b'!' | b'~', b'='] => true,
        _ => false,
    };
    if inside {
        return None;
    }
    let mut octets = [0_u8; 4];
    let mut at = start;
    for (nth, octet) in octets.iter_mut().enumerate() {
        if nth > 0 {
            at += usize::from(text.get(at) == Some(&b'.'));
        }
        let digits = text.get(at..at + run_length(text, at).min(4))?;
        // A leading zero is a sign of something else, such as a date.
        if digits.len() > 1 && digits.starts_with(b"0") {
            return None;
        }
        let value = digits.iter().fold(0, |value, digit| {
            10 * value + u16::from(digit.wrapping_sub(b'0'))
        });
        *octet = u8::try_from(value).ok().filter(|_| !digits.is_empty())?;
        at += digits.len();
    }
    let range = start..at;
    let after = around(text, at).1;
    let goes_on = match after {
        [b'.' | b',', digit, ..] if digit.is_ascii_digit() => true,
        [b'-', next, ..] => next.is_ascii_alphanumeric(),
        [byte, ..] => byte.is_ascii_alphanumeric() || *byte == b'_',
        [] => false,
    };
    let address = Ipv4Addr::from(octets);
    let [first, rest @ ..] = octets;
    if goes_on
        || !is_public_v4(address)
        || is_network(after, octets)
        || labelled(before, &VERSIONS) && !is_behind_option(before)
        || is_drawn(before, after)
        || first <= LAST_ROOT && mentioned(text, &range, 32, OBJECTS)
    {
        return None;
    }
    let version_like =
        octets.iter().all(|&octet| octet < 30) && rest.iter().any(|&octet| octet != first);
    // "rails (7.0.8.1)", whatever it came from.
    let is_enclosed = before.ends_with(b" (") && after.starts_with(b")");
    let addresses = ADDRESSES
        .get(usize::from(is_enclosed || is_change(before, after, first))..)
        .unwrap_or_default();
    let sure = !version_like
        || mentioned(text, &range, 32, addresses)
        || matches!(before, [.., b'/' | b'@'])
        || matches!(after, [b':' | b'/', b'0'..=b'9', ..]);
    sure.then_some(Match {
        rule: "public-ipv4",
        range,
    })
}

/// Whether the word before is two options rather than a label: `nmap -sV 81.150.0.111`.
fn is_behind_option(before: &[u8]) -> bool {
    let before = tail(before, 24).trim_ascii_end();
    let word = before
        .rsplit(|byte| *byte == b' ')
        .next()
        .unwrap_or_default();
    matches!(word, [b'-', first, _] if *first != b'-')
}

/// What stands between the old and the new version of something.
const CHANGES: &[&str] = &[" to ", " -> ", " => ", " \u{2192} "];

/// Whether the other number of a change from one version to the next stands beside it, which starts with the same digits:
/// "from 6.1.7.3 to 6.1.7.6".
fn is_change(before: &[u8], after: &[u8], first: u8) -> bool {
    let first = format!("{first}.");
    let is_number = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    CHANGES.iter().any(|change| {
        let next = after.strip_prefix(change.as_bytes());
        let last = before.strip_suffix(change.as_bytes()).map(|before| {
            let length = before.iter().rev().take(16).take_while(is_number).count();
            tail(before, length)
        });
        [next, last]
            .into_iter()
            .flatten()
            .any(|version| version.starts_with(first.as_bytes()))
    })
}

/// Whether it stands between the numbers of a drawing, which are written as closely as can be: "2.83-2.12 3.51.98.32 2.03.5".
fn is_drawn(before: &[u8], after: &[u8]) -> bool {
    let is_part = |byte: &&u8| byte.is_ascii_digit() || b".-".contains(byte);
    let Some(before) = before.strip_suffix(b" ") else {
        return false;
    };
    let length = before.iter().rev().take_while(is_part).count();
    let before = tail(before, length);
    let after = after.strip_prefix(b" ").unwrap_or_default();
    let length = after.iter().take_while(is_part).count();
    let dots = memchr_iter(b'.', after.get(..length).unwrap_or_default()).count();
    let joined = before.iter().skip(1).any(|byte| *byte == b'-');
    before.contains(&b'.') && (dots == 2 || dots == 1 && joined)
}

/// Whether the prefix length that follows leaves no bits for a host.
fn is_network(after: &[u8], octets: [u8; 4]) -> bool {
    let host = |length| u32::from_be_bytes(octets).checked_shl(length);
    prefix_length(after).is_some_and(|length| host(length) == Some(0))
}

/// The length of a prefix that stands behind an address: `/16`.
fn prefix_length(after: &[u8]) -> Option<u32> {
    let length = after.strip_prefix(b"/")?;
    let digits = length.get(..run_length(length, 0).min(3))?;
    str::from_utf8(digits).ok()?.parse().ok()
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && b & 0xC0 == 64)
        || (a == 198 && b & 0xFE == 18)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99);
    !reserved
}

fn version_6(text: &[u8], start: usize) -> Option<Match> {
    const LONGEST: usize = 39;
    let (before, rest) = around(text, start);
    if !matches!(rest, [b'2' | b'3', _, _, _, b':', ..]) {
        return None;
    }
    if before
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(byte))
    {
        return None;
    }
    let length = rest
        .iter()
        .take(LONGEST + 1)
        .take_while(|byte| byte.is_ascii_hexdigit() || **byte == b':')
        .count();
    // A colon at the end belongs to the sentence, unless it is one of two.
    let candidate = rest.get(..length)?;
    let candidate = match candidate {
        [shorter @ .., last, b':'] if *last != b':' => shorter.len() + 1,
        _ => length,
    };
    let after = around(rest, candidate).1;
    if after
        .first()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    {
        return None;
    }
    let address = rest.get(..candidate)?;
    let is_whole =
        memchr_iter(b':', address).count() == 7 || address.windows(2).any(|pair| pair == b"::");
    if !is_whole {
        return None;
    }
    let address: Ipv6Addr = str::from_utf8(address).ok()?.parse().ok()?;
    let host = |length| address.to_bits().checked_shl(length);
    let is_network = prefix_length(after).is_some_and(|length| host(length) == Some(0));
    (is_public_v6(address) && !is_network).then_some(Match {
        rule: "public-ipv6",
        range: start..start + candidate,
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let documentation = (a == 0x2001 && b == 0xDB8) || (a == 0x3FFF && b < 0x1000);
    // Protocol assignments (2001::/23), such as Teredo and benchmarking.
    let protocol = a == 0x2001 && b < 0x200;
    a & 0xE000 == 0x2000 && !documentation && !protocol
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, Ip};

    fn check(marked: &str) {
        testing::check_number(&Ip, marked);
    }

    #[test]
    fn public_addresses_are_flagged() {
        check("200 ⟦81.150.0.111⟧ 0.005");
        check("client ⟦81.150.0.111⟧");
        check("⟦8.8.8.8⟧, ⟦1.1.1.1⟧");
        check("http://⟦81.150.0.111⟧:8080/x root@⟦81.150.0.111⟧");
        check("[⟦81.150.0.111⟧] ⟦81.150.0.111⟧.");
        check("ip=⟦81.150.0.111⟧ ⟦81.150.0.111⟧/32 ⟦81.150.0.111⟧/24");
        check("ping ⟦9.9.1.2⟧");
        check("⟦2a00:1450:4009:80b::200e⟧");
        check("⟦2a00:1450:4009:80b::200e⟧/64 ⟦2606:4700:4700::1111⟧/128");
        check("[⟦2606:4700:4700::1111⟧]:443, ⟦2606:4700:4700:0:0:0:0:1111⟧: ok");
        check("{\"oid\": \"5f1\", \"client_ip\": \"⟦81.150.0.111⟧\"}");
        check("地址⟦81.150.0.111⟧。");
        check("::ffff:⟦81.150.0.111⟧");
        check("nmap -sV ⟦81.150.0.111⟧");
        check("traffic from ⟦5.9.1.2⟧ to 10.0.0.1");
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in [
            "203.0.113.7",
            "c1.52-.87 2.83-2.12 3.51.98.32 2.03.5 3.11",
            "see sections \"8.2.4.44\"",
            "bumped rails from 6.1.7.3 to 6.1.7.6",
            "Requirement satisfied: foo (from y) (4.8.1.2)",
            "Chrome 120.0.60.99",
            "192.0.2.1",
            "198.51.100.2",
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.0",
            "224.0.0.1",
            "198.18.0.1",
            "v81.150.0.111",
            "version 81.150.0.111",
            "Chrome/120.0.6099.109",
            "Chrome/91.44.77.124",
            "81.150.0.111.5",
            "1.3.6.1.4.1.311",
            "2002::/16",
            "2a00:1450::/32 is a network",
            "ObjectIdentifier(\"2.5.29.30\")",
            "const OID_EDDSA = '1.3.101.112';",
            "x509\tOID_SIG_ED25519\t1.3.101.112\ted25519",
            "build 10.0.19041.1234",
            "1.2.3",
            "1.2.3.4",
            "2.10.4.1",
            "81.150.0.256",
            "081.150.0.1",
            "81.150.0.0/16",
            "81.150.0.111-beta",
            "pkg==81.150.0.111",
            "lib-81.150.0.111",
            "81.150..111",
            "std::vector<int>",
            "12:34:56",
            "2024:01:15 10:00:00",
            "2001:db8::1",
            "fe80::1",
            "::1",
            "fd00::1",
            "a::b",
            "bad::face",
            "00:1a:2b:3c:4d:5e",
            "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
            "3fff::1",
            "2024::edition",
            "2a00:1450",
            "sha256:2a00",
            "2001::1",
        ] {
            check(text);
        }
    }
}
