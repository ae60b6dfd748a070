//! The `schema` gate.

mod issue;
mod places;
mod readings;
mod rules;
mod steps;

use std::{borrow::Borrow, collections::HashSet, fmt};

use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

use self::{
    issue::issue,
    readings::readings,
    steps::{Breadth, counted, counting, in_time, longest},
};
use crate::{Deadline, Finding, Gate, Json, Outcome, Places, Subject, TIMEOUT};

/// How many issues a reason shows.
const SHOWN: usize = 5;

/// The longest reason, in characters: what an event may hold.
const LONGEST_REASON: usize = 500;

/// How many steps a `pattern` with look-around or back-references may take on a string before it counts as unmatched.
/// Patterns without them take time linear in the string.
const BACKTRACK_LIMIT: usize = 10_000;

/// How many patterns a schema may have.
const MOST_PATTERNS: usize = 50;

/// How much a pattern may take of the memory once compiled, in bytes, and as much again while it is used.
const PATTERN_SIZE: usize = 128 << 10;

/// How many subschemas a value may be validated by, counted once for each part of the value, and how many while issues are
/// listed, which takes longer.
const MOST_STEPS: usize = 4_000_000;
const MOST_STEPS_OF_LIST: usize = 100_000;

/// The reason where listing the issues takes more steps.
const TOO_MANY_ISSUES: &str = "schema validation failed (too many issues to list)";

/// Fails on an output, or input, that does not satisfy a JSON Schema.
///
/// The schema is one of [JSON Schema 2020-12](https://json-schema.org/draft/2020-12), unless its `$schema` names an older
/// draft. Everything it refers to must be in it: nothing is fetched. `format` and `content…` are annotations, as 2020-12
/// has them, and are not checked.
///
/// The reason counts all issues and shows the first five:
/// `schema validation failed (2 issues): seatbid.0.bid.0.price: must be of type number; id: is required`. It is made so that
/// it cannot quote the payload: in the paths an object's key appears only if the schema names it as a property, and is `*`
/// otherwise; each keyword has its own message, which shows nothing but the schema's limits. An issue of the value as a whole
/// has the path `(root)`. It is cut at 500 characters.
///
/// [Findings](crate::Finding) name the keyword as their rule, and the value that does not satisfy it as their place, every issue
/// once; of an input there is one, without a place.
///
/// Leaves alone everything that the schema does not speak of. An input that is absent is judged as `null`.
///
/// # Duplicate keys
///
/// JSON Schema leaves open what an object with a key given twice satisfies. Here, such a value has as many readings as it
/// takes for each of the duplicates to be the one that counts, and all readings must satisfy the schema. The reason is that of
/// the first one that does not.
///
/// # Cost
///
/// The value is copied into a [`serde_json::Value`] whenever this gate runs, and validated until the first issue; only when
/// there is one, all are collected, which for a long array of wrong items takes some 400 bytes each, and as much as its path is
/// long. Each is limited in how often it applies a subschema to a part of the value, so that no schema that refers to itself makes
/// a deep value take time without end: to 4 million times for the validation, of which more fail with `pecta:timeout`, and to
/// 100,000 times for collecting, or as many as the paths of the issues that these may find fit into 16 MiB, of which more leave the reason at
/// `schema validation failed (too many issues to list)`. 64 bytes that are matched against a pattern count as one more. The validation
/// is given up as soon as its pace shows that it does not end by the deadline.
///
/// What a pattern takes on one string is not interrupted, but limited: a string, or a key, that would have to be matched against a
/// pattern and is longer than 256 KiB, or 4 KiB if the pattern has look-around or back-references, fails with `pecta:timeout`.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use pecta_gates::{Engine, Json, Schema, Subject};
///
/// let schema = serde_json::json!({
///     "type": "object",
///     "properties": {"price": {"type": "number", "minimum": 0}},
///     "required": ["price"],
/// });
/// let engine = Engine::builder()
///     .gate(Schema::new(&schema)?)
///     .budget(Duration::from_millis(500))
///     .build()?;
///
/// let output = Json::parse(r#"{"price": "12 for you, Bob"}"#)?;
/// let start = Instant::now();
/// let verdict = engine.evaluate(&Subject::new(&output), &|| start.elapsed());
/// assert_eq!(
///     verdict.gates[0].reason.as_deref(),
///     Some("schema validation failed (1 issue): price: must be of type number")
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Schema {
    name: String,
    target: SchemaTarget,
    validator: Validator,
    /// The properties that the schema names.
    named: HashSet<String>,
    /// The rules of the issues that there can be.
    rules: Vec<&'static str>,
    /// How long a key may be that is matched against patterns, in bytes.
    longest_key: usize,
    /// How many issues may be found at once.
    breadth: Breadth,
}

/// What a [`Schema`] judges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SchemaTarget {
    /// What the agent or tool put out.
    #[default]
    Output,
    /// What the agent or tool was given.
    Input,
}

/// A schema that is none, and where its fault is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schema does not compile at {pointer:?}: {message}")]
pub struct SchemaError {
    pointer: String,
    message: String,
}

impl SchemaError {
    /// The JSON Pointer (RFC 6901) of what is wrong within the schema; empty for the schema as a whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

impl Schema {
    /// The gate for a schema, judging the output.
    ///
    /// # Errors
    ///
    /// The schema is not valid itself, has a pattern that is no regular expression or takes more than 128 KiB once compiled, has
    /// more than 50 patterns, or refers to something outside of it.
    pub fn new(schema: &Value) -> Result<Self, SchemaError> {
        if let Some(pointer) = pattern_too_many(schema) {
            return Err(SchemaError {
                pointer,
                message: format!("must have at most {MOST_PATTERNS} patterns"),
            });
        }
        Ok(Self {
            name: "schema".to_owned(),
            target: SchemaTarget::Output,
            validator: compile(schema).map_err(|error| SchemaError {
                pointer: fault(schema, &error),
                message: error.to_string(),
            })?,
            named: named_properties(schema),
            rules: rules::possible(schema),
            longest_key: longest_key(schema),
            breadth: Breadth::most(schema),
        })
    }

    /// Gives the gate another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Sets what the gate judges; the output unless set.
    #[must_use]
    pub fn target(self, target: SchemaTarget) -> Self {
        Self { target, ..self }
    }

    /// What findings name as their rule: the keyword that is not satisfied.
    #[must_use]
    pub fn rules() -> &'static [&'static str] {
        &rules::RULES
    }

    /// What those of this gate can name: the keywords that the schema has, and `schema`, which is also that of issues that are too
    /// many to list. More, if the schema refers to what is not in it.
    #[must_use]
    pub fn possible_rules(&self) -> &[&'static str] {
        &self.rules
    }

    /// The properties that the schema names, which are those whose names a reason may show.
    pub fn named_properties(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(String::as_str)
    }

    /// The reason of a gate of this kind, had it found no more than these. `None` when it is not known which issues they are.
    #[must_use]
    pub fn reason(findings: &[Finding]) -> Option<String> {
        let issues = findings.iter().flat_map(|finding| &finding.details);
        let shown: Vec<_> = issues.clone().take(SHOWN).map(|issue| &**issue).collect();
        (!shown.is_empty()).then(|| reason(issues.count(), &shown))
    }

    /// The reason for the value to fail.
    fn failure(&self, value: &Value) -> String {
        let mut total = 0_usize;
        let mut shown = Vec::new();
        for error in self.validator.iter_errors(value) {
            if total < SHOWN {
                shown.push(issue(&error, value, &self.named));
            }
            total += 1;
        }
        reason(total, &shown)
    }
}

/// The reason for so many issues, of which the first are shown.
fn reason<S: Borrow<str>>(total: usize, shown: &[S]) -> String {
    let noun = if total == 1 { "issue" } else { "issues" };
    let issues = shown.join("; ");
    let reason = format!("schema validation failed ({total} {noun}): {issues}");
    reason.chars().take(LONGEST_REASON).collect()
}

impl Gate for Schema {
    fn name(&self) -> &str {
        &self.name
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        let target = match self.target {
            SchemaTarget::Output => subject.output,
            SchemaTarget::Input => subject.input.unwrap_or(&Json::Null),
        };
        if has_longer_key(target, self.longest_key) {
            return Outcome::failed(TIMEOUT);
        }
        for value in readings(target) {
            if deadline.has_passed() {
                return Outcome::failed(TIMEOUT);
            }
            match in_time(MOST_STEPS, deadline, || self.validator.is_valid(&value)) {
                Some(true) => continue,
                Some(false) if !deadline.has_passed() => {}
                _ => return Outcome::failed(TIMEOUT),
            }
            let reason = self.breadth.list(&value, deadline, || self.failure(&value));
            return Outcome::failed(reason.unwrap_or_else(|| TOO_MANY_ISSUES.to_owned()));
        }
        Outcome::Passed
    }

    fn places(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        self.tell(subject, places);
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema")
            .field("name", &self.name)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

fn compile(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    let options = jsonschema::options().offline().with_pattern_options(
        PatternOptions::fancy_regex()
            .backtrack_limit(BACKTRACK_LIMIT)
            .size_limit(PATTERN_SIZE)
            .dfa_size_limit(PATTERN_SIZE),
    );
    let compiled = counting(options.clone()).build(&counted(schema));
    compiled.map_err(|error| {
        // Without what was added, the place of the error is one in the schema as it is.
        let plain = options.build(schema).err();
        plain.unwrap_or(error).to_owned()
    })
}

/// The JSON Pointer of what made the schema not compile. Errors of references do not say where they are: at fault is the first
/// one that together with those before it does not compile.
fn fault(schema: &Value, error: &ValidationError<'_>) -> String {
    let pointer = error.instance_path().as_str();
    if !pointer.is_empty() {
        return pointer.to_owned();
    }
    let mut partial = schema.clone();
    let removed: Vec<_> = references(schema)
        .into_iter()
        .filter_map(|pointer| Some((remove(&mut partial, &pointer)?, pointer)))
        .collect();
    for (value, pointer) in removed {
        restore(&mut partial, &pointer, value);
        if compile(&partial).is_err() {
            return pointer;
        }
    }
    String::new()
}

/// Takes the member out of its object.
fn remove(schema: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, keyword) = pointer.rsplit_once('/')?;
    schema.pointer_mut(parent)?.as_object_mut()?.remove(keyword)
}

/// Puts the member back into its object.
fn restore(schema: &mut Value, pointer: &str, value: Value) {
    let (parent, keyword) = pointer.rsplit_once('/').unwrap_or_default();
    let parent = schema.pointer_mut(parent).and_then(Value::as_object_mut);
    if let Some(parent) = parent {
        parent.insert(keyword.to_owned(), value);
    }
}

/// The JSON Pointers of all keywords that refer to something.
fn references(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(schema, &mut String::new(), &mut |pointer, object| {
        for keyword in ["$schema", "$id", "$ref", "$dynamicRef"] {
            if object.get(keyword).is_some_and(Value::is_string) {
                found.push(format!("{pointer}/{keyword}"));
            }
        }
    });
    found
}

/// The JSON Pointer of the first keyword whose patterns are more than a schema may have.
fn pattern_too_many(schema: &Value) -> Option<String> {
    let mut count = 0_usize;
    let mut found = None;
    visit(schema, &mut String::new(), &mut |pointer, object| {
        for keyword in ["pattern", "patternProperties"] {
            count += match object.get(keyword) {
                Some(Value::String(_)) => 1,
                Some(Value::Object(named)) if keyword == "patternProperties" => named.len(),
                _ => 0,
            };
            if count > MOST_PATTERNS && found.is_none() {
                found = Some(format!("{pointer}/{keyword}"));
            }
        }
    });
    found
}

/// How long a key may be, in bytes, where keys are matched against patterns.
fn longest_key(schema: &Value) -> usize {
    let mut limit = usize::MAX;
    visit(schema, &mut String::new(), &mut |_, object| {
        let named = object.get("patternProperties").and_then(Value::as_object);
        for (pattern, _) in named.into_iter().flatten() {
            limit = limit.min(longest(pattern));
        }
    });
    limit
}

fn has_longer_key(json: &Json<'_>, limit: usize) -> bool {
    limit < usize::MAX
        && match json {
            Json::Array(items) => items.iter().any(|item| has_longer_key(item, limit)),
            Json::Object(members) => members
                .iter()
                .any(|(key, value)| key.len() > limit || has_longer_key(value, limit)),
            _ => false,
        }
}

/// The properties that the schema names.
fn named_properties(schema: &Value) -> HashSet<String> {
    let mut named = HashSet::new();
    visit(schema, &mut String::new(), &mut |_, object| {
        for keyword in ["properties", "dependentSchemas", "dependentRequired"] {
            let members = object.get(keyword).and_then(Value::as_object);
            named.extend(members.into_iter().flatten().map(|(key, _)| key.clone()));
        }
        let required = object.get("required").and_then(Value::as_array);
        let required = required.into_iter().flatten().filter_map(Value::as_str);
        named.extend(required.map(str::to_owned));
    });
    named
}

/// Visits all objects within the value, each with its JSON Pointer.
fn visit<'v>(
    value: &'v Value,
    pointer: &mut String,
    f: &mut impl FnMut(&str, &'v serde_json::Map<String, Value>),
) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            f(pointer, members);
            let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
            let children = members.iter();
            children.map(|(key, child)| (escaped(key), child)).collect()
        }
        Value::Array(items) => {
            let children = items.iter().enumerate();
            children
                .map(|(at, child)| (at.to_string(), child))
                .collect()
        }
        _ => return,
    };
    for (step, child) in children {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&step);
        visit(child, pointer, f);
        pointer.truncate(length);
    }
}

#[cfg(test)]
mod tests;
