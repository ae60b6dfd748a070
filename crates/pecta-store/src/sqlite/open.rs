//! Opening a database: what is there is looked at first, and nothing is changed before all of it fits.

use super::Sqlite;
use super::lane::{Mode, connect};
use crate::error::{OpenError, StoreError};
use crate::sqlite::keys;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite as Backend;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use pecta_auth::MasterKey;
use pecta_reputation::Scoring;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// A database file that is fit to be opened, or does not exist yet.
#[derive(Debug)]
pub(crate) struct Inspected {
    pub(crate) path: PathBuf,
    /// Whether nothing is there yet.
    pub(crate) is_new: bool,
    pub(crate) holds_sealed_keys: bool,
}

/// Looks at the database that a `sqlite:PATH` URL names.
pub(crate) fn inspect(url: &str) -> Result<Inspected, OpenError> {
    let path = path_of(url).ok_or(OpenError::Url)?;
    if let Some(directory) = path.parent().filter(|path| !path.as_os_str().is_empty())
        && !directory.is_dir()
    {
        return Err(unreachable(&path, "its directory does not exist"));
    }
    let is_new = std::fs::metadata(&path).map_or(true, |file| file.is_file() && file.len() == 0);
    let holds_sealed_keys = !is_new && inspect_schema(&path)?;
    Ok(Inspected {
        path,
        is_new,
        holds_sealed_keys,
    })
}

/// `sqlite:PATH`, with or without the two slashes that URLs often have.
fn path_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    // Neither a database in memory, which threads could not share, nor SQLite's own URIs.
    let is_file = !path.is_empty() && path != ":memory:" && !path.starts_with("file:");
    is_file.then(|| PathBuf::from(path))
}

/// Whether sealed keys are stored; fails unless the schema is one that this program can work with.
fn inspect_schema(path: &Path) -> Result<bool, OpenError> {
    let mut connection = connect(path, Mode::Read).map_err(|error| unreachable(path, error))?;
    let tables: Vec<String> = diesel::dsl::sql::<Text>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .load(&mut connection)
    .map_err(|error| unreachable(path, error))?;
    if tables.is_empty() {
        return Ok(false);
    }
    if !tables
        .iter()
        .any(|table| table == "__diesel_schema_migrations")
    {
        return Err(OpenError::Foreign(path.display().to_string()));
    }
    check_versions(path, &mut connection)?;
    let has_keys = tables.iter().any(|table| table == "api_keys");
    let sealed = || keys::first_sealed(&mut connection);
    let sealed = has_keys.then(sealed).transpose();
    Ok(sealed
        .map_err(|error| unreachable(path, error))?
        .flatten()
        .is_some())
}

fn check_versions(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let known = known_versions().map_err(|error| unreachable(path, error))?;
    let applied = connection
        .applied_migrations()
        .map_err(|error| unreachable(path, error))?;
    let is_ours = applied.iter().any(|version| known.contains(version));
    match applied.iter().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(_) if !is_ours => Err(OpenError::Foreign(path.display().to_string())),
        Some(version) => Err(OpenError::NewerSchema {
            database: path.display().to_string(),
            version: version.to_string(),
        }),
    }
}

fn known_versions() -> diesel::migration::Result<HashSet<MigrationVersion<'static>>> {
    let migrations: Vec<Box<dyn Migration<Backend>>> = MIGRATIONS.migrations()?;
    let versions = migrations
        .iter()
        .map(|migration| migration.name().version().as_owned());
    Ok(versions.collect())
}

impl Inspected {
    pub(crate) fn start(
        self,
        master_key: &MasterKey,
        scoring: Scoring,
    ) -> Result<Sqlite, OpenError> {
        let path = &self.path;
        if self.holds_sealed_keys {
            check_master_key(path, master_key)?;
        }
        let mut connection =
            connect(path, Mode::Write).map_err(|error| unreachable(path, error))?;
        migrate(path, &mut connection)?;
        Sqlite::start(path, connection, scoring).map_err(|error| unreachable(path, error))
    }
}

fn check_master_key(path: &Path, master_key: &MasterKey) -> Result<(), OpenError> {
    let opens = connect(path, Mode::Read).and_then(|mut connection| {
        let sealed = keys::first_sealed(&mut connection)?;
        Ok(sealed.is_none_or(|sealed| sealed.open(master_key).is_ok()))
    });
    if opens.map_err(|error| unreachable(path, error))? {
        Ok(())
    } else {
        Err(OpenError::MasterKey(path.display().to_string()))
    }
}

/// Brings the schema up to date under the write lock, so that programs may start together.
fn migrate(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let migrated = connection.immediate_transaction(|connection| {
        let run = connection.run_pending_migrations(MIGRATIONS);
        run.map(drop)
            .map_err(|error| StoreError::Aborted(error.to_string()))
    });
    migrated.map_err(|error| OpenError::Migration {
        database: path.display().to_string(),
        cause: error.to_string(),
    })
}

/// A connection to a database of a test's own.
#[cfg(test)]
pub(crate) fn migrated(path: &Path) -> SqliteConnection {
    let mut connection = connect(path, Mode::Write).unwrap();
    migrate(path, &mut connection).unwrap();
    connection
}

fn unreachable(path: &Path, cause: impl std::fmt::Display) -> OpenError {
    OpenError::Unreachable {
        database: path.display().to_string(),
        cause: cause.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::connection::SimpleConnection;
    use std::fs;
    use tempfile::TempDir;

    fn url(path: &Path) -> String {
        format!("sqlite:{}", path.display())
    }

    fn master_key(digits: &str) -> MasterKey {
        MasterKey::parse(&digits.repeat(32)).unwrap()
    }

    /// A started and closed database with one sealed key.
    fn database(directory: &TempDir) -> PathBuf {
        let path = directory.path().join("pecta.db");
        let inspected = inspect(&url(&path)).unwrap();
        assert!(inspected.is_new && !inspected.holds_sealed_keys);
        drop(
            inspected
                .start(&master_key("aa"), Scoring::default())
                .unwrap(),
        );
        let mut connection = connect(&path, Mode::Write).unwrap();
        let key = crate::NewKey {
            org: "acme".to_owned(),
            kind: pecta_auth::KeyKind::Secret,
            name: None,
        };
        keys::create(&mut connection, &key, &master_key("aa"), 0).unwrap();
        path
    }

    #[test]
    fn urls() {
        for (url, path) in [
            ("sqlite:pecta.db", Some("pecta.db")),
            ("sqlite:/var/a b.db", Some("/var/a b.db")),
            ("sqlite:///var/a.db", Some("/var/a.db")),
            ("sqlite:", None),
            ("sqlite::memory:", None),
            ("sqlite:file:a?mode=memory", None),
            ("postgres://host/db", None),
            ("pecta.db", None),
        ] {
            assert_eq!(path_of(url), path.map(PathBuf::from), "{url}");
        }
    }

    #[test]
    fn what_is_not_ours_is_refused_and_left_as_it_was() {
        const MIGRATED: &str = "CREATE TABLE __diesel_schema_migrations
            (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT 0);";
        const NEWER: &str =
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000');";
        let directory = tempfile::tempdir().unwrap();
        let refused = |path: &Path, message: &str| {
            let before = fs::read(path).ok();
            let error = inspect(&url(path)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
            assert_eq!(fs::read(path).ok(), before, "{message}");
        };
        let path = |name: &str| directory.path().join(name);
        let sql = |path: &Path, sql: &str| {
            let connection = SqliteConnection::establish(path.to_str().unwrap());
            connection.unwrap().batch_execute(sql).unwrap();
        };

        refused(&path("missing/pecta.db"), "its directory does not exist");
        fs::write(path("text"), "no database at all ".repeat(99)).unwrap();
        refused(&path("text"), "not a database");
        sql(&path("foreign"), "CREATE TABLE notes (id INTEGER)");
        refused(&path("foreign"), "of another program");
        sql(&path("diesel"), &[MIGRATED, NEWER].concat());
        refused(&path("diesel"), "of another program");
        let ours = database(&directory);
        sql(&ours, NEWER);
        refused(&ours, "newer schema (99990101000000)");
    }

    #[test]
    fn only_the_master_key_that_sealed_opens() {
        let directory = tempfile::tempdir().unwrap();
        let path = database(&directory);
        let start = |digits: &str| {
            let inspected = inspect(&url(&path)).unwrap();
            assert!(!inspected.is_new && inspected.holds_sealed_keys);
            inspected.start(&master_key(digits), Scoring::default())
        };
        assert!(matches!(start("bb"), Err(OpenError::MasterKey(_))));
        assert!(start("aa").is_ok());
    }

    #[test]
    fn migrations_go_up_down_and_up() {
        let directory = tempfile::tempdir().unwrap();
        let mut connection = connect(&directory.path().join("db"), Mode::Write).unwrap();
        connection.run_pending_migrations(MIGRATIONS).unwrap();
        let before = schema(&mut connection);
        connection.revert_all_migrations(MIGRATIONS).unwrap();
        assert_eq!(
            schema(&mut connection).len(),
            1,
            "only diesel's own table is left"
        );
        connection.run_pending_migrations(MIGRATIONS).unwrap();
        assert_eq!(schema(&mut connection), before);
    }

    fn schema(connection: &mut SqliteConnection) -> Vec<String> {
        diesel::dsl::sql::<Text>("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY name")
            .load(connection)
            .unwrap()
    }
}
