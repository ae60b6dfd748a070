//! The gates that a policy can name, with their options.
//!
//! Each kind of gate is a struct of options: what deserializes it reads a policy, and what derives its JSON Schema publishes
//! the same. A new kind is such a struct and a line of [`KINDS`].

mod built_in;
mod http;
mod keywords;
mod pattern;
mod rtb;
mod size;
mod strings;

use pecta_gates::{BuiltIn, EngineGate, Profile};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{callout::Callout, error::Fault};

/// The options of a kind of gate.
trait Options: DeserializeOwned + JsonSchema {
    /// Makes the gate. `profile` is that of the rule, for gates that have profiles.
    fn gate(self, kind: &'static str, profile: Profile) -> Result<Made, Fault>;
}

/// A gate that was made.
pub(crate) struct Made {
    pub(crate) gate: EngineGate,
    /// The keys of payloads that the options name. Naming a key makes it known.
    pub(crate) named_keys: Vec<String>,
    /// The service that decides, if it is not the gate itself.
    pub(crate) callout: Option<Callout>,
    pub(crate) hits: Hits,
    /// What it takes of the memory at most besides what goes by the length of the options, in bytes.
    pub(crate) weight: usize,
}

/// What hits of a gate may name, as far as its options decide.
#[derive(Default)]
pub(crate) enum Hits {
    /// All that those of its kind may.
    #[default]
    OfKind,
    /// Of the rules of its kind these alone.
    Of(Vec<&'static str>),
    /// The kind as their rule, and no place.
    Whole,
}

impl<G: Into<EngineGate>> From<G> for Made {
    fn from(gate: G) -> Self {
        Self {
            gate: gate.into(),
            named_keys: Vec::new(),
            callout: None,
            hits: Hits::default(),
            weight: 0,
        }
    }
}

/// Makes a gate of a kind from its options.
type Make = fn(&'static str, Map<String, Value>, Profile) -> Result<Made, Fault>;

/// A kind of gate.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    make: Make,
    schema: fn(&mut SchemaGenerator) -> Schema,
}

const KINDS: &[Kind] = &[
    Kind::new::<built_in::TextGate>("filesystem"),
    Kind::new::<built_in::TextGate>("pii"),
    Kind::new::<built_in::TextGate>("content"),
    Kind::new::<built_in::TextGate>("secrets"),
    Kind::new::<built_in::TextGate>("injection"),
    Kind::new::<built_in::TextGate>("destructive"),
    Kind::new::<built_in::Latency>("latency"),
    Kind::new::<built_in::Schema>("schema"),
    Kind::new::<rtb::TmaxGuard>("rtb.tmax-guard"),
    Kind::new::<rtb::ImpidMatch>("rtb.impid-match"),
    Kind::new::<rtb::AdomainVerify>("rtb.adomain-verify"),
    Kind::new::<rtb::BidSanity>("rtb.bid-sanity"),
    Kind::new::<rtb::AudienceSafety>("rtb.audience-safety"),
    Kind::new::<rtb::BcatCompliance>("rtb.bcat-compliance"),
    Kind::new::<pattern::Pattern>("pattern"),
    Kind::new::<keywords::Keywords>("keywords"),
    Kind::new::<size::Size>("size"),
    Kind::new::<http::Http>("http"),
];

/// Names what every gate has besides the options of its kind.
fn with_common(fault: Fault) -> Fault {
    if !fault.message.starts_with("unknown field") {
        return fault;
    }
    Fault {
        message: format!("{}, besides `gate`, `name` and `mode`", fault.message),
        ..fault
    }
}

/// Whether gates of the kind consist of checks, which judge by a profile.
fn has_checks(kind: &str) -> bool {
    BuiltIn::find(kind).is_some_and(|gate| !gate.checks().is_empty())
}

impl Kind {
    const fn new<O: Options>(name: &'static str) -> Self {
        Self {
            name,
            make: |kind, options, profile| {
                let read = serde_path_to_error::deserialize(Value::Object(options));
                let options: O = read.map_err(|error| with_common(error.into()))?;
                options.gate(kind, profile)
            },
            schema: O::json_schema,
        }
    }

    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        KINDS.iter()
    }

    pub(crate) fn find(name: &str) -> Result<&'static Self, Fault> {
        let names = || KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>();
        let unknown = || {
            Fault::new(format_args!(
                "there is no gate {name:?}; there are {}",
                names().join(", ")
            ))
        };
        KINDS
            .iter()
            .find(|kind| kind.name == name)
            .ok_or_else(unknown)
    }

    /// Whether gates of the kind say where they hit.
    pub(crate) fn locates(kind: &str) -> bool {
        has_checks(kind) || !Self::rules_of_places(kind).is_empty()
    }

    /// The rules that hits of gates of the kind name which do not consist of checks.
    pub(crate) fn rules(kind: &'static str) -> Vec<&'static str> {
        match (kind, Self::rules_of_places(kind)) {
            // It only skips.
            ("rtb.tmax-guard", _) => Vec::new(),
            (kind, []) => vec![kind],
            (_, rules) => rules.to_vec(),
        }
    }

    /// The rules of gates that say where they hit, and do not consist of checks.
    fn rules_of_places(kind: &str) -> &'static [&'static str] {
        match kind {
            "schema" => pecta_gates::Schema::rules(),
            "pattern" => &["pattern"],
            "keywords" => &[keywords::RULE],
            kind => rtb::rules(kind),
        }
    }

    pub(crate) fn gate(
        &self,
        options: Map<String, Value>,
        profile: Profile,
    ) -> Result<Made, Fault> {
        (self.make)(self.name, options, profile)
    }

    /// What `make` makes of a gate of the kind under the strict and under the standard profile: the same where these are no matter.
    pub(crate) fn under_each_profile<G: Clone>(
        &self,
        mut make: impl FnMut(Profile) -> Result<G, Fault>,
    ) -> Result<[G; 2], Fault> {
        let strict = make(Profile::Strict)?;
        let standard = if has_checks(self.name) {
            make(Profile::Standard)?
        } else {
            strict.clone()
        };
        Ok([strict, standard])
    }

    /// The JSON Schema of the options.
    pub(crate) fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.schema)(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_without_profiles_is_made_once() {
        for (kind, times) in [
            ("keywords", 1),
            ("schema", 1),
            ("rtb.bid-sanity", 1),
            ("pii", 2),
        ] {
            let mut count = 0;
            let make = |_| {
                count += 1;
                Ok(())
            };
            let kind = Kind::find(kind).ok().unwrap();
            assert!(kind.under_each_profile(make).is_ok());
            assert_eq!(count, times, "{}", kind.name);
        }
    }
}
