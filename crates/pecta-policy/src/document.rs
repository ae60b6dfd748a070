//! What a policy says: the document as it is written.

use pecta_gates::Profile;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{error::Fault, gates::Kind};

/// What holds no control characters, as a pattern of JSON Schema.
const PRINTED: &str = r"^[^\x00-\x1f\x7f]*$";

/// A policy: which gates judge the outputs of which agents and tools, and how.
///
/// For every name of a gate the first rule that matches the agent and the tool and has a gate of that name decides; gates that
/// no such rule has are those of `default`. For every other setting it is the same: the first rule that matches and sets it
/// decides, then `default`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Pecta policy")]
pub(crate) struct Document {
    /// A number of your choice, which verdicts carry as `policy_version`; 0 unless set. A policy that is stored by the server
    /// is numbered by that instead.
    #[serde(default)]
    #[schemars(range(max = 9_007_199_254_740_991_u64))]
    pub(crate) version: u64,
    /// What holds where no rule says otherwise. Without `gates` these are `filesystem`, `pii` and `content`.
    #[serde(default)]
    pub(crate) default: Section,
    /// The rules, in order.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub(crate) rules: Vec<Section>,
}

/// A rule, or the defaults.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    /// The agents that the rule is for: an id, or a pattern in which `*` stands for any characters and `?` for one; all unless
    /// set. Not in `default`.
    #[schemars(length(min = 1, max = 200), regex(pattern = PRINTED))]
    pub(crate) agent: Option<String>,
    /// The tools that the rule is for, likewise. An output without a tool is matched by `*` alone. Not in `default`.
    #[schemars(length(min = 1, max = 200), regex(pattern = PRINTED))]
    pub(crate) tool: Option<String>,
    /// How gates judge that consist of checks, unless they say so themselves; `strict` unless set.
    pub(crate) profile: Option<ProfileName>,
    /// What gates do that do not say so themselves; `enforce` unless set.
    pub(crate) mode: Option<Mode>,
    /// How long judging may take, in milliseconds; positive, and at most 1000. As the server is set, unless set here.
    #[schemars(range(max = 1000), extend("exclusiveMinimum" = 0))]
    pub(crate) budget_ms: Option<f64>,
    /// Whether the gates after the first failure are reported as skipped; they are not, unless set.
    pub(crate) fail_fast: Option<bool>,
    /// Whether answers hold the output with all that was found replaced; they do not, unless set.
    pub(crate) redact: Option<bool>,
    /// What gates that consist of checks judge like strings, besides strings; nothing unless set.
    pub(crate) judge: Option<Vec<Part>>,
    /// The gates, in order. Names are unique within a rule.
    #[serde(default)]
    #[schemars(schema_with = "gates_schema")]
    pub(crate) gates: Option<Vec<Map<String, Value>>>,
}

/// How checks judge.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProfileName {
    /// The documented patterns, to the letter.
    Strict,
    /// What a string is, rather than what it looks like.
    Standard,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Strict => Profile::Strict,
            ProfileName::Standard => Profile::Standard,
        }
    }
}

/// What a gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// It passes or fails.
    Enforce,
    /// It is reported with what it would fail, and fails nothing.
    Monitor,
    /// It does not run.
    Off,
}

/// What can be judged like strings.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Part {
    /// The keys of objects.
    Keys,
    /// Numbers, in their shortest form.
    Numbers,
    /// The JSON in strings under the keys `arguments`, `body` and `native`.
    EmbeddedJson,
}

/// A gate as it is written: what all have, and the options of its kind.
pub(crate) struct Entry {
    pub(crate) kind: &'static Kind,
    pub(crate) name: String,
    pub(crate) mode: Option<Mode>,
    pub(crate) options: Map<String, Value>,
}

impl Entry {
    pub(crate) fn read(mut options: Map<String, Value>) -> Result<Self, Fault> {
        let kind: Option<String> = take(&mut options, "gate")?;
        let kind = kind.ok_or_else(|| Fault::new("must name its kind as `gate`"))?;
        let kind = Kind::find(&kind).map_err(|fault| fault.within("gate"))?;
        let name: Option<String> = take(&mut options, "name")?;
        Ok(Self {
            name: name.unwrap_or_else(|| kind.name.to_owned()),
            mode: take(&mut options, "mode")?,
            kind,
            options,
        })
    }
}

fn take<T: DeserializeOwned>(
    options: &mut Map<String, Value>,
    key: &str,
) -> Result<Option<T>, Fault> {
    let value = options.remove(key).map(serde_json::from_value).transpose();
    value.map_err(|error| Fault::unread(&error).within(key))
}

/// The JSON Schema of a policy, with a description of everything that it can say.
#[must_use]
pub fn json_schema() -> Value {
    SchemaGenerator::default()
        .into_root_schema_for::<Document>()
        .to_value()
}

fn gates_schema(generator: &mut SchemaGenerator) -> Schema {
    let name = json!({"type": "string", "minLength": 1, "maxLength": 200,
        "description": "The name that verdicts call the gate by, unique within the rule; that of its kind unless set."});
    let mode = generator.subschema_for::<Mode>().to_value();
    let with_common = |mut schema: Value, gate: Value, mode: &Value| {
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("gate".to_owned(), gate);
            properties.insert("name".to_owned(), name.clone());
            properties.insert("mode".to_owned(), mode.clone());
        }
        if let Some(required) = schema.as_object_mut() {
            let required = required.entry("required").or_insert_with(|| json!([]));
            if let Some(required) = required.as_array_mut() {
                required.push("gate".into());
            }
        }
        schema
    };
    let kinds = Kind::all().map(|kind| {
        let options = kind.schema(generator).to_value();
        with_common(options, json!({"const": kind.name}), &mode)
    });
    let mut any_of: Vec<_> = kinds.collect();
    let names: Vec<_> = Kind::all().map(|kind| kind.name).collect();
    let off = json!({"type": "object", "properties": {}, "additionalProperties": false, "required": ["mode"],
        "description": "A gate that is off needs no options."});
    any_of.push(with_common(
        off,
        json!({"enum": names}),
        &json!({"const": "off"}),
    ));
    json_schema!({"type": ["array", "null"], "items": {"anyOf": any_of}})
}
