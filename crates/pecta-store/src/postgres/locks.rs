//! The beginning of a transaction: the agents that it counts for, locked.

use super::agents::{self, Row};
use super::book::Needs;
use crate::error::StoreError;
use crate::org::OrgId;
use crate::record::AgentState;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use std::collections::{BTreeMap, HashSet};

/// Locked first, rows are then read as whoever held the lock before left them.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// An agent whose row the transaction has locked.
pub(super) struct Locked {
    pub(super) agent_id: String,
    /// As it was before the transaction.
    pub(super) state: AgentState,
    /// Whether the transaction made the row.
    pub(super) is_new: bool,
}

impl Locked {
    fn of((agent_id, row): Row, made: &HashSet<String>) -> Result<Self, StoreError> {
        let is_new = made.contains(&agent_id);
        let state = if is_new {
            AgentState::unknown()
        } else {
            AgentState::from_row(row)?
        };
        Ok(Self {
            agent_id,
            state,
            is_new,
        })
    }
}

/// Begins a transaction and locks in it all agents that a group needs.
///
/// No two transactions wait for each other: agents are locked in order, and where some have no row yet
/// rows are made before any is locked. Nearly always they are all there, so that is tried first.
pub(super) async fn begin(
    connection: &AsyncPgConnection,
    needs: &BTreeMap<OrgId, Needs<'_>>,
) -> Result<BTreeMap<OrgId, Vec<Locked>>, StoreError> {
    let mut beginning = connection;
    let begun = async { Ok(beginning.batch_execute(BEGIN).await?) };
    // Sent together, run one after the other.
    let ((), found) = tokio::try_join!(begun, lock_all(connection, needs))?;
    if let Some(locked) = found {
        return Ok(locked);
    }
    let mut beginning = connection;
    let anew = format!("ROLLBACK; {BEGIN}");
    beginning.batch_execute(&anew).await?;
    make_and_lock_all(connection, needs).await
}

/// `None` when an agent has no row.
async fn lock_all(
    connection: &AsyncPgConnection,
    needs: &BTreeMap<OrgId, Needs<'_>>,
) -> Result<Option<BTreeMap<OrgId, Vec<Locked>>>, StoreError> {
    let mut all = BTreeMap::new();
    for (org, needs) in needs {
        let agent_ids = needs.agent_ids();
        let rows = agents::lock(connection, *org, &agent_ids).await?;
        if rows.len() < agent_ids.len() {
            return Ok(None);
        }
        all.insert(*org, locked(rows, &HashSet::new())?);
    }
    Ok(Some(all))
}

async fn make_and_lock_all(
    connection: &AsyncPgConnection,
    needs: &BTreeMap<OrgId, Needs<'_>>,
) -> Result<BTreeMap<OrgId, Vec<Locked>>, StoreError> {
    let mut made = BTreeMap::new();
    for (org, needs) in needs {
        let agent_ids = needs.agent_ids();
        made.insert(*org, agents::make(connection, *org, &agent_ids).await?);
    }
    let mut all = BTreeMap::new();
    for (org, made) in made {
        let agent_ids = needs.get(&org).map(Needs::agent_ids).unwrap_or_default();
        let rows = agents::lock(connection, org, &agent_ids).await?;
        all.insert(org, locked(rows, &made)?);
    }
    Ok(all)
}

fn locked(rows: Vec<Row>, made: &HashSet<String>) -> Result<Vec<Locked>, StoreError> {
    rows.into_iter().map(|row| Locked::of(row, made)).collect()
}
