//! `pecta-server policy`: policies as code, without a server and without a database.

mod diff;
mod outputs;
mod test;

use crate::failure::Failure;
use chrono::{DateTime, Utc};
use clap::{Arg, ArgMatches, value_parser};
use pecta_policy::{Call, Format, Judgement, Networks, Policy, Suppressions, json_schema};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// What is asked about policies.
pub(crate) enum Options {
    /// Whether a file is a policy.
    Check(PathBuf),
    /// Whether a policy judges cases as they expect.
    Test { policy: PathBuf, cases: PathBuf },
    /// What another policy would judge differently.
    Diff {
        old: PathBuf,
        new: PathBuf,
        outputs: PathBuf,
    },
    /// What a policy can say.
    Schema,
}

/// The command as the command line defines it.
pub(crate) fn command() -> clap::Command {
    let file = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .value_name("FILE")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    let lines = |arg: Arg| arg.required(false).default_value("-");
    let check = clap::Command::new("check")
        .about("Tell whether a file is a policy, or where it is not")
        .arg(file(
            "file",
            "A policy: TOML, or JSON when the name ends so",
        ));
    let test = clap::Command::new("test")
        .about("Judge cases by a policy and tell which are not judged as they expect")
        .arg(file("file", "A policy"))
        .arg(lines(file(
            "cases",
            "NDJSON: {\"output\"[, \"agent_id\", \"tool\", \"input\", \"latency_ms\", \"context\", \"id\"], \"expect\": \
             {\"passed\": true, \"gates\": {\"pii\": \"passed|failed|would_block|skipped|absent\"}}}; - is stdin",
        )));
    let diff = clap::Command::new("diff")
        .about(
            "Judge outputs by two policies and count what the new one would newly block or release",
        )
        .arg(file("old", "The policy as it is"))
        .arg(file("new", "The policy as it would be"))
        .arg(lines(file("outputs", "NDJSON, as for `test`; - is stdin")));
    let schema = clap::Command::new("schema").about("Print the JSON Schema of a policy");
    clap::Command::new("policy")
        .about("Check, test and compare policies")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([check, test, diff, schema])
}

impl Options {
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let path = |matches: &ArgMatches, name: &str| {
            matches
                .get_one::<PathBuf>(name)
                .cloned()
                .unwrap_or_default()
        };
        match matches.subcommand() {
            Some(("check", matches)) => Ok(Self::Check(path(matches, "file"))),
            Some(("test", matches)) => Ok(Self::Test {
                policy: path(matches, "file"),
                cases: path(matches, "cases"),
            }),
            Some(("diff", matches)) => Ok(Self::Diff {
                old: path(matches, "old"),
                new: path(matches, "new"),
                outputs: path(matches, "outputs"),
            }),
            Some(("schema", _)) => Ok(Self::Schema),
            _ => Err(Failure::usage("`policy` takes check, test, diff or schema")),
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match options {
        Options::Check(file) => {
            read(file)?;
            say(&format!("{} is a policy\n", file.display()));
            Ok(ExitCode::SUCCESS)
        }
        Options::Schema => {
            say(&format!("{:#}\n", json_schema()));
            Ok(ExitCode::SUCCESS)
        }
        Options::Test { policy, cases } => test::run(&Judge::new(policy)?, cases),
        Options::Diff { old, new, outputs } => {
            diff::run(&Judge::new(old)?, &Judge::new(new)?, outputs)
        }
    }
}

/// Reads a policy from a file and makes it ready, for a server that asks services in these networks alone.
pub(crate) fn load(file: &Path, budget: Duration, networks: &Networks) -> Result<Policy, Failure> {
    // Nobody waits for it.
    read_within(file, budget, networks).inspect(|policy| policy.prepare(|| false))
}

fn read_within(file: &Path, budget: Duration, networks: &Networks) -> Result<Policy, Failure> {
    let cannot =
        |error: &dyn std::fmt::Display| Failure::failed(format!("{}: {error}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| cannot(&error))?;
    let is_json = file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let format = if is_json { Format::Json } else { Format::Toml };
    Policy::parse_within(&text, format, budget, networks).map_err(|error| cannot(&error))
}

/// Reads a policy for no server in particular: which networks one may ask services in is a setting of it.
fn read(file: &Path) -> Result<Policy, Failure> {
    read_within(file, Duration::MAX, &Networks::all())
}

/// A policy that judges outputs of files. The clock stands still, so that a verdict depends on the output alone, and not on how
/// fast the machine is.
struct Judge(Policy);

impl Judge {
    fn new(file: &Path) -> Result<Self, Failure> {
        read(file).map(Self)
    }

    fn judge<'a>(&self, output: &'a outputs::Output<'a>) -> Result<Judgement<'a>, Failure> {
        // Nothing is suppressed here, so it does not matter when it is.
        let mut call = Call::new(
            output.agent(),
            output.case.subject(),
            DateTime::<Utc>::UNIX_EPOCH,
        );
        call.redact = Some(false);
        let stopped = || Duration::ZERO;
        let judgement = self.0.judge(&call, &Suppressions::default(), &stopped);
        judgement.map_err(Failure::failed)
    }
}

/// Writes to stdout. Whoever closed it does not want the rest; the exit code still tells.
fn say(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
