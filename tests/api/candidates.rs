//! `/v1/policy/candidate`.

use pecta_tests::{Client, Database, Home, Server, assert_error, eventually, tests};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        a_candidate_changes_nothing_and_is_compared,
    ],
    once: [
        only_a_secret_key_puts_candidates,
    ],
    on_postgres: [
        a_report_sums_up_all_servers,
    ],
);

fn admin(server: &Server) -> Client {
    server.client_with(&server.secret_key())
}

/// A policy that minds phone numbers instead of e-mail addresses.
fn phones() -> Value {
    json!({"default": {"gates": [
        {"gate": "filesystem"}, {"gate": "pii", "checks": ["phone"]}, {"gate": "content"}]}})
}

fn report(client: &Client) -> Value {
    client.get("/v1/policy/candidate/report").expect(200)
}

fn a_candidate_changes_nothing_and_is_compared(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    let live = json!({"default": {"gates": [
        {"gate": "filesystem"}, {"gate": "pii", "checks": ["email"]}, {"gate": "content"}]}});
    admin.put("/v1/policy", &live).expect(200);
    assert_error(&admin.get("/v1/policy/candidate/report"), 404, "not_found");
    let put = admin.put("/v1/policy/candidate", &phones()).expect(200);
    assert_eq!(admin.get("/v1/policy/candidate").expect(200), put);

    for (output, passed) in [
        ("fine", true),
        ("a@b.co", false),
        ("call 415-555-2671", true),
        ("rm -rf /", false),
    ] {
        let request = json!({"agent_id": "a", "output": output, "tool": "t"});
        let answer = client.post("/v1/evaluate", &request).expect(200);
        assert_eq!(
            (&answer["passed"], &answer["policy_version"]),
            (&json!(passed), &json!(1))
        );
        let dry = json!({"agent_id": "a", "output": output, "tool": "t", "dry_run": true});
        client.post("/v1/evaluate", &dry).expect(200);
    }
    let batch = json!({"items": [{"agent_id": "b", "output": "call 415-555-2671"}]});
    client.post("/v1/evaluate/batch", &batch).expect(200);
    assert_eq!(client.reputation("a")["passed"], 2);
    assert!(
        client
            .events("passed=true")
            .iter()
            .all(|event| event.get("findings").is_none())
    );

    let one = |name: &str| json!([{"name": name, "count": 1}]);
    let report = report(&admin);
    assert_eq!(
        (&report["version"], &report["compared"]),
        (&json!(1), &json!(5))
    );
    let released = &report["newly_released"];
    assert_eq!(
        released["rules"],
        json!([{"gate": "pii", "rule": "email-address", "count": 1}])
    );
    assert_eq!(
        (&released["agents"], &released["tools"]),
        (&one("a"), &one("t"))
    );
    let blocked = &report["newly_blocked"];
    assert_eq!(
        (&blocked["count"], &blocked["rules"][0]["count"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        blocked["agents"],
        json!([{"name": "a", "count": 1}, {"name": "b", "count": 1}])
    );

    // Another candidate begins anew.
    admin.put("/v1/policy/candidate", &live).expect(200);
    let report = self::report(&admin);
    assert_eq!(
        (&report["version"], &report["compared"]),
        (&json!(2), &json!(0))
    );
    admin.delete("/v1/policy/candidate").expect(200);
    assert_error(&admin.get("/v1/policy/candidate/report"), 404, "not_found");
    assert_error(&admin.get("/v1/policy/candidate"), 404, "not_found");
}

fn only_a_secret_key_puts_candidates() {
    let server = Server::start();
    let client = server.client();
    for (method, path) in [
        ("GET", "/v1/policy/candidate"),
        ("PUT", "/v1/policy/candidate"),
        ("DELETE", "/v1/policy/candidate"),
        ("GET", "/v1/policy/candidate/report"),
    ] {
        let answer = client.request(method, path).body("{}").send();
        assert_error(&answer, 403, "forbidden");
    }
}

fn a_report_sums_up_all_servers(database: &Database) {
    let first = Server::start_on(database);
    let second = Home::beside(first.home()).start();
    let admin = admin(&first);
    admin.put("/v1/policy/candidate", &phones()).expect(200);
    for server in [&first, &second] {
        let client = server.client_with(&first.publishable_key());
        client.evaluate("a", &json!("a@b.co"));
    }
    eventually("both servers' counts are there", || {
        let report = report(&admin);
        (report["compared"] == 2 && report["newly_released"]["count"] == 2).then_some(())
    });
}
