//! Agents as they are listed.

use crate::error::StoreError;
use crate::event::time;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// One agent of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRecord {
    /// The agent.
    pub agent_id: String,
    /// Its earliest event or its registration, whichever is earlier.
    pub first_seen: DateTime<Utc>,
    /// Its latest event or its registration, whichever is later.
    pub last_seen: DateTime<Utc>,
    /// Evaluations in its life.
    pub eval_count: i64,
}

/// A place in the listing of an org's agents: that of an agent that was last seen then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPosition {
    /// When it was last seen, in microseconds since the Unix epoch.
    pub last_seen_us: i64,
    /// The agent.
    pub agent_id: String,
}

/// Agents of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPage {
    /// The agents, newest last seen first.
    pub agents: Vec<AgentRecord>,
    /// Where the page ends, when there are more behind it.
    pub next: Option<AgentPosition>,
}

/// The columns of an agent that are listed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::schema::agents)]
pub(crate) struct AgentRow {
    agent_id: String,
    first_seen: i64,
    last_seen: i64,
    eval_count: i64,
}

impl AgentPage {
    /// A page of rows, one more than `limit` where there are as many.
    pub(crate) fn of(mut rows: Vec<AgentRow>, limit: u32) -> Result<Self, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|row| AgentPosition {
            last_seen_us: row.last_seen,
            agent_id: row.agent_id.clone(),
        });
        let agents = rows.into_iter().map(AgentRecord::try_from);
        Ok(Self {
            agents: agents.collect::<Result<_, _>>()?,
            next,
        })
    }
}

impl TryFrom<AgentRow> for AgentRecord {
    type Error = StoreError;

    fn try_from(row: AgentRow) -> Result<Self, StoreError> {
        Ok(Self {
            agent_id: row.agent_id,
            first_seen: time(row.first_seen)?,
            last_seen: time(row.last_seen)?,
            eval_count: row.eval_count,
        })
    }
}
