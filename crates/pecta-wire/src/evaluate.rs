//! `POST /v1/evaluate`: one output to judge, and the verdict.

use crate::error::{Invalid, RequestError};
use crate::fields::{Fields, Path};
use crate::ingest::GateReport;
use crate::node::{Key, Member, Node};
use crate::reputation::EvaluateReputation;
use crate::text::{NAME, TOOL};
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
        if body.trim_ascii_start().starts_with(b"{") {
            return Ok(serde_json::from_slice::<Body<'de, P>>(body)?.validate()?);
        }
        // It must still be JSON to its end before it can be refused for what it is.
        serde_json::from_slice::<Node<'de>>(body)?;
        Err(Invalid::new(Path::Root, "must be an object").into())
    }
}

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

    fn take(self, name: &str) -> Result<Option<P>, Invalid> {
        if self.repeated {
            return Err(Invalid::new(name, "is given twice"));
        }
        Ok(self.value)
    }
}

impl<P> Body<'_, P> {
    fn validate(self) -> Result<EvaluateRequest<P>, Invalid> {
        let fields = Fields::new(&self.members, &Path::Root);
        let agent_id = fields.text("agent_id", &NAME)?;
        Ok(EvaluateRequest {
            agent_id: fields.require("agent_id", agent_id)?,
            output: fields.require("output", self.output.take("output")?)?,
            tool: fields.text("tool", &TOOL)?,
            input: self.input.take("input")?.flatten(),
            latency_ms: fields.latency("latency_ms")?,
            context: context(&fields)?,
            dry_run: fields.bool("dry_run")?.unwrap_or(false),
            redact: fields.bool("redact")?.unwrap_or(false),
        })
    }
}

fn context(fields: &Fields<'_, '_>) -> Result<Option<TmaxContext>, Invalid> {
    let Some(node) = fields.get("context")? else {
        return Ok(None);
    };
    let path = fields.path("context");
    let context = Fields::of(node, &path)?;
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
