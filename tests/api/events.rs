//! `GET /v1/events`.

use pecta_tests::{Client, Database, Server, assert_error, event, tests, with};
use serde_json::{Value, json};
use std::collections::HashSet;

tests!(
    on_each_database: [
        newest_first_ties_newest_recorded_first_paged_without_gaps_or_repeats,
        filters_combine_and_bounds_are_inclusive,
        bounds_take_any_precision_that_rfc_3339_has,
        wrong_parameters_are_named_and_unknown_ones_ignored,
        agents_are_matched_exactly,
        unknown_parameters_are_ignored_whatever_they_hold,
    ],
);

/// 250 events of two agents in three batches: times repeat within and across batches.
fn fill(client: &Client) {
    for batch in 0..3 {
        let count = if batch == 2 { 50 } else { 100 };
        let events = (0..count).map(|at| {
            with(
                event(if at % 4 == 0 { "b" } else { "a" }),
                &json!({
                    "passed": at % 3 != 0,
                    "timestamp": format!("2026-03-01T00:{:02}:00Z", (at * 7 + batch) % 20),
                }),
            )
        });
        client.ingest(&events.collect::<Vec<_>>());
    }
}

fn pages(client: &Client, filter: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = client.events(&format!("{filter}&limit={limit}&offset={}", all.len()));
        let is_last = page.len() < limit;
        all.extend(page);
        if is_last {
            return all;
        }
    }
}

fn newest_first_ties_newest_recorded_first_paged_without_gaps_or_repeats(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    let all = pages(&client, "", 100);
    assert_eq!(all.len(), 250);
    let ids: HashSet<_> = all.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), 250);
    let time = |event: &Value| event["created_at"].as_str().unwrap().to_owned();
    assert!(all.is_sorted_by(|a, b| time(a) >= time(b)));
    for agent in ["a", "b"] {
        // Within one agent the sequence tells the order of recording.
        let own: Vec<_> = all
            .iter()
            .filter(|event| event["agent_id"] == agent)
            .collect();
        let order = |event: &Value| (time(event), event["sequence"].as_u64());
        assert!(own.is_sorted_by(|a, b| order(a) > order(b)), "{agent}");
        assert_eq!(client.history(agent).iter().collect::<Vec<_>>(), own);
    }
    for limit in [1, 7, 50] {
        let paged: Vec<_> = (0..5)
            .flat_map(|page| client.events(&format!("limit={limit}&offset={}", page * limit)))
            .collect();
        assert_eq!(paged, all[..5 * limit], "{limit}");
    }
    assert!(client.events("offset=100000").is_empty());
}

fn filters_combine_and_bounds_are_inclusive(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    let all = pages(&client, "", 100);
    let (from, to) = ("2026-03-01T00:05:00.000Z", "2026-03-01T00:10:00.000Z");
    let bounds = "from=2026-03-01T00:05:00Z&to=2026-03-01T01%3A10%3A00%2B01:00";
    for agent in [None, Some("a"), Some("b"), Some("nobody")] {
        for passed in [None, Some(true), Some(false)] {
            for bounded in [false, true] {
                let mut query = String::new();
                query.extend(agent.map(|agent| format!("&agent_id={agent}")));
                query.extend(passed.map(|passed| format!("&passed={passed}")));
                query.extend(bounded.then(|| format!("&{bounds}")));
                let matches = |event: &&Value| {
                    let time = event["created_at"].as_str().unwrap();
                    agent.is_none_or(|agent| event["agent_id"] == agent)
                        && passed.is_none_or(|passed| event["passed"] == passed)
                        && (!bounded || (from <= time && time <= to))
                };
                let expected: Vec<_> = all.iter().filter(matches).cloned().collect();
                assert_eq!(pages(&client, &query, 40), expected, "{query}");
            }
        }
    }
    assert!(
        client
            .events("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z")
            .is_empty()
    );
    assert_eq!(
        client.events("from=2026-03-01T00:19:00Z&to=2026-03-01T00:18:59Z"),
        [] as [Value; 0]
    );
}

fn bounds_take_any_precision_that_rfc_3339_has(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    client.ingest(&[with(
        event("a"),
        &json!({"timestamp": "2026-03-01T00:00:00.0019999Z"}),
    )]);
    assert_eq!(
        client.events("")[0]["created_at"],
        "2026-03-01T00:00:00.001Z"
    );
    for (query, count) in [
        ("from=2026-03-01T00:00:00.001Z", 1),
        ("from=2026-03-01T00:00:00.0010001Z", 0),
        ("to=2026-03-01T00:00:00.001Z", 1),
        ("to=2026-03-01T00:00:00.0009999Z", 0),
        ("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", 1),
    ] {
        assert_eq!(client.events(query).len(), count, "{query}");
    }
}

fn wrong_parameters_are_named_and_unknown_ones_ignored(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let long = format!("agent_id={}", "x".repeat(201));
    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=1.5", "limit"),
        ("limit=%31%30%30%30", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("offset=-1", "offset"),
        ("offset=100001", "offset"),
        ("passed=TRUE", "passed"),
        ("passed=1", "passed"),
        ("source=Signed", "source"),
        ("source=", "source"),
        ("from=2026-01-01", "from"),
        ("to=now", "to"),
        ("agent_id=%00", "agent_id"),
        ("agent_id=%FF", "agent_id"),
        (&long, "agent_id"),
        ("limit=", "limit"),
        ("limit", "limit"),
        ("from=", "from"),
        ("agent_id=", "agent_id"),
        ("limit=1&limit=1", "limit"),
        ("agent_id=a&agent_id=b", "agent_id"),
        ("to=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
    ] {
        let answer = client.get(&format!("/v1/events?{query}"));
        let message = assert_error(&answer, 400, "validation_error");
        assert!(message.starts_with(name), "{query}: {message}");
    }
    for query in [
        "",
        "&&",
        "someday=1&someday=2&empty=",
        "limit=100&offset=100000",
        "Limit=0",
    ] {
        client.get(&format!("/v1/events?{query}")).expect(200);
    }
}

fn agents_are_matched_exactly(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let agents = ["a", "A", "a ", "a%", "a+b&c=d", "\u{e9}", "e\u{301}"];
    client.ingest(&agents.map(event));
    for agent in agents {
        let events = client.history(agent);
        assert_eq!(events.len(), 1, "{agent}");
        assert_eq!(events[0]["agent_id"], agent);
    }
    // A plus sign in a query is a space.
    assert_eq!(client.events("agent_id=a+")[0]["agent_id"], "a ");
}

fn unknown_parameters_are_ignored_whatever_they_hold(database: &Database) {
    let server = Server::start_on(database);
    for query in [
        "odd=%FF",
        "odd=%",
        "%FF=1",
        "=",
        "limit=1&=&odd=%C3",
        "odd=%00",
    ] {
        let answer = server.client().get(&format!("/v1/events?{query}"));
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    }
}
