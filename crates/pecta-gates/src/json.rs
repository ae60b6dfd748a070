//! A JSON value that borrows from the text it was parsed from.

use std::{borrow::Cow, fmt};

use serde::{
    Serialize, Serializer,
    de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;

/// A JSON value, borrowed from the text it was parsed from wherever a string has no escapes.
///
/// Objects keep the order of their members and every one of duplicate keys, because all of them are judged:
/// which of two a reader will see is not known here.
///
/// ```
/// use pecta_gates::Json;
///
/// let json = Json::parse(r#"{"cmd": "ls", "cmd": "pwd"}"#)?;
/// let Json::Object(members) = &json else { unreachable!() };
/// assert_eq!(members.len(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object's members in the order of the text, duplicates included.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Parses a whole JSON text.
    ///
    /// # Errors
    ///
    /// The text is not JSON, nests deeper than 127 levels, holds a lone surrogate or a number out of range.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl<'a> From<&'a serde_json::Value> for Json<'a> {
    /// Borrows the strings; recurses as deep as the value nests.
    fn from(value: &'a serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(value) => Json::Number(value.clone()),
            Value::String(value) => Json::String(Cow::Borrowed(value)),
            Value::Array(items) => Json::Array(items.iter().map(Json::from).collect()),
            Value::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(key, value)| (Cow::Borrowed(key.as_str()), value.into()))
                    .collect(),
            ),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Number(value) => value.serialize(serializer),
            Json::String(value) => serializer.serialize_str(value),
            Json::Array(items) => serializer.collect_seq(items),
            Json::Object(members) => {
                serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Number::from_f64(value)
            .map(Json::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((Key(key), value)) = map.next_entry()? {
            members.push((key, value));
        }
        Ok(Json::Object(members))
    }
}

/// An object key. (`Cow` alone would never borrow.)
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// Any value, at most five levels deep.
    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| members.into_iter().collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn parsing_agrees_with_serde_json(value in any_value()) {
            let text = value.to_string();
            let reread: Value = serde_json::from_str(&text).unwrap();
            let json = Json::parse(&text).unwrap();
            prop_assert_eq!(&json, &Json::from(&reread));
            prop_assert_eq!(serde_json::to_string(&json).unwrap(), reread.to_string());
        }
    }

    #[test]
    fn strings_and_keys_without_escapes_are_borrowed() {
        let json = Json::parse(r#"{"plain": "text", "es\u0063aped": "t\u0065xt"}"#).unwrap();
        let Json::Object(members) = json else {
            panic!("an object")
        };
        let borrowed = |text: &Cow<'_, str>| matches!(text, Cow::Borrowed(_));
        for ((key, value), expected) in members.iter().zip([true, false]) {
            let Json::String(value) = value else {
                panic!("a string")
            };
            assert_eq!(
                (borrowed(key), borrowed(value)),
                (expected, expected),
                "{key}"
            );
        }
    }

    #[test]
    fn what_serde_json_refuses_is_refused() {
        let deep = |levels| "[".repeat(levels) + &"]".repeat(levels);
        assert!(Json::parse(&deep(127)).is_ok());
        for text in [
            "",
            "{",
            "1e999",
            r#""\ud800""#,
            r#"{"\udc00": 1}"#,
            "[1] 2",
            "NaN",
            &deep(128),
        ] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }
}
