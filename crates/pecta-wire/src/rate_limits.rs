//! Rate limits that an org or a key has of its own.

use crate::error::Invalid;
use crate::fields::Fields;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// More would take too much memory.
const LIMITS: RangeInclusive<u32> = 0..=10_000_000;

/// Requests in 60 seconds; 0 for no limit, null where there is none of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimitFields {
    /// To `POST /v1/ingest`.
    pub ingest: Option<u32>,
    /// To all other routes together.
    pub default: Option<u32>,
}

impl RateLimitFields {
    /// Those of the member `rate_limits`.
    pub(crate) fn of(fields: &Fields<'_, '_>) -> Result<Option<Self>, Invalid> {
        let Some(node) = fields.get("rate_limits")? else {
            return Ok(None);
        };
        let path = fields.path("rate_limits");
        let fields = Fields::of(node, &path)?;
        Ok(Some(Self {
            ingest: fields.whole("ingest", &LIMITS)?,
            default: fields.whole("default", &LIMITS)?,
        }))
    }

    /// The limit of one of the members over what is allowed.
    #[must_use]
    pub fn over(member: &str, most: u32) -> Invalid {
        Invalid::new(
            format!("rate_limits.{member}"),
            format!("must be at most {most}, and not 0: the command line sets more"),
        )
    }
}
