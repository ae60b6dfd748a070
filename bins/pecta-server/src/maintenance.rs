//! The commands on the database as a whole.

use crate::database;
use crate::failure::Failure;
use crate::settings::Settings;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Brings the schema up to date and tells which migrations ran.
pub(crate) fn migrate(settings: &Settings) -> Result<(), Failure> {
    let ran = database::migrate(settings)?;
    let mut text = String::new();
    for name in &ran {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "ran {name}");
    }
    if ran.is_empty() {
        text.push_str("the schema is up to date\n");
    }
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::failed)
}

/// Writes a copy of the database, also while a server writes to it.
pub(crate) fn backup(settings: &Settings, file: &Path) -> Result<(), Failure> {
    if settings.database_url.starts_with("postgres") {
        return Err(Failure::usage("PostgreSQL is backed up with pg_dump"));
    }
    let backup = database::administer(settings)?.backup(file);
    let failed = |error| Failure::failed(format!("cannot write {}: {error}", file.display()));
    backup.map_err(failed)
}
