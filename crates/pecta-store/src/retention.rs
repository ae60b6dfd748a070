//! Deleting many events without being in the way: in steps, with a rest after each.

use crate::clock::now_micros;
use crate::event::EventPosition;
use std::time::Duration;

/// How many events a step looks at, and so deletes at most: few enough to cost little more than the
/// sync of its commit.
pub(crate) const STEP: u32 = 200;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// How many events it deleted.
    pub(crate) deleted: usize,
    /// Where the next one begins, unless this was the last.
    pub(crate) next: Option<EventPosition>,
}

/// How long to rest after a step that was asked for at `start`, in microseconds since the Unix epoch.
///
/// Three times as long as it took, its wait for others included: three quarters of the time, and more
/// the more others write, are theirs.
pub(crate) fn rest(start: i64) -> Duration {
    rest_after(now_micros() - start)
}

fn rest_after(micros: i64) -> Duration {
    let micros = u64::try_from(micros.saturating_mul(3)).unwrap_or(0);
    // The clock may be set while a step runs.
    Duration::from_micros(micros).clamp(Duration::from_millis(1), Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_are_longer_than_steps_and_bounded() {
        for (micros, rest) in [
            (0, 1),
            (5_000, 15),
            (200_000, 600),
            (i64::MAX, 1000),
            (-1, 1),
        ] {
            assert_eq!(rest_after(micros), Duration::from_millis(rest), "{micros}");
        }
    }
}
