//! The trait that gates implement, and what they conclude.

use std::{borrow::Cow, fmt, ops::Range};

use crate::{
    Deadline, Subject,
    clock::Pace,
    scan::{MAX_FINDINGS, POINTER_ROOM},
};

/// A check of your own.
///
/// Gates run one after the other on the caller's thread. A gate that returns after the deadline is reported as failed
/// with `pecta:timeout`, one that panics as failed with `pecta:panic`.
///
/// ```
/// use pecta_gates::{Deadline, Gate, Json, Outcome, Subject};
///
/// /// Fails when a tool that must answer with an object answers with anything else.
/// struct MustBeObject;
///
/// impl Gate for MustBeObject {
///     fn name(&self) -> &str {
///         "must-be-object"
///     }
///
///     fn judge(&self, subject: &Subject<'_>, _: &Deadline<'_>) -> Outcome {
///         match subject.output {
///             Json::Object(_) => Outcome::Passed,
///             _ => Outcome::failed("output is not an object"),
///         }
///     }
/// }
/// ```
pub trait Gate: Send + Sync {
    /// The name the verdict calls this gate by: unique within an engine, 1 to 200 characters, no ASCII control characters.
    /// Read once, when the engine is built.
    fn name(&self) -> &str;

    /// Judges one subject. A reason must not quote the payload.
    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome;

    /// Tells where the gate hit, for a subject that it failed. Asked only where
    /// [findings are](crate::Engine::evaluate_with_findings); nowhere in particular unless implemented, and then a failed gate
    /// has no findings. The time is that of judging: what is not told in time makes the
    /// [verdict incomplete](crate::GateVerdict::complete).
    fn places(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        let _ = (subject, places);
    }
}

/// Collects the places where a gate hit, as far as there is time and room for them.
pub struct Places<'d> {
    pub(crate) found: Vec<Place>,
    pointer_room: usize,
    /// Whether there was no time or no room for more.
    pub(crate) is_short: bool,
    deadline: &'d Deadline<'d>,
    pace: Pace<'d>,
}

/// A place in an output where a gate hit.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) rule: &'static str,
    pub(crate) pointer: String,
    pub(crate) range: Range<usize>,
    pub(crate) details: Vec<Cow<'static, str>>,
}

impl fmt::Debug for Places<'_> {
    /// Holds no pointers, whose keys are the payload's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places")
            .field("found", &self.found.len())
            .field("is_short", &self.is_short)
            .finish_non_exhaustive()
    }
}

impl<'d> Places<'d> {
    pub(crate) fn new(deadline: &'d Deadline<'d>) -> Self {
        Self {
            found: Vec::new(),
            pointer_room: POINTER_ROOM,
            is_short: false,
            deadline,
            pace: Pace::new(deadline),
        }
    }

    /// Accounts for `bytes` that were looked through without a hit. False when the time is up: the gate should stop
    /// looking.
    pub fn spend(&mut self, bytes: usize) -> bool {
        self.is_short |= !self.pace.spend(bytes);
        !self.is_short
    }

    pub(crate) fn deadline(&self) -> &'d Deadline<'d> {
        self.deadline
    }

    /// Takes note that there are places that are not told.
    pub(crate) fn give_up(&mut self) {
        self.is_short = true;
    }

    /// Adds a place: the name of what was found, the JSON Pointer (RFC 6901) of the value within the output, and the bytes of
    /// the unescaped string that are at fault, empty when the value as a whole is. False when the time is up or there is no
    /// room, and so none for any other: the gate should stop looking. Looks at the clock each time, because finding the
    /// next place may take as long as the value is.
    pub fn add(&mut self, rule: &'static str, pointer: &str, range: Range<usize>) -> bool {
        self.add_with(rule, pointer, range, Vec::new())
    }

    /// The same, with what [`Finding::details`](crate::Finding::details) is to say.
    pub(crate) fn add_with(
        &mut self,
        rule: &'static str,
        pointer: &str,
        range: Range<usize>,
        details: Vec<Cow<'static, str>>,
    ) -> bool {
        let room = self.pointer_room.checked_sub(pointer.len());
        let has_room = self.found.len() < MAX_FINDINGS && !self.is_short;
        let Some(room) = room.filter(|_| has_room && !self.deadline.has_passed()) else {
            self.is_short = true;
            return false;
        };
        self.pointer_room = room;
        self.found.push(Place {
            rule,
            pointer: pointer.to_owned(),
            range,
            details,
        });
        true
    }
}

impl<G: Gate + ?Sized> Gate for Box<G> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        (**self).judge(subject, deadline)
    }

    fn places(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        (**self).places(subject, places);
    }
}

/// What a gate concludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is wrong.
    Passed,
    /// Something is wrong, and why.
    Failed(Cow<'static, str>),
    /// The gate does not apply here, and why. Counts as passed.
    Skipped(Cow<'static, str>),
    /// The gate does not apply, and none of the gates after it is to run either, for the same reason.
    SkippedWithRest(Cow<'static, str>),
}

impl Outcome {
    /// [`Outcome::Failed`] for the reason.
    #[must_use]
    pub fn failed(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Failed(reason.into())
    }

    /// [`Outcome::Skipped`] for the reason.
    #[must_use]
    pub fn skipped(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Skipped(reason.into())
    }
}
