//! The hits of gates that do not count in an org.

use crate::audit::{Act, moment};
use crate::erasure;
use crate::error::StoreError;
use crate::event::time;
use crate::id::{EventId, IdGenerator};
use crate::record::Origin;
use crate::schema::suppressions;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// How many suppressions an org has at most. Those that have ended are among them until there is no room for another.
pub(crate) const CAPACITY: usize = 1000;

/// What the ids of suppressions begin with.
const PREFIX: &str = "sup_";

/// A suppression to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuppression {
    /// The name of the gate.
    pub gate: String,
    /// The rule.
    pub rule: String,
    /// The agents that it is for, a pattern; all unless set.
    pub agent: Option<String>,
    /// The tools that it is for, likewise.
    pub tool: Option<String>,
    /// A JSON Pointer to where it holds; everywhere unless set.
    pub pointer: Option<String>,
    /// Why, for people.
    pub reason: String,
    /// When it ends; never unless set.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRecord {
    /// `sup_...`.
    pub id: String,
    /// What it says.
    pub suppression: NewSuppression,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl SuppressionRecord {
    /// How the audit log tells that it was made.
    pub(crate) fn act(&self) -> Act {
        let said = &self.suppression;
        Act::on(self.id.as_str(), "suppression.create")
            .with("gate", &said.gate)
            .with("rule", &said.rule)
            .with_any("agent", said.agent.as_deref().map(told))
            .with_any("tool", said.tool.as_ref())
            .with_any("pointer", said.pointer.as_ref())
            .with_any("expires_at", said.expires_at.map(moment))
    }
}

/// A pattern of agents as the audit log tells it.
fn told(agent: &str) -> String {
    if is_of_one(agent) {
        return erasure::name(agent);
    }
    agent.to_owned()
}

/// Whether a pattern is the id of an agent, and so of no other.
pub(crate) fn is_of_one(agent: &str) -> bool {
    !agent.contains('*')
}

/// The id of a suppression as users see it.
pub(crate) fn shown_id(stored: &[u8]) -> Result<String, StoreError> {
    Ok(EventId::from_bytes(stored)?.with_prefix(PREFIX))
}

/// The number behind the id of a suppression, as it is stored.
pub(crate) fn stored_id(text: &str) -> Option<[u8; 16]> {
    let digits = text.strip_prefix(PREFIX)?;
    EventId::of_evaluation(&format!("ev_{digits}")).map(EventId::to_bytes)
}

/// A row.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = suppressions)]
pub(crate) struct SuppressionRow {
    org_id: i64,
    id: Vec<u8>,
    gate: String,
    rule: String,
    agent: Option<String>,
    tool: Option<String>,
    pointer: Option<String>,
    reason: String,
    created_at: i64,
    expires_at: Option<i64>,
    key_id: i64,
}

impl SuppressionRow {
    pub(crate) fn of(origin: Origin, new: NewSuppression, now: i64) -> Result<Self, StoreError> {
        let id = IdGenerator::default().next(now)?;
        Ok(Self {
            org_id: origin.org.get(),
            id: id.to_bytes().to_vec(),
            gate: new.gate,
            rule: new.rule,
            agent: new.agent,
            tool: new.tool,
            pointer: new.pointer,
            reason: new.reason,
            created_at: now,
            expires_at: new.expires_at.map(|end| end.timestamp_micros()),
            key_id: origin.key.get(),
        })
    }
}

impl TryFrom<SuppressionRow> for SuppressionRecord {
    type Error = StoreError;

    fn try_from(row: SuppressionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: shown_id(&row.id)?,
            created_at: time(row.created_at)?,
            suppression: NewSuppression {
                gate: row.gate,
                rule: row.rule,
                agent: row.agent,
                tool: row.tool,
                pointer: row.pointer,
                reason: row.reason,
                expires_at: row.expires_at.map(time).transpose()?,
            },
        })
    }
}
