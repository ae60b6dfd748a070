//! `PECTA_RETENTION_DAYS`: old events go, scores stay.

use pecta_tests::{Database, Server, event, tests, with};
use serde_json::json;

tests!(
    on_each_database: [
        events_past_their_retention_are_deleted_while_the_server_serves,
    ],
);

fn events_past_their_retention_are_deleted_while_the_server_serves(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let old = json!({"timestamp": "2020-01-01T00:00:00Z", "passed": false});
    let once = json!({"evaluation_id": "once"});
    client.ingest(&[with(with(event("a"), &old), &once)]);
    for _ in 0..13 {
        client.ingest(&vec![with(event("a"), &old); 100]);
    }
    client.ingest(&[event("a"), event("a")]);
    let before = client.reputation("a");
    // Without the setting nothing is ever deleted.
    let server = server.stop("TERM").start();
    assert_eq!(server.client().events("to=2020-01-01T00:00:00Z").len(), 50);

    let server = server
        .stop("TERM")
        .set("PECTA_RETENTION_DAYS", "30")
        .start();
    let client = server.client();
    pecta_tests::eventually("old events are gone", || {
        // A page that is read meanwhile may be short; the last one has no cursor.
        let page = client.get("/v1/events?limit=100").expect(200);
        let count = page["events"].as_array().map(Vec::len);
        (count == Some(2) && page.get("next_cursor").is_none()).then_some(())
    });
    assert_eq!(client.reputation("a"), before);
    let agents = client.get("/v1/agents").expect(200)["agents"].clone();
    assert_eq!(agents[0]["eval_count"], 1303);
    assert_eq!(agents[0]["first_seen"], "2020-01-01T00:00:00.000Z");

    // The agent goes on where it was, and an id is known as long as its event.
    let again = client.ingest(&[with(event("a"), &once)]);
    assert_eq!(again.get("duplicates"), None);
    assert_eq!(client.history("a")[0]["sequence"], 1304);
}
