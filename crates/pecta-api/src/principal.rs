//! Who sends a request, from authentication on.

use crate::allowance::{Allowance, ServerLimits};
use crate::caller::Quota;
use pecta_store::StoredKey;
use std::cell::Cell;
use std::net::IpAddr;
use std::sync::Arc;

/// A key of the store, and what its requests are limited to: put together once, when the key is looked up.
#[derive(Debug)]
pub(crate) struct Principal {
    pub(crate) key: StoredKey,
    ingest: Allowance,
    default: Allowance,
    administration: Allowance,
}

impl Principal {
    pub(crate) fn new(key: StoredKey, server: ServerLimits) -> Self {
        let allowance = |quota| Allowance::of(&key, quota, server);
        Self {
            ingest: allowance(Quota::Ingest),
            default: allowance(Quota::Default),
            administration: allowance(Quota::Administration),
            key,
        }
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
    pub(crate) principal: Arc<Principal>,
    pub(crate) client: IpAddr,
    /// The quota that the request falls under, once its route has said so.
    pub(crate) quota: Cell<Quota>,
    /// Whether it was counted against its limits, or refused by them.
    pub(crate) is_weighed: Cell<bool>,
}

/// What it leaves with any other: from which address the request came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stranger(pub(crate) IpAddr);
