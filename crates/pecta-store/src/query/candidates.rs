//! Which counts of candidates a statement is about.

use crate::candidate::{CandidateBatch, Counted};
use crate::org::OrgId;
use crate::schema::candidate_counts;
use diesel::dsl::auto_type;
use diesel::prelude::*;

/// What no two counts have alike.
pub(crate) const KEY: (
    candidate_counts::org_id,
    candidate_counts::version,
    candidate_counts::what,
    candidate_counts::name,
    candidate_counts::rule,
) = (
    candidate_counts::org_id,
    candidate_counts::version,
    candidate_counts::what,
    candidate_counts::name,
    candidate_counts::rule,
);

/// Those of a version.
#[auto_type(no_type_alias)]
pub(crate) fn of_version(org: OrgId, version: i64) -> _ {
    let org: i64 = org.get();
    candidate_counts::table
        .filter(candidate_counts::org_id.eq(org))
        .filter(candidate_counts::version.eq(version))
}

/// The row of the last batch of a counter, if that is this one or a later one.
#[auto_type(no_type_alias)]
pub(crate) fn of_batch<'q>(org: OrgId, version: i64, batch: &'q CandidateBatch) -> _ {
    let org: i64 = org.get();
    let (counter, sequence): (&'q str, i64) = (&batch.counter, batch.sequence);
    let what: &'static str = CandidateBatch::WHAT;
    candidate_counts::table
        .filter(candidate_counts::org_id.eq(org))
        .filter(candidate_counts::version.eq(version))
        .filter(candidate_counts::what.eq(what))
        .filter(candidate_counts::name.eq(counter))
        .filter(candidate_counts::count.ge(sequence))
}

/// Those of earlier versions.
#[auto_type(no_type_alias)]
pub(crate) fn before_version(org: OrgId, version: i64) -> _ {
    let org: i64 = org.get();
    candidate_counts::table
        .filter(candidate_counts::org_id.eq(org))
        .filter(candidate_counts::version.lt(version))
}

/// Those that have the name of an agent.
#[auto_type(no_type_alias)]
pub(crate) fn that_name<'q>(org: OrgId, agent_id: &'q str) -> _ {
    let org: i64 = org.get();
    let (blocked, released): (&'static str, &'static str) = (
        Counted::BlockedAgent.as_str(),
        Counted::ReleasedAgent.as_str(),
    );
    candidate_counts::table
        .filter(candidate_counts::org_id.eq(org))
        .filter(candidate_counts::name.eq(agent_id))
        .filter(
            candidate_counts::what
                .eq(blocked)
                .or(candidate_counts::what.eq(released)),
        )
}
