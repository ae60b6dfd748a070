//! What issues name as their rules.

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::{Map, Value};

use super::{issue::property_keyword, visit};

/// The rule of an issue that has no other, and of all issues of an input: places are those of the output.
pub(super) const OTHER: &str = "schema";

/// What an issue names as its rule: the keyword that is not satisfied; `falseSchema` where a schema is `false`.
pub(super) const RULES: [&str; 31] = [
    OTHER,
    "additionalItems",
    "additionalProperties",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "falseSchema",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "propertyNames",
    "required",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// Keywords by which there is an issue of another, besides that one itself.
const ALSO: [(&str, &str); 3] = [
    ("dependencies", "required"),
    ("dependentRequired", "required"),
    ("patternProperties", "pattern"),
];

/// The rule of an issue.
pub(super) fn rule(issue: &ValidationError<'_>) -> &'static str {
    let keyword = match issue.kind() {
        Kind::FalseSchema => property_keyword(issue).unwrap_or("falseSchema"),
        kind => kind.keyword(),
    };
    let mut rules = RULES.into_iter();
    rules.find(|rule| *rule == keyword).unwrap_or(OTHER)
}

/// The rules that issues of a schema can name, and maybe some more: a property may be called like a keyword.
pub(super) fn possible(schema: &Value) -> Vec<&'static str> {
    let mut found = vec![OTHER];
    if *schema == Value::Bool(false) {
        found.push("falseSchema");
    }
    let mut is_elsewhere = false;
    visit(schema, &mut String::new(), &mut |pointer, object| {
        is_elsewhere |= refers_elsewhere(object);
        let also = ALSO
            .iter()
            .filter(|(keyword, _)| object.contains_key(*keyword));
        found.extend(also.map(|(_, rule)| *rule));
        found.extend(RULES.iter().filter(|rule| object.contains_key(**rule)));
        if is_false_within(object, pointer.ends_with("/properties")) {
            found.push("falseSchema");
        }
    });
    let is_found = |rule: &&str| is_elsewhere || found.contains(rule);
    RULES.into_iter().filter(is_found).collect()
}

/// Whether it refers to what is not in the schema itself, or has a name of its own there.
fn refers_elsewhere(object: &Map<String, Value>) -> bool {
    let references = ["$ref", "$dynamicRef", "$recursiveRef"].iter();
    let mut references = references.filter_map(|keyword| object.get(*keyword)?.as_str());
    references.any(|reference| !reference.starts_with('#'))
}

/// Whether there is a `false` that is not known to have another rule. An object may be one of properties by their names.
fn is_false_within(object: &Map<String, Value>, is_by_names: bool) -> bool {
    let is_false = |value: &Value| *value == Value::Bool(false);
    object.iter().any(|(key, value)| match value {
        Value::Array(items) => items.iter().any(is_false),
        value => {
            let has_rule = matches!(&**key, "additionalProperties" | "unevaluatedProperties");
            is_false(value) && (is_by_names || !has_rule)
        }
    })
}
