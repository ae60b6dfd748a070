//! The headers that tell of rate limits, as draft-ietf-httpapi-ratelimit-headers-10 has them.

use crate::limiter::{Standing, WINDOW};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Adds a limit's size (`q`, within a window of `w` seconds) and what is left of it: `r` requests, and one more in `t` seconds.
pub(crate) fn insert(headers: &mut HeaderMap, name: &str, limit: usize, standing: Standing) {
    let Standing { remaining, reset } = standing;
    let window = WINDOW.as_secs();
    for (header, text) in [
        (POLICY, format!("\"{name}\";q={limit};w={window}")),
        (LIMIT, format!("\"{name}\";r={remaining};t={reset}")),
    ] {
        if let Ok(value) = HeaderValue::from_maybe_shared(text) {
            headers.insert(header, value);
        }
    }
}
