//! Which rate limits a request falls under: that of its org, and that of its key where it has one of its own.

use crate::caller::Quota;
use crate::limit_headers;
use actix_web::http::header::HeaderValue;
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
            (Holder::Key(..), Quota::Administration) => "key-administration",
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

/// The limits of orgs that have none of their own: requests in 60 seconds, 0 for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerLimits {
    pub(crate) ingest: usize,
    pub(crate) default: usize,
}

/// The limits that requests of a key fall under, each more than 0: all must have room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allowance {
    org: Option<(Counted, usize)>,
    key: Option<(Counted, usize)>,
    /// How headers tell their sizes.
    policy: Option<HeaderValue>,
}

impl Allowance {
    pub(crate) fn of(key: &StoredKey, quota: Quota, server: ServerLimits) -> Self {
        let own = |limits: RateLimits| {
            let limit = match quota {
                Quota::Ingest => limits.ingest,
                Quota::Default | Quota::Administration => limits.default,
            };
            limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
        };
        let server = match quota {
            Quota::Ingest => server.ingest,
            Quota::Default | Quota::Administration => server.default,
        };
        let limited =
            |holder, limit: usize| (limit > 0).then_some((Counted { holder, quota }, limit));
        let org = own(key.org_rate_limits).unwrap_or(server);
        let org = match quota {
            Quota::Administration if org.min(server) == 0 => 0,
            // However low an org sets its own limit, it can still be administered.
            Quota::Administration => org.max(server),
            Quota::Ingest | Quota::Default => org,
        };
        let org = limited(Holder::Org(key.org), org);
        let own = own(key.rate_limits).unwrap_or(0);
        let own = limited(Holder::Key(key.org, key.id), own);
        let limits = org.into_iter().chain(own);
        let sizes = limits.map(|(counted, limit)| (counted.name(), limit));
        Self {
            org,
            key: own,
            policy: limit_headers::policy(sizes),
        }
    }

    pub(crate) fn limits(&self) -> impl Iterator<Item = (Counted, usize)> + Clone {
        self.org.into_iter().chain(self.key)
    }

    /// The quota that is limited, if there is a limit.
    pub(crate) fn quota(&self) -> Option<Quota> {
        self.limits().next().map(|(counted, _)| counted.quota)
    }

    pub(crate) fn is_unlimited(&self) -> bool {
        self.org.is_none() && self.key.is_none()
    }

    /// How headers tell the sizes of the limits, if there are any.
    pub(crate) fn policy(&self) -> Option<&HeaderValue> {
        self.policy.as_ref()
    }

    /// So many requests are let through at once at most.
    pub(crate) fn least(&self) -> Option<usize> {
        self.limits().map(|(_, limit)| limit).min()
    }
}
