//! The threads that read. In WAL mode they never wait for the writer.

use super::lane::{Lane, Mode};
use super::{Task, closed, queue_full};
use crate::error::StoreError;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Enough that a slow listing does not hold up the look-ups of keys.
const THREADS: usize = 4;
/// Reads that may wait.
const QUEUE: usize = 1024;

/// A handle to the reading threads, which end with its last clone.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    tasks: mpsc::Sender<Task>,
}

impl Readers {
    pub(super) fn start(path: &Path) -> io::Result<Self> {
        let (tasks, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..THREADS {
            let lane = Lane::new(path, Mode::Read);
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name(format!("pecta-read-{number}"));
            thread.spawn(move || serve(&queue, lane))?;
        }
        Ok(Self { tasks })
    }

    pub(super) fn send(&self, task: Task) -> Result<(), StoreError> {
        self.tasks.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => queue_full(),
            TrySendError::Closed(_) => closed(),
        })
    }
}

/// Whichever thread is free waits for the next task; the others wait for it to have got one.
fn serve(queue: &Mutex<mpsc::Receiver<Task>>, mut lane: Lane) {
    loop {
        let next = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        match next {
            Some(task) => task(&mut lane),
            None => return,
        }
    }
}
