//! `--reads`: the first page of every listing on a large database and on a small one of the same kind, while
//! events are being recorded.

use crate::Outcome;
use crate::http::request;
use crate::load::{Plan, Tally, drive};
use crate::program::{Home, Program, Programs};
use crate::scatter::scattered;
use crate::seed::{Seed, TOOLS, url};
use crate::statistics::{median, micros};
use crate::table::Table;
use crate::workload::{agent_id, evaluates};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use diesel::dsl::sql;
use diesel::prelude::{Connection, RunQueryDsl};
use diesel::sql_types::Double;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};
use throwaway_postgres::Postgres;

/// What the large database is compared with.
const SMALL_EVENTS: u64 = 10_000;
/// Its agents where a read is about one of them, which then has as many events as one of the large database, so that pages
/// hold as many.
const SMALL_AGENTS: usize = 1;
/// Agents that are recorded of.
const WRITTEN: usize = 100;
/// Connections that record while others read.
const WRITERS: usize = 4;
/// How long each of them rests between two evaluations.
const WRITERS_PAUSE: Duration = Duration::from_millis(10);
/// Different requests of one kind.
const VARIANTS: u64 = 64;
const REPETITIONS: usize = 5;
/// How the name of a read ends that is of the pages behind a cursor: its paths are those of the pages before.
const CURSOR: &str = " cursor";
/// How long the answer with a cursor may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The share of the pages of a table that the last vacuum found to be visible to all, in percent.
const VISIBLE: &str = "(SELECT 100.0::float8 * relallvisible / greatest(relpages, 1) FROM pg_class \
     WHERE oid = 'events'::regclass)";
const WARM_UP: Duration = Duration::from_millis(300);
const MEASURED: Duration = Duration::from_secs(1);

/// A database with a server on it.
struct Side {
    server: Program,
    key: String,
    // Deleted behind the server.
    _home: Home,
}

/// Measures every read whose name contains one of `only`, or all, on the database of `org` and on a small one, and prints a
/// table. The small one is on `postgres`, if that is given.
pub(crate) fn run(
    programs: &Programs,
    (database, org, agents): (&str, &str, usize),
    postgres: Option<&Postgres>,
    only: &[String],
) -> Outcome {
    let large = Side::of(programs, Home::with_database(&url(database)?)?, org)?;
    if postgres.is_some() {
        match visible_share(database) {
            Ok(share) => eprintln!("large: {share:.1} % of the pages of events are vacuumed"),
            Err(error) => eprintln!("large: how far it is vacuumed is unknown: {error}"),
        }
    }
    let table = Table::begin(&["read"], &["small p95 us", "large p95 us", "ratio"]);
    let is_chosen = |name: &str| only.is_empty() || only.iter().any(|part| name.contains(part));
    let all = reads(agents).into_iter().enumerate();
    for (at, (name, targets)) in all.filter(|(_, (name, _))| is_chosen(name)) {
        let is_about_one = targets.iter().all(|target| target.contains("agent-"));
        let few = if is_about_one { SMALL_AGENTS } else { agents };
        // A new one for each, because what is recorded meanwhile makes it grow.
        let small = small_side(programs, org, few, postgres)?;
        let small_targets = small.targets(name, reads(few).swap_remove(at).1)?;
        let targets = large.targets(name, targets)?;
        let mut p95 = [Vec::new(), Vec::new()];
        for _ in 0..REPETITIONS {
            let sides = [(&small, &small_targets), (&large, &targets)];
            for ((side, targets), p95) in sides.into_iter().zip(&mut p95) {
                let mut tally = side.read(targets)?;
                if tally.refused > 0 {
                    return Err(format!("{name}: {} answers were no success", tally.refused).into());
                }
                p95.push(micros(tally.latencies.percentile(95)));
            }
        }
        let [small, large] = p95.map(median);
        let ratio = large / small;
        let figures = [
            format!("{small:.0}"),
            format!("{large:.0}"),
            format!("{ratio:.2}"),
        ];
        table.row(&[name], &figures);
    }
    Ok(())
}

/// How much of the events of a database the indexes tell without a look at the table, in percent.
fn visible_share(database: &str) -> Outcome<f64> {
    let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::establish(database)?;
    Ok(diesel::select(sql::<Double>(VISIBLE)).get_result(&mut connection)?)
}

fn small_side(
    programs: &Programs,
    org: &str,
    agents: usize,
    postgres: Option<&Postgres>,
) -> Outcome<Side> {
    let home = match postgres {
        None => Home::with_sqlite()?,
        Some(postgres) => {
            postgres.query("postgres", "DROP DATABASE IF EXISTS small WITH (FORCE)")?;
            postgres.create_database("small")?;
            Home::with_database(&postgres.url("small"))?
        }
    };
    crate::seed::run(&Seed {
        database: home.database_url().to_owned(),
        org: org.to_owned(),
        events: SMALL_EVENTS,
        agents,
    })?;
    if let Some(postgres) = postgres {
        // Else every place that it looks at would be looked up in the table, and flatter the large one.
        postgres.query("small", "VACUUM (ANALYZE) events, agents")?;
    }
    Side::of(programs, home, org)
}

/// The reads by name, each as the paths that are asked in turn.
fn reads(agents: usize) -> Vec<(&'static str, Vec<String>)> {
    let events = |query: &dyn Fn(&Choice) -> String| {
        let target = |number| format!("/v1/events?{}", query(&Choice::of(number, agents)));
        (0..VARIANTS).map(target).collect()
    };
    let agent = |it: &Choice| format!("agent_id={}", it.agent_id);
    let time = |it: &Choice| format!("from={}&to={}", it.from, it.to);
    let tool = |it: &Choice| format!("tool={}", it.tool);
    vec![
        ("events", events(&|_| String::new())),
        ("events agent", events(&agent)),
        ("events failed", events(&|_| "passed=false".to_owned())),
        ("events passed", events(&|_| "passed=true".to_owned())),
        ("events tool", events(&tool)),
        ("events time", events(&time)),
        (
            "events agent failed",
            events(&|it| format!("{}&passed=false", agent(it))),
        ),
        (
            "events agent tool",
            events(&|it| format!("{}&{}", agent(it), tool(it))),
        ),
        (
            "events agent time",
            events(&|it| format!("{}&{}", agent(it), time(it))),
        ),
        (
            "events failed time",
            events(&|it| format!("passed=false&{}", time(it))),
        ),
        (
            "events passed time",
            events(&|it| format!("passed=true&{}", time(it))),
        ),
        (
            "events failed tool",
            events(&|it| format!("passed=false&{}", tool(it))),
        ),
        (
            "events tool time",
            events(&|it| format!("{}&{}", tool(it), time(it))),
        ),
        (
            "events failed tool time",
            // Of a day there are too few on the small database to fill a page.
            events(&|it| format!("passed=false&{}&to={}", tool(it), it.to)),
        ),
        (
            "events unknown tool",
            events(&|_| "tool=no.such.tool".to_owned()),
        ),
        (
            "events agent failed tool",
            events(&|it| format!("{}&{}&passed=false", agent(it), tool(it))),
        ),
        (
            "events agent tool time",
            events(&|it| format!("{}&{}&{}", agent(it), tool(it), time(it))),
        ),
        (
            "events agent failed time",
            events(&|it| format!("{}&{}&passed=false", agent(it), time(it))),
        ),
        (
            "events cursor",
            events(&|it| format!("limit=1&to={}", it.from)),
        ),
        ("events source", events(&|_| "source=unsigned".to_owned())),
        (
            "events all filters",
            events(&|it| format!("{}&{}&{}&passed=false", agent(it), time(it), tool(it))),
        ),
        (
            "events agent source",
            events(&|it| format!("{}&source=unsigned", agent(it))),
        ),
        ("agents", vec!["/v1/agents".to_owned()]),
        (
            "agents cursor",
            (1..=VARIANTS)
                .map(|limit| format!("/v1/agents?limit={limit}"))
                .collect(),
        ),
        (
            "reputation",
            (0..VARIANTS)
                .map(|number| format!("/v1/reputation/{}", Choice::of(number, agents).agent_id))
                .collect(),
        ),
    ]
}

/// The values of one request's filters.
struct Choice {
    agent_id: String,
    tool: &'static str,
    from: String,
    to: String,
}

impl Choice {
    fn of(number: u64, agents: usize) -> Self {
        let random = usize::try_from(scattered(number) >> 32).unwrap_or_default();
        // A day of the seeded month.
        let from = DateTime::<Utc>::from(SystemTime::now())
            - TimeDelta::days(2 + i64::from(number.to_le_bytes()[0] % 25));
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Millis, true);
        Self {
            agent_id: agent_id(random % agents),
            tool: TOOLS.get(random % TOOLS.len()).copied().unwrap_or_default(),
            from: text(from),
            to: text(from + TimeDelta::days(1)),
        }
    }
}

impl Side {
    fn of(programs: &Programs, home: Home, org: &str) -> Outcome<Self> {
        let key = programs.create_key(&home, org)?;
        Ok(Self {
            server: programs.server(&home)?,
            key,
            _home: home,
        })
    }

    /// The paths of a read.
    fn targets(&self, name: &str, targets: Vec<String>) -> Outcome<Vec<String>> {
        let Some(listing) = name.strip_suffix(CURSOR) else {
            return Ok(targets);
        };
        let behind = targets.iter().map(|target| {
            let cursor = self.next_cursor(target);
            cursor.map(|cursor| format!("/v1/{listing}?cursor={cursor}"))
        });
        behind.collect()
    }

    /// The cursor that an answer gives, which must give one.
    fn next_cursor(&self, target: &str) -> Outcome<String> {
        let mut stream = TcpStream::connect(self.server.address())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&request("GET", target, &self.key, ""))?;
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        loop {
            let length = stream.read(&mut part)?;
            answer.extend_from_slice(part.get(..length).unwrap_or_default());
            let text = String::from_utf8_lossy(&answer);
            let rest = text.split_once("\"next_cursor\":\"");
            if let Some((cursor, _)) = rest.and_then(|(_, rest)| rest.split_once('"')) {
                return Ok(cursor.to_owned());
            }
            if length == 0 {
                return Err("an answer without a cursor".into());
            }
        }
    }

    /// Reads on one connection while others write.
    fn read(&self, targets: &[String]) -> Outcome<Tally> {
        let reads: Arc<[_]> = targets
            .iter()
            .map(|target| request("GET", target, &self.key, ""))
            .collect();
        let plan = |requests, connections, pause| Plan {
            requests,
            connections,
            pause,
            warm_up: WARM_UP,
            measured: MEASURED,
        };
        let evaluates = evaluates(&self.key, WRITTEN, 500, false);
        let recording = plan(evaluates, WRITERS, WRITERS_PAUSE);
        let address = self.server.address();
        thread::scope(|scope| {
            let recorders =
                scope.spawn(move || tally(address, &recording).map_err(|error| error.to_string()));
            let read = tally(address, &plan(reads, 1, Duration::ZERO))?;
            let written = recorders.join().map_err(|_| "the writers panicked")??;
            if written.latencies.count() == 0 || written.refused > 0 {
                return Err("nothing was recorded meanwhile".into());
            }
            Ok(read)
        })
    }
}

fn tally(address: SocketAddr, plan: &Plan) -> Outcome<Tally> {
    let (tally, (), ()) = drive(address, plan, || Ok(()))?;
    Ok(tally)
}
