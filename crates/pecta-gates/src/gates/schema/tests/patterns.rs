//! The patterns that a schema may have.

use std::cell::Cell;

use super::*;

/// Judges by a clock that goes on by a millisecond at each look, with so much time: the outcome, and how often the clock was looked at.
fn judged(schema: &Value, text: &str, time_ms: u64) -> (String, u64) {
    let (gate, output) = (Schema::new(schema).unwrap(), Json::parse(text).unwrap());
    let looks = Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        Duration::from_millis(looks.get())
    };
    let deadline = Deadline::new(&clock, Duration::from_millis(time_ms));
    let outcome = gate.judge(&Subject::new(&output), &deadline);
    (format!("{outcome:?}"), looks.get())
}

#[test]
fn patterns_that_do_not_end_in_time_are_given_up() {
    let timeout = format!("{:?}", Outcome::failed(TIMEOUT));
    let strings = |count: usize, length: usize| {
        let string = format!("\"{}-\"", "a".repeat(length));
        format!("[{}]", vec![string; count].join(","))
    };
    for pattern in [r"^(?:(?=a)a|a)*$", "^a+-$"] {
        let schema = json!({"items": {"pattern": pattern}});
        let (outcome, looks) = judged(&schema, &strings(2_000, 1_000), 10);
        assert_eq!(outcome, timeout, "{pattern}");
        assert!(looks <= 10, "{looks}");
    }
    // With more time the same ends by itself.
    let (outcome, _) = judged(
        &json!({"items": {"pattern": "^a+-$"}}),
        &strings(2_000, 1_000),
        1_000,
    );
    assert_eq!(outcome, "Passed");
}

#[test]
fn strings_that_are_too_long_to_match_are_told_from_those_that_do_not() {
    let text = |length: usize| format!("\"{}\"", "a".repeat(length));
    let key = |length: usize| format!("{{{}: 1}}", text(length));
    let keys = |pattern: &str| json!({"patternProperties": {pattern: true}});
    for (schema, longest, within, beyond) in [
        (
            json!({"pattern": "^a+$"}),
            256 << 10,
            text(256 << 10),
            text((256 << 10) + 1),
        ),
        (
            json!({"not": {"pattern": "b"}}),
            256 << 10,
            text(256 << 10),
            text((256 << 10) + 1),
        ),
        (
            json!({"pattern": "^(?=a)"}),
            4 << 10,
            text(4 << 10),
            text((4 << 10) + 1),
        ),
        (
            json!({"pattern": r"^(a)\1"}),
            4 << 10,
            text(4 << 10),
            text((4 << 10) + 1),
        ),
        (
            keys("^a+$"),
            256 << 10,
            key(256 << 10),
            key((256 << 10) + 1),
        ),
        (keys("^(?!b)"), 4 << 10, key(4 << 10), key((4 << 10) + 1)),
        // Nothing is matched against a pattern here.
        (
            json!({"maxLength": 1_000_000}),
            0,
            text(1 << 19),
            String::new(),
        ),
    ] {
        let gate = Schema::new(&schema).unwrap();
        let judge = |text: &str| judge(&gate, &Subject::new(&Json::parse(text).unwrap()));
        assert_eq!(judge(&within), "passed", "{schema}");
        if longest > 0 {
            assert_eq!(judge(&beyond), format!("failed: {TIMEOUT}"), "{schema}");
        }
    }
}

#[test]
fn patterns_are_limited_in_number_and_size() {
    let many = |count| json!({"allOf": vec![json!({"pattern": "^a"}); count]});
    assert!(Schema::new(&many(50)).is_ok());
    let error = Schema::new(&many(51)).unwrap_err();
    assert_eq!(error.pointer(), "/allOf/50/pattern");
    assert!(Schema::new(&json!({"pattern": "^[a-z]{1,64}$"})).is_ok());
    let huge = json!({"items": {"pattern": "([a-z]{100}){100}"}});
    let error = Schema::new(&huge).unwrap_err();
    assert_eq!(error.pointer(), "/items/pattern");
}
