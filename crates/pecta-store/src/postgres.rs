//! PostgreSQL: connections on a runtime of the store's own.
//!
//! Async callers start a task there and hold only its handle, so that a caller that goes away can leave
//! nothing open, and no database work is ever polled or dropped on an HTTP worker.

mod administrator;
mod agents;
mod audit;
mod book;
mod calls;
mod candidates;
mod connection;
mod deletion;
mod events;
mod keys;
mod locks;
mod memory;
mod open;
mod orgs;
mod policies;
mod pool;
mod recorder;
mod suppressions;
mod threads;
mod tls;
mod url;

pub(crate) use administrator::Administrator;
pub(crate) use open::{administer, migrate, open};
pub(crate) use url::Target;

use crate::error::StoreError;
use crate::queue::{Queue, Recording, queue};
use crate::record::{NewEvent, Origin, Receipt};
use connection::{Connector, Work};
use diesel_async::AsyncPgConnection;
use memory::Memory;
use pecta_reputation::Scoring;
use pool::Pool;
use recorder::Recorder;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use threads::Threads;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// Lanes that record. More than one is needed when more waits than a group holds, or one has to wait.
const LANES: usize = 4;
/// Connections for look-ups and small writes, and for listings.
const POOL: u32 = 4;
/// How long a look-up or a small write may take, and a listing.
const LOOKUP: Duration = Duration::from_secs(5);
const LISTING: Duration = Duration::from_secs(10);

/// Held by whoever migrates or makes the first org, until the transaction ends: "pecta" as a number.
const START_LOCK: &str = "SELECT pg_advisory_xact_lock(482737353825)";

/// A running PostgreSQL database.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Running>);

struct Running {
    threads: Threads,
    queue: Queue,
    lanes: Mutex<Vec<JoinHandle<()>>>,
    lookups: Arc<Pool>,
    listings: Arc<Pool>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl Postgres {
    fn start(
        threads: Threads,
        connector: &Connector,
        scoring: Scoring,
    ) -> Result<Self, StoreError> {
        let (queue, waiting) = queue();
        let recorder = Recorder {
            connector: connector.for_recording(),
            waiting,
            ids: Arc::default(),
            memory: Memory::default(),
            scoring,
        };
        let lanes = (0..LANES).map(|_| threads.spawn(recorder.clone().serve()));
        let lanes = lanes.collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Running {
            threads,
            queue,
            lanes: Mutex::new(lanes),
            lookups: Pool::new(connector.clone(), POOL, LOOKUP),
            listings: Pool::new(connector.clone(), POOL, LISTING),
        })))
    }

    pub(crate) async fn record(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<Receipt, StoreError> {
        self.0.queue.record(origin, events).await
    }

    pub(crate) fn recording(&self) -> Recording {
        self.0.queue.recording()
    }

    /// Reads or writes a few rows that an index leads to.
    async fn look_up<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> Work<'c, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(&self.0.lookups, work).await
    }

    /// Reads what may take long. Its connections are not those of look-ups, so that one caller's
    /// listings hold up nobody's keys.
    async fn list<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> Work<'c, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(&self.0.listings, work).await
    }

    async fn run<T: Send + 'static>(
        &self,
        pool: &Arc<Pool>,
        work: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> Work<'c, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pool = Arc::clone(pool);
        let task = self.0.threads.spawn(async move { pool.run(work).await })?;
        task.await
            .unwrap_or(Err(StoreError::Internal("a panic in the store")))
    }

    /// Writes without waiting; what would have to wait is dropped.
    fn write_later(
        &self,
        work: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> Work<'c, ()> + Send + 'static,
    ) {
        let pool = Arc::clone(&self.0.lookups);
        if !pool.has_room() {
            return;
        }
        let write = async move {
            if let Err(error) = pool.run(work).await {
                tracing::debug!(%error, "a minor write was dropped");
            }
        };
        // A closed store has nothing to write to.
        let _ = self.0.threads.spawn(write);
    }

    /// Commits what is queued, then closes every connection.
    pub(crate) async fn close(&self) {
        self.0.queue.close();
        for lane in self.0.lanes.lock().await.drain(..) {
            // One that panicked has nothing left to do.
            let _ = lane.await;
        }
        self.0.lookups.close().await;
        self.0.listings.close().await;
    }
}
