//! The members of a body whose values are read one by one later, so that a faulty one spoils no other.

use crate::error::{Invalid, RequestError};
use crate::fields::Path;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

const ITEMS: RangeInclusive<usize> = 1..=100;

/// The members of an object, their values unread.
pub(crate) struct Members<'b>(Vec<(Cow<'b, str>, &'b RawValue)>);

impl<'b> Members<'b> {
    /// Takes a body apart, which must be JSON to its end and an object.
    pub(crate) fn parse(body: &'b [u8]) -> Result<Self, RequestError> {
        let whole: &RawValue = serde_json::from_slice(body)?;
        if !whole.get().starts_with('{') {
            return Err(Invalid::new(Path::Root, "must be an object").into());
        }
        Ok(serde_json::from_str(whole.get())?)
    }

    /// A member's value.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&'b RawValue>, Invalid> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(Invalid::new(name, "is given twice")),
            (first, None) => Ok(first.map(|(_, value)| *value)),
        }
    }

    /// The 1 to 100 items of an array that must be there.
    pub(crate) fn items(&self, name: &str) -> Result<Vec<&'b RawValue>, RequestError> {
        let items = self.get(name)?;
        let items = items.ok_or_else(|| Invalid::new(name, "is required"))?;
        if !items.get().starts_with('[') {
            return Err(Invalid::new(name, "must be an array").into());
        }
        let items: Vec<&RawValue> = serde_json::from_str(items.get())?;
        if !ITEMS.contains(&items.len()) {
            return Err(Invalid::new(name, "must hold 1 to 100 items").into());
        }
        Ok(items)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
