//! Finding the programs of PostgreSQL on this machine.

use crate::postgres::Postgres;
use crate::programs::Programs;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where Debian and its kin install each version, away from `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";
/// What is called here, and what must therefore be there.
const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

/// The programs of a PostgreSQL server.
#[derive(Debug, Clone)]
pub struct Installation {
    directory: PathBuf,
}

/// Why no server can be started here, as a sentence for the person at the terminal.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error(
    "PostgreSQL's server programs are neither in PATH nor below {DEBIAN}; on Debian and Ubuntu, \
     `apt-get install postgresql` brings them"
)]
pub struct NotFound;

impl Installation {
    /// The first installation in `PATH`, else the newest one in Debian's place.
    ///
    /// # Errors
    /// When there is none.
    pub fn find() -> Result<Self, NotFound> {
        let mut directories = in_path().into_iter().chain(below(Path::new(DEBIAN)));
        let directory = directories.find(|directory| is_whole(directory));
        directory
            .map(|directory| Self { directory })
            .ok_or(NotFound)
    }

    /// Makes a cluster and serves it. Takes a few seconds.
    ///
    /// # Errors
    /// With what the failing program said.
    pub fn start(&self) -> io::Result<Postgres> {
        Postgres::make(&Programs::of(&self.directory))
    }
}

/// The directories of `PATH` that hold an `initdb`, or the one that it is a link into.
#[expect(
    clippy::disallowed_methods,
    reason = "a tool for tests finds its programs as a shell does"
)]
fn in_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let real = |directory: PathBuf| fs::canonicalize(directory.join("initdb")).ok();
    let programs = env::split_paths(&path).filter_map(real);
    let directories = programs.filter_map(|program| program.parent().map(Path::to_owned));
    directories.collect()
}

/// `VERSION/bin` of each version below a directory, the newest first.
fn below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut versions: Vec<(u32, PathBuf)> = paths
        .filter_map(|path| {
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .collect();
    versions.sort_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, path)| path).collect()
}

fn is_whole(directory: &Path) -> bool {
    let mut programs = PROGRAMS.iter().map(|program| directory.join(program));
    programs.all(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_versions_come_first() {
        let directory = tempfile::tempdir().unwrap();
        for version in ["9", "15", "common", "14"] {
            fs::create_dir(directory.path().join(version)).unwrap();
        }
        let expected = ["15/bin", "14/bin", "9/bin"].map(|path| directory.path().join(path));
        assert_eq!(below(directory.path()), expected);
        assert!(below(&directory.path().join("missing")).is_empty());
    }

    #[test]
    fn an_installation_has_every_program() {
        let directory = tempfile::tempdir().unwrap();
        for program in PROGRAMS {
            assert!(!is_whole(directory.path()));
            fs::write(directory.path().join(program), "").unwrap();
        }
        assert!(is_whole(directory.path()));
    }
}
