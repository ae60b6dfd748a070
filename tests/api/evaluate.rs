//! `POST /v1/evaluate`.

use pecta_tests::{Database, Server, assert_error, tests};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        the_documented_example_passes,
        a_failed_verdict_is_an_answer_with_every_gate,
        ids_are_unique_and_ordered_by_time,
        null_options_are_absent,
        each_broken_rule_names_its_field,
        the_edges_of_every_rule_are_accepted,
        a_dry_run_judges_and_records_nothing,
        large_outputs_are_judged_to_their_end,
    ],
);

fn the_documented_example_passes(database: &Database) {
    let server = Server::start_on(database);
    let answer = server.client().post_text(
        "/v1/evaluate",
        r#"{"agent_id": "research-bot-v2", "tool": "shell.run", "output": {"stdout": "ls -la /tmp"}, "latency_ms": 18}"#,
    );
    let json = answer.expect(200);
    let (id, total) = (&json["evaluation_id"], &json["total_latency_ms"]);
    let gates = [0, 1, 2].map(|gate| &json["gates"][gate]["latency_ms"]);
    // 400 + 250 * 0.82 + 200 / 50 + 150 / 500
    assert_eq!(
        answer.text(),
        format!(
            concat!(
                r#"{{"evaluation_id":{},"passed":true,"gates":["#,
                r#"{{"name":"filesystem","passed":true,"latency_ms":{}}},"#,
                r#"{{"name":"pii","passed":true,"latency_ms":{}}},"#,
                r#"{{"name":"content","passed":true,"latency_ms":{}}}],"#,
                r#""total_latency_ms":{},"reputation":{{"score":609,"evaluations":1,"passed":1,"#,
                r#""pass_rate":1,"avg_latency_ms":18,"streak":1,"status":"calibrating","#,
                r#""lifecycle":"calibrating","eval_count":1}}}}"#
            ),
            id, gates[0], gates[1], gates[2], total
        )
    );
    let id = id.as_str().unwrap();
    let digits = id.strip_prefix("ev_").unwrap();
    assert!((11..=40).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_alphanumeric()));
    for latency in gates.into_iter().chain([total]) {
        assert!(latency.as_f64().is_some_and(|ms| (0.0..50.0).contains(&ms)));
    }
}

fn a_failed_verdict_is_an_answer_with_every_gate(database: &Database) {
    let server = Server::start_on(database);
    let answer = server.client().post(
        "/v1/evaluate",
        &json!({"agent_id": "a", "output": ["rm -rf /", {"to": "jane@acme.io"}], "latency_ms": 0}),
    );
    let json = answer.expect(200);
    let reasons = [0, 1, 2].map(|gate| json["gates"][gate].get("reason").and_then(Value::as_str));
    assert_eq!(
        reasons,
        [
            Some("destructive rm command detected"),
            Some("output contains email address"),
            None
        ]
    );
    let latency = &json["gates"][0]["latency_ms"];
    let first = format!(
        r#"{{"name":"filesystem","passed":false,"reason":"destructive rm command detected","latency_ms":{latency}}}"#
    );
    assert!(answer.text().contains(&first), "{}", answer.text());
    assert_eq!(json["passed"], false);
    // 250 of latency and 150/500 of volume
    assert_eq!(json["reputation"]["score"], 250);
}

fn ids_are_unique_and_ordered_by_time(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let ids: Vec<_> = (0..20)
        .map(|_| client.evaluate("a", &json!("ok"))["evaluation_id"].to_string())
        .collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

fn null_options_are_absent(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let body = json!({"agent_id": "a", "output": null, "tool": null, "input": null,
        "latency_ms": null, "context": null, "dry_run": null});
    let json = client.post("/v1/evaluate", &body).expect(200);
    assert_eq!(json["gates"][2]["reason"], "response appears empty");
    let event = &client.history("a")[0];
    assert_eq!(event["tool_name"], Value::Null);
    assert_eq!(event["latency_ms"], json["total_latency_ms"]);
}

fn each_broken_rule_names_its_field(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let long = |count| "\u{e9}".repeat(count);
    for (change, path) in [
        (json!({"agent_id": 5}), "agent_id "),
        (json!({"agent_id": ""}), "agent_id "),
        (json!({"agent_id": null}), "agent_id "),
        (json!({"agent_id": long(201)}), "agent_id "),
        (json!({"agent_id": "a\u{7f}"}), "agent_id "),
        (json!({"tool": long(201)}), "tool "),
        (json!({"tool": "t\n"}), "tool "),
        (json!({"tool": ["t"]}), "tool "),
        (json!({"latency_ms": -0.001}), "latency_ms "),
        (json!({"latency_ms": 60000.001}), "latency_ms "),
        (json!({"latency_ms": "5"}), "latency_ms "),
        (json!({"dry_run": "true"}), "dry_run "),
        (json!({"context": 1}), "context "),
        (json!({"context": {"tmax_ms": "1"}}), "context.tmax_ms "),
        (
            json!({"context": {"elapsed_ms": []}}),
            "context.elapsed_ms ",
        ),
    ] {
        let mut body = json!({"agent_id": "a", "output": 1});
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = client.post("/v1/evaluate", &body);
        let message = assert_error(&answer, 400, "validation_error");
        assert!(message.starts_with(path), "{change}: {message}");
    }
    let answer = client.post("/v1/evaluate", &json!({"agent_id": "a"}));
    let message = assert_error(&answer, 400, "validation_error");
    assert!(message.starts_with("output "), "{message}");
    assert_eq!(client.get("/v1/agents").json(), json!({"agents": []}));
}

fn the_edges_of_every_rule_are_accepted(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let long = "\u{1f600}".repeat(200);
    let body = json!({"agent_id": long, "output": 0, "tool": long, "latency_ms": 60000,
        "context": {"tmax_ms": 100.5, "elapsed_ms": 0}});
    client.post("/v1/evaluate", &body).expect(200);
    let event = &client.history(&long)[0];
    assert_eq!(
        (&event["tool_name"], &event["latency_ms"]),
        (&json!(long), &json!(60000))
    );
    let empty_tool = json!({"agent_id": "a", "output": 0, "tool": ""});
    client.post("/v1/evaluate", &empty_tool).expect(200);
    // It is none: no event could be found by it.
    assert_eq!(client.history("a")[0]["tool_name"], Value::Null);
}

fn a_dry_run_judges_and_records_nothing(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    client.evaluate("known", &json!("ok"));
    let before = client.get("/v1/agents").text().to_owned();
    for (agent, evaluations) in [("known", 1), ("unknown", 0)] {
        let body = json!({"agent_id": agent, "output": "rm -rf /", "dry_run": true});
        let json = client.post("/v1/evaluate", &body).expect(200);
        assert_eq!(
            (&json["passed"], &json["evaluation_id"]),
            (&json!(false), &Value::Null)
        );
        assert_eq!(json["reputation"]["evaluations"], evaluations);
        assert_eq!(json["reputation"]["passed"], evaluations);
    }
    assert_eq!(client.get("/v1/agents").text(), before);
    assert_eq!(client.events("").len(), 1);
}

fn large_outputs_are_judged_to_their_end(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let filler = "a word ".repeat(150_000);
    assert!(filler.len() < 2 << 20);
    let clean = client.evaluate("a", &json!(filler));
    let bad = client.evaluate("a", &json!(format!("{filler} mail jane@acme.io")));
    for (answer, reason) in [(clean, None), (bad, Some("output contains email address"))] {
        let found = answer["gates"][1].get("reason").and_then(Value::as_str);
        // A slow machine may run out of the gates' time, which is a verdict of its own.
        assert!(
            found == reason || found == Some("pecta:timeout"),
            "{answer}"
        );
    }
}
