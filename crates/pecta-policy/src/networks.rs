//! Where services may be. Whoever writes a policy chooses whom it asks; without a guard it could reach what only the server's
//! own network should.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// What is not the internet, by the registries of special-purpose addresses (IANA, RFC 6890), and multicast.
const INTERNAL_V4: [Ipv4Net; 17] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    // The host of a virtual machine at Azure, which only looks public.
    v4(168, 63, 129, 16, 32),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 52, 193, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 3),
];
/// The only addresses of IPv6 that are given out.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);
/// What among them is not the internet, or leads to an address of IPv4 that is in it (Teredo, 6to4).
const INTERNAL_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0, 0], 23),
    v6([0x2001, 0x0db8, 0, 0], 32),
    v6([0x2002, 0, 0, 0], 16),
    v6([0x3fff, 0, 0, 0], 20),
];

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([a, b, c, d]: [u16; 4], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), length)
}

/// Where services may be: on the internet, and in internal networks that are allowed.
#[derive(Clone, Debug)]
pub struct Networks(Arc<[IpNet]>);

/// An address at which no service may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is in an internal network, which the server is not set to reach")]
pub struct Internal;

impl Networks {
    /// The internet and these.
    #[must_use]
    pub fn internet_and(internal: &[IpNet]) -> Self {
        Self(internal.into())
    }

    /// All there are.
    #[must_use]
    pub fn all() -> Self {
        let v4 = Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0);
        let v6 = Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 0);
        Self::internet_and(&[v4.into(), v6.into()])
    }

    /// Whether a service may be at the address.
    #[must_use]
    pub fn allow(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let mut allowed = self.0.iter();
        !is_internal(address) || allowed.any(|network| network.contains(&address))
    }

    /// Whether the URL may be asked, as far as it names an address itself. Where names lead, only resolving them tells.
    ///
    /// # Errors
    ///
    /// The address is an internal one that is not allowed.
    pub fn check(&self, url: &Url) -> Result<(), Internal> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        self.allow(address).then_some(()).ok_or(Internal)
    }
}

fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => INTERNAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            !GLOBAL_V6.contains(&address)
                || INTERNAL_V6.iter().any(|network| network.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn the_internet_may_be_reached_and_nothing_else() {
        let networks = Networks::internet_and(&[]);
        for (host, is_allowed) in [
            ("1.1.1.1", true),
            ("172.15.255.255", true),
            ("172.32.0.0", true),
            ("100.63.255.255", true),
            ("223.255.255.255", true),
            ("[2606:4700::1111]", true),
            ("[2a00:1450::1]", true),
            ("gates.example", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("127.1", false),
            ("0x7f000001", false),
            ("2130706433", false),
            ("0177.0.0.1", false),
            ("168.63.129.16", false),
            ("168.63.129.17", true),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.168.0.1", false),
            ("198.19.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("[::]", false),
            ("[::1]", false),
            ("[::ffff:127.0.0.1]", false),
            ("[::ffff:1.1.1.1]", true),
            ("[::127.0.0.1]", false),
            ("[64:ff9b::7f00:1]", false),
            ("[2001::1]", false),
            ("[2001:db8::1]", false),
            ("[2002:7f00:1::]", false),
            ("[fc00::1]", false),
            ("[fe80::1]", false),
            ("[ff02::1]", false),
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(networks.check(&url).is_ok(), is_allowed, "{host}");
            assert!(Networks::all().check(&url).is_ok());
        }
    }

    #[test]
    fn what_the_operator_allows_may_be_reached() {
        let networks = ["10.1.0.0/16", "::1/128"].map(|text| IpNet::from_str(text).unwrap());
        let networks = Networks::internet_and(&networks);
        for (host, is_allowed) in [
            ("10.1.2.3", true),
            ("[::ffff:10.1.2.3]", true),
            ("10.2.0.0", false),
            ("[::1]", true),
            ("127.0.0.1", false),
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(networks.check(&url).is_ok(), is_allowed, "{host}");
            assert!(Networks::all().check(&url).is_ok());
        }
    }
}
