//! The walk over the scalar values and keys of a payload.

use std::slice;

use crate::{Json, detect::List};

/// Visits every value that is neither array nor object, and keys if asked to, in the order of the text. Keeps its own stack,
/// so that no nesting can overflow the thread's.
pub(crate) struct Walk<'j> {
    /// The value to go on with.
    next: Option<&'j Json<'j>>,
    open: Vec<Open<'j>>,
    keys: bool,
}

/// What a walk comes by.
#[derive(Clone, Copy)]
pub(crate) enum Visit<'j> {
    /// The key of the member whose value is visited next.
    Key(&'j str),
    Scalar(&'j Json<'j>),
}

/// An array or object that the walk is inside of.
enum Open<'j> {
    Array {
        items: slice::Iter<'j, Json<'j>>,
        all: &'j [Json<'j>],
    },
    Object {
        members: slice::Iter<'j, Member<'j>>,
        all: &'j [Member<'j>],
        key: &'j str,
    },
}

type Member<'j> = (std::borrow::Cow<'j, str>, Json<'j>);

impl<'j> Walk<'j> {
    pub(crate) fn new(root: &'j Json<'j>, keys: bool) -> Self {
        Self {
            next: Some(root),
            open: Vec::new(),
            keys,
        }
    }

    pub(crate) fn visit(&mut self) -> Option<Visit<'j>> {
        loop {
            let value = if let Some(value) = self.next.take() {
                value
            } else {
                let value = self.next_value()?;
                if let Some(key) = self.key().filter(|_| self.keys) {
                    self.next = Some(value);
                    return Some(Visit::Key(key));
                }
                value
            };
            match value {
                Json::Array(items) => self.open.push(Open::Array {
                    items: items.iter(),
                    all: items,
                }),
                Json::Object(members) => self.open.push(Open::Object {
                    members: members.iter(),
                    all: members,
                    key: "",
                }),
                scalar => return Some(Visit::Scalar(scalar)),
            }
        }
    }

    /// The key of the member visited last, unless that was something else.
    pub(crate) fn key(&self) -> Option<&'j str> {
        match self.open.last() {
            Some(Open::Object { key, .. }) => Some(key),
            _ => None,
        }
    }

    /// The array whose first item was visited last, unless that was something else.
    pub(crate) fn list(&self) -> Option<List<'j>> {
        let (Open::Array { items, all }, outer) = self.open.split_last()? else {
            return None;
        };
        (all.len() - items.len() == 1).then(|| List {
            items: all,
            member: match outer.last() {
                Some(Open::Object { all, key, .. }) => Some((key, all)),
                _ => None,
            },
        })
    }

    fn next_value(&mut self) -> Option<&'j Json<'j>> {
        while let Some(innermost) = self.open.last_mut() {
            let value = match innermost {
                Open::Array { items, .. } => items.next(),
                Open::Object { members, key, .. } => members.next().map(|(name, value)| {
                    *key = name;
                    value
                }),
            };
            if value.is_some() {
                return value;
            }
            self.open.pop();
        }
        None
    }

    /// Appends the JSON Pointer (RFC 6901) of the value or member visited last.
    pub(crate) fn point(&self, pointer: &mut String) {
        for open in &self.open {
            pointer.push('/');
            match open {
                Open::Array { items, all } => {
                    pointer.push_str(&(all.len() - items.len()).saturating_sub(1).to_string());
                }
                Open::Object { key, .. } => {
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let json = Json::parse(text).unwrap();
        let mut walk = Walk::new(&json, true);
        let mut pointers = Vec::new();
        while let Some(visit) = walk.visit() {
            let mut pointer = String::new();
            if let Visit::Key(_) = visit {
                pointer.push_str("key of ");
            }
            walk.point(&mut pointer);
            pointers.push(pointer);
        }
        assert_eq!(pointers, expected, "{text}");

        let mut walk = Walk::new(&json, false);
        let values = iter::from_fn(|| walk.visit()).count();
        let keys = expected
            .iter()
            .filter(|visit| visit.starts_with("key"))
            .count();
        assert_eq!(values, expected.len() - keys, "{text}");
    }

    #[test]
    fn scalars_and_keys_are_visited_once_in_order() {
        check("1", &[""]);
        check("[]", &[]);
        check("[[], {}, [[]]]", &[]);
        check(r#"["a", [true, null], 2]"#, &["/0", "/1/0", "/1/1", "/2"]);
        check(
            r#"{"a": {"b/c": 1, "~": [2]}, "": 3}"#,
            &[
                "key of /a",
                "key of /a/b~1c",
                "/a/b~1c",
                "key of /a/~0",
                "/a/~0/0",
                "key of /",
                "/",
            ],
        );
        check(
            r#"{"twice": 1, "twice": []}"#,
            &["key of /twice", "/twice", "key of /twice"],
        );
    }
}
