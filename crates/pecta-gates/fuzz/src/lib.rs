//! What the fuzz targets share: the options of an engine, and what must hold of every verdict.

mod options;
mod places;
mod text;

pub use options::Options;
pub use text::{parse_or_quote, to_text};

use std::{cell::Cell, time::Duration};

use pecta_gates::{Engine, GateVerdict, PANIC, Subject, TIMEOUT, Verdict};
use places::Places;

/// The longest reason that a gate may give, in characters: that of an event.
const MAX_REASON: usize = 500;

/// Judges the subject with all the time in the world, and asserts what must hold of the verdict.
pub fn judge(engine: &Engine, options: &Options, subject: &Subject<'_>) -> Verdict {
    let clock = || Duration::ZERO;
    let verdict = engine.evaluate(subject, &clock);
    let collecting = engine.evaluate_with_findings(subject, &clock);
    assert_eq!(verdicts(&collecting), verdicts(&verdict));
    assert_eq!(collecting.passed, verdict.passed);
    assert_eq!(verdict.findings, []);
    check_reasons(&verdict.gates);
    for gate in collecting.gates.iter().filter(|gate| gate.has_hit()) {
        let mut findings = collecting.findings.iter();
        let is_told = findings.any(|finding| finding.gate == gate.name);
        // How long an output took has no place.
        assert!(is_told || !gate.complete || &*gate.name == "latency", "{gate:?}");
    }
    let places = Places::of(subject.output, options);
    for finding in &collecting.findings {
        places.check(finding);
    }
    collecting
}

/// The verdicts of the gates. Whether one is complete is left out: where places are not asked for there is room for all.
fn verdicts(verdict: &Verdict) -> Vec<GateVerdict> {
    let gates = verdict.gates.iter().map(|gate| GateVerdict {
        complete: true,
        ..gate.clone()
    });
    gates.collect()
}

/// Asserts that with little time every gate that is done in time says what it says with all the time in the world.
pub fn check_hurried(engine: &Engine, subject: &Subject<'_>, verdict: &Verdict) {
    let now = Cell::new(Duration::ZERO);
    let clock = || {
        now.set(now.get() + Duration::from_millis(1));
        now.get()
    };
    let hurried = engine.evaluate_with_findings(subject, &clock);
    for (hurried, full) in hurried.gates.iter().zip(&verdict.gates) {
        let in_time = hurried.reason.as_deref() != Some(TIMEOUT);
        if in_time && !hurried.skipped {
            assert_eq!(
                (hurried.passed, &hurried.reason),
                (full.passed, &full.reason)
            );
        }
    }
}

fn check_reasons(gates: &[GateVerdict]) {
    for reason in gates.iter().filter_map(|gate| gate.reason.as_deref()) {
        assert_ne!(reason, PANIC);
        assert_ne!(reason, TIMEOUT);
        assert!(reason.chars().count() <= MAX_REASON, "{reason}");
        assert!(!reason.contains(char::is_control), "{reason:?}");
    }
}
