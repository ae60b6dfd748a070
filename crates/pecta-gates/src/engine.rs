//! The engine: runs gates over a subject, within a budget of time.

use std::{
    borrow::Cow,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use crate::{
    ABORTED, Clock, Deadline, EngineBuilder, Finding, Gate, GateName, GateVerdict, MAX_FINDINGS,
    Outcome, PANIC, Subject, TIMEOUT, Verdict,
    check::ProbeSet,
    gate::Places,
    scan::{Located, Scan, Scanner, Scope, TextSlot},
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
    pub(crate) name: GateName,
    pub(crate) judge: Judge,
    /// Whether the gate blocks nothing.
    pub(crate) monitored: bool,
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
        let text_gates = slots.iter().filter_map(|slot| match slot.judge {
            Judge::Text(probes) => Some(TextSlot {
                probes,
                ends_run: fail_fast && !slot.monitored,
            }),
            Judge::Own(_) => None,
        });
        Self {
            scanner: Scanner::new(text_gates.collect(), scope),
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
        let verdicts = self.slots.iter().map(|slot| {
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
                _ if slot.monitored => {}
                Outcome::Failed(_) if self.fail_fast => skip_rest = Some(ABORTED.into()),
                Outcome::SkippedWithRest(reason) => skip_rest = Some(reason.clone()),
                _ => {}
            }
            let name = slot.name.clone();
            GateVerdict::new(name, outcome, elapsed, slot.monitored)
        });
        let gates: Vec<_> = verdicts.collect();
        let elapsed = now.saturating_sub(start);
        let judged_all = skip_rest.is_none() && gates.iter().all(GateVerdict::has_judged);
        let mut complete = judged_all && scan.as_ref().is_none_or(Scan::is_complete);
        let findings = if collect {
            let located = scan.map_or_else(Vec::new, |scan| scan.findings);
            self.findings(subject, &located, &gates, &mut complete)
        } else {
            Vec::new()
        };
        Verdict {
            passed: gates.iter().all(|gate| gate.passed),
            findings,
            complete,
            gates,
            elapsed,
        }
    }

    /// What was found for the gates that failed, or would have; `complete` becomes false when there is more.
    fn findings(
        &self,
        subject: &Subject<'_>,
        located: &[Located],
        verdicts: &[GateVerdict],
        complete: &mut bool,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let slots = self.slots.iter().zip(verdicts);
        for (slot, verdict) in slots.filter(|(_, verdict)| verdict.has_hit()) {
            match &slot.judge {
                &Judge::Text(probes) => findings.extend(of_text_gate(&slot.name, probes, located)),
                Judge::Own(gate) if verdict.has_judged() => {
                    let mut places = Places::new();
                    // What a gate told before it panicked is true all the same.
                    let told = catch_unwind(AssertUnwindSafe(|| gate.places(subject, &mut places)));
                    *complete &= told.is_ok() && !places.overflowed;
                    findings.extend(of_own_gate(&slot.name, places));
                }
                // What did not get through the output in its time has no more of it to look for places.
                Judge::Own(_) => {}
            }
        }
        *complete &= findings.len() <= MAX_FINDINGS;
        findings.truncate(MAX_FINDINGS);
        findings
    }
}

/// What the scan found for a text gate.
fn of_text_gate<'a>(
    name: &'a GateName,
    probes: ProbeSet,
    located: &'a [Located],
) -> impl Iterator<Item = Finding> + 'a {
    let of_gate = located
        .iter()
        .filter(move |found| probes.contains(found.probe));
    of_gate.map(|located| Finding {
        gate: name.clone(),
        check: located.probe.check.name(),
        rule: located.found.rule,
        pointer: located.pointer.clone(),
        range: located.found.range.clone(),
    })
}

/// Where a gate of another kind says that it hit.
fn of_own_gate(name: &GateName, places: Places) -> impl Iterator<Item = Finding> {
    places.found.into_iter().map(|place| Finding {
        gate: name.clone(),
        check: place.rule,
        rule: place.rule,
        pointer: place.pointer,
        range: place.range,
    })
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
