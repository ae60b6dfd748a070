//! The engine: runs gates over a subject, within a budget of time.

use std::{
    borrow::Cow,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use crate::{
    ABORTED, Clock, Deadline, EngineBuilder, Finding, Gate, GateVerdict, Outcome, PANIC, Subject,
    TIMEOUT, Verdict,
    check::ProbeSet,
    scan::{Located, Scan, Scanner, Scope},
};

/// A fixed list of gates, made ready once and run many times, from any number of threads.
///
/// Evaluating cannot fail, and no payload can make it panic.
pub struct Engine {
    slots: Vec<Slot>,
    scanner: Scanner,
    budget: Duration,
    fail_fast: bool,
}

/// A gate's place in the engine.
pub(crate) struct Slot {
    pub(crate) name: Arc<str>,
    pub(crate) judge: Judge,
}

/// Who judges for a gate.
pub(crate) enum Judge {
    /// The scan that all text gates share.
    Text(ProbeSet),
    /// The gate itself.
    Own(Box<dyn Gate>),
}

impl Engine {
    /// Starts to put an engine together.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::new()
    }

    pub(crate) fn new(slots: Vec<Slot>, budget: Duration, fail_fast: bool, scope: Scope) -> Self {
        let probes = slots.iter().filter_map(|slot| match slot.judge {
            Judge::Text(probes) => Some(probes),
            Judge::Own(_) => None,
        });
        Self {
            scanner: Scanner::new(probes.collect(), fail_fast, scope),
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

    /// Judges a subject and collects where the built-in text gates found something: every place, up to
    /// [`MAX_FINDINGS`](crate::MAX_FINDINGS), where [`evaluate`](Self::evaluate) stops at the first.
    pub fn evaluate_with_findings(&self, subject: &Subject<'_>, clock: &dyn Clock) -> Verdict {
        self.run(subject, clock, true)
    }

    fn run(&self, subject: &Subject<'_>, clock: &dyn Clock, collect: bool) -> Verdict {
        let start = clock.now();
        let deadline = Deadline::new(clock, start.saturating_add(self.budget));
        let mut now = start;
        let mut scan: Option<Scan> = None;
        let mut skip_rest: Option<Cow<'static, str>> = None;
        let mut gates = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let (outcome, elapsed) = match (&skip_rest, &slot.judge) {
                (Some(reason), _) => (Outcome::Skipped(reason.clone()), Duration::ZERO),
                (None, &Judge::Text(probes)) => {
                    let scan = scan.get_or_insert_with(|| {
                        let scan = self.scanner.scan(subject.output, &deadline, now, collect);
                        now = scan.end;
                        scan
                    });
                    (scan.outcome(probes), scan.elapsed())
                }
                (None, Judge::Own(gate)) => {
                    let began = now;
                    let outcome = judge(gate.as_ref(), subject, &deadline, &mut now);
                    (outcome, now.saturating_sub(began))
                }
            };
            match &outcome {
                Outcome::Failed(_) if self.fail_fast => skip_rest = Some(ABORTED.into()),
                Outcome::SkippedWithRest(reason) => skip_rest = Some(reason.clone()),
                _ => {}
            }
            gates.push(GateVerdict::new(slot.name.clone(), outcome, elapsed));
        }
        Verdict {
            passed: gates.iter().all(|gate| gate.passed),
            findings: scan.map_or_else(Vec::new, |scan| self.findings(&scan.findings, &gates)),
            gates,
            elapsed: now.saturating_sub(start),
        }
    }

    /// What the scan found for the gates that failed.
    fn findings(&self, located: &[Located], verdicts: &[GateVerdict]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (slot, verdict) in self.slots.iter().zip(verdicts) {
            let Judge::Text(probes) = slot.judge else {
                continue;
            };
            let of_gate = located
                .iter()
                .filter(|found| !verdict.passed && probes.contains(found.probe));
            findings.extend(of_gate.map(
                |Located {
                     probe,
                     pointer,
                     found,
                 }| Finding {
                    gate: slot.name.clone(),
                    check: probe.check.name(),
                    rule: found.rule,
                    pointer: pointer.clone(),
                    range: found.range.clone(),
                },
            ));
        }
        findings
    }
}

/// Lets a gate judge for itself, and sets `now` to when it was done.
fn judge(
    gate: &dyn Gate,
    subject: &Subject<'_>,
    deadline: &Deadline<'_>,
    now: &mut Duration,
) -> Outcome {
    if deadline.is_due_at(*now) {
        return Outcome::failed(TIMEOUT);
    }
    // A gate that panicked is never asked about its state: it judges the next subject as it did this one.
    let outcome = catch_unwind(AssertUnwindSafe(|| gate.judge(subject, deadline)));
    *now = deadline.now();
    match outcome {
        Err(_) => Outcome::failed(PANIC),
        Ok(_) if deadline.is_due_at(*now) => Outcome::failed(TIMEOUT),
        Ok(outcome) => outcome,
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
