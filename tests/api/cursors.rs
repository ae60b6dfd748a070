//! Paging beyond the documented limits, and the filter `tool`.

use pecta_tests::{Client, Database, Server, assert_error, event, tests, with};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        cursors_lead_through_all_events_without_gaps_or_repeats,
        an_answer_that_holds_everything_has_no_cursor,
        an_offset_counts_from_the_cursor_and_other_filters_do_no_harm,
        a_cursor_stays_good_when_newer_events_come,
        what_is_no_cursor_is_named,
        tools_are_matched_exactly,
        agents_beyond_the_first_500_are_behind_a_cursor,
    ],
);

/// 250 events of two agents and three tools, many of one time.
fn fill(client: &Client) {
    for batch in 0..3 {
        let count = if batch == 2 { 50 } else { 100 };
        let events = (0..count).map(|at| {
            with(
                event(if at % 4 == 0 { "b" } else { "a" }),
                &json!({
                    "passed": at % 3 != 0,
                    "tool": (["search", "shell run", "\u{e9}"][at % 3]),
                    "timestamp": format!("2026-03-01T00:{:02}:00Z", (at * 7 + batch) % 5),
                }),
            )
        });
        client.ingest(&events.collect::<Vec<_>>());
    }
}

/// Every page of a listing, along its cursors.
fn walk(client: &Client, path: &str) -> Vec<Value> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("{path}{cursor}")).expect(200).clone();
        let next = page["next_cursor"].as_str().map(str::to_owned);
        pages.push(page);
        match next {
            None => return pages,
            Some(next) => cursor = format!("&cursor={next}"),
        }
    }
}

fn events(pages: &[Value]) -> Vec<Value> {
    let events = pages.iter().map(|page| page["events"].as_array().unwrap());
    events.flatten().cloned().collect()
}

fn cursors_lead_through_all_events_without_gaps_or_repeats(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    for filter in [
        "",
        "&agent_id=a",
        "&passed=false",
        "&agent_id=a&passed=true",
        "&from=2026-03-01T00:01:00Z&to=2026-03-01T00:03:00Z",
        "&tool=search",
    ] {
        let all: Vec<_> = (0..3)
            .flat_map(|page| client.events(&format!("limit=100&offset={}{filter}", page * 100)))
            .collect();
        assert!(all.len() > 70, "{filter}");
        for limit in [17, 100] {
            let pages = walk(&client, &format!("/v1/events?limit={limit}{filter}"));
            assert_eq!(events(&pages), all, "{filter} {limit}");
            let (last, full) = pages.split_last().unwrap();
            assert!(full.iter().all(|page| page["count"] == limit));
            assert_ne!(
                last["count"], 0,
                "there is a cursor only when there is more"
            );
        }
    }
}

fn an_answer_that_holds_everything_has_no_cursor(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    client.ingest(&[event("a"), event("a")]);
    let page = client.get("/v1/events?limit=2");
    assert!(page.text().ends_with(r#""limit":2,"offset":0,"count":2}"#));
    let page = client.get("/v1/events?limit=1");
    assert!(
        page.text()
            .contains(r#""offset":0,"count":1,"next_cursor":""#)
    );
}

fn an_offset_counts_from_the_cursor_and_other_filters_do_no_harm(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    let all = client.events("limit=100");
    let page = client.get("/v1/events?limit=10").expect(200).clone();
    let cursor = page["next_cursor"].as_str().unwrap();
    let behind = client.events(&format!("limit=5&offset=3&cursor={cursor}"));
    assert_eq!(behind, all[13..18]);
    let filtered = client.events(&format!("limit=100&agent_id=b&cursor={cursor}"));
    let expected = all[10..].iter().filter(|event| event["agent_id"] == "b");
    assert!(filtered.starts_with(&expected.cloned().collect::<Vec<_>>()));
    // A time below the cursor bounds it, one above does not.
    let below = "limit=100&to=2026-03-01T00:01:00Z";
    assert_eq!(
        client.events(&format!("{below}&cursor={cursor}")),
        client.events(below)
    );
    // It names a place and gives nothing: another org sees its own there.
    let other = server.client_of("acme");
    assert_eq!(other.events(&format!("cursor={cursor}")), [] as [Value; 0]);
}

fn a_cursor_stays_good_when_newer_events_come(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    let all = client.events("limit=100");
    let page = client.get("/v1/events?limit=10").expect(200).clone();
    let cursor = page["next_cursor"].as_str().unwrap();
    client.ingest(&[event("new"), event("new")]);
    assert_eq!(
        client.events(&format!("limit=10&cursor={cursor}")),
        all[10..20]
    );
}

fn what_is_no_cursor_is_named(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    let page = client.get("/v1/events?limit=1").expect(200).clone();
    let good = page["next_cursor"].as_str().unwrap();
    let id = page["events"][0]["id"].as_str().unwrap();
    let agents = "AWEAAAAAAAAAAWE";
    client
        .get(&format!("/v1/agents?cursor={agents}"))
        .expect(200);
    for cursor in [
        "",
        "x",
        "%FF",
        "%00",
        id,
        agents,
        &good[2..],
        &format!("{good}A"),
        &"A".repeat(2000),
    ] {
        for path in ["/v1/events", "/v1/agents"] {
            if (path, cursor) == ("/v1/agents", agents) {
                continue;
            }
            let answer = client.get(&format!("{path}?cursor={cursor}"));
            let message = assert_error(&answer, 400, "validation_error");
            assert!(message.starts_with("cursor "), "{path} {cursor}: {message}");
        }
    }
    let twice = client.get(&format!("/v1/events?cursor={good}&cursor={good}"));
    assert!(assert_error(&twice, 400, "validation_error").starts_with("cursor "));
}

fn tools_are_matched_exactly(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    for (query, tool, count) in [
        ("tool=search", json!("search"), 85),
        ("tool=shell+run", json!("shell run"), 83),
        ("tool=%C3%A9&passed=true", json!("\u{e9}"), 82),
        ("tool=search&passed=true", json!("search"), 0),
        ("tool=search&agent_id=b", json!("search"), 23),
        ("tool=Search", json!("Search"), 0),
        ("tool=search%25", json!("search%"), 0),
    ] {
        let found = client.events(&format!("limit=100&{query}"));
        assert_eq!(found.len(), count, "{query}");
        assert!(found.iter().all(|event| event["tool_name"] == tool));
    }
    for query in [
        "tool=",
        "tool=%00",
        "tool=a&tool=b",
        &format!("tool={}", "x".repeat(201)),
    ] {
        let answer = client.get(&format!("/v1/events?{query}"));
        let message = assert_error(&answer, 400, "validation_error");
        assert!(message.starts_with("tool "), "{query}: {message}");
    }
}

fn agents_beyond_the_first_500_are_behind_a_cursor(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for batch in 0..11 {
        let events = (0..100).map(|at| {
            let time = json!({"timestamp": format!("2026-03-01T00:{:02}:00Z", at % 7)});
            with(event(&format!("agent-{batch}-{at}")), &time)
        });
        client.ingest(&events.collect::<Vec<_>>());
    }
    let pages = walk(&client, "/v1/agents?");
    let sizes: Vec<_> = pages
        .iter()
        .map(|page| page["agents"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [500, 500, 100]);
    let agents: Vec<_> = pages
        .iter()
        .flat_map(|page| page["agents"].as_array().unwrap())
        .map(|agent| {
            (
                agent["last_seen"].to_string(),
                agent["agent_id"].to_string(),
            )
        })
        .collect();
    assert!(
        agents.is_sorted_by(|one, next| one > next),
        "in order, and each once"
    );
}
