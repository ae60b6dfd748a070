//! SQLite: one thread that writes and a few that read, each owning a plain connection.
//!
//! Async callers send a closure and hold only a oneshot, so that a caller that goes away can leave
//! nothing open, and no database work ever runs on an HTTP worker.

mod agents;
pub(crate) mod backup;
mod calls;
pub(crate) mod deletion;
pub(crate) mod events;
pub(crate) mod keys;
mod lane;
mod open;
#[cfg(test)]
mod plans;
mod readers;
mod recorder;
mod writer;

#[cfg(test)]
pub(crate) use open::migrated;
pub(crate) use open::{administer, migrate, open};

use crate::error::StoreError;
use crate::record::{NewEvent, Origin, Receipt};
use diesel::prelude::*;
use lane::{Lane, Mode};
use pecta_reputation::Scoring;
use readers::Readers;
use std::path::Path;
use tokio::sync::oneshot;
use writer::Writer;

/// Work for a thread that owns a connection.
type Task = Box<dyn FnOnce(&mut Lane) + Send>;

/// The answer to a [`Task`], when it comes.
type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// A running SQLite database.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    writer: Writer,
    lookups: Readers,
    listings: Readers,
}

impl Sqlite {
    fn start(path: &Path, connection: SqliteConnection, scoring: Scoring) -> std::io::Result<Self> {
        let lane = Lane::with_connection(path, Mode::Write, connection);
        Ok(Self {
            writer: Writer::start(lane, scoring)?,
            lookups: Readers::start(path, "lookup", 2)?,
            listings: Readers::start(path, "list", 2)?,
        })
    }

    pub(crate) async fn record(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<Receipt, StoreError> {
        self.writer.record(origin, events).await
    }

    /// Reads a few rows that an index leads to.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (task, answer) = task(work);
        self.lookups.send(task)?;
        wait(answer).await
    }

    /// Reads what may take long. Its threads are not those of [`Sqlite::read`], so that one caller's
    /// listings hold up nobody's keys and evaluations.
    async fn list<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (task, answer) = task(work);
        self.listings.send(task)?;
        wait(answer).await
    }

    /// Runs `work` between two group commits, in a transaction of its own.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (task, answer) = task(|connection| connection.immediate_transaction(work));
        self.writer.send(task)?;
        wait(answer).await
    }

    /// The same without waiting; what cannot be queued is dropped.
    fn write_later(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<(), StoreError> + Send + 'static,
    ) {
        let (task, _) = task(work);
        if let Err(error) = self.writer.send(task) {
            tracing::debug!(%error, "a minor write was dropped");
        }
    }

    /// The writer's connection goes last: with the last connection SQLite folds its log into the file.
    pub(crate) async fn close(&self) {
        self.lookups.close().await;
        self.listings.close().await;
        self.writer.close().await;
    }
}

fn task<T: Send + 'static>(
    work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError> + Send + 'static,
) -> (Task, Answer<T>) {
    let (sender, answer) = oneshot::channel();
    let task = Box::new(move |lane: &mut Lane| {
        // A caller that went away wants no answer.
        let _ = sender.send(lane.run(work));
    });
    (task, answer)
}

async fn wait<T>(answer: Answer<T>) -> Result<T, StoreError> {
    answer.await.unwrap_or_else(|_| Err(closed()))
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

fn queue_full() -> StoreError {
    StoreError::Unavailable("the queue is full".to_owned())
}
