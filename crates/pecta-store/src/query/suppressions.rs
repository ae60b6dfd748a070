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
