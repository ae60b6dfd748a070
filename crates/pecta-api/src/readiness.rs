//! Whether this server should be sent requests.

use pecta_store::Store;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long the result of a check of the database is good for, so that the number of those who ask
/// does not matter to it.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// What `GET /ready` answers by.
#[derive(Debug)]
pub(crate) struct Readiness {
    store: Store,
    draining: AtomicBool,
    /// When the database was checked last, and whether it passed.
    last_check: Mutex<Option<(Duration, bool)>>,
}

impl Readiness {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            draining: AtomicBool::new(false),
            last_check: Mutex::new(None),
        }
    }

    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Why no requests should be sent here; empty when they may be. `now` is monotonic.
    ///
    /// Migrations are done before the server accepts, so what can be missing is the database itself.
    pub(crate) async fn reasons(&self, now: Duration) -> Vec<&'static str> {
        let mut reasons = Vec::new();
        if self.draining.load(Ordering::Relaxed) {
            reasons.push("the server is shutting down");
        }
        if !self.database_works(now).await {
            reasons.push("the database cannot be read and written");
        }
        reasons
    }

    async fn database_works(&self, now: Duration) -> bool {
        let mut last = self.last_check.lock().await;
        match *last {
            Some((at, works)) if now < at + GOOD_FOR => works,
            _ => {
                let checked = self.store.check().await;
                if let Err(error) = &checked {
                    tracing::error!(%error, "the database failed its check");
                }
                *last = Some((now, checked.is_ok()));
                checked.is_ok()
            }
        }
    }
}
