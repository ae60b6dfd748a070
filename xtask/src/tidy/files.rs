//! Reading the workspace's files: the only I/O of the rules.

use super::migrations::Backends;
use crate::Outcome;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The text of a file.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    Ok(fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Every `.rs` file below `directory`, without build output and hidden directories.
pub(crate) fn rust_files(directory: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(directory)? {
        let name = name(&path);
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                found.extend(rust_files(&path)?);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

/// The migrations below `directory`, as `BACKEND/MIGRATION/FILE`.
pub(crate) fn migrations(directory: &Path) -> Outcome<Backends> {
    let mut backends = Backends::new();
    for backend in entries(directory)? {
        let migrations = backends.entry(name(&backend)).or_default();
        for migration in entries(&backend)? {
            let files = entries(&migration)?;
            migrations.insert(
                name(&migration),
                files.iter().map(|file| name(file)).collect(),
            );
        }
    }
    Ok(backends)
}

/// The paths of what is directly in `directory`, in order.
fn entries(directory: &Path) -> Outcome<BTreeSet<PathBuf>> {
    let paths = fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(|error| format!("{}: {error}", directory.display()))?;
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
