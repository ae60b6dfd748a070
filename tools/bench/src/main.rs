//! Benchmarks of the server as a process, run as `cargo xtask bench` and `cargo xtask seed`, which build
//! everything optimised first.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod case;
mod ceiling;
mod compare;
mod http;
mod load;
mod memory;
mod proc;
mod program;
mod reads;
mod scatter;
mod seed;
mod statistics;
mod table;
mod workload;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use compare::{Bench, Effort};
use program::Programs;
use seed::Seed;
use std::error::Error;
use std::process::ExitCode;
use throwaway_postgres::{Installation, Postgres};

/// What a benchmark answers. It fails with a text for the person at the terminal.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let matches = command().get_matches();
    let outcome = match matches.subcommand() {
        Some(("seed", matches)) => seed(matches),
        _ => bench(&matches),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    Command::new("cargo xtask bench")
        .about("Measures the server beside a bare echo and beside plain inserts, taking turns")
        .arg(
            Arg::new("quick")
                .long("quick")
                .action(ArgAction::SetTrue)
                .help("A short run, for a first look"),
        )
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("Only the cases, or reads, whose name contains this, as evaluate-500-c64; may be repeated"),
        )
        .arg(
            Arg::new("no-postgres")
                .long("no-postgres")
                .action(ArgAction::SetTrue)
                .help("SQLite only, also where PostgreSQL is installed"),
        )
        .arg(
            Arg::new("memory")
                .long("memory")
                .value_name("EVALUATIONS")
                .num_args(0..=1)
                .default_missing_value("1000000")
                .value_parser(value_parser!(usize))
                .help("Instead: the server's memory after so many evaluations over 10,000 agents"),
        )
        .arg(
            Arg::new("reads")
                .long("reads")
                .value_name("DATABASE")
                .conflicts_with("memory")
                .help("Instead: the reads on a seeded database, beside those on a small one"),
        )
        .args(seeded())
        .subcommand(
            Command::new("seed")
                .bin_name("cargo xtask seed")
                .about("Fills a database with events, spread over the last 30 days, and prints a key for it")
                .arg(
                    Arg::new("database")
                        .long("database")
                        .value_name("PATH or URL")
                        .required(true)
                        .help("A SQLite file, which is made when it is missing, or a URL as the server takes it"),
                )
                .arg(
                    Arg::new("events")
                        .long("events")
                        .value_name("NUMBER")
                        .default_value("10000000")
                        .value_parser(value_parser!(u64))
                        .help("How many"),
                )
                .args(seeded()),
        )
}

/// What is known of a seeded database.
fn seeded() -> [Arg; 2] {
    [
        Arg::new("org")
            .long("org")
            .value_name("NAME")
            .default_value("default")
            .value_parser(NonEmptyStringValueParser::new())
            .help("The org that the events belong to"),
        Arg::new("agents")
            .long("agents")
            .value_name("NUMBER")
            .default_value("1000")
            .value_parser(value_parser!(u32).range(1..))
            .help("How many agents they are of"),
    ]
}

fn bench(matches: &ArgMatches) -> Outcome {
    let programs = Programs::beside()?;
    let only: Vec<String> = matches
        .get_many("only")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    if let Some(&evaluations) = matches.get_one("memory") {
        return memory::run(&programs, evaluations);
    }
    if let Some(database) = matches.get_one::<String>("reads") {
        let postgres = if database.starts_with("postgres") {
            Some(Installation::find()?.start()?)
        } else {
            None
        };
        let (org, agents) = (text(matches, "org"), agents(matches)?);
        let large = (database.as_str(), org.as_str(), agents);
        return reads::run(&programs, large, postgres.as_ref(), &only);
    }
    let effort = if matches.get_flag("quick") {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let postgres = if matches.get_flag("no-postgres") {
        None
    } else {
        postgres()?
    };
    compare::run(&Bench::new(&programs, postgres, effort), &only)
}

/// PostgreSQL, where it is installed.
fn postgres() -> Outcome<Option<Postgres>> {
    match Installation::find() {
        Ok(installation) => Ok(Some(installation.start()?)),
        Err(reason) => {
            eprintln!("without PostgreSQL: {reason}");
            Ok(None)
        }
    }
}

fn seed(matches: &ArgMatches) -> Outcome {
    let key = seed::run(&Seed {
        database: text(matches, "database"),
        org: text(matches, "org"),
        events: matches.get_one("events").copied().unwrap_or_default(),
        agents: agents(matches)?,
    })?;
    println!("{}", key.expose());
    Ok(())
}

fn text(matches: &ArgMatches, name: &str) -> String {
    matches.get_one::<String>(name).cloned().unwrap_or_default()
}

fn agents(matches: &ArgMatches) -> Outcome<usize> {
    let agents = matches.get_one::<u32>("agents").copied().unwrap_or(1);
    Ok(usize::try_from(agents)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
        let matches = command().get_matches_from(["bench", "--memory"]);
        assert_eq!(matches.get_one("memory"), Some(&1_000_000_usize));
    }
}
