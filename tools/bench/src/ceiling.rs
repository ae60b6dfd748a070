//! The storage ceiling: the same rows, in the server's own schema, inserted with plain diesel by one
//! thread that does nothing else, as many a transaction as so many connections can have waiting. No places by agent are
//! kept, and no windows.

use crate::Outcome;
use crate::proc::cpu_time;
use crate::program::Home;
use crate::scatter::scattered;
use crate::statistics::Latencies;
use crate::workload::{AGENTS, agent_id, gates};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use pecta_store::{KeyKind, MasterKey, NewKey, Place, Scoring};
use std::time::{Duration, Instant};
use throwaway_postgres::Postgres;

diesel::table! {
    events (org_id, id) {
        org_id -> BigInt,
        id -> Binary,
        agent_id -> Text,
        sequence -> BigInt,
        tool -> Nullable<Text>,
        passed -> Bool,
        gates -> Text,
        total_latency_us -> BigInt,
        latency_us -> BigInt,
        score -> SmallInt,
        created_at -> BigInt,
        source -> Text,
        key_id -> BigInt,
    }
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct Row<'r> {
    org_id: i64,
    id: [u8; 16],
    agent_id: &'r str,
    sequence: i64,
    tool: &'r str,
    passed: bool,
    gates: &'r str,
    total_latency_us: i64,
    latency_us: i64,
    score: i16,
    created_at: i64,
    source: &'r str,
    key_id: i64,
}

/// The store's own promise (`FULL`), with a cache and a checkpoint size that favour inserts.
const PRAGMAS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
                       PRAGMA wal_autocheckpoint = 8000; PRAGMA temp_store = MEMORY;";

/// Which rows, and how many at a time.
#[derive(Clone, Copy)]
pub(crate) struct Inserts<'p> {
    pub(crate) rows_per_transaction: usize,
    /// Where to; into SQLite if this is none.
    pub(crate) postgres: Option<&'p Postgres>,
}

/// What was inserted in the measured time.
#[derive(Debug)]
pub(crate) struct Inserted {
    pub(crate) rows: usize,
    pub(crate) transactions: Latencies,
    pub(crate) cpu: Duration,
}

/// Inserts into a new database for `measured`, after `warm_up`.
pub(crate) fn insert(
    inserts: Inserts<'_>,
    warm_up: Duration,
    measured: Duration,
) -> Outcome<Inserted> {
    let home = match inserts.postgres {
        Some(postgres) => Home::with_postgres(postgres, "ceiling")?,
        None => Home::with_sqlite()?,
    };
    prepare(&home)?;
    let mut transaction = match inserts.postgres {
        Some(_) => into_postgres(&home)?,
        None => into_sqlite(&home)?,
    };
    let mut rows = Rows::new();
    let mut transaction = |rows: &mut Rows| transaction(&rows.take(inserts.rows_per_transaction));
    let start = Instant::now();
    while start.elapsed() < warm_up {
        transaction(&mut rows)?;
    }
    let (mut transactions, first) = (Latencies::default(), rows.next);
    let cpu = cpu_time(std::process::id())?;
    let start = Instant::now();
    while start.elapsed() < measured {
        let begun = Instant::now();
        transaction(&mut rows)?;
        transactions.record(begun.elapsed());
    }
    Ok(Inserted {
        rows: usize::try_from(rows.next - first)?,
        transactions,
        cpu: cpu_time(std::process::id())?.saturating_sub(cpu),
    })
}

/// Has the store make its schema, and the first org, which the rows belong to.
fn prepare(home: &Home) -> Outcome {
    let master_key = |_: Place<'_>| {
        let key = MasterKey::parse(&"00".repeat(32));
        key.map(Into::into).map_err(|error| error.to_string())
    };
    let store = pecta_store::open(home.database_url(), Scoring::default(), master_key)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let key = NewKey::of(KeyKind::Publishable);
    runtime.block_on(async {
        store.create_key("default", key).await?;
        store.close().await;
        Ok(())
    })
}

/// Inserts rows as one transaction.
type Transaction = Box<dyn FnMut(&[Row<'_>]) -> QueryResult<()>>;

/// Row by row: diesel keeps no statement of many rows prepared.
fn into_sqlite(home: &Home) -> Outcome<Transaction> {
    let path = home.database_url().trim_start_matches("sqlite:");
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(PRAGMAS)?;
    Ok(Box::new(move |rows| {
        connection.immediate_transaction(|connection| {
            rows.iter().try_for_each(|row| {
                let inserted = diesel::insert_into(events::table).values(row);
                inserted.execute(connection).map(drop)
            })
        })
    }))
}

/// As one statement: one a row would wait for the server as often.
fn into_postgres(home: &Home) -> Outcome<Transaction> {
    let url = home.database_url();
    let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::establish(url)?;
    Ok(Box::new(move |rows| {
        let inserted = diesel::insert_into(events::table).values(rows);
        inserted.execute(&mut connection).map(drop)
    }))
}

/// Rows to come. What does not differ is rendered once.
struct Rows {
    agents: Vec<String>,
    gates: String,
    next: u64,
}

impl Rows {
    fn new() -> Self {
        Self {
            agents: (0..AGENTS).map(agent_id).collect(),
            gates: gates().to_string(),
            next: 0,
        }
    }

    fn take(&mut self, count: usize) -> Vec<Row<'_>> {
        let first = self.next;
        let numbers = (first..).take(count);
        self.next += u64::try_from(count).unwrap_or_default();
        numbers.map(|number| self.row(number)).collect()
    }

    fn row(&self, number: u64) -> Row<'_> {
        let at = usize::try_from(scattered(number)).unwrap_or_default() % AGENTS;
        Row {
            org_id: 1,
            // Ordered by time and not dense, as the store's are.
            id: (u128::from(number) << 80 | u128::from(scattered(number))).to_be_bytes(),
            agent_id: self.agents.get(at).map_or("", String::as_str),
            sequence: number.cast_signed(),
            tool: "shell.run",
            passed: true,
            gates: &self.gates,
            total_latency_us: 6,
            latency_us: 18_000,
            score: 900,
            created_at: 1_780_000_000_000_000 + number.cast_signed() / 20 * 1000,
            source: "evaluated",
            key_id: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fit_the_schema_that_the_store_makes() {
        let inserts = Inserts {
            rows_per_transaction: 10,
            postgres: None,
        };
        let inserted = insert(inserts, Duration::ZERO, Duration::from_millis(20)).unwrap();
        assert_eq!(inserted.rows, inserted.transactions.count() * 10);
        assert!(inserted.rows > 0);
    }
}
