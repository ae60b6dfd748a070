//! The one place where the store reads the clock.

use std::time::SystemTime;

/// Microseconds since the Unix epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "ids and the times of administrative acts are the store's own"
)]
pub(crate) fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |time| {
        i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
    })
}
