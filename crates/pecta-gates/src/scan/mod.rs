//! The scan: one walk over an output that runs the checks of all text gates.

mod labels;
mod pieces;
mod places;
mod repeats;
mod run;
mod searches;
mod tally;
mod vain;

use std::{sync::Arc, time::Duration};

use crate::{
    Deadline, Json, Outcome, TIMEOUT,
    check::{Probe, ProbeSet},
    detect::Match,
    prefilter::Scratch,
};
use run::Run;
use searches::{Called, Prepared, Searches};

/// How many findings an evaluation collects of a gate at most, so that no payload can make it collect without end.
pub const MAX_FINDINGS: usize = 1000;

/// How many bytes the pointers may have of what a gate, or a check of it, found: a key of the payload may be as long as the
/// payload.
pub(crate) const POINTER_ROOM: usize = 256 << 10;

/// The checks of an engine's text gates, made ready to run.
pub(crate) struct Scanner {
    /// The text gates, in the engine's order.
    gates: Vec<TextSlot>,
    scope: Scope,
    searches: Arc<Searches>,
}

/// A text gate's place among the others.
pub(crate) struct TextSlot {
    pub(crate) probes: ProbeSet,
    /// Whether the gates after it do not run once it failed.
    pub(crate) ends_run: bool,
}

/// What is judged besides the strings of an output.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) keys: bool,
    pub(crate) numbers: bool,
    pub(crate) embedded_json: bool,
}

impl Scanner {
    pub(crate) fn new(gates: Vec<TextSlot>, scope: Scope) -> Self {
        let probes = gates
            .iter()
            .fold(ProbeSet::default(), |all, gate| all | gate.probes);
        Self {
            gates,
            scope,
            searches: Searches::of(probes),
        }
    }

    /// Runs all checks over the output, until the deadline.
    pub(crate) fn scan(
        &self,
        output: &Json<'_>,
        deadline: &Deadline<'_>,
        start: Duration,
        collect: bool,
    ) -> Scan {
        let mut scratch = Scratch::new();
        let mut run = Run::new(self, deadline, &mut scratch, collect);
        let walked = !deadline.is_due_at(start) && run.output(output);
        let end = deadline.now();
        let (hits, findings, overflowed) = run.finish();
        Scan {
            hits,
            finished: walked && !deadline.is_due_at(end),
            findings,
            overflowed,
            start,
            end,
        }
    }

    /// The probes that can still change a verdict or its reason after these hits.
    fn open(&self, hits: ProbeSet) -> ProbeSet {
        let mut open = ProbeSet::default();
        for gate in &self.gates {
            open |= gate.probes.before_first_of(hits);
            if gate.ends_run && !(gate.probes & hits).is_empty() {
                break;
            }
        }
        open
    }
}

/// What a scan brought to light.
pub(crate) struct Scan {
    hits: ProbeSet,
    /// Whether the whole output was looked at in time.
    finished: bool,
    findings: Vec<Located>,
    /// The probes that found more than is among the findings.
    overflowed: ProbeSet,
    start: Duration,
    pub(crate) end: Duration,
}

/// A match and where it is.
pub(crate) struct Located {
    pub(crate) probe: Probe,
    /// Which of the values that held something it is in, in their order.
    pub(crate) value: usize,
    pub(crate) pointer: String,
    pub(crate) found: Match,
}

impl Scan {
    /// What a gate of these probes concludes. One whose first probe hit needs no more; any other had to see it all.
    pub(crate) fn outcome(&self, probes: ProbeSet) -> Outcome {
        match (probes & self.hits).first() {
            Some(hit) if self.finished || Some(hit) == probes.first() => {
                Outcome::failed(hit.check.reason())
            }
            _ if !self.finished => Outcome::failed(TIMEOUT),
            _ => Outcome::Passed,
        }
    }

    /// What the probes found, in the order of the payload.
    pub(crate) fn of(&self, probes: ProbeSet) -> Vec<&Located> {
        let found = self.findings.iter();
        let mut found: Vec<_> = found
            .filter(|located| probes.contains(located.probe))
            .collect();
        found.sort_by_key(|located| (located.value, located.found.range.start));
        found
    }

    /// Whether the whole output was looked at, and all that the probes found is among the findings.
    pub(crate) fn is_complete(&self, probes: ProbeSet) -> bool {
        self.finished && (self.overflowed & probes).is_empty()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }
}

#[cfg(test)]
mod tests;
