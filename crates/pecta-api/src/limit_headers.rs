//! The headers that tell of rate limits, as draft-ietf-httpapi-ratelimit-headers-10 has them.

use crate::limiter::{Standing, WINDOW};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Adds each limit's size (`q`, within a window of `w` seconds) and what is left of it: `r` requests, and one more in `t` seconds.
pub(crate) fn insert(headers: &mut HeaderMap, limits: &[(&str, usize, Standing)]) {
    if limits.is_empty() {
        return;
    }
    let window = WINDOW.as_secs();
    let policy =
        |(name, limit, _): &(&str, usize, Standing)| format!("\"{name}\";q={limit};w={window}");
    let left = |(name, _, standing): &(&str, usize, Standing)| {
        format!("\"{name}\";r={};t={}", standing.remaining, standing.reset)
    };
    let policies: Vec<_> = limits.iter().map(policy).collect();
    let left: Vec<_> = limits.iter().map(left).collect();
    for (header, text) in [(POLICY, policies.join(", ")), (LIMIT, left.join(", "))] {
        if let Ok(value) = HeaderValue::from_maybe_shared(text) {
            headers.insert(header, value);
        }
    }
}
