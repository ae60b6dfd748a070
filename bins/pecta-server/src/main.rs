//! The Pecta server: settings, start, drain, and the commands that manage keys.
//!
//! Exit codes: 0 after a clean stop, 2 for usage or settings, 1 for everything else.

mod bootstrap;
mod cli;
mod database;
mod failure;
mod keys;
mod logging;
mod private_file;
mod serve;
mod settings;
mod sources;

use crate::cli::Command;
use crate::failure::Failure;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody may be listening any more; the exit code still tells.
            let _ = writeln!(std::io::stderr(), "pecta-server: {failure}");
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let (settings, command) = cli::parse()?;
    logging::start(settings.log.clone(), settings.log_as_json)?;
    match command {
        Command::Serve => serve::serve(settings),
        Command::CreateKey(key) => keys::create(&settings, key),
        Command::ListKeys { org, json } => keys::list(&settings, org, json),
        Command::RevokeKey(id) => keys::revoke(&settings, id),
    }
}
