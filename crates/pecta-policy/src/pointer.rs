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

/// The place of findings, as events tell it: a pattern, and the marks of keys and of JSON in strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlacePattern(Vec<(Step, Mark)>);

/// What is behind a step of a finding's pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The value itself.
    None,
    /// The key of the member.
    Key,
    /// The JSON in the string.
    Embedded,
}

impl Mark {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Key => "~#",
            Self::Embedded => "~",
        }
    }
}

impl PointerPattern {
    /// The pointer to the value as a whole.
    pub(crate) const ROOT: Self = Self(Vec::new());

    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        steps_of(text)?
            .map(Step::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The keys that it names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|step| match step {
            Step::Any => None,
            Step::Key(key) => Some(key.as_str()),
        })
    }

    /// Visits the values that it leads to, each with its own pointer, and on the way those that they are in; `false` from
    /// `visit` ends it.
    pub(crate) fn select<'j>(
        &self,
        root: &'j Json<'j>,
        visit: &mut impl FnMut(&mut Pointer, Reached<'j>) -> bool,
    ) -> bool {
        select(&self.0, &mut Pointer::default(), root, visit)
    }
}

/// A value that a pointer leads to, or through.
pub(crate) enum Reached<'j> {
    End(&'j Json<'j>),
    /// So many members or items are looked at, which one of them may be the next.
    Way(usize),
}

impl PlacePattern {
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let step = |step| {
            let (key, mark) = split_mark(step);
            Ok((Step::parse(key)?, mark))
        };
        let steps: Vec<_> = steps_of(text)?.map(step).collect::<Result<_, Fault>>()?;
        let ends_early = |(_, mark): &(Step, Mark)| *mark == Mark::Key;
        match steps.split_last() {
            Some((_, before)) if before.iter().any(ends_early) => Err(Fault::new(NO_POINTER)),
            _ => Ok(Self(steps)),
        }
    }

    /// Whether it leads to what `pointer` points to, or to a value that this is in. A key is in the object, not in the
    /// member's value; JSON in a string is in that string.
    pub(crate) fn covers(&self, pointer: &str) -> bool {
        let mut found = steps(pointer).map(split_mark);
        let last = self.0.len().saturating_sub(1);
        self.0.iter().enumerate().all(|(nth, (step, mark))| {
            found.next().is_some_and(|(key, behind)| {
                let is_below = nth == last && *mark == Mark::None && behind == Mark::Embedded;
                (*mark == behind || is_below) && step.matches(&unescape(key))
            })
        })
    }
}

const NO_POINTER: &str = "must be a JSON Pointer: empty, or steps that each begin with /";

/// The steps of a pointer that somebody wrote.
fn steps_of(text: &str) -> Result<impl Iterator<Item = &str>, Fault> {
    if text.is_empty() || text.starts_with('/') {
        Ok(steps(text))
    } else {
        Err(Fault::new(NO_POINTER))
    }
}

impl Step {
    fn parse(text: &str) -> Result<Self, Fault> {
        let mut escapes = text.split('~').skip(1);
        if !escapes.all(|escape| escape.starts_with(['0', '1'])) {
            let rule = "must be a JSON Pointer: ~ is written as ~0 in it, and / in a key as ~1";
            return Err(Fault::new(rule));
        }
        Ok(match text {
            "*" => Self::Any,
            key => Self::Key(unescape(key)),
        })
    }

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
    visit: &mut impl FnMut(&mut Pointer, Reached<'j>) -> bool,
) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return visit(pointer, Reached::End(value));
    };
    let below = match value {
        Json::Array(items) => items.len(),
        Json::Object(members) => members.len(),
        _ => 0,
    };
    if !visit(pointer, Reached::Way(below)) {
        return false;
    }
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

/// How many members the places of one judgement may be compared with: what the longest outputs have, and more. The findings of
/// an output of nothing but duplicate keys would have it looked through once for each.
pub(crate) const MOST_COMPARED: usize = 1_000_000;

/// How many members of the values a step is compared with.
fn compared(values: &[&Json<'_>]) -> usize {
    let members = values.iter().map(|value| match value {
        Json::Object(members) => members.len(),
        _ => 1,
    });
    members.sum()
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

/// The pointer of a finding without the keys that nobody has named: each is `*`. `left` is how many members it may yet be compared
/// with; past these, indices are `*` as well.
pub(crate) fn masked(
    pointer: &str,
    root: &Json<'_>,
    named: &HashSet<String>,
    left: &mut usize,
) -> String {
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
        masked.push_str(mark.as_str());
        values = values.filter(|_| mark == Mark::None).and_then(|values| {
            *left = left.saturating_sub(compared(&values));
            let is_allowed = *left > 0;
            is_allowed.then(|| {
                let values = values.into_iter();
                values.flat_map(|value| below(value, &key)).collect()
            })
        });
    }
    masked
}

/// The step of a finding's pointer, and the mark behind it.
pub(crate) fn split_mark(step: &str) -> (&str, Mark) {
    for mark in [Mark::Key, Mark::Embedded] {
        if let Some(key) = step.strip_suffix(mark.as_str()) {
            return (key, mark);
        }
    }
    (step, Mark::None)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_masked_within_a_number_of_comparisons() {
        let text = r#"{"a":{"b":[7]},"a":{"b":[7]}}"#;
        let root = Json::parse(text).unwrap();
        // Two members of the root, then one in each of these, then two arrays.
        for (mut left, expected, rest) in [
            (7, "/*/*/0", 1),
            (5, "/*/*/0", 0),
            (4, "/*/*/*", 0),
            (2, "/*/*/*", 0),
            (0, "/*/*/*", 0),
        ] {
            let shown = masked("/a/b/0", &root, &HashSet::new(), &mut left);
            assert_eq!((shown.as_str(), left), (expected, rest));
        }
    }
}
