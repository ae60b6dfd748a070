//! A limit to how many steps a validation may take: a schema that refers to itself in several places can make it take time
//! exponential in how deep a value is, and patterns can take long to match.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::Duration,
};

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value, json};

use super::{MOST_STEPS_OF_LIST, visit};
use crate::Deadline;

/// The keyword that counts a step wherever it stands.
const STEP: &str = "pecta:step";

/// The keyword that counts what a pattern takes that comes behind it. Its value is how long a string may be for that, in bytes.
const MATCH: &str = "pecta:match";

/// How many steps a validation takes before the deadline is looked at, and how many times as many before the next look, for which it
/// begins anew.
const FIRST_STEPS: usize = 250;
const GROWTH: usize = 16;

/// How many bytes that are matched against a pattern count as a step.
const BYTES_PER_STEP: usize = 64;

/// How long a string may be that is matched against a pattern, in bytes: patterns with look-around or back-references may read
/// what is left of it at every step that they take.
const LONGEST: usize = 256 << 10;
const LONGEST_TO_BACKTRACK: usize = 4 << 10;

thread_local! {
    /// How many steps the validation that this thread runs may still take.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    /// How many issues it may still come upon besides, while it lists them.
    static ISSUES: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// What a validation ends with that takes too many steps.
struct TooMany;

/// How many bytes the paths of issues may take together while issues are listed: a key may be as long as the value.
const PATHS_ROOM: usize = 16 << 20;

/// Keywords whose schemas are each for a part of a value, with an issue for each part that is forbidden.
const PARTS: &[&str] = &[
    "additionalItems",
    "items",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
];

/// How many issues of its own there may be of a value that a subschema is applied to, besides one for each step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Breadth {
    /// Names that are required, and schemas that refuse whatever it is.
    names: usize,
    /// Whether parts of the value are forbidden, which then are issues each.
    forbids: bool,
}

impl Breadth {
    /// The most of any subschema.
    pub(super) fn most(schema: &Value) -> Self {
        let mut most = Self::default();
        visit(schema, &mut String::new(), &mut |_, subschema| {
            let breadth = Self::of(subschema);
            most.names = most.names.max(breadth.names);
            most.forbids |= breadth.forbids;
        });
        most
    }

    fn of(subschema: &Map<String, Value>) -> Self {
        Self {
            names: names(subschema) + refusals(subschema),
            forbids: forbids(subschema),
        }
    }

    /// The issues of a value of so many parts.
    fn issues(self, parts: usize) -> usize {
        self.names + if self.forbids { parts } else { 0 }
    }

    /// Lists the issues of a value; none where there may be too many, for each keeps its path, or it takes too long.
    pub(super) fn list<T>(
        self,
        value: &Value,
        deadline: &Deadline<'_>,
        list: impl Fn() -> T,
    ) -> Option<T> {
        let room = PATHS_ROOM / longest_path(value).max(1);
        // Those of one step are found before they are counted.
        if self.issues(most_parts(value)) > room {
            return None;
        }
        let most = MOST_STEPS_OF_LIST.min(room);
        in_time(most, deadline, || {
            ISSUES.set(most);
            list()
        })
    }
}

/// How many members or items a value has.
fn parts(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

/// How many members or items something in the value has at most.
fn most_parts(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(most_parts).max(),
        Value::Object(members) => members.values().map(most_parts).max(),
        _ => None,
    };
    parts(value).max(inner.unwrap_or(0))
}

/// How many names a subschema requires, always or beside others.
fn names(subschema: &Map<String, Value>) -> usize {
    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
    let beside = ["dependentRequired", "dependencies"].iter();
    let beside = beside.filter_map(|keyword| subschema.get(*keyword)?.as_object());
    let beside = beside.flatten().map(|(_, names)| count(names));
    subschema.get("required").map_or(0, count) + beside.sum::<usize>()
}

/// How many times a subschema refuses a value outright.
fn refusals(subschema: &Map<String, Value>) -> usize {
    let lists = ["allOf", "anyOf", "oneOf"].iter();
    let lists = lists.filter_map(|keyword| subschema.get(*keyword)?.as_array());
    lists.flatten().filter(|schema| is_false(schema)).count()
}

fn forbids(subschema: &Map<String, Value>) -> bool {
    let mut parts = PARTS
        .iter()
        .filter_map(|keyword| Some((*keyword, subschema.get(*keyword)?)));
    parts.any(|(keyword, value)| match value {
        Value::Array(schemas) => schemas.iter().any(is_false),
        Value::Object(named) if MAPS.contains(&keyword) => named.values().any(is_false),
        schema => is_false(schema),
    })
}

fn is_false(schema: &Value) -> bool {
    *schema == Value::Bool(false)
}

/// How long the JSON Pointers get of what is in the value, in bytes.
fn longest_path(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            let index = 1 + items.len().to_string().len();
            items
                .iter()
                .map(|item| index + longest_path(item))
                .max()
                .unwrap_or(0)
        }
        Value::Object(members) => {
            let escaped = |key: &str| {
                key.bytes()
                    .filter(|byte| matches!(byte, b'~' | b'/'))
                    .count()
            };
            let step = |key: &str| 1 + key.len() + escaped(key);
            let members = members.iter();
            let paths = members.map(|(key, value)| step(key) + longest_path(value));
            paths.max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// Runs a validation that may take so many steps; none where it would take more, or too long.
///
/// It cannot look at the deadline, but be ended after so many steps. So it has a few first, and is begun anew with more if by the
/// time that these took the time left is enough for more.
pub(super) fn in_time<T>(
    most: usize,
    deadline: &Deadline<'_>,
    validate: impl Fn() -> T,
) -> Option<T> {
    let mut steps = FIRST_STEPS.min(most);
    if steps == 0 {
        return None;
    }
    loop {
        let before = deadline.remaining();
        let result = within(steps, &validate);
        if result.is_some() {
            return result;
        }
        let left = deadline.remaining();
        let affordable = affordable(steps, before.saturating_sub(left), left);
        let next = affordable.min(steps * GROWTH).min(most);
        if next <= steps {
            return None;
        }
        steps = next;
    }
}

/// How many steps can be taken in the time that is left, when so many took so long.
fn affordable(steps: usize, took: Duration, left: Duration) -> usize {
    let steps = u128::try_from(steps).unwrap_or(u128::MAX);
    let affordable = steps.saturating_mul(left.as_nanos()) / took.as_nanos().max(1);
    usize::try_from(affordable).unwrap_or(usize::MAX)
}

/// Runs a validation, which may take so many steps. None if it would take more.
fn within<T>(steps: usize, validate: impl FnOnce() -> T) -> Option<T> {
    LEFT.set(steps);
    // Nothing that was being changed is used again: a validator stays as it is.
    let result = catch_unwind(AssertUnwindSafe(validate));
    LEFT.set(usize::MAX);
    ISSUES.set(usize::MAX);
    match result {
        Ok(value) => Some(value),
        Err(panic) if panic.is::<TooMany>() => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// A keyword's validator, which every value satisfies, or ends the validation.
struct Count<F>(F);

impl<'i, F: Fn(&Value) -> Option<usize> + Send + Sync> Keyword<'i> for Count<F> {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        self.is_valid(instance);
        Ok(())
    }

    fn is_valid(&self, instance: &Value) -> bool {
        let steps = (self.0)(instance);
        match steps.and_then(|steps| LEFT.get().checked_sub(steps)) {
            Some(left) => LEFT.set(left),
            // The validator cannot be told to stop. This prints nothing, unlike a panic.
            None => resume_unwind(Box::new(TooMany)),
        }
        true
    }
}

/// Adds the keywords that count.
pub(super) fn counting(options: ValidationOptions) -> ValidationOptions {
    options
        .with_keyword(STEP, |schema, _, _| Ok(step(schema)))
        .with_keyword(MATCH, |_, longest, _| Ok(before_match(longest)))
}

fn step(schema: &Map<String, Value>) -> Box<dyn for<'i> Keyword<'i>> {
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    let patterns = patterns.map_or(0, Map::len);
    let breadth = Breadth::of(schema);
    Box::new(Count(move |instance: &Value| {
        ISSUES.set(ISSUES.get().checked_sub(breadth.issues(parts(instance)))?);
        let keys = instance.as_object().filter(|_| patterns > 0);
        let keys = keys.into_iter().flatten().map(|(key, _)| key.len());
        Some(1 + patterns * keys.sum::<usize>() / BYTES_PER_STEP)
    }))
}

fn before_match(longest: &Value) -> Box<dyn for<'i> Keyword<'i>> {
    let longest = longest.as_u64().and_then(|longest| longest.try_into().ok());
    let longest = longest.unwrap_or(LONGEST);
    Box::new(Count(move |instance: &Value| {
        let length = instance.as_str().map_or(0, str::len);
        (length <= longest).then_some(1 + length / BYTES_PER_STEP)
    }))
}

/// How long a string may be that is matched against the pattern, in bytes.
pub(super) fn longest(pattern: &str) -> usize {
    let looks_around = ["(?=", "(?!", "(?<=", "(?<!"];
    let looks_around = looks_around.iter().any(|group| pattern.contains(group));
    let mut escaped = pattern.split('\\').skip(1);
    let refers_back = escaped.any(|rest| rest.starts_with(|c| matches!(c, '1'..='9' | 'k')));
    if looks_around || refers_back {
        LONGEST_TO_BACKTRACK
    } else {
        LONGEST
    }
}

/// Keywords whose values are no schemas, whatever they hold.
const VALUES: &[&str] = &[
    "const",
    "default",
    "dependentRequired",
    "enum",
    "examples",
    "$vocabulary",
];

/// Keywords whose values hold a schema under each name.
const MAPS: &[&str] = &[
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "dependencies",
];

/// The schema with the keywords that count in each of its subschemas.
pub(super) fn counted(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let value = match value {
                    Value::Object(named) if MAPS.contains(&key.as_str()) => Value::Object(
                        named
                            .iter()
                            .map(|(name, value)| (name.clone(), counted(value)))
                            .collect(),
                    ),
                    value if VALUES.contains(&key.as_str()) => value.clone(),
                    value => counted(value),
                };
                (key.clone(), value)
            });
            let mut members: Map<_, _> = members.collect();
            count_before_pattern(&mut members);
            members.insert(STEP.to_owned(), Value::Bool(true));
            Value::Object(members)
        }
        Value::Array(items) => items.iter().map(counted).collect(),
        other => other.clone(),
    }
}

/// Moves a pattern behind what counts it: members of `allOf` are applied in their order, unlike keywords.
fn count_before_pattern(members: &mut Map<String, Value>) {
    let all = members
        .get("allOf")
        .map_or(Some(&[][..]), |all| all.as_array().map(Vec::as_slice));
    let (Some(Value::String(pattern)), Some(all)) = (members.get("pattern"), all) else {
        return;
    };
    let first = [
        json!({MATCH: longest(pattern)}),
        json!({"pattern": pattern}),
    ];
    let all = first.into_iter().chain(all.iter().cloned()).collect();
    members.insert("allOf".to_owned(), all);
    members.remove("pattern");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{Schema, TOO_MANY_ISSUES},
        *,
    };
    use crate::{Json, Subject, gates::testing::judge};

    #[test]
    fn every_subschema_is_counted_and_no_value() {
        let schema = json!({
            "properties": {"enum": {"anyOf": [true, {"$ref": "#"}]}},
            "items": {"pattern": "(?=a)", "allOf": [{"pattern": "a"}]},
            "enum": [{"a": 1}],
            "const": {"a": 1},
            "dependentRequired": {"a": ["b"]},
        });
        let one = json!({"allOf": [{MATCH: LONGEST}, {"pattern": "a"}], STEP: true});
        let expected = json!({
            "properties": {"enum": {"anyOf": [true, {"$ref": "#", STEP: true}], STEP: true}},
            "items": {"allOf": [{MATCH: LONGEST_TO_BACKTRACK}, {"pattern": "(?=a)"}, one], STEP: true},
            "enum": [{"a": 1}],
            "const": {"a": 1},
            "dependentRequired": {"a": ["b"]},
            STEP: true,
        });
        assert_eq!(counted(&schema), expected);
    }

    #[test]
    fn a_map_that_holds_no_schemas_is_left_as_it_is() {
        let gate = Schema::new(&json!({"dependentRequired": {"a": ["b"]}})).unwrap();
        for (output, expected) in [
            (r#"{"a":1,"b":2}"#, "passed"),
            (
                r#"{"a":1}"#,
                "failed: schema validation failed (1 issue): b: is required",
            ),
        ] {
            let output = Json::parse(output).unwrap();
            assert_eq!(judge(&gate, &Subject::new(&output)), expected);
        }
    }

    #[test]
    fn as_many_steps_are_taken_as_are_allowed() {
        let step = Count(|_: &Value| Some(1));
        let take = |steps: usize| (0..steps).for_each(|_| assert!(step.is_valid(&Value::Null)));
        assert_eq!(within(3, || take(3)), Some(()));
        assert_eq!(within(3, || take(4)), None);
        take(4);
    }

    #[test]
    fn a_schema_that_refers_to_itself_takes_no_time_without_end() {
        let drafts = [
            ("anyOf", "https://json-schema.org/draft/2020-12/schema"),
            ("oneOf", "http://json-schema.org/draft-07/schema#"),
        ];
        for (of, draft) in drafts {
            let schema = json!({
                "$schema": draft,
                of: [
                    {"type": "object", "properties": {"c": {"$ref": "#"}}, "required": ["c", "x"]},
                    {"type": "object", "properties": {"c": {"$ref": "#"}}, "required": ["c", "y"]},
                    {"type": "string"},
                ],
            });
            let deep =
                |end: &str| format!("{}{end}{}", r#"{"x":1,"c":"#.repeat(100), "}".repeat(100));
            let gate = Schema::new(&schema).unwrap();
            let output = deep("1");
            let output = Json::parse(&output).unwrap();
            let reason = judge(&gate, &Subject::new(&output));
            assert_eq!(reason, format!("failed: {TOO_MANY_ISSUES}"));
            let output = deep(r#""end""#);
            let output = Json::parse(&output).unwrap();
            assert_eq!(judge(&gate, &Subject::new(&output)), "passed");
        }
    }
}
