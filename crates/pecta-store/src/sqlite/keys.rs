//! The statements on `orgs` and `api_keys`.

use crate::error::StoreError;
use crate::key::{
    KeyDetails, KeyDetailsRow, KeyId, KeyRow, NewKey, NewKeyRow, SealedColumns, SealedRow,
    StoredKey,
};
use crate::org::OrgId;
use crate::query::keys as query;
use crate::schema::{api_keys, orgs};
use crate::store::Bootstrap;
use diesel::prelude::*;
use pecta_auth::{ApiKey, Binding, KeyHash, KeyKind, MasterKey};

/// One sealed key, by which the master key can be tried; `None` when there is none.
pub(super) fn first_sealed(
    connection: &mut SqliteConnection,
) -> Result<Option<SealedRow>, StoreError> {
    let rows = api_keys::table.filter(api_keys::sealed.is_not_null());
    let row = rows.select(SealedRow::as_select()).order(api_keys::id);
    Ok(row.first(connection).optional()?)
}

/// The key with this hash.
pub(crate) fn find(
    connection: &mut SqliteConnection,
    hash: &KeyHash,
) -> Result<Option<StoredKey>, StoreError> {
    let row = query::key(hash).select(KeyRow::as_select());
    let row = row.first(connection).optional()?;
    row.map(StoredKey::try_from).transpose()
}

/// The secret keys of an org that are good now.
pub(crate) fn signing(
    connection: &mut SqliteConnection,
    org: OrgId,
    master_key: &MasterKey,
    now: i64,
) -> Result<Vec<ApiKey>, StoreError> {
    let rows = query::signing_keys(org, now).select(SealedRow::as_select());
    let rows = rows.load(connection)?;
    let open = |row: &SealedRow| row.open(master_key).map_err(StoreError::corrupt);
    rows.iter().map(open).collect()
}

/// Notes when a key was used.
pub(crate) fn touch(
    connection: &mut SqliteConnection,
    id: KeyId,
    now: i64,
) -> Result<(), StoreError> {
    diesel::update(api_keys::table.find(id.get()))
        .set(api_keys::last_used_at.eq(now))
        .execute(connection)?;
    Ok(())
}

/// The org of a name.
pub(crate) fn org(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<Option<OrgId>, StoreError> {
    Ok(find_org(connection, name)?.map(OrgId::from_row))
}

/// Makes a key, and its org when there is none of that name.
pub(crate) fn create(
    connection: &mut SqliteConnection,
    key: &NewKey,
    master_key: &MasterKey,
    now: i64,
) -> Result<ApiKey, StoreError> {
    let org = match find_org(connection, &key.org)? {
        Some(org) => org,
        None => create_org(connection, &key.org, now)?,
    };
    insert(connection, org, key, master_key, now)
}

/// Makes the first org and its keys, unless there is an org already.
pub(crate) fn bootstrap(
    connection: &mut SqliteConnection,
    org: String,
    master_key: &MasterKey,
    now: i64,
    publish: impl FnOnce(&Bootstrap) -> Result<(), String>,
) -> Result<(), StoreError> {
    let any = diesel::dsl::exists(orgs::table.select(orgs::id));
    if diesel::select(any).get_result(connection)? {
        return Ok(());
    }
    let mut key = |kind| {
        let key = NewKey {
            org: org.clone(),
            kind,
            name: Some("first start".to_owned()),
        };
        create(connection, &key, master_key, now)
    };
    let bootstrap = Bootstrap {
        publishable_key: key(KeyKind::Publishable)?,
        secret_key: key(KeyKind::Secret)?,
        org,
    };
    publish(&bootstrap).map_err(StoreError::Aborted)
}

fn find_org(connection: &mut SqliteConnection, name: &str) -> Result<Option<i64>, StoreError> {
    Ok(query::org_named(name).first(connection).optional()?)
}

fn create_org(connection: &mut SqliteConnection, name: &str, now: i64) -> Result<i64, StoreError> {
    let id = diesel::insert_into(orgs::table)
        .values((orgs::name.eq(name), orgs::created_at.eq(now)))
        .returning(orgs::id)
        .get_result(connection)?;
    Ok(id)
}

fn insert(
    connection: &mut SqliteConnection,
    org_id: i64,
    new: &NewKey,
    master_key: &MasterKey,
    now: i64,
) -> Result<ApiKey, StoreError> {
    let key = ApiKey::generate(new.kind, getrandom::fill)?;
    let key_id = diesel::insert_into(api_keys::table)
        .values(NewKeyRow::of(new, &key, org_id, now))
        .returning(api_keys::id)
        .get_result(connection)?;
    if new.kind == KeyKind::Secret {
        let binding = Binding { org_id, key_id };
        diesel::update(api_keys::table.find(key_id))
            .set(SealedColumns::of(&key, &binding, master_key)?)
            .execute(connection)?;
    }
    Ok(key)
}

/// All keys, or those of one org; `None` when there is no such org.
pub(crate) fn list(
    connection: &mut SqliteConnection,
    org: Option<&str>,
) -> Result<Option<Vec<KeyDetails>>, StoreError> {
    let mut query = api_keys::table
        .inner_join(orgs::table)
        .select((KeyDetailsRow::as_select(), orgs::name))
        .order(api_keys::id)
        .into_boxed();
    if let Some(name) = org {
        let Some(id) = find_org(connection, name)? else {
            return Ok(None);
        };
        query = query.filter(api_keys::org_id.eq(id));
    }
    let rows: Vec<(KeyDetailsRow, String)> = query.load(connection)?;
    let details = rows.into_iter().map(|(row, org)| row.of_org(org));
    details.collect::<Result<_, _>>().map(Some)
}

/// Revokes a key; `false` when there is none of that id.
pub(crate) fn revoke(
    connection: &mut SqliteConnection,
    id: KeyId,
    now: i64,
) -> Result<bool, StoreError> {
    let key = api_keys::table.find(id.get());
    let is_known = diesel::select(diesel::dsl::exists(key)).get_result(connection)?;
    diesel::update(key.filter(api_keys::revoked_at.is_null()))
        .set(api_keys::revoked_at.eq(now))
        .execute(connection)?;
    Ok(is_known)
}
