//! Which settings and signatures of an org a statement is about.

use crate::org::OrgId;
use crate::schema::{orgs, signatures_seen};
use diesel::dsl::auto_type;
use diesel::prelude::*;

/// How long a signature is known: twice as long as its time is accepted, so that clocks may differ.
const MEMORY_SECONDS: i64 = 600;

/// What can be set for an org.
#[auto_type(no_type_alias)]
pub(crate) fn settings(org: OrgId) -> _ {
    let org: i64 = org.get();
    orgs::table.find(org).select((
        orgs::name,
        (orgs::require_signature, orgs::require_timed_signature),
        (orgs::rate_limit_ingest, orgs::rate_limit_default),
    ))
}

/// The signatures of an org whose time is so old that they are refused in any case.
#[auto_type(no_type_alias)]
pub(crate) fn old_signatures(org: OrgId, now: i64) -> _ {
    let org: i64 = org.get();
    let oldest: i64 = now - MEMORY_SECONDS;
    signatures_seen::table
        .filter(signatures_seen::org_id.eq(org))
        .filter(signatures_seen::signed_at.lt(oldest))
}
