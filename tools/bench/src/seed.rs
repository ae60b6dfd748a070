//! `seed`: fills a database through the store itself, so that what it holds is what a server would
//! have recorded.

use crate::Outcome;
use crate::scatter::scattered;
use crate::workload::{agent_id, gates};
use chrono::{DateTime, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use pecta_store::{
    ApiKey, KeyKind, Keyring, Latency, MasterKeys, NewEvent, NewKey, Origin, Place, Scoring,
    Source, Store,
};
use std::time::SystemTime;
use std::{env, fs, path};
use tokio::task::JoinSet;

/// Where the server, too, finds the master key of a PostgreSQL database.
const MASTER_KEY: &str = "PECTA_MASTER_KEY";
/// Events of one batch, and batches that are on their way: as large as a group of the store may be, and
/// enough that one gathers while another commits.
const BATCH: u64 = 1000;
const IN_FLIGHT: usize = 4;
/// The span of time that the events are spread over, ending now.
const SPAN: TimeDelta = TimeDelta::days(30);
/// The tools that the events name.
pub(crate) const TOOLS: [&str; 8] = [
    "shell.run",
    "http.get",
    "http.post",
    "sql.query",
    "file.read",
    "file.write",
    "mail.send",
    "bid.place",
];

/// What a database is filled with.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    /// As the server takes it, or the path of a SQLite file.
    pub(crate) database: String,
    pub(crate) org: String,
    pub(crate) events: u64,
    pub(crate) agents: usize,
}

/// Fills the database and returns a new key of the org.
pub(crate) fn run(seed: &Seed) -> Outcome<ApiKey> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(fill(seed))
}

async fn fill(seed: &Seed) -> Outcome<ApiKey> {
    let store = pecta_store::open(&url(&seed.database)?, Scoring::default(), master_key)?;
    let key = store
        .create_key(&seed.org, NewKey::of(KeyKind::Publishable))
        .await?;
    let stored = store.find_key(key.hash()).await?;
    let origin = stored.ok_or("the new key is not found")?.origin();

    let progress = progress_bar(seed.events)?;
    let source = Events::of(seed);
    let mut on_their_way = JoinSet::new();
    for first in (0..seed.events).step_by(usize::try_from(BATCH)?) {
        let batch = source.batch(first, BATCH.min(seed.events - first));
        on_their_way.spawn(record(store.clone(), origin, batch));
        if on_their_way.len() == IN_FLIGHT
            && let Some(recorded) = on_their_way.join_next().await
        {
            progress.inc(recorded??);
        }
    }
    while let Some(recorded) = on_their_way.join_next().await {
        progress.inc(recorded??);
    }
    progress.finish_and_clear();
    store.close().await;
    Ok(key)
}

async fn record(store: Store, origin: Origin, batch: Vec<NewEvent>) -> Result<u64, String> {
    let count = batch.len() as u64;
    let recorded = store.record(origin, batch).await;
    recorded.map(|_| count).map_err(|error| error.to_string())
}

/// Shown on a terminal only.
fn progress_bar(events: u64) -> Outcome<ProgressBar> {
    let style = "{wide_bar} {human_pos} of {human_len} events, {eta} left";
    Ok(ProgressBar::new(events).with_style(ProgressStyle::with_template(style)?))
}

/// A bare path is a SQLite file; absolute, because servers run in folders of their own.
pub(crate) fn url(database: &str) -> Outcome<String> {
    if database.contains("://") {
        return Ok(database.to_owned());
    }
    let path = database.strip_prefix("sqlite:").unwrap_or(database);
    Ok(format!("sqlite:{}", path::absolute(path)?.display()))
}

/// Nothing is sealed here, so any key will do, unless the database has one already.
fn master_key(place: Place<'_>) -> Result<MasterKeys, String> {
    let text = match place {
        Place::Folder {
            holds_sealed_keys: false,
            ..
        } => "00".repeat(32),
        Place::Folder { path, .. } => {
            let file = path.join("pecta.key");
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?
        }
        Place::Server => env::var(MASTER_KEY).map_err(|error| format!("{MASTER_KEY}: {error}"))?,
    };
    let keyring = Keyring::parse(&text);
    keyring.map(Into::into).map_err(|error| error.to_string())
}

/// Events by their number, the same in every run but for the times.
struct Events {
    agents: usize,
    count: u64,
    begin: DateTime<Utc>,
    passed: String,
    failed: String,
}

impl Events {
    fn of(seed: &Seed) -> Self {
        let mut failed = gates();
        if let Some(gate) = failed.get_mut(1) {
            *gate = serde_json::json!({
                "name": "pii", "passed": false, "latency_ms": 0.002,
                "reason": "output contains email address",
            });
        }
        Self {
            agents: seed.agents,
            count: seed.events,
            begin: DateTime::<Utc>::from(SystemTime::now()) - SPAN,
            passed: gates().to_string(),
            failed: failed.to_string(),
        }
    }

    fn batch(&self, first: u64, count: u64) -> Vec<NewEvent> {
        (first..first + count)
            .map(|number| self.event(number))
            .collect()
    }

    /// One in twenty fails, as many as not name each tool, and agents take turns at random.
    fn event(&self, number: u64) -> NewEvent {
        let random = scattered(number);
        let pick = |shift: u32, choices: usize| {
            usize::try_from((random >> shift) & 0xffff_ffff).unwrap_or_default() % choices
        };
        let passed = pick(0, 20) != 0;
        let latency = Latency::from_micros(5_000 + random % 50_000).unwrap_or(Latency::ZERO);
        NewEvent {
            agent_id: agent_id(pick(16, self.agents)),
            tool: TOOLS.get(pick(8, TOOLS.len())).map(|&tool| tool.to_owned()),
            passed,
            gates: if passed { &self.passed } else { &self.failed }.clone(),
            total_latency: latency,
            latency,
            created_at: self.time(number),
            evaluation_id: None,
            idempotency_key: None,
            source: Source::Evaluated,
            policy_version: None,
            findings: None,
        }
    }

    fn time(&self, number: u64) -> DateTime<Utc> {
        let span = u128::from(SPAN.num_milliseconds().unsigned_abs());
        let millis = span * u128::from(number) / u128::from(self.count.max(1));
        self.begin + TimeDelta::milliseconds(i64::try_from(millis).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_sqlite_file() {
        let relative = path::absolute("a.db").unwrap();
        let relative = format!("sqlite:{}", relative.display());
        for (database, expected) in [
            ("a.db", relative.as_str()),
            ("sqlite:a.db", &relative),
            ("sqlite:/a/b.db", "sqlite:/a/b.db"),
            ("postgres://host/db", "postgres://host/db"),
        ] {
            assert_eq!(url(database).unwrap(), expected);
        }
    }

    #[test]
    fn what_was_asked_for_is_recorded() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("pecta.db").display().to_string();
        let seed = Seed {
            database,
            org: "acme".to_owned(),
            events: 2500,
            agents: 7,
        };
        let key = run(&seed).unwrap();
        let store = pecta_store::open(
            &url(&seed.database).unwrap(),
            Scoring::default(),
            master_key,
        )
        .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let agents = runtime.block_on(async {
            let org = store.find_key(key.hash()).await.unwrap().unwrap().org;
            store.agents(org, None, 100).await.unwrap()
        });
        assert_eq!(agents.agents.len(), 7);
        assert_eq!(
            agents
                .agents
                .iter()
                .map(|agent| agent.eval_count)
                .sum::<i64>(),
            2500
        );
    }
}
