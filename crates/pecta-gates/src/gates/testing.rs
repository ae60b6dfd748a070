//! What the tests of gates that judge for themselves have in common.

use std::time::Duration;

use crate::{Deadline, Gate, Outcome, Subject};

/// What the gate concludes with all the time it wants: `passed`, or the kind of the outcome and its reason.
pub(crate) fn judge(gate: &dyn Gate, subject: &Subject<'_>) -> String {
    let stopped = || Duration::ZERO;
    match gate.judge(subject, &Deadline::new(&stopped, Duration::MAX)) {
        Outcome::Passed => "passed".to_owned(),
        Outcome::Failed(reason) => format!("failed: {reason}"),
        Outcome::Skipped(reason) => format!("skipped: {reason}"),
        Outcome::SkippedWithRest(reason) => format!("skipped with rest: {reason}"),
    }
}
