//! The engine agrees with a slow, obvious reference: the documented patterns, run by a backtracking engine over a string and
//! over its folded form. The strings are made to hit or to miss by one character.

#[cfg(test)]
mod reference;
#[cfg(test)]
mod strings;

use std::{ops::Range, time::Duration};

use pecta_gates::{
    BuildError, ContentCheck, Engine, EngineBuilder, FilesystemCheck, GateCheck, Json, PiiCheck,
    Subject, TextGate,
};

use reference::{Reference, fold};
use strings::Random;

/// Enough for a test that is not optimised; the optimised run goes further.
const CASES: u32 = if cfg!(debug_assertions) {
    80_000
} else {
    1_000_000
};

const CHECKS: [&str; 8] = [
    "destructive",
    "traversal",
    "sensitive",
    "email",
    "ssn",
    "phone",
    "empty",
    "refusal",
];

/// One gate per check, named after it.
fn engine() -> Result<Engine, BuildError> {
    fn gates<C: GateCheck>(builder: EngineBuilder) -> EngineBuilder {
        C::DEFAULT.iter().fold(builder, |builder, &check| {
            let others = C::DEFAULT.iter().filter(|&&other| other != check);
            let gate = others.fold(TextGate::new(), |gate, &other| gate.without(other));
            builder.gate(gate.named(check.name()))
        })
    }
    let builder = gates::<FilesystemCheck>(Engine::builder().fail_fast(false));
    gates::<ContentCheck>(gates::<PiiCheck>(builder)).build()
}

fn stopped() -> Duration {
    Duration::ZERO
}

#[test]
fn strict_checks_agree_with_the_documented_patterns() {
    let (engine, reference, mut random) = (
        engine().unwrap(),
        Reference::new(),
        Random(0x9E37_79B9_7F4A_7C15),
    );
    assert_eq!(engine.gate_names().collect::<Vec<_>>(), CHECKS);
    let (mut hits, mut near_misses) = ([0; CHECKS.len()], [0; CHECKS.len()]);
    let mut strings_that_hit = 0;
    for case in 0..CASES {
        let aim = random.below(CHECKS.len());
        let mut text = random.hit(CHECKS[aim]);
        let off = random.one_in(3);
        if off {
            text = random.one_off(&text);
        }
        if random.one_in(3) {
            text = random.disguise(&text);
        }
        if !off && CHECKS[aim] != "empty" {
            text = random.around(&text);
        }

        let folded = fold(&text);
        let expected = CHECKS.map(|check| reference.hits(check, &text, &folded));
        let json = Json::String(text.as_str().into());
        let verdict = engine.evaluate(&Subject::new(&json), &stopped);
        for ((gate, check), expected) in verdict.gates.iter().zip(CHECKS).zip(expected) {
            assert_eq!(
                !gate.passed, expected,
                "case {case}: {check} on {text:?}, folded {folded:?}"
            );
        }

        strings_that_hit += u32::from(!verdict.passed);
        hits[aim] += u32::from(expected[aim]);
        near_misses[aim] += u32::from(off && !expected[aim]);
    }
    assert!(
        strings_that_hit > CASES * 3 / 10,
        "{strings_that_hit} of {CASES} hit"
    );
    for (aim, check) in CHECKS.into_iter().enumerate() {
        assert!(
            hits[aim] >= 1000 && near_misses[aim] >= 1000,
            "{check}: {} hits, {} near misses",
            hits[aim],
            near_misses[aim]
        );
    }
}

#[test]
fn findings_lie_where_the_documented_patterns_match() {
    let (engine, reference, mut random) = (
        engine().unwrap(),
        Reference::new(),
        Random(0x2545_F491_4F6C_DD1D),
    );
    for case in 0..CASES / 10 {
        let check = random.pick(&CHECKS);
        let (one, two) = (random.hit(check), random.hit(check));
        // In ASCII, because other strings are searched in their folded form as well, where more may match.
        let text =
            (random.around(&one) + &random.around(&two)).replace(|c: char| !c.is_ascii(), " ");
        let json = Json::String(text.as_str().into());
        let verdict = engine.evaluate_with_findings(&Subject::new(&json), &stopped);
        for check in CHECKS.into_iter().filter(|&check| check != "empty") {
            let expected = reference.find(check, &text);
            let found: Vec<_> = verdict
                .findings
                .iter()
                .filter(|f| f.check == check)
                .map(|f| f.range.clone())
                .collect();
            let within = |inner: &Range<usize>, outer: &Range<usize>| {
                outer.start <= inner.start && inner.end <= outer.end
            };
            let agree = match check {
                // The dots alone are the finding, and neighbours may share the slash between them.
                "traversal" => expected
                    .iter()
                    .all(|outer| found.iter().any(|inner| within(inner, outer))),
                // Addresses that share their middle are one finding.
                "email" => expected
                    .iter()
                    .all(|inner| found.iter().any(|outer| within(inner, outer))),
                _ => found == expected,
            };
            assert!(
                agree,
                "case {case}: {check} on {text:?}: {found:?}, expected {expected:?}"
            );
        }
    }
}
