//! A few connections that whoever needs one borrows.

use super::connection::{Connector, Lane, Work};
use crate::error::StoreError;
use diesel_async::AsyncPgConnection;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

/// Connections with a queue of their own.
pub(super) struct Pool {
    connector: Connector,
    size: u32,
    /// How long one use may take, together with waiting for a connection.
    patience: Duration,
    permits: Semaphore,
    /// As many as there are permits left, or fewer: the missing ones were never needed.
    idle: Mutex<Vec<Lane>>,
}

impl Pool {
    pub(super) fn new(connector: Connector, size: u32, patience: Duration) -> Arc<Self> {
        Arc::new(Self {
            connector,
            size,
            patience,
            permits: Semaphore::new(usize::try_from(size).unwrap_or(1)),
            idle: Mutex::default(),
        })
    }

    /// Runs `work` on a connection. One that ended while it lay idle is no failure.
    pub(super) async fn run<T>(
        &self,
        work: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> Work<'c, T>,
    ) -> Result<T, StoreError> {
        let deadline = Instant::now() + self.patience;
        let permit = timeout_at(deadline, self.permits.acquire()).await;
        let _permit = permit
            .map_err(|_| StoreError::Unavailable("every connection is in use".to_owned()))?
            .map_err(|_| StoreError::closed())?;
        let mut lane = self.take();
        let result = lane.run(deadline, work).await;
        self.lock().push(lane);
        result
    }

    /// Whether a use would not have to wait for another.
    pub(super) fn has_room(&self) -> bool {
        self.permits.available_permits() > 0
    }

    /// Waits for what runs and closes the connections. Later uses are refused.
    pub(super) async fn close(&self) {
        // Fails when it is closed already.
        let _all = self.permits.acquire_many(self.size).await;
        self.permits.close();
        self.lock().clear();
    }

    /// An idle connection that is still open before one that is not.
    fn take(&self) -> Lane {
        let mut idle = self.lock();
        let open = idle.iter().rposition(Lane::is_connected);
        let at = open.or(idle.len().checked_sub(1));
        let lane = at.map(|at| idle.swap_remove(at));
        lane.unwrap_or_else(|| Lane::new(self.connector.clone()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Lane>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
