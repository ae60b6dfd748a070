//! A store of a test's own, and events to record in it.

use chrono::{DateTime, Utc};
use pecta_store::{
    Administration, EvaluationId, EventFilter, EventRecord, KeyKind, Latency, MasterKey, NewEvent,
    NewKey, Origin, Scoring, Source, Store, open,
};
use std::path::Path;
use tempfile::TempDir;

/// A store, and the folder that goes with it.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    directory: TempDir,
}

impl Fixture {
    /// A store on a new database.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = start(&directory);
        Self { store, directory }
    }

    /// The same database in a store opened anew, as after a crash: the old one is never closed.
    pub(crate) fn reopen(self) -> Self {
        let store = start(&self.directory);
        Self { store, ..self }
    }

    /// A key of an org of this name.
    pub(crate) async fn origin(&self, org: &str) -> Origin {
        let key = NewKey {
            org: org.to_owned(),
            kind: KeyKind::Publishable,
            name: None,
        };
        let key = self.store.create_key(key).await.unwrap();
        let found = self.store.find_key(key.hash()).await.unwrap().unwrap();
        found.origin()
    }

    /// The folder that the database is in.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The same database as the command line sees it.
    pub(crate) fn administration(&self) -> Administration {
        Administration::open(&url(&self.directory)).unwrap()
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

fn start(directory: &TempDir) -> Store {
    let master_key = |_: &Path, _| Ok(MasterKey::parse(&"7a".repeat(32)).unwrap());
    open(&url(directory), Scoring::default(), master_key).unwrap()
}

fn url(directory: &TempDir) -> String {
    format!("sqlite:{}", directory.path().join("pecta.db").display())
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
        evaluation_id: EvaluationId::None,
        idempotency_key: None,
        source: Source::Unsigned,
    }
}

/// The same, under an evaluation id.
pub(crate) fn with_id(agent_id: &str, id: &str) -> NewEvent {
    NewEvent {
        evaluation_id: EvaluationId::Given(id.to_owned()),
        ..event(agent_id)
    }
}
