//! Which suppressions a statement is about.

use crate::org::OrgId;
use crate::schema::suppressions;
use diesel::dsl::auto_type;
use diesel::prelude::*;

/// Those of an org.
#[auto_type(no_type_alias)]
pub(crate) fn of(org: OrgId) -> _ {
    let org: i64 = org.get();
    suppressions::table.filter(suppressions::org_id.eq(org))
}

/// Those of one agent alone, whose id is no pattern.
#[auto_type(no_type_alias)]
pub(crate) fn of_agent<'q>(org: OrgId, agent_id: &'q str) -> _ {
    let org: i64 = org.get();
    suppressions::table
        .filter(suppressions::org_id.eq(org))
        .filter(suppressions::agent.eq(agent_id))
}
