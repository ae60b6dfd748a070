//! The store as its callers see it, on a database file of each test's own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic; clippy knows only functions marked as tests"
)]

use chrono::{DateTime, TimeDelta, Utc};
use pecta_reputation::{Evaluation, Window};
use pecta_store::{
    EvaluationId, EventFilter, EventRecord, KeyKind, Latency, MasterKey, NewEvent, NewKey, Origin,
    Outcome, Scoring, Source, Store, open,
};
use proptest::prelude::*;
use tempfile::TempDir;

/// A store, and the folder that goes with it.
struct Fixture {
    store: Store,
    directory: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = start(&directory);
        Self { store, directory }
    }

    /// The same database in a store opened anew, as after a crash: the old one is never closed.
    fn reopen(self) -> Self {
        let store = start(&self.directory);
        Self { store, ..self }
    }

    /// A key of an org of this name.
    async fn origin(&self, org: &str) -> Origin {
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

    async fn events(&self, origin: Origin, filter: EventFilter) -> Vec<EventRecord> {
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

fn noon() -> DateTime<Utc> {
    "2026-05-07T12:00:00.123456Z".parse().unwrap()
}

fn event(agent_id: &str) -> NewEvent {
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

fn with_id(agent_id: &str, id: &str) -> NewEvent {
    NewEvent {
        evaluation_id: EvaluationId::Given(id.to_owned()),
        ..event(agent_id)
    }
}

#[tokio::test]
async fn an_event_is_read_back_as_it_was_recorded() {
    let fixture = Fixture::new();
    let origin = fixture.origin("acme").await;
    let new = NewEvent {
        tool: Some("shell.run".to_owned()),
        passed: false,
        gates: r#"[{"name":"g"}]"#.to_owned(),
        total_latency: Latency::from_micros(1_234).unwrap(),
        evaluation_id: EvaluationId::Assigned,
        source: Source::Evaluated,
        ..event("a")
    };
    let receipt = fixture.store.record(origin, vec![new]).await.unwrap();
    let [Outcome::Recorded(Some(evaluation_id))] = &receipt.outcomes[..] else {
        panic!("{receipt:?}");
    };
    assert!(evaluation_id.starts_with("ev_") && evaluation_id.len() == 25);

    let fixture = fixture.reopen();
    let events = fixture.events(origin, EventFilter::default()).await;
    let [read] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        *read,
        EventRecord {
            id: evaluation_id.replace("ev_", "evt_"),
            agent_id: "a".to_owned(),
            sequence: 1,
            tool: Some("shell.run".to_owned()),
            passed: false,
            gates: r#"[{"name":"g"}]"#.to_owned(),
            total_latency: Latency::from_micros(1_234).unwrap(),
            latency: Latency::from_millis(20.0).unwrap(),
            score: receipt.agents[0].reputation.score.get(),
            created_at: "2026-05-07T12:00:00.123Z".parse().unwrap(),
            evaluation_id: Some(evaluation_id.clone()),
            source: Source::Evaluated,
        }
    );
    let standing = fixture
        .store
        .reputation(origin.org, "a".to_owned())
        .await
        .unwrap();
    assert_eq!(standing, receipt.agents[0]);
}

#[tokio::test]
async fn an_id_counts_once_per_org() {
    let fixture = Fixture::new();
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let record = |origin, events| fixture.store.record(origin, events);

    let batch = vec![with_id("a", "1"), with_id("b", "1"), with_id("a", "2")];
    let first = record(acme, batch.clone()).await.unwrap();
    let recorded = |id: &str| Outcome::Recorded(Some(id.to_owned()));
    assert_eq!(
        first.outcomes,
        [recorded("1"), Outcome::Duplicate, recorded("2")]
    );
    let standings: Vec<_> = first
        .agents
        .iter()
        .map(|agent| (agent.agent_id.as_str(), agent.eval_count))
        .collect();
    assert_eq!(standings, [("a", 2), ("b", 0)]);

    let again = record(acme, batch.clone()).await.unwrap();
    assert_eq!(again.outcomes, vec![Outcome::Duplicate; 3]);
    assert_eq!(again.agents, first.agents);
    assert_eq!(record(other, batch).await.unwrap(), first);
}

#[tokio::test]
async fn an_idempotency_key_finds_what_was_recorded_under_it() {
    let fixture = Fixture::new();
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let with_key = |agent| NewEvent {
        idempotency_key: Some("k".to_owned()),
        evaluation_id: EvaluationId::Assigned,
        ..event(agent)
    };
    fixture
        .store
        .record(acme, vec![with_key("a")])
        .await
        .unwrap();
    let repeat = fixture
        .store
        .record(acme, vec![with_key("b")])
        .await
        .unwrap();
    assert_eq!(repeat.outcomes, [Outcome::Duplicate]);
    let find = |origin: Origin| {
        fixture
            .store
            .event_by_idempotency_key(origin.org, "k".to_owned())
    };
    assert_eq!(find(acme).await.unwrap().unwrap().agent_id, "a");
    assert_eq!(find(other).await.unwrap(), None);
}

#[tokio::test]
async fn a_batch_counts_in_the_order_of_its_times_and_ties_stay_stable() {
    let fixture = Fixture::new();
    let origin = fixture.origin("acme").await;
    let at = |micros, tool: &str| NewEvent {
        created_at: noon() + TimeDelta::microseconds(micros),
        tool: Some(tool.to_owned()),
        ..event("a")
    };
    let batch = vec![
        at(5, "third"),
        at(0, "first"),
        at(0, "second"),
        at(9_000, "fourth"),
    ];
    fixture.store.record(origin, batch).await.unwrap();
    let events = fixture.events(origin, EventFilter::default()).await;
    let order: Vec<_> = events
        .iter()
        .map(|event| (event.sequence, event.tool.as_deref().unwrap()))
        .collect();
    assert_eq!(
        order,
        [(4, "fourth"), (3, "third"), (2, "second"), (1, "first")]
    );
}

#[tokio::test]
async fn filters_and_pages() {
    let fixture = Fixture::new();
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let batch = (0..60).map(|number| NewEvent {
        created_at: noon() + TimeDelta::minutes(number),
        passed: number % 3 != 0,
        ..event(if number % 2 == 0 { "even" } else { "odd" })
    });
    fixture.store.record(acme, batch.collect()).await.unwrap();
    let all = || EventFilter {
        limit: 1000,
        ..EventFilter::default()
    };
    let minute = |number| Some(noon() - TimeDelta::microseconds(456) + TimeDelta::minutes(number));
    for (filter, count) in [
        (all(), 60),
        (
            EventFilter {
                agent_id: Some("odd".to_owned()),
                ..all()
            },
            30,
        ),
        (
            EventFilter {
                passed: Some(false),
                ..all()
            },
            20,
        ),
        (
            EventFilter {
                passed: Some(true),
                agent_id: Some("odd".to_owned()),
                ..all()
            },
            20,
        ),
        (
            EventFilter {
                from: minute(10),
                to: minute(20),
                ..all()
            },
            11,
        ),
        (
            EventFilter {
                from: minute(20),
                to: minute(10),
                ..all()
            },
            0,
        ),
        (
            EventFilter {
                limit: 50,
                offset: 50,
                ..all()
            },
            10,
        ),
        (
            EventFilter {
                agent_id: Some("nobody".to_owned()),
                ..all()
            },
            0,
        ),
    ] {
        let found = fixture
            .store
            .events(acme.org, filter.clone())
            .await
            .unwrap();
        assert_eq!(found.len(), count, "{filter:?}");
        assert!(found.is_sorted_by(|left, right| left.created_at >= right.created_at));
        assert!(
            fixture
                .store
                .events(other.org, filter)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn events_widen_when_an_agent_was_seen() {
    let fixture = Fixture::new();
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let store = &fixture.store;
    store
        .register_agent(acme.org, "registered".to_owned())
        .await
        .unwrap();
    let registered = store.agents(acme.org, 10).await.unwrap().remove(0);
    assert_eq!(
        (registered.first_seen, registered.eval_count),
        (registered.last_seen, 0)
    );

    let early = NewEvent {
        created_at: noon() - TimeDelta::days(9),
        ..event("registered")
    };
    store.record(acme, vec![event("new"), early]).await.unwrap();
    store
        .register_agent(acme.org, "registered".to_owned())
        .await
        .unwrap();
    let agents = store.agents(acme.org, 10).await.unwrap();
    let names: Vec<_> = agents.iter().map(|agent| agent.agent_id.as_str()).collect();
    assert_eq!(names, ["registered", "new"], "newest last seen first");
    assert_eq!(agents[0].last_seen, registered.last_seen);
    assert_eq!(
        agents[0].first_seen,
        "2026-04-28T12:00:00.123Z".parse::<DateTime<Utc>>().unwrap()
    );
    assert_eq!(agents[0].eval_count, 1);
    assert_eq!(agents[1].first_seen, agents[1].last_seen);
    assert_eq!(store.agents(acme.org, 1).await.unwrap().len(), 1);
    assert!(store.agents(other.org, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn concurrent_records_are_all_counted() {
    let fixture = Fixture::new();
    let origin = fixture.origin("acme").await;
    let records = (0..300).map(|_| {
        let store = fixture.store.clone();
        tokio::spawn(async move { store.record(origin, vec![event("a")]).await.unwrap() })
    });
    let mut counts = Vec::new();
    for record in records.collect::<Vec<_>>() {
        counts.push(record.await.unwrap().agents[0].eval_count);
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=300).collect::<Vec<_>>());
}

#[tokio::test]
async fn keys_are_found_listed_and_revoked() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let new = |org: &str, kind| NewKey {
        org: org.to_owned(),
        kind,
        name: Some("ci".to_owned()),
    };
    let public = store
        .create_key(new("acme", KeyKind::Publishable))
        .await
        .unwrap();
    let secret = store
        .create_key(new("acme", KeyKind::Secret))
        .await
        .unwrap();
    store
        .create_key(new("other", KeyKind::Secret))
        .await
        .unwrap();

    let found = store.find_key(secret.hash()).await.unwrap().unwrap();
    let signing = store.signing_keys(found.org).await.unwrap();
    assert_eq!(signing.len(), 1);
    assert_eq!(signing[0].expose(), secret.expose());
    assert_eq!(
        store.find_key(public.hash()).await.unwrap().unwrap().org,
        found.org
    );

    assert!(store.revoke_key(found.id).await.unwrap());
    let revoked_at = store
        .find_key(secret.hash())
        .await
        .unwrap()
        .unwrap()
        .revoked_at;
    assert!(revoked_at.is_some());
    assert!(store.revoke_key(found.id).await.unwrap());
    assert_eq!(
        store
            .find_key(secret.hash())
            .await
            .unwrap()
            .unwrap()
            .revoked_at,
        revoked_at
    );
    assert!(!store.revoke_key(pecta_store::KeyId::new(99)).await.unwrap());
    assert!(store.signing_keys(found.org).await.unwrap().is_empty());

    let listed = store.keys(Some("acme".to_owned())).await.unwrap().unwrap();
    let kinds: Vec<_> = listed
        .iter()
        .map(|key| (key.kind, key.revoked_at))
        .collect();
    assert_eq!(
        kinds,
        [(KeyKind::Publishable, None), (KeyKind::Secret, revoked_at)]
    );
    assert_eq!(store.keys(None).await.unwrap().unwrap().len(), 3);
    assert_eq!(store.keys(Some("nobody".to_owned())).await.unwrap(), None);
}

#[tokio::test]
async fn a_bootstrap_happens_once_and_not_at_all_when_it_cannot_be_shown() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let refused = store
        .bootstrap("default", |_| Err("disk full".to_owned()))
        .await;
    assert_eq!(refused.unwrap_err().to_string(), "disk full");
    assert_eq!(store.keys(None).await.unwrap().unwrap(), []);
    let made = store
        .bootstrap("default", |_| Ok(()))
        .await
        .unwrap()
        .unwrap();
    assert!(
        store
            .find_key(made.publishable_key.hash())
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        store
            .bootstrap("default", |_| Ok(()))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_closed_store_has_committed_everything_and_refuses_more() {
    let fixture = Fixture::new();
    let origin = fixture.origin("acme").await;
    let store = fixture.store.clone();
    let pending = tokio::spawn(async move { store.record(origin, vec![event("a")]).await });
    tokio::task::yield_now().await;
    fixture.store.close().await;
    pending.await.unwrap().unwrap();
    assert!(
        fixture
            .store
            .record(origin, vec![event("a")])
            .await
            .is_err()
    );
    let standing = fixture
        .reopen()
        .store
        .reputation(origin.org, "a".to_owned())
        .await
        .unwrap();
    assert_eq!(standing.eval_count, 1);
}

/// Batches of events of a few agents, some under ids that come up again.
fn batches() -> impl Strategy<Value = Vec<Vec<NewEvent>>> {
    let event = (
        0..3u8,
        any::<bool>(),
        0..60_000_000u64,
        0..5_000i64,
        proptest::option::of(0..40u8),
    )
        .prop_map(|(agent, passed, latency, millis, id)| NewEvent {
            agent_id: format!("agent-{agent}"),
            passed,
            latency: Latency::from_micros(latency).unwrap(),
            created_at: noon() + TimeDelta::milliseconds(millis),
            evaluation_id: id.map_or(EvaluationId::None, |id| EvaluationId::Given(id.to_string())),
            ..event("")
        });
    proptest::collection::vec(proptest::collection::vec(event, 1..100), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The promise that anyone can recompute a score from the events.
    #[test]
    fn scores_equal_a_recomputation_from_the_events(batches in batches()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::new();
            let origin = fixture.origin("acme").await;
            let mut counted = 0;
            for batch in batches {
                let receipt = fixture.store.record(origin, batch).await.unwrap();
                counted += receipt.outcomes.iter().filter(|one| **one != Outcome::Duplicate).count();
            }
            let fixture = fixture.reopen();
            let mut found = 0;
            for agent in fixture.store.agents(origin.org, 10).await.unwrap() {
                let filter = EventFilter { agent_id: Some(agent.agent_id.clone()), ..EventFilter::default() };
                let mut events = fixture.events(origin, filter).await;
                events.sort_by_key(|event| event.sequence);
                let mut window = Window::new();
                for (at, event) in events.iter().enumerate() {
                    prop_assert_eq!(usize::try_from(event.sequence), Ok(at + 1));
                    window.push(Evaluation { passed: event.passed, latency: event.latency });
                    let score = window.reputation(&Scoring::default()).score.get();
                    prop_assert_eq!(event.score, score);
                }
                let standing = fixture.store.reputation(origin.org, agent.agent_id).await.unwrap();
                prop_assert_eq!(standing.reputation, window.reputation(&Scoring::default()));
                prop_assert_eq!(usize::try_from(standing.eval_count), Ok(events.len()));
                found += events.len();
            }
            prop_assert_eq!(found, counted);
            Ok(())
        })?;
    }
}
