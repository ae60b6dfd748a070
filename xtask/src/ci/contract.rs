//! The contract check: a black-box script against the release server on an empty database, of SQLite and,
//! where it is installed, of PostgreSQL.
//!
//! The script is kept outside the repository, with the documents that it is drawn from. A checkout
//! that has none of them skips the check.

use super::command::{cargo, run, run_as, skip};
use super::postgres::Postgres;
use super::server::{Database, Server};
use crate::Outcome;
use cargo_metadata::Metadata;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment variable that names the script's directory when it is not beside the checkout.
const DIRECTORY_VARIABLE: &str = "PECTA_CONTRACT_CHECK";

/// How often the script runs on one database: what a run leaves behind must not disturb the next.
const ROUNDS: usize = 3;

/// Runs the script against a server on each database that then must stop cleanly.
pub(crate) fn check(metadata: &Metadata) -> Outcome {
    let root = metadata.workspace_root.as_std_path();
    let Some(script) = script(root)? else {
        skip("the contract check", "there is no ../shared/check");
        return Ok(());
    };
    run(&mut cargo(root, "build --release --package pecta-server"))?;
    run(&mut cargo(root, "build --package throwaway-postgres"))?;

    let target = metadata.target_directory.as_std_path();
    let program = target.join("release/pecta-server");
    let check = |name: &str, database: &Database| {
        let directory = emptied(target.join("contract-check").join(name))?;
        drive(&script, &program, &directory, database)
            .map_err(|error| format!("{error} (its log is in {})", directory.display()).into())
    };
    check("sqlite", &Database::File)?;
    let Some(postgres) = Postgres::start(&target.join("debug/throwaway-postgres"))? else {
        skip("the contract check on PostgreSQL", "it is not installed");
        return Ok(());
    };
    check("postgres", &Database::Server(postgres.url.clone()))
}

/// The script, or none when this checkout has none.
fn script(root: &Path) -> Outcome<Option<PathBuf>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one setting of a tool that has no others"
    )]
    let named = std::env::var_os(DIRECTORY_VARIABLE).map(PathBuf::from);
    let is_named = named.is_some();
    let script = named
        .unwrap_or_else(|| root.join("../shared/check"))
        .join("contract_check.py");
    match (script.exists(), is_named) {
        (true, _) => Ok(Some(script)),
        (false, true) => Err(format!("{DIRECTORY_VARIABLE}: no {}", script.display()).into()),
        (false, false) => Ok(None),
    }
}

fn emptied(directory: PathBuf) -> Outcome<PathBuf> {
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

fn drive(script: &Path, program: &Path, directory: &Path, database: &Database) -> Outcome {
    let bootstrap = directory.join("bootstrap.json");
    let server = Server::start(program, directory, database, &bootstrap)?;
    let url = server.url()?;
    let keys = Keys::parse(&fs::read_to_string(&bootstrap)?)?;

    for round in 1..=ROUNDS {
        let mut python = Command::new("python3");
        python.arg(script).args(["--base", &url]);
        python.args(["--pk", &keys.publishable, "--sk", &keys.secret]);
        run_as(
            &format!("contract_check.py, round {round} of {ROUNDS}"),
            &mut python,
        )?;
    }
    server.stop()
}

/// The keys that the server makes on its first start.
struct Keys {
    publishable: String,
    secret: String,
}

impl Keys {
    fn parse(bootstrap: &str) -> Outcome<Self> {
        let bootstrap: serde_json::Value = serde_json::from_str(bootstrap)?;
        let key = |name: &str| {
            let key = bootstrap.get(name).and_then(|key| key.as_str());
            key.map(str::to_owned)
                .ok_or_else(|| format!("the bootstrap file holds no `{name}`"))
        };
        Ok(Self {
            publishable: key("publishable_key")?,
            secret: key("secret_key")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bootstrap_file_holds_both_keys() {
        let keys =
            Keys::parse(r#"{"org": "default", "publishable_key": "pk", "secret_key": "sk"}"#);
        let keys = keys.unwrap();
        assert_eq!((&*keys.publishable, &*keys.secret), ("pk", "sk"));

        let error = Keys::parse(r#"{"publishable_key": "pk"}"#).err().unwrap();
        assert_eq!(
            error.to_string(),
            "the bootstrap file holds no `secret_key`"
        );
    }
}
