//! Which rate limits a request falls under: that of its org, and that of its key where it has one of its own.

use crate::caller::Quota;
use pecta_store::{KeyId, OrgId, RateLimits, StoredKey};
use std::fmt;

/// Whose requests a window counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    Org(OrgId),
    Key(OrgId, KeyId),
}

/// What a window counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Counted {
    holder: Holder,
    quota: Quota,
}

impl Counted {
    /// How headers call it.
    pub(crate) fn name(self) -> &'static str {
        match (self.holder, self.quota) {
            (Holder::Org(_), quota) => quota.name(),
            (Holder::Key(..), Quota::Ingest) => "key-ingest",
            (Holder::Key(..), Quota::Default) => "key-default",
        }
    }
}

/// The place where several servers count it.
impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quota = self.quota.name();
        match self.holder {
            Holder::Org(org) => write!(f, "pecta:limit:{}:{quota}", org.get()),
            Holder::Key(org, key) => {
                write!(f, "pecta:limit:{}:key:{}:{quota}", org.get(), key.get())
            }
        }
    }
}

/// The limits that requests of a key fall under, each more than 0: all must have room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allowance {
    org: Option<(Counted, usize)>,
    key: Option<(Counted, usize)>,
}

impl Allowance {
    /// `server` is the limit of orgs that have none of their own.
    pub(crate) fn of(key: &StoredKey, quota: Quota, server: usize) -> Self {
        let own = |limits: RateLimits| {
            let limit = match quota {
                Quota::Ingest => limits.ingest,
                Quota::Default => limits.default,
            };
            limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
        };
        let limited =
            |holder, limit: usize| (limit > 0).then_some((Counted { holder, quota }, limit));
        Self {
            org: limited(
                Holder::Org(key.org),
                own(key.org_rate_limits).unwrap_or(server),
            ),
            key: limited(
                Holder::Key(key.org, key.id),
                own(key.rate_limits).unwrap_or(0),
            ),
        }
    }

    pub(crate) fn limits(&self) -> Vec<(Counted, usize)> {
        self.org.into_iter().chain(self.key).collect()
    }

    /// So many requests are let through at once at most.
    pub(crate) fn least(&self) -> Option<usize> {
        let limits = self.org.iter().chain(&self.key);
        limits.map(|(_, limit)| *limit).min()
    }
}
