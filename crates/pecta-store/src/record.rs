//! What is recorded, and how it counts. Pure: the backends load, apply this, and save.

use crate::error::StoreError;
use crate::event::Source;
use crate::id::EventId;
use crate::key::KeyId;
use crate::org::OrgId;
use chrono::{DateTime, SubsecRound, Utc};
use pecta_reputation::{Evaluation, Latency, Reputation, Scoring, Window, Windows};
use std::net::IpAddr;

/// Who records or administers: a key, and the org that it belongs to. Only [`StoredKey::origin`] makes one.
///
/// [`StoredKey::origin`]: crate::StoredKey::origin
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub(crate) org: OrgId,
    pub(crate) key: KeyId,
    pub(crate) client: Option<IpAddr>,
}

impl Origin {
    /// The org that the events belong to.
    #[must_use]
    pub const fn org(self) -> OrgId {
        self.org
    }

    /// The same, from a client at this address.
    #[must_use]
    pub const fn at(self, client: IpAddr) -> Self {
        Self {
            client: Some(client),
            ..self
        }
    }
}

/// One verdict to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Whose output was judged.
    pub agent_id: String,
    /// The tool that produced it.
    pub tool: Option<String>,
    /// The overall verdict.
    pub passed: bool,
    /// The reports of the gates, kept as they are.
    pub gates: String,
    /// The time that the gates took.
    pub total_latency: Latency,
    /// The latency that counts in the score.
    pub latency: Latency,
    /// When the evaluation took place. Stored in whole milliseconds; events of one batch count in
    /// the order of the full value.
    pub created_at: DateTime<Utc>,
    /// The id under which the event counts once. An evaluated event without one has its own, `ev_...`;
    /// any other always counts.
    pub evaluation_id: Option<String>,
    /// A second id under which the event counts once, of the caller's choice.
    pub idempotency_key: Option<String>,
    /// Where the verdict was reached.
    pub source: Source,
    /// The version of the policy that judged, if there was one.
    pub policy_version: Option<i64>,
    /// Where the gates found something, kept as it is.
    pub findings: Option<String>,
}

/// The evaluation id of an event that is stored with this one or none: for an evaluated event its own id
/// tells it, which no index has to hold a second time.
pub(crate) fn evaluation_id(stored: Option<String>, source: Source, id: EventId) -> Option<String> {
    stored.or_else(|| (source == Source::Evaluated).then(|| id.evaluation_id()))
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// One per event, in the order given.
    pub outcomes: Vec<Outcome>,
    /// One per distinct agent, in order of first appearance.
    pub agents: Vec<AgentReputation>,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was recorded and counted, under this evaluation id.
    Recorded(Option<String>),
    /// Its evaluation id or idempotency key had been recorded before; nothing changed.
    Duplicate,
}

/// An agent's standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentReputation {
    /// The agent.
    pub agent_id: String,
    /// By its last 500 evaluations.
    pub reputation: Reputation,
    /// By its last 500 evaluations that were made here or sent under a valid signature.
    pub verified: Reputation,
    /// Evaluations in its life.
    pub eval_count: i64,
}

/// The order in which the events of a batch count: by time, stable.
pub(crate) fn counting_order(events: &[NewEvent]) -> Vec<(usize, &NewEvent)> {
    let mut order: Vec<_> = events.iter().enumerate().collect();
    order.sort_by_key(|(_, event)| event.created_at);
    order
}

/// An agent's row while a transaction works on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgentState {
    /// Microseconds since the Unix epoch; `None` for an agent without a row.
    pub(crate) seen: Option<(i64, i64)>,
    pub(crate) eval_count: i64,
    pub(crate) windows: Windows,
}

/// The columns of a row that make an [`AgentState`].
pub(crate) type AgentColumns = (i64, i64, i64, Option<Vec<u8>>, Option<Vec<u8>>);

impl AgentState {
    pub(crate) fn unknown() -> Self {
        Self {
            seen: None,
            eval_count: 0,
            windows: Windows::new(),
        }
    }

    /// From the columns of a row, where a verified window that is missing is the same as the other.
    pub(crate) fn from_row(
        (first_seen, last_seen, eval_count, window, verified): AgentColumns,
    ) -> Result<Self, StoreError> {
        let verified = verified.as_deref().map(decoded).transpose()?;
        Ok(Self {
            seen: Some((first_seen, last_seen)),
            eval_count,
            windows: Windows::of(decoded_or_empty(window.as_deref())?, verified),
        })
    }

    /// Counts an event that is recorded now.
    pub(crate) fn count(&mut self, event: &NewEvent, created_at: i64) {
        let evaluation = Evaluation {
            passed: event.passed,
            latency: event.latency,
        };
        self.push(evaluation, event.source, created_at);
    }

    /// Counts an evaluation, whose event has this source and time.
    pub(crate) fn push(&mut self, evaluation: Evaluation, source: Source, created_at: i64) {
        let (first, last) = self.seen.unwrap_or((created_at, created_at));
        self.seen = Some((first.min(created_at), last.max(created_at)));
        self.eval_count += 1;
        self.windows.push(evaluation, source.is_verified());
    }

    /// The score by all evaluations.
    pub(crate) fn score(&self, scoring: Scoring) -> u16 {
        self.windows.all().reputation(&scoring).score.get()
    }

    pub(crate) fn standing(&self, agent_id: String, scoring: Scoring) -> AgentReputation {
        let reputation = self.windows.all().reputation(&scoring);
        let apart = self.windows.apart();
        AgentReputation {
            agent_id,
            reputation,
            verified: apart.map_or(reputation, |verified| verified.reputation(&scoring)),
            eval_count: self.eval_count,
        }
    }
}

/// A stored window.
pub(crate) fn decoded(bytes: &[u8]) -> Result<Window, StoreError> {
    Window::decode(bytes).map_err(StoreError::corrupt)
}

/// A stored window; an empty one where none was written yet.
pub(crate) fn decoded_or_empty(bytes: Option<&[u8]>) -> Result<Window, StoreError> {
    bytes.map_or_else(|| Ok(Window::new()), decoded)
}

/// The time that is stored for an event: microseconds, in whole milliseconds.
pub(crate) fn stored_time(time: DateTime<Utc>) -> i64 {
    time.trunc_subsecs(3).timestamp_micros()
}
