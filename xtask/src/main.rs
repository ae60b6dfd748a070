//! Development tasks, run as `cargo xtask TASK`.

mod ci;
mod tidy;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};
use std::error::Error;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask TASK

Tasks:
  tidy  check the workspace's own rules: layers, manifests, sources, migrations
  ci    run everything that must hold before a change lands, tidy included";

/// What a task answers. A task fails with a text for the person at the terminal.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task: fn(&Metadata) -> Outcome = match (arguments.next().as_deref(), arguments.next()) {
        (Some("tidy"), None) => tidy::run,
        (Some("ci"), None) => ci::run,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match metadata().and_then(|metadata| task(&metadata)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace as cargo resolves it with every feature on: what a feature of ours pulls in must
/// obey the rules too.
fn metadata() -> Outcome<Metadata> {
    let mut command = MetadataCommand::new();
    Ok(command.features(CargoOpt::AllFeatures).exec()?)
}
