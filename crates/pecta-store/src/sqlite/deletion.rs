//! Deleting events, by age or with their agent, a step at a time.

use super::{audit, suppressions};
use crate::audit::{Act, Actor};
use crate::clock::now_micros;
use crate::erasure::{begun, digest, done};
use crate::error::StoreError;
use crate::event::EventPosition;
use crate::org::OrgId;
use crate::query::candidates::that_name;
use crate::query::events::{Range, Selection, newest};
use crate::retention::{STEP, Step, rest};
use crate::schema::{agent_events, agents, erasures, events, orgs};
use crate::sqlite::agent_events::complete;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use std::thread;

/// How often a step of an erasure is tried while others write.
const ATTEMPTS: u32 = 3;

/// Every org, for work that nobody asked for.
pub(crate) fn all_orgs(connection: &mut SqliteConnection) -> Result<Vec<OrgId>, StoreError> {
    let ids: Vec<i64> = orgs::table.select(orgs::id).load(connection)?;
    Ok(ids.into_iter().map(OrgId::from_row).collect())
}

/// Deletes the next events of a verdict behind a place. Those that no stored window covers stay: windows
/// could not be brought up to date without them.
pub(crate) fn delete_behind(
    connection: &mut SqliteConnection,
    org: OrgId,
    passed: bool,
    place: EventPosition,
) -> Result<Step, StoreError> {
    let behind = Range {
        after: Some(place),
        down_to: None,
    };
    let places: Vec<(i64, Vec<u8>)> = newest(Selection::all(org, passed, behind), STEP)
        .select((events::created_at, events::id))
        .load(connection)?;
    let Some((created_at, id)) = places.last() else {
        return Ok(Step {
            deleted: 0,
            next: None,
        });
    };
    let last = EventPosition::from_row(*created_at, id)?;
    let range = Range {
        down_to: Some(last),
        ..behind
    };
    let covered = agents::table
        .filter(agents::org_id.eq(events::org_id))
        .filter(agents::agent_id.eq(events::agent_id))
        .select(agents::window_sequence)
        .single_value();
    let expired = events::table
        .filter(Selection::all(org, passed, range))
        .filter(events::sequence.nullable().le(covered));
    let is_full = u32::try_from(places.len()) == Ok(STEP);
    Ok(Step {
        deleted: diesel::delete(expired).execute(connection)?,
        next: is_full.then_some(last),
    })
}

/// Deletes an agent with all its events; says how many, or `None` when there is no such agent. The
/// agent goes last, together with what was recorded meanwhile.
pub(crate) fn delete_agent(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<Option<usize>, StoreError> {
    // What is erased is overwritten in the file, too.
    connection.batch_execute("PRAGMA secure_delete = ON")?;
    let mut total = 0;
    loop {
        let (start, (deleted, was_there)) = patiently(|| {
            connection.immediate_transaction(|connection| {
                // From here on it holds others up; while it waited it did not.
                let start = now_micros();
                Ok((start, delete_part(connection, org, agent_id, total)?))
            })
        })?;
        total += deleted;
        if let Some(was_there) = was_there {
            return Ok((was_there || total > 0).then_some(total));
        }
        thread::sleep(rest(start));
    }
}

/// Takes a step again that found no gap between the transactions of others for as long as a connection waits.
fn patiently<T>(mut step: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut attempt = 1;
    loop {
        match step() {
            Err(StoreError::Unavailable(cause)) if is_busy(&cause) && attempt < ATTEMPTS => {
                tracing::warn!(attempt, "the database is busy; an erasure goes on waiting");
                attempt += 1;
            }
            result => return result,
        }
    }
}

fn is_busy(cause: &str) -> bool {
    cause.contains("database is locked")
}

fn note(connection: &mut SqliteConnection, org: OrgId, act: Act) -> Result<(), StoreError> {
    audit::append(connection, Actor::CommandLine(org), act, now_micros())
}

/// Deletes some of the events of an agent that are filed; says how many.
fn delete_filed(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<usize, StoreError> {
    let of_agent = agent_events::table
        .filter(agent_events::org_id.eq(org.get()))
        .filter(agent_events::agent_id.eq(agent_id))
        .select(agent_events::id)
        .limit(STEP.into());
    let part = events::table
        .filter(events::org_id.eq(org.get()))
        .filter(events::id.eq_any(of_agent));
    Ok(diesel::delete(part).execute(connection)?)
}

/// Leaves word for a server that it must not have the agent in memory any more.
fn tell(connection: &mut SqliteConnection, org: OrgId, agent_id: &str) -> Result<(), StoreError> {
    let digest = digest(agent_id);
    let erasure = (
        erasures::org_id.eq(org.get()),
        erasures::agent.eq(&digest[..]),
    );
    diesel::insert_or_ignore_into(erasures::table)
        .values(erasure)
        .execute(connection)?;
    Ok(())
}

/// The digests of agents that were erased since this was last asked, by org.
pub(super) fn take_erasures(
    connection: &mut SqliteConnection,
) -> Result<HashMap<OrgId, HashSet<Vec<u8>>>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = erasures::table.load(connection)?;
    if !rows.is_empty() {
        diesel::delete(erasures::table).execute(connection)?;
    }
    let mut erased: HashMap<_, HashSet<_>> = HashMap::new();
    for (org, agent) in rows {
        erased
            .entry(OrgId::from_row(org))
            .or_default()
            .insert(agent);
    }
    Ok(erased)
}

/// Deletes some events of an agent and, when these were the last, the agent and its name elsewhere; says how many events and
/// then whether there was an agent. `earlier` parts had so many events.
fn delete_part(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    earlier: usize,
) -> Result<(usize, Option<bool>), StoreError> {
    let is_full = |deleted| u32::try_from(deleted) == Ok(STEP);
    let mut deleted = delete_filed(connection, org, agent_id)?;
    if is_full(deleted) {
        if earlier == 0 {
            note(connection, org, begun(agent_id))?;
        }
        return Ok((deleted, None));
    }
    complete(connection, org, agent_id)?;
    loop {
        let rest = delete_filed(connection, org, agent_id)?;
        deleted += rest;
        if !is_full(rest) {
            break;
        }
    }
    diesel::delete(that_name(org, agent_id)).execute(connection)?;
    suppressions::remove_of_agent(connection, org, agent_id, now_micros())?;
    let agent = agents::table.find((org.get(), agent_id));
    let was_there = diesel::delete(agent).execute(connection)? > 0;
    let total = earlier + deleted;
    if was_there || total > 0 {
        tell(connection, org, agent_id)?;
        note(connection, org, done(agent_id, total))?;
    }
    Ok((deleted, Some(was_there)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::migrated;

    const SETUP: &str = "INSERT INTO orgs (id, name, created_at) VALUES (1, 'acme', 0);
        INSERT INTO agents VALUES (1, 'a', 0, 0, 1200, 1190, NULL, NULL);
        INSERT INTO events
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1200)
        SELECT 1, randomblob(16), 'a', n, NULL, TRUE, '[]', 0, 0, 0, n % 7, NULL, NULL, 'evaluated', 1, NULL, NULL
        FROM numbers;";

    fn sequences(connection: &mut SqliteConnection) -> Vec<i64> {
        let sequences = events::table.select(events::sequence);
        sequences.order(events::sequence).load(connection).unwrap()
    }

    #[test]
    fn steps_are_bounded_and_leave_what_no_window_covers() {
        let directory = tempfile::tempdir().unwrap();
        let connection = &mut migrated(&directory.path().join("db"));
        connection.batch_execute(SETUP).unwrap();
        let org = OrgId::from_row(1);
        let mut next = Some(EventPosition::start_of(7));
        let mut looked = Vec::new();
        while let Some(place) = next {
            let before = sequences(connection).len();
            let step = delete_behind(connection, org, true, place).unwrap();
            assert_eq!(before - step.deleted, sequences(connection).len());
            looked.push(step.deleted);
            next = step.next;
        }
        assert_eq!(looked.len(), 7, "1200 looked at, then none: {looked:?}");
        assert!(looked.iter().all(|deleted| *deleted <= 200));
        assert_eq!(sequences(connection), (1191..=1200).collect::<Vec<_>>());
        // Nothing is left to do, and the other verdict has nothing.
        for passed in [true, false] {
            let step = delete_behind(connection, org, passed, EventPosition::start_of(7)).unwrap();
            assert_eq!((step.deleted, step.next), (0, None));
        }
    }
}
