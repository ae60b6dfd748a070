//! Where events came from, and the score that unsigned ones cannot move.

use pecta_tests::{
    Client, Database, Server, assert_recounted, event, now, percent_encode, signature,
    signature_at, tests, with,
};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        events_say_where_they_came_from_and_are_listed_by_it,
        verified_is_there_once_there_are_events,
        an_unsigned_flood_leaves_verified_as_it_was,
        an_erased_agent_has_no_verified_past,
    ],
);

/// Sends verdicts under a signature.
fn ingest_signed(client: &Client, key: &str, events: &[Value]) {
    let body = json!({"events": events}).to_string();
    let signature = signature(key, body.as_bytes());
    send(client, &body, &signature);
}

fn send(client: &Client, body: &str, signature: &str) {
    let request = client
        .request("POST", "/v1/ingest")
        .header("X-Pecta-Signature", signature);
    request.body(body).send().expect(202);
}

fn evaluate(client: &Client, agent: &str, tool: &str, output: &str) {
    let body = json!({"agent_id": agent, "tool": tool, "output": output, "latency_ms": 7});
    client.post("/v1/evaluate", &body).expect(200);
}

/// Of two agents: evaluated alone and in a batch, signed in either form, and unsigned.
fn fill(server: &Server) {
    let (client, key) = (server.client(), server.secret_key());
    for (agent, tool) in [("a", "search"), ("b", "shell")] {
        let of = |passed: bool| with(event(agent), &json!({"tool": tool, "passed": passed}));
        evaluate(&client, agent, tool, "fine");
        let item = json!({"agent_id": agent, "tool": tool, "output": "rm -rf /"});
        let dry = with(item.clone(), &json!({"dry_run": true}));
        let batch = json!({"items": [item, dry]});
        client.post("/v1/evaluate/batch", &batch).expect(200);
        ingest_signed(&client, &key, &[of(true), of(false)]);
        let body = json!({"events": [of(true)]}).to_string();
        send(&client, &body, &signature_at(&key, now(), body.as_bytes()));
        client.ingest(&[of(true), of(false), of(false), of(true)]);
    }
}

/// The events of every page along the cursors.
fn walk(client: &Client, query: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/v1/events?limit=2{query}{cursor}"));
        let page = page.expect(200);
        all.extend(page["events"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn events_say_where_they_came_from_and_are_listed_by_it(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&server);
    let all = client.events("limit=100");
    let mut sources: Vec<_> = client.history("a").iter().map(source).collect();
    sources.sort();
    let expected = [
        ["evaluated"; 2].as_slice(),
        &["signed"; 3],
        &["unsigned"; 4],
    ]
    .concat();
    assert_eq!(sources, expected);
    for name in ["evaluated", "signed", "unsigned"] {
        for agent in [None, Some("a"), Some("nobody")] {
            for passed in [None, Some(true), Some(false)] {
                for tool in [None, Some("shell")] {
                    let mut query = format!("&source={name}");
                    query.extend(agent.map(|agent| format!("&agent_id={agent}")));
                    query.extend(passed.map(|passed| format!("&passed={passed}")));
                    query.extend(tool.map(|tool| format!("&tool={tool}")));
                    let matches = |event: &&Value| {
                        source(event) == name
                            && agent.is_none_or(|agent| event["agent_id"] == agent)
                            && passed.is_none_or(|passed| event["passed"] == passed)
                            && tool.is_none_or(|tool| event["tool_name"] == tool)
                    };
                    let expected: Vec<_> = all.iter().filter(matches).cloned().collect();
                    assert_eq!(walk(&client, &query), expected, "{query}");
                }
            }
        }
    }
    let export = server.home().run(&["export", "--org", "default"]);
    let lines = export.stdout.lines();
    let exported: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(exported, all);
}

fn source(event: &Value) -> String {
    event["source"].as_str().unwrap().to_owned()
}

fn verified_is_there_once_there_are_events(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let verified = |agent: &str| client.reputation(agent).get("verified").cloned();
    assert_eq!(verified("nobody"), None);
    let registered = json!({"agent_id": "registered"});
    client.post("/v1/agents", &registered).expect(201);
    assert_eq!(verified("registered"), None);
    let dry_run = json!({"agent_id": "dry", "output": "ok", "dry_run": true});
    client.post("/v1/evaluate", &dry_run).expect(200);
    assert_eq!(verified("dry"), None);

    client.ingest(&[event("unsigned")]);
    let none = json!({
        "score": 0, "evaluations": 0, "passed": 0, "pass_rate": 0, "avg_latency_ms": 0, "streak": 0,
        "status": "new",
    });
    assert_eq!(verified("unsigned"), Some(none));
    client.evaluate("evaluated", &json!("ok"));
    ingest_signed(&client, &server.secret_key(), &[event("signed")]);
    for agent in ["evaluated", "signed"] {
        let shown = client.reputation(agent);
        let same = with(shown.clone(), &json!({"agent_id": null, "verified": null}));
        assert_eq!(shown["verified"], same, "{agent}");
    }
    // What the answers to an evaluate and an ingest show is by all events.
    let answer = client.evaluate("unsigned", &json!("ok"));
    assert_eq!(answer["reputation"]["evaluations"], 2);
    assert_eq!(verified("unsigned").unwrap()["evaluations"], 1);
}

/// The text of the member `verified`, which is the last one.
fn verified_text(client: &Client, agent: &str) -> String {
    let path = format!("/v1/reputation/{}", percent_encode(agent));
    let answer = client.get(&path);
    let (_, verified) = answer.text().split_once(r#""verified":"#).unwrap();
    verified.to_owned()
}

fn an_unsigned_flood_leaves_verified_as_it_was(database: &Database) {
    let mut server = Server::start_on(database);
    let key = server.secret_key();
    for number in 0..40 {
        let output = if number % 3 == 0 { "rm -rf /" } else { "fine" };
        evaluate(&server.client(), "a", "search", output);
        let signed = json!({"passed": number % 4 == 0, "total_latency_ms": number});
        ingest_signed(&server.client(), &key, &[with(event("a"), &signed)]);
    }
    let score = server.client().reputation("a")["score"].as_u64();
    let before = verified_text(&server.client(), "a");
    for _ in 0..2 {
        let client = server.client();
        for _ in 0..25 {
            client.ingest(&vec![event("a"); 100]);
        }
        assert_eq!(verified_text(&client, "a"), before);
        server = server.kill().start();
        assert_eq!(verified_text(&server.client(), "a"), before);
    }
    let client = server.client();
    assert!(client.reputation("a")["score"].as_u64() > score);
    assert_eq!(client.reputation("a")["passed"], 500);

    // Then it goes on from where it was.
    evaluate(&client, "a", "search", "fine");
    ingest_signed(&client, &key, &[event("a")]);
    client.ingest(&[event("a")]);
    let mut events = client.history("a");
    events.sort_by_key(|event| event["sequence"].as_u64());
    assert_eq!(events.len(), 5083);
    assert_recounted(&client.reputation("a"), &events);
}

fn an_erased_agent_has_no_verified_past(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    client.evaluate("a", &json!("ok"));
    client.ingest(&[event("a")]);
    let erase = ["agents", "delete", "--org", "default", "a"];
    assert_eq!(server.home().run(&erase).code, Some(0));
    assert_eq!(client.reputation("a").get("verified"), None);
    client.evaluate("a", &json!("rm -rf /"));
    assert_recounted(&client.reputation("a"), &client.history("a"));
    client.ingest(&[event("a")]);
    assert_eq!(client.reputation("a")["verified"]["evaluations"], 1);
}
