//! Recorded events, and which of them are asked for.

use crate::error::StoreError;
use crate::id::EventId;
use crate::record::evaluation_id;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use pecta_reputation::Latency;

/// Where a verdict was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Here.
    Evaluated,
    /// Elsewhere, and sent under a valid signature.
    Signed,
    /// Elsewhere, and sent without a signature.
    Unsigned,
}

impl Source {
    /// The stored text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Evaluated => "evaluated",
            Self::Signed => "signed",
            Self::Unsigned => "unsigned",
        }
    }

    /// Whether the verdict was reached here or signed by a holder of a secret key: whether it counts as
    /// verified.
    #[must_use]
    pub const fn is_verified(self) -> bool {
        match self {
            Self::Evaluated | Self::Signed => true,
            Self::Unsigned => false,
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        let all = [Self::Evaluated, Self::Signed, Self::Unsigned];
        let found = all.into_iter().find(|source| source.as_str() == text);
        found.ok_or_else(|| StoreError::corrupt("the source of an event"))
    }
}

/// Which events are asked for; newest first, those of one time in the order newest recorded first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this agent only.
    pub agent_id: Option<String>,
    /// Of this tool only. No index leads there, so a page ends after a bounded look.
    pub tool: Option<String>,
    /// Of verdicts that were reached there only. No index tells it, so a page ends after a look at fewer
    /// rows still.
    pub source: Option<Source>,
    /// With this verdict only.
    pub passed: Option<bool>,
    /// Not before this time.
    pub from: Option<DateTime<Utc>>,
    /// Not after this time.
    pub to: Option<DateTime<Utc>>,
    /// Behind this place only.
    pub after: Option<EventPosition>,
    /// At most how many.
    pub limit: u32,
    /// How many to leave out first.
    pub offset: u32,
}

/// A place in the listing of an org's events: that of one event, whether it is still there or not.
/// Greater ones are newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPosition {
    /// The event's own time, in microseconds since the Unix epoch.
    pub created_at_us: i64,
    /// Its id.
    pub id: [u8; 16],
}

impl EventPosition {
    pub(crate) fn from_row(created_at_us: i64, id: &[u8]) -> Result<Self, StoreError> {
        let id = EventId::from_bytes(id)?.to_bytes();
        Ok(Self { created_at_us, id })
    }

    /// The lowest place of this time: behind it are only earlier ones.
    pub(crate) const fn start_of(created_at_us: i64) -> Self {
        Self {
            created_at_us,
            id: [0; 16],
        }
    }
}

/// Events that match a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events, newest first.
    pub events: Vec<EventRecord>,
    /// Where the page ends, when there is more behind it: events that match or, with a filter that no
    /// index serves, events that were not looked at.
    pub next: Option<EventPosition>,
}

/// One recorded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// The event's own id, `evt_...`.
    pub id: String,
    /// Whose output was judged.
    pub agent_id: String,
    /// The event's place in the agent's history, from 1.
    pub sequence: i64,
    /// The tool that produced the output.
    pub tool: Option<String>,
    /// The overall verdict.
    pub passed: bool,
    /// The reports of the gates, as they came.
    pub gates: String,
    /// The time that the gates took.
    pub total_latency: Latency,
    /// The latency that counts in the score.
    pub latency: Latency,
    /// The agent's score right after this event.
    pub score: u16,
    /// When the evaluation took place, in whole milliseconds.
    pub created_at: DateTime<Utc>,
    /// The evaluation's id.
    pub evaluation_id: Option<String>,
    /// Where the verdict was reached.
    pub source: Source,
    /// The version of the policy that judged, if there was one.
    pub policy_version: Option<i64>,
    /// Where the gates found something, as it came.
    pub findings: Option<String>,
}

/// The columns of an event that are read back.
#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::schema::events)]
pub(crate) struct EventRow {
    id: Vec<u8>,
    agent_id: String,
    sequence: i64,
    tool: Option<String>,
    passed: bool,
    gates: String,
    total_latency_us: i64,
    latency_us: i64,
    score: i16,
    created_at: i64,
    /// What the event brought along.
    evaluation_id: Option<String>,
    source: String,
    policy_version: Option<i64>,
    findings: Option<String>,
}

impl EventPage {
    /// A page of rows, in whatever order they come.
    pub(crate) fn of(
        mut rows: Vec<EventRow>,
        next: Option<EventPosition>,
    ) -> Result<Self, StoreError> {
        rows.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
        let events = rows.into_iter().map(EventRecord::try_from);
        Ok(Self {
            events: events.collect::<Result<_, _>>()?,
            next,
        })
    }
}

impl TryFrom<EventRow> for EventRecord {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let id = EventId::from_bytes(&row.id)?;
        let source = Source::parse(&row.source)?;
        Ok(Self {
            id: id.with_prefix("evt_"),
            agent_id: row.agent_id,
            sequence: row.sequence,
            tool: row.tool,
            passed: row.passed,
            gates: row.gates,
            total_latency: latency(row.total_latency_us)?,
            latency: latency(row.latency_us)?,
            score: u16::try_from(row.score).map_err(StoreError::corrupt)?,
            created_at: time(row.created_at)?,
            evaluation_id: evaluation_id(row.evaluation_id, source, id),
            source,
            policy_version: row.policy_version,
            findings: row.findings,
        })
    }
}

/// A stored latency.
pub(crate) fn latency(micros: i64) -> Result<Latency, StoreError> {
    let latency = u64::try_from(micros).ok().and_then(Latency::from_micros);
    latency.ok_or_else(|| StoreError::corrupt("a latency"))
}

/// A stored time.
pub(crate) fn time(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| StoreError::corrupt("a time"))
}
