//! Which addresses a callout reaches: names are resolved within the networks where services may be.

use crate::turns::Turns;
use pecta_policy::{Internal, Networks};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::SocketAddr;
use tokio::task_local;
use url::Url;

/// How many names are looked up at a time in all, and how many for one org. A look-up takes a thread until it ends, whoever
/// waits for it.
const LOOKUPS: usize = 64;
const OF_ONE: usize = 4;

task_local! {
    /// The org for which the task looks up names.
    pub(super) static LOOKING_UP_FOR: i64;
}

/// Resolves the names of services.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    networks: Networks,
    lookups: Turns<i64>,
}

impl Guard {
    pub(super) fn new(networks: Networks) -> Self {
        Self {
            networks,
            lookups: Turns::new(OF_ONE, LOOKUPS),
        }
    }

    /// Whether the URL may be asked, as far as it names an address itself; names are looked at when they are resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), Internal> {
        self.networks.check(url)
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
            addresses.retain(|address| guard.networks.allow(address.ip()));
            if addresses.is_empty() {
                return Err(io::Error::other(Internal).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    async fn resolve(guard: &Guard, org: i64) -> Option<usize> {
        let found = async { guard.resolve("localhost".parse().unwrap()).await };
        let found = LOOKING_UP_FOR.scope(org, found).await;
        found.map(Iterator::count).ok()
    }

    #[tokio::test]
    async fn names_lead_to_no_internal_address() {
        assert_eq!(
            resolve(&Guard::new(Networks::internet_and(&[])), 1).await,
            None
        );
        assert!(resolve(&Guard::new(Networks::all()), 1).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn slow_names_of_an_org_keep_no_other_waiting() {
        let guard = Guard::new(Networks::all());
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
}
