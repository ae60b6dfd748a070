//! Old events are deleted when the server starts and every hour from then on.

use crate::clock::now;
use chrono::TimeDelta;
use pecta_store::Store;
use std::time::Duration;
use tokio::time::interval;

const INTERVAL: Duration = Duration::from_hours(1);

/// Deletes what is older than `age`, again and again, until it is dropped.
pub(crate) async fn run(store: Store, age: TimeDelta) {
    let mut ticks = interval(INTERVAL);
    loop {
        ticks.tick().await;
        match store.delete_events_before(now() - age).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "deleted events past their retention"),
            // What is left goes with the next round.
            Err(error) => tracing::warn!(%error, "events past their retention were not deleted"),
        }
    }
}
