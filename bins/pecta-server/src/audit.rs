//! The commands on audit logs. They work on the database directly, also while a server runs on it.

use crate::database;
use crate::failure::Failure;
use crate::settings::Settings;
use clap::{Arg, ArgMatches, Command};
use pecta_store::AuditHead;
use std::fmt::Write as _;
use std::io::Write as _;

/// What to verify.
#[derive(Debug)]
pub(crate) struct Options {
    org: Option<String>,
    noted: Option<AuditHead>,
}

/// The commands as the command line defines them.
pub(crate) fn command() -> Command {
    let org = Arg::new("org")
        .long("org")
        .value_name("NAME")
        .help("Only the log of this org");
    let noted = Arg::new("noted")
        .long("noted")
        .value_name("NUMBER:HASH")
        .requires("org")
        .value_parser(noted)
        .help("An entry as an earlier run printed it, which must be in the log");
    let verify = Command::new("verify")
        .about("Look for the first entry of the audit log that was altered or is missing")
        .args([org, noted]);
    Command::new("audit")
        .about("Verify the record of administrative acts")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(verify)
}

fn noted(text: &str) -> Result<AuditHead, String> {
    let wrong = || "must be a number, a colon and 64 hexadecimal digits".to_owned();
    let (count, hash) = text.split_once(':').ok_or_else(wrong)?;
    let count = count.parse().ok().filter(|count| *count > 0);
    Ok(AuditHead {
        count: count.ok_or_else(wrong)?,
        hash: hash.parse().map_err(|_| wrong())?,
    })
}

impl Options {
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let Some(("verify", matches)) = matches.subcommand() else {
            return Err(Failure::usage("`audit` takes verify"));
        };
        Ok(Self {
            org: matches.get_one("org").cloned(),
            noted: matches.get_one("noted").copied(),
        })
    }
}

/// Verifies the log of one org or of all; a line for each tells how far it goes, or where it is broken.
pub(crate) fn verify(settings: &Settings, options: Options) -> Result<(), Failure> {
    let mut database = database::administer(settings)?;
    let orgs = match options.org {
        Some(name) => {
            let org = database::org(&mut database, &name)?;
            vec![(name, org)]
        }
        None => database.orgs().map_err(Failure::failed)?,
    };
    let (mut lines, mut broken) = (String::new(), 0);
    for (name, org) in &orgs {
        let verdict = database.verify_audit(*org, options.noted);
        // Writing to a string cannot fail.
        let _ = match verdict.map_err(Failure::failed)? {
            Ok(head) => writeln!(lines, "{name}: intact, {}:{}", head.count, head.hash),
            Err(fault) => {
                broken += 1;
                writeln!(lines, "{name}: BROKEN, {fault}")
            }
        };
    }
    std::io::stdout()
        .write_all(lines.as_bytes())
        .map_err(Failure::failed)?;
    if broken > 0 {
        let logs = orgs.len();
        let told = format!("{broken} of {logs} audit logs are not as they were written");
        return Err(Failure::failed(told));
    }
    Ok(())
}
