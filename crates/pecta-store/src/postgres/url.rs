//! Database URLs: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=...`.

use super::tls::{Tls, Verification};
use percent_encoding::percent_decode_str;
use std::fmt;
use std::path::PathBuf;
use tokio_postgres::config::{Config, Host, SslMode};

/// A database on a server, and how it is reached.
#[derive(Clone)]
pub(crate) struct Target {
    pub(super) config: Config,
    pub(super) tls: Tls,
}

/// What is wrong with a URL. It never repeats the URL, which may hold a password.
pub(crate) type Wrong = String;

impl Target {
    /// `None` when the URL is not one of PostgreSQL's.
    pub(crate) fn parse(url: &str) -> Option<Result<Self, Wrong>> {
        let schemes = ["postgres://", "postgresql://"];
        let is_ours = schemes.iter().any(|scheme| url.starts_with(scheme));
        is_ours.then(|| Self::parse_ours(url))
    }

    /// The two parameters about TLS are read here, because the client library knows fewer modes; the
    /// rest is its business.
    fn parse_ours(url: &str) -> Result<Self, Wrong> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots, mut others) = (None, None, Vec::new());
        for parameter in query.split('&').filter(|text| !text.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(decoded(value)?),
                Some(("sslrootcert", value)) => roots = Some(PathBuf::from(decoded(value)?)),
                _ => others.push(parameter),
            }
        }
        let rest = format!("{base}?{}", others.join("&"));
        let mut config: Config = rest
            .parse()
            .map_err(|error| format!("the database URL is not understood: {}", cause(&error)))?;
        if config.get_hosts().is_empty() {
            return Err("the database URL names no host".to_owned());
        }
        let (ssl, verification) = match mode.as_deref() {
            Some("disable") => (SslMode::Disable, Verification::None),
            None | Some("prefer") => (SslMode::Prefer, Verification::None),
            Some("verify-ca") => (SslMode::Require, Verification::Chain),
            Some("require" | "verify-full") => (SslMode::Require, Verification::ChainAndName),
            Some(_) => {
                let allowed = "disable, prefer, require, verify-ca or verify-full";
                return Err(format!("sslmode in the database URL must be {allowed}"));
            }
        };
        config.ssl_mode(ssl);
        let tls = Tls {
            verification,
            roots,
        };
        Ok(Self { config, tls })
    }
}

/// The database as people know it, without user and password.
impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, host) in self.config.get_hosts().iter().enumerate() {
            let separator = if at == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(out, "{separator}{name}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(out, "{separator}{}", path.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(at).or(ports.first()) {
                write!(out, ":{port}")?;
            }
        }
        // A server's default is the database of the user's name.
        let name = self.config.get_dbname().or(self.config.get_user());
        write!(out, "/{}", name.unwrap_or_default())
    }
}

fn decoded(value: &str) -> Result<String, Wrong> {
    let text = percent_decode_str(value).decode_utf8();
    let text = text.map_err(|_| "the database URL is not UTF-8".to_owned())?;
    Ok(text.into_owned())
}

/// The library's own words on an error, which its short form leaves out.
fn cause(error: &tokio_postgres::Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, shown: &str, ssl: SslMode, verification: Verification) {
        let target = Target::parse(url).unwrap().unwrap();
        assert_eq!(target.to_string(), shown, "{url}");
        assert_eq!(target.config.get_ssl_mode(), ssl, "{url}");
        assert_eq!(target.tls.verification, verification, "{url}");
    }

    #[test]
    fn urls_and_what_they_ask_of_tls() {
        use SslMode::{Disable, Prefer, Require};
        use Verification::{Chain, ChainAndName, None};
        let with = |mode| format!("postgresql://me:secret@db.example/pecta?sslmode={mode}");
        let plain = "db.example:5432/pecta";
        check(
            "postgres://me:secret@db.example:5433/pecta",
            "db.example:5433/pecta",
            Prefer,
            None,
        );
        check(
            "postgres://me@a,b/pecta?connect_timeout=3",
            "a:5432,b:5432/pecta",
            Prefer,
            None,
        );
        check("postgres://me@a:1,b:2", "a:1,b:2/me", Prefer, None);
        check(
            "postgres://me@%2Frun%2Fpg/pecta",
            "/run/pg:5432/pecta",
            Prefer,
            None,
        );
        check(&with("disable"), plain, Disable, None);
        check(&with("prefer"), plain, Prefer, None);
        check(&with("require"), plain, Require, ChainAndName);
        check(&with("verify-ca"), plain, Require, Chain);
        check(
            &with("verify-full&sslrootcert=%2Fetc%2Fca.pem"),
            plain,
            Require,
            ChainAndName,
        );
    }

    #[test]
    fn the_root_certificates_are_a_file() {
        let url = "postgres://h/d?sslrootcert=%2Fetc%2Fa%20b.pem&sslmode=verify-ca";
        let target = Target::parse(url).unwrap().unwrap();
        assert_eq!(target.tls.roots, Some(PathBuf::from("/etc/a b.pem")));
    }

    #[test]
    fn wrong_urls_are_refused_without_being_repeated() {
        for (url, message) in [
            (
                "postgres://me:secret@h/d?sslmode=allow",
                "sslmode in the database URL must be disable",
            ),
            (
                "postgres://me:secret@h/d?sslmod=require",
                "unknown option `sslmod`",
            ),
            (
                "postgres://me:secret@h:port/d",
                "invalid value for option `port`",
            ),
            ("postgres:///d", "names no host"),
            ("postgres://h/d?sslrootcert=%ff", "not UTF-8"),
        ] {
            let error = Target::parse(url).unwrap().err().unwrap();
            assert!(
                error.contains(message) && !error.contains("secret"),
                "{error}"
            );
        }
        assert!(Target::parse("sqlite:pecta.db").is_none());
    }
}
