//! Issues as a reason shows them: a path and a message, neither of which quotes the payload.

use std::{borrow::Cow, collections::HashSet};

use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;

use crate::gates::reason;

/// The path and the message of what is wrong with the value.
pub(super) fn issue(error: &ValidationError<'_>, value: &Value, named: &HashSet<String>) -> String {
    let mut steps = path(error.instance_path().as_str(), value, named);
    if let Kind::Required { property } = error.kind() {
        steps.push(property.as_str().unwrap_or_default().to_owned());
    }
    let path = if steps.is_empty() {
        "(root)".to_owned()
    } else {
        reason::payload_text(&steps.join("."))
    };
    let message = if property_keyword(error).is_some() {
        PROPERTY_NOT_ALLOWED.into()
    } else {
        message(error.kind())
    };
    format!("{path}: {message}")
}

const PROPERTY_NOT_ALLOWED: &str = "has a property that is not allowed";

/// The keyword by which an object that may have no further property has one. Where it may have none at all, the validator reports
/// that as an error of the schema `false`, yet still of the object.
pub(super) fn property_keyword<'e>(error: &'e ValidationError<'_>) -> Option<&'e str> {
    let schema_path = error.schema_path().as_str();
    let mut steps = schema_path.rsplit('/');
    let (keyword, parent) = (steps.next()?, steps.next());
    let is_keyword = matches!(keyword, "additionalProperties" | "unevaluatedProperties");
    let is_none = matches!(error.kind(), Kind::FalseSchema);
    (is_none && is_keyword && parent != Some("properties")).then_some(keyword)
}

/// The steps of a JSON Pointer within the value, with `*` for keys that are not named. What a step stands for only the value
/// tells: the key of an object may look like an index.
fn path(pointer: &str, value: &Value, named: &HashSet<String>) -> Vec<String> {
    let mut value = Some(value);
    let steps = pointer.split('/').skip(1).map(|step| match value {
        Some(Value::Array(items)) => {
            value = step.parse().ok().and_then(|at: usize| items.get(at));
            step.to_owned()
        }
        Some(Value::Object(members)) => {
            let key = step.replace("~1", "/").replace("~0", "~");
            value = members.get(&key);
            if named.contains(&key) {
                key
            } else {
                "*".to_owned()
            }
        }
        _ => {
            value = None;
            "*".to_owned()
        }
    });
    steps.collect()
}

/// What is wrong, from the schema's side.
fn message(kind: &Kind) -> Cow<'static, str> {
    match kind {
        Kind::AdditionalItems { .. } | Kind::UnevaluatedItems { .. } => {
            "has an item that is not allowed".into()
        }
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => {
            PROPERTY_NOT_ALLOWED.into()
        }
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "matches none of the alternatives".into()
        }
        Kind::OneOfMultipleValid { .. } => "matches more than one of the alternatives".into(),
        Kind::Not { .. } => "matches what is ruled out".into(),
        Kind::Constant { .. } => "is not the required value".into(),
        Kind::Enum { .. } => "is none of the allowed values".into(),
        Kind::Contains => "does not contain the required items".into(),
        Kind::ContentEncoding { .. } | Kind::FromUtf8 { .. } => "is not encoded as required".into(),
        Kind::ContentMediaType { .. } => "is not of the required media type".into(),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}").into(),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}").into(),
        Kind::Maximum { limit } => format!("must be at most {limit}").into(),
        Kind::Minimum { limit } => format!("must be at least {limit}").into(),
        Kind::MaxItems { limit } => format!("must have at most {limit} items").into(),
        Kind::MinItems { limit } => format!("must have at least {limit} items").into(),
        Kind::MaxLength { limit } => format!("must have at most {limit} characters").into(),
        Kind::MinLength { limit } => format!("must have at least {limit} characters").into(),
        Kind::MaxProperties { limit } => format!("must have at most {limit} properties").into(),
        Kind::MinProperties { limit } => format!("must have at least {limit} properties").into(),
        Kind::MultipleOf { multiple_of } => {
            format!("must be a multiple of {}", reason::number(*multiple_of)).into()
        }
        Kind::FalseSchema => "is not allowed".into(),
        Kind::Format { .. } => "does not have the required format".into(),
        Kind::Pattern { .. } => "does not match the pattern".into(),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "takes too long to match against the pattern".into()
        }
        Kind::PropertyNames { .. } => "has a property name that is not allowed".into(),
        Kind::Required { .. } => "is required".into(),
        Kind::Type { kind } => format!("must be of type {}", types(kind)).into(),
        Kind::UniqueItems => "has items that are equal".into(),
        Kind::Custom { .. } | Kind::Referencing(_) => "does not satisfy the schema".into(),
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => {
            let names: Vec<_> = several.iter().map(|one| one.to_string()).collect();
            names.join(" or ")
        }
    }
}
