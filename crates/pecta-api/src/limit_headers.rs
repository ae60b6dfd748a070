//! The headers that tell of rate limits, as draft-ietf-httpapi-ratelimit-headers-10 has them.

use crate::limiter::{Standing, WINDOW};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

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

/// Adds the sizes of limits alone.
pub(crate) fn insert_policy(headers: &mut HeaderMap, policy: &HeaderValue) {
    headers.append(POLICY, policy.clone());
}

/// Adds the sizes of limits and what is left of each: `r` requests, and one more in `t` seconds.
pub(crate) fn insert(
    headers: &mut HeaderMap,
    policy: &HeaderValue,
    standings: impl Iterator<Item = (&'static str, Standing)>,
) {
    let (mut text, mut digits) = (String::with_capacity(64), itoa::Buffer::new());
    for (name, Standing { remaining, reset }) in standings {
        text.push_str(if text.is_empty() { "\"" } else { ", \"" });
        text.push_str(name);
        text.push_str("\";r=");
        text.push_str(digits.format(remaining));
        text.push_str(";t=");
        text.push_str(digits.format(reset));
    }
    if let Ok(left) = HeaderValue::from_str(&text) {
        insert_policy(headers, policy);
        headers.append(LIMIT, left);
    }
}
