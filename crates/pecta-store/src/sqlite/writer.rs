//! The thread that writes: group commit.
//!
//! Whatever is waiting is committed as one transaction, and its callers are answered after the commit.
//! While one commit runs the next group gathers, so that throughput grows with load while a lone
//! request waits for nobody. A request is never split.

use super::checkpointer::Checkpointer;
use super::lane::Lane;
use super::recorder::Recorder;
use super::{Task, wait};
use crate::error::StoreError;
use crate::queue::{Answer, Batch, CAPACITY, Line, Recording, Room, count_commit};
use crate::record::{NewEvent, Origin, Receipt};
use std::path::Path;
use std::{io, thread};
use tokio::sync::{mpsc, oneshot};

/// Turns of agents for each beat of the checkpointer during which nothing was recorded.
const TURNS_PER_BEAT: usize = 32;

/// A handle to the writing thread.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    room: Room,
}

pub(super) enum Job {
    Record(Batch),
    Run(Task),
    /// A while has passed.
    Beat,
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the thread, on the connection of `lane` and with the agents that `recorder` has read.
    pub(super) fn start(lane: Lane, recorder: Recorder, path: &Path) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel(CAPACITY);
        let worker = Worker {
            queue,
            line: Line::default(),
            lane,
            recorder,
            is_idle: true,
        };
        let checkpointer = Checkpointer::start(path, jobs.downgrade())?;
        let thread = thread::Builder::new().name("pecta-write".to_owned());
        thread.spawn(move || {
            let mut worker = worker;
            let closed = worker.work();
            checkpointer.stop();
            // The connection of the writer goes last, and then the sender, which is the message.
            drop(worker);
            drop(closed);
        })?;
        let room = Room::new();
        Ok(Self { jobs, room })
    }

    pub(super) async fn record(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<Receipt, StoreError> {
        let answer = self.queue_batch(origin, events)?;
        wait(answer).await
    }

    fn queue_batch(&self, origin: Origin, events: Vec<NewEvent>) -> Result<Answer, StoreError> {
        let (batch, answer) = self.room.admit(origin, events)?;
        self.jobs.try_send(Job::Record(batch))?;
        Ok(answer)
    }

    pub(super) fn recording(&self) -> Recording {
        self.room.recording()
    }

    pub(super) fn send(&self, task: Task) -> Result<(), StoreError> {
        Ok(self.jobs.try_send(Job::Run(task))?)
    }

    /// Waits until all that is queued has been committed and answered, and the connection is closed.
    pub(super) async fn close(&self) {
        let (sender, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(sender)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

struct Worker {
    queue: mpsc::Receiver<Job>,
    /// What was taken from the queue to be recorded.
    line: Line,
    lane: Lane,
    recorder: Recorder,
    /// Whether nothing was recorded since the last beat.
    is_idle: bool,
}

impl Worker {
    /// Works until the store is closed; returns whoever waits for that. A store that is only dropped
    /// leaves agents behind, as a crash does.
    fn work(&mut self) -> Option<oneshot::Sender<()>> {
        let closed = self.serve();
        if closed.is_some()
            && self.recorder.is_in_use()
            && let Err(error) = self.recorder.save(&mut self.lane, usize::MAX)
        {
            tracing::warn!(%error, "the next start counts the newest events again");
        }
        closed
    }

    fn serve(&mut self) -> Option<oneshot::Sender<()>> {
        while let Some(job) = self.next() {
            match job {
                Job::Record(batch) => self.line.push(batch),
                Job::Run(task) => task(&mut self.lane),
                Job::Beat => self.beat(),
                Job::Close(sender) => {
                    self.commit_line();
                    return Some(sender);
                }
            }
        }
        None
    }

    /// The next job that is not to be recorded. What is to be waits in the line until there is no more in the queue or
    /// another job behind it; then a group of it is.
    fn next(&mut self) -> Option<Job> {
        loop {
            match self.queue.try_recv() {
                Ok(Job::Record(batch)) => self.line.push(batch),
                Ok(other) if self.line.is_empty() => return Some(other),
                Ok(other) => {
                    self.commit_group();
                    return Some(other);
                }
                Err(_) if self.line.is_empty() => return self.queue.blocking_recv(),
                Err(_) => self.commit_group(),
            }
        }
    }

    fn beat(&mut self) {
        let is_idle = std::mem::replace(&mut self.is_idle, true);
        if is_idle
            && self.recorder.is_in_use()
            && let Err(error) = self.recorder.save(&mut self.lane, TURNS_PER_BEAT)
        {
            tracing::debug!(%error, "no agent was saved");
        }
    }

    fn commit_line(&mut self) {
        while !self.line.is_empty() {
            self.commit_group();
        }
    }

    fn commit_group(&mut self) {
        let group = self.line.group();
        self.commit(group);
    }

    fn commit(&mut self, mut group: Vec<Batch>) {
        self.is_idle = false;
        match self.record(&group) {
            Ok(receipts) => {
                for (batch, receipt) in group.into_iter().zip(receipts) {
                    batch.answer(Ok(receipt));
                }
            }
            Err(StoreError::Unavailable(cause)) => {
                tracing::error!(cause, requests = group.len(), "a group was not recorded");
                for batch in group {
                    batch.answer(Err(StoreError::Unavailable(cause.clone())));
                }
            }
            // One request spoils the group; the others must not suffer for it. By halves it is found in few attempts.
            Err(_) if group.len() > 1 => {
                let rest = group.split_off(group.len() / 2);
                self.commit(group);
                self.commit(rest);
            }
            Err(error) => {
                if let Some(batch) = group.pop() {
                    batch.answer(Err(error));
                }
            }
        }
    }

    fn record(&mut self, group: &[Batch]) -> Result<Vec<Receipt>, StoreError> {
        let receipts = self.recorder.record(&mut self.lane, group)?;
        count_commit(group);
        Ok(receipts)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    pub(crate) use crate::queue::tests::{event, origin};
    use crate::record::Outcome;
    use crate::sqlite::cache::SharedCache;
    use crate::sqlite::lane::Mode;
    use crate::sqlite::migrated;
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    use pecta_reputation::Scoring;

    /// A writer whose queue can be filled before its thread starts to serve.
    fn idle_writer(connection: SqliteConnection) -> (Writer, Worker) {
        let (jobs, queue) = mpsc::channel(CAPACITY);
        let worker = Worker {
            queue,
            line: Line::default(),
            lane: Lane::with_connection("".as_ref(), Mode::Write, connection),
            recorder: Recorder::new(SharedCache::new(8), Scoring::default()),
            is_idle: true,
        };
        let room = Room::new();
        (Writer { jobs, room }, worker)
    }

    /// A batch whose answer nobody waits for.
    pub(crate) fn batch(events: Vec<NewEvent>) -> Batch {
        Room::new().admit(origin(), events).unwrap().0
    }

    #[test]
    fn one_request_that_fails_does_not_spoil_its_group() {
        let directory = tempfile::tempdir().unwrap();
        let mut connection = migrated(&directory.path().join("db"));
        let setup = "INSERT INTO orgs (id, name, created_at) VALUES (1, 'acme', 0);
                     INSERT INTO agents VALUES (1, 'corrupt', 0, 0, 1, 1, x'ff', NULL);";
        connection.batch_execute(setup).unwrap();
        let (writer, mut worker) = idle_writer(connection);
        let queue = |agent| writer.queue_batch(origin(), vec![event(agent)]).unwrap();
        let (mut good, mut bad, mut again) = (queue("a"), queue("corrupt"), queue("a"));
        let _others: Vec<_> = (3..64).map(|_| queue("a")).collect();
        let room = writer.room.clone();
        drop(writer);
        worker.serve();
        assert_eq!(room.recording().commits, 6, "of halves, not of requests");
        let eval_count = |answer: &mut Answer| {
            let receipt = answer.try_recv().unwrap()?;
            assert_eq!(receipt.outcomes, [Outcome::Recorded(None)]);
            Ok::<_, StoreError>(receipt.agents[0].eval_count)
        };
        assert_eq!(eval_count(&mut good).unwrap(), 1);
        assert!(matches!(eval_count(&mut bad), Err(StoreError::Corrupt(_))));
        assert_eq!(eval_count(&mut again).unwrap(), 2);
    }

    #[test]
    fn an_outage_fails_the_whole_group_and_is_no_end() {
        let directory = tempfile::tempdir().unwrap();
        let mut connection = migrated(&directory.path().join("db"));
        connection.batch_execute("PRAGMA query_only = ON").unwrap();
        let (writer, mut worker) = idle_writer(connection);
        let mut answer = writer.queue_batch(origin(), vec![event("a")]).unwrap();
        drop(writer);
        worker.serve();
        assert!(matches!(
            answer.try_recv().unwrap(),
            Err(StoreError::Unavailable(_))
        ));
    }

    #[test]
    fn a_full_queue_refuses_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let (writer, _worker) = idle_writer(migrated(&directory.path().join("db")));
        let large = NewEvent {
            gates: " ".repeat(crate::queue::BATCH_BYTES / 4 / 17),
            ..event("a")
        };
        let queue = || writer.queue_batch(origin(), vec![large.clone(); 17]);
        let waiting = [queue(), queue(), queue()];
        assert!(waiting.iter().all(Result::is_ok));
        assert!(matches!(queue(), Err(StoreError::Unavailable(_))));
        assert!(
            writer.queue_batch(origin(), vec![event("a")]).is_ok(),
            "room is left for small ones"
        );
    }
}
