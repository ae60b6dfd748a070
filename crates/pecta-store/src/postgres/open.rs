//! Opening a database: nothing is changed before all that is there fits.

use super::connection::{ADMINISTERING, Connector, SERVING};
use super::pool::Pool;
use super::threads::Threads;
use super::url::Target;
use super::{Administrator, Postgres, START_LOCK};
use crate::error::{OpenCause, OpenError, StoreError};
use crate::master_keys::MasterKeys;
use crate::migrations;
use crate::schema::api_keys;
use crate::sealed::SealedRow;
use diesel::connection::SimpleConnection;
use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use pecta_reputation::Scoring;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The tables of the schema that ours are in or would be made in, but for those of extensions.
const TABLES: &str = "SELECT relname::text FROM pg_class
    WHERE relnamespace = to_regnamespace(current_schema()::text) AND relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')";

/// How long one act of the command line may take.
const ADMINISTRATION: Duration = Duration::from_hours(1);

/// A connection as diesel's migrations know one. It blocks its thread.
type Blocking = AsyncConnectionWrapper<AsyncPgConnection>;

/// Opens a database and brings its schema up to date.
pub(crate) fn open(
    target: Target,
    scoring: Scoring,
    master_keys: &Arc<MasterKeys>,
) -> Result<Postgres, OpenError> {
    let name = target.to_string();
    let opened = || {
        let (threads, connector) = start(target, SERVING)?;
        let (to_prepare, master_keys) = (connector.clone(), Arc::clone(master_keys));
        threads.wait(async move {
            let work = move |connection: &mut _| prepare(connection, Some(&master_keys));
            blocking(&to_prepare, work).await
        })?;
        Ok(Postgres::start(threads, &connector, scoring)?)
    };
    opened().map_err(|cause| error(name, cause))
}

/// Brings the schema of a database up to date; says which migrations ran.
pub(crate) fn migrate(target: Target) -> Result<Vec<String>, OpenError> {
    let name = target.to_string();
    let migrated = || {
        let (threads, connector) = start(target, ADMINISTERING)?;
        threads
            .wait(async move { blocking(&connector, |connection| prepare(connection, None)).await })
    };
    migrated().map_err(|cause| error(name, cause))
}

/// A database that is there, for work that takes no master key.
pub(crate) fn administer(target: Target) -> Result<Administrator, OpenError> {
    let name = target.to_string();
    let opened = || {
        let (threads, connector) = start(target, ADMINISTERING)?;
        let to_check = connector.clone();
        threads.wait(async move { blocking(&to_check, check).await })?;
        let pool = Pool::new(connector, 1, ADMINISTRATION);
        Ok(Administrator { threads, pool })
    };
    opened().map_err(|cause| error(name, cause))
}

fn start(target: Target, session: &'static str) -> Result<(Threads, Connector), OpenCause> {
    let threads = Threads::start().map_err(unreachable)?;
    let connector = Connector::new(target, session).map_err(OpenCause::Unreachable)?;
    Ok((threads, connector))
}

/// Runs `work` on a connection of its own, apart from the threads that serve.
async fn blocking<T: Send + 'static>(
    connector: &Connector,
    work: impl FnOnce(&mut Blocking) -> Result<T, OpenCause> + Send + 'static,
) -> Result<T, OpenCause> {
    let connection = connector.establish().await?.into_diesel();
    let done = spawn_blocking(move || work(&mut Blocking::from(connection))).await;
    done.unwrap_or(Err(StoreError::Internal("a panic in the store").into()))
}

/// Looks first and changes afterwards, under a lock, so that programs may start together; says which
/// migrations ran.
fn prepare(
    connection: &mut Blocking,
    master_keys: Option<&MasterKeys>,
) -> Result<Vec<String>, OpenCause> {
    connection.transaction(|connection| {
        connection.batch_execute(START_LOCK)?;
        let tables = tables(connection)?;
        migrations::check(connection, &MIGRATIONS, &tables)?;
        if let Some(master_keys) = master_keys {
            let mut sealed = sealed_keys(connection, &tables)?.into_iter();
            if sealed.any(|key| key.open(master_keys).is_err()) {
                return Err(OpenCause::WrongMasterKey);
            }
        }
        migrations::run(connection, MIGRATIONS)
    })
}

fn check(connection: &mut Blocking) -> Result<(), OpenCause> {
    let tables = tables(connection)?;
    if tables.is_empty() {
        return Err(OpenCause::Missing);
    }
    migrations::check(connection, &MIGRATIONS, &tables)
}

fn tables(connection: &mut Blocking) -> QueryResult<Vec<String>> {
    diesel::dsl::sql::<Text>(TABLES).load(connection)
}

/// Sealed keys by which the master keys can be tried.
fn sealed_keys(connection: &mut Blocking, tables: &[String]) -> Result<Vec<SealedRow>, OpenCause> {
    if !tables.iter().any(|table| table == "api_keys") {
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

fn error(database: String, cause: OpenCause) -> OpenError {
    OpenError::Database { database, cause }
}

fn unreachable(cause: impl std::fmt::Display) -> OpenCause {
    OpenCause::Unreachable(cause.to_string())
}
