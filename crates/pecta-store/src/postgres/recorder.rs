//! Group commit in several lanes.
//!
//! A lane takes everything that waits as one transaction: it locks the agents, reads which ids are
//! recorded, counts the others in memory, writes, commits, and answers every waiter. The other lanes leave
//! it alone meanwhile, so that the next group gathers, unless more waits than a group holds or it takes
//! long. Row locks keep lanes and processes from counting past each other, so
//! that the order of counting is the order of commits.

use super::book::{self, Book};
use super::connection::{Connector, Lane};
use super::memory::{Agents, Memory};
use super::{agents, events, locks};
use crate::clock::now_micros;
use crate::error::StoreError;
use crate::id::IdGenerator;
use crate::org::OrgId;
use crate::queue::{Batch, Waiting, count_commit};
use crate::record::Receipt;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use pecta_reputation::Scoring;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// How often a group is tried: it may lose a race against another lane or process, or its connection.
const ATTEMPTS: u32 = 4;
/// How long a group may take up to its commit, all its attempts together; and how long that may take, together with
/// asking for its outcome where no answer comes.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the answer to a commit is waited for, so that there is time to ask.
const COMMIT: Duration = Duration::from_secs(3);
/// How long the other lanes leave one alone.
const TURN: Duration = Duration::from_millis(20);
/// How long apart it is asked.
const PAUSE: Duration = Duration::from_millis(100);

/// What all lanes share.
#[derive(Clone)]
pub(super) struct Recorder {
    pub(super) connector: Connector,
    pub(super) waiting: Waiting,
    pub(super) ids: Arc<Mutex<IdGenerator>>,
    pub(super) memory: Memory,
    pub(super) scoring: Scoring,
}

impl Recorder {
    /// Works until the queue is closed and empty. Whoever has the turn keeps it, unless its group is full or
    /// takes long.
    pub(super) async fn serve(self) {
        let (mut lane, mut turn) = (Lane::new(self.connector.clone()), None);
        loop {
            let mut mine = match turn.take() {
                Some(turn) => turn,
                None => self.waiting.turn().await,
            };
            let Some(group) = mine.group().await else {
                return;
            };
            turn = (!group.is_full).then_some(mine);
            let recorder = self.clone();
            let mut committing = tokio::spawn(async move {
                let deadline = Instant::now() + PATIENCE;
                recorder.commit(&mut lane, group.batches, deadline).await;
                lane
            });
            let committed = if let Ok(committed) = timeout(TURN, &mut committing).await {
                committed
            } else {
                turn = None;
                committing.await
            };
            // After a panic, whose group goes unanswered, with a new connection.
            lane = committed.unwrap_or_else(|_| Lane::new(self.connector.clone()));
        }
    }

    async fn commit(&self, lane: &mut Lane, mut group: Vec<Batch>, deadline: Instant) {
        match self.record(lane, &group, deadline).await {
            Ok(receipts) => {
                count_commit(&group);
                for (batch, receipt) in group.into_iter().zip(receipts) {
                    batch.answer(Ok(receipt));
                }
            }
            Err(Failure::OfAll(cause)) => {
                tracing::error!(cause, requests = group.len(), "a group was not recorded");
                for batch in group {
                    batch.answer(Err(StoreError::Unavailable(cause.clone())));
                }
            }
            // One request spoils the group; the others must not suffer for it. By halves it is found in few attempts.
            Err(Failure::OfGroup(_)) if group.len() > 1 => {
                let rest = group.split_off(group.len() / 2);
                Box::pin(self.commit(lane, group, deadline)).await;
                Box::pin(self.commit(lane, rest, deadline)).await;
            }
            Err(Failure::OfGroup(error)) => {
                if let Some(batch) = group.pop() {
                    batch.answer(Err(error));
                }
            }
        }
    }

    async fn record(
        &self,
        lane: &mut Lane,
        group: &[Batch],
        deadline: Instant,
    ) -> Result<Vec<Receipt>, Failure> {
        let mut attempt = 1;
        loop {
            match self.attempt(lane, group, deadline).await {
                Err(Failure::OfGroup(StoreError::Unavailable(cause))) if attempt < ATTEMPTS => {
                    tracing::debug!(cause, attempt, "a group is tried again");
                    attempt += 1;
                }
                // Parts of it would fare no better.
                Err(Failure::OfGroup(StoreError::Unavailable(cause))) => {
                    return Err(Failure::OfAll(cause));
                }
                result => return result,
            }
        }
    }

    async fn attempt(
        &self,
        lane: &mut Lane,
        group: &[Batch],
        deadline: Instant,
    ) -> Result<Vec<Receipt>, Failure> {
        // One connection from begin to commit: on another one a commit would succeed and mean nothing.
        let connection = lane.connect().await.map_err(Failure::of_all)?;
        match timeout_at(deadline, self.enter(connection, group)).await {
            Ok(Ok(entered)) => {
                let deadline = Instant::now() + PATIENCE;
                let commit = connection.batch_execute("COMMIT");
                if let Ok(Ok(())) = timeout(COMMIT, commit).await {
                    for (org, agents) in entered.agents {
                        self.memory.put(org, agents);
                    }
                    return Ok(entered.receipts);
                }
                lane.discard();
                settle(lane, entered, deadline).await
            }
            Ok(Err(error)) => {
                let roll_back = connection.batch_execute("ROLLBACK");
                if !matches!(timeout(PATIENCE, roll_back).await, Ok(Ok(()))) {
                    lane.discard();
                }
                Err(Failure::OfGroup(error))
            }
            Err(_) => {
                lane.discard();
                let cause = "the database did not record in time".to_owned();
                Err(Failure::OfAll(cause))
            }
        }
    }

    /// A transaction that holds all of a group and only needs to be committed.
    async fn enter(
        &self,
        connection: &mut AsyncPgConnection,
        group: &[Batch],
    ) -> Result<Entered, StoreError> {
        let connection = &*connection;
        let needs = book::needs(group);
        let mut locked = locks::begin(connection, &needs, &self.memory).await?;
        let mut books = BTreeMap::new();
        for (org, needs) in needs {
            let agents = locked.remove(&org).unwrap_or_default();
            let recorded = events::recorded(connection, org, &needs.ids).await?;
            books.insert(org, Book::new(agents, recorded));
        }
        let receipts = self.count(&mut books, group)?;
        for (org, book) in &mut books {
            write(connection, *org, book).await?;
        }
        let marks = books.iter_mut();
        let marks = marks.filter_map(|(org, book)| Mark::take(*org, book));
        let marks = marks.collect();
        let agents = books.into_iter();
        let agents = agents.map(|(org, book)| (org, book.into_agents()));
        Ok(Entered {
            receipts,
            marks,
            agents: agents.collect(),
        })
    }

    fn count<'g>(
        &self,
        books: &mut BTreeMap<OrgId, Book<'g>>,
        group: &'g [Batch],
    ) -> Result<Vec<Receipt>, StoreError> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now_micros();
        let receipts = group.iter().map(|batch| {
            let book = books.get_mut(&batch.origin.org);
            let book = book.ok_or(StoreError::Internal("an org was lost"))?;
            book.record(batch, &mut ids, now, self.scoring)
        });
        receipts.collect()
    }
}

/// Why a group was not recorded.
enum Failure {
    /// It would be so for any other: the database is down.
    OfAll(String),
    /// Something about this group, or a race that it lost.
    OfGroup(StoreError),
}

impl Failure {
    fn of_all(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self::OfAll(cause),
            other => Self::OfAll(other.to_string()),
        }
    }
}

/// A group in a transaction that is not committed yet.
struct Entered {
    receipts: Vec<Receipt>,
    marks: Vec<Mark>,
    agents: Vec<(OrgId, Agents)>,
}

/// The events of an org in a transaction, by which can be told whether it was committed: they are stored all or
/// none. All of them, because an erasure or retention may have deleted some meanwhile. Where retention deleted all,
/// the row of the agent that was asked for the outcome still names the newest of its own, unless it was erased or
/// counted another event since: then a commit is not seen.
struct Mark {
    org: OrgId,
    /// The agent of the first of them.
    agent_id: String,
    events: Vec<[u8; 16]>,
}

impl Mark {
    fn take(org: OrgId, book: &mut Book<'_>) -> Option<Self> {
        let events = &mut book.events;
        Some(Self {
            org,
            agent_id: (*events.agent_id.first()?).to_owned(),
            events: std::mem::take(&mut events.id),
        })
    }
}

/// What became of a commit whose answer was lost.
async fn settle(
    lane: &mut Lane,
    entered: Entered,
    deadline: Instant,
) -> Result<Vec<Receipt>, Failure> {
    if entered.marks.is_empty() {
        // Nothing but duplicates: as true without the commit.
        return Ok(entered.receipts);
    }
    loop {
        match timeout_at(deadline, is_committed(lane, &entered.marks)).await {
            Ok(Ok(true)) => return Ok(entered.receipts),
            Ok(Ok(false)) => {
                let cause = "the connection was lost before the commit".to_owned();
                return Err(Failure::OfGroup(StoreError::Unavailable(cause)));
            }
            Ok(Err(_)) => lane.discard(),
            Err(_) => {
                lane.discard();
                let cause = "the connection was lost; whether the events were recorded is unknown";
                return Err(Failure::OfAll(cause.to_owned()));
            }
        }
        sleep(PAUSE).await;
    }
}

/// Whether a transaction was committed. It holds the lock on the first agent until it has ended, so that who
/// has the lock next sees its outcome, also where the server has not yet noticed that the connection is
/// gone. Unlike the state of a transaction by its number, this holds on a standby that took over.
async fn is_committed(lane: &mut Lane, marks: &[Mark]) -> Result<bool, StoreError> {
    let connection = lane.connect().await?;
    connection.batch_execute("BEGIN").await?;
    let mut is_committed = false;
    if let Some(mark) = marks.first() {
        let agent_id = [mark.agent_id.as_str()];
        // Waits also where the transaction made the row, which nobody else can see and lock yet.
        agents::make(connection, mark.org, &agent_id).await?;
        let rows = agents::lock(connection, mark.org, &agent_id, &[None]).await?;
        is_committed = rows.iter().any(|row| row.counts_up_to(&mark.events));
    }
    for mark in marks {
        if is_committed {
            break;
        }
        is_committed = events::is_any_stored(connection, mark.org, &mark.events).await?;
    }
    connection.batch_execute("ROLLBACK").await?;
    Ok(is_committed)
}

async fn write(
    connection: &AsyncPgConnection,
    org: OrgId,
    book: &mut Book<'_>,
) -> Result<(), StoreError> {
    let update = book.update(org)?;
    let superfluous = book.superfluous();
    // Sent together, run one after the other.
    tokio::try_join!(
        events::insert(connection, org, &book.events),
        agents::save(connection, &update),
        agents::remove(connection, org, &superfluous),
    )?;
    Ok(())
}
