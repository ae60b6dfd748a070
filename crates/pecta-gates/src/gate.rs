//! The trait that gates implement, and what they conclude.

use std::{borrow::Cow, ops::Range};

use crate::{Deadline, Subject};

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
    /// The name the verdict calls this gate by: unique within an engine, 1 to 200 characters, no control characters.
    /// Read once, when the engine is built.
    fn name(&self) -> &str;

    /// Judges one subject. A reason must not quote the payload.
    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome;

    /// Where the gate hit, for a subject that it failed. Asked only where
    /// [findings are](crate::Engine::evaluate_with_findings); nowhere in particular unless implemented, and then a failed gate
    /// has no findings.
    fn places(&self, subject: &Subject<'_>) -> Vec<Place> {
        let _ = subject;
        Vec::new()
    }
}

/// A place in an output where a gate hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of what the gate found.
    pub rule: &'static str,
    /// The JSON Pointer (RFC 6901) of the value within the output.
    pub pointer: String,
    /// The bytes of the unescaped string that are at fault. Empty when the value as a whole is.
    pub range: Range<usize>,
}

impl<G: Gate + ?Sized> Gate for Box<G> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        (**self).judge(subject, deadline)
    }

    fn places(&self, subject: &Subject<'_>) -> Vec<Place> {
        (**self).places(subject)
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
