//! JSON Pointers (RFC 6901), as policies and findings hold them.

use std::collections::HashSet;

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

    /// Visits the values that it leads to, each with its own pointer; `false` from `visit` ends it.
    pub(crate) fn select<'j>(
        &self,
        root: &'j Json<'j>,
        visit: &mut impl FnMut(&mut Pointer, &'j Json<'j>) -> bool,
    ) -> bool {
        select(&self.0, &mut Pointer::default(), root, visit)
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

    fn matches_index(&self, nth: usize) -> bool {
        match self {
            Step::Any => true,
            Step::Key(wanted) => wanted.parse() == Ok(nth),
        }
    }
}

fn select<'j>(
    steps: &[Step],
    pointer: &mut Pointer,
    value: &'j Json<'j>,
    visit: &mut impl FnMut(&mut Pointer, &'j Json<'j>) -> bool,
) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return visit(pointer, value);
    };
    match value {
        Json::Array(items) => items.iter().enumerate().all(|(nth, item)| {
            !step.matches_index(nth)
                || pointer.with_index(nth, |pointer| select(rest, pointer, item, visit))
        }),
        Json::Object(members) => members.iter().all(|(key, member)| {
            !step.matches(key)
                || pointer.with_key(key, |pointer| select(rest, pointer, member, visit))
        }),
        _ => true,
    }
}

/// The pointer of the value that is being visited. It is written down only where it is needed: keys may be long.
#[derive(Default)]
pub(crate) struct Pointer(String);

impl Pointer {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn with_key<T>(&mut self, key: &str, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.with(|pointer| pointer.push_str(&escape(key)), visit)
    }

    pub(crate) fn with_index<T>(&mut self, nth: usize, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.with(|pointer| pointer.push_str(&nth.to_string()), visit)
    }

    fn with<T>(&mut self, push: impl FnOnce(&mut String), visit: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.0.len();
        self.0.push('/');
        push(&mut self.0);
        let visited = visit(self);
        self.0.truncate(length);
        visited
    }
}

/// The items or members of a value of which a step may be one; none of a scalar.
fn below<'j>(value: &'j Json<'j>, key: &str) -> Vec<&'j Json<'j>> {
    match value {
        Json::Array(items) => key
            .parse()
            .ok()
            .and_then(|nth: usize| items.get(nth))
            .into_iter()
            .collect(),
        Json::Object(members) => {
            let members = members.iter().filter(|(name, _)| name == key);
            members.map(|(_, value)| value).collect()
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
        let is_index = values.as_deref().is_some_and(|values| {
            !values.is_empty() && values.iter().all(|value| matches!(value, Json::Array(_)))
        });
        let shown = if is_index || named.contains(&key) {
            escape(&key)
        } else {
            "*".to_owned()
        };
        masked.push('/');
        masked.push_str(&shown);
        masked.push_str(mark);
        values = values.filter(|_| mark.is_empty()).map(|values| {
            values
                .into_iter()
                .flat_map(|value| below(value, &key))
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
