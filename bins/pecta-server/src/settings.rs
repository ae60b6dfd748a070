//! Every setting, where it may come from, and what it may be.

use crate::failure::Failure;
use crate::sources::{Origin, Sources};
use chrono::TimeDelta;
use pecta_store::{Latency, MasterKey, Scoring};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// One setting. The flag and the environment variable follow from its key in the settings file.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The key in the settings file, such as `rate_limit_ingest`.
    pub(crate) key: &'static str,
    /// How the value is called in the help.
    pub(crate) value_name: &'static str,
    about: &'static str,
    /// The value when no source gives one.
    pub(crate) default: Option<&'static str>,
}

impl Setting {
    const fn new(
        key: &'static str,
        value_name: &'static str,
        default: Option<&'static str>,
        about: &'static str,
    ) -> Self {
        Self {
            key,
            value_name,
            about,
            default,
        }
    }

    pub(crate) fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    pub(crate) fn variable(&self) -> String {
        format!("PECTA_{}", self.key.to_ascii_uppercase())
    }

    pub(crate) fn help(&self) -> String {
        let default = self.default.map(|value| format!(" [default: {value}]"));
        let default = default.unwrap_or_default();
        format!("{} [env: {}]{default}", self.about, self.variable())
    }
}

/// Where the settings file is; the one setting that cannot stand in it.
pub(crate) const CONFIG: Setting = Setting::new(
    "config",
    "FILE",
    None,
    "A settings file (TOML) with the settings below as keys",
);
const LISTEN: Setting = Setting::new(
    "listen",
    "ADDR",
    Some("127.0.0.1:8080"),
    "The address to listen on; port 0 picks a free one",
);
const DATABASE_URL: Setting = Setting::new(
    "database_url",
    "URL",
    Some("sqlite:pecta.db"),
    "The database: sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
);
const MASTER_KEY_FILE: Setting = Setting::new(
    "master_key_file",
    "FILE",
    None,
    "The file of the master key; pecta.key beside an SQLite database unless given. \
     PECTA_MASTER_KEY gives the key itself",
);
const RATE_LIMIT_INGEST: Setting = Setting::new(
    "rate_limit_ingest",
    "COUNT",
    Some("500"),
    "Requests to POST /v1/ingest per org in 60 seconds; 0 for no limit",
);
const RATE_LIMIT_DEFAULT: Setting = Setting::new(
    "rate_limit_default",
    "COUNT",
    Some("200"),
    "Requests to all other /v1 routes per org in 60 seconds; 0 for no limit",
);
const BODY_LIMIT_BYTES: Setting = Setting::new(
    "body_limit_bytes",
    "BYTES",
    Some("2097152"),
    "The largest request body",
);
const INGEST_BODY_LIMIT_BYTES: Setting = Setting::new(
    "ingest_body_limit_bytes",
    "BYTES",
    Some("16777216"),
    "The largest request body of POST /v1/ingest",
);
const GATE_BUDGET_MS: Setting = Setting::new(
    "gate_budget_ms",
    "MS",
    Some("50"),
    "The time that the gates have for one output",
);
const POLICY: Setting = Setting::new(
    "policy",
    "FILE",
    None,
    "A policy (TOML, or JSON when it ends so): which gates judge which agents and tools",
);
const LATENCY_ZERO_MS: Setting = Setting::new(
    "latency_zero_ms",
    "MS",
    Some("100"),
    "The average latency at which the latency part of the score reaches zero",
);
const DRAIN_DELAY_MS: Setting = Setting::new(
    "drain_delay_ms",
    "MS",
    Some("500"),
    "How long a server that is told to stop goes on accepting while /ready answers 503",
);
const RETENTION_DAYS: Setting = Setting::new(
    "retention_days",
    "DAYS",
    None,
    "Delete events when they are this old; scores stay. Unless given, none is deleted",
);
const BOOTSTRAP_FILE: Setting = Setting::new(
    "bootstrap_file",
    "FILE",
    None,
    "Where the keys of a first start are written, as JSON, instead of to stderr",
);
const LOG: Setting = Setting::new(
    "log",
    "FILTER",
    Some("info,actix_server=warn"),
    "What is logged: error, warn, info, debug, trace, or a filter per module",
);
const LOG_FORMAT: Setting = Setting::new(
    "log_format",
    "FORMAT",
    Some("text"),
    "How it is logged: text or json",
);

/// Every setting that may stand in the settings file.
pub(crate) const SETTINGS: [&Setting; 15] = [
    &LISTEN,
    &DATABASE_URL,
    &MASTER_KEY_FILE,
    &RATE_LIMIT_INGEST,
    &RATE_LIMIT_DEFAULT,
    &BODY_LIMIT_BYTES,
    &INGEST_BODY_LIMIT_BYTES,
    &GATE_BUDGET_MS,
    &POLICY,
    &LATENCY_ZERO_MS,
    &DRAIN_DELAY_MS,
    &RETENTION_DAYS,
    &BOOTSTRAP_FILE,
    &LOG,
    &LOG_FORMAT,
];

/// The environment variable of the master key itself, which is a secret and so neither a flag nor a
/// key of the settings file.
const MASTER_KEY: &str = "PECTA_MASTER_KEY";
/// The one that it took the place of.
const MASTER_KEY_PREVIOUS: &str = "PECTA_MASTER_KEY_PREVIOUS";

/// How many requests a rate limit may allow: each one admitted in the last minute takes 16 bytes.
const MAX_RATE: u64 = 10_000_000;
const MAX_BODY: u64 = 1 << 30;

/// Where the master key is.
pub(crate) enum MasterKeySource {
    /// Here, with the one that it took the place of.
    Given {
        current: String,
        previous: Option<String>,
    },
    /// In this file.
    File(PathBuf),
    /// In a file beside the database.
    Beside,
}

/// All settings, checked.
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) database_url: String,
    pub(crate) master_key: MasterKeySource,
    pub(crate) bootstrap_file: Option<PathBuf>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) api: pecta_api::Settings,
    pub(crate) scoring: Scoring,
    pub(crate) drain_delay: Duration,
    /// How old an event may get.
    pub(crate) retention: Option<TimeDelta>,
    pub(crate) log: EnvFilter,
    pub(crate) log_as_json: bool,
}

impl Settings {
    pub(crate) fn read(sources: &Sources) -> Result<Self, Failure> {
        let count = |setting, low, high| {
            let allowed = format!("a whole number from {low} to {high}");
            let parse = |text: &str| {
                text.parse()
                    .ok()
                    .filter(|value| (low..=high).contains(value))
            };
            let value: u64 = sources.required(setting, &allowed, parse)?;
            usize::try_from(value).map_err(Failure::usage)
        };
        let milliseconds = |setting, parse: &dyn Fn(f64) -> Option<Latency>| {
            let parse = |text: &str| parse(text.parse().ok()?).filter(|time| *time > Latency::ZERO);
            sources.required(
                setting,
                "a number of milliseconds above 0, up to 60000",
                parse,
            )
        };
        let budget = milliseconds(&GATE_BUDGET_MS, &Latency::from_millis)?;
        let latency_zero = milliseconds(&LATENCY_ZERO_MS, &Latency::from_millis)?;
        let path = |setting| sources.text(setting).map(|value| value.map(PathBuf::from));
        Ok(Self {
            listen: sources.required(
                &LISTEN,
                "an address and port, such as 127.0.0.1:8080",
                address,
            )?,
            database_url: database_url(sources)?,
            master_key: master_key(sources)?,
            bootstrap_file: path(&BOOTSTRAP_FILE)?,
            policy: path(&POLICY)?,
            api: pecta_api::Settings {
                rate_limit_ingest: count(&RATE_LIMIT_INGEST, 0, MAX_RATE)?,
                rate_limit_default: count(&RATE_LIMIT_DEFAULT, 0, MAX_RATE)?,
                ingest_body_limit: count(&INGEST_BODY_LIMIT_BYTES, 1, MAX_BODY)?,
                body_limit: count(&BODY_LIMIT_BYTES, 1, MAX_BODY)?,
                gate_budget: Duration::from_micros(budget.as_micros().into()),
            },
            scoring: Scoring::with_latency_zero(latency_zero).unwrap_or_default(),
            drain_delay: Duration::from_millis(sources.required(
                &DRAIN_DELAY_MS,
                "a whole number of milliseconds, up to 600000",
                |text| text.parse().ok().filter(|delay| *delay <= 600_000),
            )?),
            retention: sources.optional(
                &RETENTION_DAYS,
                "a whole number of days from 1 to 36500",
                |text| {
                    let days = text.parse().ok()?;
                    (1..=36_500).contains(&days).then(|| TimeDelta::days(days))
                },
            )?,
            log: sources.required(
                &LOG,
                "error, warn, info, debug, trace, off, or module=level",
                filter,
            )?,
            log_as_json: sources.required(&LOG_FORMAT, "text or json", |text| match text {
                "text" => Some(false),
                "json" => Some(true),
                _ => None,
            })?,
        })
    }
}

/// A filter whose parts each name a level: a bare word that is none would silence everything else.
fn filter(text: &str) -> Option<EnvFilter> {
    let is_level = |text: &str| !text.is_empty() && text.parse::<LevelFilter>().is_ok();
    let names_level = |part: &str| part.contains('=') || is_level(part.trim());
    text.split(',')
        .all(names_level)
        .then(|| EnvFilter::try_new(text).ok())?
}

fn address(text: &str) -> Option<SocketAddr> {
    text.to_socket_addrs().ok()?.next()
}

fn master_key(sources: &Sources) -> Result<MasterKeySource, Failure> {
    let given = |name| {
        let key = sources.variable(name);
        match key.as_deref().map(MasterKey::parse) {
            Some(Err(error)) => Err(Failure::usage(format!("{name}: {error}"))),
            _ => Ok(key),
        }
    };
    let previous = given(MASTER_KEY_PREVIOUS)?;
    if let Some(current) = given(MASTER_KEY)? {
        return Ok(MasterKeySource::Given { current, previous });
    }
    if previous.is_some() {
        let rule = format!("{MASTER_KEY_PREVIOUS} counts beside {MASTER_KEY} only");
        return Err(Failure::usage(rule));
    }
    let file = sources.text(&MASTER_KEY_FILE)?;
    Ok(file.map_or(MasterKeySource::Beside, |path| {
        MasterKeySource::File(path.into())
    }))
}

/// The command line is open to every user of the machine, so a password must not stand there.
fn database_url(sources: &Sources) -> Result<String, Failure> {
    let (value, origin) = sources
        .find(&DATABASE_URL)?
        .ok_or_else(|| Failure::usage("database_url is missing"))?;
    if origin == Origin::Flag && carries_password(&value) {
        return Err(Failure::usage(format!(
            "--{} carries a password, which every user of the machine could read; give it as {} or \
             in the settings file",
            DATABASE_URL.flag(),
            DATABASE_URL.variable(),
        )));
    }
    Ok(value)
}

fn carries_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    user.is_some_and(|user| user.contains(':')) || query.contains("password=")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &[&str], variables: &[(&str, &str)], file: &str) -> Result<Settings, String> {
        let args = [&CONFIG].into_iter().chain(SETTINGS);
        let args = args.map(|setting| clap::Arg::new(setting.key).long(setting.flag()));
        let command = clap::Command::new("test").args(args);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pecta.toml");
        std::fs::write(&path, file).unwrap();
        let config = format!("--config={}", path.display());
        let flags = command.get_matches_from([&["test", &config], flags].concat());
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        let sources = Sources::gather(flags, variables.collect());
        sources
            .and_then(|sources| Settings::read(&sources))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn flags_win_over_environment_over_file_over_default() {
        let port = |flags: &[&str], environment: &[(&str, &str)], file: &str| {
            read(flags, environment, file).unwrap().listen.port()
        };
        let file = r#"listen = "127.0.0.1:3""#;
        let environment = [("PECTA_LISTEN", "127.0.0.1:2")];
        assert_eq!(port(&["--listen=127.0.0.1:1"], &environment, file), 1);
        assert_eq!(port(&[], &environment, file), 2);
        assert_eq!(port(&[], &[("PECTA_LISTEN", "")], file), 3);
        assert_eq!(port(&[], &[], ""), 8080);
    }

    #[test]
    fn wrong_values_are_named_by_where_they_stand() {
        for (flags, variable, file, message) in [
            (
                &["--listen=nowhere"][..],
                None,
                "",
                "--listen must be an address and port, such as 127.0.0.1:8080",
            ),
            (
                &[],
                Some(("PECTA_GATE_BUDGET_MS", "0")),
                "",
                "PECTA_GATE_BUDGET_MS must be a number of milliseconds above 0, up to 60000",
            ),
            (
                &[],
                Some(("PECTA_RATE_LIMIT_INGEST", "-1")),
                "",
                "PECTA_RATE_LIMIT_INGEST must be a whole number from 0 to 10000000",
            ),
            (
                &[],
                Some(("PECTA_LOG_FORMAT", "xml")),
                "",
                "PECTA_LOG_FORMAT must be text or json",
            ),
            (
                &["--database-url=postgres://me:secret@host/db"],
                None,
                "",
                "--database-url carries a password",
            ),
            (
                &["--database-url=postgres://host/db?password=secret"],
                None,
                "",
                "--database-url carries a password",
            ),
            (&[], None, "listn = 1", "unknown key `listn` in "),
            (&[], None, "listen = true", "listen in "),
            (&[], None, "listen = ", "pecta.toml: "),
        ] {
            let error = read(flags, variable.as_slice(), file).err().unwrap();
            assert!(
                error.contains(message) && !error.contains("secret"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_previous_master_key_needs_a_current_one() {
        let (key, other) = ("ab".repeat(32), "cd".repeat(32));
        let current = ("PECTA_MASTER_KEY", key.as_str());
        let previous = ("PECTA_MASTER_KEY_PREVIOUS", other.as_str());
        let both = read(&[], &[current, previous], "").unwrap().master_key;
        assert!(matches!(
            both,
            MasterKeySource::Given { previous: Some(previous), .. } if previous == other
        ));
        let alone = read(&[], &[previous], "").err().unwrap();
        assert!(alone.contains("beside PECTA_MASTER_KEY"), "{alone}");
        let wrong = read(&[], &[current, ("PECTA_MASTER_KEY_PREVIOUS", "x")], "");
        let wrong = wrong.err().unwrap();
        assert!(wrong.starts_with("PECTA_MASTER_KEY_PREVIOUS: "), "{wrong}");
    }

    #[test]
    fn a_log_filter_names_levels() {
        for (text, is_one) in [
            ("info", true),
            ("WARN", true),
            ("off", true),
            ("info,pecta_api=debug", true),
            ("inof", false),
            ("info,pecta_api", false),
            ("a=b", false),
            ("", false),
        ] {
            assert_eq!(filter(text).is_some(), is_one, "{text}");
        }
    }

    #[test]
    fn secrets_may_come_from_environment_and_file() {
        let url = "postgres://me:secret@host/db";
        assert_eq!(
            read(&[], &[("PECTA_DATABASE_URL", url)], "")
                .unwrap()
                .database_url,
            url
        );
        let file = format!("database_url = {url:?}\nbody_limit_bytes = 10");
        let settings = read(&[], &[("PECTA_MASTER_KEY", &"ab".repeat(32))], &file).unwrap();
        assert_eq!(settings.database_url, url);
        assert!(matches!(
            settings.master_key,
            MasterKeySource::Given { previous: None, .. }
        ));
        assert_eq!(settings.api.body_limit, 10);
    }
}
