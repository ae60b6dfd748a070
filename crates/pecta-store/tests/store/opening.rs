//! Opening a database on a server.

use crate::fixture::{Backend, Fixture, master_key, new_database, query, start};
use pecta_store::{Administration, KeyKind, MasterKey, NewKey, Place, Scoring, open};
use std::fs;
use std::path::{Path, PathBuf};

/// All that a database holds, as far as a refused start could have changed it.
const CONTENT: &str = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";

#[track_caller]
fn check_refused(url: &str, digits: &str, message: &str) {
    let before = query(url, CONTENT);
    let key = MasterKey::parse(&digits.repeat(32)).unwrap();
    let error = open(url, Scoring::default(), |_| Ok(key.into()));
    let error = error.err().unwrap().to_string();
    assert!(error.contains(message), "{error}");
    assert_eq!(query(url, CONTENT), before);
}

pub(crate) async fn what_does_not_fit_is_refused_and_left_as_it_was((): ()) {
    const MIGRATED: &str = "CREATE TABLE __diesel_schema_migrations
        (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT now());";
    const NEWER: &str =
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000');";

    let foreign = new_database();
    query(&foreign, "CREATE TABLE notes (id INTEGER)");
    check_refused(&foreign, "7a", "of another program");
    let diesel = new_database();
    query(&diesel, &[MIGRATED, NEWER].concat());
    check_refused(&diesel, "7a", "of another program");

    let ours = Fixture::new(Backend::Postgres);
    let secret = NewKey::of(KeyKind::Secret);
    ours.store.create_key("acme", secret).await.unwrap();
    check_refused(&ours.url, "bb", "is not the key that sealed them");
    start(&ours.url);
    query(&ours.url, NEWER);
    check_refused(&ours.url, "7a", "newer schema (99990101000000)");

    let empty = new_database();
    let missing = Administration::open(&empty).err().unwrap().to_string();
    assert!(missing.contains("no database yet"), "{missing}");
    check_unopened(&empty.replace("/test_", "/none_"), "does not exist");
    let (user, host) = empty.split_once('@').unwrap();
    check_unopened(
        &format!("{user}-wrong@{host}"),
        "password authentication failed",
    );
    check_unopened(
        &format!("{empty}?sslmode=verify-full"),
        "server does not support TLS",
    );
}

/// Nothing of an error tells the password.
fn check_unopened(url: &str, message: &str) {
    let error = open(url, Scoring::default(), |place| {
        assert_eq!(place, Place::Server);
        Ok(master_key().into())
    });
    let error = format!("{0} {0:?}", error.err().unwrap());
    assert!(error.contains(message), "{error}");
    let (user, _) = url.split_once('@').unwrap();
    let (_, password) = user.rsplit_once(':').unwrap();
    assert!(!error.contains(password), "{error}");
}

pub(crate) async fn migrations_go_up_down_and_up((): ()) {
    let fixture = Fixture::new(Backend::Postgres);
    let before = schema(&fixture.url);
    for migration in migrations().into_iter().rev() {
        run(&fixture.url, &migration.join("down.sql"));
    }
    assert_eq!(schema(&fixture.url).lines().count(), 3, "only diesel's own");
    for migration in migrations() {
        run(&fixture.url, &migration.join("up.sql"));
    }
    assert_eq!(schema(&fixture.url), before);
}

fn migrations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn run(url: &str, file: &Path) {
    query(url, &fs::read_to_string(file).unwrap());
}

/// Columns and indexes, a line each.
fn schema(url: &str) -> String {
    let columns = "SELECT table_name, column_name, data_type, collation_name, is_nullable
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position";
    let indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
    query(url, columns) + &query(url, indexes)
}
