//! Which keys and orgs a statement is about.

use crate::key::LASTING;
use crate::org::OrgId;
use crate::schema::{api_keys, orgs};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use pecta_auth::{KeyHash, KeyKind};

/// The key with this hash.
#[auto_type(no_type_alias)]
pub(crate) fn key<'q>(hash: &'q KeyHash) -> _ {
    let hash: &'q [u8] = hash.as_bytes();
    api_keys::table.filter(api_keys::hash.eq(hash))
}

/// The keys of an org, with its name.
#[auto_type(no_type_alias)]
pub(crate) fn keys_of(org: OrgId) -> _ {
    let org: i64 = org.get();
    api_keys::table
        .inner_join(orgs::table)
        .filter(api_keys::org_id.eq(org))
}

/// The keys of an org that are good now.
#[auto_type]
fn good_keys(org: OrgId, now: i64) -> _ {
    let org: i64 = org.get();
    let is_alive = api_keys::expires_at
        .is_null()
        .or(api_keys::expires_at.gt(now));
    api_keys::table
        .filter(api_keys::org_id.eq(org))
        .filter(api_keys::revoked_at.is_null())
        .filter(is_alive)
        .order(api_keys::id)
}

/// The keys of an org that sign now.
#[auto_type(no_type_alias)]
pub(crate) fn signing_keys(org: OrgId, now: i64) -> _ {
    let keys: good_keys = good_keys(org, now);
    // To sign is to send verdicts.
    keys.filter(api_keys::sealed.is_not_null())
        .filter(api_keys::scopes.like("%ingest%"))
}

/// The keys of an org, but for one, by which it can be administered, now and until someone ends that.
#[auto_type(no_type_alias)]
pub(crate) fn other_administrators(org: OrgId, id: i64, now: i64) -> _ {
    // One that is about to expire is none to rely on.
    let lasting: i64 = now.saturating_add(LASTING);
    let keys: good_keys = good_keys(org, lasting);
    let secret: &'static str = KeyKind::Secret.as_str();
    keys.filter(api_keys::kind.eq(secret))
        .filter(api_keys::scopes.like("%admin%"))
        .filter(api_keys::replaced_by.is_null())
        .filter(api_keys::id.ne(id))
        .select(api_keys::id)
}

/// The org of a name.
#[auto_type(no_type_alias)]
pub(crate) fn org_named<'q>(name: &'q str) -> _ {
    orgs::table.filter(orgs::name.eq(name)).select(orgs::id)
}

/// The secret keys that are not sealed under the master key of this id.
#[auto_type(no_type_alias)]
pub(crate) fn sealed_by_another<'q>(master_key_id: &'q str) -> _ {
    let is_another = api_keys::master_key_id
        .is_null()
        .or(api_keys::master_key_id.ne(master_key_id));
    api_keys::table
        .filter(api_keys::sealed.is_not_null())
        .filter(is_another)
}
