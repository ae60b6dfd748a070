//! `cargo xtask bench`, `seed` and `soak`: tasks that first build the programs they run.

use crate::Outcome;
use crate::ci::command::{cargo, run};
use cargo_metadata::Metadata;
use std::process::Command;

/// The variable that makes the fault suite run its full counts.
const SOAK_VARIABLE: &str = "PECTA_SOAK";

/// Measures the server.
pub(crate) fn bench(metadata: &Metadata, arguments: &[String]) -> Outcome {
    run(built(metadata)?.args(arguments))
}

/// Fills a database.
pub(crate) fn seed(metadata: &Metadata, arguments: &[String]) -> Outcome {
    run(built(metadata)?.arg("seed").args(arguments))
}

/// Runs those tests of the fault suite whose name contains `filter`, one at a time, with their full
/// counts.
pub(crate) fn soak(metadata: &Metadata, filter: &str) -> Outcome {
    let root = metadata.workspace_root.as_std_path();
    let tests = "test --release --package pecta-tests --test api -- --test-threads 1";
    run(cargo(root, tests).arg(filter).env(SOAK_VARIABLE, "1"))
}

/// The benchmark's program, built together with those that it measures. It loads the machine that it
/// measures on, so it is optimised as they are.
fn built(metadata: &Metadata) -> Outcome<Command> {
    let root = metadata.workspace_root.as_std_path();
    let packages = "--package pecta-server --package echo --package bench";
    run(&mut cargo(root, &format!("build --release {packages}")))?;
    let program = metadata.target_directory.join("release/bench");
    Ok(Command::new(program))
}
