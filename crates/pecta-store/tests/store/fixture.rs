//! A store of a test's own, and events to record in it.

use chrono::{DateTime, Utc};
use pecta_store::{
    EvaluationId, EventFilter, EventRecord, KeyKind, Latency, MasterKey, NewEvent, NewKey, Origin,
    Scoring, Source, Store, open,
};
use tempfile::TempDir;

/// A store, and the folder that goes with it.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    directory: TempDir,
}

impl Fixture {
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
        Origin {
            org: found.org,
            key: found.id,
        }
    }

    pub(crate) async fn events(&self, origin: Origin, filter: EventFilter) -> Vec<EventRecord> {
        let filter = EventFilter {
            limit: 1000,
            ..filter
        };
        self.store.events(origin.org, filter).await.unwrap()
    }
}

fn start(directory: &TempDir) -> Store {
    let url = format!("sqlite:{}", directory.path().join("pecta.db").display());
    let master_key = MasterKey::parse(&"7a".repeat(32)).unwrap();
    open(&url)
        .unwrap()
        .start(master_key, Scoring::default())
        .unwrap()
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
