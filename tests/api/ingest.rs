//! `POST /v1/ingest`.

use pecta_tests::{Client, Database, Response, Server, assert_error, event, tests, with};
use pecta_wire::Timestamp;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

tests!(
    on_each_database: [
        the_documented_example_is_accepted_and_read_back,
        one_invalid_event_refuses_the_batch_and_names_its_path,
        the_largest_batch_fits,
        one_update_per_agent_in_order_of_first_appearance,
        a_batch_counts_in_the_order_of_time,
        an_evaluation_id_counts_once_within_a_batch_across_batches_and_routes,
        timestamps_may_lie_a_day_ahead_and_any_time_back,
        whatever_timestamp_is_accepted_is_shown_in_the_documented_form,
    ],
);

fn the_documented_example_is_accepted_and_read_back(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let body = r#"{"events": [
      {"agent_id": "bid-agent-prod", "tool": "submit_bid", "passed": true,
       "gates": [{"name": "impid", "passed": true, "latency_ms": 1},
                 {"name": "bid_sanity", "passed": true, "latency_ms": 2.5}],
       "total_latency_ms": 4, "timestamp": "2026-05-07T14:22:10Z"},
      {"agent_id": "bid-agent-prod", "tool": "submit_bid", "passed": false,
       "gates": [{"name": "bid_sanity", "passed": false, "latency_ms": 2, "reason": "price is 80x the floor"},
                 {"name": "adomain", "passed": true, "latency_ms": 0, "skipped": true}],
       "total_latency_ms": 4, "timestamp": "2026-05-07T16:22:11.5009+02:00", "evaluation_id": "my-own"}]}"#;
    let answer = client.post_text("/v1/ingest", body);
    assert_eq!(answer.status, 202);
    // 400/2 + 250 * 0.96 + 0 + 150 * 2/500
    assert_eq!(
        answer.text(),
        r#"{"accepted":2,"reputation_updates":[{"agent_id":"bid-agent-prod","score":440,"status":"calibrating"}]}"#
    );
    let page = client.get("/v1/events");
    let events = page.json();
    let ids = [0, 1].map(|at| &events["events"][at]["id"]);
    assert_eq!(
        page.text(),
        format!(
            concat!(
                r#"{{"events":[{{"id":{},"agent_id":"bid-agent-prod","tool_name":"submit_bid","passed":false,"#,
                r#""gates":[{{"name":"bid_sanity","passed":false,"reason":"price is 80x the floor","latency_ms":2}},"#,
                r#"{{"name":"adomain","passed":true,"latency_ms":0,"skipped":true}}],"total_latency_ms":4,"#,
                r#""reputation_score":440,"created_at":"2026-05-07T14:22:11.500Z","evaluation_id":"my-own","#,
                r#""latency_ms":4,"sequence":2,"source":"unsigned"}},"#,
                r#"{{"id":{},"agent_id":"bid-agent-prod","tool_name":"submit_bid","passed":true,"#,
                r#""gates":[{{"name":"impid","passed":true,"latency_ms":1}},{{"name":"bid_sanity","passed":true,"latency_ms":2.5}}],"#,
                r#""total_latency_ms":4,"reputation_score":644,"created_at":"2026-05-07T14:22:10.000Z","evaluation_id":null,"#,
                r#""latency_ms":4,"sequence":1,"source":"unsigned"}}],"limit":50,"offset":0,"count":2}}"#
            ),
            ids[0], ids[1]
        )
    );
    assert!(
        ids.iter()
            .all(|id| id.as_str().is_some_and(|id| id.starts_with("evt_")))
    );
}

fn one_invalid_event_refuses_the_batch_and_names_its_path(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let gate = json!({"name": "g", "passed": true, "latency_ms": 1});
    let gates = |change: Value| json!({"gates": [gate.clone(), with(gate.clone(), &change)]});
    let cases = [
        (json!({"agent_id": null}), "events[1].agent_id "),
        (json!({"agent_id": "x".repeat(201)}), "events[1].agent_id "),
        (json!({"agent_id": "\u{1}"}), "events[1].agent_id "),
        (json!({"tool": "x".repeat(201)}), "events[1].tool "),
        (json!({"passed": null}), "events[1].passed "),
        (json!({"passed": 1}), "events[1].passed "),
        (json!({"gates": null}), "events[1].gates "),
        (json!({"gates": {}}), "events[1].gates "),
        (json!({"gates": vec![gate.clone(); 51]}), "events[1].gates "),
        (json!({"gates": [gate, 5]}), "events[1].gates[1] "),
        (gates(json!({"name": ""})), "events[1].gates[1].name "),
        (
            gates(json!({"name": "x".repeat(201)})),
            "events[1].gates[1].name ",
        ),
        (gates(json!({"passed": null})), "events[1].gates[1].passed "),
        (
            gates(json!({"latency_ms": null})),
            "events[1].gates[1].latency_ms ",
        ),
        (
            gates(json!({"latency_ms": -1})),
            "events[1].gates[1].latency_ms ",
        ),
        (
            gates(json!({"reason": "x".repeat(501)})),
            "events[1].gates[1].reason ",
        ),
        (
            gates(json!({"reason": "\u{0}"})),
            "events[1].gates[1].reason ",
        ),
        (
            gates(json!({"skipped": "no"})),
            "events[1].gates[1].skipped ",
        ),
        (
            json!({"total_latency_ms": null}),
            "events[1].total_latency_ms ",
        ),
        (
            json!({"total_latency_ms": 60000.5}),
            "events[1].total_latency_ms ",
        ),
        (json!({"timestamp": "2026-05-07"}), "events[1].timestamp "),
        (
            json!({"timestamp": "2026-05-07T14:22:10"}),
            "events[1].timestamp ",
        ),
        (json!({"timestamp": 1}), "events[1].timestamp "),
        (
            json!({"timestamp": "2999-01-01T00:00:00Z"}),
            "events[1].timestamp ",
        ),
        (
            json!({"evaluation_id": "x".repeat(51)}),
            "events[1].evaluation_id ",
        ),
        (json!({"evaluation_id": "a\tb"}), "events[1].evaluation_id "),
    ];
    for (change, path) in cases {
        let batch = json!({"events": [event("a"), with(event("a"), &change)]});
        let answer = client.post("/v1/ingest", &batch);
        let message = assert_error(&answer, 400, "validation_error");
        assert!(message.starts_with(path), "{change}: {message}");
    }
    for (body, path) in [
        (json!({}), "events "),
        (json!({"events": []}), "events "),
        (json!({"events": vec![event("a"); 101]}), "events "),
        (json!({"events": [1]}), "events[0] "),
        (json!([]), "the body "),
    ] {
        let message = assert_error(&client.post("/v1/ingest", &body), 400, "validation_error");
        assert!(message.starts_with(path), "{body}: {message}");
    }
    assert_eq!(client.get("/v1/agents").json(), json!({"agents": []}));
    assert!(client.events("").is_empty());
}

fn the_largest_batch_fits(database: &Database) {
    let server = Server::start_on(database);
    let long = "\u{1f600}".repeat(200);
    let gate = json!({"name": long, "passed": true, "latency_ms": 1e300, "skipped": true,
        "reason": "\u{1f600}".repeat(500)});
    let full = json!({"agent_id": long, "tool": long, "passed": true, "gates": vec![gate; 50],
        "total_latency_ms": 60000, "timestamp": "2026-05-07T14:22:10Z"});
    let answer = server.client().ingest(&vec![full; 100]);
    assert_eq!(answer["accepted"], 100);
    let event = &server.client().events("limit=1")[0];
    assert_eq!(event["gates"][49]["latency_ms"], json!(1e300));
    assert_eq!(event["gates"].as_array().unwrap().len(), 50);
}

fn one_update_per_agent_in_order_of_first_appearance(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let late = json!({"timestamp": "2026-05-07T14:00:01Z"});
    let early = json!({"timestamp": "2026-05-07T14:00:00Z"});
    let answer = client.ingest(&[
        with(event("z"), &late),
        with(event("a"), &early),
        with(event("z"), &early),
    ]);
    let agents: Vec<_> = answer["reputation_updates"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(
        (&agents[0]["agent_id"], &agents[1]["agent_id"]),
        (&json!("z"), &json!("a"))
    );
    assert_eq!(agents.len(), 2);
    for agent in agents {
        let id = agent["agent_id"].as_str().unwrap();
        assert_eq!(agent["score"], client.reputation(id)["score"]);
    }
}

fn a_batch_counts_in_the_order_of_time(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    // Of equal times, and of times that differ below a millisecond, the first given counts first
    // and the earlier counts first.
    let at = |tool: &str, time: &str| with(event("a"), &json!({"tool": tool, "timestamp": time}));
    client.ingest(&[
        at("third", "2026-05-07T14:00:00.000Z"),
        at("fourth", "2026-05-07T16:00:00+02:00"),
        at("first", "2026-05-07T13:59:59.9991Z"),
        at("second", "2026-05-07T13:59:59.9999Z"),
        with(event("a"), &json!({"tool": "sixth"})),
        at("fifth", "2026-05-07T14:00:00.001Z"),
    ]);
    let order = |events: &[Value]| -> Vec<String> {
        let tools = events.iter().rev();
        tools
            .map(|event| event["tool_name"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut events = client.history("a");
    let expected = ["first", "second", "third", "fourth", "fifth", "sixth"];
    assert_eq!(order(&events), expected);
    events.sort_by_key(|event| std::cmp::Reverse(event["sequence"].as_u64()));
    assert_eq!(order(&events), expected);
    // Across batches the order of arrival counts, whatever the times.
    client.ingest(&[at("seventh", "2020-01-01T00:00:00Z")]);
    let oldest = client.history("a").pop().unwrap();
    assert_eq!(
        (&oldest["tool_name"], &oldest["sequence"]),
        (&json!("seventh"), &json!(7))
    );
}

fn an_evaluation_id_counts_once_within_a_batch_across_batches_and_routes(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let id = |agent: &str, id: &str, time: &str| {
        with(
            event(agent),
            &json!({"evaluation_id": id, "timestamp": time, "passed": time < "2026-02"}),
        )
    };
    // Of two with one id the first in the order of counting wins, not the first given.
    let batch = [
        id("b", "one", "2026-03-01T00:00:00Z"),
        id("a", "one", "2026-01-01T00:00:00Z"),
        event("c"),
    ];
    let answer = client.post("/v1/ingest", &json!({"events": batch}));
    assert!(
        answer
            .text()
            .starts_with(r#"{"accepted":3,"duplicates":1,"reputation_updates":["#)
    );
    let answer = answer.expect(202);
    assert_eq!(
        answer["reputation_updates"][0],
        json!({"agent_id": "b", "score": 0, "status": "new"})
    );
    assert_eq!(client.reputation("a")["passed"], 1);

    let evaluated = client.evaluate("a", &json!("ok"))["evaluation_id"].clone();
    let repeat = client.ingest(&[
        id("x", "one", "2026-01-01T00:00:00Z"),
        with(event("x"), &json!({"evaluation_id": evaluated})),
    ]);
    assert_eq!(
        (&repeat["accepted"], &repeat["duplicates"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(repeat["reputation_updates"][0]["agent_id"], "x");
    assert!(client.history("x").is_empty());

    // Another org's ids are its own.
    let other = server.client_of("other");
    let answer = other.ingest(&[id("a", "one", "2026-01-01T00:00:00Z")]);
    assert_eq!(answer.get("duplicates"), None);
    assert_eq!(other.reputation("a")["evaluations"], 1);
}

/// The present time and `hours` more.
fn in_hours(hours: u64) -> String {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let then = now + Duration::from_hours(hours);
    Timestamp::from_micros(i64::try_from(then.as_micros()).unwrap())
        .unwrap()
        .to_string()
}

fn ingest_at(client: &Client, time: &str) -> Response {
    let batch = json!({"events": [with(event("a"), &json!({"timestamp": time}))]});
    client.post("/v1/ingest", &batch)
}

fn timestamps_may_lie_a_day_ahead_and_any_time_back(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    ingest_at(&client, &in_hours(23)).expect(202);
    assert_error(&ingest_at(&client, &in_hours(25)), 400, "validation_error");
    for (time, shown) in [
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        (
            "2024-02-29T23:30:00.123456789-00:45",
            "2024-03-01T00:15:00.123Z",
        ),
        ("2026-05-07t14:22:10z", "2026-05-07T14:22:10.000Z"),
    ] {
        ingest_at(&client, time).expect(202);
        let history = client.history("a").into_iter();
        let newest = history.max_by_key(|event| event["sequence"].as_u64());
        assert_eq!(newest.unwrap()["created_at"], shown, "{time}");
    }
    for time in [
        "2023-02-29T00:00:00Z",
        "2026-05-07T24:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-05-07T14:22Z",
        "",
    ] {
        assert_error(&ingest_at(&client, time), 400, "validation_error");
    }
}

fn whatever_timestamp_is_accepted_is_shown_in_the_documented_form(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for time in [
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+23:59",
    ] {
        let answer = ingest_at(&client, time);
        assert!(
            [202, 400].contains(&answer.status),
            "{time}: {}",
            answer.text()
        );
        for event in client.history("a") {
            let shown = event["created_at"].as_str().unwrap();
            let has_form = shown.len() == 24 && shown.starts_with(|c: char| c.is_ascii_digit());
            assert!(has_form, "{time} is shown as {shown}");
        }
    }
}
