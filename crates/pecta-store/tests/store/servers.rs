//! What is PostgreSQL's alone: several stores on one database, and its statements.

use crate::fixture::{Backend, Fixture, event, new_database, query, server_log, start};
use crate::recomputation::recompute;
use pecta_store::{NewEvent, Origin, Outcome, Source, Store, StoreError};
use std::thread;

/// Three stores, as three processes would be, and many tasks on the same ten agents. Half of the events
/// come twice under one id, through different stores and for different agents.
pub(crate) async fn several_stores_on_one_database_count_exactly((): ()) {
    const TASKS: usize = 24;
    const BATCHES: usize = 8;
    let fixture = Fixture::new(Backend::Postgres);
    let origin = fixture.origin("acme").await;
    let stores = [fixture.store.clone(), fixture.another(), fixture.another()];
    let tasks = (0..TASKS).map(|task| {
        let store = stores[task % stores.len()].clone();
        tokio::spawn(record_batches(store, origin, task, BATCHES))
    });
    let mut recorded = 0;
    for task in tasks.collect::<Vec<_>>() {
        recorded += task.await.unwrap();
    }
    // Of each pair of tasks one recorded the shared ids, whichever was first.
    assert_eq!(recorded, TASKS * BATCHES * 5 + TASKS / 2 * BATCHES * 5);
    assert_eq!(recompute(&fixture, origin).await, recorded);
}

/// Each batch: five events without an id, and five under ids that the next task uses too.
async fn record_batches(store: Store, origin: Origin, task: usize, batches: usize) -> usize {
    let mut recorded = 0;
    for batch in 0..batches {
        let events = (0..10).map(|number| {
            let pair = task / 2;
            let id = format!("{pair}-{batch}-{number}");
            NewEvent {
                passed: !(task + number).is_multiple_of(3),
                source: if (batch + number).is_multiple_of(4) {
                    Source::Unsigned
                } else {
                    Source::Evaluated
                },
                evaluation_id: if number < 5 { None } else { Some(id) },
                ..event(&format!("agent-{}", (task * 7 + batch + number) % 10))
            }
        });
        let receipt = store.record(origin, events.collect()).await.unwrap();
        let new = |outcome: &&Outcome| **outcome != Outcome::Duplicate;
        recorded += receipt.outcomes.iter().filter(new).count();
    }
    recorded
}

/// Replicas that start at once on an empty database: one of them migrates and makes the first org.
pub(crate) async fn stores_may_start_together((): ()) {
    let url = new_database();
    let starts = [(); 4].map(|()| {
        let url = url.clone();
        thread::spawn(move || start(&url))
    });
    let stores = starts.map(|start| start.join().unwrap());
    let bootstraps = stores.map(|store| {
        tokio::spawn(async move { store.bootstrap("default", |_| Ok(())).await.unwrap() })
    });
    for bootstrap in bootstraps {
        bootstrap.await.unwrap();
    }
    assert_eq!(query(&url, "SELECT count(*) FROM orgs"), "1\n");
    assert_eq!(query(&url, "SELECT count(*) FROM api_keys"), "2\n");
}

pub(crate) async fn one_request_that_fails_does_not_spoil_its_group((): ()) {
    let fixture = Fixture::new(Backend::Postgres);
    let origin = fixture.origin("acme").await;
    let record = |agent: &str| {
        let (store, events) = (fixture.store.clone(), vec![event(agent)]);
        tokio::spawn(async move { store.record(origin, events).await })
    };
    record("corrupt").await.unwrap().unwrap();
    query(
        &fixture.url,
        r#"UPDATE agents SET "window" = '\xff', newest_event = NULL"#,
    );
    let records: Vec<_> = (0..100)
        .map(|number| record(if number % 10 == 0 { "corrupt" } else { "good" }))
        .collect();
    let mut recorded = 0;
    for (number, record) in records.into_iter().enumerate() {
        match record.await.unwrap() {
            Ok(_) => recorded += 1,
            Err(error) => {
                assert!(matches!(error, StoreError::Corrupt(_)), "{number}: {error}");
                assert_eq!(number % 10, 0);
            }
        }
    }
    assert_eq!(recorded, 90);
}

/// By the server's own log, of a database that logs every phase of every statement.
pub(crate) async fn hot_statements_are_prepared_once((): ()) {
    /// Connections that record.
    const LANES: usize = 4;
    const GROUPS: usize = 40;
    let url = new_database();
    let (_, name) = url.rsplit_once('/').unwrap();
    let log = format!("ALTER DATABASE {name} SET log_min_duration_statement = 0");
    query(&url, &log);
    let fixture = Fixture::at(url);
    let origin = fixture.origin("acme").await;
    // Groups of many sizes, with ids and without, new agents and known ones.
    for group in 1..=GROUPS {
        let events = (0..group).map(|number| NewEvent {
            evaluation_id: Some(format!("ev_{group:011}{number:011}")),
            idempotency_key: Some(format!("key-{group}-{number}")),
            ..event(&format!("agent-of-one-test-{}", number % 7))
        });
        let recorded = fixture.store.record(origin, events.collect()).await;
        recorded.unwrap();
    }
    let log = server_log();
    let phases = |phase: &str, start: &str| {
        let lines = log.lines().filter(|line| line.contains(start));
        lines.filter(|line| line.contains(phase)).count()
    };
    for start in [
        " AND agent_id <= given.id ORDER ",
        r#""events"."evaluation_id" = ANY("#,
        " AND id >= given.id ORDER ",
        r#""events"."idempotency_key" = ANY("#,
        r#": INSERT INTO "events""#,
        ": INSERT INTO agents (",
    ] {
        let (prepared, executed) = (phases(" parse s", start), phases(" execute s", start));
        assert!((1..=LANES).contains(&prepared), "{start}: {prepared} times");
        assert!(executed >= GROUPS, "{start}: {executed} times");
    }
}
