//! One line of the input: an output to judge, and what is known about it.

use pecta_gates::{Json, Subject};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a line holds. Other members than these are passed over.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    /// A string, number, boolean or null, to be repeated as it is.
    pub(crate) id: Option<&'a RawValue>,
    output: Json<'a>,
    input: Option<Json<'a>>,
    tool: Option<Cow<'a, str>>,
    latency_ms: Option<f64>,
    context: Context,
}

/// How much time the request has that the line is part of, in milliseconds.
#[derive(Debug, Default)]
struct Context {
    tmax_ms: Option<f64>,
    elapsed_ms: Option<f64>,
}

/// The line taken apart. No field has a type that a value could miss, because the message of such an error
/// would quote the value.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    output: Json<'a>,
    #[serde(borrow)]
    input: Option<Json<'a>>,
    #[serde(borrow)]
    tool: Option<Json<'a>>,
    #[serde(borrow)]
    latency_ms: Option<Json<'a>>,
    #[serde(borrow)]
    context: Option<Json<'a>>,
}

/// Why a line cannot be judged. Never quotes the line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadCase {
    /// Not JSON, a member given twice, or no output.
    #[error("{}", without_line(.0))]
    Json(serde_json::Error),
    #[error("the line must be an object")]
    NotObject,
    #[error("id must be a string, a number, true, false or null")]
    Id,
    #[error("tool must be a string")]
    Tool,
    #[error("{0} must be a number, at least 0")]
    Milliseconds(&'static str),
    #[error("context must be an object, its members given once")]
    Context,
}

impl<'a> Case<'a> {
    pub(crate) fn parse(line: &'a str) -> Result<Self, BadCase> {
        if !line.trim_ascii_start().starts_with('{') {
            // What is no JSON at all is told first.
            let _: &RawValue = serde_json::from_str(line).map_err(BadCase::Json)?;
            return Err(BadCase::NotObject);
        }
        let members: Members<'a> = serde_json::from_str(line).map_err(BadCase::Json)?;
        if members
            .id
            .is_some_and(|id| id.get().starts_with(['{', '[']))
        {
            return Err(BadCase::Id);
        }
        Ok(Self {
            id: members.id,
            output: members.output,
            input: members.input,
            tool: match members.tool {
                None => None,
                Some(Json::String(tool)) => Some(tool),
                Some(_) => return Err(BadCase::Tool),
            },
            latency_ms: milliseconds("latency_ms", members.latency_ms.as_ref())?,
            context: members
                .context
                .map_or_else(|| Ok(Context::default()), context)?,
        })
    }

    pub(crate) fn subject(&'a self) -> Subject<'a> {
        let mut subject = Subject::new(&self.output);
        subject.input = self.input.as_ref();
        subject.tool = self.tool.as_deref();
        subject.latency_ms = self.latency_ms;
        subject.tmax_ms = self.context.tmax_ms;
        subject.elapsed_ms = self.context.elapsed_ms;
        subject
    }
}

/// Absent when there is no value, or null.
fn milliseconds(name: &'static str, value: Option<&Json<'_>>) -> Result<Option<f64>, BadCase> {
    match value {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Number(number)) => match number.as_f64() {
            Some(value) if value >= 0.0 => Ok(Some(value)),
            _ => Err(BadCase::Milliseconds(name)),
        },
        Some(_) => Err(BadCase::Milliseconds(name)),
    }
}

fn context(value: Json<'_>) -> Result<Context, BadCase> {
    let Json::Object(members) = value else {
        return Err(BadCase::Context);
    };
    let one = |name: &'static str| {
        let mut values = members.iter().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value);
        if values.next().is_some() {
            return Err(BadCase::Context);
        }
        milliseconds(name, value)
    };
    Ok(Context {
        tmax_ms: one("tmax_ms")?,
        elapsed_ms: one("elapsed_ms")?,
    })
}

/// The message without the parser's own number of the line, which is always 1.
pub(crate) fn without_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((message, _)) => format!("{message} at column {}", error.column()),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_the_output_may_be_absent_or_null() {
        for line in [
            r#"{"output": null}"#,
            r#" {"id": null, "output": null, "input": null, "tool": null, "latency_ms": null} "#,
            "{\"output\": null, \"else\": [1, {\"id\": []}]}\r\n",
        ] {
            let case = Case::parse(line).unwrap();
            let subject = case.subject();
            assert_eq!(
                (case.id.map(RawValue::get), subject.output),
                (None, &Json::Null)
            );
            assert_eq!(
                (subject.input, subject.tool, subject.latency_ms),
                (None, None, None)
            );
        }
        let line = r#"{"context": {"tmax_ms": 120, "elapsed_ms": 110.5, "else": 1}, "output": 1}"#;
        let case = Case::parse(line).unwrap();
        let subject = case.subject();
        assert_eq!(
            (subject.tmax_ms, subject.elapsed_ms),
            (Some(120.0), Some(110.5))
        );
        let line = r#"{"id": 1e2, "latency_ms": 90000, "tool": "t", "input": 1, "output": "x"}"#;
        let case = Case::parse(line).unwrap();
        let subject = case.subject();
        assert_eq!(case.id.map(RawValue::get), Some("1e2"));
        assert_eq!(subject.output, &Json::String("x".into()));
        assert_eq!(subject.input, Some(&Json::Number(1.into())));
        assert_eq!(
            (subject.tool, subject.latency_ms),
            (Some("t"), Some(90000.0))
        );
    }

    #[test]
    fn what_is_wrong_is_told_without_a_quotation() {
        for (line, message) in [
            ("nope", "expected ident at column 2"),
            (
                r#"{"output": 1"#,
                "EOF while parsing an object at column 12",
            ),
            (r#"{"output": 1} x"#, "trailing characters at column 15"),
            (
                r#"{"output": "\ud800"}"#,
                "unexpected end of hex escape at column 19",
            ),
            (r#""sensitive""#, "the line must be an object"),
            (r#"["sensitive"]"#, "the line must be an object"),
            (r#"{"id": 1}"#, "missing field `output` at column 9"),
            (
                r#"{"output": 1, "output": 2}"#,
                "duplicate field `output` at column 22",
            ),
            (
                r#"{"id": {}, "output": 1}"#,
                "id must be a string, a number, true, false or null",
            ),
            (
                r#"{"id": ["sensitive"], "output": 1}"#,
                "id must be a string, a number, true, false or null",
            ),
            (r#"{"tool": 1, "output": 1}"#, "tool must be a string"),
            (
                r#"{"latency_ms": "sensitive", "output": 1}"#,
                "latency_ms must be a number, at least 0",
            ),
            (
                r#"{"latency_ms": -1, "output": 1}"#,
                "latency_ms must be a number, at least 0",
            ),
            (
                r#"{"context": "sensitive", "output": 1}"#,
                "context must be an object, its members given once",
            ),
            (
                r#"{"context": {"tmax_ms": 1, "tmax_ms": 2}, "output": 1}"#,
                "context must be an object, its members given once",
            ),
            (
                r#"{"context": {"elapsed_ms": "sensitive"}, "output": 1}"#,
                "elapsed_ms must be a number, at least 0",
            ),
        ] {
            assert_eq!(
                Case::parse(line).unwrap_err().to_string(),
                message,
                "{line}"
            );
        }
    }
}
