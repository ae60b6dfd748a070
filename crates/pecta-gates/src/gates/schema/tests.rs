//! What the gate promises.

mod ordinary;
mod patterns;
mod places;

use std::time::Duration;

use proptest::{prelude::*, sample::select};
use serde_json::json;

use super::*;
use crate::gates::testing::judge;

/// Judges the JSON by the schema; `expected` is `passed`, or the number of issues and what is shown of them.
#[track_caller]
fn check(schema: &Value, text: &str, expected: &str) {
    let gate = Schema::new(schema).unwrap();
    let expected = match expected {
        "passed" => expected.to_owned(),
        issues => format!("failed: schema validation failed {issues}"),
    };
    let output = Json::parse(text).unwrap();
    assert_eq!(
        judge(&gate, &Subject::new(&output)),
        expected,
        "{schema} {text}"
    );
}

fn bid_response() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "seatbid": {"type": "array", "items": {"$ref": "#/$defs/seat"}},
        },
        "required": ["id"],
        "$defs": {
            "seat": {"properties": {"bid": {"type": "array", "items": {"$ref": "#/$defs/bid"}}}},
            "bid": {
                "properties": {"price": {"type": "number", "minimum": 0}, "impid": {"type": "string"}},
                "required": ["impid", "price"],
            },
        },
    })
}

#[test]
fn what_satisfies_the_schema_passes() {
    check(&bid_response(), r#"{"id": "r1"}"#, "passed");
    check(
        &bid_response(),
        r#"{"id": "r1", "seatbid": [{"bid": [{"impid": "1", "price": 0.5}]}], "x": 1}"#,
        "passed",
    );
    check(&json!(true), "null", "passed");
    check(&json!({}), "[1]", "passed");
}

#[test]
fn an_issue_has_a_path_and_a_message() {
    let one = |bid: &str| format!(r#"{{"id": "r1", "seatbid": [{{"bid": [{bid}]}}]}}"#);
    check(
        &bid_response(),
        &one(r#"{"impid": "1", "price": "x"}"#),
        "(1 issue): seatbid.0.bid.0.price: must be of type number",
    );
    check(
        &bid_response(),
        &one(r#"{"impid": "1"}"#),
        "(1 issue): seatbid.0.bid.0.price: is required",
    );
    check(
        &bid_response(),
        &one(r#"{"impid": "1", "price": 1}, {"impid": 7, "price": -1}"#),
        "(2 issues): seatbid.0.bid.1.impid: must be of type string; seatbid.0.bid.1.price: must be at least 0",
    );
    check(
        &bid_response(),
        "null",
        "(1 issue): (root): must be of type object",
    );
    check(&json!(false), "1", "(1 issue): (root): is not allowed");
}

#[test]
fn five_issues_are_shown_and_all_are_counted() {
    let shown = (0..5).map(|at| format!("{at}: must be of type string"));
    let shown = shown.collect::<Vec<_>>().join("; ");
    let items = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let strings = || json!({"items": {"type": "string"}});
    check(&strings(), &items(5), &format!("(5 issues): {shown}"));
    check(&strings(), &items(6), &format!("(6 issues): {shown}"));
    check(&strings(), &items(1234), &format!("(1234 issues): {shown}"));
}

#[test]
fn keys_appear_only_if_the_schema_names_them() {
    let strings = json!({"additionalProperties": {"type": "string"}});
    check(
        &strings,
        r#"{"bob@x.io": 1}"#,
        "(1 issue): *: must be of type string",
    );
    check(
        &strings,
        r#"{"1234567890": 1}"#,
        "(1 issue): *: must be of type string",
    );
    check(
        &strings,
        r#"{"a/b~c": 1}"#,
        "(1 issue): *: must be of type string",
    );
    check(
        &strings,
        r#"{"": 1}"#,
        "(1 issue): *: must be of type string",
    );
    check(
        &json!({"patternProperties": {"^x": {"properties": {"a": {"items": false}}}}}),
        r#"{"xyz": {"a": [1]}}"#,
        "(1 issue): *.a.0: is not allowed",
    );
    check(
        &json!({"properties": {"additionalProperties": false}, "items": false}),
        r#"{"additionalProperties": 1}"#,
        "(1 issue): additionalProperties: is not allowed",
    );
    check(
        &json!({"prefixItems": [true], "items": false}),
        "[1, 2]",
        "(1 issue): 1: is not allowed",
    );
    check(
        &json!({"properties": {"a/b~c": false, "7": false}}),
        r#"{"a/b~c": 1}"#,
        "(1 issue): a/b~c: is not allowed",
    );
    check(
        &json!({"properties": {"007": false}}),
        r#"{"007": 1}"#,
        "(1 issue): 007: is not allowed",
    );
    check(
        &json!({"required": ["a\nb"]}),
        "{}",
        "(1 issue): ab: is required",
    );
    let long = "k".repeat(300);
    let shown = format!("(1 issue): {}: is required", "k".repeat(253));
    check(&json!({"required": [long]}), "{}", &shown);
}

#[test]
fn the_reason_is_cut_at_500_characters() {
    let keys: Vec<_> = ["é", "b"].map(|key| key.repeat(253)).into();
    let (first, second) = (&keys[0], "b".repeat(195));
    let cut = format!("(2 issues): {first}: is required; {second}");
    assert_eq!("schema validation failed ".len() + cut.chars().count(), 500);
    check(&json!({"required": keys}), "{}", &cut);
}

/// Schemas, values that do not satisfy them, and the messages.
const MESSAGES: [(&str, &str, &str); 25] = [
    (
        r#"{"additionalProperties": false}"#,
        r#"{"secret": 1}"#,
        "has a property that is not allowed",
    ),
    (
        r#"{"unevaluatedProperties": false}"#,
        r#"{"secret": 1}"#,
        "has a property that is not allowed",
    ),
    (
        r#"{"unevaluatedItems": false}"#,
        r#"["secret"]"#,
        "has an item that is not allowed",
    ),
    (
        r#"{"anyOf": [{"type": "null"}, {"const": 1}]}"#,
        r#""secret""#,
        "matches none of the alternatives",
    ),
    (
        r#"{"oneOf": [{"type": "null"}, {"const": 1}]}"#,
        r#""secret""#,
        "matches none of the alternatives",
    ),
    (
        r#"{"oneOf": [true, {}]}"#,
        r#""secret""#,
        "matches more than one of the alternatives",
    ),
    (
        r#"{"not": {"type": "string"}}"#,
        r#""secret""#,
        "matches what is ruled out",
    ),
    (
        r#"{"const": 1}"#,
        r#""secret""#,
        "is not the required value",
    ),
    (
        r#"{"enum": [1, 2]}"#,
        r#""secret""#,
        "is none of the allowed values",
    ),
    (
        r#"{"contains": {"type": "null"}}"#,
        r#"["secret"]"#,
        "does not contain the required items",
    ),
    (r#"{"exclusiveMaximum": 5}"#, "5", "must be less than 5"),
    (r#"{"exclusiveMinimum": 5}"#, "5", "must be more than 5"),
    (r#"{"maximum": 5.5}"#, "6", "must be at most 5.5"),
    (r#"{"minimum": 5}"#, "4", "must be at least 5"),
    (
        r#"{"maxItems": 1}"#,
        r#"["secret", 2]"#,
        "must have at most 1 items",
    ),
    (
        r#"{"minItems": 2}"#,
        r#"["secret"]"#,
        "must have at least 2 items",
    ),
    (
        r#"{"maxLength": 5}"#,
        r#""secret""#,
        "must have at most 5 characters",
    ),
    (
        r#"{"minLength": 7}"#,
        r#""secret""#,
        "must have at least 7 characters",
    ),
    (
        r#"{"maxProperties": 0}"#,
        r#"{"secret": 1}"#,
        "must have at most 0 properties",
    ),
    (
        r#"{"minProperties": 2}"#,
        r#"{"secret": 1}"#,
        "must have at least 2 properties",
    ),
    (r#"{"multipleOf": 0.5}"#, "0.7", "must be a multiple of 0.5"),
    (
        r#"{"pattern": "^a"}"#,
        r#""secret""#,
        "does not match the pattern",
    ),
    (
        r#"{"propertyNames": {"maxLength": 5}}"#,
        r#"{"secret": 1}"#,
        "has a property name that is not allowed",
    ),
    (
        r#"{"type": ["null", "integer"]}"#,
        r#""secret""#,
        "must be of type null or integer",
    ),
    (
        r#"{"uniqueItems": true}"#,
        r#"["secret", "secret"]"#,
        "has items that are equal",
    ),
];

#[test]
fn messages_show_nothing_of_the_payload() {
    for (schema, text, message) in MESSAGES {
        let schema = schema.parse().unwrap();
        check(&schema, text, &format!("(1 issue): (root): {message}"));
    }
}

#[test]
fn every_one_of_duplicate_keys_is_judged() {
    let price = || json!({"properties": {"price": {"type": "number"}}});
    let issue = "(1 issue): price: must be of type number";
    check(&price(), r#"{"price": 1, "price": "x"}"#, issue);
    check(&price(), r#"{"price": "x", "price": 1}"#, issue);
    check(&price(), r#"{"price": 1, "price": "x", "price": 1}"#, issue);
    check(&price(), r#"{"price": 1, "price": 2}"#, "passed");
    check(
        &json!({"items": price()}),
        r#"[{"price": 1}, {"price": 1, "price": "x"}]"#,
        "(1 issue): 1.price: must be of type number",
    );
}

#[test]
fn formats_are_annotations() {
    check(&json!({"format": "email"}), r#""x""#, "passed");
    check(&json!({"contentEncoding": "base64"}), r#""=""#, "passed");
}

#[test]
fn an_older_draft_is_read_as_such() {
    let schema = json!({"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}]});
    check(&schema, "[1, 1]", "(1 issue): 0: must be of type string");
}

#[test]
fn the_input_is_judged_when_asked_for() {
    let gate = Schema::new(&json!({"type": "object"}))
        .unwrap()
        .target(SchemaTarget::Input);
    let (object, number) = (Json::Object(Vec::new()), Json::Bool(true));
    let failed = "failed: schema validation failed (1 issue): (root): must be of type object";
    assert_eq!(
        judge(&gate, &Subject::new(&number).input(&object)),
        "passed"
    );
    assert_eq!(judge(&gate, &Subject::new(&object).input(&number)), failed);
    assert_eq!(judge(&gate, &Subject::new(&object)), failed);
}

#[test]
fn it_can_be_renamed() {
    let gate = Schema::new(&json!({})).unwrap();
    assert_eq!(gate.name(), "schema");
    assert_eq!(gate.named("shape").name(), "shape");
}

#[test]
fn a_schema_that_does_not_compile_names_its_fault() {
    for (schema, pointer) in [
        (json!(5), ""),
        (json!({"type": "nope"}), "/type"),
        (
            json!({"properties": {"a": {"minimum": "x"}}}),
            "/properties/a/minimum",
        ),
        (
            json!({"properties": {"a/b": {"pattern": "("}}}),
            "/properties/a~1b/pattern",
        ),
        (
            json!({"patternProperties": {"(": {}}}),
            "/patternProperties/(",
        ),
        (
            json!({"allOf": [{}, {"required": ["a", 1]}]}),
            "/allOf/1/required/1",
        ),
        (json!({"multipleOf": 0}), "/multipleOf"),
        (
            json!({"properties": {"a/b": {"$ref": "#/$defs/none"}, "c": {"$ref": "#"}}}),
            "/properties/a~1b/$ref",
        ),
        (
            json!({"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"$ref": "#/$defs/y"}}}),
            "/properties/a/$ref",
        ),
        (
            json!({"items": [{}, {"$ref": "https://example.com/s.json"}], "$schema": "http://json-schema.org/draft-07/schema#"}),
            "/items/1/$ref",
        ),
        (
            json!({"items": {"$ref": "file:///etc/passwd"}}),
            "/items/$ref",
        ),
        (
            json!({"items": {"$dynamicRef": "#nope"}}),
            "/items/$dynamicRef",
        ),
        (json!({"items": {"$ref": "bad uri %%"}}), "/items/$ref"),
        (json!({"$schema": "https://example.com/mine"}), "/$schema"),
    ] {
        let error = Schema::new(&schema).unwrap_err();
        assert_eq!(error.pointer(), pointer, "{schema} {error}");
        assert!(
            error
                .to_string()
                .starts_with("the schema does not compile at \""),
            "{error}"
        );
    }
}

#[test]
fn a_pattern_that_backtracks_without_end_fails() {
    let text = format!("\"{}-\"", "a".repeat(50));
    let message = "takes too long to match against the pattern";
    check(
        &json!({"pattern": r"^(?:(?=a)a|a)*$"}),
        &text,
        &format!("(1 issue): (root): {message}"),
    );
    check(
        &json!({"not": {"pattern": r"^(?:(?=a)a|a)*$"}}),
        &text,
        &format!("(1 issue): (root): {message}"),
    );
}

#[test]
fn it_gives_up_when_the_time_is_up() {
    let gate = Schema::new(&json!({})).unwrap();
    let late = || Duration::MAX;
    let outcome = gate.judge(
        &Subject::new(&Json::Null),
        &Deadline::new(&late, Duration::ZERO),
    );
    assert_eq!(outcome, Outcome::failed(TIMEOUT));
}

#[test]
fn values_as_deep_as_any_parser_allows_are_judged() {
    let schema = json!({"properties": {"a": {"$ref": "#"}}, "type": "object"});
    let deep = format!("{}1{}", r#"{"a":"#.repeat(127), "}".repeat(127));
    let path = vec!["a"; 127].join(".");
    check(
        &schema,
        &deep,
        &format!("(1 issue): {path}: must be of type object"),
    );
}

/// JSON with duplicate keys, of few keys, so that schemas and values have something to do with each other.
fn any_json() -> impl Strategy<Value = Json<'static>> {
    let key = select(vec![
        "a",
        "b",
        "type",
        "properties",
        "items",
        "$ref",
        "required",
        "pattern",
        "not",
        "anyOf",
        "enum",
        "minimum",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(|number| Json::Number(number.into())),
        select(vec![
            "a",
            "string",
            "object",
            "#",
            "#/items",
            "^a",
            "(",
            "\u{7}\u{e9}"
        ])
        .prop_map(|text| Json::String(text.into())),
        any::<String>().prop_map(|text| Json::String(text.into())),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let member = (key.clone().prop_map(Into::into), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Json::Array),
            prop::collection::vec(member, 0..5).prop_map(Json::Object),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_json_is_judged(schema in any_json(), output in any_json()) {
        for schema in readings(&schema) {
            match Schema::new(&schema) {
                Err(error) => prop_assert!(schema.pointer(error.pointer()).is_some() || error.pointer().contains("patternProperties")),
                Ok(gate) => {
                    let outcome = judge(&gate, &Subject::new(&output));
                    prop_assert!(!outcome.contains(char::is_control));
                    prop_assert_eq!(outcome == "passed", readings(&output).all(|value| gate.validator.is_valid(&value)));
                }
            }
        }
    }

    #[test]
    fn reasons_show_no_string_of_the_payload(text in "[A-Z]{8}", number in 100_000_000_u32..) {
        let schema = json!({
            "type": "null", "pattern": "^a", "enum": [1], "const": 2, "maxLength": 3, "minLength": 100, "not": true,
            "anyOf": [{"const": 3}], "oneOf": [{}, {}], "propertyNames": {"maxLength": 1}, "additionalProperties": {"type": "null"},
            "items": {"type": "null"}, "maximum": 1, "multipleOf": 7.5, "maxProperties": 0, "maxItems": 0,
        });
        let gate = Schema::new(&schema).unwrap();
        for payload in [json!(text), json!(number), json!([text, number]), json!({text.clone(): number, number.to_string(): text})] {
            let outcome = judge(&gate, &Subject::new(&Json::from(&payload)));
            prop_assert!(outcome.starts_with("failed: "));
            prop_assert!(!outcome.contains(&text) && !outcome.contains(&number.to_string()), "{}", outcome);
        }
    }
}
