//! What an engine promises.

use std::{cell::Cell, time::Duration};

use crate::{
    ABORTED, Content, ContentCheck, Deadline, Engine, EngineBuilder, Filesystem, FilesystemCheck,
    Finding, Gate, Json, MAX_FINDINGS, Outcome, PANIC, Pii, PiiCheck, Subject, TIMEOUT, Verdict,
};

const RM: &str = "destructive rm command detected";
const TRAVERSAL: &str = "path traversal detected";
const SENSITIVE: &str = "sensitive directory reference detected";
const EMAIL: &str = "output contains email address";
const SSN: &str = "output contains social security number";
const PHONE: &str = "output contains phone number";
const EMPTY: &str = "response appears empty";
const REFUSAL: &str = "response contains refusal phrase";

const MS: Duration = Duration::from_millis(1);

/// The three default gates, each for itself.
fn default_gates() -> EngineBuilder {
    Engine::builder()
        .gate(Filesystem::new())
        .gate(Pii::new())
        .gate(Content::new())
        .fail_fast(false)
}

fn stopped() -> Duration {
    Duration::ZERO
}

fn evaluate(engine: &Engine, text: &str) -> Verdict {
    engine.evaluate(&Subject::new(&Json::parse(text).unwrap()), &stopped)
}

/// The reasons of the gates, `""` for one that passed.
fn reasons(verdict: &Verdict) -> Vec<&str> {
    verdict
        .gates
        .iter()
        .map(|gate| gate.reason.as_deref().unwrap_or_default())
        .collect()
}

#[track_caller]
fn check(engine: EngineBuilder, text: &str, expected: &[&str]) {
    let engine = engine.build().unwrap();
    let verdict = evaluate(&engine, text);
    assert_eq!(reasons(&verdict), expected, "{text}");
    assert_eq!(
        verdict.passed,
        verdict.gates.iter().all(|gate| gate.passed),
        "{text}"
    );
    for gate in &verdict.gates {
        assert_eq!(gate.skipped, gate.passed && gate.reason.is_some(), "{text}");
    }
    assert!(verdict.findings.is_empty(), "{text}");
}

#[test]
fn documented_patterns_fail_their_gate() {
    let cases = [
        (
            [RM, "", ""],
            &[
                "rm -fr x",
                "/bin/rm -r -f x",
                "rm -Rf ./build",
                "rm -fR x",
                "rm -rfv /data",
                "rm --force --recursive /mnt",
            ][..],
        ),
        ([TRAVERSAL, "", ""], &["cat ../../secret", "type ..\\x"]),
        (
            [SENSITIVE, "", ""],
            &[
                "see /etc.",
                "file:///etc/passwd",
                "ls /usr/bin",
                "tail /var/log/x",
                "cat ~/.ssh/id_rsa",
                "/home/bob/.aws/x",
                "~/.gnupg",
            ],
        ),
        (["", EMAIL, ""], &["first.last+tag@company.co.uk"]),
        (["", SSN, ""], &["my ssn is 123-45-6789"]),
        (
            ["", PHONE, ""],
            &["call (555) 867-5309", "+1-800-555-0100", "555.867.5309"],
        ),
        (["", "", EMPTY], &["", "   \n", "\u{200B}"]),
        (
            ["", "", REFUSAL],
            &[
                "I don't have access to real-time data.",
                "I do not have the ability to browse",
                "Sorry, I can't help with this request.",
                "I cannot provide personal advice.",
                "I can\u{2019}t assist with that",
                "As an AI language model, I think",
                "as an ai model, x",
                "I'm just an AI",
                "I am an AI",
            ],
        ),
        (
            [RM, "", ""],
            &[
                "\u{FF52}\u{FF4D} \u{FF0D}\u{FF52}\u{FF46} /x",
                "rm\u{200B} -rf /x",
            ],
        ),
    ];
    for (expected, texts) in cases {
        for text in texts {
            check(
                default_gates(),
                &serde_json::to_string(text).unwrap(),
                &expected,
            );
        }
    }
}

#[test]
fn documented_non_matches_pass() {
    for text in [
        "000-12-3456",
        "666-00-1234",
        "900-12-3456",
        "123-00-4567",
        "123-45-0000",
        "rm file.txt",
        "ls -la /tmp",
        "wait... what",
        "version 1.2.3",
        "an alarm -rf",
        "storm -rf",
        "https://example.com/usr/x",
        "/etcetera",
        "I cannot doubt it",
        "docs..old",
    ] {
        check(
            default_gates(),
            &serde_json::to_string(text).unwrap(),
            &["", "", ""],
        );
    }
    for text in [
        "0",
        "false",
        "[0]",
        r#"{"a": null}"#,
        r#"{"rm -rf /": "a key is not judged"}"#,
    ] {
        check(default_gates(), text, &["", "", ""]);
    }
}

#[test]
fn strings_are_judged_wherever_they_are() {
    check(
        default_gates(),
        r#"{"a": [{"b": "rm -rf /x"}, 1], "c": null}"#,
        &[RM, "", ""],
    );
    check(
        default_gates(),
        r#"{"a": "rm -rf /x", "a": "ok"}"#,
        &[RM, "", ""],
    );
    check(
        default_gates(),
        r#"["a@b.io", "rm -rf /x", "I am an AI"]"#,
        &[RM, EMAIL, REFUSAL],
    );
    let deepest = format!("{}\"a@b.io\"{}", "[".repeat(127), "]".repeat(127));
    check(default_gates(), &deepest, &["", EMAIL, ""]);
    let long = format!("{} a@b.io", "lorem ipsum ".repeat(30_000));
    check(
        default_gates(),
        &serde_json::to_string(&long).unwrap(),
        &["", EMAIL, ""],
    );
}

#[test]
fn json_deeper_than_any_parser_allows_does_not_overflow() {
    let mut deep = Json::String("a@b.io".into());
    for _ in 0..2000 {
        deep = Json::Array(vec![deep]);
    }
    let engine = default_gates().build().unwrap();
    assert_eq!(
        reasons(&engine.evaluate(&Subject::new(&deep), &stopped)),
        ["", EMAIL, ""]
    );
}

#[test]
fn matches_are_found_wherever_a_block_of_the_text_ends() {
    let text = "/etc .. rm -rf a@b.io 123-45-6789 555-867-5309 I can't help";
    for before in 1024 - text.len()..=1024 {
        let text = ["x\n".repeat(before / 2).as_str(), text].concat();
        let found = findings(default_gates(), &serde_json::to_string(&text).unwrap());
        let checks: Vec<_> = found.iter().map(|f| f.check).collect();
        assert_eq!(
            checks,
            [
                "sensitive",
                "traversal",
                "destructive",
                "email",
                "ssn",
                "phone",
                "refusal"
            ],
            "{before}"
        );
    }
}

#[test]
fn the_first_check_in_the_order_of_the_gate_names_the_reason() {
    check(
        default_gates(),
        r#"["555-867-5309", "123-45-6789", "a@b.io"]"#,
        &["", EMAIL, ""],
    );
    check(
        default_gates(),
        r#"["/etc", "..", "x"]"#,
        &[TRAVERSAL, "", ""],
    );
    check(default_gates(), r#"["/etc .. rm -rf"]"#, &[RM, "", ""]);
}

#[test]
fn checks_are_switched_off_one_by_one() {
    let text = r#"["rm -rf ..", "a@b.io 123-45-6789", "I am an AI"]"#;
    let without = |filesystem, pii, content| {
        Engine::builder()
            .gate(Filesystem::new().named("f").without(filesystem))
            .gate(Pii::new().without(pii))
            .gate(Content::new().without(content))
            .gate(Pii::new().named("all of pii"))
            .fail_fast(false)
    };
    check(
        without(
            FilesystemCheck::Destructive,
            PiiCheck::Email,
            ContentCheck::Refusal,
        ),
        text,
        &[TRAVERSAL, SSN, "", EMAIL],
    );
    check(
        without(
            FilesystemCheck::Traversal,
            PiiCheck::Phone,
            ContentCheck::Empty,
        ),
        text,
        &[RM, EMAIL, REFUSAL, EMAIL],
    );
    check(
        without(
            FilesystemCheck::Traversal,
            PiiCheck::Phone,
            ContentCheck::Empty,
        ),
        "null",
        &["", "", "", ""],
    );
}

/// A gate that does what it is made of.
struct Custom<F>(F);

impl<F: Fn(&Subject<'_>, &Deadline<'_>) -> Outcome + Send + Sync> Gate for Custom<F> {
    fn name(&self) -> &'static str {
        "custom"
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        (self.0)(subject, deadline)
    }
}

fn outcome(
    outcome: Outcome,
) -> Custom<impl Fn(&Subject<'_>, &Deadline<'_>) -> Outcome + Send + Sync> {
    Custom(move |_: &Subject<'_>, _: &Deadline<'_>| outcome.clone())
}

#[test]
fn fail_fast_skips_the_gates_after_the_first_failure() {
    let engine = || {
        Engine::builder()
            .gate(Content::new())
            .gate(Filesystem::new())
            .gate(outcome(Outcome::Passed))
            .gate(Pii::new())
    };
    check(engine(), r#""a@b.io""#, &["", "", "", EMAIL]);
    check(
        engine(),
        r#"["a@b.io", "/etc", "rm -rf"]"#,
        &["", RM, ABORTED, ABORTED],
    );
    check(
        engine(),
        r#"["a@b.io", "/etc", "i am an ai"]"#,
        &[REFUSAL, ABORTED, ABORTED, ABORTED],
    );
}

#[test]
fn custom_gates_conclude_for_themselves() {
    let engine = |concluded| {
        Engine::builder()
            .gate(Pii::new())
            .gate(outcome(concluded))
            .gate(Content::new())
    };
    check(engine(Outcome::Passed), "null", &["", "", EMPTY]);
    check(
        engine(Outcome::failed("because")),
        "null",
        &["", "because", ABORTED],
    );
    check(
        engine(Outcome::skipped("no use")),
        "null",
        &["", "no use", EMPTY],
    );
    check(
        engine(Outcome::SkippedWithRest("no time".into())),
        "null",
        &["", "no time", "no time"],
    );
}

#[test]
fn custom_gates_see_the_whole_subject() {
    let gate = Custom(|subject: &Subject<'_>, deadline: &Deadline<'_>| {
        assert!(!deadline.has_passed());
        let seen = (
            subject.tool,
            subject.input,
            subject.latency_ms,
            subject.tmax_ms,
            subject.elapsed_ms,
            deadline.remaining(),
        );
        Outcome::failed(format!("{:?} {seen:?}", subject.output))
    });
    let engine = Engine::builder().gate(gate).budget(7 * MS).build().unwrap();
    let (output, input) = (Json::Null, Json::Bool(true));
    let subject = Subject::new(&output)
        .input(&input)
        .tool("t")
        .latency_ms(1.5)
        .tmax_ms(100.0)
        .elapsed_ms(2.0);
    let verdict = engine.evaluate(&subject, &stopped);
    assert_eq!(
        reasons(&verdict),
        [r#"Null (Some("t"), Some(Bool(true)), Some(1.5), Some(100.0), Some(2.0), 7ms)"#]
    );
}

#[test]
fn a_gate_that_panics_has_failed() {
    let gate = Custom(|_: &Subject<'_>, _: &Deadline<'_>| {
        std::panic::resume_unwind(Box::new("no message"))
    });
    let engine = Engine::builder()
        .gate(gate)
        .gate(Pii::new())
        .fail_fast(false);
    check(engine, r#""a@b.io""#, &[PANIC, EMAIL]);
}

/// A clock that goes on by a step at every look.
fn ticking(step: Duration) -> impl Fn() -> Duration {
    let now = Cell::new(Duration::ZERO);
    move || now.replace(now.get() + step)
}

#[test]
fn a_gate_that_returns_late_has_failed() {
    let engine = |budget| {
        let engine = Engine::builder()
            .gate(outcome(Outcome::Passed))
            .gate(Pii::new())
            .gate(Content::new());
        engine.budget(budget).fail_fast(false).build().unwrap()
    };
    let subject = Subject::new(&Json::Null);
    let verdict = |budget| engine(budget).evaluate(&subject, &ticking(MS));
    assert_eq!(reasons(&verdict(MS)), [TIMEOUT, TIMEOUT, TIMEOUT]);
    assert_eq!(
        reasons(&verdict(2 * MS)),
        ["", TIMEOUT, EMPTY],
        "the first check of a gate decides it at once"
    );
    assert_eq!(reasons(&verdict(3 * MS)), ["", "", EMPTY]);
}

#[test]
fn a_long_string_is_given_up_at_the_deadline() {
    let endless = Json::String("lorem ipsum ".repeat(1 << 17).into());
    let engine = |budget| default_gates().budget(budget).build().unwrap();
    let looks = Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        MS * looks.get()
    };
    let verdict = engine(10 * MS).evaluate(&Subject::new(&endless), &clock);
    assert_eq!(reasons(&verdict), [TIMEOUT; 3]);
    assert_eq!(
        looks.get(),
        12,
        "the start, ten in time, one late, and nothing after that but the end"
    );
    assert!(
        engine(Duration::from_secs(1000))
            .evaluate(&Subject::new(&endless), &ticking(MS))
            .passed
    );
}

#[test]
fn a_payload_of_many_small_values_is_given_up_at_the_deadline() {
    let endless = Json::Array(vec![Json::Null; 1 << 17]);
    let engine = default_gates().budget(3 * MS).build().unwrap();
    assert_eq!(
        reasons(&engine.evaluate(&Subject::new(&endless), &ticking(MS))),
        [TIMEOUT; 3]
    );
}

#[test]
fn times_are_wall_clock() {
    let engine = Engine::builder()
        .gate(outcome(Outcome::Passed))
        .gate(Pii::new())
        .gate(Content::new())
        .build()
        .unwrap();
    let verdict = engine.evaluate(&Subject::new(&Json::Bool(true)), &ticking(MS));
    assert_eq!(verdict.elapsed, 2 * MS);
    assert_eq!(
        verdict
            .gates
            .iter()
            .map(|gate| gate.elapsed)
            .collect::<Vec<_>>(),
        [MS, MS, MS]
    );
}

fn findings(engine: EngineBuilder, text: &str) -> Vec<Finding> {
    engine
        .build()
        .unwrap()
        .evaluate_with_findings(&Subject::new(&Json::parse(text).unwrap()), &stopped)
        .findings
}

#[test]
fn findings_say_where_every_check_hit() {
    let found = findings(
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
    let found = findings(
        default_gates(),
        "\"é \u{FF52}\u{FF4D} -rf! rm\u{200B} -rf\"",
    );
    assert_eq!(
        found.iter().map(|f| f.range.clone()).collect::<Vec<_>>(),
        [3..13, 15..24]
    );
    let empty = findings(default_gates(), "[]");
    assert_eq!(
        empty
            .iter()
            .map(|f| (f.check, f.pointer.as_str(), f.range.clone()))
            .collect::<Vec<_>>(),
        [("empty", "", 0..0)]
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
        let found = findings(engine, text);
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
        found.extend(findings(engine, &text).pop().map(|f| f.pointer));
    }
    assert_eq!(found, ["/body~", "/body~/body~", "/body~/body~/body~"]);
}

#[test]
fn findings_are_those_of_failed_gates_and_limited() {
    let many = serde_json::to_string(&"a@b.io /etc ".repeat(MAX_FINDINGS)).unwrap();
    assert_eq!(findings(default_gates(), &many).len(), MAX_FINDINGS);
    let failed_first = Engine::builder().gate(Filesystem::new()).gate(Pii::new());
    assert!(
        findings(failed_first, r#""a@b.io /etc""#)
            .iter()
            .all(|found| &*found.gate == "filesystem")
    );
}

#[test]
fn engines_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Engine>();
}
