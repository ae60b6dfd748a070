//! The statements on `suppressions`.

use super::audit;
use super::policies::revise;
use crate::audit::{Act, Actor};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::query::suppressions::{of, of_agent};
use crate::record::Origin;
use crate::schema::suppressions;
use crate::suppression::{
    CAPACITY, NewSuppression, SuppressionRecord, SuppressionRow, is_of_one, shown_id, stored_id,
};
use diesel::prelude::*;

/// All of an org, oldest first.
pub(super) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
) -> Result<Vec<SuppressionRecord>, StoreError> {
    let rows = of(org).order(suppressions::id);
    let rows: Vec<SuppressionRow> = rows.select(SuppressionRow::as_select()).load(connection)?;
    rows.into_iter().map(SuppressionRecord::try_from).collect()
}

/// Makes one; `None` when there are too many. Needs a transaction.
pub(super) fn add(
    connection: &mut SqliteConnection,
    origin: Origin,
    new: NewSuppression,
    now: i64,
) -> Result<Option<SuppressionRecord>, StoreError> {
    let count: i64 = of(origin.org()).count().get_result(connection)?;
    if usize::try_from(count).is_ok_and(|count| count >= CAPACITY) {
        // Those that have ended make room.
        let ended = of(origin.org()).filter(suppressions::expires_at.le(now));
        if diesel::delete(ended).execute(connection)? == 0 {
            return Ok(None);
        }
    }
    let row = SuppressionRow::of(origin, new, now)?;
    diesel::insert_into(suppressions::table)
        .values(&row)
        .execute(connection)?;
    let record = SuppressionRecord::try_from(row)?;
    revise(connection, origin.org())?;
    audit::append(connection, origin.into(), record.act(), now)?;
    Ok(Some(record))
}

/// Takes one away; `false` when there is none of that id. Needs a transaction.
pub(super) fn remove(
    connection: &mut SqliteConnection,
    origin: Origin,
    id: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let Some(bytes) = stored_id(id) else {
        return Ok(false);
    };
    let one = of(origin.org()).filter(suppressions::id.eq(&bytes[..]));
    let was_there = diesel::delete(one).execute(connection)? > 0;
    if was_there {
        revise(connection, origin.org())?;
        let act = Act::on(id, "suppression.delete");
        audit::append(connection, origin.into(), act, now)?;
    }
    Ok(was_there)
}

/// Takes away those of an agent that is erased. Needs a transaction.
pub(super) fn remove_of_agent(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    now: i64,
) -> Result<(), StoreError> {
    if !is_of_one(agent_id) {
        return Ok(());
    }
    let of_agent = || of_agent(org, agent_id);
    let ids: Vec<Vec<u8>> = of_agent().select(suppressions::id).load(connection)?;
    if ids.is_empty() {
        return Ok(());
    }
    diesel::delete(of_agent()).execute(connection)?;
    revise(connection, org)?;
    for id in ids {
        let act = Act::on(shown_id(&id)?, "suppression.delete");
        audit::append(connection, Actor::CommandLine(org), act, now)?;
    }
    Ok(())
}
