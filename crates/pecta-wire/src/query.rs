//! Reading a query string: unknown parameters are ignored, known ones come once and not empty.

use crate::error::Invalid;
use percent_encoding::percent_decode_str;
use std::ops::RangeInclusive;

/// The parameters of one request. Values stay encoded until they are asked for, so that nothing that
/// an unknown parameter holds matters.
pub(crate) struct Query<'q>(Vec<(String, &'q str)>);

impl<'q> Query<'q> {
    /// Takes a query string apart.
    pub(crate) fn parse(text: &'q str) -> Self {
        let pairs = text.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, value))
        });
        Self(pairs.collect())
    }

    /// A parameter's value.
    pub(crate) fn get(&self, name: &str) -> Result<Option<String>, Invalid> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let value = found.next().map(|(_, value)| *value);
        if found.next().is_some() {
            return Err(Invalid::new(name, "is given twice"));
        }
        match value {
            None => Ok(None),
            Some("") => Err(Invalid::new(name, "must not be empty")),
            Some(value) => {
                let value = decode(value).ok_or_else(|| Invalid::new(name, "must be UTF-8"))?;
                Ok(Some(value))
            }
        }
    }
}

/// `None` when the text is not UTF-8 after decoding.
fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// A parameter that is a whole number in a range.
pub(crate) fn whole(
    query: &Query<'_>,
    name: &str,
    allowed: &RangeInclusive<u32>,
) -> Result<Option<u32>, Invalid> {
    let Some(text) = query.get(name)? else {
        return Ok(None);
    };
    match text.parse() {
        Ok(value) if allowed.contains(&value) => Ok(Some(value)),
        _ => {
            let (low, high) = (allowed.start(), allowed.end());
            let rule = format!("must be a whole number between {low} and {high}");
            Err(Invalid::new(name, rule))
        }
    }
}
