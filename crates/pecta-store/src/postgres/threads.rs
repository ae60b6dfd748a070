//! The threads that the store's database work runs on.

use crate::error::StoreError;
use std::io;
use std::sync::mpsc;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// A runtime that may be dropped anywhere, also in an async context.
pub(super) struct Threads(Option<Runtime>);

impl Threads {
    pub(super) fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.thread_name("pecta-postgres").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// Starts a task, which is never dropped half-way, whatever becomes of the caller.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Result<JoinHandle<T>, StoreError> {
        let runtime = self.0.as_ref().ok_or_else(StoreError::closed)?;
        Ok(runtime.spawn(task))
    }

    /// Runs a task and waits for it on the caller's thread, also in an async context.
    pub(super) fn wait<T, E>(
        &self,
        task: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (sender, answer) = mpsc::channel();
        // Whoever waits is there: this very function.
        self.spawn(async move { sender.send(task.await) })?;
        let panicked = StoreError::Internal("a panic in the store");
        answer.recv().unwrap_or_else(|_| Err(panicked.into()))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
