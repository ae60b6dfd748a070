//! The built-in gates that judge strings, times and structures.

use pecta_gates::{BuiltIn, Checks, InvalidOption, Profile, SchemaTarget};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Hits, Made, Options};
use crate::{document::ProfileName, error::Fault};

/// A gate that consists of checks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TextGate {
    /// How the checks judge; as the rule says, unless set here.
    profile: Option<ProfileName>,
    /// The names of the checks that are on and no others, or `all` alone; those that are on by default, unless set.
    checks: Option<Vec<String>>,
}

impl Options for TextGate {
    fn gate(self, kind: &'static str, profile: Profile) -> Result<Made, Fault> {
        let built_in = BuiltIn::find(kind).ok_or_else(|| Fault::new("there is no such gate"))?;
        let names = self.checks.iter().flatten().map(String::as_str);
        let names: Vec<_> = names.collect();
        let checks = match (&self.checks, &names[..]) {
            (None, _) => Checks::Default,
            (Some(_), ["all"]) => Checks::All,
            (Some(_), names) => Checks::Only(names),
        };
        let profile = self.profile.map_or(profile, Into::into);
        let gate = built_in.gate(profile, checks);
        Ok(gate
            .map_err(|error| Fault::new(error).within("checks"))?
            .into())
    }
}

/// Fails an output that took too long.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Latency {
    /// The longest latency that passes, in milliseconds; positive.
    max_ms: f64,
}

impl Options for Latency {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        Ok(pecta_gates::Latency::new(self.max_ms)?.into())
    }
}

/// What a value in a schema takes of the memory at most, and a pattern besides: its automaton, and as much again while it is used;
/// in bytes.
const WEIGHT_OF_VALUE: usize = 2 << 10;
const WEIGHT_OF_PATTERN: usize = 256 << 10;

/// Fails what does not satisfy a JSON Schema.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Schema {
    /// The JSON Schema (2020-12), or a string that holds it as JSON.
    schema: Value,
    /// What is judged; the output unless set.
    #[serde(default)]
    target: Target,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Target {
    /// What the agent or tool put out.
    #[default]
    Output,
    /// What the agent or tool was given.
    Input,
}

impl Options for Schema {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        let (schema, is_text) = match self.schema {
            Value::String(text) => {
                let schema = serde_json::from_str(&text)
                    .map_err(|error| Fault::new(error).within("schema"))?;
                (schema, true)
            }
            schema => (schema, false),
        };
        let gate = pecta_gates::Schema::new(&schema).map_err(|error| {
            // Within a text there is no place to point at; the message names it.
            let pointer = if is_text { "" } else { error.pointer() };
            Fault::new(&error).at(pointer).within("schema")
        })?;
        let (target, hits) = match self.target {
            Target::Output => (
                SchemaTarget::Output,
                Hits::Of(gate.possible_rules().to_vec()),
            ),
            Target::Input => (SchemaTarget::Input, Hits::Whole),
        };
        Ok(Made {
            named_keys: gate.named_properties().map(str::to_owned).collect(),
            callout: None,
            hits,
            weight: weight(&schema),
            gate: gate.target(target).into(),
        })
    }
}

/// What a schema takes of the memory at most.
fn weight(schema: &Value) -> usize {
    let within = match schema {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let patterns = match (&**key, value) {
                    ("pattern", Value::String(_)) => 1,
                    ("patternProperties", Value::Object(named)) => named.len(),
                    _ => 0,
                };
                patterns * WEIGHT_OF_PATTERN + weight(value)
            });
            members.sum()
        }
        Value::Array(items) => items.iter().map(weight).sum(),
        _ => 0,
    };
    WEIGHT_OF_VALUE + within
}

impl From<InvalidOption> for Fault {
    fn from(error: InvalidOption) -> Self {
        Fault::new(&error).within(error.option())
    }
}
