//! Where an output does not satisfy a schema, and which keyword of it.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::Value;

use super::{
    MOST_STEPS_OF_LIST, Schema, SchemaTarget, in_time,
    issue::{issue, property_keyword},
    readings,
};
use crate::{Deadline, MAX_FINDINGS, Places, Subject};

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

/// An issue: its rule, the pointer to the value that it is of, and what a reason says of it.
type Issue = (&'static str, String, String);

impl Schema {
    /// Tells of every issue at the value that it is of; of those of one rule at one value together.
    pub(super) fn tell(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        if self.target == SchemaTarget::Input {
            places.add(OTHER, "", 0..0);
            return;
        }
        let mut told = Told::default();
        let mut is_all = true;
        for value in readings(subject.output) {
            if let Some(issues) = self.issues(&value, places.deadline()) {
                is_all = issues.len() <= MAX_FINDINGS;
                for issue in issues {
                    told.add(issue);
                }
            } else {
                is_all = false;
                told.places.push((OTHER, String::new(), Vec::new()));
            }
            if !is_all || told.places.len() > MAX_FINDINGS {
                break;
            }
        }
        for (rule, pointer, details) in told.places {
            if !places.add_with(rule, &pointer, 0..0, details) {
                return;
            }
        }
        if !is_all {
            places.give_up();
        }
    }

    /// The issues of a value, one more than are told of at most; `None` when it takes too long to list them.
    fn issues(&self, value: &Value, deadline: &Deadline<'_>) -> Option<Vec<Issue>> {
        in_time(MOST_STEPS_OF_LIST, deadline, || {
            let issues = self.validator.iter_errors(value).map(|error| {
                let pointer = error.instance_path().to_string();
                (rule(&error), pointer, issue(&error, value, &self.named))
            });
            issues.take(MAX_FINDINGS + 1).collect()
        })
    }
}

/// The issues so far, each once, whichever of duplicate keys counts.
#[derive(Default)]
struct Told {
    places: Vec<(&'static str, String, Vec<Cow<'static, str>>)>,
    by_place: HashMap<(&'static str, String), usize>,
    known: HashSet<Issue>,
}

impl Told {
    fn add(&mut self, issue: Issue) {
        if !self.known.insert(issue.clone()) {
            return;
        }
        let (rule, pointer, detail) = issue;
        let next = self.places.len();
        let nth = *self.by_place.entry((rule, pointer.clone())).or_insert(next);
        match self.places.get_mut(nth) {
            Some((.., details)) => details.push(detail.into()),
            None => self.places.push((rule, pointer, vec![detail.into()])),
        }
    }
}

fn rule(issue: &ValidationError<'_>) -> &'static str {
    let keyword = match issue.kind() {
        Kind::FalseSchema => property_keyword(issue).unwrap_or("falseSchema"),
        kind => kind.keyword(),
    };
    let mut rules = RULES.into_iter();
    rules.find(|rule| *rule == keyword).unwrap_or(OTHER)
}
