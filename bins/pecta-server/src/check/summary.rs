//! What a check counts, and how it ends.

use pecta_gates::Verdict;
use std::fmt;
use std::process::ExitCode;

/// How many lines passed, failed, or could not be judged.
#[derive(Debug, Default)]
pub(super) struct Summary {
    passed: u64,
    failed: u64,
    bad: u64,
    /// How many lines each gate failed, in the order of the gates.
    gates: Vec<(String, u64)>,
}

impl Summary {
    pub(super) fn new<'g>(gates: impl Iterator<Item = &'g str>) -> Self {
        Self {
            gates: gates.map(|name| (name.to_owned(), 0)).collect(),
            ..Self::default()
        }
    }

    pub(super) fn count(&mut self, verdict: &Verdict) {
        if verdict.passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        for ((_, failures), gate) in self.gates.iter_mut().zip(&verdict.gates) {
            *failures += u64::from(!gate.passed);
        }
    }

    pub(super) fn count_bad(&mut self) {
        self.bad += 1;
    }

    /// The counts on one line.
    pub(super) fn counts(&self) -> String {
        let Self {
            passed,
            failed,
            bad,
            ..
        } = self;
        let lines = passed + failed + bad;
        format!("{lines} lines: {passed} passed, {failed} failed, {bad} bad")
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(u8::from(self.failed + self.bad > 0))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.counts())?;
        for (name, failures) in self.gates.iter().filter(|(_, failures)| *failures > 0) {
            writeln!(f, "  {name}: {failures} failed")?;
        }
        Ok(())
    }
}
