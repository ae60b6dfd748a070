//! The one place where the API reads the clock.

use chrono::{DateTime, Utc};
use std::time::{Duration, Instant, SystemTime};

/// Time since the process began to serve; it never goes back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Instant,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the composing layer hands time to the pure crates"
)]
impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// Now, as timers count.
    pub(crate) fn instant() -> Instant {
        Instant::now()
    }

    /// The time of day, for timestamps.
    pub(crate) fn wall() -> DateTime<Utc> {
        SystemTime::now().into()
    }
}

impl pecta_gates::Clock for Clock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}
