//! Why a policy is refused, and where.

use std::fmt;

use serde_path_to_error::{Path, Segment};

use crate::pointer::child;

/// A policy that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(.position.as_ref(), .pointer))]
pub struct PolicyError {
    /// The JSON Pointer (RFC 6901) of what is wrong; empty for the policy as a whole.
    pub pointer: String,
    /// Where that stands in the text: always known for TOML, and for JSON that is none.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Position {
    /// The place of the byte at `offset`.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let (lines, last) = before.rsplit_once('\n').unwrap_or(("", before));
        Self {
            line: if before.contains('\n') {
                lines.matches('\n').count() + 2
            } else {
                1
            },
            column: last.chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

fn place(position: Option<&Position>, pointer: &str) -> String {
    match (position, pointer) {
        (None, "") => String::new(),
        (None, pointer) => format!("{pointer}: "),
        (Some(position), "") => format!("{position}: "),
        (Some(position), pointer) => format!("{position} ({pointer}): "),
    }
}

/// What is wrong, and at which pointer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) pointer: String,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self {
            pointer: String::new(),
            message: message.to_string(),
        }
    }

    /// What the reader of JSON says, in the words of a policy.
    pub(crate) fn unread(error: &serde_json::Error) -> Self {
        Self::new(plain(error.to_string()))
    }

    /// The fault of a part, as one of the whole in which the part is at `pointer`.
    pub(crate) fn at(self, pointer: &str) -> Self {
        Self {
            pointer: format!("{pointer}{}", self.pointer),
            ..self
        }
    }

    /// The fault of a member or item.
    pub(crate) fn within(self, key: &str) -> Self {
        self.at(&child("", key))
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for Fault {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        Self {
            pointer: pointer_of(error.path()),
            ..Self::unread(error.inner())
        }
    }
}

/// How the reader ends when a value is of another type, and what it should have said.
const TYPES: [(&str, &str); 6] = [
    (
        "expected u64",
        "must be a whole number of at least 0, in 64 bits",
    ),
    (
        "expected usize",
        "must be a whole number of at least 0, in 64 bits",
    ),
    ("expected f64", "must be a number"),
    ("expected a string", "must be a string"),
    ("expected a boolean", "must be true or false"),
    ("expected a sequence", "must be an array"),
];

fn plain(message: String) -> String {
    let of_type = TYPES.iter().find(|(end, _)| message.ends_with(end));
    of_type.map_or(message, |(_, rule)| (*rule).to_owned())
}

fn pointer_of(path: &Path) -> String {
    path.iter()
        .fold(String::new(), |pointer, segment| match segment {
            Segment::Seq { index } => child(&pointer, &index.to_string()),
            Segment::Map { key } => child(&pointer, key),
            Segment::Enum { .. } | Segment::Unknown => pointer,
        })
}
