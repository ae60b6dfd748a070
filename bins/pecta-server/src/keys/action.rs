//! The commands on keys as the command line defines them.

use crate::failure::Failure;
use chrono::{DateTime, TimeDelta, Utc};
use clap::builder::{EnumValueParser, PossibleValue};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueEnum, value_parser};
use pecta_store::{AgentPatterns, KeyId, KeyKind, NewKey, RateLimits, Scope, Scopes};

/// What is to be done with keys.
#[derive(Debug)]
pub(crate) enum Action {
    Create { org: String, key: NewKey },
    List { org: Option<String>, json: bool },
    Rotate { id: KeyId, overlap: TimeDelta },
    Revoke(KeyId),
}

/// The commands.
pub(crate) fn command() -> Command {
    Command::new("keys")
        .about("Manage keys")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([create(), list(), rotate(), revoke()])
}

fn create() -> Command {
    let time = |text: &str| DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    Command::new("create")
        .about("Make a key and print it, this once; makes the org if it is new")
        .arg(org().required(true).help("The org that the key is for"))
        .arg(
            Arg::new("kind")
                .long("kind")
                .value_parser(EnumValueParser::<Kind>::new())
                .default_value("pk")
                .help("Publishable or secret"),
        )
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("TEXT")
                .help("A name, for people"),
        )
        .arg(
            Arg::new("expires-at")
                .long("expires-at")
                .value_name("TIME")
                .value_parser(time)
                .help("From when on it is refused (RFC 3339)"),
        )
        .arg(
            Arg::new("scopes")
                .long("scopes")
                .value_name("SCOPE")
                .value_delimiter(',')
                .value_parser(|text: &str| text.parse::<Scope>())
                .help("What it may do: evaluate, ingest, read, agents, admin [default: what its kind may]"),
        )
        .arg(limit("limit-ingest", "Requests to POST /v1/ingest in 60 seconds, within what the org may send; 0 for no limit"))
        .arg(limit("limit-default", "The same for all other /v1 routes together"))
        .arg(
            Arg::new("agents")
                .long("agents")
                .value_name("AGENT")
                .action(ArgAction::Append)
                .help("An agent that it may write for, or the beginning of its id and `*`; may be repeated"),
        )
}

fn limit(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("COUNT")
        .value_parser(value_parser!(u32).range(0..=10_000_000))
        .help(help)
}

fn list() -> Command {
    Command::new("list")
        .about("List keys; never the keys themselves")
        .arg(org().help("Only those of this org"))
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("As a JSON array"),
        )
}

fn rotate() -> Command {
    Command::new("rotate")
        .about(
            "Make a key with the settings of another, which it replaces, and print it, this once",
        )
        .arg(id())
        .arg(
            Arg::new("overlap-seconds")
                .long("overlap-seconds")
                .value_name("SECONDS")
                .value_parser(value_parser!(u32).range(0..=2_592_000))
                .default_value("0")
                .help("How long the old key stays good"),
        )
}

fn revoke() -> Command {
    Command::new("revoke").about("Revoke a key").arg(id())
}

fn org() -> Arg {
    Arg::new("org").long("org").value_name("NAME")
}

fn id() -> Arg {
    Arg::new("id")
        .value_name("ID")
        .required(true)
        .value_parser(value_parser!(i64))
        .help("The key's id, as `keys list` shows it")
}

impl Action {
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        match matches.subcommand() {
            Some(("create", matches)) => Ok(Self::Create {
                org: checked_name("--org", text(matches, "org").unwrap_or_default())?,
                key: new_key(matches)?,
            }),
            Some(("list", matches)) => Ok(Self::List {
                org: text(matches, "org"),
                json: matches.get_flag("json"),
            }),
            Some(("rotate", matches)) => {
                let seconds = matches.get_one::<u32>("overlap-seconds").copied();
                Ok(Self::Rotate {
                    id: key_id(matches),
                    overlap: TimeDelta::seconds(seconds.unwrap_or_default().into()),
                })
            }
            Some(("revoke", matches)) => Ok(Self::Revoke(key_id(matches))),
            _ => Err(Failure::usage(
                "`keys` takes create, list, rotate or revoke",
            )),
        }
    }
}

fn new_key(matches: &ArgMatches) -> Result<NewKey, Failure> {
    let kind = matches.get_one::<Kind>("kind");
    let kind = kind.map_or(KeyKind::Publishable, |kind| kind.0);
    let name = text(matches, "name").map(|name| checked_name("--name", name));
    let agents = matches.get_many::<String>("agents");
    let agents = agents.map(|agents| AgentPatterns::new(agents.cloned()));
    let agents = agents
        .transpose()
        .map_err(|error| Failure::usage(format!("--agents: {error}")))?;
    let scopes = matches.get_many::<Scope>("scopes");
    let scopes: Option<Scopes> = scopes.map(|scopes| scopes.copied().collect());
    let allowed = NewKey::default_scopes(kind, agents.as_ref());
    if scopes.is_some_and(|scopes| !scopes.is_subset(allowed)) {
        let rule = "only a secret key that is not bound to agents may have admin";
        return Err(Failure::usage(format!("--scopes: {rule}")));
    }
    Ok(NewKey {
        kind,
        name: name.transpose()?,
        scopes: scopes.unwrap_or(allowed),
        agents,
        expires_at: matches.get_one::<DateTime<Utc>>("expires-at").copied(),
        rate_limits: RateLimits {
            ingest: matches.get_one("limit-ingest").copied(),
            default: matches.get_one("limit-default").copied(),
        },
    })
}

fn key_id(matches: &ArgMatches) -> KeyId {
    KeyId::new(matches.get_one("id").copied().unwrap_or_default())
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one(name).cloned()
}

/// Names are shown in tables and logs, so they are short and on one line.
fn checked_name(flag: &str, name: String) -> Result<String, Failure> {
    let length = name.chars().count();
    if (1..=200).contains(&length) && !name.contains(char::is_control) {
        return Ok(name);
    }
    let rule = "must be 1 to 200 characters without control characters";
    Err(Failure::usage(format!("{flag} {rule}")))
}

/// A kind of key as the command line has it.
#[derive(Debug, Clone, Copy)]
struct Kind(KeyKind);

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(KeyKind::Publishable), Self(KeyKind::Secret)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<String, String> {
        let matches = command().try_get_matches_from(line.split(' '));
        let matches = matches.map_err(|error| error.to_string())?;
        let action = Action::read(&matches).map_err(|error| error.to_string())?;
        Ok(format!("{action:?}"))
    }

    #[test]
    fn actions() {
        for (line, parts) in [
            (
                "keys create --org acme",
                &[
                    r#"org: "acme""#,
                    "Publishable, name: None",
                    "agents: None, expires_at: None",
                ][..],
            ),
            (
                "keys create --org acme --kind sk --name ci",
                &[r#"kind: Secret, name: Some("ci")"#],
            ),
            (
                "keys create --org a --agents b --agents c* --expires-at 2026-05-07T14:22:10+02:00",
                &[r#"["b", "c*"]"#, "Some(2026-05-07T12:22:10Z)"],
            ),
            ("keys list --json", &["List { org: None, json: true }"]),
            ("keys revoke 7", &["Revoke(KeyId(7))"]),
            ("keys rotate 7", &["KeyId(7)", "secs: 0"]),
            ("keys rotate 7 --overlap-seconds 60", &["secs: 60"]),
        ] {
            let action = read(line).unwrap();
            assert!(parts.iter().all(|part| action.contains(part)), "{action}");
        }
        let bound = read("keys create --org a --kind sk --agents b").unwrap();
        let scopes = [Scope::Evaluate, Scope::Ingest, Scope::Read, Scope::Agents];
        let scopes: Scopes = scopes.into_iter().collect();
        assert!(bound.contains(&format!("scopes: {scopes:?}")), "{bound}");
    }

    #[test]
    fn wrong_usage() {
        for (line, message) in [
            ("keys", "Usage"),
            ("keys create", "--org"),
            ("keys revoke x", "invalid value"),
            ("keys rotate 7 --overlap-seconds 2592001", "2592001"),
            ("keys create --org a --expires-at soon", "invalid value"),
            ("keys create --org a --scopes write", "unknown scope"),
            (
                "keys create --org a --scopes read,admin",
                "--scopes: only a secret key",
            ),
            (
                "keys create --org a --kind sk --scopes admin --agents b",
                "--scopes: only",
            ),
            ("keys create --org a --agents ", "--agents"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        assert!(checked_name("--org", String::new()).is_err());
        assert!(checked_name("--org", "a\nb".into()).is_err());
    }
}
