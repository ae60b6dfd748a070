//! The thread that folds the log into the file, so that no commit has to.
//!
//! It never waits for the writer nor holds it up. But while the writer goes on, there is always a rest
//! that is not folded yet, and the log begins anew only where there is none. So once the log is long the
//! writer itself folds that rest, which is little.

use super::lane::{Lane, Mode};
use super::pragmas::{Log, checkpoint, log};
use super::writer::Job;
use crate::error::StoreError;
use diesel::SqliteConnection;
use std::io;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::mpsc::WeakSender;

/// From one look at the log to the next.
const BEAT: Duration = Duration::from_millis(200);
/// Pages of 4 KB that are worth folding. A page that is in the log many times is folded once, so fewer
/// would write more.
const FOLD: i64 = 4 << 10;
/// Pages beyond which the log is to begin anew.
const LONG: i64 = 16 << 10;

/// The running thread.
pub(super) struct Checkpointer {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Checkpointer {
    /// Starts the thread. With each beat it sends the writer a [`Job::Beat`].
    pub(super) fn start(path: &Path, writer: WeakSender<Job>) -> io::Result<Self> {
        let (stop, stopped) = sync_channel(0);
        let mut lane = Lane::new(path, Mode::Read);
        let beats = move || {
            while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                beat(&mut lane, &writer);
            }
        };
        let thread = thread::Builder::new().name("pecta-fold".to_owned());
        let thread = thread.spawn(beats)?;
        Ok(Self { stop, thread })
    }

    /// Returns when the thread and its connection are gone.
    pub(super) fn stop(self) {
        drop(self.stop);
        // It panics only where the lane lets it, which is nowhere.
        let _ = self.thread.join();
    }
}

fn beat(lane: &mut Lane, writer: &WeakSender<Job>) {
    let Some(writer) = writer.upgrade() else {
        return;
    };
    // What cannot be queued, or fails, comes again with the next beat.
    if lane.run(fold).is_ok_and(|log| log.pages > LONG) {
        let fold_rest = |lane: &mut Lane| drop(lane.run(checkpoint));
        let _ = writer.try_send(Job::Run(Box::new(fold_rest)));
    }
    let _ = writer.try_send(Job::Beat);
}

fn fold(connection: &mut SqliteConnection) -> Result<Log, StoreError> {
    let log = log(connection)?;
    if log.pages - log.folded > FOLD || log.pages > LONG {
        checkpoint(connection)?;
    }
    Ok(log)
}
