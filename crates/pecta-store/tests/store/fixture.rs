//! A store of a test's own, and events to record in it.

use chrono::{DateTime, Utc};
use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use pecta_store::{
    Administration, AgentRecord, EventFilter, EventRecord, KeyKind, Latency, MasterKey, NewEvent,
    NewKey, Origin, Place, Scoring, Source, Store, open,
};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use throwaway_postgres::{Installation, Postgres};

/// What a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// The server of all tests of this run; it ends with this process.
static SERVER: LazyLock<Postgres> =
    LazyLock::new(|| Installation::find().unwrap().start().unwrap());
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A store, and the database that it is on.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) url: String,
    directory: TempDir,
}

impl Fixture {
    /// A store on a new database.
    pub(crate) fn new(backend: Backend) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = match backend {
            Backend::Sqlite => format!("sqlite:{}", directory.path().join("pecta.db").display()),
            Backend::Postgres => new_database(),
        };
        Self {
            directory,
            ..Self::at(url)
        }
    }

    /// A store on the database that a URL names.
    pub(crate) fn at(url: String) -> Self {
        Self {
            store: start(&url),
            url,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// The same database in a store opened anew, as after a crash: the old one is never closed.
    pub(crate) fn reopen(self) -> Self {
        Self {
            store: start(&self.url),
            ..self
        }
    }

    /// The same once this was done to the database, with no store open.
    pub(crate) fn reopen_after(self, sql: &str) -> Self {
        let Self {
            store,
            url,
            directory,
        } = self;
        drop(store);
        match url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut connection = SqliteConnection::establish(path).unwrap();
                let patient = format!("PRAGMA busy_timeout = 5000; {sql}");
                connection.batch_execute(&patient).unwrap();
            }
            None => drop(query(&url, sql)),
        }
        Self {
            store: start(&url),
            url,
            directory,
        }
    }

    /// One more store on the same database.
    pub(crate) fn another(&self) -> Store {
        start(&self.url)
    }

    /// A store on a copy of the database.
    pub(crate) fn restored(&self) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let copy = directory.path().join("pecta.db");
        self.administration().backup(&copy).unwrap();
        let url = format!("sqlite:{}", copy.display());
        Self {
            store: start(&url),
            url,
            directory,
        }
    }

    /// A key of an org of this name.
    pub(crate) async fn origin(&self, org: &str) -> Origin {
        let key = NewKey::of(KeyKind::Publishable);
        let key = self.store.create_key(org, key).await.unwrap();
        let found = self.store.find_key(key.hash()).await.unwrap().unwrap();
        found.origin()
    }

    /// The folder that the database is in.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The same database as the command line sees it.
    pub(crate) fn administration(&self) -> Administration {
        Administration::open(&self.url).unwrap()
    }

    /// All events that match.
    pub(crate) async fn events(&self, origin: Origin, filter: EventFilter) -> Vec<EventRecord> {
        let filter = EventFilter {
            limit: 1000,
            ..filter
        };
        let page = self.store.events(origin.org(), filter).await;
        page.unwrap().events
    }
}

/// All agents of an org, of which there are a hundred at most.
pub(crate) async fn all_agents(fixture: &Fixture, origin: Origin) -> Vec<AgentRecord> {
    let page = fixture.store.agents(origin.org(), None, 100).await;
    page.unwrap().agents
}

/// Where a new, empty database is on the server of this run.
pub(crate) fn new_database() -> String {
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    SERVER.create_database(&name).unwrap();
    SERVER.url(&name)
}

/// Runs statements in a database of the server of this run, past any store.
pub(crate) fn query(url: &str, sql: &str) -> String {
    let (_, name) = url.rsplit_once('/').unwrap();
    SERVER.query(name, sql).unwrap()
}

/// Runs statements in the database, past any store.
pub(crate) fn execute(backend: Backend, fixture: &Fixture, sql: &str) {
    match backend {
        Backend::Sqlite => {
            let path = fixture.url.strip_prefix("sqlite:").unwrap();
            let connection = SqliteConnection::establish(path);
            connection.unwrap().batch_execute(sql).unwrap();
        }
        Backend::Postgres => drop(query(&fixture.url, sql)),
    }
}

/// What the server of this run logged.
pub(crate) fn server_log() -> String {
    SERVER.log().unwrap()
}

/// Opens a store with the one master key of the tests.
pub(crate) fn start(url: &str) -> Store {
    let master_key = |_: Place<'_>| Ok(master_key().into());
    open(url, Scoring::default(), master_key).unwrap()
}

pub(crate) fn master_key() -> MasterKey {
    MasterKey::parse(&"7a".repeat(32)).unwrap()
}

/// A time that is no whole millisecond.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-05-07T12:00:00.123456Z".parse().unwrap()
}

/// An event that passed and always counts.
pub(crate) fn event(agent_id: &str) -> NewEvent {
    NewEvent {
        agent_id: agent_id.to_owned(),
        tool: None,
        passed: true,
        gates: "[]".to_owned(),
        total_latency: Latency::ZERO,
        latency: Latency::from_millis(20.0).unwrap(),
        created_at: noon(),
        evaluation_id: None,
        idempotency_key: None,
        source: Source::Unsigned,
        policy_version: None,
        findings: None,
    }
}

/// The same, under an evaluation id.
pub(crate) fn with_id(agent_id: &str, id: &str) -> NewEvent {
    NewEvent {
        evaluation_id: Some(id.to_owned()),
        ..event(agent_id)
    }
}
