//! The statements on `suppressions`.

use super::audit;
use super::orgs::lock;
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
use diesel::prelude::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// All of an org, oldest first.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    org: OrgId,
) -> Result<Vec<SuppressionRecord>, StoreError> {
    let rows = of(org).order(suppressions::id);
    let rows = rows.select(SuppressionRow::as_select());
    let rows: Vec<SuppressionRow> = rows.load(connection).await?;
    rows.into_iter().map(SuppressionRecord::try_from).collect()
}

/// Makes one; `None` when there are too many. Needs a transaction.
pub(super) async fn add(
    connection: &mut AsyncPgConnection,
    origin: Origin,
    new: NewSuppression,
    now: i64,
) -> Result<Option<SuppressionRecord>, StoreError> {
    lock(connection, origin.org()).await?;
    let count: i64 = of(origin.org()).count().get_result(connection).await?;
    if usize::try_from(count).is_ok_and(|count| count >= CAPACITY) {
        // Those that have ended make room.
        let ended = of(origin.org()).filter(suppressions::expires_at.le(now));
        if diesel::delete(ended).execute(connection).await? == 0 {
            return Ok(None);
        }
    }
    let row = SuppressionRow::of(origin, new, now)?;
    diesel::insert_into(suppressions::table)
        .values(&row)
        .execute(connection)
        .await?;
    let record = SuppressionRecord::try_from(row)?;
    revise(connection, origin.org()).await?;
    audit::append(connection, origin.into(), record.act(), now).await?;
    Ok(Some(record))
}

/// Takes one away; `false` when there is none of that id. Needs a transaction.
pub(super) async fn remove(
    connection: &mut AsyncPgConnection,
    origin: Origin,
    id: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let Some(bytes) = stored_id(id) else {
        return Ok(false);
    };
    lock(connection, origin.org()).await?;
    let one = of(origin.org()).filter(suppressions::id.eq(bytes.to_vec()));
    let was_there = diesel::delete(one).execute(connection).await? > 0;
    if was_there {
        revise(connection, origin.org()).await?;
        let act = Act::on(id, "suppression.delete");
        audit::append(connection, origin.into(), act, now).await?;
    }
    Ok(was_there)
}

/// Takes away those of an agent that is erased. Needs a transaction that has locked the org.
pub(super) async fn remove_of_agent(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    agent_id: &str,
    now: i64,
) -> Result<(), StoreError> {
    if !is_of_one(agent_id) {
        return Ok(());
    }
    let of_agent = || of_agent(org, agent_id);
    let ids = of_agent().select(suppressions::id);
    let ids: Vec<Vec<u8>> = ids.load(connection).await?;
    if ids.is_empty() {
        return Ok(());
    }
    diesel::delete(of_agent()).execute(connection).await?;
    revise(connection, org).await?;
    for id in ids {
        let act = Act::on(shown_id(&id)?, "suppression.delete");
        audit::append(connection, Actor::CommandLine(org), act, now).await?;
    }
    Ok(())
}
