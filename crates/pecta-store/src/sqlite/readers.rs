//! Threads that read. In WAL mode they never wait for the writer.

use super::Task;
use super::lane::{Lane, Mode};
use crate::error::StoreError;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};
use tokio::sync::{mpsc, oneshot};

/// Reads that may wait.
const QUEUE: usize = 1024;

/// A handle to a few reading threads with a queue of their own.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    jobs: mpsc::Sender<Job>,
    threads: usize,
}

enum Job {
    Read(Task),
    Close(oneshot::Sender<()>),
}

impl Readers {
    pub(super) fn start(path: &Path, name: &str, threads: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads {
            let lane = Lane::new(path, Mode::Read);
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name(format!("pecta-{name}-{number}"));
            // The sender is dropped, which is the message, only after the connection.
            thread.spawn(move || drop(serve(&queue, lane)))?;
        }
        Ok(Self { jobs, threads })
    }

    pub(super) fn send(&self, task: Task) -> Result<(), StoreError> {
        Ok(self.jobs.try_send(Job::Read(task))?)
    }

    /// Waits until all that is queued has been answered, and every connection is closed.
    pub(super) async fn close(&self) {
        for _ in 0..self.threads {
            let (sender, closed) = oneshot::channel();
            if self.jobs.send(Job::Close(sender)).await.is_ok() {
                let _ = closed.await;
            }
        }
    }
}

/// Whichever thread is free waits for the next job; the others wait for it to have got one.
fn serve(queue: &Mutex<mpsc::Receiver<Job>>, mut lane: Lane) -> Option<oneshot::Sender<()>> {
    loop {
        let next = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        match next {
            Some(Job::Read(task)) => task(&mut lane),
            Some(Job::Close(sender)) => return Some(sender),
            None => return None,
        }
    }
}
