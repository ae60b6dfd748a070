//! The commands on orgs. They work on the database directly, also while a server runs on it.

use crate::database;
use crate::failure::Failure;
use crate::settings::Settings;
use clap::{Arg, ArgGroup, ArgMatches, Command};
use pecta_store::{LimitChange, OrgChange, RequiredSignature};

/// More would take too much memory.
const MAX_RATE: u32 = 10_000_000;

/// What to set for an org.
#[derive(Debug)]
pub(crate) struct Options {
    org: String,
    change: OrgChange,
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
        .value_name("FORM")
        .value_parser(signature)
        .help("Whether verdicts that are sent to POST /v1/ingest must be signed: true, false, or timed for t=<unix>,v1=<hex> alone");
    let set = Command::new("set")
        .about("Set what an org requires and how much it may send; servers follow within 5 seconds")
        .args([org, require_signature])
        .arg(limit(
            "limit-ingest",
            "Requests to POST /v1/ingest in 60 seconds, 0 for no limit, or `server` for what the server says",
        ))
        .arg(limit("limit-default", "The same for all other /v1 routes together"))
        .group(
            ArgGroup::new("change")
                .args(["require-signature", "limit-ingest", "limit-default"])
                .multiple(true)
                .required(true),
        );
    Command::new("orgs")
        .about("Manage orgs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(set)
}

fn signature(text: &str) -> Result<RequiredSignature, &'static str> {
    use RequiredSignature::{Any, None, Timed};
    let named = |form: &RequiredSignature| form.as_str() == text;
    let form = [Any, None, Timed].into_iter().find(named);
    form.ok_or("must be true, false or timed")
}

fn limit(name: &'static str, help: &'static str) -> Arg {
    let parse = |text: &str| match (text, text.parse::<u32>()) {
        ("server", _) => Ok(LimitChange::Server),
        (_, Ok(limit)) if limit <= MAX_RATE => Ok(LimitChange::To(limit)),
        _ => Err(format!(
            "must be `server` or a whole number up to {MAX_RATE}"
        )),
    };
    Arg::new(name)
        .long(name)
        .value_name("COUNT")
        .value_parser(parse)
        .help(help)
}

impl Options {
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let Some(("set", matches)) = matches.subcommand() else {
            return Err(Failure::usage("`orgs` takes set"));
        };
        let limit = |name| matches.get_one(name).copied().unwrap_or_default();
        Ok(Self {
            org: matches.get_one("org").cloned().unwrap_or_default(),
            change: OrgChange {
                require_signature: matches.get_one("require-signature").copied(),
                rate_limit_ingest: limit("limit-ingest"),
                rate_limit_default: limit("limit-default"),
            },
        })
    }
}

/// Sets it.
pub(crate) fn set(settings: &Settings, options: &Options) -> Result<(), Failure> {
    let mut database = database::administer(settings)?;
    let org = database::org(&mut database, &options.org)?;
    let set = database.set_org(org, options.change);
    set.map_err(Failure::failed)
}
