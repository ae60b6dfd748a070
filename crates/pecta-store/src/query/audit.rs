//! Which entries of the audit log a statement is about.

use crate::org::OrgId;
use crate::schema::{audit_entries, orgs};
use diesel::dsl::auto_type;
use diesel::prelude::*;

/// How many entries are verified at a time.
pub(crate) const VERIFIED: u32 = 1000;

/// The entries of an org in front of a place, newest first.
#[auto_type(no_type_alias)]
pub(crate) fn newest(org: OrgId, before: i64, limit: u32) -> _ {
    let (org, limit): (i64, i64) = (org.get(), i64::from(limit));
    audit_entries::table
        .filter(audit_entries::org_id.eq(org))
        .filter(audit_entries::sequence.lt(before))
        .order(audit_entries::sequence.desc())
        .limit(limit)
}

/// The entries of an org from a sequence on, oldest first.
#[auto_type(no_type_alias)]
pub(crate) fn oldest(org: OrgId, from: i64, limit: u32) -> _ {
    let (org, limit): (i64, i64) = (org.get(), i64::from(limit));
    audit_entries::table
        .filter(audit_entries::org_id.eq(org))
        .filter(audit_entries::sequence.ge(from))
        .order(audit_entries::sequence.asc())
        .limit(limit)
}

/// The head of an org's log.
#[auto_type(no_type_alias)]
pub(crate) fn head(org: OrgId) -> _ {
    let org: i64 = org.get();
    orgs::table
        .find(org)
        .select((orgs::audit_count, orgs::audit_head))
}
