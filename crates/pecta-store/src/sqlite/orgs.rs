//! The statements on the settings of orgs and on `signatures_seen`.

use crate::error::StoreError;
use crate::org::{OrgId, OrgSettings};
use crate::query::orgs as query;
use crate::schema::{orgs, signatures_seen};
use diesel::prelude::*;

/// What is set for an org.
pub(crate) fn settings(
    connection: &mut SqliteConnection,
    org: OrgId,
) -> Result<OrgSettings, StoreError> {
    let row: Option<(String, bool)> = query::settings(org).first(connection).optional()?;
    let (name, require_signature) = row.ok_or(StoreError::Internal("an org was lost"))?;
    Ok(OrgSettings {
        name,
        require_signature,
    })
}

/// Sets whether verdicts that are sent to an org must be signed; says what is set now.
pub(crate) fn require_signature(
    connection: &mut SqliteConnection,
    org: OrgId,
    required: bool,
) -> Result<OrgSettings, StoreError> {
    diesel::update(orgs::table.find(org.get()))
        .set(orgs::require_signature.eq(required))
        .execute(connection)?;
    settings(connection, org)
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
