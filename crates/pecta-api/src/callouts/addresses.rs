//! Which addresses a callout may reach. Whoever writes a policy chooses where it asks; without a guard it could reach what
//! only this machine's own network should.

use crate::turns::Turns;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use tokio::task_local;
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

/// How many names are looked up at a time in all, and how many for one org. A look-up takes a thread until it ends, whoever
/// waits for it.
const LOOKUPS: usize = 64;
const OF_ONE: usize = 4;

task_local! {
    /// The org for which the task looks up names.
    pub(super) static LOOKING_UP_FOR: i64;
}

/// Lets the internet be reached, and such other networks as the operator allows.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    allowed: Arc<[IpNet]>,
    lookups: Turns<i64>,
}

#[derive(Debug, thiserror::Error)]
#[error("the address is in an internal network, which the server is not set to reach")]
pub(super) struct Internal;

impl Guard {
    pub(super) fn new(allowed: &[IpNet]) -> Self {
        Self {
            allowed: allowed.into(),
            lookups: Turns::new(OF_ONE, LOOKUPS),
        }
    }

    /// Whether the URL may be asked, as far as it names an address itself; names are looked at when they are resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), Internal> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        self.allows(address).then_some(()).ok_or(Internal)
    }

    fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        !is_internal(address)
            || self
                .allowed
                .iter()
                .any(|network| network.contains(&address))
    }
}

/// Resolves names to those of their addresses that may be reached, so that what was looked at is what is connected to.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        let org = LOOKING_UP_FOR.try_with(|org| *org);
        Box::pin(async move {
            let turn = guard.lookups.take(org?).await?;
            let found = tokio::spawn(async move {
                let _turn = turn;
                let found = tokio::net::lookup_host((name.as_str(), 0)).await;
                found.map(Iterator::collect::<Vec<_>>)
            });
            let mut addresses: Vec<SocketAddr> = found.await??;
            addresses.retain(|address| guard.allows(address.ip()));
            if addresses.is_empty() {
                return Err(io::Error::other(Internal).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
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
    use super::*;
    use futures_util::FutureExt as _;
    use std::str::FromStr as _;

    #[test]
    fn the_internet_may_be_reached_and_nothing_else() {
        let guard = Guard::new(&[]);
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
            assert_eq!(guard.check(&url).is_ok(), is_allowed, "{host}");
        }
    }

    #[test]
    fn what_the_operator_allows_may_be_reached() {
        let networks = ["10.1.0.0/16", "::1/128"].map(|text| IpNet::from_str(text).unwrap());
        let guard = Guard::new(&networks);
        for (host, is_allowed) in [
            ("10.1.2.3", true),
            ("[::ffff:10.1.2.3]", true),
            ("10.2.0.0", false),
            ("[::1]", true),
            ("127.0.0.1", false),
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(guard.check(&url).is_ok(), is_allowed, "{host}");
        }
    }

    async fn resolve(guard: &Guard, org: i64) -> Option<usize> {
        let found = async { guard.resolve("localhost".parse().unwrap()).await };
        let found = LOOKING_UP_FOR.scope(org, found).await;
        found.map(Iterator::count).ok()
    }

    #[tokio::test]
    async fn names_lead_to_no_internal_address() {
        assert_eq!(resolve(&Guard::new(&[]), 1).await, None);
        assert!(resolve(&Guard::new(&everything()), 1).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn slow_names_of_an_org_keep_no_other_waiting() {
        let guard = Guard::new(&everything());
        let mut slow = Vec::new();
        while let Some(turn) = guard.lookups.take(1).now_or_never() {
            slow.push(turn.unwrap());
        }
        assert_eq!(slow.len(), OF_ONE);
        assert!(resolve(&guard, 1).now_or_never().is_none());
        assert!(resolve(&guard, 2).await.is_some());
        slow.pop();
        assert!(resolve(&guard, 1).await.is_some());
    }

    fn everything() -> [IpNet; 2] {
        ["0.0.0.0/0", "::/0"].map(|text| IpNet::from_str(text).unwrap())
    }
}
