//! The statements on `orgs` and `api_keys`.

use super::START_LOCK;
use crate::error::StoreError;
use crate::key::{
    KeyDetails, KeyDetailsRow, KeyId, KeyRow, NewKey, NewKeyRow, SealedColumns, SealedRow,
    StoredKey,
};
use crate::org::OrgId;
use crate::query::keys as query;
use crate::schema::{api_keys, orgs};
use crate::store::Bootstrap;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use pecta_auth::{ApiKey, Binding, KeyHash, KeyKind, MasterKey};

/// The key with this hash.
pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    hash: &KeyHash,
) -> Result<Option<StoredKey>, StoreError> {
    let row = query::key(hash).select(KeyRow::as_select());
    let row = row.first(connection).await.optional()?;
    row.map(StoredKey::try_from).transpose()
}

/// The secret keys of an org that are good now.
pub(super) async fn signing(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    master_key: &MasterKey,
    now: i64,
) -> Result<Vec<ApiKey>, StoreError> {
    let rows = query::signing_keys(org, now).select(SealedRow::as_select());
    let rows: Vec<SealedRow> = rows.load(connection).await?;
    let open = |row: &SealedRow| row.open(master_key).map_err(StoreError::corrupt);
    rows.iter().map(open).collect()
}

/// Notes when a key was used.
pub(super) async fn touch(
    connection: &mut AsyncPgConnection,
    id: KeyId,
    now: i64,
) -> Result<(), StoreError> {
    diesel::update(api_keys::table.find(id.get()))
        .set(api_keys::last_used_at.eq(now))
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes a key, and its org when there is none of that name. Needs a transaction.
pub(super) async fn create(
    connection: &mut AsyncPgConnection,
    new: &NewKey,
    master_key: &MasterKey,
    now: i64,
) -> Result<ApiKey, StoreError> {
    let org_id = find_or_create_org(connection, &new.org, now).await?;
    let key = ApiKey::generate(new.kind, getrandom::fill)?;
    let key_id = diesel::insert_into(api_keys::table)
        .values(NewKeyRow::of(new, &key, org_id, now))
        .returning(api_keys::id)
        .get_result(connection)
        .await?;
    if new.kind == KeyKind::Secret {
        let binding = Binding { org_id, key_id };
        diesel::update(api_keys::table.find(key_id))
            .set(SealedColumns::of(&key, &binding, master_key)?)
            .execute(connection)
            .await?;
    }
    Ok(key)
}

/// Another process may make the org between the look and the insert, which then waits for it.
async fn find_or_create_org(
    connection: &mut AsyncPgConnection,
    name: &str,
    now: i64,
) -> Result<i64, StoreError> {
    if let Some(org) = find_org(connection, name).await? {
        return Ok(org);
    }
    diesel::insert_into(orgs::table)
        .values((orgs::name.eq(name), orgs::created_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    let org = find_org(connection, name).await?;
    org.ok_or(StoreError::Internal("an org was lost"))
}

/// The number of the org of a name.
pub(super) async fn find_org(
    connection: &mut AsyncPgConnection,
    name: &str,
) -> Result<Option<i64>, StoreError> {
    let org = query::org_named(name).first(connection).await;
    Ok(org.optional()?)
}

/// Makes the first org and its keys, unless there is an org already. Needs a transaction, in which one
/// process at a time gets past the lock.
pub(super) async fn bootstrap(
    connection: &mut AsyncPgConnection,
    org: String,
    master_key: &MasterKey,
    now: i64,
    publish: impl FnOnce(&Bootstrap) -> Result<(), String>,
) -> Result<(), StoreError> {
    connection.batch_execute(START_LOCK).await?;
    let any = diesel::dsl::exists(orgs::table.select(orgs::id));
    if diesel::select(any).get_result(connection).await? {
        return Ok(());
    }
    let new = |kind| NewKey {
        org: org.clone(),
        kind,
        name: Some("first start".to_owned()),
    };
    let (publishable, secret) = (new(KeyKind::Publishable), new(KeyKind::Secret));
    let bootstrap = Bootstrap {
        publishable_key: create(connection, &publishable, master_key, now).await?,
        secret_key: create(connection, &secret, master_key, now).await?,
        org,
    };
    publish(&bootstrap).map_err(StoreError::Aborted)
}

/// All keys, or those of one org; `None` when there is no such org.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    org: Option<&str>,
) -> Result<Option<Vec<KeyDetails>>, StoreError> {
    let mut query = api_keys::table
        .inner_join(orgs::table)
        .select((KeyDetailsRow::as_select(), orgs::name))
        .order(api_keys::id)
        .into_boxed();
    if let Some(name) = org {
        let Some(id) = find_org(connection, name).await? else {
            return Ok(None);
        };
        query = query.filter(api_keys::org_id.eq(id));
    }
    let rows: Vec<(KeyDetailsRow, String)> = query.load(connection).await?;
    let details = rows.into_iter().map(|(row, org)| row.of_org(org));
    details.collect::<Result<_, _>>().map(Some)
}

/// Revokes a key; `false` when there is none of that id.
pub(super) async fn revoke(
    connection: &mut AsyncPgConnection,
    id: KeyId,
    now: i64,
) -> Result<bool, StoreError> {
    let key = api_keys::table.find(id.get());
    let is_known = diesel::select(diesel::dsl::exists(key));
    let is_known = is_known.get_result(connection).await?;
    diesel::update(key.filter(api_keys::revoked_at.is_null()))
        .set(api_keys::revoked_at.eq(now))
        .execute(connection)
        .await?;
    Ok(is_known)
}
