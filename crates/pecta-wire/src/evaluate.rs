//! `POST /v1/evaluate`: one output to judge, and the verdict.

use crate::error::{Invalid, RequestError};
use crate::fields::{Fields, Path};
use crate::ingest::GateReport;
use crate::node::{Key, Member, Node};
use crate::reputation::EvaluateReputation;
use crate::text::NAME;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Number, value::RawValue};
use std::fmt;
use std::marker::PhantomData;

/// What is to be judged. `P` holds the two payloads; the server reads them as the gates' JSON tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluateRequest<P> {
    /// Whose output it is; 1 to 200 characters.
    pub agent_id: String,
    /// What is judged. `null` is a value, and judged empty.
    pub output: P,
    /// The tool that produced the output; at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// What the agent or tool was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<P>,
    /// How long the agent took, in milliseconds, 0 to 60000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// The auction's time budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<TmaxContext>,
    /// Judge, but record nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Answer the output without what was found in it, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub redact: bool,
}

/// The time budget of an auction, for the tmax guard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct TmaxContext {
    /// The auction's `tmax`, in milliseconds, at least 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmax_ms: Option<f64>,
    /// How much of it has passed, in milliseconds, at least 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<f64>,
}

impl<'de, P: Deserialize<'de>> EvaluateRequest<P> {
    /// Reads a request from its body.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`] for the
    /// first field, in the order above, that breaks its rule.
    pub fn parse(body: &'de [u8]) -> Result<Self, RequestError> {
        Self::parse_at(body, &Path::Root, Others::Ignored)
    }

    /// Reads an item of a batch, as [`BatchRequest`](crate::BatchRequest) has it.
    ///
    /// # Errors
    /// As for [`EvaluateRequest::parse`]; the message names the item.
    pub fn parse_item(item: &'de RawValue, nth: usize) -> Result<Self, RequestError> {
        Self::parse_nth(item, "items", nth, Others::Ignored)
    }

    /// Reads a case of a test, as [`PolicyTestRequest`](crate::PolicyTestRequest) has it.
    ///
    /// # Errors
    /// As for [`EvaluateRequest::parse`], and when the case has a field of another name, which would be judged as if it were
    /// not there. The message names the case.
    pub fn parse_case(case: &'de RawValue, nth: usize) -> Result<Self, RequestError> {
        Self::parse_nth(case, "cases", nth, Others::Refused)
    }

    fn parse_nth(
        item: &'de RawValue,
        list: &str,
        nth: usize,
        others: Others,
    ) -> Result<Self, RequestError> {
        let list = Path::Field(&Path::Root, list);
        let path = Path::Item(&list, nth);
        let parsed = Self::parse_at(item.get().as_bytes(), &path, others);
        parsed.map_err(|error| match error {
            // The place is counted from the start of the item.
            RequestError::BadJson(error) => RequestError::BadJson(format!("{error} of {path}")),
            invalid @ RequestError::Invalid(_) => invalid,
        })
    }

    fn parse_at(body: &'de [u8], path: &Path<'_>, others: Others) -> Result<Self, RequestError> {
        if body.trim_ascii_start().starts_with(b"{") {
            return Ok(serde_json::from_slice::<Body<'de, P>>(body)?.validate(path, others)?);
        }
        // It must still be JSON to its end before it can be refused for what it is.
        serde_json::from_slice::<Node<'de>>(body)?;
        Err(Invalid::new(path, "must be an object").into())
    }
}

/// What becomes of fields that a request does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    Ignored,
    Refused,
}

const FIELDS: [&str; 8] = [
    "agent_id",
    "output",
    "tool",
    "input",
    "latency_ms",
    "context",
    "dry_run",
    "redact",
];
const CONTEXT: [&str; 2] = ["tmax_ms", "elapsed_ms"];

/// The body taken apart: the payloads as `P`, everything else as nodes.
struct Body<'de, P> {
    members: Vec<Member<'de>>,
    output: Payload<P>,
    input: Payload<Option<P>>,
}

/// A payload member and whether it came more than once.
struct Payload<P> {
    value: Option<P>,
    repeated: bool,
}

impl<P> Payload<P> {
    fn absent() -> Self {
        Self {
            value: None,
            repeated: false,
        }
    }

    fn put(&mut self, value: P) {
        self.repeated |= self.value.replace(value).is_some();
    }

    fn take(self, path: Path<'_>) -> Result<Option<P>, Invalid> {
        if self.repeated {
            return Err(Invalid::new(path, "is given twice"));
        }
        Ok(self.value)
    }
}

impl<P> Body<'_, P> {
    fn validate(self, path: &Path<'_>, others: Others) -> Result<EvaluateRequest<P>, Invalid> {
        let fields = Fields::new(&self.members, path);
        if others == Others::Refused {
            fields.only(&FIELDS)?;
        }
        let agent_id = fields.text("agent_id", &NAME)?;
        Ok(EvaluateRequest {
            agent_id: fields.require("agent_id", agent_id)?,
            output: fields.require("output", self.output.take(fields.path("output"))?)?,
            tool: fields.tool()?,
            input: self.input.take(fields.path("input"))?.flatten(),
            latency_ms: fields.latency("latency_ms")?,
            context: context(&fields, others)?,
            dry_run: fields.bool("dry_run")?.unwrap_or(false),
            redact: fields.bool("redact")?.unwrap_or(false),
        })
    }
}

fn context(fields: &Fields<'_, '_>, others: Others) -> Result<Option<TmaxContext>, Invalid> {
    let Some(node) = fields.get("context")? else {
        return Ok(None);
    };
    let path = fields.path("context");
    let context = Fields::of(node, &path)?;
    if others == Others::Refused {
        context.only(&CONTEXT)?;
    }
    Ok(Some(TmaxContext {
        tmax_ms: context.amount("tmax_ms")?.and_then(Number::as_f64),
        elapsed_ms: context.amount("elapsed_ms")?.and_then(Number::as_f64),
    }))
}

impl<'de, P: Deserialize<'de>> Deserialize<'de> for Body<'de, P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BodyVisitor(PhantomData))
    }
}

struct BodyVisitor<P>(PhantomData<P>);

impl<'de, P: Deserialize<'de>> Visitor<'de> for BodyVisitor<P> {
    type Value = Body<'de, P>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut body = Body {
            members: Vec::new(),
            output: Payload::absent(),
            input: Payload::absent(),
        };
        while let Some(Key(key)) = entries.next_key()? {
            match key.as_ref() {
                "output" => body.output.put(entries.next_value()?),
                "input" => body.input.put(entries.next_value()?),
                _ => body.members.push((key, entries.next_value()?)),
            }
        }
        Ok(body)
    }
}

/// The verdict.
#[derive(Debug, Clone, Serialize, serde::Deserialize)]
pub struct EvaluateResponse {
    /// The id under which the evaluation was recorded; `null` for a dry run.
    pub evaluation_id: Option<String>,
    /// Whether every gate passed or was skipped.
    pub passed: bool,
    /// One entry per gate, in the engine's order.
    pub gates: Vec<GateReport>,
    /// Wall clock of the gate run, in milliseconds.
    pub total_latency_ms: Number,
    /// The agent's reputation after this evaluation.
    pub reputation: EvaluateReputation,
    /// The version of the policy that judged; absent without a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<i64>,
    /// The output with what was found in it replaced; absent unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted_output: Option<Box<RawValue>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<EvaluateRequest<serde_json::Value>, RequestError> {
        EvaluateRequest::parse(body.as_bytes())
    }

    #[test]
    fn null_output_is_a_value_and_null_options_are_absent() {
        let request = parse(
            r#"{"agent_id":"a","output":null,"input":null,"tool":null,"latency_ms":null,"context":null,"dry_run":null,"x":1}"#,
        );
        assert_eq!(
            request,
            Ok(EvaluateRequest {
                agent_id: "a".into(),
                output: serde_json::Value::Null,
                tool: None,
                input: None,
                latency_ms: None,
                context: None,
                dry_run: false,
                redact: false,
            })
        );
    }

    #[test]
    fn names_the_first_offending_field() {
        for (body, message) in [
            ("[1,2]", "the body must be an object"),
            ("null", "the body must be an object"),
            (r#""x""#, "the body must be an object"),
            ("{}", "agent_id is required"),
            (r#"{"agent_id":null,"output":1}"#, "agent_id is required"),
            (r#"{"agent_id":"a"}"#, "output is required"),
            (
                r#"{"agent_id":"","output":1}"#,
                "agent_id must be 1 to 200 characters",
            ),
            (r#"{"agent_id":5,"output":1}"#, "agent_id must be a string"),
            (
                r#"{"agent_id":"a\n","output":1}"#,
                "agent_id must not hold control characters",
            ),
            (
                r#"{"agent_id":"a","agent_id":"a","output":1}"#,
                "agent_id is given twice",
            ),
            (
                r#"{"agent_id":"a","output":1,"output":1}"#,
                "output is given twice",
            ),
            (
                r#"{"agent_id":"a","output":1,"input":null,"input":1}"#,
                "input is given twice",
            ),
            (
                r#"{"agent_id":"a","output":1,"latency_ms":"5"}"#,
                "latency_ms must be a number",
            ),
            (
                r#"{"agent_id":"a","output":1,"latency_ms":-1}"#,
                "latency_ms must be between 0 and 60000",
            ),
            (
                r#"{"agent_id":"a","output":1,"latency_ms":60000.5}"#,
                "latency_ms must be between 0 and 60000",
            ),
            (
                r#"{"agent_id":"a","output":1,"dry_run":1}"#,
                "dry_run must be true or false",
            ),
            (
                r#"{"agent_id":"a","output":1,"context":[]}"#,
                "context must be an object",
            ),
            (
                r#"{"agent_id":"a","output":1,"context":{"tmax_ms":-1}}"#,
                "context.tmax_ms must be a number of at least 0",
            ),
            (
                r#"{"agent_id":"a","output":1,"context":{"elapsed_ms":1,"elapsed_ms":1}}"#,
                "context.elapsed_ms is given twice",
            ),
        ] {
            let error = parse(body).unwrap_err();
            assert!(matches!(error, RequestError::Invalid(_)), "{body}");
            assert_eq!(error.to_string(), message, "{body}");
        }
    }

    #[test]
    fn items_and_cases_are_named() {
        type Request = EvaluateRequest<serde_json::Value>;
        let item = |text: &str| {
            let item: Box<RawValue> = serde_json::from_str(text).unwrap();
            Request::parse_item(&item, 3).map_err(|error| error.to_string())
        };
        let case = |text: &str| {
            let case: Box<RawValue> = serde_json::from_str(text).unwrap();
            Request::parse_case(&case, 0).map_err(|error| error.to_string())
        };
        let refused = |message: &str| Err(message.to_owned());
        assert_eq!(item("1"), refused("items[3] must be an object"));
        assert_eq!(item("{}"), refused("items[3].agent_id is required"));
        assert_eq!(
            item(r#"{"agent_id":"a","output":1,"output":1}"#),
            refused("items[3].output is given twice")
        );
        assert_eq!(
            item(r#"{"agent_id":"a","output":1e999}"#),
            refused(
                "the body is not valid JSON: number out of range at line 1 column 30 of items[3]"
            )
        );
        let whole = r#"{"agent_id":"a","output":1,"tool":"t","input":1,"latency_ms":1,"dry_run":true,"redact":true,"context":{"tmax_ms":1,"elapsed_ms":1}}"#;
        assert!(case(whole).is_ok());
        let other = r#"{"agent":"a","agent_id":"a","output":1}"#;
        assert!(item(other).is_ok());
        let known = "agent_id, output, tool, input, latency_ms, context, dry_run, redact";
        assert_eq!(
            case(other),
            refused(&format!(
                "cases[0].agent is no known field; there are {known}"
            ))
        );
        assert_eq!(
            case(r#"{"agent_id":"a","output":1,"context":{"tmax":1}}"#),
            refused("cases[0].context.tmax is no known field; there are tmax_ms, elapsed_ms")
        );
        let long = format!(r#"{{"{}\n":1}}"#, "x".repeat(300));
        assert!(
            case(&long)
                .unwrap_err()
                .starts_with(&format!("cases[0].{} is", "x".repeat(200)))
        );
    }

    #[test]
    fn syntax_comes_before_validation() {
        for body in [
            r#"{"agent_id":5,"output":1"#,
            r#"{"agent_id":5,"output":1}}"#,
            "[1,2",
            r#"{"agent_id":"a","output":1,"later":"\ud800"}"#,
            r#"{"agent_id":"a","output":1,"later":1e999}"#,
            "",
        ] {
            assert!(
                matches!(parse(body), Err(RequestError::BadJson(_))),
                "{body}"
            );
        }
    }

    #[test]
    fn requests_survive_a_round_trip() {
        let body = r#"{"agent_id":"a","output":{"k":[1]},"tool":"t","input":1,"latency_ms":2.5,"context":{"tmax_ms":100.0,"elapsed_ms":3.0},"dry_run":true}"#;
        let request = parse(body).unwrap();
        assert_eq!(serde_json::to_string(&request).unwrap(), body);
    }
}
