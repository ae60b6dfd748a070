//! The server beside a bare echo and beside plain inserts.
//!
//! Figures of two runs are not comparable on a shared machine. So the contenders of one case take turns,
//! in opposite order every other time; what counts are the ratios to the first of them, and of ingest into PostgreSQL to
//! plain inserts into it, each of two samples of the same turn, and of those the median.

use crate::Outcome;
use crate::case::{Case, Work, cases};
use crate::ceiling::{Inserts, insert};
use crate::load::{Plan, drive};
use crate::proc::{Pin, can_pin, cpu_time};
use crate::program::{Home, Programs};
use crate::statistics::{Latencies, median, micros, real};
use crate::table::Table;
use std::time::Duration;
use throwaway_postgres::Postgres;

/// How thorough a comparison is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) repetitions: usize,
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

impl Effort {
    pub(crate) const FULL: Self = Self {
        repetitions: 5,
        warm_up: Duration::from_millis(500),
        measured: Duration::from_secs(2),
    };
    /// For a first look.
    pub(crate) const QUICK: Self = Self {
        repetitions: 3,
        warm_up: Duration::from_millis(200),
        measured: Duration::from_millis(500),
    };
}

/// What the bare echo is sent in the place of a key, which it does not look at.
const NO_KEY: &str = "pk_live_000000000000000000000000003ZvH4k";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Echo,
    /// The echo behind authentication, limits and headers.
    Guarded,
    Sqlite,
    Postgres,
    /// Plain inserts, without a server of ours.
    SqliteInserts,
    PostgresInserts,
}

/// One measurement of one contender.
struct Sample {
    /// Requests a second; of ingest and inserts, events.
    rate: f64,
    p50: Duration,
    p99: Duration,
    /// Per request, transaction or event, as `rate` counts.
    cpu: Duration,
}

/// What is measured, and with what.
pub(crate) struct Bench<'b> {
    programs: &'b Programs,
    /// `None` where it is not installed.
    postgres: Option<Postgres>,
    effort: Effort,
}

/// Measures every case whose name contains one of `only`, or all, and prints a table as it goes.
pub(crate) fn run(bench: &Bench, only: &[String]) -> Outcome {
    let is_chosen = |case: &Case| {
        let name = case.label();
        only.is_empty() || only.iter().any(|part| name.contains(part.as_str()))
    };
    let table = Table::begin(
        &["case", "contender"],
        &[
            "per s",
            "p50 us",
            "p99 us",
            "CPU us each",
            "rate ratio",
            "p99 ratio",
        ],
    );
    for case in cases().into_iter().filter(is_chosen) {
        if case.is_pinned && !can_pin() {
            eprintln!("skipped: {}: needs two cores and taskset", case.label());
            continue;
        }
        let contenders = bench.contenders(&case);
        let mut samples: Vec<Vec<Sample>> = contenders.iter().map(|_| Vec::new()).collect();
        for repetition in 0..bench.effort.repetitions {
            let mut order: Vec<_> = contenders.iter().zip(&mut samples).collect();
            if repetition % 2 == 1 {
                order.reverse();
            }
            for (contender, samples) in order {
                samples.push(bench.measure(&case, *contender)?);
            }
        }
        print(&table, &case, &contenders, &samples);
    }
    Ok(())
}

impl<'b> Bench<'b> {
    pub(crate) const fn new(
        programs: &'b Programs,
        postgres: Option<Postgres>,
        effort: Effort,
    ) -> Self {
        Self {
            programs,
            postgres,
            effort,
        }
    }

    /// The first is what the others are compared with, unless they have a reference of their own.
    fn contenders(&self, case: &Case) -> Vec<Contender> {
        use Contender::{Echo, Guarded, Postgres, PostgresInserts, Sqlite, SqliteInserts};
        let mut contenders = match case.work {
            Work::Evaluate { .. } if case.is_pinned => return vec![Echo, Sqlite],
            Work::DryRun { .. } => return vec![Echo, Sqlite],
            Work::Guard { .. } => return vec![Echo, Guarded],
            Work::Evaluate { .. } => vec![Echo, Sqlite, SqliteInserts],
            Work::Ingest => vec![SqliteInserts, Sqlite, Echo],
        };
        if self.postgres.is_some() {
            contenders.extend([Postgres, PostgresInserts]);
        }
        contenders
    }

    fn measure(&self, case: &Case, contender: Contender) -> Outcome<Sample> {
        match contender {
            Contender::SqliteInserts => return self.insert(case, None),
            Contender::PostgresInserts => return self.insert(case, self.postgres.as_ref()),
            _ => {}
        }
        if !case.is_pinned {
            return self.serve(case, contender, self.programs);
        }
        let _pin = Pin::to("1")?;
        self.serve(case, contender, &self.programs.on_core("0"))
    }

    fn serve(&self, case: &Case, contender: Contender, programs: &Programs) -> Outcome<Sample> {
        let home = match (contender, &self.postgres) {
            (Contender::Postgres, Some(postgres)) => Home::with_postgres(postgres, "bench")?,
            _ => Home::with_sqlite()?,
        };
        let (program, key) = match contender {
            Contender::Echo => (programs.echo()?, NO_KEY.to_owned()),
            Contender::Guarded => programs.guarded_echo(&home)?,
            _ => (programs.server(&home)?, home.first_key()?),
        };
        let plan = |requests, measured| Plan {
            requests,
            connections: case.connections,
            pause: Duration::ZERO,
            warm_up: self.effort.warm_up,
            measured,
        };
        if let Some(prelude) = case.prelude(&key).filter(|_| contender != Contender::Echo) {
            drive(program.address(), &plan(prelude, Duration::ZERO), || Ok(()))?;
        }
        let plan = plan(case.requests(&key), self.effort.measured);
        let sample = || cpu_time(program.pid());
        let (mut tally, before, after) = drive(program.address(), &plan, sample)?;
        if tally.refused > 0 {
            let label = case.label();
            return Err(format!("{label}: {} answers were no success", tally.refused).into());
        }
        let count = tally.latencies.count() * case.events_per_request();
        Ok(self.sample(count, &mut tally.latencies, after.saturating_sub(before)))
    }

    /// As many rows a transaction as can be waiting at once, up to what a group holds.
    fn insert(&self, case: &Case, postgres: Option<&Postgres>) -> Outcome<Sample> {
        let waiting = case.connections * case.events_per_request();
        let inserts = Inserts {
            rows_per_transaction: waiting.min(1000),
            postgres,
        };
        let mut inserted = insert(inserts, self.effort.warm_up, self.effort.measured)?;
        Ok(self.sample(inserted.rows, &mut inserted.transactions, inserted.cpu))
    }

    fn sample(&self, count: usize, latencies: &mut Latencies, cpu: Duration) -> Sample {
        let count = real(count);
        Sample {
            rate: count / self.effort.measured.as_secs_f64(),
            p50: latencies.percentile(50),
            p99: latencies.percentile(99),
            cpu: cpu.div_f64(count.max(1.0)),
        }
    }
}

fn print(table: &Table, case: &Case, contenders: &[Contender], samples: &[Vec<Sample>]) {
    let samples_of = |contender| {
        let mut all = contenders.iter().zip(samples);
        all.find_map(|(it, samples)| (*it == contender).then_some(samples))
    };
    let first = samples.first();
    for (contender, samples) in contenders.iter().zip(samples) {
        let own = contender.reference(case).and_then(samples_of);
        let Some(reference) = own.or(first) else {
            return;
        };
        let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value));
        // Of samples that were taken one after the other, because the machine's mood changes.
        let ratio = |value: fn(&Sample) -> f64| {
            let pairs = samples.iter().zip(reference);
            median(pairs.map(|(sample, reference)| value(sample) / value(reference)))
        };
        table.row(
            &[&case.label(), contender.label()],
            &[
                format!("{:.0}", of(|sample| sample.rate)),
                format!("{:.0}", of(|sample| micros(sample.p50))),
                format!("{:.0}", of(|sample| micros(sample.p99))),
                format!("{:.1}", of(|sample| micros(sample.cpu))),
                format!("{:.3}", ratio(|sample| sample.rate)),
                format!("{:.1}", ratio(|sample| micros(sample.p99))),
            ],
        );
    }
}

impl Contender {
    /// What it is compared with where that is not the first: ingest can be as fast as the database takes rows.
    const fn reference(self, case: &Case) -> Option<Self> {
        match (self, case.work) {
            (Self::Postgres, Work::Ingest) => Some(Self::PostgresInserts),
            _ => None,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Echo => "bare echo",
            Self::Guarded => "guarded echo",
            Self::Sqlite => "server, SQLite",
            Self::Postgres => "server, PostgreSQL",
            Self::SqliteInserts => "plain inserts, SQLite",
            Self::PostgresInserts => "plain inserts, PostgreSQL",
        }
    }
}
