//! Which gates fail, and for which reason.

use super::{
    EMAIL, EMPTY, PHONE, REFUSAL, RM, SENSITIVE, SSN, TRAVERSAL, check, default_gates, find,
    reasons, stopped,
};
use crate::{
    Content, ContentCheck, Engine, Filesystem, FilesystemCheck, Json, Pii, PiiCheck, Subject,
};

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
        let found = find(default_gates(), &serde_json::to_string(&text).unwrap());
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
