//! What is recorded counts once, in order, and is read back as it was.

use crate::fixture::{Backend, Fixture, event, noon, with_id};
use crate::recomputation::recompute;
use chrono::TimeDelta;
use pecta_store::{EventFilter, EventRecord, Latency, NewEvent, Origin, Outcome, Source};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::timeout;

pub(crate) async fn an_event_is_read_back_as_it_was_recorded(backend: Backend) {
    let fixture = Fixture::new(backend);
    let origin = fixture.origin("acme").await;
    let new = NewEvent {
        tool: Some("shell.run".to_owned()),
        passed: false,
        gates: r#"[{"name":"g"}]"#.to_owned(),
        total_latency: Latency::from_micros(1_234).unwrap(),
        evaluation_id: None,
        source: Source::Evaluated,
        policy_version: Some(7),
        findings: Some("[1]".to_owned()),
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
            policy_version: Some(7),
            findings: Some("[1]".to_owned()),
        }
    );
    let standing = fixture
        .store
        .reputation(origin.org(), "a".to_owned())
        .await
        .unwrap();
    assert_eq!(standing, receipt.agents[0]);
}

pub(crate) async fn an_id_counts_once_per_org(backend: Backend) {
    let fixture = Fixture::new(backend);
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

/// An evaluated event is known by an id of its own, which is stored nowhere else.
pub(crate) async fn an_evaluation_is_recorded_under_its_own_id(backend: Backend) {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let evaluated = NewEvent {
        source: Source::Evaluated,
        ..event("a")
    };
    let batch = vec![evaluated, event("a")];
    fixture.store.record(acme, batch).await.unwrap();
    let fixture = fixture.reopen();
    let events = fixture.events(acme, EventFilter::default()).await;
    let [sent, evaluated] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (&sent.evaluation_id, evaluated.evaluation_id.as_deref()),
        (&None, Some(&*evaluated.id.replace("evt_", "ev_")))
    );

    let mine = evaluated.evaluation_id.clone().unwrap();
    let not_taken = sent.id.replace("evt_", "ev_");
    let batch = vec![
        with_id("b", &mine),
        with_id("b", &not_taken),
        with_id("b", &not_taken),
    ];
    let recorded = Outcome::Recorded(Some(not_taken));
    let receipt = fixture.store.record(acme, batch).await.unwrap();
    assert_eq!(
        receipt.outcomes,
        [Outcome::Duplicate, recorded, Outcome::Duplicate]
    );
    let taken_elsewhere = vec![with_id("b", &mine)];
    let receipt = fixture.store.record(other, taken_elsewhere).await.unwrap();
    assert_eq!(receipt.outcomes, [Outcome::Recorded(Some(mine))]);
}

pub(crate) async fn an_idempotency_key_finds_what_was_recorded_under_it(backend: Backend) {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let with_key = |agent| NewEvent {
        idempotency_key: Some("k".to_owned()),
        evaluation_id: None,
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
            .event_by_idempotency_key(origin.org(), "k".to_owned())
    };
    assert_eq!(find(acme).await.unwrap().unwrap().agent_id, "a");
    assert_eq!(find(other).await.unwrap(), None);
}

pub(crate) async fn a_batch_counts_in_the_order_of_its_times_and_ties_stay_stable(
    backend: Backend,
) {
    let fixture = Fixture::new(backend);
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

pub(crate) async fn concurrent_records_are_all_counted(backend: Backend) {
    let fixture = Fixture::new(backend);
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

pub(crate) async fn a_closed_store_has_committed_everything_and_refuses_more(backend: Backend) {
    let fixture = Fixture::new(backend);
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
        .reputation(origin.org(), "a".to_owned())
        .await
        .unwrap();
    assert_eq!(standing.eval_count, 1);
}

pub(crate) async fn callers_that_go_away_leave_whole_records_behind(backend: Backend) {
    const CALLERS: usize = 200;
    let fixture = Fixture::new(backend);
    let origin = fixture.origin("acme").await;
    let queued = Arc::new(AtomicUsize::new(0));
    let calls = (0..CALLERS).map(|_| {
        let (store, queued) = (fixture.store.clone(), Arc::clone(&queued));
        tokio::spawn(async move {
            queued.fetch_add(1, Ordering::Relaxed);
            store.record(origin, vec![event("a"), event("b")]).await
        })
    });
    let calls: Vec<_> = calls.collect();
    while queued.load(Ordering::Relaxed) < CALLERS {
        tokio::task::yield_now().await;
    }
    for call in calls.iter().step_by(2) {
        call.abort();
    }
    let mut answered = 0;
    for call in calls {
        if let Ok(receipt) = call.await {
            receipt.unwrap();
            answered += 1;
        }
    }
    assert!(answered >= CALLERS / 2, "{answered}");
    // Nobody waits for those that were aborted; they are recorded all the same.
    let is_done = async {
        while fixture.store.recording().waiting > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_mins(1), is_done).await.unwrap();
    let standing = async || {
        let standing = fixture.store.reputation(origin.org(), "a".to_owned()).await;
        usize::try_from(standing.unwrap().eval_count).unwrap()
    };
    let counted = standing().await;
    assert_eq!(counted, CALLERS);
    assert_eq!(recompute(&fixture, origin).await, 2 * counted);
    let next = fixture.store.record(origin, vec![event("a")]).await;
    assert_eq!(next.unwrap().agents[0].eval_count, 201);
}
