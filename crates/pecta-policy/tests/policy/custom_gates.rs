//! The gates that need no code.

use std::{cell::Cell, time::Duration};

use pecta_gates::{Json, Subject, TIMEOUT};
use pecta_policy::{Call, Judgement, Suppression};

use super::{judge, moment, policy, together};

/// Judges by the one gate; each hit as `pointer:start-end`.
#[track_caller]
fn check(gate: &str, output: &str, passes: bool, hits: &[&str]) {
    let policy = policy(&format!("[default]\ngates = [{{ {gate} }}]"));
    let output = Json::parse(output).unwrap();
    let judgement = judge(&policy, &output);
    let found = judgement.hits.iter();
    let found: Vec<_> = found
        .map(|hit| format!("{}:{}-{}", hit.pointer, hit.range.start, hit.range.end))
        .collect();
    assert_eq!(
        (judgement.passed, found),
        (passes, hits.iter().map(|&hit| hit.to_owned()).collect()),
        "{gate} {output:?}"
    );
}

#[test]
fn patterns_must_match_or_must_not() {
    let forbidden = r"gate = 'pattern', patterns = ['\bACME-\d+', 'x{3}']";
    check(
        forbidden,
        r#"["ACME-12 and ACME-3", {"k": ["axxx"]}, "ACME"]"#,
        false,
        &["/0:0-7", "/0:12-18", "/1/*/0:1-4"],
    );
    check(forbidden, r#"["ACME", 1, null]"#, true, &[]);
    let required = "gate = 'pattern', patterns = ['^[A-Z]{3}$'], must = 'match', pointers = ['/cur', '/bids/*/cur']";
    check(required, r#"{"cur": "EUR"}"#, true, &[]);
    check(
        required,
        r#"{"bids": [{"cur": "eur"}, {"cur": "EUR"}]}"#,
        true,
        &[],
    );
    check(
        required,
        r#"{"cur": "eur", "other": "EUR"}"#,
        false,
        &[":0-0"],
    );
    check(required, "1", false, &[":0-0"]);
}

#[test]
fn whatever_is_judged_besides_strings_patterns_and_keywords_look_at_strings() {
    let policy = policy(
        r"
        [default]
        judge = ['keys', 'numbers', 'embedded-json']
        gates = [{ gate = 'pattern', patterns = ['^12$'] }, { gate = 'keywords', words = ['12'] }]
        ",
    );
    for (output, passes) in [
        (r#"{"12": 12}"#, true),
        (r#""12""#, false),
        // As the text that it is, the word stands in it.
        (r#""{\"a\": \"12\"}""#, false),
    ] {
        let output = Json::parse(output).unwrap();
        assert_eq!(judge(&policy, &output).passed, passes, "{output:?}");
    }
}

#[test]
fn patterns_look_where_pointers_lead() {
    let gate = "gate = 'pattern', patterns = ['no'], pointers = ['/a/*/b', '/~1~0']";
    check(
        gate,
        r#"{"a": [{"b": "no", "c": "no"}, {"b": {"x": "no"}}], "/~": "no", "d": "no"}"#,
        false,
        &["/a/0/b:0-2", "/a/1/b/*:0-2", "/~1~0:0-2"],
    );
    check(
        gate,
        r#"{"a": {"k": {"b": 1, "b": "no"}}}"#,
        false,
        &["/a/*/b:0-2"],
    );
    check(gate, r#"{"a": "no", "b": "no"}"#, true, &[]);
}

#[test]
fn keywords_are_whole_words_of_any_case() {
    let gate = "gate = 'keywords', words = ['Acme', 'acme corp', 'straße', 'İs']";
    check(
        gate,
        r#"["ACME", "acmes acme_ xacme", "the acme corp."]"#,
        false,
        &["/0:0-4", "/2:4-8", "/2:4-13"],
    );
    check(gate, r#"["Die STRASSE", "ſ"]"#, true, &[]);
    // A letter that takes more bytes in lower case, before and within a word.
    check(
        gate,
        r#"["İİ STRAßE", "İS"]"#,
        false,
        &["/0:5-12", "/1:0-3"],
    );
    // Letters of several lower cases, on either side.
    check(
        "gate = 'keywords', words = ['οδος', 'ΣΑΣ', 'kiss']",
        r#"["ΟΔΟΣ", "σασ", "Kiſſ"]"#,
        false,
        &["/0:0-8", "/1:0-6", "/2:0-6"],
    );
    check(
        "gate = 'keywords', words = ['Acme'], ignore_case = false",
        r#"["ACME acme", "Acme"]"#,
        false,
        &["/1:0-4"],
    );
    check(
        "gate = 'keywords', words = ['ab', 'b'], whole_words = false",
        r#""xabx""#,
        false,
        &[":1-3", ":2-3"],
    );
}

#[test]
fn what_text_reads_like_is_looked_at_too() {
    let keywords = "gate = 'keywords', words = ['globex', 'ＩＮＩＴＥＣＨ', '\u{200B}']";
    for output in [
        "gl\u{200B}obex",
        "ｇｌｏｂｅｘ",
        "glo\u{AD}bex",
        "initech",
        "ＩＮＩＴＥＣＨ",
    ] {
        let place = format!("/1:2-{}", 2 + output.len());
        let output = format!(r#"["é", "- {output} é"]"#);
        check(keywords, &output, false, &[&place]);
    }
    check(keywords, r#"["gl obex", "é"]"#, true, &[]);
    let sensitive = "gate = 'keywords', words = ['Globex'], ignore_case = false";
    check(
        sensitive,
        r#"["ｇｌｏｂｅｘ", "Ｇlobex"]"#,
        false,
        &["/1:0-8"],
    );

    let pattern = r"gate = 'pattern', patterns = ['INC-\d{3}', 'é']";
    check(
        pattern,
        "\"é INC\u{2011}123, INC-456\"",
        false,
        &[":14-21", ":0-2", ":3-12"],
    );
    let required = "gate = 'pattern', patterns = ['^[A-Z]{3}$'], must = 'match'";
    check(required, r#""ＥＵＲ""#, false, &[":0-0"]);
}

#[test]
fn sizes_are_bounded() {
    for (limits, output, passes) in [
        ("max_bytes = 9", r#"{ "a" : [ 1 ] }"#, true),
        ("max_bytes = 8", r#"{"a":[1]}"#, false),
        ("max_bytes = 4", r#""é""#, true),
        ("max_bytes = 3", r#""é""#, false),
        ("max_depth = 0", "1", true),
        ("max_depth = 0", "[]", false),
        ("max_depth = 2", r#"[{"a": 1}, []]"#, true),
        ("max_depth = 2", r#"[{"a": {}}]"#, false),
        ("max_items = 3", r#"[1, {"a": 2}]"#, true),
        ("max_items = 2", r#"[1, {"a": 2}]"#, false),
        ("max_items = 2, max_depth = 2", r#"{"a": 1, "a": 2}"#, true),
    ] {
        let hits: &[&str] = if passes { &[] } else { &[":0-0"] };
        check(&format!("gate = 'size', {limits}"), output, passes, hits);
    }
}

#[test]
fn schemas_name_the_keys_that_they_know() {
    let gate = "gate = 'schema', schema = { properties = { price = { type = 'number' } } }";
    check(gate, r#"{"price": 1}"#, true, &[]);
    check(gate, r#"{"price": "1"}"#, false, &["/price:0-0"]);
    let policy = policy(&format!(
        "[default]\ngates = [{{ {gate} }}, {{ gate = 'pii' }}]"
    ));
    let output = Json::parse(r#"{"price": ["a@b.co"], "ada": {"price": "a@b.co"}}"#).unwrap();
    let hits = judge(&policy, &output).hits;
    let pointers: Vec<_> = hits.iter().map(|hit| &*hit.pointer).collect();
    assert_eq!(pointers, ["/price", "/price/0", "/*/price"]);
}

/// Judges by the one gate, which has 20 looks at the clock, and redacts: the judgement, its redacted output as a string of JSON,
/// and how often the clock was looked at.
fn hurried(
    gate: &str,
    output: &Json<'_>,
    suppressions: &[Suppression],
) -> (Judgement<'static>, usize) {
    let policy = policy(&format!(
        "[default]\nbudget_ms = 20\ngates = [{{ {gate} }}]"
    ));
    let looks = Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        Duration::from_millis(looks.get())
    };
    let mut call = Call::new("a", Subject::new(output), moment(0));
    call.redact = Some(true);
    let judgement = policy.judge(&call, &together(suppressions), &clock);
    let judgement = judgement.unwrap();
    let redacted = judgement.redacted.as_ref().map(serde_json::to_string);
    let redacted = redacted.unwrap().unwrap();
    let judgement = Judgement {
        redacted: Some(Json::String(redacted.into())),
        ..judgement
    };
    (judgement, usize::try_from(looks.get()).unwrap())
}

#[test]
fn matches_that_each_take_all_of_a_string_are_looked_for_in_time() {
    // For every match the rest of the string is searched for an x first.
    let gate = "gate = 'pattern', patterns = ['a[^x]*x|a']";
    let output = Json::String("a".repeat(60 << 10).into());
    let known = Suppression::new("s", "pattern", "pattern");
    for suppressions in [&[][..], &[known]] {
        let (judgement, looks) = hurried(gate, &output, suppressions);
        assert!(!judgement.passed);
        assert!(!judgement.gates[0].verdict.complete);
        assert_eq!(judgement.gates[0].suppressed, None);
        assert_eq!(
            judgement.redacted,
            Some(Json::String(r#""[REDACTED]""#.into()))
        );
        assert!(looks < 100, "{looks}");
    }
    let (judgement, _) = hurried(gate, &Json::String("aa".into()), &[]);
    assert_eq!(judgement.hits.len(), 2);
    assert!(judgement.gates[0].verdict.complete);
}

#[test]
fn words_within_each_other_are_looked_for_in_time() {
    let words: Vec<_> = (1..200).map(|length| "a".repeat(length)).collect();
    let gate = format!("gate = 'keywords', words = {words:?}");
    for (text, passed) in [("a".repeat(20_000), false), ("b".repeat(20_000), true)] {
        let (judgement, looks) = hurried(&gate, &Json::String(text.into()), &[]);
        assert_eq!(judgement.passed, passed);
        assert!(looks < 100, "{looks}");
    }
    // The first is whole, so that the gate fails; all others are part of a word.
    let text = format!("a {}", "a".repeat(20_000));
    let (judgement, looks) = hurried(&gate, &Json::String(text.into()), &[]);
    assert_eq!(
        judgement.gates[0].verdict.reason.as_deref(),
        Some("output contains a forbidden word")
    );
    assert!(!judgement.gates[0].verdict.complete);
    assert_eq!(judgement.hits.len(), 1);
    assert!(looks < 100, "{looks}");
}

#[test]
fn pointers_that_lead_nowhere_are_followed_in_time() {
    let pointers: Vec<_> = (0..500).map(|nth| format!("/*/{nth}")).collect();
    let gate = format!("gate = 'pattern', patterns = ['x'], pointers = {pointers:?}");
    let output = Json::Array(vec![Json::Null; 10_000]);
    let (judgement, looks) = hurried(&gate, &output, &[]);
    assert_eq!(
        judgement.gates[0].verdict.reason.as_deref(),
        Some(TIMEOUT),
        "{looks}"
    );
    assert!(looks < 100, "{looks}");
}
