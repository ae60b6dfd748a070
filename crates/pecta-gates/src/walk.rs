//! The walk over the scalar values of a payload.

use std::slice;

use crate::Json;

/// Visits every value that is neither array nor object, in the order of the text. Keeps its own stack, so that no nesting
/// can overflow the thread's.
pub(crate) struct Walk<'j> {
    root: Option<&'j Json<'j>>,
    open: Vec<Open<'j>>,
}

/// An array or object that the walk is inside of.
enum Open<'j> {
    Array {
        items: slice::Iter<'j, Json<'j>>,
        length: usize,
    },
    Object {
        members: slice::Iter<'j, Member<'j>>,
        key: &'j str,
    },
}

type Member<'j> = (std::borrow::Cow<'j, str>, Json<'j>);

impl<'j> Walk<'j> {
    pub(crate) fn new(root: &'j Json<'j>) -> Self {
        Self {
            root: Some(root),
            open: Vec::new(),
        }
    }

    /// The next scalar value.
    pub(crate) fn next_scalar(&mut self) -> Option<&'j Json<'j>> {
        let mut value = self.root.take().or_else(|| self.next_value())?;
        loop {
            match value {
                Json::Array(items) => self.open.push(Open::Array {
                    items: items.iter(),
                    length: items.len(),
                }),
                Json::Object(members) => self.open.push(Open::Object {
                    members: members.iter(),
                    key: "",
                }),
                _ => return Some(value),
            }
            value = self.next_value()?;
        }
    }

    fn next_value(&mut self) -> Option<&'j Json<'j>> {
        while let Some(innermost) = self.open.last_mut() {
            let value = match innermost {
                Open::Array { items, .. } => items.next(),
                Open::Object { members, key } => members.next().map(|(name, value)| {
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

    /// The JSON Pointer (RFC 6901) of the value visited last.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        for open in &self.open {
            pointer.push('/');
            match open {
                Open::Array { items, length } => {
                    pointer.push_str(&(length - items.len()).saturating_sub(1).to_string());
                }
                Open::Object { key, .. } => {
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                }
            }
        }
        pointer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let json = Json::parse(text).unwrap();
        let mut walk = Walk::new(&json);
        let mut pointers = Vec::new();
        while walk.next_scalar().is_some() {
            pointers.push(walk.pointer());
        }
        assert_eq!(pointers, expected, "{text}");
    }

    #[test]
    fn scalars_are_visited_once_in_order() {
        check("1", &[""]);
        check("[]", &[]);
        check("[[], {}, [[]]]", &[]);
        check(r#"["a", [true, null], 2]"#, &["/0", "/1/0", "/1/1", "/2"]);
        check(
            r#"{"a": {"b/c": 1, "~": [2]}, "": 3}"#,
            &["/a/b~1c", "/a/~0/0", "/"],
        );
        check(r#"{"twice": 1, "twice": 2}"#, &["/twice", "/twice"]);
    }
}
