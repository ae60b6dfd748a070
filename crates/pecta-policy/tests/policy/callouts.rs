//! Gates that services decide.

use std::time::Duration;

use pecta_gates::{Json, Subject};
use pecta_policy::{Answer, Call, Format, Networks, Policy, Question, Suppression, Suppressions};
use serde_json::{Value, json};

use super::{gates, moment, policy, stopped};

const FIRST: &str = "gate = 'http', name = 'first', url = 'https://a.example/judge'";

/// A call of the agent `a` and the tool `t`.
fn call<'a>(output: &'a Json<'a>, answers: &'a [Answer]) -> Call<'a> {
    let mut subject = Subject::new(output);
    subject.tool = Some("t");
    let mut call = Call::new("a", subject, moment(1_000));
    call.answers = answers;
    call
}

/// What the services answer, those of the policy's gates in turn.
fn answers(policy: &Policy, bodies: &[Option<&str>]) -> Vec<Answer> {
    let output = Json::Null;
    let callouts = policy.callouts(&call(&output, &[])).unwrap();
    assert_eq!(callouts.len(), bodies.len());
    let answers = callouts.iter().zip(bodies);
    answers
        .map(|(inquiry, body)| {
            inquiry
                .callout
                .answer(body.map(str::as_bytes), Duration::from_millis(7))
        })
        .collect()
}

/// The gates, and the reason of the first, for what the service of the one gate answers.
#[track_caller]
fn check(options: &str, body: Option<&str>, expected: &str, reason: Option<&str>) {
    let policy = policy(&format!("[default]\ngates = [{{ {FIRST}, {options} }}]"));
    let answers = answers(&policy, &[body]);
    let output = Json::Null;
    let judgement = policy.judge(&call(&output, &answers), &Suppressions::default(), &stopped);
    let judgement = judgement.unwrap();
    let verdict = &judgement.gates[0].verdict;
    assert_eq!(
        (gates(&judgement).as_str(), verdict.reason.as_deref()),
        (expected, reason),
        "{options} {body:?}"
    );
    assert_eq!(judgement.passed, !expected.contains('-'));
    assert_eq!(verdict.elapsed, Duration::from_millis(7));
    // What only watches takes no time that counts.
    let counted = u64::from(!verdict.monitored) * 7;
    assert_eq!(judgement.elapsed, Duration::from_millis(counted));
}

#[test]
fn the_service_decides() {
    let listed = "reasons = ['off-brand']";
    check(listed, Some(r#"{"passed": true}"#), "first", None);
    check(
        listed,
        Some(r#"{"passed": true, "reason": "off-brand", "more": 1}"#),
        "first",
        None,
    );
    for (body, reason) in [
        (r#"{"passed": false}"#, "http:failed"),
        (r#"{"passed": false, "reason": null}"#, "http:failed"),
        (r#"{"passed": false, "reason": "off-brand"}"#, "off-brand"),
        // It may quote the output.
        (
            r#"{"passed": false, "reason": "123-45-6789"}"#,
            "http:failed",
        ),
    ] {
        check(listed, Some(body), "first-", Some(reason));
        check(
            &format!("{listed}, mode = 'monitor'"),
            Some(body),
            "first~",
            Some(reason),
        );
    }
}

#[test]
fn without_an_answer_the_policy_decides() {
    for body in [
        None,
        Some(""),
        Some("passed"),
        Some("{}"),
        Some(r#"{"passed": "false"}"#),
        Some(r#"{"passed": false, "reason": 1}"#),
    ] {
        let reason = Some("pecta:unreachable");
        check("on_error = 'closed'", body, "first-", reason);
        check("timeout_ms = 10000", body, "first-", reason);
        check("on_error = 'open'", body, "first?", reason);
        check("mode = 'monitor'", body, "first~", reason);
    }
}

#[test]
fn several_services_are_told_apart() {
    let policy = policy(&format!(
        "[default]\nfail_fast = true\ngates = [{{ {FIRST} }}, {{ gate = 'size', max_depth = 0 }}, {{ gate = 'http', url = 'http://b' }}]"
    ));
    let output = Json::Null;
    let judged = |answers: &[Answer], suppressions: &[Suppression]| {
        let judgement = policy.judge(
            &call(&output, answers),
            &super::together(suppressions),
            &stopped,
        );
        gates(&judgement.unwrap())
    };
    let (yes, no) = (Some(r#"{"passed": true}"#), Some(r#"{"passed": false}"#));
    assert_eq!(judged(&[], &[]), "first? size http?");
    assert_eq!(
        judged(&answers(&policy, &[yes, no]), &[]),
        "first size http-"
    );
    assert_eq!(
        judged(&answers(&policy, &[no, no]), &[]),
        "first- size? http?"
    );

    let known = [Suppression::new("s", "first", "http")];
    assert_eq!(
        judged(&answers(&policy, &[no, yes]), &known),
        "first size http"
    );
    assert_eq!(
        judged(&answers(&policy, &[None, yes]), &known),
        "first- size? http?",
        "a service that did not answer has found nothing that could be known"
    );
}

#[test]
fn a_gate_that_another_has_skipped_stays_so() {
    let policy = policy(&format!(
        "[default]\ngates = [{{ gate = 'rtb.tmax-guard' }}, {{ {FIRST} }}]"
    ));
    let answers = answers(&policy, &[Some(r#"{"passed": false}"#)]);
    let output = Json::Null;
    let mut call = call(&output, &answers);
    let judged = |call: &Call<'_>| {
        gates(
            &policy
                .judge(call, &Suppressions::default(), &stopped)
                .unwrap(),
        )
    };
    call.subject.tmax_ms = Some(1.0);
    call.subject.elapsed_ms = Some(1.0);
    assert_eq!(judged(&call), "rtb.tmax-guard? first?");
    call.subject.tmax_ms = Some(1_000.0);
    assert_eq!(judged(&call), "rtb.tmax-guard first-");
}

#[test]
fn an_answer_counts_for_the_service_that_gave_it() {
    let other =
        policy("[default]\ngates = [{ gate = 'http', name = 'first', url = 'https://b.example' }]");
    let policy = policy(&format!("[default]\ngates = [{{ {FIRST} }}]"));
    let answers = answers(&policy, &[Some(r#"{"passed": false}"#)]);
    let output = Json::Null;
    let judged = |policy: &Policy| {
        gates(
            &policy
                .judge(&call(&output, &answers), &Suppressions::default(), &stopped)
                .unwrap(),
        )
    };
    assert_eq!([judged(&policy), judged(&other)], ["first-", "first?"]);
}

#[test]
fn a_policy_asks_so_many_services() {
    let gates = |count: usize| {
        let gate = |nth: usize| format!("{{ gate = 'http', name = 'g{nth}', url = 'http://a' }}");
        let gates: Vec<_> = (0..count).map(gate).collect();
        let text = format!("[default]\ngates = [{}]", gates.join(", "));
        Policy::parse(&text, Format::Toml, Duration::MAX).map_err(|error| error.message)
    };
    assert!(gates(8).is_ok());
    let message = gates(9).unwrap_err();
    assert_eq!(
        message,
        "there are 9 gates of the kind \"http\"; 8 are the most"
    );
}

#[test]
fn nobody_is_asked_for_what_no_service_judges() {
    let policy = policy(&format!(
        "[[rules]]\nagent = 'b'\ngates = [{{ {FIRST} }}]\n[[rules]]\nagent = 'a'\ngates = [{{ gate = 'http', mode = 'off' }}]"
    ));
    let output = Json::Null;
    let mut call = call(&output, &[]);
    let asked = |call: &Call<'_>| policy.callouts(call).unwrap().len();
    assert_eq!(asked(&call), 0);
    call.agent = "b";
    assert_eq!(asked(&call), 1);
}

#[test]
fn a_question_holds_what_is_to_be_judged() {
    let policy = policy(&format!("[default]\ngates = [{{ {FIRST} }}]"));
    let output = Json::parse(r#"{"text": "a\n"}"#).unwrap();
    let input = Json::parse("[1]").unwrap();
    let mut call = call(&output, &[]);
    let asked = |call: &Call<'_>| {
        let callout = &policy.callouts(call).unwrap()[0].callout;
        assert_eq!(callout.gate(), "first");
        assert_eq!(callout.url().as_str(), "https://a.example/judge");
        assert_eq!(callout.timeout(), Duration::from_millis(500));
        let question = Question::about(call).unwrap();
        serde_json::from_str::<Value>(&callout.body(&question)).unwrap()
    };
    assert_eq!(
        asked(&call),
        json!({"gate": "first", "agent_id": "a", "tool": "t", "output": {"text": "a\n"}})
    );
    call.subject.tool = None;
    call.subject.input = Some(&input);
    assert_eq!(
        asked(&call),
        json!({"gate": "first", "agent_id": "a", "input": [1], "output": {"text": "a\n"}})
    );
}

#[test]
fn a_service_has_an_address() {
    for (options, expected) in [
        ("", ": missing field `url`"),
        ("url = 'a.example'", "/url: relative URL without a base"),
        ("url = 'http://'", "/url: empty host"),
        (
            "url = 'file:///etc/passwd'",
            "/url: must be an http or https URL",
        ),
        (
            "url = 'http://me@a'",
            "/url: must not hold a user or a password",
        ),
        (
            "url = 'http://:b@a'",
            "/url: must not hold a user or a password",
        ),
        ("url = 'http://a#b'", "/url: must not have a fragment"),
        (
            "url = 'http://a', timeout_ms = 0",
            "/timeout_ms: must be from 1 to 10000",
        ),
        (
            "url = 'http://a', timeout_ms = 10001",
            "/timeout_ms: must be from 1 to 10000",
        ),
        (
            "url = 'http://a', reasons = ['ok','pecta:timeout']",
            "/reasons/1: must be 1 to 200 characters",
        ),
        (
            "url = 'http://a', on_error = 'pass'",
            "/on_error: unknown variant `pass`",
        ),
    ] {
        let text = format!(
            "[default]\n[[default.gates]]\ngate = 'http'\n{}",
            options.replace(", ", "\n")
        );
        let error = Policy::parse(&text, Format::Toml, Duration::MAX).unwrap_err();
        let found = format!("{}: {}", error.pointer, error.message);
        let expected = format!("/default/gates/0{expected}");
        assert!(found.starts_with(&expected), "{found}\n{expected}");
    }
}

#[test]
fn an_inquiry_tells_whether_its_gate_only_watches() {
    for (mode, is_monitored) in [("enforce", false), ("monitor", true)] {
        let policy = policy(&format!(
            "[default]\ngates = [{{ {FIRST}, mode = '{mode}' }}]"
        ));
        let output = Json::Null;
        let inquiries = policy.callouts(&call(&output, &[])).unwrap();
        assert_eq!(inquiries[0].is_monitored, is_monitored, "{mode}");
    }
}

#[test]
fn a_service_at_an_internal_address_is_refused_with_its_place() {
    let parse = |host: &str, networks: &Networks| {
        let text = format!("[default]\ngates = [{{ gate = 'http', url = 'http://{host}/' }}]");
        let parsed = Policy::parse_within(&text, Format::Toml, Duration::MAX, networks);
        parsed.map(drop).map_err(|error| error.to_string())
    };
    let internet = Networks::internet_and(&[]);
    let place = "line 2, column 27 (/default/gates/0/url): the address is in an internal network, which the server is not set to reach";
    for host in [
        "127.0.0.1",
        "10.0.0.1",
        "[::1]",
        "[fc00::1]",
        "169.254.169.254",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "0x7f.1",
    ] {
        assert_eq!(parse(host, &internet), Err(place.to_owned()), "{host}");
        assert_eq!(parse(host, &Networks::all()), Ok(()), "{host}");
    }
    let allowed = Networks::internet_and(&["10.0.0.0/8".parse().unwrap()]);
    assert_eq!(parse("[::ffff:10.0.0.1]", &allowed), Ok(()));
    for host in ["1.1.1.1", "localhost", "gates.example"] {
        assert_eq!(parse(host, &internet), Ok(()), "{host}");
    }
    let off = "[default]\ngates = [{ gate = 'http', url = 'http://10.0.0.1', mode = 'off' }]";
    assert!(Policy::parse_within(off, Format::Toml, Duration::MAX, &internet).is_ok());
    // One that was taken before stays readable; nobody is asked all the same.
    let taken = r#"{"default": {"gates": [{"gate": "http", "url": "http://10.0.0.1"}]}}"#;
    assert!(Policy::restore(taken, Duration::MAX).is_ok());
}
