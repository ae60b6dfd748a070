//! The one place where the program itself reads the clock.

use chrono::{DateTime, Utc};
use std::time::SystemTime;

/// The time of day.
#[expect(
    clippy::disallowed_methods,
    reason = "the composing layer hands time to the others"
)]
pub(crate) fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}
