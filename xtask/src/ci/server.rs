//! The release server as a process, on a database of its own.

use crate::Outcome;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How long the server may take to accept requests, and to stop.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the server prints before the address, once it accepts requests.
const ANNOUNCEMENT: &str = "pecta-server listening on ";

/// An empty database.
pub(crate) enum Database {
    /// A file of SQLite, which the server makes.
    File,
    /// The one that this URL names.
    Server(String),
}

/// A running server. Dropped without [`Server::stop`], it is killed.
pub(crate) struct Server {
    process: Child,
    /// Its standard output; the channel closes when the process ends.
    lines: Receiver<String>,
}

impl Server {
    /// Starts the server in `directory`, on a free port and without rate limits. It writes its first keys
    /// to `bootstrap` and its log to `server.log` in `directory`.
    pub(crate) fn start(
        program: &Path,
        directory: &Path,
        database: &Database,
        bootstrap: &Path,
    ) -> Outcome<Self> {
        let mut command = Command::new(program);
        match database {
            Database::File => {
                let file = directory.join("pecta.db");
                command.env("PECTA_DATABASE_URL", format!("sqlite:{}", file.display()));
            }
            Database::Server(url) => {
                command.env("PECTA_DATABASE_URL", url);
                command.env("PECTA_MASTER_KEY", "5a".repeat(32));
            }
        }
        let mut process = command
            .env("PECTA_LISTEN", "127.0.0.1:0")
            .env("PECTA_BOOTSTRAP_FILE", bootstrap)
            .env("PECTA_RATE_LIMIT_INGEST", "0")
            .env("PECTA_RATE_LIMIT_DEFAULT", "0")
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(directory.join("server.log"))?)
            .spawn()
            .map_err(|error| format!("{} did not start: {error}", program.display()))?;

        let output = process.stdout.take();
        let (sender, lines) = channel();
        thread::spawn(move || {
            let read = output
                .into_iter()
                .flat_map(|pipe| BufReader::new(pipe).lines());
            // Until the pipe breaks or nobody listens any more.
            let _ = read
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line));
        });
        Ok(Self { process, lines })
    }

    /// Waits until the server accepts requests, and answers its URL.
    pub(crate) fn url(&self) -> Outcome<String> {
        let line = self
            .lines
            .recv_timeout(PATIENCE)
            .map_err(|_| "the server did not say that it listens")?;
        let url = line
            .strip_prefix(ANNOUNCEMENT)
            .ok_or_else(|| format!("the server said `{line}` and not where it listens"))?;
        Ok(url.to_owned())
    }

    /// Asks the server to end (SIGTERM), which it must do with exit code 0.
    pub(crate) fn stop(mut self) -> Outcome {
        let terminate = format!("kill -TERM {}", self.process.id());
        Command::new("sh").args(["-c", &terminate]).status()?;
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => return Err("the server did not stop".into()),
            }
        }
        let status = self.process.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server did not stop cleanly: {status}").into())
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only for a process that is gone, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
