//! The command line.

use crate::agents::AgentName;
use crate::audit;
use crate::check;
use crate::export;
use crate::failure::Failure;
use crate::keys;
use crate::master_key;
use crate::orgs;
use crate::policy;
use crate::settings::{CONFIG, SETTINGS, Setting, Settings};
use crate::sources::{Sources, variables};
use clap::{Arg, ArgMatches};
use std::path::PathBuf;

/// How the program is called.
pub(crate) enum Invocation {
    /// Nothing but the command line counts.
    Check(check::Options),
    /// Likewise.
    Policy(policy::Options),
    /// Prints a new master key; it is nobody's yet.
    NewMasterKey,
    WithSettings(Box<Settings>, Command),
}

/// What the program is asked to do with its settings.
#[derive(Debug)]
pub(crate) enum Command {
    Serve,
    Keys(keys::Action),
    MasterKey(master_key::Action),
    SetOrg(orgs::Options),
    DeleteAgent(AgentName),
    VerifyAudit(audit::Options),
    Export(export::Options),
    Migrate,
    Backup(PathBuf),
}

/// Reads the command line and, where they count, the settings. Wrong usage, `--help` and `--version` end the program.
pub(crate) fn parse() -> Result<Invocation, Failure> {
    let matches = definition().get_matches();
    if let Some(("check", matches)) = matches.subcommand() {
        return check::Options::read(matches).map(Invocation::Check);
    }
    if let Some(("policy", matches)) = matches.subcommand() {
        return policy::Options::read(matches).map(Invocation::Policy);
    }
    if let Some(("master-key", matches)) = matches.subcommand()
        && matches.subcommand_name() == Some("new")
    {
        return Ok(Invocation::NewMasterKey);
    }
    let command = command(&matches)?;
    let sources = Sources::gather(innermost(&matches).clone(), variables()?)?;
    let settings = Settings::read(&sources)?;
    Ok(Invocation::WithSettings(Box::new(settings), command))
}

/// Flags may stand before or behind the command; clap hands the settings down to the innermost.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches
        .subcommand()
        .map_or(matches, |(_, inner)| innermost(inner))
}

fn definition() -> clap::Command {
    let settings = || [&CONFIG].into_iter().chain(SETTINGS).map(flag);
    // The flags stand before any command; where they count for nothing, the help is silent on them.
    let hidden = || settings().map(|flag| flag.hide(true));
    let check = check::command().args(hidden());
    let policy = policy::command().mut_subcommands(|command| command.args(hidden()));
    clap::Command::new("pecta-server")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Gates AI agents' outputs and keeps their reputation scores")
        .after_help(
            "Flags win over environment variables, these over the settings file, this over defaults.\n\
             Secrets are never flags: the master key comes from PECTA_MASTER_KEY or its file, a\n\
             database URL with a password from PECTA_DATABASE_URL or the settings file.",
        )
        .args(settings())
        .subcommand(clap::Command::new("serve").about("Serve the REST API (the default)"))
        .subcommand(keys::command())
        .subcommand(master_key::command())
        .subcommand(orgs::command())
        .subcommand(agents())
        .subcommand(audit::command())
        .subcommand(export::command())
        .subcommand(migrate())
        .subcommand(backup())
        .subcommand(check)
        .subcommand(policy)
}

fn flag(setting: &'static Setting) -> Arg {
    Arg::new(setting.key)
        .long(setting.flag())
        .value_name(setting.value_name)
        .help(setting.help())
        .global(true)
}

fn agents() -> clap::Command {
    let org = Arg::new("org")
        .long("org")
        .value_name("NAME")
        .required(true);
    let agent = Arg::new("agent").value_name("AGENT").required(true);
    let delete = clap::Command::new("delete")
        .about("Delete an agent and everything recorded of it, also while a server runs")
        .arg(org.help("The org that it belongs to"))
        .arg(agent.help("The agent's id"));
    clap::Command::new("agents")
        .about("Manage agents")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(delete)
}

fn migrate() -> clap::Command {
    clap::Command::new("migrate").about(
        "Bring the database's schema up to date and tell what ran; `serve` does so by itself",
    )
}

fn backup() -> clap::Command {
    let file = Arg::new("file").value_name("FILE").required(true);
    clap::Command::new("backup")
        .about("Copy a SQLite database into one new file, also while a server runs")
        .arg(
            file.value_parser(clap::value_parser!(PathBuf))
                .help("The file, which must not be there yet"),
        )
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one(name).cloned()
}

fn command(matches: &ArgMatches) -> Result<Command, Failure> {
    match matches.subcommand() {
        Some(("keys", matches)) => keys::Action::read(matches).map(Command::Keys),
        Some(("master-key", matches)) => match matches.subcommand_name() {
            Some("rotate") => Ok(Command::MasterKey(master_key::Action::Rotate)),
            Some("reseal") => Ok(Command::MasterKey(master_key::Action::Reseal)),
            _ => Err(Failure::usage("`master-key` takes new, rotate or reseal")),
        },
        Some(("orgs", matches)) => orgs::Options::read(matches).map(Command::SetOrg),
        Some(("agents", matches)) => agents_command(matches),
        Some(("audit", matches)) => audit::Options::read(matches).map(Command::VerifyAudit),
        Some(("export", matches)) => Ok(Command::Export(export::Options::read(matches))),
        Some(("migrate", _)) => Ok(Command::Migrate),
        Some(("backup", matches)) => {
            let file = matches.get_one("file").cloned();
            Ok(Command::Backup(file.unwrap_or_default()))
        }
        _ => Ok(Command::Serve),
    }
}

fn agents_command(matches: &ArgMatches) -> Result<Command, Failure> {
    let Some(("delete", matches)) = matches.subcommand() else {
        return Err(Failure::usage("`agents` takes delete"));
    };
    Ok(Command::DeleteAgent(AgentName {
        org: text(matches, "org").unwrap_or_default(),
        agent_id: text(matches, "agent").unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn commands() {
        let parse = |line: &str| {
            let matches = definition().try_get_matches_from(line.split(' ')).unwrap();
            format!("{:?}", command(&matches).unwrap())
        };
        assert_eq!(parse("pecta-server --listen 1"), "Serve");
        assert_eq!(parse("pecta-server serve --listen 1"), "Serve");
        assert_eq!(
            parse("pecta-server keys revoke 7"),
            "Keys(Revoke(KeyId(7)))"
        );
        assert_eq!(
            parse("pecta-server orgs set --org acme --require-signature true --limit-ingest 9"),
            r#"SetOrg(Options { org: "acme", change: OrgChange { require_signature: Some(Any), rate_limit_ingest: To(9), rate_limit_default: Keep } })"#
        );
        assert_eq!(parse("pecta-server master-key rotate"), "MasterKey(Rotate)");
        assert_eq!(
            parse("pecta-server agents delete --org acme a/b"),
            r#"DeleteAgent(AgentName { org: "acme", agent_id: "a/b" })"#
        );
        let export = parse("pecta-server export --org acme --to 2026-05-07T14:22:10+02:00");
        assert!(
            export.contains("to: Some(2026-05-07T12:22:10Z)") && export.contains("format: Ndjson"),
            "{export}"
        );
        assert_eq!(
            parse("pecta-server audit verify"),
            "VerifyAudit(Options { org: None, noted: None })"
        );
        assert_eq!(parse("pecta-server migrate"), "Migrate");
        assert_eq!(parse("pecta-server backup a.db"), r#"Backup("a.db")"#);
    }

    #[test]
    fn wrong_usage() {
        for line in [
            "pecta-server keys",
            "pecta-server keys create",
            "pecta-server --nope",
            "pecta-server keys revoke x",
            "pecta-server agents",
            "pecta-server orgs set --org acme",
            "pecta-server orgs set --org acme --require-signature maybe",
            "pecta-server orgs set --org acme --limit-ingest -1",
            "pecta-server orgs set --org acme --limit-ingest 10000001",
            "pecta-server agents delete a",
            "pecta-server agents delete --org acme",
            "pecta-server audit",
            "pecta-server audit verify --org acme --noted 1:x",
            "pecta-server export",
            "pecta-server export --org acme --from yesterday",
            "pecta-server export --org acme --format xml",
            "pecta-server backup",
            "pecta-server --master-key x",
            "pecta-server master-key",
        ] {
            let error = definition()
                .try_get_matches_from(line.split(' '))
                .unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
