//! Reading the members of an object by their rules, with the path of each for the message.

use crate::error::Invalid;
use crate::node::{Member, Node};
use crate::text::{NAME, TOOL, TextRule};
use crate::timestamp::Timestamp;
use serde_json::Number;
use std::fmt;
use std::ops::RangeInclusive;

/// Where a value stands in the body; written out only when it must be named.
#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    Root,
    Field(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => f.write_str("the body"),
            Path::Field(Path::Root, name) => f.write_str(name),
            Path::Field(parent, name) => write!(f, "{parent}.{name}"),
            Path::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// The members of one object.
pub(crate) struct Fields<'n, 'a> {
    path: &'n Path<'n>,
    members: &'n [Member<'a>],
}

impl<'n, 'a> Fields<'n, 'a> {
    /// The members of `node`, which must be an object.
    pub(crate) fn of(node: &'n Node<'a>, path: &'n Path<'n>) -> Result<Self, Invalid> {
        match node {
            Node::Object(members) => Ok(Self { path, members }),
            _ => Err(Invalid::new(path, "must be an object")),
        }
    }

    /// The members themselves, where the object has been taken apart already.
    pub(crate) fn new(members: &'n [Member<'a>], path: &'n Path<'n>) -> Self {
        Self { path, members }
    }

    pub(crate) fn path<'s>(&'s self, name: &'s str) -> Path<'s> {
        Path::Field(self.path, name)
    }

    /// The name of a tool. An empty one is none.
    pub(crate) fn tool(&self) -> Result<Option<String>, Invalid> {
        let tool = self.text("tool", &TOOL)?;
        Ok(tool.filter(|tool| !tool.is_empty()))
    }

    /// Refuses members of other names.
    pub(crate) fn only(&self, names: &[&str]) -> Result<(), Invalid> {
        let mut keys = self.members.iter().map(|(key, _)| &**key);
        let Some(other) = keys.find(|key| !names.contains(key)) else {
            return Ok(());
        };
        let shown = other.chars().filter(|c| !c.is_control()).take(200);
        let rule = format_args!("is no known field; there are {}", names.join(", "));
        Err(self.invalid(&shown.collect::<String>(), rule))
    }

    pub(crate) fn invalid(&self, name: &str, rule: impl fmt::Display) -> Invalid {
        Invalid::new(self.path(name), rule)
    }

    /// A member's value; `null` means absent.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&'n Node<'a>>, Invalid> {
        let mut found = self.members.iter().filter(|(key, _)| key == name);
        let value = found.next().map(|(_, value)| value);
        if found.next().is_some() {
            return Err(self.invalid(name, "is given twice"));
        }
        Ok(value.filter(|node| !matches!(node, Node::Null)))
    }

    /// Turns absence into an error.
    pub(crate) fn require<T>(&self, name: &str, value: Option<T>) -> Result<T, Invalid> {
        value.ok_or_else(|| self.invalid(name, "is required"))
    }

    pub(crate) fn text(&self, name: &str, rule: &TextRule) -> Result<Option<String>, Invalid> {
        match self.get(name)? {
            None => Ok(None),
            Some(Node::String(text)) => {
                rule.check(text)
                    .map_err(|broken| self.invalid(name, broken))?;
                Ok(Some(text.clone().into_owned()))
            }
            Some(_) => Err(self.invalid(name, "must be a string")),
        }
    }

    pub(crate) fn bool(&self, name: &str) -> Result<Option<bool>, Invalid> {
        match self.get(name)? {
            None => Ok(None),
            Some(Node::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(self.invalid(name, "must be true or false")),
        }
    }

    /// A number of at least zero, as it was written.
    pub(crate) fn amount(&self, name: &str) -> Result<Option<&'n Number>, Invalid> {
        match self.get(name)? {
            None => Ok(None),
            Some(Node::Number(number)) if number.as_f64().is_some_and(|value| value >= 0.0) => {
                Ok(Some(number))
            }
            Some(_) => Err(self.invalid(name, "must be a number of at least 0")),
        }
    }

    /// A latency in milliseconds.
    pub(crate) fn latency(&self, name: &str) -> Result<Option<f64>, Invalid> {
        let allowed = 0.0..=crate::MAX_LATENCY_MS;
        match self.get(name)? {
            None => Ok(None),
            Some(Node::Number(number)) => match number.as_f64() {
                Some(value) if allowed.contains(&value) => Ok(Some(value)),
                _ => Err(self.invalid(name, "must be between 0 and 60000")),
            },
            Some(_) => Err(self.invalid(name, "must be a number")),
        }
    }

    /// A whole number in a range.
    pub(crate) fn whole(
        &self,
        name: &str,
        allowed: &RangeInclusive<u32>,
    ) -> Result<Option<u32>, Invalid> {
        let Some(node) = self.get(name)? else {
            return Ok(None);
        };
        let number = match node {
            Node::Number(number) => number.as_u64().and_then(|value| value.try_into().ok()),
            _ => None,
        };
        let number = number.filter(|value| allowed.contains(value));
        let (low, high) = (allowed.start(), allowed.end());
        let rule = format_args!("must be a whole number between {low} and {high}");
        number.map(Some).ok_or_else(|| self.invalid(name, rule))
    }

    /// A point in time.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Invalid> {
        let rule = "must be an RFC 3339 timestamp, such as 2026-05-07T14:22:10Z";
        match self.get(name)? {
            None => Ok(None),
            Some(Node::String(text)) => Timestamp::parse(text)
                .map(Some)
                .ok_or_else(|| self.invalid(name, rule)),
            Some(_) => Err(self.invalid(name, "must be a string")),
        }
    }

    /// An array of names whose length lies in `allowed`.
    pub(crate) fn names(
        &self,
        name: &str,
        allowed: &RangeInclusive<usize>,
    ) -> Result<Option<Vec<String>>, Invalid> {
        let Some(items) = self.array(name, allowed)? else {
            return Ok(None);
        };
        let path = self.path(name);
        let items = items.iter().enumerate().map(|(index, item)| {
            let invalid = |rule: &dyn fmt::Display| Invalid::new(Path::Item(&path, index), rule);
            let Node::String(text) = item else {
                return Err(invalid(&"must be a string"));
            };
            NAME.check(text).map_err(|broken| invalid(&broken))?;
            Ok(text.clone().into_owned())
        });
        items.collect::<Result<_, _>>().map(Some)
    }

    /// An array whose length lies in `allowed`.
    pub(crate) fn array(
        &self,
        name: &str,
        allowed: &RangeInclusive<usize>,
    ) -> Result<Option<&'n [Node<'a>]>, Invalid> {
        match self.get(name)? {
            None => Ok(None),
            Some(Node::Array(items)) if allowed.contains(&items.len()) => Ok(Some(items)),
            Some(Node::Array(_)) => {
                let (low, high) = (allowed.start(), allowed.end());
                Err(self.invalid(name, format_args!("must hold {low} to {high} items")))
            }
            Some(_) => Err(self.invalid(name, "must be an array")),
        }
    }
}
