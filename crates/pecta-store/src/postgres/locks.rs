//! The beginning of a transaction: the agents that it counts for, locked.

use super::agents::{self, Row};
use super::book::Needs;
use super::memory::{Agent, Agents, Memory};
use crate::error::StoreError;
use crate::org::OrgId;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use std::collections::{BTreeMap, HashSet};

/// Locked first, rows are then read as whoever held the lock before left them.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// An agent whose row the transaction has locked.
pub(super) struct Locked {
    pub(super) agent_id: String,
    /// As it was before the transaction.
    pub(super) agent: Agent,
    /// Whether the transaction made the row.
    pub(super) is_new: bool,
}

impl Locked {
    fn of(row: Row, made: &HashSet<String>, known: &mut Agents) -> Result<Self, StoreError> {
        let agent_id = row.agent_id.clone();
        let is_new = made.contains(&agent_id);
        let known = known.remove(&agent_id).filter(|agent| row.is_of(agent));
        let agent = match known {
            Some(agent) => agent,
            None if is_new => Agent::unknown(),
            None => row.agent()?,
        };
        Ok(Self {
            agent_id,
            agent,
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
    memory: &Memory,
) -> Result<BTreeMap<OrgId, Vec<Locked>>, StoreError> {
    let mut beginning = connection;
    let begun = async { Ok(beginning.batch_execute(BEGIN).await?) };
    // Sent together, run one after the other.
    let ((), found) = tokio::try_join!(begun, lock_all(connection, needs, memory))?;
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
    memory: &Memory,
) -> Result<Option<BTreeMap<OrgId, Vec<Locked>>>, StoreError> {
    let mut all = BTreeMap::new();
    for (org, needs) in needs {
        let agent_ids = needs.agent_ids();
        let mut known = memory.take(*org, &agent_ids);
        let newest: Vec<_> = agent_ids
            .iter()
            .map(|id| known.get(*id)?.newest_event)
            .collect();
        let rows = agents::lock(connection, *org, &agent_ids, &newest).await?;
        if rows.len() < agent_ids.len() {
            return Ok(None);
        }
        all.insert(*org, locked(rows, &HashSet::new(), &mut known)?);
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
        let rows = agents::lock(connection, org, &agent_ids, &vec![None; agent_ids.len()]).await?;
        all.insert(org, locked(rows, &made, &mut Agents::new())?);
    }
    Ok(all)
}

fn locked(
    rows: Vec<Row>,
    made: &HashSet<String>,
    known: &mut Agents,
) -> Result<Vec<Locked>, StoreError> {
    rows.into_iter()
        .map(|row| Locked::of(row, made, known))
        .collect()
}
