//! SQLite: one thread that writes and a few that read, each owning a plain connection.
//!
//! Async callers send a closure and hold only a oneshot, so that a caller that goes away can leave
//! nothing open, and no database work ever runs on an HTTP worker.

pub(crate) mod agent_events;
mod agents;
pub(crate) mod audit;
pub(crate) mod backup;
mod cache;
mod calls;
mod candidates;
mod checkpointer;
pub(crate) mod deletion;
pub(crate) mod events;
pub(crate) mod keys;
mod lane;
mod open;
pub(crate) mod orgs;
#[cfg(test)]
mod plans;
mod policies;
mod pragmas;
mod readers;
mod recorder;
mod replay;
mod suppressions;
mod writer;

#[cfg(test)]
pub(crate) use open::migrated;
pub(crate) use open::{administer, folder, migrate, open};

use crate::agent::{AgentPage, AgentPosition};
use crate::error::StoreError;
use crate::open::Purpose;
use crate::org::OrgId;
use crate::queue::Recording;
use crate::record::{AgentReputation, NewEvent, Origin, Receipt};
use cache::SharedCache;

use diesel::prelude::*;
use lane::{Lane, Mode};
use pecta_reputation::Scoring;
use readers::Readers;
use recorder::Recorder;
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
    agents: SharedCache,
    scoring: Scoring,
}

impl Sqlite {
    fn start(
        path: &Path,
        connection: SqliteConnection,
        scoring: Scoring,
        purpose: Purpose,
    ) -> Result<Self, StoreError> {
        let agents = SharedCache::new(cache::CAPACITY);
        let mut lane = Lane::with_connection(path, Mode::Write, connection);
        let mut recorder = Recorder::new(agents.clone(), scoring);
        if purpose == Purpose::Service {
            recorder.save(&mut lane, 0)?;
        }
        let start = || -> std::io::Result<_> {
            let lookups = Readers::start(path, "lookup", 2)?;
            let listings = Readers::start(path, "list", 2)?;
            Ok((Writer::start(lane, recorder, path)?, lookups, listings))
        };
        let (writer, lookups, listings) =
            start().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            writer,
            lookups,
            listings,
            agents,
            scoring,
        })
    }

    pub(crate) async fn record(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<Receipt, StoreError> {
        self.writer.record(origin, events).await
    }

    pub(crate) fn recording(&self) -> Recording {
        self.writer.recording()
    }

    /// The standing of an agent.
    pub(crate) async fn reputation(
        &self,
        org: OrgId,
        agent_id: String,
    ) -> Result<AgentReputation, StoreError> {
        // First what is in memory: a row that is read afterwards is at least as new as when the agent
        // was not there.
        let in_memory = self.agents.standing(org, &agent_id, self.scoring);
        let (scoring, era) = (self.scoring, self.agents.era());
        let agents = self.agents.clone();
        let read = move |connection: &mut _| {
            let row = agents::load(connection, org, &agent_id)?;
            // Without a row another process has erased it.
            let current = in_memory.filter(|_| row.seen.is_some());
            Ok(current.unwrap_or_else(|| {
                let read = row.standing(agent_id, scoring);
                agents.keep_read(org, &read, era);
                read
            }))
        };
        self.read(read).await
    }

    /// The standing of an agent at once, when it is in memory or was read before.
    pub(crate) fn known_standing(&self, org: OrgId, agent_id: &str) -> Option<AgentReputation> {
        self.agents.standing_or_read(org, agent_id, self.scoring)
    }

    /// A page of the agents of an org, newest last seen first.
    pub(crate) async fn agents(
        &self,
        org: OrgId,
        after: Option<AgentPosition>,
        limit: u32,
    ) -> Result<AgentPage, StoreError> {
        // As little as can be while the writer waits for what is in memory.
        let behind = self.agents.lock().behind(org);
        let read = move |connection: &mut _| {
            let unsaved = agents::Unsaved::of(behind);
            agents::list(connection, org, after.as_ref(), unsaved, limit)
        };
        self.list(read).await
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
    answer.await.unwrap_or_else(|_| Err(StoreError::closed()))
}
