//! Where issues are.

use std::cell::Cell;

use super::{super::places::MOST_ISSUES, *};
use crate::{Engine, GateVerdict, MAX_FINDINGS};

/// What the gate finds, each as `rule at pointer`, and whether that is all.
pub(super) fn found(gate: Schema, text: &str) -> (Vec<String>, bool) {
    let engine = Engine::builder().gate(gate).fail_fast(false).build();
    let output = Json::parse(text).unwrap();
    let subject = Subject::new(&output).input(&output);
    let verdict = engine
        .unwrap()
        .evaluate_with_findings(&subject, &|| Duration::ZERO);
    let found = verdict.findings.iter();
    let found = found.map(|found| format!("{} at {}", found.rule, found.pointer));
    let is_complete = |gate: &GateVerdict| gate.complete;
    (found.collect(), verdict.gates.iter().all(is_complete))
}

#[track_caller]
fn check(schema: &Value, text: &str, expected: &[&str]) {
    let (found, complete) = found(Schema::new(schema).unwrap(), text);
    assert_eq!(found, expected, "{schema} {text}");
    assert!(complete);
}

#[test]
fn issues_are_found_at_the_values_that_have_them() {
    check(
        &bid_response(),
        r#"{"seatbid": [{"bid": [{"impid": 1, "price": -1}, {"price": "1"}]}]}"#,
        &[
            "required at ",
            "type at /seatbid/0/bid/0/impid",
            "minimum at /seatbid/0/bid/0/price",
            "required at /seatbid/0/bid/1",
            "type at /seatbid/0/bid/1/price",
        ],
    );
    check(&bid_response(), r#"{"id": "r1"}"#, &[]);
    let none = json!({"properties": {"a": false}, "additionalProperties": false});
    check(
        &none,
        r#"{"a": 1, "b/c": 2}"#,
        &["falseSchema at /a", "additionalProperties at "],
    );
    check(
        &json!({"additionalProperties": false}),
        r#"{"b": 2}"#,
        &["additionalProperties at "],
    );
}

#[test]
fn every_issue_is_found_once_whichever_of_duplicate_keys_counts() {
    let schema = json!({"properties": {"a": {"type": "number"}, "b": {"minimum": 2}}});
    check(
        &schema,
        r#"{"a": "x", "b": 1, "a": true, "b": 3, "b": 0}"#,
        &["type at /a", "minimum at /b"],
    );
}

#[test]
fn an_issue_of_the_input_has_no_place() {
    let schema = Schema::new(&json!({"required": ["id"]})).unwrap();
    let (found, complete) = found(schema.target(SchemaTarget::Input), "{}");
    assert_eq!(found, ["schema at "]);
    assert!(complete);
}

#[test]
fn more_issues_than_are_listed_are_known_to_be_missing() {
    let items = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let schema = json!({"items": {"type": "string"}});
    let listed = |count| found(Schema::new(&schema).unwrap(), &items(count));
    assert!(matches!(listed(MAX_FINDINGS), (found, true) if found.len() == MAX_FINDINGS));
    assert!(matches!(listed(MAX_FINDINGS + 1), (found, false) if found.len() == MAX_FINDINGS));
    // Those of one rule at one value are told of together, and looked at as far as the others.
    let names: Vec<_> = (0..=MOST_ISSUES).map(|nth| nth.to_string()).collect();
    let required = |count: usize| {
        let schema = json!({"required": names[..count], "maxProperties": 0});
        found(Schema::new(&schema).unwrap(), r#"{"x": 1}"#)
    };
    let (told, complete) = required(MOST_ISSUES - 1);
    assert_eq!((told.len(), complete), (2, true));
    assert!(!required(MOST_ISSUES + 1).1);
    // Too many steps to list any.
    let (found, complete) = listed(200_000);
    assert_eq!((&*found, complete), (&["schema at ".to_owned()][..], false));
}

#[test]
fn readings_are_many_and_time_is_not() {
    let schema = json!({"properties": {"b": {"type": "number"}}});
    let gate = Schema::new(&schema).unwrap();
    let engine = Engine::builder()
        .gate(gate)
        .budget(Duration::from_millis(50));
    let text = format!(r#"{{"b":"x"{}}}"#, r#","a":1"#.repeat(2_000));
    let output = Json::parse(&text).unwrap();
    let looks = Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        Duration::from_millis(looks.get())
    };
    let engine = engine.build().unwrap();
    let verdict = engine.evaluate_with_findings(&Subject::new(&output), &clock);
    assert!(!verdict.passed && !verdict.gates[0].complete);
    assert!(looks.get() < 200, "{} looks at the clock", looks.get());
}

#[test]
fn every_keyword_is_a_rule() {
    assert!(Schema::rules().is_sorted_by(|a, b| a < b || *a == "schema"));
    for (keyword, schema) in [
        (
            "additionalItems",
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "items": [true], "additionalItems": false}),
        ),
        ("anyOf", json!({"anyOf": [false]})),
        ("const", json!({"const": 1})),
        ("contains", json!({"contains": {"const": 5}})),
        ("enum", json!({"enum": [1]})),
        ("falseSchema", json!(false)),
        ("maxItems", json!({"maxItems": 0})),
        ("minItems", json!({"minItems": 9})),
        ("not", json!({"not": {}})),
        ("oneOf", json!({"oneOf": [true, true]})),
        ("type", json!({"type": "object"})),
        ("unevaluatedItems", json!({"unevaluatedItems": false})),
        ("uniqueItems", json!({"uniqueItems": true})),
    ] {
        let gate = Schema::new(&schema).unwrap();
        assert!(gate.possible_rules().contains(&keyword), "{keyword}");
        let (found, _) = found(gate, "[1, 1]");
        assert!(
            found.iter().any(|found| found.starts_with(keyword)),
            "{keyword}: {found:?}"
        );
    }
}

#[test]
fn only_keywords_that_the_schema_has_can_be_rules() {
    for (schema, expected) in [
        (json!(true), "schema"),
        (json!(false), "schema falseSchema"),
        (
            json!({"properties": {"a": {"minimum": 1}}, "additionalProperties": false}),
            "schema additionalProperties minimum",
        ),
        (
            json!({"properties": {"additionalProperties": false}}),
            "schema additionalProperties falseSchema",
        ),
        (
            json!({"$defs": {"a": {"allOf": [{"maxItems": 1}, false]}}}),
            "schema falseSchema maxItems",
        ),
        (
            json!({"dependentRequired": {"a": ["b"]}}),
            "schema required",
        ),
        (
            json!({"patternProperties": {"^a": {"type": "null"}}}),
            "schema pattern type",
        ),
        (
            json!({"dependencies": {"a": ["b"]}, "$ref": "#/$defs/a", "$defs": {"a": {}}}),
            "schema required",
        ),
    ] {
        let gate = Schema::new(&schema).unwrap();
        assert_eq!(gate.possible_rules().join(" "), expected, "{schema}");
    }
    // What is elsewhere may use any: here it is the schema of schemas.
    let schema = json!({"$ref": "https://json-schema.org/draft/2020-12/schema"});
    let gate = Schema::new(&schema).unwrap();
    assert_eq!(gate.possible_rules(), Schema::rules());
}
