//! The server beside a bare echo and beside plain inserts.
//!
//! Figures of two runs are not comparable on a shared machine. So the contenders of one case take turns,
//! in opposite order every other time, and what counts are ratios of the medians.

use crate::Outcome;
use crate::ceiling::{Inserts, insert};
use crate::load::{Plan, drive};
use crate::proc::{Pin, can_pin, cpu_time};
use crate::program::{Home, Programs};
use crate::statistics::{Latencies, median, real};
use crate::table::Table;
use crate::workload::{AGENTS, BATCH, evaluates, ingests};
use std::sync::Arc;
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

/// One request, at one number of connections.
#[derive(Debug, Clone, Copy)]
struct Case {
    name: &'static str,
    work: Work,
    connections: usize,
    /// Server and load generator on a core each: what p99 needs to be more than the scheduler's.
    is_pinned: bool,
}

#[derive(Debug, Clone, Copy)]
enum Work {
    Evaluate {
        bytes: usize,
    },
    /// Judged and not recorded: the server without its storage.
    DryRun {
        bytes: usize,
    },
    Ingest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Echo,
    Sqlite,
    Postgres,
    /// Plain inserts into SQLite.
    Inserts,
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

const EVALUATE_CONNECTIONS: [usize; 3] = [1, 16, 64];
const INGEST_CONNECTIONS: [usize; 3] = [1, 4, 16];

fn cases() -> Vec<Case> {
    let evaluate = |name, work| {
        EVALUATE_CONNECTIONS.map(|connections| Case {
            name,
            work,
            connections,
            is_pinned: false,
        })
    };
    let ingest = INGEST_CONNECTIONS.map(|connections| Case {
        name: "ingest-100",
        work: Work::Ingest,
        connections,
        is_pinned: false,
    });
    let pinned = Case {
        name: "pinned-evaluate-500",
        work: Work::Evaluate { bytes: 500 },
        connections: 16,
        is_pinned: true,
    };
    let mut cases = Vec::new();
    cases.extend(evaluate("evaluate-500", Work::Evaluate { bytes: 500 }));
    cases.extend(evaluate("evaluate-4k", Work::Evaluate { bytes: 4 << 10 }));
    cases.extend(evaluate("evaluate-16k", Work::Evaluate { bytes: 16 << 10 }));
    cases.extend(evaluate("dry-run-500", Work::DryRun { bytes: 500 }));
    cases.extend(ingest);
    cases.push(pinned);
    cases
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
    let table = Table::begin(&[
        "case",
        "contender",
        "per s",
        "p50 us",
        "p99 us",
        "CPU us each",
        "rate ratio",
        "p99 ratio",
    ]);
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

    /// The first is what the others are compared with.
    fn contenders(&self, case: &Case) -> Vec<Contender> {
        use Contender::{Echo, Inserts, Sqlite};
        let mut contenders = match case.work {
            Work::Evaluate { .. } if case.is_pinned => return vec![Echo, Sqlite],
            Work::DryRun { .. } => return vec![Echo, Sqlite],
            Work::Evaluate { .. } => vec![Echo, Sqlite, Inserts],
            Work::Ingest => vec![Inserts, Sqlite, Echo],
        };
        contenders.extend(self.postgres.as_ref().map(|_| Contender::Postgres));
        contenders
    }

    fn measure(&self, case: &Case, contender: Contender) -> Outcome<Sample> {
        if contender == Contender::Inserts {
            return self.insert(case);
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
            Contender::Echo => (programs.echo()?, String::new()),
            _ => (programs.server(&home)?, home.first_key()?),
        };
        let plan = Plan {
            requests: case.requests(&key),
            connections: case.connections,
            warm_up: self.effort.warm_up,
            measured: self.effort.measured,
        };
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
    fn insert(&self, case: &Case) -> Outcome<Sample> {
        let waiting = case.connections * case.events_per_request();
        let inserts = Inserts {
            rows_per_transaction: waiting.min(1000),
            with_evaluation_id: !matches!(case.work, Work::Ingest),
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

impl Case {
    fn label(&self) -> String {
        format!("{}-c{}", self.name, self.connections)
    }

    fn requests(&self, key: &str) -> Arc<[Vec<u8>]> {
        match self.work {
            Work::Evaluate { bytes } => evaluates(key, AGENTS, bytes, false),
            Work::DryRun { bytes } => evaluates(key, AGENTS, bytes, true),
            Work::Ingest => ingests(key, AGENTS),
        }
    }

    const fn events_per_request(&self) -> usize {
        match self.work {
            Work::Ingest => BATCH,
            _ => 1,
        }
    }
}

fn print(table: &Table, case: &Case, contenders: &[Contender], samples: &[Vec<Sample>]) {
    let medians = samples.iter().map(|samples| {
        let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value));
        [
            of(|sample| sample.rate),
            of(|sample| micros(sample.p50)),
            of(|sample| micros(sample.p99)),
            of(|sample| micros(sample.cpu)),
        ]
    });
    let medians: Vec<[f64; 4]> = medians.collect();
    let Some([first_rate, _, first_p99, _]) = medians.first().copied() else {
        return;
    };
    for (contender, [rate, p50, p99, cpu]) in contenders.iter().zip(medians) {
        table.row(&[
            case.label(),
            contender.label().to_owned(),
            format!("{rate:.0}"),
            format!("{p50:.0}"),
            format!("{p99:.0}"),
            format!("{cpu:.1}"),
            format!("{:.3}", rate / first_rate),
            format!("{:.1}", p99 / first_p99),
        ]);
    }
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

impl Contender {
    const fn label(self) -> &'static str {
        match self {
            Self::Echo => "bare echo",
            Self::Sqlite => "server, SQLite",
            Self::Postgres => "server, PostgreSQL",
            Self::Inserts => "plain inserts, SQLite",
        }
    }
}
