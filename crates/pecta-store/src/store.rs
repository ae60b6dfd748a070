//! The façade: what callers see of the store, whatever database stands behind it.

use crate::agent::{AgentPage, AgentPosition};
use crate::clock::now_micros;
use crate::error::{OpenError, StoreError};
use crate::event::{EventFilter, EventPage, EventPosition, EventRecord};
use crate::key::{KeyId, NewKey, StoredKey};
use crate::org::OrgId;
use crate::record::{AgentReputation, NewEvent, Origin, Receipt};
use crate::retention;
use crate::sqlite::{self, Sqlite, agents, deletion, events, keys};
use chrono::{DateTime, Utc};
use pecta_auth::{ApiKey, KeyHash, MasterKey};
use pecta_reputation::Scoring;
use std::path::Path;
use std::sync::Arc;
use tokio::time::sleep;

/// Opens the database that `url` names (`sqlite:PATH`), or makes it, brings its schema up to date and
/// starts the store's threads.
///
/// `master_key` is asked for the master key once the database proved to be writable. It is told the
/// folder of the database and whether keys are sealed in it, which only the key that sealed them opens;
/// its error is a text for people.
///
/// # Errors
/// When the URL is not understood, or the database cannot be opened with this key; what it holds is
/// then as it was.
pub fn open(
    url: &str,
    scoring: Scoring,
    master_key: impl FnOnce(&Path, bool) -> Result<MasterKey, String>,
) -> Result<Store, OpenError> {
    let (database, master_key) = sqlite::open(url, scoring, master_key)?;
    Ok(Store {
        database,
        master_key: Arc::new(master_key),
        scoring,
    })
}

/// An open store. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    database: Sqlite,
    master_key: Arc<MasterKey>,
    scoring: Scoring,
}

/// The first org of a new database and its keys, which are shown this once.
#[derive(Debug)]
pub struct Bootstrap {
    /// The name of the org.
    pub org: String,
    /// A key for evaluations, ingest and reads.
    pub publishable_key: ApiKey,
    /// A key for signatures and administration.
    pub secret_key: ApiKey,
}

impl Store {
    /// Records a batch: all of it or nothing, durably before this returns.
    ///
    /// Events count in the order of their times. An event whose evaluation id or idempotency key
    /// the org has recorded before changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when storage is down or the queue is full.
    pub async fn record(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<Receipt, StoreError> {
        self.database.record(origin, events).await
    }

    /// A page of the events of an org that match a filter.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn events(&self, org: OrgId, filter: EventFilter) -> Result<EventPage, StoreError> {
        let read = move |connection: &mut _| events::list(connection, org, &filter);
        self.database.list(read).await
    }

    /// The event of an org that was recorded under an idempotency key.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn event_by_idempotency_key(
        &self,
        org: OrgId,
        key: String,
    ) -> Result<Option<EventRecord>, StoreError> {
        let read = move |connection: &mut _| events::by_idempotency_key(connection, org, &key);
        self.database.read(read).await
    }

    /// The standing of an agent; that of a new one when the org has no such agent.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn reputation(
        &self,
        org: OrgId,
        agent_id: String,
    ) -> Result<AgentReputation, StoreError> {
        let scoring = self.scoring;
        let read = move |connection: &mut _| {
            let state = agents::load(connection, org, &agent_id)?;
            Ok(state.standing(agent_id, scoring))
        };
        self.database.read(read).await
    }

    /// A page of the agents of an org, newest last seen first, at most `limit`.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn agents(
        &self,
        org: OrgId,
        after: Option<AgentPosition>,
        limit: u32,
    ) -> Result<AgentPage, StoreError> {
        let read = move |connection: &mut _| agents::list(connection, org, after, limit);
        self.database.list(read).await
    }

    /// Makes an agent's row, unless there is one.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn register_agent(&self, org: OrgId, agent_id: String) -> Result<(), StoreError> {
        let write =
            move |connection: &mut _| agents::register(connection, org, &agent_id, now_micros());
        self.database.write(write).await
    }

    /// Deletes the events whose own time is before `time`, in small steps between which other writes go
    /// on; says how many. Scores stay, because windows are kept apart from events; an event that its
    /// agent's stored window does not cover yet stays, too.
    ///
    /// # Errors
    /// When storage is down. What was deleted before that stays deleted.
    pub async fn delete_events_before(&self, time: DateTime<Utc>) -> Result<usize, StoreError> {
        let start = EventPosition::start_of(time.timestamp_micros());
        let mut total = 0;
        for org in self.database.read(deletion::all_orgs).await? {
            for passed in [true, false] {
                let mut next = Some(start);
                while let Some(place) = next {
                    let start = now_micros();
                    let write = move |connection: &mut _| {
                        deletion::delete_behind(connection, org, passed, place)
                    };
                    let step = self.database.write(write).await?;
                    total += step.deleted;
                    next = step.next;
                    sleep(retention::rest(start)).await;
                }
            }
        }
        Ok(total)
    }

    /// The key with this hash, whether it is still good or not.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn find_key(&self, hash: KeyHash) -> Result<Option<StoredKey>, StoreError> {
        let read = move |connection: &mut _| keys::find(connection, &hash);
        self.database.read(read).await
    }

    /// The secret keys of an org that are neither revoked nor expired.
    ///
    /// # Errors
    /// When storage is down, or a key does not open under the master key.
    pub async fn signing_keys(&self, org: OrgId) -> Result<Vec<ApiKey>, StoreError> {
        let master_key = Arc::clone(&self.master_key);
        let read =
            move |connection: &mut _| keys::signing(connection, org, &master_key, now_micros());
        self.database.read(read).await
    }

    /// Notes that a key was used now. Not awaited and not durable at once: it is for people.
    pub fn touch_key(&self, id: KeyId) {
        let write = move |connection: &mut _| keys::touch(connection, id, now_micros());
        self.database.write_later(write);
    }

    /// Makes a key, and its org when there is none of that name. The key is returned this once.
    ///
    /// # Errors
    /// When storage is down or there is no randomness.
    pub async fn create_key(&self, key: NewKey) -> Result<ApiKey, StoreError> {
        let master_key = Arc::clone(&self.master_key);
        let write =
            move |connection: &mut _| keys::create(connection, &key, &master_key, now_micros());
        self.database.write(write).await
    }

    /// Makes the first org and a key of each kind, unless there is an org already.
    ///
    /// `publish` is called before anything is committed; when it fails, nothing is.
    ///
    /// # Errors
    /// When storage is down or `publish` fails ([`StoreError::Aborted`]).
    pub async fn bootstrap<P>(&self, org: &str, publish: P) -> Result<(), StoreError>
    where
        P: FnOnce(&Bootstrap) -> Result<(), String> + Send + 'static,
    {
        let (org, master_key) = (org.to_owned(), Arc::clone(&self.master_key));
        let write = move |connection: &mut _| {
            keys::bootstrap(connection, org, &master_key, now_micros(), publish)
        };
        self.database.write(write).await
    }

    /// Whether the database can be read and written now.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.database.read(sqlite::check_read).await?;
        self.database.write(sqlite::check_write).await
    }

    /// Commits what is queued and closes the database. Calls that follow are refused.
    pub async fn close(&self) {
        self.database.close().await;
    }
}
