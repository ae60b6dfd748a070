//! A copy of a database in one file.

use crate::error::{BackupError, StoreError};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes the copy beside its final name and then moves it there, so that under that name there is
/// never half of one.
pub(crate) fn write(connection: &mut SqliteConnection, file: &Path) -> Result<(), BackupError> {
    if file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists);
    }
    let parent = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new("."));
    let draft = NamedTempFile::new_in(directory)?;
    let path = draft.path().to_str();
    let path = path.ok_or_else(|| StoreError::Unavailable("the path is not UTF-8".to_owned()))?;
    // One read transaction, which neither waits for a writer nor holds one up.
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(path)
        .execute(connection)
        .map_err(StoreError::from)?;
    // SQLite leaves the sync of a copy to the caller.
    draft.as_file().sync_all()?;
    let moved = draft.persist_noclobber(file).map_err(|error| error.error);
    match moved {
        Ok(_) => Ok(File::open(directory)?.sync_all()?),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(BackupError::Exists),
        Err(error) => Err(error.into()),
    }
}
