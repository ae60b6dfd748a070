//! What is PostgreSQL's alone: several processes on one database, outages, statements.

use crate::fixture::{Backend, Fixture, event};
use crate::recomputation::recompute;
use pecta_store::{EvaluationId, NewEvent, Origin, Outcome, Store};

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
                evaluation_id: if number < 5 {
                    EvaluationId::None
                } else {
                    EvaluationId::Given(id)
                },
                ..event(&format!("agent-{}", (task * 7 + batch + number) % 10))
            }
        });
        let receipt = store.record(origin, events.collect()).await.unwrap();
        let new = |outcome: &&Outcome| **outcome != Outcome::Duplicate;
        recorded += receipt.outcomes.iter().filter(new).count();
    }
    recorded
}
