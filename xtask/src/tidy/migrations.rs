//! What must hold for the store's migrations.

use std::collections::{BTreeMap, BTreeSet};

/// Migrations by backend and name; for each, the names of its files.
pub(crate) type Backends = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Checks that every migration can be run and taken back, on every backend.
pub(crate) fn check(backends: &Backends) -> Vec<String> {
    let all: BTreeSet<&String> = backends.values().flat_map(BTreeMap::keys).collect();
    let mut problems = Vec::new();
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
        check_paths(&["sqlite/1/up.sql", "sqlite/1/down.sql"], &[]);
        check_paths(
            &["sqlite/1/up.sql"],
            &["migrations/sqlite/1: lacks down.sql"],
        );
        check_paths(
            &["sqlite/1/down.sql", "sqlite/2/note.txt"],
            &[
                "migrations/sqlite/1: lacks up.sql",
                "migrations/sqlite/2: lacks up.sql",
                "migrations/sqlite/2: lacks down.sql",
            ],
        );
    }

    #[test]
    fn backends_have_equal_migrations() {
        let both = ["a/1/up.sql", "a/1/down.sql", "b/1/up.sql", "b/1/down.sql"];
        check_paths(&both, &[]);
        check_paths(
            &[&both[..], &["b/2/up.sql", "b/2/down.sql"]].concat(),
            &["migrations/a: lacks 2, which another backend has"],
        );
    }
}
