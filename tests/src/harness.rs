//! The test harness: plain functions, run once on each database or once at all.
//!
//! libtest cannot skip a test at run time. This one can, so that what a machine lacks is reported as an
//! ignored test, with the reason.

use crate::database::Database;
use crate::soak::is_soak;
use crate::{probe, redis};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use throwaway_postgres::Installation;

/// A test by its name.
type Named<T> = &'static [(&'static str, T)];
type OnDatabase = fn(&Database);

/// The tests of one module; made by [`tests!`](crate::tests).
#[derive(Debug, Clone, Copy)]
pub struct Tests {
    module: &'static str,
    once: Named<fn()>,
    on_each_database: Named<OnDatabase>,
    on_postgres: Named<OnDatabase>,
    with_redis: Named<OnDatabase>,
    with_strace: Named<OnDatabase>,
    with_tmpfs: Named<fn()>,
    with_openssl: Named<fn()>,
    with_python: Named<fn()>,
    with_node: Named<fn()>,
}

impl Tests {
    /// None yet, of the module with this path.
    pub const fn of(module: &'static str) -> Self {
        Self {
            module,
            once: &[],
            on_each_database: &[],
            on_postgres: &[],
            with_redis: &[],
            with_strace: &[],
            with_tmpfs: &[],
            with_openssl: &[],
            with_python: &[],
            with_node: &[],
        }
    }

    /// With these tests, which are about one database or none.
    #[must_use]
    pub const fn once(self, once: Named<fn()>) -> Self {
        Self { once, ..self }
    }

    /// With these tests, which run on each database.
    #[must_use]
    pub const fn on_each_database(self, on_each_database: Named<OnDatabase>) -> Self {
        Self {
            on_each_database,
            ..self
        }
    }

    /// With these tests, which run on PostgreSQL only.
    #[must_use]
    pub const fn on_postgres(self, on_postgres: Named<OnDatabase>) -> Self {
        Self {
            on_postgres,
            ..self
        }
    }

    /// With these tests, which start Valkey or Redis and run on PostgreSQL, where servers share a database.
    #[must_use]
    pub const fn with_redis(self, with_redis: Named<OnDatabase>) -> Self {
        Self { with_redis, ..self }
    }

    /// With these tests, which run on each database and look at it and the server through `strace`.
    #[must_use]
    pub const fn with_strace(self, with_strace: Named<OnDatabase>) -> Self {
        Self {
            with_strace,
            ..self
        }
    }

    /// With these tests, which mount a file system of their own and look into the database by `python3`.
    #[must_use]
    pub const fn with_tmpfs(self, with_tmpfs: Named<fn()>) -> Self {
        Self { with_tmpfs, ..self }
    }

    /// With these tests, which run `curl` and `openssl`.
    #[must_use]
    pub const fn with_openssl(self, with_openssl: Named<fn()>) -> Self {
        Self {
            with_openssl,
            ..self
        }
    }

    /// With these tests, which run `python3`.
    #[must_use]
    pub const fn with_python(self, with_python: Named<fn()>) -> Self {
        Self {
            with_python,
            ..self
        }
    }

    /// With these tests, which run `node`.
    #[must_use]
    pub const fn with_node(self, with_node: Named<fn()>) -> Self {
        Self { with_node, ..self }
    }

    fn trials(&self, machine: &Machine) -> Vec<Trial> {
        // Without the name of the test binary.
        let module = self.module.split_once("::").map_or("", |(_, path)| path);
        let mut trials = Vec::new();
        let mut add = |names: Named<fn()>, lacking: Option<&String>| {
            for &(name, test) in names {
                trials.push(trial(format!("{module}::{name}"), lacking, test));
            }
        };
        add(self.once, None);
        let tmpfs = machine.tmpfs.as_ref().err();
        add(self.with_tmpfs, tmpfs.or(machine.python.as_ref().err()));
        add(self.with_openssl, machine.openssl.as_ref().err());
        add(self.with_python, machine.python.as_ref().err());
        add(self.with_node, machine.node.as_ref().err());
        let on_each_database = lacking(self.on_each_database, None);
        let with_strace = lacking(self.with_strace, machine.strace.as_ref().err());
        for (&(name, test), lacking) in on_each_database.chain(with_strace) {
            let name = format!("{module}::{name}::sqlite");
            trials.push(trial(name, lacking, move || test(&Database::Sqlite)));
        }
        let on_postgres = lacking(self.on_each_database, None)
            .chain(lacking(self.on_postgres, None))
            .chain(lacking(self.with_redis, machine.redis.as_ref().err()))
            .chain(lacking(self.with_strace, machine.attaching.as_ref().err()));
        for (&(name, test), lacking) in on_postgres {
            let name = format!("{module}::{name}::postgres");
            let database = machine.postgres.clone();
            let lacking = lacking.or(machine.postgres.as_ref().err());
            trials.push(trial(name, lacking, move || {
                test(&database.expect("PostgreSQL"));
            }));
        }
        trials
    }
}

/// Tests that lack the same, or nothing.
fn lacking(
    tests: Named<OnDatabase>,
    reason: Option<&String>,
) -> impl Iterator<Item = (&'static (&'static str, OnDatabase), Option<&String>)> {
    tests.iter().map(move |test| (test, reason))
}

/// A test that is ignored when the machine lacks something; its name then says what. In a soak it fails.
fn trial(name: String, lacking: Option<&String>, test: impl FnOnce() + Send + 'static) -> Trial {
    let name = match lacking {
        None => name,
        Some(reason) => format!("{name} ({reason})"),
    };
    if let Some(reason) = lacking
        && is_soak()
    {
        let reason = reason.clone();
        return Trial::test(name, move || Err(reason.into()));
    }
    let run = move || {
        test();
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(lacking.is_some())
}

/// What this machine has, or why not.
struct Machine {
    postgres: Result<Database, String>,
    redis: Result<(), String>,
    strace: Result<(), String>,
    attaching: Result<(), String>,
    tmpfs: Result<(), String>,
    openssl: Result<(), String>,
    python: Result<(), String>,
    node: Result<(), String>,
}

impl Machine {
    fn probe() -> Self {
        let installation = Installation::find().map_err(|reason| reason.to_string());
        Self {
            postgres: installation.map(Database::in_cluster_of),
            redis: redis::program().map(drop),
            strace: probe::strace(),
            attaching: probe::attaching(),
            tmpfs: probe::tmpfs(),
            openssl: probe::programs(&["curl --version", "openssl version"]),
            python: probe::programs(&["python3 --version"]),
            node: probe::programs(&["node --version"]),
        }
    }
}

/// Runs the tests that the command line asks for; its arguments are those of `cargo test -- ...`.
pub fn run(modules: &[Tests]) -> ExitCode {
    let machine = Machine::probe();
    let trials = modules.iter().flat_map(|tests| tests.trials(&machine));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// Declares `TESTS`, the tests of a module: `tests!(on_each_database: [a, b], once: [c]);`.
///
/// A test that no list names is an unused function, which the compiler reports.
#[macro_export]
macro_rules! tests {
    ($($group:ident: [$($test:ident),+ $(,)?]),+ $(,)?) => {
        pub(crate) const TESTS: $crate::Tests = $crate::Tests::of(module_path!())
            $(.$group(&[$((stringify!($test), $test)),+]))+;
    };
}
