//! Development tasks, run as `cargo xtask TASK`.

mod ci;
mod tidy;
mod timing;
mod tools;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask TASK

Tasks:
  tidy   check the workspace's own rules: layers, manifests, sources, migrations
  ci     run everything that must hold before a change lands, tidy included
  bench  measure the server beside a bare echo and plain inserts (bench --help)
  seed   fill a database with events (seed --help)
  timing look whether the time of a refusal tells how much of a key or signature is right; of a program
         that is given, or else of the server, built for it
  soak   run the fault suite with its full counts, or only tests whose name contains an argument";

/// What a task answers. A task fails with a text for the person at the terminal.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((task, arguments)) = arguments.split_first() else {
        return usage();
    };
    let task: &dyn Fn(&Metadata) -> Outcome = match (task.as_str(), arguments) {
        ("tidy", []) => &tidy::run,
        ("ci", []) => &ci::run,
        ("bench", _) => &|metadata| tools::bench(metadata, arguments),
        ("seed", _) => &|metadata| tools::seed(metadata, arguments),
        ("timing", []) => &|metadata| timing::run_all(&timing::built(metadata)?),
        ("timing", [program]) => &|_| timing::run_all(Path::new(program)),
        ("soak", []) => &|metadata| tools::soak(metadata, "faults::"),
        ("soak", [filter]) => &|metadata| tools::soak(metadata, filter),
        _ => return usage(),
    };
    match metadata().and_then(|metadata| task(&metadata)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// The workspace as cargo resolves it with every feature on: what a feature of ours pulls in must
/// obey the rules too.
fn metadata() -> Outcome<Metadata> {
    let mut command = MetadataCommand::new();
    Ok(command.features(CargoOpt::AllFeatures).exec()?)
}
