//! Where an output does not satisfy a schema, and which keyword of it.

use std::collections::HashSet;

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};

use super::{MOST_STEPS_OF_LIST, Schema, SchemaTarget, in_time, issue, readings};
use crate::{MAX_FINDINGS, Places, Subject};

/// The rule of an issue that has no other, and of all issues of an input: places are those of the output.
const OTHER: &str = "schema";

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

impl Schema {
    /// Tells of every issue once, at the value that it is of.
    pub(super) fn tell(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        if self.target == SchemaTarget::Input {
            places.add(OTHER, "", 0..0);
            return;
        }
        let mut told = HashSet::new();
        for value in readings(subject.output) {
            let issues = in_time(MOST_STEPS_OF_LIST, places.deadline(), || {
                let issues = self.validator.iter_errors(&value);
                let issues = issues.map(|issue| (rule(&issue), issue.instance_path().to_string()));
                let issues = issues.take(MAX_FINDINGS + 1);
                issues.collect::<Vec<_>>()
            });
            let Some(issues) = issues else {
                places.add(OTHER, "", 0..0);
                places.give_up();
                return;
            };
            for (rule, pointer) in issues {
                if !told.contains(&(rule, pointer.clone())) {
                    if !places.add(rule, &pointer, 0..0) {
                        return;
                    }
                    told.insert((rule, pointer));
                }
            }
        }
    }
}

fn rule(issue: &ValidationError<'_>) -> &'static str {
    let keyword = match issue.kind() {
        Kind::FalseSchema => issue::property_keyword(issue).unwrap_or("falseSchema"),
        kind => kind.keyword(),
    };
    let mut rules = RULES.into_iter();
    rules.find(|rule| *rule == keyword).unwrap_or(OTHER)
}
