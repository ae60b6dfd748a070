//! Time, which the caller brings along, and the deadline that all gates share.

use std::{fmt, time::Duration};

/// A monotonic clock.
///
/// Every closure that returns a [`Duration`] is one:
///
/// ```
/// use pecta_gates::Clock;
///
/// let start = std::time::Instant::now();
/// let clock: &dyn Clock = &|| start.elapsed();
/// assert!(clock.now() <= clock.now());
/// ```
pub trait Clock {
    /// The time that has passed since a fixed point, the same one at every call.
    fn now(&self) -> Duration;
}

impl<F: Fn() -> Duration> Clock for F {
    fn now(&self) -> Duration {
        self()
    }
}

/// The moment at which a verdict is due. A gate that takes long should look at it now and then and give up when it has
/// passed: a gate that has not finished by then is reported as failed, whatever it returns.
pub struct Deadline<'a> {
    clock: &'a dyn Clock,
    due: Duration,
}

impl<'a> Deadline<'a> {
    pub(crate) fn new(clock: &'a dyn Clock, due: Duration) -> Self {
        Self { clock, due }
    }

    /// Whether the time is up. Reads the clock, which costs about as much as scanning a few hundred bytes.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.is_due_at(self.now())
    }

    /// How much time is left; zero when it is up.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.due.saturating_sub(self.now())
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(crate) fn is_due_at(&self, now: Duration) -> bool {
        now >= self.due
    }
}

impl fmt::Debug for Deadline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Deadline");
        f.field("due", &self.due).finish_non_exhaustive()
    }
}

/// Looks at the deadline after every so many bytes of work, because reading the clock costs more than most strings.
#[derive(Debug)]
pub struct Pace<'a> {
    deadline: &'a Deadline<'a>,
    credit: usize,
    late: bool,
}

impl<'a> Pace<'a> {
    /// How many bytes are worked through between two looks at the deadline: some tens of microseconds.
    pub(crate) const STRIDE: usize = 64 * 1024;

    /// Starts with no work done.
    #[must_use]
    pub fn new(deadline: &'a Deadline<'a>) -> Self {
        Self {
            deadline,
            credit: Self::STRIDE,
            late: false,
        }
    }

    /// Accounts for `bytes` of work. False once the deadline has been seen to have passed.
    pub fn spend(&mut self, bytes: usize) -> bool {
        if let Some(credit) = self.credit.checked_sub(bytes) {
            self.credit = credit;
        } else {
            self.credit = Self::STRIDE;
            self.late = self.late || self.deadline.has_passed();
        }
        !self.late
    }
}
