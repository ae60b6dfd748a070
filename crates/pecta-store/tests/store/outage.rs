//! A server that goes away and comes back, under load.

use crate::fixture::{Fixture, event};
use crate::recomputation::recompute;
use pecta_store::{NewEvent, Origin, Outcome, Store, StoreError};
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
    let tools = server.query("test", "SELECT tool FROM events").unwrap();
    let found: HashSet<String> = tools.lines().map(str::to_owned).collect();
    assert_eq!(found.len(), stored, "an event is stored twice");
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
    /// Records until the load is over; the tools of the events that were answered. Each has one of its own.
    async fn record(self: Arc<Self>, number: usize) -> Vec<String> {
        let has_id = number.is_multiple_of(2);
        let mut answered = Vec::new();
        let mut next = 0;
        while !self.is_over.load(Ordering::Relaxed) {
            let id = format!("{number}-{next}");
            let event = NewEvent {
                tool: Some(id.clone()),
                evaluation_id: has_id.then(|| id.clone()),
                ..event(&format!("agent-{}", (number + next) % 10))
            };
            let recorded = self.store.record(self.origin, vec![event]);
            match timeout(PATIENCE, recorded).await.expect("an answer") {
                Ok(receipt) => {
                    let outcome = Outcome::Recorded(has_id.then(|| id.clone()));
                    // A retry after an unknown outcome may find its event recorded.
                    let repeated = has_id && receipt.outcomes[0] == Outcome::Duplicate;
                    assert!(repeated || receipt.outcomes[0] == outcome);
                    answered.push(id);
                    next += 1;
                    self.answered.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => {
                    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
                    next += usize::from(!has_id);
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
