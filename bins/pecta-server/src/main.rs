//! The Pecta server: settings, start, drain, and the commands on its database or without any.
//!
//! Exit codes: 0 after a clean stop, 2 for usage or settings, 141 when nobody reads the output any more,
//! 1 for everything else; `check` has its own.

mod agents;
mod audit;
mod bootstrap;
mod check;
mod cli;
mod clock;
mod database;
mod export;
mod failure;
mod keys;
mod logging;
mod maintenance;
mod master_key;
mod orgs;
mod policy;
mod private_file;
mod progress;
mod reload;
mod retention;
mod serve;
mod settings;
mod sources;
mod tls;

use crate::cli::{Command, Invocation};
use crate::failure::Failure;
use mimalloc::MiMalloc;
use std::io::Write as _;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(failure) => {
            // Nobody may be listening any more; the exit code still tells.
            let _ = writeln!(std::io::stderr(), "pecta-server: {failure}");
            failure.exit_code()
        }
    }
}

fn run() -> Result<ExitCode, Failure> {
    let (settings, command) = match cli::parse()? {
        Invocation::Check(options) => return check::run(&options),
        Invocation::Policy(options) => return policy::run(&options),
        Invocation::NewMasterKey => return master_key::new().map(|()| ExitCode::SUCCESS),
        Invocation::WithSettings(settings, command) => (settings, command),
    };
    logging::start(settings.log.clone(), settings.log_as_json)?;
    match command {
        Command::Serve => serve::serve(*settings),
        Command::Keys(action) => keys::run(&settings, action),
        Command::MasterKey(action) => master_key::run(&settings, action),
        Command::SetOrg(options) => orgs::set(&settings, &options),
        Command::VerifyAudit(options) => audit::verify(&settings, options),
        Command::DeleteAgent(name) => agents::delete(&settings, &name),
        Command::Migrate => maintenance::migrate(&settings),
        Command::Backup(file) => maintenance::backup(&settings, &file),
        Command::Export(options) => return export::run(&settings, options),
    }?;
    Ok(ExitCode::SUCCESS)
}
