//! Stored keys: never the key itself, only its hash and, of a secret key, its sealed form.

use crate::error::StoreError;
use crate::event::time;
use crate::org::OrgId;
use crate::record::Origin;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use pecta_auth::{ApiKey, Binding, KeyKind, MasterKey, OpenError, Scopes};

/// The number by which people refer to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(i64);

impl KeyId {
    /// The key with this number, if there is one.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The org that it is for; made when there is none of that name.
    pub org: String,
    /// What kind of key.
    pub kind: KeyKind,
    /// A name, for people.
    pub name: Option<String>,
}

/// What a presented key is and may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredKey {
    /// The key.
    pub id: KeyId,
    /// The org that it acts for.
    pub org: OrgId,
    /// What it may do.
    pub scopes: Scopes,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it is refused for good.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last seen, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl StoredKey {
    /// What is recorded with this key.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        Origin {
            org: self.org,
            key: self.id,
        }
    }
}

/// The columns behind a [`StoredKey`].
#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct KeyRow {
    id: i64,
    org_id: i64,
    scopes: String,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl TryFrom<KeyRow> for StoredKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: KeyId(row.id),
            org: OrgId::from_row(row.org_id),
            scopes: row.scopes.parse().map_err(StoreError::corrupt)?,
            expires_at: row.expires_at.map(time).transpose()?,
            revoked_at: row.revoked_at.map(time).transpose()?,
            last_used_at: row.last_used_at.map(time).transpose()?,
        })
    }
}

/// A key as it is listed for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDetails {
    /// The key.
    pub id: KeyId,
    /// The name of its org.
    pub org: String,
    /// What kind of key.
    pub kind: KeyKind,
    /// Its name.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last seen, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Since when it is refused.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The columns behind [`KeyDetails`]; the org's name is joined.
#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct KeyDetailsRow {
    id: i64,
    kind: String,
    name: Option<String>,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl KeyDetailsRow {
    pub(crate) fn of_org(self, org: String) -> Result<KeyDetails, StoreError> {
        Ok(KeyDetails {
            id: KeyId(self.id),
            org,
            kind: self.kind.parse().map_err(StoreError::corrupt)?,
            name: self.name,
            created_at: time(self.created_at)?,
            last_used_at: self.last_used_at.map(time).transpose()?,
            revoked_at: self.revoked_at.map(time).transpose()?,
        })
    }
}

/// A secret key as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct SealedRow {
    id: i64,
    org_id: i64,
    sealed: Option<Vec<u8>>,
}

impl SealedRow {
    pub(crate) fn open(&self, master_key: &MasterKey) -> Result<ApiKey, OpenError> {
        let binding = Binding {
            org_id: self.org_id,
            key_id: self.id,
        };
        master_key.open(self.sealed.as_deref().unwrap_or_default(), &binding)
    }
}

/// The columns of a key that is made.
#[derive(Insertable)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct NewKeyRow<'k> {
    org_id: i64,
    kind: &'static str,
    name: Option<&'k str>,
    hash: Vec<u8>,
    last_four: String,
    scopes: String,
    created_at: i64,
}

impl<'k> NewKeyRow<'k> {
    pub(crate) fn of(new: &'k NewKey, key: &ApiKey, org_id: i64, now: i64) -> Self {
        Self {
            org_id,
            kind: new.kind.as_str(),
            name: new.name.as_deref(),
            hash: key.hash().as_bytes().to_vec(),
            last_four: key.last_four().to_owned(),
            scopes: Scopes::default_for(new.kind).to_string(),
            created_at: now,
        }
    }
}

/// What a secret key is given once the id that it is sealed with is known.
#[derive(AsChangeset)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct SealedColumns {
    sealed: Vec<u8>,
    master_key_id: String,
}

impl SealedColumns {
    pub(crate) fn of(
        key: &ApiKey,
        binding: &Binding,
        master_key: &MasterKey,
    ) -> Result<Self, StoreError> {
        let sealed = master_key.seal(key, binding, getrandom::fill)?;
        Ok(Self {
            sealed: sealed.as_bytes().to_vec(),
            master_key_id: master_key.id().to_string(),
        })
    }
}
