//! Located findings.

use super::{default_gates, find, stopped};
use crate::{
    Destructive, Engine, EngineBuilder, Filesystem, Json, MAX_FINDINGS, Pii, Profile, Secrets,
    Subject,
};

#[test]
fn findings_say_where_every_check_hit() {
    let found = find(
        default_gates(),
        r#"{"a/b": ["x a@b.io, c@d.io", 1], "c": "\u0441 123-45-6789 \u2018/etc\u2019"}"#,
    );
    let places: Vec<_> = found
        .iter()
        .map(|f| {
            (
                &*f.gate,
                f.check,
                f.rule,
                f.pointer.as_str(),
                f.range.clone(),
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            ("filesystem", "sensitive", "system-directory", "/c", 18..22),
            ("pii", "email", "email-address", "/a~1b/0", 2..8),
            ("pii", "email", "email-address", "/a~1b/0", 10..16),
            ("pii", "ssn", "us-ssn", "/c", 3..14),
        ]
    );
}

#[test]
fn findings_in_folded_text_lead_to_the_text_itself() {
    let found = find(
        default_gates(),
        "\"é \u{FF52}\u{FF4D} -rf! rm\u{200B} -rf\"",
    );
    assert_eq!(
        found.iter().map(|f| f.range.clone()).collect::<Vec<_>>(),
        [3..13, 15..24]
    );
    let empty = find(default_gates(), "[]");
    assert_eq!(
        empty
            .iter()
            .map(|f| (f.check, f.pointer.as_str(), f.range.clone()))
            .collect::<Vec<_>>(),
        [("empty", "", 0..0)]
    );
}

#[test]
fn a_command_in_words_is_found_at_its_first() {
    let standard = || {
        Engine::builder()
            .gate(Filesystem::new().profile(Profile::Standard))
            .gate(Destructive::new())
    };
    let check = |text: &str, expected: &[(&str, &str)]| {
        let found = find(standard().fail_fast(false), text);
        let places: Vec<_> = found
            .iter()
            .map(|f| (f.check, f.pointer.as_str()))
            .collect();
        assert_eq!(places, expected, "{text}");
    };
    check(
        r#"{"command": "rm", "args": ["-rf", "/data"]}"#,
        &[("destructive", "/args/0"), ("shell", "/args/0")],
    );
    check(r#"[["git", "push", "-f"], 1]"#, &[("git", "/0/0")]);
    check(r#"[["git", "push"], ["rm", "x"]]"#, &[]);
    // Each word as it reads.
    for (text, pointer) in [
        (r#"["rm", "\u2010rf", "/data"]"#, "/0"),
        (r#"["rm", "-\uFF52\uFF46", "/data"]"#, "/0"),
        (r#"["\uFF52\uFF4D", "-rf", "/data"]"#, "/0"),
        (
            r#"{"command": "r\u200bm", "args": ["\u2010rf", "/data"]}"#,
            "/args/0",
        ),
    ] {
        check(text, &[("destructive", pointer), ("shell", pointer)]);
    }
    check(r#"["\uFF52\uFF4D", "mv", "c\u200bp"]"#, &[]);
    let strict = Engine::builder().gate(Filesystem::new());
    assert_eq!(find(strict, r#"["rm", "-rf", "/data"]"#), []);
}

#[test]
fn a_key_says_what_its_value_is_but_never_to_strict_checks() {
    let check = |profile, text: &str, expected: &[(&str, &str, usize)]| {
        let engine = Engine::builder()
            .gate(Pii::new().profile(profile))
            .gate(Secrets::new())
            .fail_fast(false);
        let found = find(engine, text);
        let places: Vec<_> = found
            .iter()
            .map(|f| (f.rule, f.pointer.as_str(), f.range.len()))
            .collect();
        assert_eq!(places, expected, "{text}");
    };
    for (text, rule, pointer, length) in [
        (r#"{"ssn": "536904399"}"#, "us-ssn-unseparated", "/ssn", 9),
        (
            r#"{"homePhone": "4155552671"}"#,
            "us-phone",
            "/homePhone",
            10,
        ),
    ] {
        check(Profile::Standard, text, &[(rule, pointer, length)]);
        check(Profile::Strict, text, &[]);
    }
    let secret = "k7Qz91xWv2Lp0sYd";
    for key in ["password", "clientSecret", "X-Api-Key", "apiKey2"] {
        let text = format!(r#"{{"{key}": "{secret}"}}"#);
        let pointer = format!("/{key}");
        check(
            Profile::Strict,
            &text,
            &[("secret-assignment", &pointer, 16)],
        );
    }
    for text in [
        r#"{"id": "536904399"}"#,
        r#"{"sessionId": "4155552671"}"#,
        r#"{"password_hash": "k7Qz91xWv2Lp0sYd"}"#,
        r#"{"password": "${DB_PASSWORD_1}"}"#,
        r#"[{"ssn": null}, "536904399"]"#,
    ] {
        check(Profile::Standard, text, &[]);
    }
    // What is found without the key is found once.
    check(
        Profile::Standard,
        r#"{"ssn": "536-90-4399"}"#,
        &[("us-ssn", "/ssn", 11)],
    );
}

#[test]
fn a_key_says_what_its_value_is_as_both_read() {
    let check = |text: &str, expected: &[(&str, std::ops::Range<usize>)]| {
        let engine = Engine::builder()
            .gate(Pii::new().profile(Profile::Standard))
            .gate(Secrets::new())
            .fail_fast(false);
        let found = find(engine, text);
        let places: Vec<_> = found.iter().map(|f| (f.rule, f.range.clone())).collect();
        assert_eq!(places, expected, "{text}");
    };
    let ssn = "us-ssn-unseparated";
    check(r#"{"ssn": "536904399"}"#, &[(ssn, 0..9)]);
    check(
        r#"{"ssn": "\uFF15\uFF13\uFF16\uFF19\uFF10\uFF14\uFF13\uFF19\uFF19"}"#,
        &[(ssn, 0..27)],
    );
    check(r#"{"ssn": "5369\u200b04399"}"#, &[(ssn, 0..12)]);
    check(r#"{"ssn": "\u200b536904399\u200b"}"#, &[(ssn, 3..12)]);
    let padded = format!(r#"{{"ssn": "5369{}04399"}}"#, r"\u200b".repeat(100));
    check(&padded, &[(ssn, 0..309)]);
    check(r#"{"\uFF53\uFF53\uFF4E": "536904399"}"#, &[(ssn, 0..9)]);
    check(
        r#"{"password": "k7Qz\u200b-91xWv"}"#,
        &[("secret-assignment", 0..13)],
    );
    check(r#"{"id": "5369\u200b04399"}"#, &[]);
    check(
        r#"{"\u0422\u0415\u041b": "0301234567"}"#,
        &[("labelled-phone", 0..10)],
    );
}

#[test]
fn keys_and_embedded_json_are_judged_when_asked_for() {
    let text = r#"{
        "a@b.io": [{"/etc": 1}],
        "arguments": "{\"cmd\": [\"rm -rf\"], \"body\": \"\\\"\\\\u002e.\\\"\", \"123-45-6789\": 1}",
        "other": "{\"cmd\": \"\\u002e.\"}",
        "body": "[not JSON 555-867-5309"
    }"#;
    let places = |engine: EngineBuilder| -> Vec<(&str, String)> {
        let found = find(engine, text);
        found.into_iter().map(|f| (f.check, f.pointer)).collect()
    };
    let check = |engine: EngineBuilder, expected: &[(&str, &str)]| {
        let expected: Vec<_> = expected
            .iter()
            .map(|&(check, at)| (check, at.to_owned()))
            .collect();
        assert_eq!(places(engine), expected);
    };
    let (rm, phone) = (("destructive", "/arguments"), ("phone", "/body"));
    let ssn = ("ssn", "/arguments");
    check(default_gates(), &[rm, ssn, phone]);
    check(
        default_gates().judge_keys(true),
        &[
            ("sensitive", "/a@b.io/0/~1etc~#"),
            rm,
            ("email", "/a@b.io~#"),
            ssn,
            phone,
        ],
    );
    check(
        default_gates().judge_embedded_json(true),
        &[
            rm,
            ("destructive", "/arguments~/cmd/0"),
            ("traversal", "/arguments~/body~"),
            ssn,
            phone,
        ],
    );
    let everything = default_gates().judge_embedded_json(true).judge_keys(true);
    assert!(places(everything).contains(&("ssn", "/arguments~/123-45-6789~#".to_owned())));
}

#[test]
fn json_in_json_is_parsed_no_deeper_than_documented() {
    let mut text = r#""\u002e.""#.to_owned();
    let mut found = Vec::new();
    for _ in 0..5 {
        text = serde_json::json!({ "body": text }).to_string();
        let engine = Engine::builder()
            .gate(Filesystem::new())
            .judge_embedded_json(true);
        found.extend(find(engine, &text).pop().map(|f| f.pointer));
    }
    assert_eq!(found, ["/body~", "/body~/body~", "/body~/body~/body~"]);
}

#[test]
fn findings_are_those_of_failed_gates() {
    let failed_first = Engine::builder().gate(Filesystem::new()).gate(Pii::new());
    assert!(
        find(failed_first, r#""a@b.io /etc""#)
            .iter()
            .all(|found| &*found.gate == "filesystem")
    );
}

/// How many findings each gate has in a text, and whether these are all.
fn completeness(text: &str) -> Vec<(usize, bool)> {
    let output = Json::parse(text).unwrap();
    let engine = default_gates().build().unwrap();
    let verdict = engine.evaluate_with_findings(&Subject::new(&output), &stopped);
    let gates = verdict.gates.iter().map(|gate| {
        let found = verdict
            .findings
            .iter()
            .filter(|found| found.gate == gate.name);
        (found.count(), gate.complete)
    });
    gates.collect()
}

#[test]
fn each_gate_has_room_of_its_own_for_findings() {
    let most = MAX_FINDINGS;
    let many = |word: &str, count: usize| word.repeat(count);
    for (text, expected) in [
        (
            many("a@b.io /etc ", most),
            [(most, true), (most, true), (0, true)],
        ),
        (
            many("a@b.io ", most + 1) + "/etc ",
            [(1, true), (most, false), (0, true)],
        ),
        // Each check has room, but the gate has not.
        (
            many("a@b.io 123-45-6789 ", most / 2 + 1),
            [(0, true), (most, false), (0, true)],
        ),
        (
            many("a@b.io ", 3 * most) + &many("/etc ", most + 1),
            [(most, false), (most, false), (0, true)],
        ),
    ] {
        assert_eq!(
            completeness(&serde_json::json!([text]).to_string()),
            expected
        );
    }
}

#[test]
fn each_gate_has_room_of_its_own_for_pointers() {
    let key = "k".repeat(200 << 10);
    let text = serde_json::json!({ key: "a@b.io c@d.io /etc", "z": "e@f.io" });
    assert_eq!(
        completeness(&text.to_string()),
        [(1, true), (0, false), (0, true)]
    );
}
