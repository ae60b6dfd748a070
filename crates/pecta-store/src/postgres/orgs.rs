//! The statements on the settings of orgs and on `signatures_seen`.

use super::audit;
use crate::audit::Actor;
use crate::error::StoreError;
use crate::org::{OrgChange, OrgId, OrgSettings};
use crate::query::orgs as query;
use crate::rate_limits::RateLimits;
use crate::schema::{orgs, signatures_seen};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The names of all orgs, oldest first.
pub(super) async fn all(
    connection: &mut AsyncPgConnection,
) -> Result<Vec<(String, OrgId)>, StoreError> {
    let rows = orgs::table.select((orgs::name, orgs::id)).order(orgs::id);
    let rows: Vec<(String, i64)> = rows.load(connection).await?;
    let named = rows
        .into_iter()
        .map(|(name, id)| (name, OrgId::from_row(id)));
    Ok(named.collect())
}

/// Lets one transaction at a time change what an org says. Rows that refer to the org are not held up.
pub(super) async fn lock(connection: &mut AsyncPgConnection, org: OrgId) -> Result<(), StoreError> {
    let org = orgs::table.find(org.get()).select(orgs::id);
    let _: i64 = org.for_no_key_update().first(connection).await?;
    Ok(())
}

/// What is set for an org.
pub(super) async fn settings(
    connection: &mut AsyncPgConnection,
    org: OrgId,
) -> Result<OrgSettings, StoreError> {
    let row = query::settings(org).first(connection).await.optional()?;
    OrgSettings::of(row)
}

/// Sets what is given for an org; says what is set now. Refuses limits over those that hold when what the server gives is said. Needs a transaction.
pub(super) async fn set(
    connection: &mut AsyncPgConnection,
    actor: Actor,
    change: OrgChange,
    server: Option<RateLimits>,
    now: i64,
) -> Result<OrgSettings, StoreError> {
    let org = actor.org();
    lock(connection, org).await?;
    let before = settings(connection, org).await?;
    let after = before.changed(change);
    if let Some(server) = server {
        before.check_lowers(&after, server)?;
    }
    if after == before {
        return Ok(before);
    }
    let (ingest, default) = after.rate_limits.columns();
    let (required, timed) = after.require_signature.columns();
    diesel::update(orgs::table.find(org.get()))
        .set((
            orgs::require_signature.eq(required),
            orgs::require_timed_signature.eq(timed),
            orgs::rate_limit_ingest.eq(ingest),
            orgs::rate_limit_default.eq(default),
        ))
        .execute(connection)
        .await?;
    audit::append(connection, actor, change.act(&before.name), now).await?;
    Ok(after)
}

/// Notes a signature of this time, in seconds since the Unix epoch; `false` when it was noted before.
pub(super) async fn claim_signature(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    signed_at: i64,
    mac: &[u8; 32],
    now: i64,
) -> Result<bool, StoreError> {
    diesel::delete(query::old_signatures(org, now))
        .execute(connection)
        .await?;
    let mac: &[u8] = mac;
    let inserted = diesel::insert_into(signatures_seen::table)
        .values((
            signatures_seen::org_id.eq(org.get()),
            signatures_seen::signed_at.eq(signed_at),
            signatures_seen::mac.eq(mac),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(inserted == 1)
}
