//! `GET /v1/agents` and `POST /v1/agents`.

use pecta_tests::{Client, Database, Server, assert_error, event, tests, with};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        registration_shows_an_agent_without_evaluations_and_leaves_known_ones_alone,
        registration_validates,
        events_widen_the_times_and_never_narrow_them,
        the_newest_500_are_listed_newest_first_with_their_lifetime_count,
    ],
);

fn row(client: &Client, agent: &str) -> Value {
    let agents = client.get("/v1/agents").expect(200)["agents"].clone();
    let mut rows = agents
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["agent_id"] == agent);
    let row = rows.next().unwrap().clone();
    assert_eq!(rows.next(), None);
    row
}

fn registration_shows_an_agent_without_evaluations_and_leaves_known_ones_alone(
    database: &Database,
) {
    let server = Server::start_on(database);
    let client = server.client();
    let answer = client.post("/v1/agents", &json!({"agent_id": "team/\u{e9}"}));
    assert_eq!(answer.status, 201);
    assert_eq!(
        answer.text(),
        "{\"agent_id\":\"team/\u{e9}\",\"registered\":true}"
    );
    let list = client.get("/v1/agents");
    let seen = list.json()["agents"][0]["first_seen"].clone();
    assert_eq!(
        list.text(),
        format!(
            "{{\"agents\":[{{\"agent_id\":\"team/\u{e9}\",\"first_seen\":{seen},\"last_seen\":{seen},\"eval_count\":0}}]}}"
        )
    );
    client.evaluate("team/\u{e9}", &json!("ok"));
    let before = row(&client, "team/\u{e9}");
    assert_eq!(before["eval_count"], 1);
    client
        .post("/v1/agents", &json!({"agent_id": "team/\u{e9}"}))
        .expect(201);
    assert_eq!(row(&client, "team/\u{e9}"), before);
}

fn registration_validates(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for body in [
        json!({}),
        json!({"agent_id": null}),
        json!({"agent_id": 1}),
        json!({"agent_id": ""}),
        json!({"agent_id": "x".repeat(201)}),
        json!({"agent_id": "a\u{1f}"}),
        json!(["a"]),
    ] {
        assert_error(&client.post("/v1/agents", &body), 400, "validation_error");
    }
    client
        .post("/v1/agents", &json!({"agent_id": "\u{1f600}".repeat(200)}))
        .expect(201);
}

fn events_widen_the_times_and_never_narrow_them(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let seen = |time: &str| {
        client.ingest(&[with(event("a"), &json!({"timestamp": time}))]);
        let row = row(&client, "a");
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        (text("first_seen"), text("last_seen"))
    };
    let (early, middle, late) = (
        "2026-03-01T00:00:00.000Z",
        "2026-03-02T00:00:00.000Z",
        "2026-03-03T00:00:00.000Z",
    );
    assert_eq!(seen(middle), (middle.into(), middle.into()));
    assert_eq!(seen(late), (middle.into(), late.into()));
    assert_eq!(seen(early), (early.into(), late.into()));
    assert_eq!(seen(middle), (early.into(), late.into()));
    // A registration stands until events go beyond it.
    client
        .post("/v1/agents", &json!({"agent_id": "r"}))
        .expect(201);
    let registered = row(&client, "r")["last_seen"].clone();
    client.ingest(&[with(event("r"), &json!({"timestamp": early}))]);
    assert_eq!(row(&client, "r")["first_seen"], early);
    assert_eq!(row(&client, "r")["last_seen"], registered);
}

fn the_newest_500_are_listed_newest_first_with_their_lifetime_count(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for batch in 0..6 {
        let events = (0..85).map(|at| {
            let number = batch * 85 + at;
            let time = format!("2026-03-01T{:02}:{:02}:00Z", number % 24, number / 24);
            with(
                event(&format!("agent-{number}")),
                &json!({"timestamp": time}),
            )
        });
        client.ingest(&events.collect::<Vec<_>>());
    }
    for _ in 0..6 {
        client.ingest(&vec![with(event("busy"), &json!({"passed": true})); 100]);
    }
    let agents = client.get("/v1/agents").expect(200)["agents"].clone();
    let agents = agents.as_array().unwrap();
    assert_eq!(agents.len(), 500);
    assert_eq!(
        (&agents[0]["agent_id"], &agents[0]["eval_count"]),
        (&json!("busy"), &json!(600))
    );
    let seen = |row: &Value| row["last_seen"].as_str().unwrap().to_owned();
    assert!(agents.is_sorted_by(|a, b| seen(a) >= seen(b)));
    // 511 agents: the 11 that were seen longest ago are left out.
    assert!(seen(&agents[499]).as_str() >= "2026-03-01T00:11:00.000Z");
}
