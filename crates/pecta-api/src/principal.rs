//! Who sends a request, from authentication on.

use crate::allowance::{Allowance, ServerLimits};
use crate::caller::Quota;
use crate::clock::Clock;
use pecta_store::StoredKey;
use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

/// How long a key that was found is remembered, and so how long another process's revocation may
/// take to be seen here. A key that was not found is never remembered.
const MEMORY: Duration = Duration::from_secs(5);

/// A key of the store, and what its requests are limited to: put together once, when the key is looked up.
#[derive(Debug)]
pub(crate) struct Principal {
    pub(crate) key: StoredKey,
    /// When it was looked up.
    pub(crate) since: Duration,
    ingest: Allowance,
    default: Allowance,
    administration: Allowance,
}

impl Principal {
    pub(crate) fn new(key: StoredKey, since: Duration, server: ServerLimits) -> Self {
        let allowance = |quota| Allowance::of(&key, quota, server);
        Self {
            ingest: allowance(Quota::Ingest),
            default: allowance(Quota::Default),
            administration: allowance(Quota::Administration),
            key,
            since,
        }
    }

    /// Whether it was looked up so lately that it is as it was then.
    pub(crate) fn is_fresh(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) < MEMORY
    }

    /// Whether it was good then and has not expired since.
    pub(crate) fn is_usable(&self) -> bool {
        let has_expired = self.key.expires_at.is_some_and(|end| end <= Clock::wall());
        self.key.revoked_at.is_none() && !has_expired
    }

    /// The limits of requests to routes of this quota.
    pub(crate) fn allowance(&self, quota: Quota) -> &Allowance {
        match quota {
            Quota::Ingest => &self.ingest,
            Quota::Default => &self.default,
            Quota::Administration => &self.administration,
        }
    }
}

/// What authentication leaves with a request whose key is good.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) principal: Rc<Principal>,
    pub(crate) client: IpAddr,
    /// The quota that the request falls under, once its route has said so.
    pub(crate) quota: Cell<Quota>,
}

/// What it leaves with any other: from which address the request came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stranger(pub(crate) IpAddr);
