//! Tenants.

use crate::audit::Act;
use crate::error::StoreError;
use crate::rate_limits::{Columns, LimitChange, RateLimits, allows};

/// An org, as proof that whoever holds it may act within it: only the store hands one out, with a
/// key that it knows or, to the command line, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrgId(i64);

/// Which signature verdicts must have that are sent to an org.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RequiredSignature {
    /// None.
    #[default]
    None,
    /// Any.
    Any,
    /// One that covers a time, and so is taken once.
    Timed,
}

impl RequiredSignature {
    /// As it is stored: whether there must be one, and whether that must cover a time.
    pub(crate) const fn columns(self) -> (bool, bool) {
        (!matches!(self, Self::None), matches!(self, Self::Timed))
    }

    pub(crate) const fn from_columns(columns: (bool, bool)) -> Self {
        match columns {
            (false, _) => Self::None,
            (true, false) => Self::Any,
            (true, true) => Self::Timed,
        }
    }

    /// How settings and the audit log call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "false",
            Self::Any => "true",
            Self::Timed => "timed",
        }
    }
}

/// What can be set for an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgSettings {
    /// Its name.
    pub name: String,
    /// Which signature verdicts must have that are sent to it.
    pub require_signature: RequiredSignature,
    /// The rate limits of its own.
    pub rate_limits: RateLimits,
}

impl OrgSettings {
    pub(crate) fn of(row: Option<(String, (bool, bool), Columns)>) -> Result<Self, StoreError> {
        let (name, signature, limits) = row.ok_or(StoreError::Internal("an org was lost"))?;
        Ok(Self {
            name,
            require_signature: RequiredSignature::from_columns(signature),
            rate_limits: RateLimits::from_columns(limits)?,
        })
    }

    /// Refuses limits that are higher than these, where `server` is what no limit of its own means.
    pub(crate) fn check_lowers(&self, after: &Self, server: RateLimits) -> Result<(), StoreError> {
        let (before, after) = (self.rate_limits, after.rate_limits);
        let (held, wanted) = (before.or(server), after.or(server));
        for (member, held, wanted) in [
            ("ingest", held.ingest, wanted.ingest),
            ("default", held.default, wanted.default),
        ] {
            if let Some(most) = held.filter(|_| !allows(held, wanted)) {
                return Err(StoreError::OverLimit { member, most });
            }
        }
        Ok(())
    }

    /// These with a change.
    pub(crate) fn changed(&self, change: OrgChange) -> Self {
        let limits = self.rate_limits;
        Self {
            name: self.name.clone(),
            require_signature: change.require_signature.unwrap_or(self.require_signature),
            rate_limits: RateLimits {
                ingest: change.rate_limit_ingest.of(limits.ingest),
                default: change.rate_limit_default.of(limits.default),
            },
        }
    }
}

/// What is to be set for an org; what is left out stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrgChange {
    /// Which signature verdicts must have that are sent to it.
    pub require_signature: Option<RequiredSignature>,
    /// The rate limit of `POST /v1/ingest`.
    pub rate_limit_ingest: LimitChange,
    /// That of all other routes.
    pub rate_limit_default: LimitChange,
}

impl OrgChange {
    /// How the audit log tells it.
    pub(crate) fn act(self, name: &str) -> Act {
        Act::on(name, "org.set")
            .with_any(
                "require_signature",
                self.require_signature.map(RequiredSignature::as_str),
            )
            .with_any("rate_limit_ingest", self.rate_limit_ingest.told())
            .with_any("rate_limit_default", self.rate_limit_default.told())
    }
}

impl OrgId {
    pub(crate) const fn from_row(id: i64) -> Self {
        Self(id)
    }

    /// The number, for logs.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}
