//! The options of the command.

use super::gates;
use super::lines::MAX_LINE_BYTES;
use crate::failure::Failure;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use pecta_gates::{Engine, Profile};
use std::path::PathBuf;

/// What to judge, and how.
pub(crate) struct Options {
    pub(super) files: Vec<PathBuf>,
    pub(super) engine: Engine,
    pub(super) with_findings: bool,
}

/// The command as the command line defines it.
pub(crate) fn command() -> clap::Command {
    let files = Arg::new("files")
        .value_name("FILE")
        .num_args(0..)
        .value_parser(value_parser!(PathBuf))
        .default_value("-")
        .help("Files to read, one after the other; - is stdin");
    let profile = Arg::new("profile")
        .long("profile")
        .value_name("PROFILE")
        .value_parser(["strict", "standard"])
        .default_value("strict")
        .help("How text is judged: by the documented patterns, or by what it is");
    let gate = Arg::new("gate")
        .long("gate")
        .value_name("GATE")
        .action(ArgAction::Append)
        .help("A gate to judge by: NAME, NAME:CHECK,CHECK, NAME:all or NAME:OPTION=VALUE,OPTION=VALUE; repeat it for more [default: filesystem, pii and content]");
    let judge = Arg::new("judge")
        .long("judge")
        .value_name("PART,PART")
        .action(ArgAction::Append)
        .value_delimiter(',')
        .value_parser(gates::PARTS)
        .help("What gates that consist of checks judge besides strings; nothing unless named");
    let findings = Arg::new("findings")
        .long("findings")
        .action(ArgAction::SetTrue)
        .help("Also tell where something was found");
    clap::Command::new("check")
        .about("Judge outputs from files or stdin; needs no server, database or settings")
        .args([files, profile, gate, judge, findings])
        .after_help(after_help())
}

fn after_help() -> String {
    format!(
        r#"Each line that is not blank is a JSON object {{"output"[, "input", "tool", "latency_ms", "context", "id"]}} of at most {MAX_LINE_BYTES} bytes. Each gets a line of its own, in order:

  {{"id", "passed", "gates": [{{"name", "passed", "reason", "latency_ms", "skipped"}}]}}
  {{"line", "error"}}   for one that cannot be judged; with "file" when there are several files

The context is {{"tmax_ms", "elapsed_ms"}}, for rtb.tmax-guard. The id is repeated as given. With --findings, "findings" lists {{"gate", "check", "rule", "pointer", "offset", "length"}}: the place in the output, as a JSON Pointer and in bytes of the unescaped string. The text found is never repeated; a pointer holds the output's own keys, ends with ~# where a key itself is meant, and goes on behind ~ within JSON in a string. A gate that found more than is listed has "complete": false.

Time is not limited, so the same line always gets the same verdict.

Gates and their checks; those in brackets are off unless named:

{}

Gates and their options; max_ms and schema are required, an option with a | takes one of the two, and placeholder may be repeated:

{}

Exit codes: 0 all passed; 1 some failed or could not be judged; 2 wrong usage, or a file could not be read; 141 stdout was closed."#,
        gates::list_checks(),
        gates::list_options()
    )
}

impl Options {
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let profile = match matches.get_one::<String>("profile").map(String::as_str) {
            Some("standard") => Profile::Standard,
            _ => Profile::Strict,
        };
        let gates = matches.get_many::<String>("gate").unwrap_or_default();
        let gates: Vec<_> = gates.map(String::as_str).collect();
        let parts = matches.get_many::<String>("judge").unwrap_or_default();
        let parts: Vec<_> = parts.map(String::as_str).collect();
        let files = matches.get_many::<PathBuf>("files").unwrap_or_default();
        Ok(Self {
            files: files.cloned().collect(),
            engine: gates::engine(&gates, profile, &parts)?,
            with_findings: matches.get_flag("findings"),
        })
    }
}
