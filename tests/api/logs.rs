//! Structured logs.

use pecta_tests::{Database, Home, Server, tests};
use serde_json::{Value, json};
use std::collections::HashSet;

tests!(
    on_each_database: [
        every_line_is_json_and_carries_the_request_id_of_its_answer,
        requests_are_silent_at_the_default_level,
    ],
);

fn every_line_is_json_and_carries_the_request_id_of_its_answer(database: &Database) {
    let home = Home::on(database)
        .set("PECTA_LOG_FORMAT", "json")
        .set("PECTA_LOG", "debug");
    let server = home.start();
    let client = server.client();
    let answers = [
        client.get("/v1/agents"),
        client.post(
            "/v1/evaluate",
            &json!({"agent_id": "\"\n\u{1b}[31m", "output": "ok"}),
        ),
        client.post("/v1/evaluate", &json!({"agent_id": "a", "output": "ok"})),
        client.get("/v1/reputation/secret-agent%0A?x=%22"),
        client.get("/nope"),
        server.anonymous().get("/v1/agents"),
        server.anonymous().get("/health"),
        client.request("PUT", "/v1/agents").send(),
    ];
    let statuses = [200, 400, 200, 400, 404, 401, 200, 405];
    let ids: Vec<_> = answers
        .iter()
        .map(|answer| answer.header("x-request-id").unwrap())
        .collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    let log = server.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    for (id, status) in ids.iter().zip(statuses) {
        let mut about: Vec<_> = lines
            .iter()
            .filter(|line| line["request_id"] == *id)
            .collect();
        let line = about
            .pop()
            .unwrap_or_else(|| panic!("no line about {id}:\n{log}"));
        assert_eq!(line["status"], status);
    }
    assert!(
        lines
            .iter()
            .all(|line| line["level"].is_string() && line["timestamp"].is_string())
    );
    assert!(
        !log.contains("secret-agent"),
        "a line names the route, not the path"
    );
}

fn requests_are_silent_at_the_default_level(database: &Database) {
    let server = Server::start_on(database);
    server.client().evaluate("a", &json!("ok"));
    assert_eq!(server.client().get("/nope").status, 404);
    let log = server.log();
    assert!(log.lines().count() <= 5, "{log}");
    let id = server
        .client()
        .get("/health")
        .header("x-request-id")
        .unwrap()
        .to_owned();
    assert!(!server.log().contains(&id));
}
