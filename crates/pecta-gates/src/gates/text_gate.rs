//! What the gates have in common that judge every string of an output.

use crate::check::{Check, CheckSet};

/// A gate that consists of checks `C` on every string of the output, however deeply nested. Object keys are not judged.
///
/// The text gates of an engine share one walk over the output. Known by the names of its kinds:
/// [`Filesystem`](crate::Filesystem), [`Pii`](crate::Pii) and [`Content`](crate::Content).
///
/// ```
/// use pecta_gates::{Pii, PiiCheck};
///
/// let gate = Pii::new().named("pii-without-email").without(PiiCheck::Email);
/// ```
#[derive(Clone, Debug)]
pub struct TextGate<C> {
    name: String,
    checks: Vec<C>,
}

impl<C: GateCheck> TextGate<C> {
    /// The gate under its own name, with all checks.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: C::GATE.to_owned(),
            checks: C::ALL.to_vec(),
        }
    }

    /// Gives the gate another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Switches a check off.
    #[must_use]
    pub fn without(mut self, check: C) -> Self {
        self.checks.retain(|&other| other != check);
        self
    }

    pub(crate) fn into_parts(self) -> (String, CheckSet) {
        (self.name, self.checks.into_iter().map(Into::into).collect())
    }
}

impl<C: GateCheck> Default for TextGate<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// The checks of one kind of text gate. Implemented by this crate alone.
pub trait GateCheck: Copy + Eq + Into<Check> + 'static {
    /// The name of the gate, unless it is given another.
    const GATE: &'static str;

    /// The checks, in the order in which they name the gate's reason.
    const ALL: &'static [Self];

    /// The name of the check.
    fn name(self) -> &'static str {
        Into::<Check>::into(self).name()
    }
}
