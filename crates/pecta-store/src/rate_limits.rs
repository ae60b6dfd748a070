//! Rate limits of orgs and keys that are not the server's.

use crate::error::StoreError;

/// Requests in 60 seconds; 0 for no limit, none where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// To `POST /v1/ingest`.
    pub ingest: Option<u32>,
    /// To all other routes together.
    pub default: Option<u32>,
}

/// What becomes of a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LimitChange {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is what the server says.
    Server,
    /// It is this one.
    To(u32),
}

/// The columns behind them.
pub(crate) type Columns = (Option<i64>, Option<i64>);

/// Whether a limit is no higher than another.
pub(crate) fn allows(most: Option<u32>, wanted: Option<u32>) -> bool {
    let most = most.filter(|most| *most > 0);
    let wanted = wanted.filter(|wanted| *wanted > 0);
    most.is_none_or(|most| wanted.is_some_and(|wanted| wanted <= most))
}

impl RateLimits {
    /// These, and the others where nothing is said.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            ingest: self.ingest.or(others.ingest),
            default: self.default.or(others.default),
        }
    }

    pub(crate) fn from_columns((ingest, default): Columns) -> Result<Self, StoreError> {
        let limit = |stored: Option<i64>| {
            let limit = stored.map(u32::try_from).transpose();
            limit.map_err(|_| StoreError::corrupt("a rate limit"))
        };
        Ok(Self {
            ingest: limit(ingest)?,
            default: limit(default)?,
        })
    }

    pub(crate) fn columns(self) -> Columns {
        (self.ingest.map(i64::from), self.default.map(i64::from))
    }
}

impl LimitChange {
    /// The change to what is said or not.
    #[must_use]
    pub fn to(limit: Option<u32>) -> Self {
        limit.map_or(Self::Server, Self::To)
    }

    pub(crate) fn of(self, current: Option<u32>) -> Option<u32> {
        match self {
            Self::Keep => current,
            Self::Server => None,
            Self::To(limit) => Some(limit),
        }
    }

    /// How the audit log tells it.
    pub(crate) fn told(self) -> Option<String> {
        match self {
            Self::Keep => None,
            Self::Server => Some("server".to_owned()),
            Self::To(limit) => Some(limit.to_string()),
        }
    }
}
