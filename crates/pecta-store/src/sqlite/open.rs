//! Opening a database: nothing is changed before all that is there fits.

use super::Sqlite;
use super::lane::{Mode, establish};
use crate::error::{OpenCause, OpenError};
use crate::master_keys::MasterKeys;
use crate::migrations;
use crate::open::{Place, Purpose};
use crate::schema::api_keys;
use crate::sealed::SealedRow;
use diesel::connection::SimpleConnection;
use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use pecta_reputation::Scoring;
use std::fs;
use std::path::{Path, PathBuf};

/// How long an act of the command line waits for its turn to write. SQLite queues nobody: whoever waits looks for a gap
/// ten times a second, and a busy server leaves few.
const PATIENCE: &str = "PRAGMA busy_timeout = 60000";
/// A migration may sort all events: 64 MB in memory at a time.
const ROOM: &str = "PRAGMA cache_size = -65536";
const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Opens the database that a `sqlite:PATH` URL names, or makes it.
pub(crate) fn open(
    url: &str,
    scoring: Scoring,
    purpose: Purpose,
    master_keys: impl FnOnce(Place<'_>) -> Result<MasterKeys, String>,
) -> Result<(Sqlite, MasterKeys), OpenError> {
    let file = DatabaseFile::named(url)?;
    let mut connection = file.connect()?;
    if purpose == Purpose::Administration {
        let patient = connection.batch_execute(PATIENCE);
        patient.map_err(|error| file.error(error.into()))?;
    }
    match file.prepare(&mut connection, master_keys) {
        Ok(master_keys) => {
            let started = Sqlite::start(&file.path, connection, scoring, purpose);
            let sqlite = started.map_err(|error| file.error(error.into()))?;
            Ok((sqlite, master_keys))
        }
        Err(cause) => {
            file.abandon(connection);
            Err(file.error(cause))
        }
    }
}

/// Makes or updates the database that a `sqlite:PATH` URL names; says which migrations ran.
pub(crate) fn migrate(url: &str) -> Result<Vec<String>, OpenError> {
    let file = DatabaseFile::named(url)?;
    let mut connection = file.connect()?;
    let migrated = check_schema(&mut connection).and_then(|()| {
        connection.batch_execute(ROOM)?;
        connection.immediate_transaction(|connection| migrations::run(connection, MIGRATIONS))
    });
    migrated.map_err(|cause| {
        file.abandon(connection);
        file.error(cause)
    })
}

/// A connection to a database that is there, for work that takes no master key.
pub(crate) fn administer(url: &str) -> Result<SqliteConnection, OpenError> {
    let file = DatabaseFile::named(url)?;
    if file.is_new {
        return Err(file.error(OpenCause::Missing));
    }
    let mut connection = file.connect()?;
    let checked = check_schema(&mut connection).and_then(|()| {
        connection.batch_execute(Mode::Write.pragmas())?;
        Ok(connection.batch_execute(PATIENCE)?)
    });
    match checked {
        Ok(()) => Ok(connection),
        Err(cause) => {
            file.abandon(connection);
            Err(file.error(cause))
        }
    }
}

/// The folder of the database that a `sqlite:PATH` URL names.
pub(crate) fn folder(url: &str) -> Result<PathBuf, OpenError> {
    Ok(DatabaseFile::named(url)?.directory().to_owned())
}

/// A database file, as it was before anything was done to it.
struct DatabaseFile {
    path: PathBuf,
    /// Whether nothing is there yet.
    is_new: bool,
    /// Whether a crash left a log that is not yet folded into the file.
    has_log: bool,
}

impl DatabaseFile {
    fn named(url: &str) -> Result<Self, OpenError> {
        let path = path_of(url).ok_or(OpenError::Url)?;
        let is_empty = |path: &Path| fs::metadata(path).map_or(true, |file| file.len() == 0);
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let file = Self {
            is_new: is_empty(&path),
            has_log: !is_empty(Path::new(&log)),
            path,
        };
        if file.directory().is_dir() {
            return Ok(file);
        }
        Err(file.error(unreachable("its directory does not exist")))
    }

    fn directory(&self) -> &Path {
        let parent = self
            .path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new("."))
    }

    fn error(&self, cause: OpenCause) -> OpenError {
        OpenError::Database {
            database: self.path.display().to_string(),
            cause,
        }
    }

    fn connect(&self) -> Result<SqliteConnection, OpenError> {
        let connected = establish(&self.path).map_err(OpenCause::from);
        connected.map_err(|cause| self.error(cause))
    }

    /// Looks first and changes afterwards, under the write lock, so that programs may start together.
    fn prepare(
        &self,
        connection: &mut SqliteConnection,
        master_keys: impl FnOnce(Place<'_>) -> Result<MasterKeys, String>,
    ) -> Result<MasterKeys, OpenCause> {
        check_schema(connection)?;
        connection.batch_execute(ROOM)?;
        let master_keys = connection.immediate_transaction(|connection| {
            let sealed = sealed_keys(connection)?;
            let master_keys = master_keys(Place::Folder {
                path: self.directory(),
                holds_sealed_keys: !sealed.is_empty(),
            });
            let master_keys = master_keys.map_err(OpenCause::NoMasterKey)?;
            if sealed.iter().any(|key| key.open(&master_keys).is_err()) {
                return Err(OpenCause::WrongMasterKey);
            }
            migrations::run(connection, MIGRATIONS)?;
            Ok(master_keys)
        })?;
        connection.batch_execute(Mode::Write.pragmas())?;
        Ok(master_keys)
    }

    /// Leaves what was there as it was.
    fn abandon(&self, connection: SqliteConnection) {
        if self.has_log {
            // Closing the last connection would fold the log into the file.
            std::mem::forget(connection);
            return;
        }
        drop(connection);
        if self.is_new && fs::metadata(&self.path).is_ok_and(|file| file.len() == 0) {
            // Made by the connection. If it cannot be removed, an empty file is no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// `sqlite:PATH`, with or without the two slashes that URLs often have.
fn path_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    // Neither a database in memory, which threads could not share, nor SQLite's own URIs.
    let is_file = !path.is_empty() && path != ":memory:" && !path.starts_with("file:");
    is_file.then(|| PathBuf::from(path))
}

fn check_schema(connection: &mut SqliteConnection) -> Result<(), OpenCause> {
    let tables = tables(connection)?;
    migrations::check(connection, &MIGRATIONS, &tables)
}

fn tables(connection: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|'";
    diesel::dsl::sql::<Text>(query).load(connection)
}

/// Sealed keys by which the master keys can be tried.
fn sealed_keys(connection: &mut SqliteConnection) -> Result<Vec<SealedRow>, OpenCause> {
    if !tables(connection)?.iter().any(|table| table == "api_keys") {
        return Ok(Vec::new());
    }
    // One for each master key that sealed some.
    let ids: Vec<Option<i64>> = api_keys::table
        .filter(api_keys::sealed.is_not_null())
        .group_by(api_keys::master_key_id)
        .select(min(api_keys::id))
        .load(connection)?;
    let rows = api_keys::table.filter(api_keys::id.nullable().eq_any(ids));
    Ok(rows.select(SealedRow::as_select()).load(connection)?)
}

fn unreachable(cause: impl std::fmt::Display) -> OpenCause {
    OpenCause::Unreachable(cause.to_string())
}

/// A connection to a database of a test's own.
#[cfg(test)]
pub(crate) fn migrated(path: &Path) -> SqliteConnection {
    let mut connection = super::lane::connect(path, Mode::Write).unwrap();
    migrations::run(&mut connection, MIGRATIONS).unwrap();
    connection
}

#[cfg(test)]
mod tests {
    use super::super::keys;
    use super::super::lane::connect;
    use super::*;
    use crate::audit::Actor;
    use diesel_migrations::MigrationHarness;
    use pecta_auth::MasterKey;
    use tempfile::TempDir;

    fn url(path: &Path) -> String {
        format!("sqlite:{}", path.display())
    }

    fn master_keys(digits: &str) -> MasterKeys {
        MasterKey::parse(&digits.repeat(32)).unwrap().into()
    }

    fn open_with(path: &Path, digits: &str) -> Result<(Sqlite, MasterKeys), OpenError> {
        let keys = |_: Place<'_>| Ok(master_keys(digits));
        open(&url(path), Scoring::default(), Purpose::Service, keys)
    }

    /// A database with one sealed key.
    fn database(directory: &TempDir) -> PathBuf {
        let path = directory.path().join("pecta.db");
        let mut connection = migrated(&path);
        let key = crate::NewKey::of(pecta_auth::KeyKind::Secret);
        let made = keys::create(
            &mut connection,
            "acme",
            Actor::Server,
            &key,
            &master_keys("aa"),
            0,
        );
        made.unwrap();
        path
    }

    /// Every file of a folder, with what it holds.
    fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let files = fs::read_dir(directory)
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut files: Vec<_> = files
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
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
            let before = files(directory.path());
            let error = open_with(path, "aa").err().unwrap().to_string();
            assert!(error.contains(message), "{error}");
            assert_eq!(files(directory.path()), before, "{message}");
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
        let before = files(directory.path());
        let wrong = open_with(&path, "bb").err().unwrap().to_string();
        assert!(wrong.contains("is not the key that sealed them"), "{wrong}");
        assert_eq!(files(directory.path()), before);
        assert!(open_with(&path, "aa").is_ok());
    }

    #[test]
    fn a_log_that_a_crash_left_is_not_touched_by_a_refused_start() {
        let directory = tempfile::tempdir().unwrap();
        let path = database(&directory);
        let mut connection = connect(&path, Mode::Write).unwrap();
        connection
            .batch_execute("INSERT INTO orgs (name, created_at) VALUES ('late', 0)")
            .unwrap();
        let copy = tempfile::tempdir().unwrap();
        for name in ["pecta.db", "pecta.db-wal"] {
            fs::copy(directory.path().join(name), copy.path().join(name)).unwrap();
        }
        let content = || {
            let read = |name| fs::read(copy.path().join(name)).unwrap();
            [read("pecta.db"), read("pecta.db-wal")]
        };
        let before = content();
        assert!(open_with(&copy.path().join("pecta.db"), "bb").is_err());
        assert_eq!(content(), before);
    }

    #[test]
    fn a_start_without_a_master_key_leaves_no_new_database() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pecta.db");
        let refused = open(&url(&path), Scoring::default(), Purpose::Service, |place| {
            let path = directory.path();
            let holds_sealed_keys = false;
            let expected = Place::Folder {
                path,
                holds_sealed_keys,
            };
            assert_eq!(place, expected);
            Err("no key".to_owned())
        });
        assert!(refused.err().unwrap().to_string().ends_with("no key"));
        assert!(files(directory.path()).is_empty());
        assert!(matches!(
            administer(&url(&path)),
            Err(OpenError::Database {
                cause: OpenCause::Missing,
                ..
            })
        ));
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
