//! The engine: runs gates over a subject, within a budget of time.

mod run;

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    Clock, Deadline, EngineBuilder, Gate, GateName, GateVerdict, Subject, Verdict,
    check::ProbeSet,
    scan::{Scanner, Scope, TextSlot},
};
use run::Run;

/// A fixed list of gates, made ready once and run many times, from any number of threads.
///
/// Evaluating cannot fail, and no payload can make it panic.
pub struct Engine {
    slots: Vec<Slot>,
    /// For the gates that may block, and for those that are monitored: what these find must not take room or time from the
    /// others.
    scanners: [Option<Box<Scanner>>; 2],
    budget: Duration,
    fail_fast: bool,
}

/// A gate's place in the engine.
pub(crate) struct Slot {
    pub(crate) name: GateName,
    pub(crate) judge: Judge,
    /// Whether the gate blocks nothing.
    pub(crate) monitored: bool,
}

impl Slot {
    /// The gate's part in the scan of those that are monitored, or of those that are not.
    fn text_gate(&self, monitored: bool, fail_fast: bool) -> Option<TextSlot> {
        match self.judge {
            Judge::Text(probes) if self.monitored == monitored => Some(TextSlot {
                probes,
                ends_run: fail_fast && !monitored,
            }),
            _ => None,
        }
    }
}

/// Who judges for a gate.
#[derive(Clone)]
pub(crate) enum Judge {
    /// The scan that all text gates share.
    Text(ProbeSet),
    /// The gate itself.
    Own(Arc<dyn Gate>),
}

impl Engine {
    /// Starts to put an engine together.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::new()
    }

    pub(crate) fn new(slots: Vec<Slot>, budget: Duration, fail_fast: bool, scope: Scope) -> Self {
        let scanner = |monitored| {
            let text_gates = slots
                .iter()
                .filter_map(|slot| slot.text_gate(monitored, fail_fast));
            let text_gates: Vec<_> = text_gates.collect();
            (!text_gates.is_empty()).then(|| Box::new(Scanner::new(text_gates, scope)))
        };
        Self {
            scanners: [scanner(false), scanner(true)],
            slots,
            budget,
            fail_fast,
        }
    }

    /// The names of the gates, in the order of a verdict.
    pub fn gate_names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| &*slot.name)
    }

    /// Judges a subject. The budget starts now, by the clock.
    pub fn evaluate(&self, subject: &Subject<'_>, clock: &dyn Clock) -> Verdict {
        self.run(subject, clock, false)
    }

    /// Judges a subject and collects where the gates found something: every place, up to
    /// [`MAX_FINDINGS`](crate::MAX_FINDINGS), where [`evaluate`](Self::evaluate) stops at the first.
    pub fn evaluate_with_findings(&self, subject: &Subject<'_>, clock: &dyn Clock) -> Verdict {
        self.run(subject, clock, true)
    }

    fn run(&self, subject: &Subject<'_>, clock: &dyn Clock, collect: bool) -> Verdict {
        let start = clock.now();
        let deadline = Deadline::new(clock, start.saturating_add(self.budget));
        let mut run = Run {
            engine: self,
            subject,
            deadline: &deadline,
            collect,
            now: start,
            rest: None,
            verdicts: Vec::with_capacity(self.slots.len()),
            findings: Vec::new(),
        };
        // Those that block nothing come after all others, so that they take none of their time.
        run.gates(false);
        let elapsed = run.now.saturating_sub(start);
        if self.slots.iter().any(|slot| slot.monitored) {
            // Locating took time, too.
            run.now = clock.now();
            run.gates(true);
            run.findings.sort_by_key(|(nth, _)| *nth);
        }
        let gates = self.in_order(run.verdicts);
        let mut findings = Vec::new();
        for (_, found) in run.findings {
            findings.extend(found);
        }
        Verdict {
            passed: gates.iter().all(|gate| gate.passed),
            gates,
            elapsed,
            findings,
        }
    }

    /// The verdicts in the order of the gates, from those of the gates that may block, followed by the others.
    fn in_order(&self, mut verdicts: Vec<GateVerdict>) -> Vec<GateVerdict> {
        let deciding = verdicts.iter().take_while(|verdict| !verdict.monitored);
        let deciding = deciding.count();
        if deciding == verdicts.len() {
            return verdicts;
        }
        let mut watching = verdicts.split_off(deciding).into_iter();
        let mut deciding = verdicts.into_iter();
        let next = |slot: &Slot| {
            if slot.monitored {
                watching.next()
            } else {
                deciding.next()
            }
        };
        self.slots.iter().filter_map(next).collect()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("gates", &self.gate_names().collect::<Vec<_>>())
            .field("budget", &self.budget)
            .field("fail_fast", &self.fail_fast)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
