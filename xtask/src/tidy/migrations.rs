//! What must hold for the store's migrations.

use std::collections::{BTreeMap, BTreeSet};

/// Migrations by backend and name; for each, the names of its files.
pub(crate) type Backends = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The folders that there must be, and no others.
const BACKENDS: [&str; 2] = ["postgres", "sqlite"];

/// Checks that every migration can be run and taken back, on every backend.
pub(crate) fn check(backends: &Backends) -> Vec<String> {
    let all: BTreeSet<&String> = backends.values().flat_map(BTreeMap::keys).collect();
    let mut problems = Vec::new();
    if !backends.keys().eq(BACKENDS.iter()) {
        let expected = BACKENDS.join(" and ");
        problems.push(format!(
            "migrations: must hold {expected}, and nothing else"
        ));
    }
    for (backend, migrations) in backends {
        for name in &all {
            let Some(files) = migrations.get(*name) else {
                problems.push(format!(
                    "migrations/{backend}: lacks {name}, which another backend has"
                ));
                continue;
            };
            for file in ["up.sql", "down.sql"] {
                if !files.contains(file) {
                    problems.push(format!("migrations/{backend}/{name}: lacks {file}"));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `paths`: each `backend/migration/file`.
    #[track_caller]
    fn check_paths(paths: &[&str], expected: &[&str]) {
        let mut backends = Backends::new();
        for path in paths {
            let [backend, migration, file] =
                path.split('/').collect::<Vec<_>>().try_into().unwrap();
            let migrations = backends.entry(backend.to_owned()).or_default();
            let files = migrations.entry(migration.to_owned()).or_default();
            files.insert(file.to_owned());
        }
        assert_eq!(check(&backends), expected);
    }

    #[test]
    fn a_migration_goes_up_and_down() {
        let postgres = ["postgres/1/up.sql", "postgres/1/down.sql"];
        check_paths(
            &[&postgres[..], &["sqlite/1/up.sql"]].concat(),
            &["migrations/sqlite/1: lacks down.sql"],
        );
        check_paths(
            &[&postgres[..], &["sqlite/1/note.txt"]].concat(),
            &[
                "migrations/sqlite/1: lacks up.sql",
                "migrations/sqlite/1: lacks down.sql",
            ],
        );
    }

    #[test]
    fn backends_have_equal_migrations() {
        let both = [
            "postgres/1/up.sql",
            "postgres/1/down.sql",
            "sqlite/1/up.sql",
            "sqlite/1/down.sql",
        ];
        check_paths(&both, &[]);
        check_paths(
            &[&both[..], &["sqlite/2/up.sql", "sqlite/2/down.sql"]].concat(),
            &["migrations/postgres: lacks 2, which another backend has"],
        );
    }

    #[test]
    fn every_backend_has_migrations() {
        let problem = "migrations: must hold postgres and sqlite, and nothing else";
        let sqlite = ["sqlite/1/up.sql", "sqlite/1/down.sql"];
        check_paths(&sqlite, &[problem]);
        let other = ["mysql/1/up.sql", "mysql/1/down.sql"];
        check_paths(&[&sqlite[..], &other].concat(), &[problem]);
    }
}
