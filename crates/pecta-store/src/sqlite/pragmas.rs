//! What SQLite is asked about the database itself.

use crate::error::StoreError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

/// Changes whenever another connection has committed something. A statement of our own, because it runs
/// in every transaction and diesel keeps no `sql` prepared.
#[derive(Debug, Clone, Copy, QueryId)]
pub(super) struct DataVersion;

impl QueryFragment<Sqlite> for DataVersion {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("PRAGMA data_version");
        Ok(())
    }
}

impl Query for DataVersion {
    type SqlType = BigInt;
}

impl RunQueryDsl<SqliteConnection> for DataVersion {}

/// The time up to which the rows of agents cover all events, in units of 2^11 milliseconds since the Unix
/// epoch. It is kept as the number that SQLite leaves to the program, which is of 32 bits: these units
/// last until 2109.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Covered(i32);

impl Covered {
    const UNIT: u32 = 11;

    /// Before the unit that so many milliseconds lie in.
    pub(super) fn before(millis: u64) -> Self {
        Self(i32::try_from(millis >> Self::UNIT).unwrap_or(i32::MAX))
    }

    /// The milliseconds where it ends.
    pub(super) fn millis(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0) << Self::UNIT
    }

    pub(super) fn read(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let query = "SELECT user_version FROM pragma_user_version";
        let units: i64 = diesel::dsl::sql::<BigInt>(query).get_result(connection)?;
        Ok(Self(i32::try_from(units).unwrap_or(0)))
    }

    /// Writes it, in the transaction that makes it true.
    pub(super) fn write(self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let Self(units) = self;
        Ok(connection.batch_execute(&format!("PRAGMA user_version = {units}"))?)
    }
}

/// Whose agents in memory are true to the database: a number that whoever reads them anew counts up, before anything
/// is recorded. So each of several recorders on one file sees that another has recorded since. It is kept as the other
/// number that SQLite leaves to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner(i32);

impl Owner {
    pub(super) fn read(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let query = "SELECT application_id FROM pragma_application_id";
        let number: i64 = diesel::dsl::sql::<BigInt>(query).get_result(connection)?;
        Ok(Self(i32::try_from(number).unwrap_or(0)))
    }

    /// Takes over, from the transaction on that this is done in.
    pub(super) fn next(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let number = Self::read(connection)?.0.wrapping_add(1);
        connection.batch_execute(&format!("PRAGMA application_id = {number}"))?;
        Ok(Self(number))
    }
}

/// The log, in pages.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub(super) struct Log {
    /// Since it began anew.
    #[diesel(sql_type = BigInt, column_name = log)]
    pub(super) pages: i64,
    /// Those of them that are folded into the file.
    #[diesel(sql_type = BigInt, column_name = checkpointed)]
    pub(super) folded: i64,
}

/// Looks at the log.
pub(super) fn log(connection: &mut SqliteConnection) -> Result<Log, StoreError> {
    Ok(diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(connection)?)
}

/// Folds as much of the log into the file as can be without waiting for anybody.
pub(super) fn checkpoint(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    Ok(connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")?)
}
