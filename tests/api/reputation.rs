//! `GET /v1/reputation/:agentId`, and the score that it shows.

use pecta_tests::{
    Client, Database, Recount, Server, assert_error, assert_recounted, event, percent_encode,
    recount, tests, with,
};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        an_unknown_agent_has_zeros,
        the_path_segment_is_percent_decoded,
        every_score_is_that_of_a_recount_over_the_last_500,
        the_lifecycle_changes_at_its_documented_counts,
        latencies_count_in_whole_microseconds_and_rates_are_cut,
        concurrent_evaluations_are_all_counted,
    ],
);

fn an_unknown_agent_has_zeros(database: &Database) {
    let server = Server::start_on(database);
    let answer = server.client().get("/v1/reputation/nobody");
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.text(),
        concat!(
            r#"{"agent_id":"nobody","score":0,"evaluations":0,"passed":0,"pass_rate":0,"#,
            r#""avg_latency_ms":0,"streak":0,"status":"new"}"#
        )
    );
    assert!(server.client().events("").is_empty());
}

fn the_path_segment_is_percent_decoded(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for agent in [
        "a/b",
        "a b",
        "a%2Fb",
        "%",
        "?#&+",
        "\u{e9}\u{1f600}",
        "..",
        ".",
        "{agent_id}",
    ] {
        client.evaluate(agent, &json!("ok"));
        let answer = client.reputation(agent);
        assert_eq!(
            (&answer["agent_id"], &answer["evaluations"]),
            (&json!(agent), &json!(1))
        );
    }
    // What need not be encoded may stand as it is; a plus sign is one.
    assert_eq!(
        client.get("/v1/reputation/a+b").expect(200)["agent_id"],
        "a+b"
    );
    assert_eq!(
        client.get("/v1/reputation/a%2fb?x=1").expect(200)["evaluations"],
        1
    );
    for segment in [
        "",
        "%00",
        "%0A",
        "%7F",
        "%FF",
        "%C3",
        "%ED%A0%80",
        &"x".repeat(201),
    ] {
        let answer = client.get(&format!("/v1/reputation/{segment}"));
        assert_error(&answer, 400, "validation_error");
    }
    client
        .get(&format!(
            "/v1/reputation/{}",
            percent_encode(&"\u{1f600}".repeat(200))
        ))
        .expect(200);
    assert_error(&client.get("/v1/reputation/a/b"), 404, "not_found");
    assert_error(&client.get("/v1/reputation"), 404, "not_found");
}

/// The history of an agent in the order of counting, whose sequence must have no gap.
fn counted(client: &Client, agent: &str) -> Vec<Value> {
    let mut events = client.history(agent);
    events.sort_by_key(|event| event["sequence"].as_u64());
    let sequences = events
        .iter()
        .map(|event| event["sequence"].as_u64().unwrap());
    assert!(sequences.eq(1..=events.len() as u64));
    events
}

fn status(evaluations: u64) -> &'static str {
    match evaluations {
        0 => "new",
        1..50 => "calibrating",
        50..500 => "active",
        _ => "mature",
    }
}

fn every_score_is_that_of_a_recount_over_the_last_500(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    // A fixed congruential generator: the workload is mixed, and the same in every run.
    let mut state: u32 = 7;
    let mut draw = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut recorded = 0;
    while recorded < 620 {
        if draw(4) == 0 {
            let output = if draw(9) == 0 { "rm -rf /" } else { "fine" };
            let body = json!({"agent_id": "a", "output": output, "latency_ms": f64::from(draw(200_000)) / 1e3});
            let answer = client.post("/v1/evaluate", &body).expect(200);
            recorded += 1;
            assert_eq!(answer["reputation"]["eval_count"], recorded);
            assert_eq!(
                answer["reputation"]["status"],
                answer["reputation"]["lifecycle"]
            );
        } else {
            let count = 1 + draw(40);
            let batch = (0..count).map(|_| {
                with(
                    event("a"),
                    &json!({
                        "passed": draw(10) != 0,
                        "total_latency_ms": f64::from(draw(150_000_000)) / 1e6,
                        "timestamp": format!("2026-03-01T00:{:02}:{:02}Z", draw(60), draw(60)),
                    }),
                )
            });
            client.ingest(&batch.collect::<Vec<_>>());
            recorded += count;
        }
    }
    let events = counted(&client, "a");
    for (at, event) in events.iter().enumerate() {
        let expected = recount(&events[..=at]);
        assert_eq!(
            event["reputation_score"],
            expected.score,
            "sequence {}",
            at + 1
        );
    }
    let shown = client.reputation("a");
    assert_recounted(&shown, &events);
    assert_eq!(shown["status"], "mature");
    assert_eq!(shown["evaluations"], 500);
}

fn the_lifecycle_changes_at_its_documented_counts(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for count in [1, 48, 1, 50, 100, 100, 100, 99, 1, 1] {
        client.ingest(&vec![event("a"); count]);
        let shown = client.reputation("a");
        let events = counted(&client, "a");
        assert_eq!(Recount::of(&shown), recount(&events), "{}", events.len());
        assert_eq!(
            shown["status"],
            status(shown["evaluations"].as_u64().unwrap())
        );
    }
    assert_eq!(client.reputation("a")["evaluations"], 500);
}

fn latencies_count_in_whole_microseconds_and_rates_are_cut(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let latency = |agent: &str, milliseconds: f64| {
        client.ingest(&[with(
            event(agent),
            &json!({"total_latency_ms": milliseconds}),
        )]);
    };
    latency("us", 0.0004);
    latency("us", 0.0016);
    assert_eq!(client.reputation("us")["avg_latency_ms"], json!(0.001));
    latency("us", 0.0006);
    // (0 + 2 + 1) / 3
    assert_eq!(client.reputation("us")["avg_latency_ms"], json!(0.001));
    latency("us", 0.003);
    // 6 / 4 = 1.5, half up
    assert_eq!(client.reputation("us")["avg_latency_ms"], json!(0.002));

    let failed = json!({"passed": false});
    client.ingest(
        &[
            vec![event("rate"); 81],
            vec![with(event("rate"), &failed); 7],
        ]
        .concat(),
    );
    assert_eq!(client.reputation("rate")["pass_rate"], json!(0.9204));
    client.ingest(&[
        event("third"),
        event("third"),
        with(event("third"), &failed),
    ]);
    assert_eq!(client.reputation("third")["pass_rate"], json!(0.6666));
    // Beyond 100 ms there is nothing left to lose.
    latency("slow", 60000.0);
    assert_eq!(client.reputation("slow")["score"], 404);
}

fn concurrent_evaluations_are_all_counted(database: &Database) {
    let server = Server::start_on(database);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            let client = server.client();
            scope.spawn(move || (0..20).for_each(|_| drop(client.evaluate("a", &json!("ok")))));
        }
    });
    let client = server.client();
    let events = counted(&client, "a");
    assert_eq!(events.len(), 320);
    assert_eq!(Recount::of(&client.reputation("a")), recount(&events));
}
