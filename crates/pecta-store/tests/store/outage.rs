//! A server that goes away and comes back, under load.

use crate::fixture::{Fixture, all_agents, event, with_id};
use crate::recomputation::recompute;
use pecta_store::{EventFilter, Origin, Outcome, Store, StoreError};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use throwaway_postgres::{Installation, Shutdown};
use tokio::time::{sleep, timeout};

/// How long service may take to return.
const PATIENCE: Duration = Duration::from_mins(1);
const RECORDERS: usize = 16;

/// Events with an id are sent again until they are answered; those without are never sent twice, so that
/// one that is answered and doubled, or answered and lost, shows in the count.
pub(crate) async fn what_was_answered_survives_outages_and_service_returns((): ()) {
    let server = Arc::new(Installation::find().unwrap().start().unwrap());
    server.create_database("test").unwrap();
    let fixture = Fixture::at(server.url("test"));
    let origin = fixture.origin("acme").await;
    let load = Load {
        store: fixture.store.clone(),
        origin,
        is_over: AtomicBool::new(false),
        answered: AtomicUsize::new(0),
    };
    let load = Arc::new(load);
    let recorders = (0..RECORDERS).map(|number| tokio::spawn(Arc::clone(&load).record(number)));
    let recorders: Vec<_> = recorders.collect();

    for shutdown in [Shutdown::Immediate, Shutdown::Fast, Shutdown::Immediate] {
        load.runs().await;
        let stopped = Arc::clone(&server);
        let stop = tokio::task::spawn_blocking(move || stopped.stop(shutdown).unwrap());
        stop.await.unwrap();
        let refused = fixture.store.record(origin, vec![event("nobody")]);
        let refused = timeout(PATIENCE, refused).await.unwrap().unwrap_err();
        assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
        assert!(fixture.store.check().await.is_err());
        let started = Arc::clone(&server);
        let start = tokio::task::spawn_blocking(move || started.start().unwrap());
        start.await.unwrap();
    }
    load.runs().await;
    load.is_over.store(true, Ordering::Relaxed);
    let mut answered = HashSet::new();
    for recorder in recorders {
        answered.extend(recorder.await.unwrap());
    }

    let stored = recompute(&fixture, origin).await;
    let mut found = HashSet::new();
    for agent in all_agents(&fixture, origin).await {
        let filter = EventFilter {
            agent_id: Some(agent.agent_id),
            ..EventFilter::default()
        };
        let events = fixture.events(origin, filter).await;
        found.extend(events.into_iter().filter_map(|event| event.evaluation_id));
    }
    assert_eq!(found.len(), stored, "an id is stored twice");
    let lost: Vec<_> = answered.difference(&found).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
}

struct Load {
    store: Store,
    origin: Origin,
    is_over: AtomicBool,
    answered: AtomicUsize,
}

impl Load {
    /// Records until the load is over; the ids that were answered.
    async fn record(self: Arc<Self>, number: usize) -> Vec<String> {
        let mut answered = Vec::new();
        let mut next = 0;
        while !self.is_over.load(Ordering::Relaxed) {
            let id = format!("{number}-{next}");
            let agent = format!("agent-{}", (number + next) % 10);
            let recorded = self.store.record(self.origin, vec![with_id(&agent, &id)]);
            match timeout(PATIENCE, recorded).await.expect("an answer") {
                Ok(receipt) => {
                    let outcome = Outcome::Recorded(Some(id.clone()));
                    // A retry after an unknown outcome may find its event recorded.
                    assert!([outcome, Outcome::Duplicate].contains(&receipt.outcomes[0]));
                    answered.push(id);
                    next += 1;
                    self.answered.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => {
                    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
                    // An outage answers at once; a client waits before it asks again.
                    sleep(Duration::from_millis(10)).await;
                }
            }
        }
        answered
    }

    /// Waits until a good many more are answered.
    async fn runs(&self) {
        let goal = self.answered.load(Ordering::Relaxed) + 200;
        let reached = async {
            while self.answered.load(Ordering::Relaxed) < goal {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, reached).await.expect("service");
    }
}
