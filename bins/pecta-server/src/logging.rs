//! Structured logs on stderr.

use crate::failure::Failure;
use crate::settings::Settings;
use std::io;
use tracing_subscriber::EnvFilter;

/// Starts the log.
pub(crate) fn start(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| Failure::usage(format!("log must be a filter: {error}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let started = if settings.log_as_json {
        log.json().flatten_event(true).try_init()
    } else {
        log.with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
            .try_init()
    };
    started.map_err(Failure::failed)
}
