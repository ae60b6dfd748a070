//! One evaluation under way.

use std::{
    borrow::Cow,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use super::{Engine, Judge, Slot};
use crate::{
    ABORTED, Deadline, Finding, Gate, GateName, GateVerdict, MAX_FINDINGS, Outcome, PANIC, Subject,
    TIMEOUT,
    check::ProbeSet,
    gate::Places,
    scan::{Located, Scan},
};

/// An evaluation under way: the gates that may block, then those that are monitored.
pub(super) struct Run<'e> {
    pub(super) engine: &'e Engine,
    pub(super) subject: &'e Subject<'e>,
    pub(super) deadline: &'e Deadline<'e>,
    pub(super) collect: bool,
    pub(super) now: Duration,
    /// The place of the gate after which none is to run, and why.
    pub(super) rest: Option<(usize, Cow<'static, str>)>,
    /// Of the gates that judged, in the order in which they did.
    pub(super) verdicts: Vec<GateVerdict>,
    /// What gates found, with their places.
    pub(super) findings: Vec<(usize, Vec<Finding>)>,
}

impl Run<'_> {
    /// Lets the gates judge that may block, or those that are monitored, and collects what they found if that is asked for.
    pub(super) fn gates(&mut self, monitored: bool) {
        let slots = self.engine.slots.iter().enumerate();
        let slots = slots.filter(|(_, slot)| slot.monitored == monitored);
        let mut scan = None;
        let first = self.verdicts.len();
        for (nth, slot) in slots.clone() {
            let verdict = self.verdict(nth, slot, &mut scan);
            self.verdicts.push(verdict);
        }
        if self.collect {
            for (judged, (nth, slot)) in (first..).zip(slots) {
                self.locate(judged, nth, slot, scan.as_ref());
            }
        }
    }

    fn verdict(&mut self, nth: usize, slot: &Slot, scan: &mut Option<Scan>) -> GateVerdict {
        let verdict = |outcome, elapsed| {
            GateVerdict::new(slot.name.clone(), outcome, elapsed, slot.monitored)
        };
        if let Some((_, reason)) = self.rest.as_ref().filter(|(last, _)| *last < nth) {
            let mut skipped = verdict(Outcome::Skipped(reason.clone()), Duration::ZERO);
            skipped.complete = false;
            return skipped;
        }
        let (outcome, elapsed) = match &slot.judge {
            &Judge::Text(probes) => self.text(probes, slot.monitored, scan),
            Judge::Own(gate) => {
                let began = self.now;
                let outcome = judge(gate.as_ref(), self.subject, self.deadline, &mut self.now);
                (outcome, self.now.saturating_sub(began))
            }
        };
        match &outcome {
            _ if slot.monitored => {}
            Outcome::Failed(_) if self.engine.fail_fast => self.rest = Some((nth, ABORTED.into())),
            Outcome::SkippedWithRest(reason) => self.rest = Some((nth, reason.clone())),
            _ => {}
        }
        verdict(outcome, elapsed)
    }

    /// What the scan says of a text gate; the first of them has it done.
    fn text(
        &mut self,
        probes: ProbeSet,
        monitored: bool,
        scan: &mut Option<Scan>,
    ) -> (Outcome, Duration) {
        let [deciding, watching] = &self.engine.scanners;
        let scanner = if monitored { watching } else { deciding };
        if scan.is_none() {
            *scan = scanner.as_ref().map(|scanner| {
                scanner.scan(self.subject.output, self.deadline, self.now, self.collect)
            });
            self.now = scan.as_ref().map_or(self.now, |scan| scan.end);
        }
        // Where there is a text gate there is a scanner for it.
        scan.as_ref()
            .map_or((Outcome::failed(TIMEOUT), Duration::ZERO), |scan| {
                (scan.outcome(probes), scan.elapsed())
            })
    }

    /// Collects what was found for a gate that failed, or would have, with the place of its verdict.
    fn locate(&mut self, judged: usize, nth: usize, slot: &Slot, scan: Option<&Scan>) {
        let Some(verdict) = self.verdicts.get_mut(judged) else {
            return;
        };
        match (&slot.judge, scan) {
            (&Judge::Text(probes), Some(scan)) => {
                verdict.complete &= scan.is_complete(probes);
                if verdict.has_hit() {
                    let mut located = scan.of(probes);
                    verdict.complete &= located.len() <= MAX_FINDINGS;
                    located.truncate(MAX_FINDINGS);
                    let findings = located.into_iter();
                    let findings = findings.map(|located| of_text_gate(&slot.name, located));
                    self.findings.push((nth, findings.collect()));
                }
            }
            // What did not get through the output in its time has no more of it to look for places.
            (Judge::Own(gate), _) if verdict.has_hit() && verdict.has_judged() => {
                let mut places = Places::new(self.deadline);
                // What a gate told before it panicked is true all the same.
                let told = unless_panics(|| gate.places(self.subject, &mut places));
                verdict.complete = told.is_some() && !places.is_short;
                let findings = of_own_gate(&slot.name, places).collect();
                self.findings.push((nth, findings));
            }
            _ => {}
        }
    }
}

/// What the scan found for a text gate.
fn of_text_gate(name: &GateName, located: &Located) -> Finding {
    Finding {
        gate: name.clone(),
        check: located.probe.check.name(),
        rule: located.found.rule,
        pointer: located.pointer.clone(),
        range: located.found.range.clone(),
        details: Vec::new(),
    }
}

/// Where a gate of another kind says that it hit.
fn of_own_gate(name: &GateName, places: Places<'_>) -> impl Iterator<Item = Finding> {
    places.found.into_iter().map(|place| Finding {
        gate: name.clone(),
        check: place.rule,
        rule: place.rule,
        pointer: place.pointer,
        range: place.range,
        details: place.details,
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
    let outcome = unless_panics(|| gate.judge(subject, deadline));
    *now = deadline.now();
    match outcome {
        None => Outcome::failed(PANIC),
        Some(_) if deadline.is_due_at(*now) => Outcome::failed(TIMEOUT),
        Some(outcome) => outcome,
    }
}

/// What a function returns; none if it panics.
fn unless_panics<T>(run: impl FnOnce() -> T) -> Option<T> {
    // What a gate panics with may panic itself when it is dropped.
    catch_unwind(AssertUnwindSafe(run))
        .map_err(mem::forget)
        .ok()
}
