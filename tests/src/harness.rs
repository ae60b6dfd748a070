//! The test harness: plain functions, run once on each database or once at all.
//!
//! libtest cannot skip a test at run time. This one can, so that a machine without PostgreSQL reports
//! the tests that need it as ignored, with the reason.

use crate::database::Database;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

type OnDatabase = fn(&Database);

/// The tests of one module; made by [`tests!`](crate::tests).
#[derive(Debug)]
pub struct Tests {
    module: &'static str,
    on_each_database: &'static [(&'static str, OnDatabase)],
    once: &'static [(&'static str, fn())],
}

impl Tests {
    /// None yet, of the module with this path.
    pub const fn of(module: &'static str) -> Self {
        Self {
            module,
            on_each_database: &[],
            once: &[],
        }
    }

    /// With these tests, which run on each database.
    #[must_use]
    pub const fn on_each_database(mut self, tests: &'static [(&'static str, OnDatabase)]) -> Self {
        self.on_each_database = tests;
        self
    }

    /// With these tests, which run once, because they are about one database or none.
    #[must_use]
    pub const fn once(mut self, tests: &'static [(&'static str, fn())]) -> Self {
        self.once = tests;
        self
    }

    fn trials(&self) -> Vec<Trial> {
        // Without the name of the test binary.
        let module = self.module.split_once("::").map_or("", |(_, path)| path);
        let once = self.once.iter().map(|&(name, test)| {
            Trial::test(format!("{module}::{name}"), move || {
                test();
                Ok(())
            })
        });
        let on_sqlite = self.on_each_database.iter().map(|&(name, test)| {
            Trial::test(format!("{module}::{name}::sqlite"), move || {
                test(&Database::Sqlite);
                Ok(())
            })
        });
        once.chain(on_sqlite).collect()
    }
}

/// Runs the tests that the command line asks for; its arguments are those of `cargo test -- ...`.
pub fn run(modules: &[Tests]) -> ExitCode {
    let trials = modules.iter().flat_map(Tests::trials).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
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
