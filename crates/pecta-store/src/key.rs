//! Stored keys: never the key itself, only its hash and, of a secret key, its sealed form.

use crate::audit::{Act, Actor, moment};
use crate::erasure;
use crate::error::StoreError;
use crate::event::time;
use crate::org::{OrgId, RequiredSignature};
use crate::rate_limits::{Columns, RateLimits, allows};
use crate::record::Origin;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use pecta_auth::{AgentPatterns, ApiKey, KeyKind, Scope, Scopes};
use std::sync::Arc;

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

/// Why a key is not revoked.
pub(crate) const LAST_ADMINISTRATOR: StoreError = StoreError::Conflict(
    "it is the last active secret key that may administer the org; make another one first",
);
/// How many secret keys of an org sign at most: a signature may have to be compared with each. While rotated keys are
/// in their overlap there may be twice as many.
pub(crate) const SIGNING_KEYS: usize = 50;
/// Why a secret key is not made.
pub(crate) const TOO_MANY_SECRET_KEYS: StoreError = StoreError::Conflict(
    "kind: the org has as many active secret keys as it may have; revoke one first",
);
/// How long a key must be good still to count as one by which the org can be administered: a day, in microseconds.
pub(crate) const LASTING: i64 = 86_400_000_000;
/// Why a key makes and rotates no other.
const MAKER_NOT_ACTIVE: StoreError = StoreError::Exceeds(
    "the key was revoked, has expired or was rotated, and so makes and rotates no other",
);
/// Why a key revokes no other.
const REVOKER_NOT_ACTIVE: StoreError = StoreError::Exceeds(
    "the key was revoked, has expired or was rotated, and so revokes none but itself",
);
/// Why a key is not rotated.
pub(crate) const NOT_ACTIVE: StoreError =
    StoreError::Conflict("the key was revoked, has expired, or was rotated already");

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What kind of key.
    pub kind: KeyKind,
    /// A name, for people.
    pub name: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// The agents that it may write for; all if there are none here.
    pub agents: Option<AgentPatterns>,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
    /// What its requests are limited to within what the org is.
    pub rate_limits: RateLimits,
}

impl NewKey {
    /// A key of this kind that may do whatever such a key may, for ever.
    #[must_use]
    pub fn of(kind: KeyKind) -> Self {
        Self {
            kind,
            name: None,
            scopes: Self::default_scopes(kind, None),
            agents: None,
            expires_at: None,
            rate_limits: RateLimits::default(),
        }
    }

    /// How the audit log tells that it was made.
    pub(crate) fn act(&self, id: KeyId) -> Act {
        Act::on(id.get().to_string(), "key.create")
            .with("kind", self.kind.as_str())
            .with_any("name", self.name.as_ref())
            .with("scopes", self.scopes)
            .with_any("agents", self.agents.as_ref().map(told))
            .with_any("expires_at", self.expires_at.map(moment))
            .with_any("rate_limit_ingest", self.rate_limits.ingest)
            .with_any("rate_limit_default", self.rate_limits.default)
    }

    /// This key with the expiry and the limits of its maker where none are said.
    pub(crate) fn made_by(&self, maker: &KeyDetails) -> Self {
        Self {
            expires_at: self.expires_at.or(maker.expires_at),
            rate_limits: self.rate_limits.or(maker.rate_limits),
            ..self.clone()
        }
    }

    /// What a key may do unless told otherwise: whatever its kind may, but a key that is bound to agents does not
    /// administer, because it could make one that is not bound.
    #[must_use]
    pub fn default_scopes(kind: KeyKind, agents: Option<&AgentPatterns>) -> Scopes {
        let all = Scopes::default_for(kind);
        match agents {
            Some(_) => all.without(Scope::Admin),
            None => all,
        }
    }
}

/// Agents as the audit log tells them, one a line.
fn told(agents: &AgentPatterns) -> String {
    let told = agents.iter().map(|pattern| {
        if pattern.ends_with('*') {
            pattern.to_owned()
        } else {
            erasure::name(pattern)
        }
    });
    told.collect::<Vec<_>>().join("\n")
}

/// A key that was just made: the one moment at which it is known.
#[derive(Debug)]
pub struct MadeKey {
    /// The key itself.
    pub key: ApiKey,
    /// What is listed of it.
    pub details: KeyDetails,
}

/// A key that took the place of another.
#[derive(Debug)]
pub struct RotatedKey {
    /// The new one.
    pub made: MadeKey,
    /// The old one, as it is from now on.
    pub replaced: KeyDetails,
}

/// A page of keys, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPage {
    /// The keys.
    pub keys: Vec<KeyDetails>,
    /// The last of them, when there are more behind it.
    pub next: Option<KeyId>,
}

impl KeyPage {
    /// From one row more than was asked for, if there is one.
    pub(crate) fn of(mut keys: Vec<KeyDetails>, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = keys.len() > limit;
        keys.truncate(limit);
        let last = keys.last().map(|key| key.id);
        let next = last.filter(|_| has_more);
        Self { keys, next }
    }
}

/// What a presented key is and may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The key.
    pub id: KeyId,
    /// The org that it acts for.
    pub org: OrgId,
    /// What it may do.
    pub scopes: Scopes,
    /// The agents that it may write for; all if there are none here.
    pub agents: Option<Arc<AgentPatterns>>,
    /// Which signature verdicts must have that are sent to the org.
    pub require_signature: RequiredSignature,
    /// What its requests are limited to.
    pub rate_limits: RateLimits,
    /// What those of all keys of the org are.
    pub org_rate_limits: RateLimits,
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
            client: None,
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
    agents: Option<String>,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
    rate_limit_ingest: Option<i64>,
    rate_limit_default: Option<i64>,
}

impl StoredKey {
    /// From its row and columns of its org's.
    pub(crate) fn of(
        (row, signature, limits): (KeyRow, (bool, bool), Columns),
    ) -> Result<Self, StoreError> {
        Ok(Self {
            require_signature: RequiredSignature::from_columns(signature),
            org_rate_limits: RateLimits::from_columns(limits)?,
            rate_limits: RateLimits::from_columns((row.rate_limit_ingest, row.rate_limit_default))?,
            id: KeyId(row.id),
            org: OrgId::from_row(row.org_id),
            scopes: row.scopes.parse().map_err(StoreError::corrupt)?,
            agents: agents(row.agents)?.map(Arc::new),
            expires_at: row.expires_at.map(time).transpose()?,
            revoked_at: row.revoked_at.map(time).transpose()?,
            last_used_at: row.last_used_at.map(time).transpose()?,
        })
    }
}

/// The agents that a key is bound to, as they are stored.
pub(crate) fn agents(stored: Option<String>) -> Result<Option<AgentPatterns>, StoreError> {
    let agents = stored.map(|lines| lines.parse()).transpose();
    agents.map_err(StoreError::corrupt)
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
    /// The last four characters of the key.
    pub last_four: String,
    /// What it may do.
    pub scopes: Scopes,
    /// The agents that it may write for; all if there are none here.
    pub agents: Option<AgentPatterns>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last seen, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it is refused for good.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The key that a rotation put in its place.
    pub replaced_by: Option<KeyId>,
    /// What its requests are limited to within what the org is.
    pub rate_limits: RateLimits,
    /// The key that made it; none for one that was made on the command line or by the server.
    pub created_by: Option<KeyId>,
}

impl KeyDetails {
    /// How the audit log tells that another took its place.
    pub(crate) fn rotation(&self, by: KeyId, overlap: TimeDelta) -> Act {
        Act::on(self.id.get().to_string(), "key.rotate")
            .with("replaced_by", by.get())
            .with("overlap_seconds", overlap.num_seconds())
    }

    /// A key with the settings of this one.
    pub(crate) fn again(&self) -> NewKey {
        NewKey {
            kind: self.kind,
            name: self.name.clone(),
            scopes: self.scopes,
            agents: self.agents.clone(),
            expires_at: self.expires_at,
            rate_limits: self.rate_limits,
        }
    }

    /// Refuses a key that would last longer or be limited to more than this one, its maker, or any while this one is not to
    /// be used any more.
    pub(crate) fn check_gives(&self, key: &NewKey, now: i64) -> Result<(), StoreError> {
        if !self.is_active(now) {
            return Err(MAKER_NOT_ACTIVE);
        }
        let outlives = |own: DateTime<Utc>| key.expires_at.is_none_or(|end| end > own);
        if self.expires_at.is_some_and(outlives) {
            return Err(StoreError::Exceeds(
                "expires_at: the key gives no other a longer life than it has",
            ));
        }
        if !allows(self.rate_limits.ingest, key.rate_limits.ingest) {
            return Err(StoreError::Exceeds(
                "rate_limits.ingest: the key gives no other a higher limit than it has",
            ));
        }
        if !allows(self.rate_limits.default, key.rate_limits.default) {
            return Err(StoreError::Exceeds(
                "rate_limits.default: the key gives no other a higher limit than it has",
            ));
        }
        Ok(())
    }

    /// Refuses to have this key revoke another one while it is not to be used any more: it may be rotated because it leaked.
    pub(crate) fn check_revokes(&self, other: KeyId, now: i64) -> Result<(), StoreError> {
        if self.is_active(now) || self.id == other {
            return Ok(());
        }
        Err(REVOKER_NOT_ACTIVE)
    }

    /// Whether the org can be administered by it now, and until someone ends that.
    pub(crate) fn administers(&self, now: i64) -> bool {
        let may = self.kind == KeyKind::Secret && self.scopes.contains(Scope::Admin);
        may && self.is_active(now)
    }

    /// Whether it is good at this time and was not replaced: microseconds since the Unix epoch.
    pub(crate) fn is_active(&self, now: i64) -> bool {
        let has_expired = self
            .expires_at
            .is_some_and(|end| end.timestamp_micros() <= now);
        self.revoked_at.is_none() && self.replaced_by.is_none() && !has_expired
    }
}

/// The columns behind [`KeyDetails`]; the org's name is joined.
#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct KeyDetailsRow {
    id: i64,
    kind: String,
    name: Option<String>,
    last_four: String,
    scopes: String,
    agents: Option<String>,
    created_at: i64,
    last_used_at: Option<i64>,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    replaced_by: Option<i64>,
    rate_limit_ingest: Option<i64>,
    rate_limit_default: Option<i64>,
    created_by: Option<i64>,
}

impl KeyDetailsRow {
    pub(crate) fn of_org(self, org: String) -> Result<KeyDetails, StoreError> {
        Ok(KeyDetails {
            id: KeyId(self.id),
            org,
            kind: self.kind.parse().map_err(StoreError::corrupt)?,
            name: self.name,
            last_four: self.last_four,
            scopes: self.scopes.parse().map_err(StoreError::corrupt)?,
            agents: agents(self.agents)?,
            created_at: time(self.created_at)?,
            last_used_at: self.last_used_at.map(time).transpose()?,
            expires_at: self.expires_at.map(time).transpose()?,
            revoked_at: self.revoked_at.map(time).transpose()?,
            replaced_by: self.replaced_by.map(KeyId),
            rate_limits: RateLimits::from_columns((
                self.rate_limit_ingest,
                self.rate_limit_default,
            ))?,
            created_by: self.created_by.map(KeyId),
        })
    }
}

/// How a rotation ends the old key.
#[derive(AsChangeset)]
#[diesel(table_name = crate::schema::api_keys)]
pub(crate) struct ReplacedColumns {
    replaced_by: Option<i64>,
    /// `None` leaves the column as it is.
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl ReplacedColumns {
    /// A key that is good for `overlap` still, but no longer than it was.
    pub(crate) fn of(old: &KeyDetails, by: KeyId, overlap: TimeDelta, now: i64) -> Self {
        let overlap = overlap.num_microseconds().unwrap_or(i64::MAX);
        let end = now.saturating_add(overlap);
        let is_over = overlap <= 0;
        let was = old
            .expires_at
            .map_or(i64::MAX, |end| end.timestamp_micros());
        Self {
            replaced_by: Some(by.get()),
            expires_at: (!is_over).then_some(end.min(was)),
            revoked_at: is_over.then_some(now),
        }
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
    agents: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    rate_limit_ingest: Option<i64>,
    rate_limit_default: Option<i64>,
    created_by: Option<i64>,
}

impl<'k> NewKeyRow<'k> {
    pub(crate) fn of(new: &'k NewKey, key: &ApiKey, actor: Actor, now: i64) -> Self {
        let (rate_limit_ingest, rate_limit_default) = new.rate_limits.columns();
        Self {
            rate_limit_ingest,
            rate_limit_default,
            created_by: actor.key().map(KeyId::get),
            org_id: actor.org().get(),
            kind: new.kind.as_str(),
            name: new.name.as_deref(),
            hash: key.hash().as_bytes().to_vec(),
            last_four: key.last_four().to_owned(),
            scopes: new.scopes.to_string(),
            agents: new.agents.as_ref().map(ToString::to_string),
            created_at: now,
            expires_at: new.expires_at.map(|end| end.timestamp_micros()),
        }
    }
}
