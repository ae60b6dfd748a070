//! What is judged besides strings: keys, numbers and JSON in strings.

use proptest::{collection::vec, prelude::*};
use serde_json::{Number, Value, json};

use super::{EMAIL, check, default_gates, evaluate, reasons, stopped};
use crate::{Engine, EngineBuilder, Finding, Json, Pii, PiiCheck, Subject};

/// Text of which about half hits.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,6}",
        "rm -{1,2}r?f? ?",
        "\\.{1,2}/x?",
        "/(etc|usr|bin)",
        "a@b\\.(co|c)",
        "[1-9]{3}-[0-9]{2}-[0-9]{4}",
        "i can't (help|doubt)",
    ]
}

fn verdict(engine: EngineBuilder, output: &Value) -> Vec<String> {
    let verdict = evaluate(&engine.build().unwrap(), &output.to_string());
    reasons(&verdict).into_iter().map(str::to_owned).collect()
}

fn findings(engine: EngineBuilder, output: &Value) -> Vec<Finding> {
    let engine: Engine = engine.build().unwrap();
    let output = Json::from(output);
    engine
        .evaluate_with_findings(&Subject::new(&output), &stopped)
        .findings
}

/// What was found, wherever.
fn found(findings: &[Finding]) -> Vec<(&str, &str, std::ops::Range<usize>)> {
    let found = findings.iter();
    found
        .map(|found| (found.check, found.rule, found.range.clone()))
        .collect()
}

proptest! {
    #[test]
    fn keys_are_judged_as_strings_before_their_values(members in vec((text(), text()), 1..4)) {
        // As many objects as members, because a value of serde_json keeps one of duplicate keys.
        let objects: Value = members.iter().map(|(key, value)| json!({ key: value })).collect();
        let strings: Value = members.iter().flat_map(|(key, value)| [key.as_str(), value]).collect();
        prop_assert_eq!(
            verdict(default_gates().judge_keys(true), &objects),
            verdict(default_gates(), &strings)
        );
        let of_keys = findings(default_gates().judge_keys(true), &objects);
        let of_strings = findings(default_gates(), &strings);
        prop_assert_eq!(found(&of_keys), found(&of_strings));
        for finding in of_keys {
            let pointer = finding.pointer.strip_suffix("~#").unwrap_or(&finding.pointer);
            prop_assert!(objects.pointer(pointer).is_some(), "{}", pointer);
        }
    }

    #[test]
    fn keys_are_not_judged_unless_asked_for(members in vec((text(), text()), 1..4)) {
        let objects: Value = members.iter().map(|(key, value)| json!({ key: value })).collect();
        let values: Value = members.iter().map(|(_, value)| value.as_str()).collect();
        prop_assert_eq!(verdict(default_gates(), &objects), verdict(default_gates(), &values));
    }

    #[test]
    fn numbers_are_judged_as_their_shortest_text(
        numbers in vec(prop_oneof![
            any::<i64>().prop_map(Number::from),
            (4_000_000_000_000_000_u64..6_000_000_000_000_000).prop_map(Number::from),
            any::<f64>().prop_filter_map("finite", Number::from_f64),
        ], 1..50)
    ) {
        let gates = || default_gates().gate(Pii::new().named("card").with(PiiCheck::Card));
        let text = |number: &Number| number.to_string().trim_end_matches(".0").to_owned();
        let texts: Value = numbers.iter().map(text).collect();
        let numbers: Value = numbers.into_iter().map(Value::Number).collect();
        let of_numbers = findings(gates().judge_numbers(true), &numbers);
        prop_assert_eq!(&of_numbers, &findings(gates(), &texts));
        prop_assert_eq!(findings(gates(), &numbers), []);
    }
}

#[test]
fn a_number_may_be_a_payment_card() {
    let card = || Engine::builder().gate(Pii::new().with(PiiCheck::Card));
    let reason = "output contains payment card number";
    check(card().judge_numbers(true), "[5555555555554444]", &[reason]);
    check(
        card().judge_numbers(true),
        "[5555555555554444.0]",
        &[reason],
    );
    check(card().judge_numbers(true), "[5555555555554445]", &[""]);
    check(card(), "[5555555555554444]", &[""]);
}

/// As deep as a parser allows, and in it as deep again, does not overflow the stack.
#[test]
fn json_in_json_may_be_as_deep_as_json() {
    let mut text = r#""a@b.io""#.to_owned();
    for _ in 0..3 {
        let body = serde_json::to_string(&text).unwrap();
        let (open, close) = ("[".repeat(126), "]".repeat(126));
        text = format!(r#"{open}{{"body": {body}}}{close}"#);
    }
    check(
        default_gates().judge_embedded_json(true),
        &text,
        &["", EMAIL, ""],
    );
}
