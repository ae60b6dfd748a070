//! Secret keys at rest: sealed, because signatures are verified with them.

use crate::error::StoreError;
use crate::key::agents;
use crate::master_keys::MasterKeys;
use crate::org::OrgId;
use diesel::prelude::*;
use pecta_auth::{AgentPatterns, ApiKey, Binding, Keyring, MasterKeyId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A secret key as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct SealedRow {
    id: i64,
    org_id: i64,
    sealed: Option<Vec<u8>>,
    master_key_id: Option<String>,
    agents: Option<String>,
}

/// A secret key that signs.
#[derive(Debug)]
pub struct SigningKey {
    /// The key.
    pub key: ApiKey,
    /// The agents whose verdicts it signs; all if there are none here.
    pub agents: Option<AgentPatterns>,
}

impl SealedRow {
    /// How many of the rows each org has, in the order of their ids.
    pub(crate) fn by_org(rows: &[Self]) -> BTreeMap<OrgId, usize> {
        let mut orgs = BTreeMap::new();
        for row in rows {
            *orgs.entry(OrgId::from_row(row.org_id)).or_default() += 1;
        }
        orgs
    }

    pub(crate) const fn id(&self) -> i64 {
        self.id
    }

    pub(crate) fn open(&self, master_keys: &MasterKeys) -> Result<ApiKey, StoreError> {
        self.open_with(|id| master_keys.with(id))
    }

    /// Those of the rows that open. One that does not, because it was sealed under a master key that is gone, keeps no other
    /// from signing; it is an error when none opens.
    pub(crate) fn all_signing(
        rows: Vec<Self>,
        master_keys: &MasterKeys,
    ) -> Result<Vec<SigningKey>, StoreError> {
        let (mut keys, mut failure) = (Vec::with_capacity(rows.len()), None);
        for row in rows {
            let id = row.id;
            match row.signing(master_keys) {
                Ok(key) => keys.push(key),
                Err(error) => {
                    tracing::error!(key = id, %error, "a secret key cannot be opened");
                    failure = Some(error);
                }
            }
        }
        match failure {
            Some(failure) if keys.is_empty() => Err(failure),
            _ => Ok(keys),
        }
    }

    fn signing(self, master_keys: &MasterKeys) -> Result<SigningKey, StoreError> {
        Ok(SigningKey {
            key: self.open(master_keys)?,
            agents: agents(self.agents)?,
        })
    }

    /// What is stored instead, sealed under the current key.
    pub(crate) fn resealed(&self, keyring: &Arc<Keyring>) -> Result<SealedColumns, StoreError> {
        let key = self.open_with(|_| Ok(Arc::clone(keyring)))?;
        SealedColumns::under(&key, &self.binding(), keyring)
    }

    fn open_with(
        &self,
        keyring: impl FnOnce(MasterKeyId) -> Result<Arc<Keyring>, StoreError>,
    ) -> Result<ApiKey, StoreError> {
        let refused = StoreError::Sealed(self.id);
        let id = self.master_key_id.as_deref().map(str::parse);
        let (Some(Ok(id)), Some(sealed)) = (id, &self.sealed) else {
            return Err(refused);
        };
        let opened = keyring(id)?.open(id, sealed, &self.binding());
        opened.map_err(|_| refused)
    }

    const fn binding(&self) -> Binding {
        Binding {
            org_id: self.org_id,
            key_id: self.id,
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
        master_keys: &MasterKeys,
    ) -> Result<Self, StoreError> {
        let keyring = master_keys.newest()?;
        Self::under(key, binding, &keyring)
    }

    fn under(key: &ApiKey, binding: &Binding, keyring: &Keyring) -> Result<Self, StoreError> {
        let master_key = keyring.current();
        let sealed = master_key.seal(key, binding, getrandom::fill)?;
        Ok(Self {
            sealed: sealed.as_bytes().to_vec(),
            master_key_id: master_key.id().to_string(),
        })
    }
}
