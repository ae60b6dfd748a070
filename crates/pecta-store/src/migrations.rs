//! Whether a database is ours, and how its schema is brought up to date: the same on both backends.

use crate::error::OpenCause;
use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use std::collections::HashSet;

/// Fails unless the database is empty or has a schema that this program can bring up to date.
/// `tables` are those that it holds.
pub(crate) fn check<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    migrations: &EmbeddedMigrations,
    tables: &[String],
) -> Result<(), OpenCause> {
    if tables.is_empty() {
        return Ok(());
    }
    if !tables
        .iter()
        .any(|table| table == "__diesel_schema_migrations")
    {
        return Err(OpenCause::Foreign);
    }
    let known = known_versions::<DB>(migrations).map_err(unreachable)?;
    let applied = connection.applied_migrations().map_err(unreachable)?;
    let is_ours = applied.iter().any(|version| known.contains(version));
    match applied.iter().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(_) if !is_ours => Err(OpenCause::Foreign),
        Some(version) => Err(OpenCause::NewerSchema(version.to_string())),
    }
}

/// Brings the schema up to date; says which migrations ran.
pub(crate) fn run<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<Vec<String>, OpenCause> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| OpenCause::Migration(error.to_string());
    let pending = connection.pending_migrations(migrations).map_err(failed)?;
    connection.run_migrations(&pending).map_err(failed)?;
    let names = pending.iter().map(|migration| migration.name().to_string());
    Ok(names.collect())
}

fn known_versions<DB: Backend>(
    migrations: &EmbeddedMigrations,
) -> diesel::migration::Result<HashSet<MigrationVersion<'static>>> {
    let migrations: Vec<Box<dyn Migration<DB>>> = migrations.migrations()?;
    let versions = migrations
        .iter()
        .map(|migration| migration.name().version().as_owned());
    Ok(versions.collect())
}

fn unreachable(cause: impl std::fmt::Display) -> OpenCause {
    OpenCause::Unreachable(cause.to_string())
}
