//! How an engine is put together.

use std::{collections::HashSet, fmt, sync::Arc, time::Duration};

use crate::{
    Engine, Gate, GateCheck, GateName, TextGate,
    check::ProbeSet,
    detect,
    engine::{Judge, Slot},
    scan::Scope,
};

/// A gate as an engine takes it: any [`Gate`], or one of the built-in text gates. Clones share the gate.
#[derive(Clone)]
#[must_use]
pub struct EngineGate {
    name: String,
    judge: Judge,
    monitored: bool,
}

impl fmt::Debug for EngineGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineGate")
            .field("name", &self.name)
            .field("monitored", &self.monitored)
            .finish_non_exhaustive()
    }
}

impl EngineGate {
    /// Gives the gate another name.
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Lets the gate run and report what it [would block](crate::GateVerdict::would_block), but block nothing: it passes,
    /// whatever it concludes, and never keeps another gate from running.
    pub fn monitored(self) -> Self {
        Self {
            monitored: true,
            ..self
        }
    }

    /// The rules for which checks of the gate hit, as findings name them; none for a gate that does not consist of checks.
    #[must_use]
    pub fn rules(&self) -> Vec<&'static str> {
        let probes = match self.judge {
            Judge::Text(probes) => probes,
            Judge::Own(_) => ProbeSet::default(),
        };
        let entries = probes.iter().flat_map(detect::entries);
        entries.map(|entry| entry.id).collect()
    }

    /// Whether an engine takes the gate, as far as that depends on the gate alone.
    ///
    /// # Errors
    ///
    /// Its name is not 1 to 200 characters long or holds an ASCII control character, or all of its checks are switched off.
    pub fn check(&self) -> Result<(), BuildError> {
        let name = &self.name;
        if !(1..=200).contains(&name.chars().count()) || name.chars().any(|c| c.is_ascii_control())
        {
            return Err(BuildError::BadName(name.clone()));
        }
        if matches!(self.judge, Judge::Text(probes) if probes.is_empty()) {
            return Err(BuildError::NoChecks(name.clone()));
        }
        Ok(())
    }
}

impl<G: Gate + 'static> From<G> for EngineGate {
    fn from(gate: G) -> Self {
        Self {
            name: gate.name().to_owned(),
            judge: Judge::Own(Arc::new(gate)),
            monitored: false,
        }
    }
}

impl<C: GateCheck> From<TextGate<C>> for EngineGate {
    fn from(gate: TextGate<C>) -> Self {
        let (name, probes) = gate.into_parts();
        Self {
            name,
            judge: Judge::Text(probes),
            monitored: false,
        }
    }
}

/// Collects the gates and settings of an [`Engine`].
#[derive(Debug)]
#[must_use]
pub struct EngineBuilder {
    gates: Vec<EngineGate>,
    budget: Duration,
    fail_fast: bool,
    scope: Scope,
}

impl EngineBuilder {
    pub(crate) fn new() -> Self {
        Self {
            gates: Vec::new(),
            budget: Duration::from_millis(50),
            fail_fast: true,
            scope: Scope::default(),
        }
    }

    /// Adds a gate. Verdicts keep the order in which gates were added.
    pub fn gate(mut self, gate: impl Into<EngineGate>) -> Self {
        self.gates.push(gate.into());
        self
    }

    /// Sets how long an evaluation may take; 50 ms unless set. Gates that have not finished by then fail.
    pub fn budget(self, budget: Duration) -> Self {
        Self { budget, ..self }
    }

    /// Sets whether the gates after the first failure are skipped; they are, unless set.
    pub fn fail_fast(self, fail_fast: bool) -> Self {
        Self { fail_fast, ..self }
    }

    /// Sets whether text gates judge the keys of objects like strings; they do not, unless set.
    pub fn judge_keys(mut self, judge: bool) -> Self {
        self.scope.keys = judge;
        self
    }

    /// Sets whether text gates judge numbers, in their shortest form, like strings; they do not, unless set.
    pub fn judge_numbers(mut self, judge: bool) -> Self {
        self.scope.numbers = judge;
        self
    }

    /// Sets whether text gates judge the JSON in strings that are under the keys `arguments`, `body` and `native`, besides
    /// the strings themselves; they do not, unless set. In that JSON they do the same, up to three strings deep. A string
    /// that is no JSON is judged as any other.
    pub fn judge_embedded_json(mut self, judge: bool) -> Self {
        self.scope.embedded_json = judge;
        self
    }

    /// Makes the engine.
    ///
    /// # Errors
    ///
    /// Gates or settings that cannot have been meant: see [`BuildError`].
    pub fn build(self) -> Result<Engine, BuildError> {
        if self.gates.is_empty() {
            return Err(BuildError::NoGates);
        }
        if self.budget.is_zero() {
            return Err(BuildError::ZeroBudget);
        }
        let mut names = HashSet::new();
        for gate in &self.gates {
            gate.check()?;
            if !names.insert(gate.name.as_str()) {
                return Err(BuildError::DuplicateName(gate.name.clone()));
            }
        }
        let slots = self.gates.into_iter().map(|gate| Slot {
            name: GateName::new(&gate.name),
            judge: gate.judge,
            monitored: gate.monitored,
        });
        Ok(Engine::new(
            slots.collect(),
            self.budget,
            self.fail_fast,
            self.scope,
        ))
    }
}

/// Why an engine was not built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An engine without gates would let everything pass.
    #[error("an engine needs at least one gate")]
    NoGates,
    /// In no time at all, no gate can finish.
    #[error("the budget must be more than zero")]
    ZeroBudget,
    /// A name that is not 1 to 200 characters, none of them a control character of ASCII.
    #[error("gate name {0:?} must be 1 to 200 characters and hold no ASCII control characters")]
    BadName(String),
    /// Two gates of one name.
    #[error("two gates are named {0:?}")]
    DuplicateName(String),
    /// A text gate whose checks are all switched off would let everything pass.
    #[error("all checks of gate {0:?} are switched off")]
    NoChecks(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, ContentCheck, Filesystem, Pii};

    fn check(builder: EngineBuilder, expected: &BuildError) {
        assert_eq!(builder.build().unwrap_err(), *expected);
    }

    #[test]
    fn what_cannot_have_been_meant_is_refused() {
        let engine = Engine::builder;
        check(engine(), &BuildError::NoGates);
        check(
            engine().gate(Pii::new()).budget(Duration::ZERO),
            &BuildError::ZeroBudget,
        );
        for name in ["", "a\nb", "\u{7f}", &"é".repeat(201)] {
            check(
                engine().gate(Pii::new().named(name)),
                &BuildError::BadName(name.to_owned()),
            );
        }
        check(
            engine()
                .gate(Pii::new())
                .gate(Filesystem::new().named("pii")),
            &BuildError::DuplicateName("pii".to_owned()),
        );
        let nothing = Content::new()
            .without(ContentCheck::Empty)
            .without(ContentCheck::Refusal);
        check(
            engine().gate(nothing),
            &BuildError::NoChecks("content".to_owned()),
        );
    }

    #[test]
    fn names_at_the_edges_are_taken() {
        let engine = Engine::builder()
            .gate(Pii::new().named("é".repeat(200)))
            .gate(Pii::new().named("\u{80}"));
        assert!(engine.build().is_ok());
    }
}
