//! The storage ceiling: the same rows, in the server's own schema, inserted with plain diesel by one
//! thread that does nothing else, as many a transaction as so many connections can have waiting.
//! The index by agent, which the server keeps by hand, is an ordinary one here.

use crate::Outcome;
use crate::proc::cpu_time;
use crate::program::Home;
use crate::scatter::scattered;
use crate::statistics::Latencies;
use crate::workload::{AGENTS, agent_id, gates};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use pecta_store::{KeyKind, MasterKey, NewKey, Place, Scoring};
use std::time::{Duration, Instant};

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
    id: &'r [u8],
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

/// What serves listings of an agent's events where their places are not kept as the server keeps them. The output tells
/// that it is there.
const INDEX: &str =
    "CREATE INDEX events_by_agent ON events (org_id, agent_id, passed, created_at, id, tool);";

/// Which rows, and how many at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inserts {
    pub(crate) rows_per_transaction: usize,
}

/// What was inserted in the measured time.
#[derive(Debug)]
pub(crate) struct Inserted {
    pub(crate) rows: usize,
    pub(crate) transactions: Latencies,
    pub(crate) cpu: Duration,
}

/// Inserts into a new database for `measured`, after `warm_up`.
pub(crate) fn insert(inserts: Inserts, warm_up: Duration, measured: Duration) -> Outcome<Inserted> {
    let home = Home::with_sqlite()?;
    let mut connection = empty_database(&home)?;
    let mut rows = Rows::new();
    let start = Instant::now();
    while start.elapsed() < warm_up {
        transaction(&mut connection, &mut rows, inserts)?;
    }
    let (mut transactions, first) = (Latencies::default(), rows.next);
    let cpu = cpu_time(std::process::id())?;
    let start = Instant::now();
    while start.elapsed() < measured {
        let begun = Instant::now();
        transaction(&mut connection, &mut rows, inserts)?;
        transactions.record(begun.elapsed());
    }
    Ok(Inserted {
        rows: usize::try_from(rows.next - first)?,
        transactions,
        cpu: cpu_time(std::process::id())?.saturating_sub(cpu),
    })
}

/// A database that the store made.
fn empty_database(home: &Home) -> Outcome<SqliteConnection> {
    let master_key = |_: Place<'_>| {
        let key = MasterKey::parse(&"00".repeat(32));
        key.map(Into::into).map_err(|error| error.to_string())
    };
    let store = pecta_store::open(home.database_url(), Scoring::default(), master_key)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let key = NewKey::of(KeyKind::Publishable);
    runtime.block_on(async {
        // With the first org, which the rows belong to.
        store.create_key("default", key).await?;
        store.close().await;
        Outcome::Ok(())
    })?;
    let path = home.database_url().trim_start_matches("sqlite:");
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(PRAGMAS)?;
    connection.batch_execute(INDEX)?;
    Ok(connection)
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
}

fn transaction(
    connection: &mut SqliteConnection,
    rows: &mut Rows,
    inserts: Inserts,
) -> QueryResult<()> {
    connection.immediate_transaction(|connection| {
        (0..inserts.rows_per_transaction).try_for_each(|_| {
            rows.next += 1;
            insert_one(connection, rows)
        })
    })
}

fn insert_one(connection: &mut SqliteConnection, rows: &Rows) -> QueryResult<()> {
    let number = rows.next;
    // Ordered by time and not dense, as the store's are.
    let id = (u128::from(number) << 80 | u128::from(scattered(number))).to_be_bytes();
    let at = usize::try_from(scattered(number)).unwrap_or_default() % AGENTS;
    let row = Row {
        org_id: 1,
        id: &id,
        agent_id: rows.agents.get(at).map_or("", String::as_str),
        sequence: number.cast_signed(),
        tool: "shell.run",
        passed: true,
        gates: &rows.gates,
        total_latency_us: 6,
        latency_us: 18_000,
        score: 900,
        created_at: 1_780_000_000_000_000 + number.cast_signed() / 20 * 1000,
        source: "evaluated",
        key_id: 1,
    };
    diesel::insert_into(events::table)
        .values(row)
        .execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fit_the_schema_that_the_store_makes() {
        let inserts = Inserts {
            rows_per_transaction: 10,
        };
        let inserted = insert(inserts, Duration::ZERO, Duration::from_millis(20)).unwrap();
        assert_eq!(inserted.rows, inserted.transactions.count() * 10);
        assert!(inserted.rows > 0);
    }
}
