//! `pecta-server export`.

use pecta_tests::{Client, Database, Home, Output, Server, event, tests, with};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        lines_are_the_events_of_the_api,
        a_table_holds_the_same,
    ],
    once: [
        what_cannot_be_exported,
    ],
);

/// 720 events of two agents, some under names that a table must quote.
fn fill(client: &Client) {
    for batch in 0..9 {
        let events = (0..80).map(|at| {
            let gates = json!([{"name": "pii", "passed": false, "reason": "a \"b\",\nc", "latency_ms": 1.5}]);
            with(
                event(if at % 4 == 0 { "b,\"\u{e9}\"" } else { "a" }),
                &json!({
                    "passed": at % 3 != 0,
                    "tool": if at % 2 == 0 { json!(" x, y") } else { Value::Null },
                    "gates": gates,
                    "timestamp": format!("2026-03-0{}T00:00:00Z", batch + 1),
                }),
            )
        });
        client.ingest(&events.collect::<Vec<_>>());
    }
}

/// Every event, as the API shows it.
fn all(client: &Client) -> Vec<Value> {
    let pages = (0..8).map(|page| client.events(&format!("limit=100&offset={}", page * 100)));
    pages.flatten().collect()
}

fn lines(output: &Output) -> Vec<Value> {
    assert_eq!(
        (output.code, output.stderr.as_str()),
        (Some(0), ""),
        "{output:?}"
    );
    let lines = output.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn lines_are_the_events_of_the_api(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    server.client_of("acme").ingest(&[event("a")]);
    let all = all(&client);
    assert_eq!(all.len(), 720);
    let export = |filter: &[&str]| {
        let arguments = [&["export", "--org", "default"], filter].concat();
        lines(&server.home().run(&arguments))
    };
    let of = |matches: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        all.iter().filter(|event| matches(event)).cloned().collect()
    };
    assert_eq!(export(&[]), all);
    assert_eq!(
        export(&["--agent", "a", "--format", "ndjson"]),
        of(&|event| event["agent_id"] == "a")
    );
    let time = |event: &Value| event["created_at"].as_str().unwrap()[..10].to_owned();
    let (from, to) = ("2026-03-03T00:00:00Z", "2026-03-05T01:00:00+01:00");
    assert_eq!(
        export(&["--from", from, "--to", to]),
        of(&|event| ("2026-03-03"..="2026-03-05").contains(&time(event).as_str()))
    );
    assert_eq!(export(&["--agent", "nobody"]), [] as [Value; 0]);
}

fn a_table_holds_the_same(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    fill(&client);
    let home = server.home();
    let output = home.run(&["export", "--org", "default", "--format", "csv"]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    assert_eq!(output.stdout.matches("\r\n").count(), 721);
    let mut table = csv::Reader::from_reader(output.stdout.as_bytes());
    let head = table.headers().unwrap().clone();
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    let all = all(&client);
    assert_eq!(rows.len(), all.len());
    for (row, event) in rows.iter().zip(&all) {
        let members = event.as_object().unwrap();
        assert!(
            members
                .keys()
                .all(|name| head.iter().any(|column| column == name))
        );
        for (name, cell) in head.iter().zip(row) {
            // A member that an event does not have is an empty cell.
            match members.get(name).unwrap_or(&Value::Null) {
                Value::Null => assert_eq!(cell, "", "{name}"),
                Value::String(text) => assert_eq!(cell, text, "{name}"),
                other => assert_eq!(serde_json::from_str::<Value>(cell).unwrap(), *other),
            }
        }
    }
    let empty = home.run(&[
        "export", "--org", "default", "--agent", "x", "--format", "csv",
    ]);
    assert_eq!(empty.stdout.matches("\r\n").count(), 1, "the head alone");
}

fn what_cannot_be_exported() {
    let server = Server::start();
    fill(&server.client());
    let nobody = server.home().run(&["export", "--org", "nobody"]);
    assert_eq!((nobody.code, nobody.stdout.as_str()), (Some(1), ""));
    assert!(nobody.stderr.contains("`nobody`"), "{nobody:?}");
    let missing = Home::new().run(&["export", "--org", "default"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    for format in ["ndjson", "csv"] {
        let arguments = ["export", "--org", "default", "--format", format];
        let unread = server.home().run_unread(&arguments, b"");
        assert_eq!(
            (unread.code, unread.stderr.as_str()),
            (Some(141), ""),
            "{format}"
        );
    }
}
