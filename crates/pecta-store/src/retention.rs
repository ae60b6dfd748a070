//! Deleting many events without being in the way: in steps, with a rest after each.

use crate::event::EventPosition;
use std::time::Duration;

/// How many events a step looks at, and so deletes at most. It holds the write lock for a few
/// milliseconds, about as long as a large group commit.
pub(crate) const STEP: u32 = 500;
/// The rest after a step. Records that wait are committed at once; this leaves the disk to them.
pub(crate) const PAUSE: Duration = Duration::from_millis(10);

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// How many events it deleted.
    pub(crate) deleted: usize,
    /// Where the next one begins, unless this was the last.
    pub(crate) next: Option<EventPosition>,
}
