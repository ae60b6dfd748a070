//! The settings, checked.

mod list;

pub(crate) use list::{CONFIG, SETTINGS, Setting};

use crate::failure::Failure;
use crate::sources::{Origin, Sources};
use chrono::TimeDelta;
use list::{
    BODY_LIMIT_BYTES, BOOTSTRAP_FILE, CALLOUT_NETWORKS, CORS_ORIGINS, DATABASE_URL, DRAIN_DELAY_MS,
    GATE_BUDGET_MS, HEAD_TIMEOUT_MS, INGEST_BODY_LIMIT_BYTES, KEEP_ALIVE_MS, LATENCY_ZERO_MS,
    LISTEN, LOG, LOG_FORMAT, MASTER_KEY_FILE, MAX_CONNECTIONS, METRICS_ADDR, POLICY,
    RATE_LIMIT_DEFAULT, RATE_LIMIT_FAILURES, RATE_LIMIT_INGEST, REDIS_URL, RETENTION_DAYS,
    TLS_CERT, TLS_KEY, TRUSTED_PROXIES,
};
use pecta_api::IpNet;
use pecta_store::{Latency, MasterKey, Scoring};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// The environment variable of the master key itself, which is a secret and so neither a flag nor a
/// key of the settings file.
const MASTER_KEY: &str = "PECTA_MASTER_KEY";
/// The one that it took the place of.
const MASTER_KEY_PREVIOUS: &str = "PECTA_MASTER_KEY_PREVIOUS";

/// How many requests a rate limit may allow: each one admitted in the last minute takes 16 bytes.
const MAX_CONNECTION_COUNT: u64 = 1_000_000;
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

/// Where the certificate of the server is.
#[derive(Debug, Clone)]
pub(crate) struct TlsFiles {
    /// Its chain, the server's own first.
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// All settings, checked.
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) database_url: String,
    pub(crate) master_key: MasterKeySource,
    pub(crate) bootstrap_file: Option<PathBuf>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) redis_url: Option<String>,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) api: pecta_api::Settings,
    pub(crate) connections: pecta_api::Connections,
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
        let networks = |setting| {
            let allowed = "networks such as 10.1.0.0/16, with commas between them";
            let networks = sources.optional(setting, allowed, networks);
            networks.map(Option::unwrap_or_default)
        };
        let wait = |setting| {
            let allowed = "a whole number of milliseconds from 100 to 600000";
            let millis = sources.required(setting, allowed, |text| {
                let millis = text.parse().ok()?;
                (100..=600_000).contains(&millis).then_some(millis)
            });
            millis.map(Duration::from_millis)
        };
        let path = |setting| sources.text(setting).map(|value| value.map(PathBuf::from));
        Ok(Self {
            listen: sources.required(
                &LISTEN,
                "an address and port, such as 127.0.0.1:8080",
                address,
            )?,
            database_url: url(sources, &DATABASE_URL)?
                .ok_or_else(|| Failure::usage("database_url is missing"))?,
            redis_url: url(sources, &REDIS_URL)?,
            metrics: sources.optional(
                &METRICS_ADDR,
                "an address and port, such as 127.0.0.1:9464",
                address,
            )?,
            master_key: master_key(sources)?,
            bootstrap_file: path(&BOOTSTRAP_FILE)?,
            policy: path(&POLICY)?,
            tls: tls_files(path(&TLS_CERT)?, path(&TLS_KEY)?)?,
            api: pecta_api::Settings {
                rate_limit_ingest: count(&RATE_LIMIT_INGEST, 0, MAX_RATE)?,
                rate_limit_default: count(&RATE_LIMIT_DEFAULT, 0, MAX_RATE)?,
                ingest_body_limit: count(&INGEST_BODY_LIMIT_BYTES, 1, MAX_BODY)?,
                body_limit: count(&BODY_LIMIT_BYTES, 1, MAX_BODY)?,
                gate_budget: Duration::from_micros(budget.as_micros().into()),
                callout_networks: networks(&CALLOUT_NETWORKS)?,
                trusted_proxies: networks(&TRUSTED_PROXIES)?,
                is_tls: path(&TLS_CERT)?.is_some(),
                cors_origins: sources
                    .optional(
                        &CORS_ORIGINS,
                        "origins such as https://a.example, with commas between them",
                        origins,
                    )?
                    .unwrap_or_default(),
                rate_limit_failures: count(&RATE_LIMIT_FAILURES, 0, MAX_RATE)?,
            },
            connections: pecta_api::Connections {
                most: count(&MAX_CONNECTIONS, 1, MAX_CONNECTION_COUNT)?,
                head_timeout: wait(&HEAD_TIMEOUT_MS)?,
                keep_alive: wait(&KEEP_ALIVE_MS)?,
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
        // Whoever sends nonsense could fill the log with errors of its parser; `actix_http=error` shows them.
        .then(|| EnvFilter::try_new(format!("actix_http=off,{text}")).ok())?
}

fn networks(text: &str) -> Option<Vec<IpNet>> {
    let networks = text.split(',').map(|network| network.trim().parse());
    networks.collect::<Result<_, _>>().ok()
}

/// Origins as browsers write them, so that they compare as texts.
fn origins(text: &str) -> Option<Vec<String>> {
    let origin = |text: &str| {
        let (scheme, authority) = text.split_once("://")?;
        let is_plain = |byte: u8| {
            byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && !b"/?#@*".contains(&byte)
        };
        let is_origin = matches!(scheme, "http" | "https")
            && !authority.is_empty()
            && authority.bytes().all(is_plain);
        is_origin.then(|| text.to_owned())
    };
    text.split(',').map(|text| origin(text.trim())).collect()
}

fn tls_files(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<Option<TlsFiles>, Failure> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        _ => Err(Failure::usage(format!(
            "{} and {} are given together or not at all",
            TLS_CERT.variable(),
            TLS_KEY.variable()
        ))),
    }
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
fn url(sources: &Sources, setting: &Setting) -> Result<Option<String>, Failure> {
    let Some((value, origin)) = sources.find(setting)? else {
        return Ok(None);
    };
    if origin == Origin::Flag && carries_password(&value) {
        return Err(Failure::usage(format!(
            "--{} carries a password, which every user of the machine could read; give it as {} or \
             in the settings file",
            setting.flag(),
            setting.variable(),
        )));
    }
    Ok(Some(value))
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
                Some(("PECTA_CALLOUT_NETWORKS", "10.0.0.1/8/8")),
                "",
                "PECTA_CALLOUT_NETWORKS must be networks such as 10.1.0.0/16, with commas between them",
            ),
            (
                &[],
                Some(("PECTA_CORS_ORIGINS", "https://a.example/")),
                "",
                "PECTA_CORS_ORIGINS must be origins such as https://a.example, with commas between them",
            ),
            (
                &[],
                Some(("PECTA_TLS_KEY", "key.pem")),
                "",
                "PECTA_TLS_CERT and PECTA_TLS_KEY are given together or not at all",
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
