//! The commands on orgs. They work on the database directly, also while a server runs on it.

use crate::database;
use crate::failure::Failure;
use crate::settings::Settings;
use clap::{Arg, ArgMatches, Command, value_parser};
use pecta_store::OrgChange;

/// What to set for an org.
#[derive(Debug)]
pub(crate) struct Options {
    org: String,
    require_signature: bool,
}

/// The commands as the command line defines them.
pub(crate) fn command() -> Command {
    let org = Arg::new("org")
        .long("org")
        .value_name("NAME")
        .required(true)
        .help("The org, which must be there");
    let require_signature = Arg::new("require-signature")
        .long("require-signature")
        .value_name("BOOL")
        .required(true)
        .value_parser(value_parser!(bool))
        .help("Whether verdicts that are sent to POST /v1/ingest must be signed");
    let set = Command::new("set")
        .about("Set what an org requires; servers follow within 5 seconds")
        .args([org, require_signature]);
    Command::new("orgs")
        .about("Manage orgs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(set)
}

impl Options {
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let Some(("set", matches)) = matches.subcommand() else {
            return Err(Failure::usage("`orgs` takes set"));
        };
        let required = matches.get_one("require-signature").copied();
        Ok(Self {
            org: matches.get_one("org").cloned().unwrap_or_default(),
            require_signature: required.unwrap_or_default(),
        })
    }
}

/// Sets it.
pub(crate) fn set(settings: &Settings, options: &Options) -> Result<(), Failure> {
    let mut database = database::administer(settings)?;
    let org = database::org(&mut database, &options.org)?;
    let change = OrgChange {
        require_signature: Some(options.require_signature),
    };
    let set = database.set_org(org, change);
    set.map_err(Failure::failed)
}
