//! Policies: `--policy`, and `pecta-server policy`.

use pecta_tests::{Database, Home, Server, random_below, tests};
use serde_json::{Value, json};
use std::fs;

tests!(
    once: [
        a_faulty_policy_is_refused_with_its_place,
        bids_are_judged_against_their_request,
        slow_answers_are_seen_before_they_are_blocked,
        findings_are_redacted_on_request,
        cases_are_tested,
        policies_are_compared,
        the_schema_is_printed,
    ],
    on_each_database: [
        the_policy_decides_for_each_agent_and_is_told,
        watching_changes_no_score,
        events_tell_where_something_was_found,
    ],
);

fn example(name: &str) -> String {
    format!("{}/../examples/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn server(policy: &str) -> Server {
    Home::new().set("PECTA_POLICY", &example(policy)).start()
}

/// A server on a database with a policy of the test's own.
fn server_on(database: &Database, policy: &str) -> Server {
    let home = Home::on(database);
    let file = home.root().join("policy.toml");
    fs::write(&file, policy).unwrap();
    home.set("PECTA_POLICY", file.to_str().unwrap()).start()
}

fn evaluate(server: &Server, request: &Value) -> Value {
    server.client().post("/v1/evaluate", request).expect(200)
}

/// The gates of an answer that do not simply pass, as `name reason`.
fn found(answer: &Value) -> Vec<String> {
    let gates = answer["gates"].as_array().unwrap().iter();
    let found = gates.filter(|gate| gate.get("reason").is_some());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    found
        .map(|gate| format!("{} {}", text(&gate["name"]), text(&gate["reason"])))
        .collect()
}

fn the_policy_decides_for_each_agent_and_is_told(database: &Database) {
    let server = server_on(
        database,
        r#"
        version = 12
        [[rules]]
        agent = "mailer-*"
        gates = [{ gate = "pii", checks = ["ssn"] }, { gate = "size", max_depth = 2 }]
        "#,
    );
    let request = |agent: &str| json!({"agent_id": agent, "output": "to a@b.co", "latency_ms": 1});
    let mailer = evaluate(&server, &request("mailer-1"));
    let planner = evaluate(&server, &request("planner"));
    assert_eq!((&mailer["passed"], found(&mailer)), (&json!(true), vec![]));
    assert_eq!(mailer["gates"].as_array().unwrap().len(), 4);
    assert_eq!(planner["passed"], false);
    assert_eq!(found(&planner), ["pii output contains email address"]);
    for answer in [mailer, planner] {
        assert_eq!(answer["policy_version"], 12);
    }
    let ingested = json!({"agent_id": "x", "passed": true, "gates": [], "total_latency_ms": 1});
    server.client().ingest(&[ingested]);
    let events = server.client().events("");
    let versions: Vec<_> = events
        .iter()
        .map(|event| event.get("policy_version"))
        .collect();
    assert_eq!(versions, [None, Some(&json!(12)), Some(&json!(12))]);
}

fn watching_changes_no_score(database: &Database) {
    let server = server_on(
        database,
        "[[rules]]\nagent = 'watched'\ngates = [{ gate = 'pii', mode = 'monitor' }]
        [[rules]]\nagent = 'without'\ngates = [{ gate = 'pii', mode = 'off' }]",
    );
    let request =
        |agent: &str, output: &str| json!({"agent_id": agent, "output": output, "latency_ms": 1});
    for output in ["fine", "a@b.co", "fine"] {
        let watched = evaluate(&server, &request("watched", output));
        let plain = evaluate(&server, &request("plain", "fine"));
        assert_eq!(watched["reputation"], plain["reputation"], "{output}");
        assert_eq!(watched["passed"], true);
        let pii = &watched["gates"][1];
        assert_eq!(pii["mode"], "monitor");
        assert_eq!(pii.get("would_block").is_some(), output != "fine");
        assert_eq!(pii.get("reason").is_some(), output != "fine");
    }
    let seen = server.client().events("agent_id=watched");
    assert_eq!(seen[1]["gates"][1]["would_block"], true);

    // Whatever it sees, in whatever order.
    let outputs = ["fine", "a@b.co", "rm -rf /", "a@b.co rm -rf /", ""];
    evaluate(&server, &request("without", "fine"));
    evaluate(&server, &request("without", "fine"));
    evaluate(&server, &request("without", "fine"));
    let mut sent = Vec::new();
    for _ in 0..60 {
        let output = outputs[random_below(outputs.len())];
        sent.push(output);
        let [watched, without] =
            ["watched", "without"].map(|agent| evaluate(&server, &request(agent, output)));
        assert_eq!(watched["reputation"], without["reputation"], "{sent:?}");
        assert_eq!(watched["passed"], without["passed"], "{sent:?}");
    }
}

fn events_tell_where_something_was_found(database: &Database) {
    let server = server_on(
        database,
        "[default]\ngates = [{ gate = 'pii' }, { gate = 'pattern', patterns = ['no'], pointers = ['/known'] }]",
    );
    let output = json!({"known": ["x", "é a@b.co"], "ada@lovelace.org": {"known": "c@d.co"}});
    evaluate(&server, &json!({"agent_id": "a", "output": output}));
    evaluate(&server, &json!({"agent_id": "a", "output": "fine"}));
    evaluate(
        &server,
        &json!({"agent_id": "a", "output": vec!["a@b.co"; 30]}),
    );
    let events = server.client().events("agent_id=a");
    assert_eq!(
        events[2]["findings"],
        json!([
            {"gate": "pii", "rule": "email-address", "pointer": "/*/known", "offset": 0, "length": 6},
            {"gate": "pii", "rule": "email-address", "pointer": "/known/1", "offset": 3, "length": 6},
        ])
    );
    assert_eq!(events[1].get("findings"), None);
    assert_eq!(events[0]["findings"].as_array().unwrap().len(), 20);
}

fn a_faulty_policy_is_refused_with_its_place() {
    let home = Home::new();
    let file = home.root().join("policy.toml");
    fs::write(&file, "[[rules]]\ngates = [{ gate = \"pi\" }]").unwrap();
    let path = file.to_str().unwrap();
    let place = "policy.toml: line 2, column 12 (/rules/0/gates/0/gate): there is no gate \"pi\"";
    for arguments in [&["serve", "--policy", path][..], &["policy", "check", path]] {
        let output = home.run(arguments);
        let error = output.stderr;
        assert_eq!(output.code, Some(1), "{error}");
        assert!(error.contains(place), "{error}");
    }
    assert!(!home.database().exists());
}

fn bids_are_judged_against_their_request() {
    let server = server("rtb.toml");
    let judged = |tmax: u32, bid: Value, context: Value| {
        let request = json!({"id": "r", "tmax": tmax, "imp": [{"id": "1", "bidfloor": 0.5}],
            "bcat": ["IAB25"], "badv": ["blocked.com"], "regs": {"coppa": 1}});
        let response = json!({"id": "r", "seatbid": [{"bid": [bid]}]});
        let request = json!({"agent_id": "bidder-1", "input": request, "output": response, "context": context});
        found(&evaluate(&server, &request))
    };
    let bid = |bid: Value, context: Value| judged(120, bid, context);
    let good = json!({"impid": "1", "price": 1.2, "adomain": ["shoes.com"], "cat": ["IAB18"]});
    assert_eq!(bid(good.clone(), Value::Null), Vec::<String>::new());
    let with = |key: &str, value: Value| {
        let mut bid = good.clone();
        bid[key] = value;
        bid
    };
    for (changed, reason) in [
        (
            with("impid", json!("2")),
            "rtb.impid-match bid impid not present in request",
        ),
        (
            with("adomain", json!(["acme.test"])),
            "rtb.adomain-verify placeholder adomain: acme.test",
        ),
        (with("price", json!(0.2)), "rtb.bid-sanity "),
        (
            with("cat", json!(["IAB8-5"])),
            "rtb.audience-safety child-directed inventory served unsafe category: IAB8-5",
        ),
        (
            with("cat", json!(["IAB25-9"])),
            "rtb.bcat-compliance blocked category in response: IAB25-9",
        ),
        (
            with("adomain", json!(["www.blocked.com"])),
            "rtb.bcat-compliance ",
        ),
    ] {
        let found = bid(changed, Value::Null);
        assert!(
            found.len() == 1 && found[0].starts_with(reason),
            "{found:?}"
        );
    }
    // Without a context the request says how much time there is.
    for (tmax, context) in [
        (120, json!({"tmax_ms": 120, "elapsed_ms": 110})),
        (14, Value::Null),
    ] {
        let late = judged(tmax, with("impid", json!("2")), context);
        assert_eq!(late.len(), 6);
        assert!(
            late.iter()
                .all(|gate| gate.ends_with("tmax budget exhausted")),
            "{late:?}"
        );
    }
}

fn slow_answers_are_seen_before_they_are_blocked() {
    let server = server("agents.toml");
    for (latency_ms, passed, expected) in [
        (100, true, &[][..]),
        (300, true, &["warn latency 300ms exceeds 200ms threshold"]),
        (
            1500,
            false,
            &[
                "warn latency 1500ms exceeds 200ms threshold",
                "latency latency 1500ms exceeds 1000ms threshold",
            ],
        ),
    ] {
        let request = json!({"agent_id": "planner", "output": "done", "latency_ms": latency_ms});
        let answer = evaluate(&server, &request);
        assert_eq!(
            (&answer["passed"], found(&answer)),
            (
                &json!(passed),
                expected.iter().map(ToString::to_string).collect()
            )
        );
    }
}

fn findings_are_redacted_on_request() {
    let server = server("agents.toml");
    let output = json!({"celsius": "warm, says Globex, INC-123456"});
    let answer = evaluate(
        &server,
        &json!({"agent_id": "a", "tool": "weather", "output": output}),
    );
    assert_eq!(
        answer["redacted_output"],
        json!({"celsius": "warm, says [REDACTED:keyword], [REDACTED:pattern]"})
    );
    let request =
        json!({"agent_id": "a", "output": "for ada@lovelace.org", "redact": true, "dry_run": true});
    assert_eq!(
        evaluate(&server, &request)["redacted_output"],
        "for [REDACTED:email-address]"
    );
    let request = json!({"agent_id": "a", "output": "for ada@lovelace.org"});
    assert_eq!(evaluate(&server, &request).get("redacted_output"), None);
}

fn run(arguments: &[&str], input: &str) -> (i32, String) {
    let output = Home::new().run_with_input(&[&["policy"], arguments].concat(), input.as_bytes());
    (output.code.unwrap(), output.stdout + &output.stderr)
}

fn cases_are_tested() {
    let (policy, cases) = (example("agents.toml"), example("agents.cases.ndjson"));
    assert_eq!(run(&["check", &policy], "").0, 0);
    assert_eq!(
        run(&["test", &policy, &cases], ""),
        (0, "7 as expected, 0 not\n".to_owned())
    );
    let wrong = concat!(
        r#"{"id": 7, "output": "secret text a@b.com", "agent_id": "x", "expect": {"passed": true, "gates": {"pii": "absent", "content": "passed"}}}"#,
        "\n",
        r#"{"output": "fine", "expect": {"passed": true}}"#,
    );
    let (code, text) = run(&["test", &policy], wrong);
    assert_eq!(code, 1);
    assert_eq!(
        text,
        "line 1 (7):\n  - passed\n  + failed\n  - pii absent\n  + pii failed: output contains email address\n1 as expected, 1 not\n"
    );
    // A budget that no machine keeps.
    let home = Home::new();
    let hurried = home.root().join("hurried.toml");
    fs::write(&hurried, "[default]\nbudget_ms = 0.001").unwrap();
    let case = json!({"output": "fine ".repeat(50_000), "expect": {"passed": true}});
    let judged = run(&["test", hurried.to_str().unwrap()], &case.to_string());
    assert_eq!(judged, (0, "1 as expected, 0 not\n".to_owned()));
    for line in [
        r#"{"output": 1}"#,
        r#"{"output": 1, "expect": {"gate": {}}}"#,
        "nope",
        r#"{"output": 1, "expect": {"gates": {"pii": "fine"}}}"#,
        r#"{"output": 1, "agent": "a", "expect": {"passed": true}}"#,
        r#"{"output": 1, "context": {"tmax": 1}, "expect": {"passed": true}}"#,
        // What cannot fail is no test.
        r#"{"output": 1, "expect": {}}"#,
        r#"{"output": 1, "expect": {"gates": {}}}"#,
        "\n",
        "",
    ] {
        assert_eq!(run(&["test", &policy], line).0, 2, "{line}");
    }
    let never = r#"{"output": 1, "expect": {"gates": {"pii": "suppressed"}}}"#;
    let (code, text) = run(
        &["test", &policy],
        &format!(
            "{}\n{never}",
            r#"{"output": "fine", "expect": {"passed": true}}"#
        ),
    );
    assert_eq!(code, 2);
    let message =
        "line 2: expect.gates.pii is never suppressed here: this command knows no suppressions";
    assert!(text.contains(message), "{text}");
}

fn policies_are_compared() {
    let outputs = concat!(
        r#"{"agent_id": "mailer-1", "output": "for ada@lovelace.org"}"#,
        "\n",
        r#"{"agent_id": "x", "output": "for ada@lovelace.org"}"#,
        "\n",
        r#"{"agent_id": "x", "tool": "weather", "output": "INC-123456"}"#,
        "\n",
    );
    let home = Home::new();
    let empty = home.root().join("empty.json");
    fs::write(&empty, "{}").unwrap();
    let (old, new) = (empty.to_str().unwrap(), example("agents.toml"));
    let (code, text) = run(&["diff", old, &new], outputs);
    assert_eq!(code, 0);
    assert_eq!(
        text,
        "3 outputs: 1 newly blocked, 1 released\n  - pii email-address: 1\n  + schema type: 1\n  + ticket pattern: 1\n"
    );
    let misspelt = r#"{"agent": "x", "output": "for ada@lovelace.org"}"#;
    let (code, text) = run(&["diff", old, &new], misspelt);
    assert_eq!(code, 2);
    assert!(text.contains("line 1: unknown field `agent`"), "{text}");
}

fn the_schema_is_printed() {
    let (code, text) = run(&["schema"], "");
    assert_eq!(code, 0);
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(schema["title"], "Pecta policy");
}
