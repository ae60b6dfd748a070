//! Deleting events, by age or with their agent, a step at a time. Every step needs a transaction.

use super::agents::make;
use super::orgs::lock;
use super::{audit, suppressions};
use crate::audit::{Act, Actor};
use crate::clock::now_micros;
use crate::erasure::{begun, done};
use crate::error::StoreError;
use crate::event::EventPosition;
use crate::org::OrgId;
use crate::query::candidates::that_name;
use crate::query::events::{Range, Selection, newest};
use crate::retention::{STEP, Step};
use crate::schema::{agents, events, orgs};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Every org, for work that nobody asked for.
pub(super) async fn all_orgs(connection: &mut AsyncPgConnection) -> Result<Vec<OrgId>, StoreError> {
    let ids: Vec<i64> = orgs::table.select(orgs::id).load(connection).await?;
    Ok(ids.into_iter().map(OrgId::from_row).collect())
}

/// Deletes the next events of a verdict behind a place. Rows of agents are written together with their
/// events, so that no score needs these.
pub(super) async fn delete_behind(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    passed: bool,
    place: EventPosition,
) -> Result<Step, StoreError> {
    let behind = Range {
        after: Some(place),
        down_to: None,
    };
    let places = newest(Selection::all(org, passed, behind), STEP);
    let places = places.select((events::created_at, events::id));
    let places: Vec<(i64, Vec<u8>)> = places.load(connection).await?;
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
    let expired = events::table.filter(Selection::all(org, passed, range));
    let is_full = u32::try_from(places.len()) == Ok(STEP);
    Ok(Step {
        deleted: diesel::delete(expired).execute(connection).await?,
        next: is_full.then_some(last),
    })
}

async fn note(connection: &mut AsyncPgConnection, org: OrgId, act: Act) -> Result<(), StoreError> {
    audit::append(connection, Actor::CommandLine(org), act, now_micros()).await
}

/// Deletes some events of an agent and, when these were the last, the agent and its name elsewhere; says how many
/// events and then whether there was an agent. `earlier` parts had so many events. While the agent is locked nothing
/// is recorded of it, so that no event stays behind; one that has no row is made for that.
pub(super) async fn delete_part(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    agent_id: &str,
    earlier: usize,
) -> Result<(usize, Option<bool>), StoreError> {
    let is_new = !make(connection, org, &[agent_id]).await?.is_empty();
    let agent = agents::table.find((org.get(), agent_id));
    let locked = agent.select(agents::eval_count).for_update();
    locked.first::<i64>(connection).await.optional()?;
    let own = diesel::alias!(events as own);
    let of_agent = own
        .filter(own.field(events::org_id).eq(org.get()))
        .filter(own.field(events::agent_id).eq(agent_id))
        .select(own.field(events::id))
        .limit(STEP.into());
    let part = events::table
        .filter(events::org_id.eq(org.get()))
        .filter(events::id.eq_any(of_agent));
    let deleted = diesel::delete(part).execute(connection).await?;
    if u32::try_from(deleted) == Ok(STEP) {
        if earlier == 0 {
            note(connection, org, begun(agent_id)).await?;
        }
        return Ok((deleted, None));
    }
    // Counts that are being added may have its name: they are added before, or find no agent.
    lock(connection, org).await?;
    diesel::delete(that_name(org, agent_id))
        .execute(connection)
        .await?;
    suppressions::remove_of_agent(connection, org, agent_id, now_micros()).await?;
    let was_there = diesel::delete(agent).execute(connection).await? > 0 && !is_new;
    let total = earlier + deleted;
    if was_there || total > 0 {
        note(connection, org, done(agent_id, total)).await?;
    }
    Ok((deleted, Some(was_there)))
}
