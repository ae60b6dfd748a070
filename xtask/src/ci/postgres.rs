//! A throw-away PostgreSQL server as a process: the tool that starts one is a crate of the workspace, and
//! this one uses none.

use crate::Outcome;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How the tool ends where PostgreSQL is not installed.
const NOT_INSTALLED: i32 = 3;

/// A running server with an empty database.
pub(crate) struct Postgres {
    process: Child,
    /// Where a client finds the database.
    pub(crate) url: String,
}

impl Postgres {
    /// Starts a server; `None` where PostgreSQL is not installed.
    pub(crate) fn start(tool: &Path) -> Outcome<Option<Self>> {
        let mut process = Command::new(tool)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} did not start: {error}", tool.display()))?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let url = line.trim_end().to_owned();
        if !url.is_empty() {
            return Ok(Some(Self { process, url }));
        }
        let status = process.wait()?;
        if status.code() == Some(NOT_INSTALLED) {
            return Ok(None);
        }
        Err(format!("PostgreSQL did not start: {status}").into())
    }
}

impl Drop for Postgres {
    /// The tool ends with its input.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // Fails only for a process that is gone, which is what is wanted.
        let _ = self.process.wait();
    }
}
