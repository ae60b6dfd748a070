//! What the gates have in common that judge every string of an output.

use crate::{
    Profile,
    check::{Check, ProbeSet},
};

/// A gate that consists of checks `C` on every string of the output, however deeply nested. Object keys are judged only
/// [when asked for](crate::EngineBuilder::judge_keys).
///
/// The text gates of an engine share one walk over the output. Known by the names of its kinds:
/// [`Filesystem`](crate::Filesystem), [`Pii`](crate::Pii), [`Content`](crate::Content), [`Secrets`](crate::Secrets),
/// [`Injection`](crate::Injection) and [`Destructive`](crate::Destructive).
///
/// ```
/// use pecta_gates::{Pii, PiiCheck};
///
/// let gate = Pii::new().named("numbers").without(PiiCheck::Email).with(PiiCheck::Card);
/// ```
#[derive(Clone, Debug)]
pub struct TextGate<C> {
    name: String,
    profile: Profile,
    checks: Vec<C>,
}

impl<C: GateCheck> TextGate<C> {
    /// The gate under its own name and the strict profile, with the checks that are on by default.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: C::GATE.to_owned(),
            profile: Profile::default(),
            checks: C::DEFAULT.to_vec(),
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

    /// Sets how the checks judge.
    #[must_use]
    pub fn profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// Switches a check on.
    #[must_use]
    pub fn with(mut self, check: C) -> Self {
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
        self
    }

    /// Switches a check off.
    #[must_use]
    pub fn without(mut self, check: C) -> Self {
        self.checks.retain(|&other| other != check);
        self
    }

    pub(crate) fn into_parts(self) -> (String, ProbeSet) {
        let checks = self.checks.into_iter().map(Into::<Check>::into);
        let probes = checks.map(|check| check.under(self.profile)).collect();
        (self.name, probes)
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

    /// The checks that are on unless switched off.
    const DEFAULT: &'static [Self] = Self::ALL;

    /// The name of the check.
    fn name(self) -> &'static str {
        Into::<Check>::into(self).name()
    }
}
