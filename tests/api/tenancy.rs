//! No org sees another's data.

use pecta_tests::{Database, Server, assert_error, event, tests, with};
use serde_json::json;

tests!(
    on_each_database: [
        every_route_shows_and_changes_the_callers_org_only,
        no_key_of_another_org_is_listed_rotated_or_revoked,
    ],
);

fn every_route_shows_and_changes_the_callers_org_only(database: &Database) {
    let server = Server::start_on(database);
    let (one, two) = (server.client(), server.client_of("two"));
    let shared = json!({"evaluation_id": "same", "timestamp": "2026-03-01T00:00:00Z"});
    one.evaluate("shared", &json!("ok"));
    one.ingest(&[with(event("shared"), &shared), event("only-one")]);
    one.post("/v1/agents", &json!({"agent_id": "registered-one"}))
        .expect(201);

    // Before it did anything, the other org sees nothing.
    assert_eq!(two.get("/v1/agents").json(), json!({"agents": []}));
    assert!(two.events("").is_empty());
    for agent in ["shared", "only-one", "registered-one"] {
        assert_eq!(two.reputation(agent)["status"], "new");
        assert!(two.history(agent).is_empty());
    }

    let failed = with(
        event("shared"),
        &json!({"passed": false, "evaluation_id": "same"}),
    );
    assert_eq!(two.ingest(&[failed]).get("duplicates"), None);
    let answer = two.evaluate("shared", &json!("ok"));
    assert_eq!(answer["reputation"]["evaluations"], 2);
    assert_eq!(answer["reputation"]["eval_count"], 2);
    assert_eq!(two.events("").len(), 2);
    assert_eq!(
        two.get("/v1/agents").json()["agents"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(
        two.events("")
            .iter()
            .all(|event| event["sequence"].as_u64() <= Some(2))
    );

    assert_eq!(one.reputation("shared")["passed"], 2);
    assert_eq!(one.events("").len(), 3);
    assert_eq!(
        one.get("/v1/agents").json()["agents"]
            .as_array()
            .unwrap()
            .len(),
        3
    );

    // An evaluation's id means nothing in another org.
    let foreign = one.history("shared")[0]["evaluation_id"].clone();
    assert_eq!(
        two.ingest(&[with(event("x"), &json!({"evaluation_id": foreign}))])
            .get("duplicates"),
        None
    );
}

fn no_key_of_another_org_is_listed_rotated_or_revoked(database: &Database) {
    let server = Server::start_on(database);
    let one = server.client_with(&server.secret_key());
    let two = server.client_with(&server.home().create_key("two", "sk"));
    let listed = |client: &pecta_tests::Client| client.get("/v1/keys").expect(200)["keys"].clone();
    let (before, theirs) = (listed(&one), listed(&two));
    assert_eq!(theirs.as_array().unwrap().len(), 1);
    for key in before.as_array().unwrap() {
        assert_ne!(key["id"], theirs[0]["id"]);
        let path = format!("/v1/keys/{}", key["id"]);
        let answer = two.request("DELETE", &path).send();
        assert_error(&answer, 404, "not_found");
        let answer = two.post_text(&format!("{path}/rotate"), "");
        assert_error(&answer, 404, "not_found");
    }
    let after = listed(&one);
    assert_eq!(after.as_array().unwrap().len(), 2);
    for key in after.as_array().unwrap() {
        assert!(key["revoked_at"].is_null() && key["replaced_by"].is_null());
    }
}
