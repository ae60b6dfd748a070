//! The statements on `orgs` and `api_keys`.

use super::orgs::lock;
use super::{START_LOCK, audit};
use crate::audit::{Act, Actor};
use crate::error::StoreError;
use crate::key::{
    KeyDetails, KeyDetailsRow, KeyId, KeyPage, KeyRow, LAST_ADMINISTRATOR, MadeKey, NOT_ACTIVE,
    NewKey, NewKeyRow, ReplacedColumns, RotatedKey, SIGNING_KEYS, StoredKey, TOO_MANY_SECRET_KEYS,
};
use crate::master_keys::MasterKeys;
use crate::org::OrgId;
use crate::query::keys as query;
use crate::schema::{api_keys, orgs};
use crate::sealed::{SealedColumns, SealedRow, SigningKey};
use crate::store::Bootstrap;
use chrono::TimeDelta;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use pecta_auth::{ApiKey, Binding, KeyHash, KeyKind, Keyring, Scope, Scopes};
use std::sync::Arc;

/// The key with this hash.
pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    hash: &KeyHash,
) -> Result<Option<StoredKey>, StoreError> {
    let row = query::key(hash).inner_join(orgs::table).select((
        KeyRow::as_select(),
        (orgs::require_signature, orgs::require_timed_signature),
        (orgs::rate_limit_ingest, orgs::rate_limit_default),
    ));
    let row = row.first(connection).await.optional()?;
    row.map(StoredKey::of).transpose()
}

/// The secret keys of an org that are good now.
pub(super) async fn signing(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    master_keys: &MasterKeys,
    now: i64,
) -> Result<Vec<SigningKey>, StoreError> {
    let rows = query::signing_keys(org, now).select(SealedRow::as_select());
    let rows: Vec<SealedRow> = rows.load(connection).await?;
    SealedRow::all_signing(rows, master_keys)
}

/// Notes when a key was used.
pub(super) async fn touch(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    id: KeyId,
    now: i64,
) -> Result<(), StoreError> {
    let key = api_keys::table.find(id.get());
    diesel::update(key.filter(api_keys::org_id.eq(org.get())))
        .set(api_keys::last_used_at.eq(now))
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes a key, and its org when there is none of that name. Needs a transaction.
pub(super) async fn create(
    connection: &mut AsyncPgConnection,
    org: &str,
    actor: impl FnOnce(OrgId) -> Actor,
    new: &NewKey,
    master_keys: &MasterKeys,
    now: i64,
) -> Result<ApiKey, StoreError> {
    let org_id = find_or_create_org(connection, org, now).await?;
    let actor = actor(OrgId::from_row(org_id));
    check_room(connection, actor.org(), new, SIGNING_KEYS, now).await?;
    let (key, _) = insert(connection, actor, new, master_keys, now).await?;
    Ok(key)
}

async fn insert(
    connection: &mut AsyncPgConnection,
    actor: Actor,
    new: &NewKey,
    master_keys: &MasterKeys,
    now: i64,
) -> Result<(ApiKey, KeyId), StoreError> {
    let org_id = actor.org().get();
    let key = ApiKey::generate(new.kind, getrandom::fill)?;
    let key_id = diesel::insert_into(api_keys::table)
        .values(NewKeyRow::of(new, &key, actor, now))
        .returning(api_keys::id)
        .get_result(connection)
        .await?;
    if new.kind == KeyKind::Secret {
        let binding = Binding { org_id, key_id };
        diesel::update(api_keys::table.find(key_id))
            .set(SealedColumns::of(&key, &binding, master_keys)?)
            .execute(connection)
            .await?;
    }
    let id = KeyId::new(key_id);
    audit::append(connection, actor, new.act(id), now).await?;
    Ok((key, id))
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
    master_keys: &MasterKeys,
    now: i64,
    publish: impl FnOnce(&Bootstrap) -> Result<(), String>,
) -> Result<(), StoreError> {
    connection.batch_execute(START_LOCK).await?;
    let any = diesel::dsl::exists(orgs::table.select(orgs::id));
    if diesel::select(any).get_result(connection).await? {
        return Ok(());
    }
    let new = |kind| NewKey {
        name: Some("first start".to_owned()),
        ..NewKey::of(kind)
    };
    let (publishable, secret) = (new(KeyKind::Publishable), new(KeyKind::Secret));
    let bootstrap = Bootstrap {
        publishable_key: create(
            connection,
            &org,
            Actor::Server,
            &publishable,
            master_keys,
            now,
        )
        .await?,
        secret_key: create(connection, &org, Actor::Server, &secret, master_keys, now).await?,
        org,
    };
    publish(&bootstrap).map_err(StoreError::Aborted)
}

/// Refuses a key that can sign when so many of the org do already.
async fn check_room(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    new: &NewKey,
    most: usize,
    now: i64,
) -> Result<(), StoreError> {
    if new.kind != KeyKind::Secret || !new.scopes.contains(Scope::Ingest) {
        return Ok(());
    }
    lock(connection, org).await?;
    let signing = query::signing_keys(org, now).select(api_keys::id);
    let signing: Vec<i64> = signing.load(connection).await?;
    if signing.len() >= most {
        return Err(TOO_MANY_SECRET_KEYS);
    }
    Ok(())
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

/// Revokes a key, unless it is. Needs a transaction.
pub(super) async fn revoke(
    connection: &mut AsyncPgConnection,
    actor: Actor,
    id: KeyId,
    now: i64,
) -> Result<(), StoreError> {
    let key = api_keys::table
        .filter(api_keys::id.eq(id.get()))
        .filter(api_keys::org_id.eq(actor.org().get()))
        .filter(api_keys::revoked_at.is_null());
    let revoked = diesel::update(key).set(api_keys::revoked_at.eq(now));
    if revoked.execute(connection).await? > 0 {
        let act = Act::on(id.get().to_string(), "key.revoke");
        audit::append(connection, actor, act, now).await?;
    }
    Ok(())
}

/// Revokes a key, whatever org it is of; `false` when there is none of that id. Needs a transaction.
pub(super) async fn revoke_any(
    connection: &mut AsyncPgConnection,
    id: KeyId,
    now: i64,
) -> Result<bool, StoreError> {
    let Some(org) = org_of(connection, id).await? else {
        return Ok(false);
    };
    lock(connection, org).await?;
    revoke(connection, Actor::CommandLine(org), id, now).await?;
    Ok(true)
}

/// Makes a key of an org. Needs a transaction.
pub(super) async fn add(
    connection: &mut AsyncPgConnection,
    actor: Actor,
    new: &NewKey,
    master_keys: &MasterKeys,
    now: i64,
) -> Result<MadeKey, StoreError> {
    lock(connection, actor.org()).await?;
    let maker = maker(connection, actor).await?;
    let new = &maker
        .as_ref()
        .map_or_else(|| new.clone(), |maker| new.made_by(maker));
    if let Some(maker) = &maker {
        maker.check_gives(new, now)?;
    }
    check_room(connection, actor.org(), new, SIGNING_KEYS, now).await?;
    shown(connection, actor, new, master_keys, now).await
}

async fn shown(
    connection: &mut AsyncPgConnection,
    actor: Actor,
    new: &NewKey,
    master_keys: &MasterKeys,
    now: i64,
) -> Result<MadeKey, StoreError> {
    let (key, id) = insert(connection, actor, new, master_keys, now).await?;
    let details = known_details(connection, actor.org(), id).await?;
    Ok(MadeKey { key, details })
}

/// A page of the keys of an org, newest first.
pub(super) async fn page(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    after: Option<KeyId>,
    limit: u32,
) -> Result<KeyPage, StoreError> {
    let after = after.map_or(i64::MAX, KeyId::get);
    let rows: Vec<(KeyDetailsRow, String)> = query::keys_of(org)
        .filter(api_keys::id.lt(after))
        .select((KeyDetailsRow::as_select(), orgs::name))
        .order(api_keys::id.desc())
        .limit(i64::from(limit) + 1)
        .load(connection)
        .await?;
    let keys = rows.into_iter().map(|(row, org)| row.of_org(org));
    Ok(KeyPage::of(keys.collect::<Result<_, _>>()?, limit))
}

/// Puts a new key in the place of one that is active and may do nothing but what is in `within`; `None` when the org has none of
/// that id. Needs a transaction.
pub(super) async fn rotate(
    connection: &mut AsyncPgConnection,
    actor: Actor,
    (id, within): (KeyId, Scopes),
    overlap: TimeDelta,
    master_keys: &MasterKeys,
    now: i64,
) -> Result<Option<RotatedKey>, StoreError> {
    let org = actor.org();
    lock(connection, org).await?;
    let Some(old) = details(connection, org, id).await? else {
        return Ok(None);
    };
    if !old.is_active(now) {
        return Err(NOT_ACTIVE);
    }
    if let Some(broader) = old.scopes.iter().find(|scope| !within.contains(*scope)) {
        return Err(StoreError::Broader(broader));
    }
    let new = old.again();
    if let Some(maker) = maker(connection, actor).await? {
        maker.check_gives(&new, now)?;
    }
    check_room(connection, org, &new, 2 * SIGNING_KEYS, now).await?;
    let made = shown(connection, actor, &new, master_keys, now).await?;
    diesel::update(api_keys::table.find(id.get()))
        .set(ReplacedColumns::of(&old, made.details.id, overlap, now))
        .execute(connection)
        .await?;
    let act = old.rotation(made.details.id, overlap);
    audit::append(connection, actor, act, now).await?;
    let replaced = known_details(connection, org, id).await?;
    Ok(Some(RotatedKey { made, replaced }))
}

/// Revokes a key of an org, which must be able to go on without it; `None` when the org has none of that id. Needs a transaction.
pub(super) async fn revoke_of(
    connection: &mut AsyncPgConnection,
    actor: Actor,
    id: KeyId,
    now: i64,
) -> Result<Option<KeyDetails>, StoreError> {
    let org = actor.org();
    lock(connection, org).await?;
    let Some(key) = details(connection, org, id).await? else {
        return Ok(None);
    };
    if let Some(revoker) = maker(connection, actor).await? {
        revoker.check_revokes(id, now)?;
    }
    if key.administers(now) {
        let others = query::other_administrators(org, id.get(), now);
        let others = diesel::select(diesel::dsl::exists(others));
        let has_others: bool = others.get_result(connection).await?;
        if !has_others {
            return Err(LAST_ADMINISTRATOR);
        }
    }
    revoke(connection, actor, id, now).await?;
    details(connection, org, id).await
}

/// The org of a key.
pub(super) async fn org_of(
    connection: &mut AsyncPgConnection,
    id: KeyId,
) -> Result<Option<OrgId>, StoreError> {
    let key = api_keys::table.find(id.get()).select(api_keys::org_id);
    let org = key.first(connection).await.optional()?;
    Ok(org.map(OrgId::from_row))
}

async fn details(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    id: KeyId,
) -> Result<Option<KeyDetails>, StoreError> {
    let row: Option<(KeyDetailsRow, String)> = query::keys_of(org)
        .filter(api_keys::id.eq(id.get()))
        .select((KeyDetailsRow::as_select(), orgs::name))
        .first(connection)
        .await
        .optional()?;
    row.map(|(row, org)| row.of_org(org)).transpose()
}

/// The key that acts, if one does.
async fn maker(
    connection: &mut AsyncPgConnection,
    actor: Actor,
) -> Result<Option<KeyDetails>, StoreError> {
    let Some(id) = actor.key() else {
        return Ok(None);
    };
    known_details(connection, actor.org(), id).await.map(Some)
}

/// A key that the org has.
async fn known_details(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    id: KeyId,
) -> Result<KeyDetails, StoreError> {
    let details = details(connection, org, id).await?;
    details.ok_or(StoreError::Internal("a key was lost"))
}

/// Seals every secret key under the current master key that is not yet; says how many. Needs a transaction.
pub(super) async fn reseal(
    connection: &mut AsyncPgConnection,
    keyring: &Arc<Keyring>,
    now: i64,
) -> Result<usize, StoreError> {
    // First, as whoever changes keys does.
    let all = orgs::table.select(orgs::id).order(orgs::id);
    let _: Vec<i64> = all.for_no_key_update().load(connection).await?;
    let current = keyring.current().id().to_string();
    let rows: Vec<SealedRow> = query::sealed_by_another(&current)
        .select(SealedRow::as_select())
        .order(api_keys::id)
        .load(connection)
        .await?;
    for row in &rows {
        diesel::update(api_keys::table.find(row.id()))
            .set(row.resealed(keyring)?)
            .execute(connection)
            .await?;
    }
    for (org, keys) in SealedRow::by_org(&rows) {
        let act = Act::on(current.as_str(), "master_key.reseal").with("keys", keys);
        audit::append(connection, Actor::CommandLine(org), act, now).await?;
    }
    Ok(rows.len())
}
