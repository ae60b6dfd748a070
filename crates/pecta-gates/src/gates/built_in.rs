//! The built-in gates by name, for settings and command lines.

use super::{
    ContentCheck, DestructiveCheck, FilesystemCheck, GateCheck, InjectionCheck, PiiCheck,
    SecretsCheck, TextGate, rtb,
};
use crate::{EngineGate, Profile, Rule};

/// A built-in gate as settings name it. Gates that need more than a name are not among them: [`Latency`](crate::Latency)
/// needs a limit and `Schema` a schema.
///
/// ```
/// use pecta_gates::{BuiltIn, Checks, Engine, Profile};
///
/// let pii = BuiltIn::find("pii").unwrap();
/// let gate = pii.gate(Profile::Standard, Checks::Only(&["email", "card"]))?;
/// let engine = Engine::builder().gate(gate).build()?;
///
/// assert!(pii.gate(Profile::Standard, Checks::Only(&["e-mail"])).is_err());
/// assert!(BuiltIn::find("PII").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BuiltIn {
    name: &'static str,
    checks: fn() -> Vec<&'static str>,
    default_checks: fn() -> Vec<&'static str>,
    rules: fn() -> Vec<Rule>,
    make: fn(Profile, &Checks<'_>) -> EngineGate,
}

/// Which checks of a gate are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checks<'a> {
    /// Those that are on unless switched off. For a gate that does not consist of checks, this is the only choice.
    #[default]
    Default,
    /// All of them.
    All,
    /// These and no others, by name.
    Only(&'a [&'a str]),
}

/// A check that a gate does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCheck {
    /// The gate has other checks.
    #[error("gate {gate} has no check {check:?}; it has {}", allowed.join(", "))]
    Unknown {
        /// The name of the gate.
        gate: &'static str,
        /// The name that was given.
        check: String,
        /// The checks of the gate.
        allowed: Vec<&'static str>,
    },
    /// The gate does not consist of checks.
    #[error("gate {gate} has no checks to choose from")]
    NoChoice {
        /// The name of the gate.
        gate: &'static str,
    },
}

const ALL: &[BuiltIn] = &[
    BuiltIn::text::<FilesystemCheck>(),
    BuiltIn::text::<PiiCheck>(),
    BuiltIn::text::<ContentCheck>(),
    BuiltIn::text::<SecretsCheck>(),
    BuiltIn::text::<InjectionCheck>(),
    BuiltIn::text::<DestructiveCheck>(),
    BuiltIn::whole("rtb.tmax-guard", |_, _| rtb::TmaxGuard::new().into()),
    BuiltIn::whole("rtb.impid-match", |_, _| rtb::ImpidMatch::new().into()),
    BuiltIn::whole("rtb.adomain-verify", |_, _| {
        rtb::AdomainVerify::new().into()
    }),
    BuiltIn::whole("rtb.bid-sanity", |_, _| rtb::BidSanity::new().into()),
    BuiltIn::whole("rtb.audience-safety", |_, _| {
        rtb::AudienceSafety::new().into()
    }),
    BuiltIn::whole("rtb.bcat-compliance", |_, _| {
        rtb::BcatCompliance::new().into()
    }),
];

impl BuiltIn {
    /// Every one of them, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        ALL.iter()
    }

    /// The gate of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|gate| gate.name == name)
    }

    /// The name of the gate.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The names of the gate's checks; none when it does not consist of checks.
    #[must_use]
    pub fn checks(&self) -> Vec<&'static str> {
        (self.checks)()
    }

    /// The names of the checks that are on by default.
    #[must_use]
    pub fn default_checks(&self) -> Vec<&'static str> {
        (self.default_checks)()
    }

    /// The rules of the gate's checks, check by check; none when it does not consist of checks. Gates of bids list theirs
    /// themselves, as [`rtb::BidSanity::rules`] does.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        (self.rules)()
    }

    /// Makes the gate. A gate that has no profiles is the same under all of them.
    ///
    /// # Errors
    ///
    /// The gate does not have a check, or none to choose from.
    pub fn gate(&self, profile: Profile, checks: Checks<'_>) -> Result<EngineGate, InvalidCheck> {
        let allowed = self.checks();
        if checks != Checks::Default && allowed.is_empty() {
            return Err(InvalidCheck::NoChoice { gate: self.name });
        }
        if let Checks::Only(names) = checks
            && let Some(check) = names.iter().find(|name| !allowed.contains(name))
        {
            return Err(InvalidCheck::Unknown {
                gate: self.name,
                check: (*check).to_owned(),
                allowed,
            });
        }
        Ok((self.make)(profile, &checks))
    }

    const fn text<C: GateCheck>() -> Self {
        Self {
            name: C::GATE,
            checks: || names(C::ALL),
            default_checks: || names(C::DEFAULT),
            rules: || {
                C::ALL
                    .iter()
                    .flat_map(|&check| Rule::of(check.into()))
                    .collect()
            },
            make: |profile, checks| text_gate::<C>(checks).profile(profile).into(),
        }
    }

    const fn whole(name: &'static str, make: fn(Profile, &Checks<'_>) -> EngineGate) -> Self {
        Self {
            name,
            checks: Vec::new,
            default_checks: Vec::new,
            rules: Vec::new,
            make,
        }
    }
}

fn names<C: GateCheck>(checks: &[C]) -> Vec<&'static str> {
    checks.iter().map(|check| check.name()).collect()
}

fn text_gate<C: GateCheck>(checks: &Checks<'_>) -> TextGate<C> {
    let is_on = |check: C| match checks {
        Checks::Default => C::DEFAULT.contains(&check),
        Checks::All => true,
        Checks::Only(names) => names.contains(&check.name()),
    };
    C::ALL.iter().fold(TextGate::new(), |gate, &check| {
        if is_on(check) {
            gate.with(check)
        } else {
            gate.without(check)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Json, Subject};
    use std::time::Duration;

    #[test]
    fn every_gate_is_found_by_the_name_it_has_in_a_verdict() {
        for built_in in BuiltIn::all() {
            let found = BuiltIn::find(built_in.name()).unwrap();
            let gate = found.gate(Profile::Strict, Checks::Default).unwrap();
            let engine = Engine::builder().gate(gate).build().unwrap();
            assert_eq!(engine.gate_names().collect::<Vec<_>>(), [built_in.name()]);
        }
    }

    #[test]
    fn checks_are_switched_by_name() {
        let passes = |checks: Checks<'_>| {
            let gate = BuiltIn::find("pii").unwrap();
            let gate = gate.gate(Profile::Strict, checks).unwrap();
            let engine = Engine::builder().gate(gate).build().unwrap();
            let output = Json::String("a@b.co".into());
            let clock = || Duration::ZERO;
            engine.evaluate(&Subject::new(&output), &clock).passed
        };
        assert!(!passes(Checks::Default));
        assert!(!passes(Checks::All));
        assert!(!passes(Checks::Only(&["ssn", "email"])));
        assert!(passes(Checks::Only(&["ssn", "card"])));
    }

    #[test]
    fn what_a_gate_does_not_have_is_refused() {
        let check = |gate: &str, checks: Checks<'_>, expected: &str| {
            let gate = BuiltIn::find(gate).unwrap().gate(Profile::Strict, checks);
            assert_eq!(gate.err().unwrap().to_string(), expected);
        };
        check(
            "content",
            Checks::Only(&["empty", "Refusal"]),
            r#"gate content has no check "Refusal"; it has empty, refusal"#,
        );
        let no_choice = "gate rtb.bid-sanity has no checks to choose from";
        check("rtb.bid-sanity", Checks::Only(&["price"]), no_choice);
        check("rtb.bid-sanity", Checks::All, no_choice);
        assert!(BuiltIn::find("latency").is_none());
    }
}
