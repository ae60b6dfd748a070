//! Requests that wait to be recorded, within bounds.

use crate::error::StoreError;
use crate::record::{NewEvent, Origin, Receipt};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Small requests that may wait or be recorded, and as many batches.
const REQUESTS: usize = 4096;
/// All of them.
pub(crate) const CAPACITY: usize = 2 * REQUESTS;
/// Bytes that the events of each may hold together, so that batches do not take the room of small requests. A request takes
/// its share at least, which bounds their number.
const SMALL_BYTES: usize = 16 << 20;
pub(crate) const BATCH_BYTES: usize = 48 << 20;
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
    small: Arc<Semaphore>,
    batches: Arc<Semaphore>,
    counters: Arc<Counters>,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self {
            small: Arc::new(Semaphore::new(SMALL_BYTES)),
            batches: Arc::new(Semaphore::new(BATCH_BYTES)),
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
        let (room, bytes) = if is_small(&events) {
            (&self.small, SMALL_BYTES)
        } else {
            (&self.batches, BATCH_BYTES)
        };
        let size = events.iter().map(weight).sum::<usize>();
        let size = size.max(bytes / REQUESTS);
        let size = u32::try_from(size).map_err(|_| StoreError::queue_full())?;
        let room = Arc::clone(room).try_acquire_many_owned(size);
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

/// Events of the largest request that counts as a small one.
const SMALL: usize = 16;

fn is_small(events: &[NewEvent]) -> bool {
    events.len() <= SMALL
}

/// Requests that wait for a group, small ones apart from batches.
#[derive(Default)]
pub(crate) struct Line {
    small: VecDeque<Batch>,
    batches: VecDeque<Batch>,
}

impl Line {
    pub(crate) fn push(&mut self, batch: Batch) {
        if is_small(&batch.events) {
            self.small.push_back(batch);
        } else {
            self.batches.push_back(batch);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.small.is_empty() && self.batches.is_empty()
    }

    /// What is recorded next. Small requests go first and leave half of a group to batches, so that neither wait for all
    /// of the others that came before them.
    pub(crate) fn group(&mut self) -> Vec<Batch> {
        let mut group = Vec::new();
        let mut events = 0;
        let mut take = |from: &mut VecDeque<Batch>, most| {
            while events < most
                && let Some(batch) = from.pop_front()
            {
                events += batch.events.len();
                group.push(batch);
            }
        };
        take(&mut self.small, GROUP_EVENTS / 2);
        take(&mut self.batches, GROUP_EVENTS);
        take(&mut self.small, GROUP_EVENTS);
        group
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
pub(crate) struct Waiting(Arc<tokio::sync::Mutex<Intake>>);

/// What came in, and what comes.
struct Intake {
    line: Line,
    batches: mpsc::Receiver<Batch>,
}

/// While it is held no other recorder takes a group: more waits meanwhile, and the next group is larger.
pub(crate) struct Turn(OwnedMutexGuard<Intake>);

/// What is recorded together.
pub(crate) struct Group {
    pub(crate) batches: Vec<Batch>,
    /// Whether more may be waiting than it holds.
    pub(crate) is_full: bool,
}

/// A new queue.
pub(crate) fn queue() -> (Queue, Waiting) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let queue = Queue {
        batches: Mutex::new(Some(sender)),
        room: Room::new(),
    };
    let intake = Intake {
        line: Line::default(),
        batches: receiver,
    };
    (queue, Waiting(Arc::new(intake.into())))
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
        let Intake { line, batches } = &mut *self.0;
        if line.is_empty() {
            line.push(batches.recv().await?);
        }
        while let Ok(batch) = batches.try_recv() {
            line.push(batch);
        }
        Some(Group {
            batches: line.group(),
            is_full: !line.is_empty(),
        })
    }
}

/// Roughly the bytes that a waiting event holds.
fn weight(event: &NewEvent) -> usize {
    let texts = [
        &event.tool,
        &event.evaluation_id,
        &event.idempotency_key,
        &event.findings,
    ];
    let texts = texts.into_iter().flatten().map(String::len);
    size_of::<NewEvent>() + event.agent_id.len() + event.gates.len() + texts.sum::<usize>()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::event::Source;
    use crate::key::KeyId;
    use crate::org::OrgId;
    use chrono::DateTime;
    use pecta_reputation::Latency;

    pub(crate) fn event(agent_id: &str) -> NewEvent {
        NewEvent {
            agent_id: agent_id.to_owned(),
            tool: None,
            passed: true,
            gates: "[]".to_owned(),
            total_latency: Latency::ZERO,
            latency: Latency::ZERO,
            created_at: DateTime::UNIX_EPOCH,
            evaluation_id: None,
            idempotency_key: None,
            source: Source::Unsigned,
            policy_version: None,
            findings: None,
        }
    }

    pub(crate) fn origin() -> Origin {
        Origin {
            org: OrgId::from_row(1),
            key: KeyId::new(1),
            client: None,
        }
    }

    #[test]
    fn all_texts_of_an_event_weigh() {
        let text = || Some("x".repeat(1000));
        let light = weight(&event("a"));
        let heavy = NewEvent {
            tool: text(),
            evaluation_id: text(),
            idempotency_key: text(),
            findings: text(),
            gates: "x".repeat(1000),
            ..event("a")
        };
        assert!(weight(&heavy) >= light + 4990);
    }

    #[test]
    fn a_request_takes_a_place_however_small_it_is() {
        let room = Room::new();
        let admit = || room.admit(origin(), vec![event("a")]);
        let waiting: Vec<_> = (0..REQUESTS).map(|_| admit().unwrap()).collect();
        assert!(matches!(admit(), Err(StoreError::Unavailable(_))));
        let batch = room.admit(origin(), vec![event("a"); SMALL + 1]);
        assert!(batch.is_ok(), "room is left for batches");
        drop(waiting);
        assert!(admit().is_ok());
    }

    /// The sizes of the requests of a group.
    fn sizes(group: &[Batch]) -> Vec<usize> {
        group.iter().map(|batch| batch.events.len()).collect()
    }

    fn line(sizes: impl IntoIterator<Item = usize>) -> Line {
        let room = Room::new();
        let mut line = Line::default();
        for size in sizes {
            line.push(room.admit(origin(), vec![event("a"); size]).unwrap().0);
        }
        line
    }

    #[test]
    fn an_evaluation_waits_for_no_more_than_a_group_of_batches() {
        let mut line = line([100; 40].into_iter().chain([1; 3]));
        let first = sizes(&line.group());
        assert_eq!(first, [[1; 3].as_slice(), &[100; 11]].concat());
        assert_eq!(sizes(&line.group()), [100; 11]);
        assert_eq!(sizes(&line.group()), [100; 11]);
        assert_eq!(sizes(&line.group()), [100; 7]);
        assert!(line.is_empty());
    }

    #[test]
    fn batches_have_half_of_each_group_whatever_else_waits() {
        let mut line = line([1; 2000].into_iter().chain([100; 8]));
        let first = sizes(&line.group());
        assert_eq!(first, [[1; 512].as_slice(), &[100; 6]].concat());
        let second = sizes(&line.group());
        assert_eq!(second, [[1; 512].as_slice(), &[100; 2], &[1; 312]].concat());
        assert_eq!(line.group().len(), 664);
        assert!(line.group().is_empty());
    }
}
