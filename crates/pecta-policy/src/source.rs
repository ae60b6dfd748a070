//! The text of a policy, and where in it each value stands.

use std::{collections::HashMap, ops::Range};

use pecta_gates::Json;
use serde_json::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{PolicyError, Position, error::Fault, pointer::child};

/// How the text of a policy is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML 1.1, for files that people write.
    Toml,
    /// JSON, for programs.
    Json,
}

/// A policy's text, read.
pub(crate) struct Source<'t> {
    pub(crate) value: Value,
    text: &'t str,
    /// Where the value at each JSON Pointer starts, in bytes of the text. JSON has none.
    starts: HashMap<String, usize>,
}

impl<'t> Source<'t> {
    pub(crate) fn read(text: &'t str, format: Format) -> Result<Self, PolicyError> {
        match format {
            Format::Toml => Self::toml(text),
            Format::Json => Self::json(text),
        }
    }

    fn toml(text: &'t str) -> Result<Self, PolicyError> {
        let syntax = |error: toml::de::Error| PolicyError {
            pointer: String::new(),
            position: error.span().map(|span| Position::of(text, span.start)),
            message: error.message().to_owned(),
        };
        let table = DeTable::parse(text).map_err(syntax)?;
        let mut starts = HashMap::new();
        let root = DeValue::Table(table.into_inner());
        let fault = note_starts(&root, 0..0, "", &mut starts).err();
        let source = Self {
            value: toml::from_str(text).map_err(syntax)?,
            text,
            starts,
        };
        fault.map_or(Ok(()), |fault| Err(source.error(fault)))?;
        Ok(source)
    }

    fn json(text: &'t str) -> Result<Self, PolicyError> {
        let json = Json::parse(text).map_err(|error| PolicyError {
            pointer: String::new(),
            position: Some(Position {
                line: error.line(),
                column: error.column(),
            }),
            message: error.to_string(),
        })?;
        let source = |value| Self {
            value,
            text,
            starts: HashMap::new(),
        };
        value_of(&json, "")
            .map(source)
            .map_err(|fault| source(Value::Null).error(fault))
    }

    /// A fault, with its place in the text.
    pub(crate) fn error(&self, fault: Fault) -> PolicyError {
        let mut pointer = fault.pointer.as_str();
        let mut start = self.starts.get(pointer);
        // What is missing has no place; the value that it is missing in has.
        while let (None, Some((parent, _))) = (start, pointer.rsplit_once('/')) {
            pointer = parent;
            start = self.starts.get(pointer);
        }
        PolicyError {
            position: start.map(|&start| Position::of(self.text, start)),
            pointer: fault.pointer,
            message: fault.message,
        }
    }
}

/// Notes where every value starts: a member at its key.
fn note_starts(
    value: &DeValue<'_>,
    span: Range<usize>,
    pointer: &str,
    starts: &mut HashMap<String, usize>,
) -> Result<(), Fault> {
    starts.insert(pointer.to_owned(), span.start);
    match value {
        DeValue::Array(items) => {
            for (nth, item) in items.iter().enumerate() {
                let pointer = child(pointer, &nth.to_string());
                note_starts(item.get_ref(), item.span(), &pointer, starts)?;
            }
        }
        DeValue::Table(members) => {
            for (key, member) in members {
                let pointer = child(pointer, key.get_ref());
                note_starts(member.get_ref(), Spanned::span(key), &pointer, starts)?;
            }
        }
        DeValue::Float(float) if float.as_str().ends_with(['f', 'n']) => {
            return Err(Fault::new("must be a finite number").at(pointer));
        }
        DeValue::Datetime(_) => {
            return Err(Fault::new("must not be a date; write it as a string").at(pointer));
        }
        _ => {}
    }
    Ok(())
}

/// A JSON value in which no key is given twice.
fn value_of(json: &Json<'_>, pointer: &str) -> Result<Value, Fault> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(value) => Value::Number(value.clone()),
        Json::String(value) => Value::String(value.clone().into_owned()),
        Json::Array(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(nth, item)| value_of(item, &child(pointer, &nth.to_string())));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Json::Object(members) => {
            let mut object = serde_json::Map::new();
            for (key, value) in members {
                let pointer = child(pointer, key);
                let value = value_of(value, &pointer)?;
                if object.insert(key.clone().into_owned(), value).is_some() {
                    return Err(Fault::new("is given twice").at(&pointer));
                }
            }
            Value::Object(object)
        }
    })
}
