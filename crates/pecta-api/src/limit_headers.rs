//! The headers that tell of rate limits, as draft-ietf-httpapi-ratelimit-headers-10 has them.

use crate::limiter::{Standing, WINDOW};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use std::fmt::Write as _;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The size of each limit (`q`, within a window of `w` seconds), if there are any.
pub(crate) fn policy(limits: impl Iterator<Item = (&'static str, usize)>) -> Option<HeaderValue> {
    let window = WINDOW.as_secs();
    let one = |(name, limit)| format!("\"{name}\";q={limit};w={window}");
    let text = limits.map(one).collect::<Vec<_>>().join(", ");
    let text = (!text.is_empty()).then_some(text)?;
    HeaderValue::from_maybe_shared(text).ok()
}

/// Adds the sizes of limits and what is left of each: `r` requests, and one more in `t` seconds.
pub(crate) fn insert(
    headers: &mut HeaderMap,
    policy: &HeaderValue,
    standings: impl Iterator<Item = (&'static str, Standing)>,
) {
    let mut text = String::with_capacity(64);
    for (name, Standing { remaining, reset }) in standings {
        let gap = if text.is_empty() { "" } else { ", " };
        // Writing to a text does not fail.
        let _ = write!(text, "{gap}\"{name}\";r={remaining};t={reset}");
    }
    if let Ok(left) = HeaderValue::from_str(&text) {
        headers.insert(POLICY, policy.clone());
        headers.insert(LIMIT, left);
    }
}
