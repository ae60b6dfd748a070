//! `policy diff`: what another policy would judge differently.

use super::outputs::each;
use super::{Judge, say};
use crate::failure::Failure;
use pecta_policy::Judgement;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(old: &Judge, new: &Judge, outputs: &Path) -> Result<ExitCode, Failure> {
    let mut difference = Difference::default();
    each(outputs, |_, output| {
        difference.count(&old.judge(output)?, &new.judge(output)?);
        Ok(())
    })?;
    say(&difference.to_string());
    Ok(ExitCode::SUCCESS)
}

/// What changes from one policy to another, counted. Holds nothing of an output.
#[derive(Default)]
struct Difference {
    outputs: u64,
    blocked: u64,
    released: u64,
    /// By gate and rule, how many outputs it newly blocks and releases.
    rules: BTreeMap<(String, &'static str), (u64, u64)>,
}

impl Difference {
    fn count(&mut self, old: &Judgement<'_>, new: &Judgement<'_>) {
        self.outputs += 1;
        self.blocked += u64::from(old.passed && !new.passed);
        self.released += u64::from(!old.passed && new.passed);
        let (old, new) = (old.blocking(), new.blocking());
        for (gate, rule) in new.difference(&old) {
            self.rules.entry((gate.to_string(), rule)).or_default().0 += 1;
        }
        for (gate, rule) in old.difference(&new) {
            self.rules.entry((gate.to_string(), rule)).or_default().1 += 1;
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            outputs,
            blocked,
            released,
            rules,
        } = self;
        writeln!(
            f,
            "{outputs} outputs: {blocked} newly blocked, {released} released"
        )?;
        for ((gate, rule), (blocked, released)) in rules {
            if *blocked > 0 {
                writeln!(f, "  + {gate} {rule}: {blocked}")?;
            }
            if *released > 0 {
                writeln!(f, "  - {gate} {rule}: {released}")?;
            }
        }
        Ok(())
    }
}
