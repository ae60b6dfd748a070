//! One line of the input: an output to judge, and what is known about it.

use pecta_gates::{Json, Subject};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a line holds. Other members than these are passed over.
#[derive(Debug)]
pub(super) struct Case<'a> {
    /// A string, number, boolean or null, to be repeated as it is.
    pub(super) id: Option<&'a RawValue>,
    output: Json<'a>,
    input: Option<Json<'a>>,
    tool: Option<Cow<'a, str>>,
    latency_ms: Option<f64>,
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
}

/// Why a line cannot be judged. Never quotes the line.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadCase {
    /// Not JSON, a member given twice, or no output.
    #[error("{}", without_line(.0))]
    Json(serde_json::Error),
    #[error("the line must be an object")]
    NotObject,
    #[error("id must be a string, a number, true, false or null")]
    Id,
    #[error("tool must be a string")]
    Tool,
    #[error("latency_ms must be a number, at least 0")]
    Latency,
}

impl<'a> Case<'a> {
    pub(super) fn parse(line: &'a str) -> Result<Self, BadCase> {
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
            latency_ms: members.latency_ms.map(latency).transpose()?,
        })
    }

    pub(super) fn subject(&'a self) -> Subject<'a> {
        let mut subject = Subject::new(&self.output);
        subject.input = self.input.as_ref();
        subject.tool = self.tool.as_deref();
        subject.latency_ms = self.latency_ms;
        subject
    }
}

fn latency(value: Json<'_>) -> Result<f64, BadCase> {
    match value {
        Json::Number(number) => number.as_f64().filter(|latency| *latency >= 0.0),
        _ => None,
    }
    .ok_or(BadCase::Latency)
}

/// The message without the parser's own number of the line, which is always 1.
fn without_line(error: &serde_json::Error) -> String {
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
        ] {
            assert_eq!(
                Case::parse(line).unwrap_err().to_string(),
                message,
                "{line}"
            );
        }
    }
}
