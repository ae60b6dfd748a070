//! A limit to how many steps a validation may take: a schema that refers to itself in several places can make it take time
//! exponential in how deep a value is.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use jsonschema::{Keyword, ValidationError};
use serde_json::Value;

/// The keyword that counts a step wherever it stands.
pub(super) const STEP: &str = "pecta:step";

thread_local! {
    /// How many steps the validation that this thread runs may still take.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// What a validation ends with that takes too many steps.
struct TooMany;

/// Runs a validation, which may take so many steps. None if it would take more.
pub(super) fn within<T>(steps: usize, validate: impl FnOnce() -> T) -> Option<T> {
    LEFT.set(steps);
    // Nothing that was being changed is used again: a validator stays as it is.
    let result = catch_unwind(AssertUnwindSafe(validate));
    LEFT.set(usize::MAX);
    match result {
        Ok(value) => Some(value),
        Err(panic) if panic.is::<TooMany>() => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// The keyword's validator, which every value satisfies.
pub(super) struct Step;

impl<'i> Keyword<'i> for Step {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        self.is_valid(instance);
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        match LEFT.get().checked_sub(1) {
            Some(left) => LEFT.set(left),
            // The validator cannot be told to stop. This prints nothing, unlike a panic.
            None => resume_unwind(Box::new(TooMany)),
        }
        true
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

/// The schema with the keyword in each of its subschemas.
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
            Value::Object(
                members
                    .chain([(STEP.to_owned(), Value::Bool(true))])
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(counted).collect(),
        other => other.clone(),
    }
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
            "enum": [{"a": 1}],
            "const": {"a": 1},
            "dependentRequired": {"a": ["b"]},
        });
        let expected = json!({
            "properties": {"enum": {"anyOf": [true, {"$ref": "#", STEP: true}], STEP: true}},
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
        let take = |steps: usize| (0..steps).for_each(|_| assert!(Step.is_valid(&Value::Null)));
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
