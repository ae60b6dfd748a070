//! What is JSON, what is not, and what is done with its oddities.

use pecta_tests::{Database, Server, assert_error, tests};
use serde_json::json;

tests!(
    on_each_database: [
        values_that_are_not_json_are_refused_wherever_they_stand,
        nesting_is_accepted_to_127_levels,
        bodies_that_are_not_one_json_value_are_refused,
        a_known_field_given_twice_is_refused,
        every_duplicate_inside_a_payload_is_judged,
        payloads_of_any_shape_are_judged,
    ],
);

/// A body in which `value` stands in an unknown field, in `output` and in `input`.
fn bodies(value: &str) -> [String; 4] {
    [
        format!(r#"{{"agent_id":"a","output":1,"someday":{value}}}"#),
        format!(r#"{{"agent_id":"a","output":{value}}}"#),
        format!(r#"{{"agent_id":"a","output":1,"input":{value}}}"#),
        format!(r#"{{"agent_id":"a","output":1,"context":{{"someday":{value}}}}}"#),
    ]
}

fn values_that_are_not_json_are_refused_wherever_they_stand(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    for value in [
        "1e999",
        "-1e999",
        "01",
        "+1",
        ".5",
        "1.",
        "NaN",
        "Infinity",
        "'a'",
        "tru",
        "[1,]",
        r#"{"a":1,}"#,
        r#"{"a" 1}"#,
        "{1:1}",
        r#""\ud800""#,
        r#""\udc00x""#,
        r#""\ud800\ud800""#,
        r#"{"\ud800":1}"#,
        r#""\x""#,
        r#""\u12g4""#,
        "\"\n\"",
        "\"\u{0}\"",
        "// x\n1",
        "",
        &deep(200),
    ] {
        for body in bodies(value) {
            assert_error(&client.post_text("/v1/evaluate", body), 400, "bad_json");
        }
    }
    for value in [
        r#""\ud83d\ude00""#,
        r#""\u0000""#,
        "1e-999",
        "123456789012345678901234567890",
        "-0.0",
        "[[],{}]",
    ] {
        for body in bodies(value) {
            assert_eq!(
                client.post_text("/v1/evaluate", body.clone()).status,
                200,
                "{body}"
            );
        }
    }
}

fn nesting_is_accepted_to_127_levels(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    // The body itself is the first level.
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    for at in [0, 1, 2] {
        let body = bodies(&deep(126))[at].clone();
        assert_eq!(client.post_text("/v1/evaluate", body).status, 200, "{at}");
        let body = bodies(&deep(127))[at].clone();
        assert_error(&client.post_text("/v1/evaluate", body), 400, "bad_json");
    }
    let objects = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    assert_eq!(
        client
            .post_text("/v1/evaluate", bodies(&objects(126))[1].clone())
            .status,
        200
    );
    assert_error(
        &client.post_text("/v1/evaluate", bodies(&objects(127))[1].clone()),
        400,
        "bad_json",
    );
    for path in ["/v1/evaluate", "/v1/ingest", "/v1/agents"] {
        assert_error(
            &client.post_text(path, "[".repeat(100_000)),
            400,
            "bad_json",
        );
        assert_error(&client.post_text(path, deep(128)), 400, "bad_json");
        assert_error(&client.post_text(path, deep(127)), 400, "validation_error");
    }
}

fn bodies_that_are_not_one_json_value_are_refused(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let good = br#"{"agent_id":"a","output":1}"#;
    let good_in_utf_16: Vec<u8> = good.iter().flat_map(|byte| [*byte, 0]).collect();
    for path in ["/v1/evaluate", "/v1/ingest", "/v1/agents"] {
        for body in [
            &b""[..],
            b" ",
            b"{",
            b"}",
            b"[1",
            b"nul",
            b"{}{}",
            b"{} x",
            b"{},",
            b"\xff\xfe",
            b"\xef\xbb\xbf{}",
            b"{\"agent_id\":\"\xff\"}",
            b"{\"agent_id\":\"\xc0\x80\"}",
            b"{\"agent_id\":\"\xed\xa0\x80\"}",
            b"agent_id=a",
            b"\0",
            &good_in_utf_16,
        ] {
            assert_error(&client.post_text(path, body), 400, "bad_json");
        }
        for body in ["null", "1", "\"x\"", "[]", "true", " {} \r\n\t"] {
            assert_error(&client.post_text(path, body), 400, "validation_error");
        }
    }
}

fn a_known_field_given_twice_is_refused(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for (path, body, field) in [
        (
            "/v1/evaluate",
            r#"{"agent_id":"a","agent_id":"a","output":1}"#,
            "agent_id ",
        ),
        (
            "/v1/evaluate",
            r#"{"agent_id":"a","output":1,"output":1}"#,
            "output ",
        ),
        (
            "/v1/evaluate",
            r#"{"agent_id":"a","output":1,"input":1,"input":null}"#,
            "input ",
        ),
        (
            "/v1/evaluate",
            r#"{"agent_id":"a","output":1,"tool":null,"tool":null}"#,
            "tool ",
        ),
        (
            "/v1/evaluate",
            r#"{"agent_id":"a","\u0061gent_id":"b","output":1}"#,
            "agent_id ",
        ),
        (
            "/v1/evaluate",
            r#"{"agent_id":"a","output":1,"dry_run":true,"dry_run":false}"#,
            "dry_run ",
        ),
        (
            "/v1/agents",
            r#"{"agent_id":"a","agent_id":"b"}"#,
            "agent_id ",
        ),
        ("/v1/ingest", r#"{"events":[],"events":[]}"#, "events "),
        (
            "/v1/ingest",
            r#"{"events":[{"agent_id":"a","passed":true,"passed":false,"gates":[],"total_latency_ms":1}]}"#,
            "events[0].passed ",
        ),
        (
            "/v1/ingest",
            r#"{"events":[{"agent_id":"a","passed":true,"total_latency_ms":1,"gates":[{"name":"g","name":"g","passed":true,"latency_ms":1}]}]}"#,
            "events[0].gates[0].name ",
        ),
    ] {
        let message = assert_error(&client.post_text(path, body), 400, "validation_error");
        assert!(message.starts_with(field), "{body}: {message}");
    }
    let unknown = r#"{"agent_id":"a","x":1,"x":2,"output":"ok"}"#;
    client.post_text("/v1/evaluate", unknown).expect(200);
}

fn every_duplicate_inside_a_payload_is_judged(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for output in [
        r#"{"a":"rm -rf /","a":"ok"}"#,
        r#"{"a":"ok","a":"rm -rf /"}"#,
        r#"{"a":{"b":[{"c":"ok","c":"rm -rf /","c":"ok"}]}}"#,
    ] {
        let body = format!(r#"{{"agent_id":"a","output":{output}}}"#);
        assert_eq!(
            client.post_text("/v1/evaluate", body).expect(200)["passed"],
            false
        );
    }
}

fn payloads_of_any_shape_are_judged(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for (output, passed) in [
        (json!(null), false),
        (json!("\u{feff}\u{200b}\u{a0}\u{3000}"), false),
        (json!(0), true),
        (json!(false), true),
        (json!(-1.5e300), true),
        (json!([[]]), true),
        (json!({"": ""}), true),
        (json!({"rm -rf /": "keys are not judged"}), true),
        (json!({"a": [1, {"b": [null, "rm\u{a0}-rf /"]}]}), false),
        (json!("\u{0}\u{1f}\u{10ffff}"), true),
    ] {
        assert_eq!(client.evaluate("a", &output)["passed"], passed, "{output}");
    }
}
