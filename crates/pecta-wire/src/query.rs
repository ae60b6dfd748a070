//! Reading a query string: unknown parameters are ignored, known ones come once and not empty.

use crate::error::Invalid;
use percent_encoding::percent_decode_str;

/// The parameters of one request, decoded.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Takes a query string apart. What is not UTF-8 after decoding is an error of the parameter
    /// that holds it.
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).unwrap_or_default();
            let value = decode(value).ok_or_else(|| Invalid::new(&name, "must be UTF-8"))?;
            Ok((name, value))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// A parameter's value.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&str>, Invalid> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let value = found.next().map(|(_, value)| value.as_str());
        if found.next().is_some() {
            return Err(Invalid::new(name, "is given twice"));
        }
        if value == Some("") {
            return Err(Invalid::new(name, "must not be empty"));
        }
        Ok(value)
    }
}

/// `None` when the text is not UTF-8 after decoding.
fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}
