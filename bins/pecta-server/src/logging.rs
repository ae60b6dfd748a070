//! Structured logs on stderr.

use crate::failure::Failure;
use std::io;
use tracing_subscriber::EnvFilter;

/// Starts the log.
pub(crate) fn start(filter: EnvFilter, as_json: bool) -> Result<(), Failure> {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let started = if as_json {
        log.json().flatten_event(true).try_init()
    } else {
        log.with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
            .try_init()
    };
    started.map_err(Failure::failed)
}
