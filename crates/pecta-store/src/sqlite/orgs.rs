//! The statements on the settings of orgs and on `signatures_seen`.

use super::audit;
use crate::audit::Actor;
use crate::error::StoreError;
use crate::org::{OrgChange, OrgId, OrgSettings};
use crate::query::orgs as query;
use crate::rate_limits::RateLimits;
use crate::schema::{orgs, signatures_seen};
use diesel::prelude::*;

/// The names of all orgs, oldest first.
pub(crate) fn all(connection: &mut SqliteConnection) -> Result<Vec<(String, OrgId)>, StoreError> {
    let rows = orgs::table.select((orgs::name, orgs::id)).order(orgs::id);
    let rows: Vec<(String, i64)> = rows.load(connection)?;
    let named = rows
        .into_iter()
        .map(|(name, id)| (name, OrgId::from_row(id)));
    Ok(named.collect())
}

/// What is set for an org.
pub(crate) fn settings(
    connection: &mut SqliteConnection,
    org: OrgId,
) -> Result<OrgSettings, StoreError> {
    let row = query::settings(org).first(connection).optional()?;
    OrgSettings::of(row)
}

/// Sets what is given for an org; says what is set now. Refuses limits over those that hold when what the server gives is said. Needs a transaction.
pub(crate) fn set(
    connection: &mut SqliteConnection,
    actor: Actor,
    change: OrgChange,
    server: Option<RateLimits>,
    now: i64,
) -> Result<OrgSettings, StoreError> {
    let org = actor.org();
    let before = settings(connection, org)?;
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
        .execute(connection)?;
    audit::append(connection, actor, change.act(&before.name), now)?;
    Ok(after)
}

/// Notes a signature of this time, in seconds since the Unix epoch; `false` when it was noted before.
pub(crate) fn claim_signature(
    connection: &mut SqliteConnection,
    org: OrgId,
    signed_at: i64,
    mac: &[u8; 32],
    now: i64,
) -> Result<bool, StoreError> {
    diesel::delete(query::old_signatures(org, now)).execute(connection)?;
    let mac: &[u8] = mac;
    let inserted = diesel::insert_into(signatures_seen::table)
        .values((
            signatures_seen::org_id.eq(org.get()),
            signatures_seen::signed_at.eq(signed_at),
            signatures_seen::mac.eq(mac),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(inserted == 1)
}
