//! From which address a client calls.

use actix_web::HttpRequest;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const FORWARDED_FOR: &str = "X-Forwarded-For";

/// The address of the client: that of the connection, or when this is of a trusted proxy what it says. Proxies append to the
/// header, so that of its addresses the last one that is not of a trusted proxy is the one that a trusted proxy saw.
pub(crate) fn client_address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    if trusted.is_empty() {
        return peer;
    }
    let headers = request.headers().get_all(FORWARDED_FOR);
    // What is no text is no address, and what stands before it is not to be believed.
    let headers: Vec<_> = headers.map(|value| value.to_str().unwrap_or("?")).collect();
    nearest_stranger(peer, &headers, trusted)
}

fn nearest_stranger(peer: IpAddr, headers: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| {
        let address = address.to_canonical();
        trusted.iter().any(|network| network.contains(&address))
    };
    let hops = headers.iter().rev().flat_map(|header| header.rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        if !is_trusted(nearest) {
            break;
        }
        match address(hop.trim()) {
            Some(hop) => nearest = hop,
            None => break,
        }
    }
    nearest
}

/// An address, maybe with a port or in brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']'));
    let with_port = || Some(hop.parse::<SocketAddr>().ok()?.ip());
    bare.unwrap_or(hop).parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        for (peer, headers, client) in [
            ("192.0.2.1", &[][..], "192.0.2.1"),
            ("192.0.2.1", &["198.51.100.1"], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("fd00::1", &["2001:db8::1"], "2001:db8::1"),
            ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("10.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1"),
            ("10.0.0.1", &["198.51.100.1:80"], "198.51.100.1"),
            // What the client itself sends stands before what the proxies saw.
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.1 , 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
        ] {
            let found = nearest_stranger(peer.parse().unwrap(), headers, &trusted);
            assert_eq!(
                found,
                client.parse::<IpAddr>().unwrap(),
                "{peer} {headers:?}"
            );
        }
    }
}
