//! Gates that a service of the user's own decides. They are described here; whoever judges asks the services, and hands
//! their answers to [`Policy::judge`](crate::Policy::judge).

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use pecta_gates::{Gate, Json, Outcome, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Call;

/// The reason of a gate whose service gave no answer that can be used.
pub const UNREACHABLE: &str = "pecta:unreachable";
/// The reason of a gate whose service was not asked.
pub const NOT_ASKED: &str = "pecta:not-asked";
/// The reason of a gate whose service fails an output and gives no reason that the policy lists.
const FAILED: &str = "http:failed";

/// What a gate does without an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnError {
    /// It is skipped: the output may pass.
    Open,
    /// It fails.
    #[default]
    Closed,
}

/// A service to ask whether an output passes a gate.
///
/// The question is a `POST` of [`Callout::body`], which is JSON. The answer is status 200 and `{"passed": true}`, or
/// `{"passed": false}` with a `reason`, which is reported if the policy lists it: what a service says may hold the payload.
#[derive(Clone, PartialEq, Eq)]
pub struct Callout {
    /// The name of the gate.
    pub(crate) gate: Arc<str>,
    pub(crate) url: Url,
    pub(crate) timeout: Duration,
    pub(crate) on_error: OnError,
    pub(crate) reasons: Vec<String>,
}

/// A service to ask about an output.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// Whom, and how.
    pub callout: Arc<Callout>,
    /// Whether its gate only watches: such a one is asked when those are that decide.
    pub is_monitored: bool,
}

/// What a service answered, or that it did not.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) callout: Arc<Callout>,
    pub(crate) outcome: Outcome,
    pub(crate) elapsed: Duration,
}

/// What all services are told of an output, written down once.
#[derive(Clone, Debug)]
pub struct Question(Arc<str>);

#[derive(Serialize)]
struct Told<'a> {
    agent_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a Json<'a>>,
    output: &'a Json<'a>,
}

#[derive(Deserialize)]
struct Reply {
    passed: bool,
    reason: Option<String>,
}

impl Question {
    /// The names of the agent and the tool, the output, and the input if there is one.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON, which no payload is known to cause.
    pub fn about(call: &Call<'_>) -> Result<Self, serde_json::Error> {
        let told = serde_json::to_string(&Told {
            agent_id: call.agent,
            tool: call.subject.tool,
            input: call.subject.input,
            output: call.subject.output,
        })?;
        Ok(Self(told.into()))
    }
}

impl Callout {
    /// The name of the gate.
    #[must_use]
    pub fn gate(&self) -> &str {
        &self.gate
    }

    /// Where the service is: a URL with a host, its scheme `http` or `https`.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How long the answer may take, from the question on.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The body of the request: the question, and the name of the gate.
    #[must_use]
    pub fn body(&self, question: &Question) -> String {
        let gate = serde_json::Value::from(&*self.gate);
        let told = question.0.strip_prefix('{').unwrap_or_default();
        format!("{{\"gate\":{gate},{told}")
    }

    /// Reads the body of an answer; `None` when there was none, or too late. `elapsed` is how long it took.
    #[must_use]
    pub fn answer(self: &Arc<Self>, body: Option<&[u8]>, elapsed: Duration) -> Answer {
        let reply = body.and_then(|body| serde_json::from_slice::<Reply>(body).ok());
        let outcome = match reply {
            Some(Reply { passed: true, .. }) => Outcome::Passed,
            Some(Reply { reason, .. }) => {
                let listed = reason.filter(|reason| self.reasons.contains(reason));
                Outcome::Failed(listed.map_or(Cow::Borrowed(FAILED), Cow::Owned))
            }
            None if self.on_error == OnError::Open => Outcome::skipped(UNREACHABLE),
            None => Outcome::failed(UNREACHABLE),
        };
        Answer {
            callout: Arc::clone(self),
            outcome,
            elapsed,
        }
    }
}

impl Answer {
    /// Whether the service answered in a way that is understood.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        !matches!(&self.outcome, Outcome::Failed(reason) | Outcome::Skipped(reason) if reason == UNREACHABLE)
    }
}

/// Without the path and the query of the URL, which may hold what is secret.
impl fmt::Debug for Callout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callout")
            .field("gate", &self.gate)
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

/// Stands in an engine for a gate whose answers come from elsewhere.
pub(crate) struct Elsewhere;

impl Gate for Elsewhere {
    fn name(&self) -> &'static str {
        "http"
    }

    fn judge(&self, _: &Subject<'_>, _: &pecta_gates::Deadline<'_>) -> Outcome {
        Outcome::skipped(NOT_ASKED)
    }
}
