//! `/v1/policy/candidate`.

use pecta_tests::{Client, Database, Home, Server, assert_error, eventually, tests};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        a_candidate_changes_nothing_and_is_compared,
        so_many_names_are_counted_and_totals_are_whole,
        an_agent_that_is_deleted_is_gone_from_the_report,
        a_repeat_counts_once,
        a_stop_loses_no_count,
    ],
    once: [
        only_a_secret_key_puts_candidates,
        a_gate_that_only_the_candidate_would_ask_about_is_left_out,
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
    let evaluate = |server: &Server| {
        let client = server.client_with(&first.publishable_key());
        client.evaluate("a", &json!("a@b.co"));
    };
    evaluate(&first);
    // A server reads the candidate beside the requests, and compares from then on.
    eventually("both servers' counts are there", || {
        evaluate(&second);
        let report = report(&admin);
        let compared = report["compared"].as_i64().unwrap();
        (compared >= 2 && report["newly_released"]["count"] == compared).then_some(())
    });
}

fn so_many_names_are_counted_and_totals_are_whole(database: &Database) {
    let server = Home::on(database).set("rate_limit_default", "0").start();
    let (admin, client) = (admin(&server), server.client());
    admin.put("/v1/policy/candidate", &phones()).expect(200);
    for batch in 0..4 {
        let items = (0..100).map(|nth| {
            json!({"agent_id": format!("agent-{batch}-{nth}"), "tool": format!("tool-{nth}"), "output": "a@b.co"})
        });
        let items: Vec<_> = items.collect();
        client
            .post("/v1/evaluate/batch", &json!({"items": items}))
            .expect(200);
        // Saves these, so that the bound is that of the database and not of what waits for it.
        assert_eq!(report(&admin)["compared"], (batch + 1) * 100);
    }
    let report = report(&admin);
    let released = &report["newly_released"];
    assert_eq!(released["count"], 400);
    let agents = released["agents"].as_array().unwrap();
    assert_eq!(agents.len(), 301);
    assert_eq!(agents[0], json!({"name": "*", "count": 100}));
    assert_eq!(released["tools"].as_array().unwrap().len(), 100);
}

fn an_agent_that_is_deleted_is_gone_from_the_report(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    admin.put("/v1/policy/candidate", &phones()).expect(200);
    for agent in ["gone", "here"] {
        client.evaluate(agent, &json!("a@b.co"));
    }
    let agents = || report(&admin)["newly_released"]["agents"].clone();
    assert_eq!(agents().as_array().unwrap().len(), 2);
    // Not saved when it is deleted.
    client.evaluate("gone", &json!("a@b.co"));
    let deleted = server
        .home()
        .run(&["agents", "delete", "--org", "default", "gone"]);
    assert_eq!(deleted.code, Some(0), "{deleted:?}");
    let left = agents();
    let left: Vec<_> = left
        .as_array()
        .unwrap()
        .iter()
        .map(|agent| agent["name"].clone())
        .collect();
    assert!(left.contains(&json!("here")), "{left:?}");
    assert!(!left.contains(&json!("gone")), "{left:?}");
}

fn a_repeat_counts_once(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    admin.put("/v1/policy/candidate", &phones()).expect(200);
    for _ in 0..3 {
        let request = client.request("POST", "/v1/evaluate");
        let request = request.header("Idempotency-Key", "once");
        let body = json!({"agent_id": "a", "output": "a@b.co"});
        request.body(body.to_string()).send().expect(200);
    }
    let report = report(&admin);
    assert_eq!(
        (&report["compared"], &report["newly_released"]["count"]),
        (&json!(1), &json!(1))
    );
    // What a test of the policy judges is not compared either.
    let test = json!({"cases": [{"agent_id": "a", "output": "a@b.co"}]});
    admin.post("/v1/policy/test", &test).expect(200);
    assert_eq!(self::report(&admin)["compared"], 1);
}

fn a_stop_loses_no_count(database: &Database) {
    let server = Server::start_on(database);
    admin(&server)
        .put("/v1/policy/candidate", &phones())
        .expect(200);
    let client = server.client();
    for _ in 0..3 {
        client.evaluate("a", &json!("a@b.co"));
    }
    let server = server.stop("TERM").start();
    assert_eq!(report(&admin(&server))["compared"], 3);
}

fn a_gate_that_only_the_candidate_would_ask_about_is_left_out() {
    let server = Server::start();
    let (admin, client) = (admin(&server), server.client());
    let asking = json!({"default": {"gates": [
        {"gate": "filesystem"}, {"gate": "http", "name": "pii", "url": "https://gates.example.com/"}]}});
    admin.put("/v1/policy/candidate", &asking).expect(200);
    client.evaluate("a", &json!("a@b.co"));
    client.evaluate("a", &json!("rm -rf /"));
    let report = report(&admin);
    assert_eq!(report["compared"], 2);
    assert_eq!(report["left_out"], json!([{"name": "pii", "count": 2}]));
    for change in ["newly_blocked", "newly_released"] {
        assert_eq!(
            (&report[change]["count"], &report[change]["rules"]),
            (&json!(0), &json!([]))
        );
    }
}
