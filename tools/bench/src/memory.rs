//! `--memory`: what the server holds after many evaluations over many agents.

use crate::Outcome;
use crate::load::{Plan, drive};
use crate::proc::memory;
use crate::program::{Home, Programs};
use crate::statistics::real;
use crate::workload::evaluates;
use std::time::Duration;

const AGENTS: usize = 10_000;
const CONNECTIONS: usize = 64;
/// How long evaluations are sent before they are counted again.
const STEP: Duration = Duration::from_secs(5);

/// Evaluates until there were this many answers, and prints the memory then.
pub(crate) fn run(programs: &Programs, evaluations: usize) -> Outcome {
    let home = Home::with_sqlite()?;
    let server = programs.server(&home)?;
    let plan = Plan {
        requests: evaluates(&home.first_key()?, AGENTS, 500, false),
        connections: CONNECTIONS,
        pause: Duration::ZERO,
        warm_up: Duration::ZERO,
        measured: STEP,
    };
    let mut answers = 0;
    while answers < evaluations {
        let (tally, (), ()) = drive(server.address(), &plan, || Ok(()))?;
        answers += tally.latencies.count();
        let (now, most) = memory(server.pid())?;
        println!(
            "{answers} evaluations over {AGENTS} agents: {:.1} MB, at most {:.1} MB",
            megabytes(now)?,
            megabytes(most)?
        );
    }
    Ok(())
}

fn megabytes(bytes: u64) -> Outcome<f64> {
    Ok(real(usize::try_from(bytes)?) / 1e6)
}
