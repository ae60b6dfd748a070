//! The values that JSON with duplicate keys may be read as.

use std::{
    collections::{HashMap, hash_map::Entry},
    iter,
};

use serde_json::{Map, Value};

use crate::Json;

/// As few readings of the value as it takes for each of duplicate keys to count in one; a single one if there are none. Within a
/// reading every key of an object has one value.
///
/// There are never more readings than there are scalar values and empty containers.
pub(super) fn readings<'j>(json: &'j Json<'j>) -> impl Iterator<Item = Value> {
    let mut index = 0;
    let mut count = 1;
    iter::from_fn(move || {
        if index == count {
            return None;
        }
        let (value, counted) = read(json, index);
        index += 1;
        count = counted;
        Some(value)
    })
}

/// The reading of the index, or if there are fewer the last one, and how many there are.
///
/// Values that stand side by side are read at the same index, while duplicates take up the index one after the other: the
/// readings of the first come first.
fn read(json: &Json<'_>, index: usize) -> (Value, usize) {
    match json {
        Json::Null => (Value::Null, 1),
        Json::Bool(value) => (Value::Bool(*value), 1),
        Json::Number(value) => (Value::Number(value.clone()), 1),
        Json::String(value) => (Value::String(value.clone().into_owned()), 1),
        Json::Array(items) => {
            let mut count = 1;
            let items = items.iter().map(|item| {
                let (value, counted) = read(item, index);
                count = count.max(counted);
                value
            });
            (Value::Array(items.collect()), count)
        }
        Json::Object(members) => {
            let mut object = Map::new();
            let mut counts: HashMap<&str, usize> = HashMap::with_capacity(members.len());
            for (key, value) in members {
                match counts.entry(key) {
                    Entry::Vacant(entry) => {
                        let (value, counted) = read(value, index);
                        entry.insert(counted);
                        object.insert(key.clone().into_owned(), value);
                    }
                    Entry::Occupied(mut entry) => {
                        let before = *entry.get();
                        let (value, counted) = read(value, index.saturating_sub(before));
                        entry.insert(before + counted);
                        if index >= before {
                            object.insert(key.clone().into_owned(), value);
                        }
                    }
                }
            }
            let count = counts.into_values().max().unwrap_or(1);
            (Value::Object(object), count)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let json = Json::parse(text).unwrap();
        let values: Vec<_> = readings(&json).map(|value| value.to_string()).collect();
        assert_eq!(values, expected, "{text}");
    }

    #[test]
    fn without_duplicate_keys_there_is_one_reading() {
        for text in [
            "null",
            "true",
            "-0.5",
            r#""x""#,
            "[]",
            "{}",
            r#"[{"a":[1,{}],"b":{"a":null}}]"#,
        ] {
            check(text, &[text]);
        }
    }

    #[test]
    fn every_duplicate_counts_in_one_reading() {
        check(r#"{"a": 1, "a": 2}"#, &[r#"{"a":1}"#, r#"{"a":2}"#]);
        check(
            r#"[{"a": 1, "a": 2}, {"b": 1, "b": 2, "b": 3}]"#,
            &[
                r#"[{"a":1},{"b":1}]"#,
                r#"[{"a":2},{"b":2}]"#,
                r#"[{"a":2},{"b":3}]"#,
            ],
        );
        check(
            r#"{"a": {"x": 1, "x": 2}, "a": 3, "b": 0, "a": {"x": 4, "x": 5}}"#,
            &[
                r#"{"a":{"x":1},"b":0}"#,
                r#"{"a":{"x":2},"b":0}"#,
                r#"{"a":3,"b":0}"#,
                r#"{"a":{"x":4},"b":0}"#,
                r#"{"a":{"x":5},"b":0}"#,
            ],
        );
    }
}
