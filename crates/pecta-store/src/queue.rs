//! Requests that wait to be recorded, within bounds.

use crate::error::StoreError;
use crate::record::{NewEvent, Origin, Receipt};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Requests that may wait.
pub(crate) const REQUESTS: usize = 4096;
/// Bytes that the events of waiting requests may hold together.
pub(crate) const BYTES: usize = 64 << 20;
/// Events of one group, beyond which the next one begins.
pub(crate) const GROUP_EVENTS: usize = 1024;

/// The events of one request, and who waits for them.
pub(crate) struct Batch {
    pub(crate) origin: Origin,
    pub(crate) events: Vec<NewEvent>,
    sender: oneshot::Sender<Result<Receipt, StoreError>>,
    seat: Seat,
}

/// The room of a batch, given back when that is dropped, after its answer.
struct Seat {
    _room: OwnedSemaphorePermit,
    counters: Arc<Counters>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the recorders of a store have done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recording {
    /// Requests that wait to be recorded, or are being recorded, now.
    pub waiting: u64,
    /// Groups that were committed.
    pub commits: u64,
    /// Events of these groups, repeats among them.
    pub events: u64,
}

#[derive(Debug, Default)]
struct Counters {
    waiting: AtomicU64,
    commits: AtomicU64,
    events: AtomicU64,
}

/// Counts a group that was committed.
pub(crate) fn count_commit(group: &[Batch]) {
    let Some(first) = group.first() else { return };
    let events: usize = group.iter().map(|batch| batch.events.len()).sum();
    let counters = &first.seat.counters;
    counters.commits.fetch_add(1, Ordering::Relaxed);
    let events = u64::try_from(events).unwrap_or_default();
    counters.events.fetch_add(events, Ordering::Relaxed);
}

impl Batch {
    /// Answers whoever waits. A caller that went away has its events recorded all the same.
    pub(crate) fn answer(self, receipt: Result<Receipt, StoreError>) {
        let _ = self.sender.send(receipt);
    }
}

/// The answer to a [`Batch`], when it comes.
pub(crate) type Answer = oneshot::Receiver<Result<Receipt, StoreError>>;

/// The room that the events of waiting requests share.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    bytes: Arc<Semaphore>,
    counters: Arc<Counters>,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self {
            bytes: Arc::new(Semaphore::new(BYTES)),
            counters: Arc::default(),
        }
    }

    pub(crate) fn recording(&self) -> Recording {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Recording {
            waiting: read(&self.counters.waiting),
            commits: read(&self.counters.commits),
            events: read(&self.counters.events),
        }
    }

    /// A request that is to be queued, if there is room for it.
    pub(crate) fn admit(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<(Batch, Answer), StoreError> {
        let size = events.iter().map(weight).sum::<usize>();
        let size = u32::try_from(size).map_err(|_| StoreError::queue_full())?;
        let room = Arc::clone(&self.bytes).try_acquire_many_owned(size);
        let room = room.map_err(|_| StoreError::queue_full())?;
        self.counters.waiting.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        let batch = Batch {
            origin,
            events,
            sender,
            seat: Seat {
                _room: room,
                counters: Arc::clone(&self.counters),
            },
        };
        Ok((batch, answer))
    }
}

/// The end of the queue that requests enter.
pub(crate) struct Queue {
    /// `None` once the queue is closed.
    batches: Mutex<Option<mpsc::Sender<Batch>>>,
    room: Room,
}

/// The end of the queue that recorders share.
#[derive(Clone)]
pub(crate) struct Waiting(Arc<tokio::sync::Mutex<mpsc::Receiver<Batch>>>);

/// While it is held no other recorder takes a group: more waits meanwhile, and the next group is larger.
pub(crate) struct Turn(OwnedMutexGuard<mpsc::Receiver<Batch>>);

/// What is recorded together.
pub(crate) struct Group {
    pub(crate) batches: Vec<Batch>,
    /// Whether more may be waiting than it holds.
    pub(crate) is_full: bool,
}

/// A new queue.
pub(crate) fn queue() -> (Queue, Waiting) {
    let (sender, receiver) = mpsc::channel(REQUESTS);
    let queue = Queue {
        batches: Mutex::new(Some(sender)),
        room: Room::new(),
    };
    (queue, Waiting(Arc::new(receiver.into())))
}

impl Queue {
    /// Queues a request and waits for its answer. A full queue refuses at once.
    pub(crate) async fn record(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<Receipt, StoreError> {
        let answer = self.enter(origin, events)?;
        // Nobody drops a batch unanswered, unless the recorder panicked.
        answer
            .await
            .unwrap_or(Err(StoreError::Internal("a panic in the store")))
    }

    fn enter(&self, origin: Origin, events: Vec<NewEvent>) -> Result<Answer, StoreError> {
        let (batch, answer) = self.room.admit(origin, events)?;
        let batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        let batches = batches.as_ref().ok_or_else(StoreError::closed)?;
        batches.try_send(batch)?;
        Ok(answer)
    }

    pub(crate) fn recording(&self) -> Recording {
        self.room.recording()
    }

    /// Refuses requests from now on; those that wait are still handed out.
    pub(crate) fn close(&self) {
        let mut batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        *batches = None;
    }
}

impl Waiting {
    /// Waits until no other recorder holds the turn.
    pub(crate) async fn turn(&self) -> Turn {
        Turn(Arc::clone(&self.0).lock_owned().await)
    }
}

impl Turn {
    /// Everything that waits, up to the size of a group, once something does; `None` when the queue is
    /// closed and empty.
    pub(crate) async fn group(&mut self) -> Option<Group> {
        let first = self.0.recv().await?;
        let mut events = first.events.len();
        let mut batches = vec![first];
        while events < GROUP_EVENTS
            && let Ok(batch) = self.0.try_recv()
        {
            events += batch.events.len();
            batches.push(batch);
        }
        Some(Group {
            batches,
            is_full: events >= GROUP_EVENTS,
        })
    }
}

/// Roughly the bytes that a waiting event holds.
fn weight(event: &NewEvent) -> usize {
    size_of::<NewEvent>() + event.agent_id.len() + event.gates.len()
}
