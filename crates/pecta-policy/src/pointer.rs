//! JSON Pointers (RFC 6901), as policies and findings hold them.

use std::{borrow::Cow, collections::HashSet};

use pecta_gates::Json;

use crate::error::Fault;

/// The pointer of a member or item.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", escape(key))
}

/// A JSON Pointer in which the step `*` stands for any key or index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PointerPattern(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Any,
    Key(String),
}

impl PointerPattern {
    /// The pointer to the value as a whole.
    pub(crate) const ROOT: Self = Self(Vec::new());

    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Ok(Self::ROOT);
        }
        let steps = text.strip_prefix('/').ok_or_else(|| {
            Fault::new("must be a JSON Pointer: empty, or steps that each begin with /")
        })?;
        let step = |step: &str| match step {
            "*" => Step::Any,
            key => Step::Key(unescape(key)),
        };
        Ok(Self(steps.split('/').map(step).collect()))
    }

    /// The keys that it names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|step| match step {
            Step::Any => None,
            Step::Key(key) => Some(key.as_str()),
        })
    }

    /// The values that it leads to, each with its own pointer.
    pub(crate) fn select<'j>(&self, root: &'j Json<'j>) -> Vec<(String, &'j Json<'j>)> {
        let mut selected = vec![(String::new(), root)];
        for step in &self.0 {
            let below = selected.iter().flat_map(|(pointer, value)| {
                let members = children(value).into_iter();
                let members = members.filter(|(key, _)| step.matches(key));
                members.map(move |(key, value)| (child(pointer, &key), value))
            });
            selected = below.collect();
        }
        selected
    }

    /// Whether it leads to the value that `pointer` points to, or to one that this is in.
    pub(crate) fn covers(&self, pointer: &str) -> bool {
        let mut keys = steps(pointer);
        let mut covered = |step: &Step| keys.next().is_some_and(|key| step.matches(&unescape(key)));
        self.0.iter().all(&mut covered)
    }
}

impl Step {
    fn matches(&self, key: &str) -> bool {
        match self {
            Step::Any => true,
            Step::Key(wanted) => wanted == key,
        }
    }
}

/// The items or members of a value; none of a scalar.
pub(crate) fn children<'j>(value: &'j Json<'j>) -> Vec<(Cow<'j, str>, &'j Json<'j>)> {
    match value {
        Json::Array(items) => {
            let items = items.iter().enumerate();
            items
                .map(|(nth, item)| (nth.to_string().into(), item))
                .collect()
        }
        Json::Object(members) => {
            let members = members.iter();
            members
                .map(|(key, value)| (Cow::Borrowed(&**key), value))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The pointer of a finding without the keys that nobody has named: each is `*`.
pub(crate) fn masked(pointer: &str, root: &Json<'_>, named: &HashSet<String>) -> String {
    let mut values = Some(vec![root]);
    let mut masked = String::new();
    for step in steps(pointer) {
        let (key, mark) = split_mark(step);
        let key = unescape(key);
        // Within JSON in a string, which has no tree to look at, an index may be a key.
        let is_index = values
            .as_deref()
            .is_some_and(|values| values.iter().all(|value| matches!(value, Json::Array(_))));
        let shown = if is_index || named.contains(&key) {
            escape(&key)
        } else {
            "*".to_owned()
        };
        masked.push('/');
        masked.push_str(&shown);
        masked.push_str(mark);
        values = values.filter(|_| mark.is_empty()).map(|values| {
            let below = values.into_iter().flat_map(children);
            below
                .filter(|(name, _)| *name == key)
                .map(|(_, value)| value)
                .collect()
        });
    }
    masked
}

/// The step of a finding's pointer, and the mark behind it.
pub(crate) fn split_mark(step: &str) -> (&str, &str) {
    for mark in ["~#", "~"] {
        if let Some(key) = step.strip_suffix(mark) {
            return (key, mark);
        }
    }
    (step, "")
}

pub(crate) fn steps(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.split('/').skip(1)
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
