//! Which policies a statement is about.

use crate::org::OrgId;
use crate::policy::PolicyRole;
use crate::schema::policies;
use diesel::dsl::auto_type;
use diesel::prelude::*;

/// The versions of an org's policy.
#[auto_type(no_type_alias)]
pub(crate) fn versions(org: OrgId, role: PolicyRole) -> _ {
    let (org, role): (i64, &'static str) = (org.get(), role.as_str());
    policies::table
        .filter(policies::org_id.eq(org))
        .filter(policies::role.eq(role))
}
