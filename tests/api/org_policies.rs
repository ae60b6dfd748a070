//! Policies of orgs: `/v1/policy`.

use pecta_tests::{Client, Database, Home, Load, Sent, Server, assert_error, tests, within};
use serde_json::{Value, json};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

tests!(
    on_each_database: [
        a_policy_decides_at_once_and_a_bad_one_changes_nothing,
        versions_are_kept_and_numbered,
        a_change_can_be_bound_to_a_version,
        an_org_has_its_own_policy,
        a_test_has_no_effect,
        a_swap_under_load_drops_no_request,
    ],
    once: [
        only_a_secret_key_administers,
        a_policy_survives_a_restart,
        nobody_waits_while_a_policy_is_made_ready,
        the_schema_is_the_one_that_is_printed,
    ],
    on_postgres: [
        another_server_sees_a_change_within_five_seconds,
    ],
);

fn admin(server: &Server) -> Client {
    server.client_with(&server.secret_key())
}

/// A policy that lets mailers write e-mail addresses.
fn mailers() -> Value {
    json!({"rules": [{"agent": "mailer-*", "gates": [{"gate": "pii", "checks": ["ssn"]}]}]})
}

/// A policy with this one gate.
fn only(gate: &str) -> Value {
    json!({"default": {"gates": [{"gate": gate}]}})
}

/// Whether e-mail addresses pass, and by which version.
fn judged(client: &Client, agent: &str) -> (bool, Option<i64>) {
    let answer = client.evaluate(agent, &json!("to ada@lovelace.org"));
    let version = answer.get("policy_version").and_then(Value::as_i64);
    (answer["passed"] == true, version)
}

fn a_policy_decides_at_once_and_a_bad_one_changes_nothing(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    let none = admin.get("/v1/policy");
    assert_error(&none, 404, "not_found");
    assert!(
        none.text()
            .contains("no policy of its own; the server's holds")
    );
    assert_eq!(judged(&client, "mailer-1"), (false, None));

    let put = admin.put("/v1/policy", &mailers());
    assert_eq!(put.header("etag"), Some("\"1\""));
    let put = put.expect(200);
    assert_eq!((&put["version"], &put["policy"]), (&json!(1), &mailers()));
    assert_eq!(admin.get("/v1/policy").expect(200), put);
    assert_eq!(judged(&client, "mailer-1"), (true, Some(1)));
    assert_eq!(judged(&client, "planner"), (false, Some(1)));
    assert_eq!(client.events("agent_id=planner")[0]["policy_version"], 1);

    for (body, code, message) in [
        (
            r#"{"rules": [{"gates": [{"gate": "pi"}]}]}"#,
            "validation_error",
            "the policy is refused at /rules/0/gates/0/gate: there is no gate \"pi\"",
        ),
        (
            r#"{"default": {"gates": [{"gate": "pattern", "patterns": ["("]}]}}"#,
            "validation_error",
            "the policy is refused at /default/gates/0/patterns/0: ",
        ),
        (
            "[]",
            "validation_error",
            "the policy is refused: must be an object",
        ),
        ("{", "bad_json", "the body is not valid JSON: "),
        ("", "bad_json", "the body is not valid JSON: "),
    ] {
        let answer = admin.request("PUT", "/v1/policy").body(body).send();
        assert_error(&answer, 400, code);
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with(message), "{error}");
    }
    let long = format!("{{\"rules\": [{}]}}", " ".repeat(256 << 10));
    let test = format!(r#"{{"policy": {long}, "cases": [{{"agent_id": "a", "output": 1}}]}}"#);
    let answers = [
        admin.request("PUT", "/v1/policy").body(long).send(),
        admin.post_text("/v1/policy/test", test.as_str()),
    ];
    for answer in answers {
        assert_error(&answer, 413, "payload_too_large");
    }
    assert_eq!(judged(&client, "mailer-1"), (true, Some(1)));
    assert_eq!(admin.get("/v1/policy").expect(200), put);
}

fn versions_are_kept_and_numbered(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    assert_error(&admin.delete("/v1/policy"), 404, "not_found");
    admin.put("/v1/policy", &mailers()).expect(200);
    admin.put("/v1/policy", &only("content")).expect(200);
    assert_eq!(judged(&client, "planner"), (true, Some(2)));

    let gone = admin.delete("/v1/policy").expect(200);
    assert_eq!(
        (&gone["version"], &gone["policy"]),
        (&json!(3), &Value::Null)
    );
    assert_eq!(judged(&client, "mailer-1"), (false, None));
    assert_error(&admin.get("/v1/policy"), 404, "not_found");
    assert_error(&admin.delete("/v1/policy"), 404, "not_found");

    admin.put("/v1/policy", &mailers()).expect(200);
    assert_eq!(judged(&client, "mailer-1"), (true, Some(4)));
    for (version, policy) in [
        (1, mailers()),
        (2, only("content")),
        (3, Value::Null),
        (4, mailers()),
    ] {
        let answer = admin
            .get(&format!("/v1/policy?version={version}"))
            .expect(200);
        assert_eq!(
            (&answer["version"], &answer["policy"]),
            (&json!(version), &policy)
        );
    }
    assert_error(&admin.get("/v1/policy?version=5"), 404, "not_found");
    assert_error(&admin.get("/v1/policy?version=0"), 400, "validation_error");
}

fn a_change_can_be_bound_to_a_version(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let put = |header: &str, value: &str| {
        let request = admin.request("PUT", "/v1/policy").header(header, value);
        request.body(mailers().to_string()).send()
    };
    for (header, value, expected) in [
        ("If-Match", "*", None),
        ("If-Match", "\"1\"", None),
        ("If-None-Match", "*", Some(1)),
        ("If-None-Match", "*", None),
        ("If-Match", "\"2\"", None),
        ("If-Match", "\"1\"", Some(2)),
        ("If-Match", "\"1\"", None),
        ("If-Match", "\"7\", \"2\"", Some(3)),
        ("If-Match", "*", Some(4)),
    ] {
        let answer = put(header, value);
        match expected {
            Some(version) => assert_eq!(answer.expect(200)["version"], version),
            None => drop(assert_error(&answer, 412, "precondition_failed")),
        }
    }
    for (header, value) in [
        ("If-Match", "4"),
        ("If-Match", "W/\"4\""),
        ("If-Match", ""),
        ("If-None-Match", "\"4\""),
    ] {
        let refused = put(header, value);
        assert_error(&refused, 400, "validation_error");
        assert!(refused.text().contains(header), "{}", refused.text());
    }
    let late = put("If-Match", "\"3\"");
    assert_error(&late, 412, "precondition_failed");
    assert!(late.text().contains("version 4 holds"), "{}", late.text());
    let delete = |tag| {
        admin
            .request("DELETE", "/v1/policy")
            .header("If-Match", tag)
            .send()
    };
    assert_error(&delete("\"3\""), 412, "precondition_failed");
    assert_eq!(delete("\"4\"").expect(200)["version"], 5);

    // Of those who change the same version at the same time one is told so.
    admin.put("/v1/policy", &mailers()).expect(200);
    let both = std::thread::scope(|threads| {
        let put = || put("If-Match", "\"6\"").status;
        let both = [threads.spawn(put), threads.spawn(put)];
        both.map(|thread| thread.join().unwrap())
    });
    assert!(both == [200, 412] || both == [412, 200], "{both:?}");
}

fn an_org_has_its_own_policy(database: &Database) {
    let server = Server::start_on(database);
    let (one, two) = (
        admin(&server),
        server.client_with(&server.home().create_key("two", "sk")),
    );
    one.put("/v1/policy", &only("content")).expect(200);
    assert_error(&two.get("/v1/policy"), 404, "not_found");
    assert_error(&two.get("/v1/policy?version=1"), 404, "not_found");
    assert_error(&two.delete("/v1/policy"), 404, "not_found");
    assert_eq!(judged(&one, "a"), (true, Some(1)));
    assert_eq!(judged(&two, "a"), (false, None));
    two.put("/v1/policy", &only("pii")).expect(200);
    assert_eq!(judged(&one, "a"), (true, Some(1)));
    assert_eq!(judged(&two, "a"), (false, Some(1)));
}

fn a_test_has_no_effect(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    admin.put("/v1/policy", &mailers()).expect(200);
    let cases = json!([
        {"agent_id": "mailer-1", "output": {"to": "ada@lovelace.org"}},
        {"agent_id": "planner", "output": {"to": "ada@lovelace.org"}},
        {"output": "nobody's"},
        {"agent_id": "mailer-1", "agent": "mailer-1", "output": "fine"},
    ]);
    let test = |policy: Value| {
        let test = json!({"policy": policy, "cases": cases});
        admin.post("/v1/policy/test", &test).expect(200)["results"].clone()
    };
    let live = test(Value::Null);
    assert_eq!([&live[0]["passed"], &live[1]["passed"]], [true, false]);
    assert_eq!(live[1]["policy_version"], 1);
    assert_eq!(
        live[1]["findings"],
        json!([{"gate": "pii", "rule": "email-address", "pointer": "/*", "offset": 0, "length": 16}])
    );
    assert_eq!(live[2]["error"], "cases[2].agent_id is required");
    let misspelt = live[3]["error"].as_str().unwrap();
    assert!(
        misspelt.starts_with("cases[3].agent is no known field"),
        "{misspelt}"
    );
    let given = test(only("content"));
    assert_eq!([&given[0]["passed"], &given[1]["passed"]], [true, true]);
    assert_eq!(given[0].get("policy_version"), None);
    assert!(!live.to_string().contains("lovelace"));

    let bad = json!({"policy": {"rules": [{"gates": [{"gate": "pi"}]}]}, "cases": [{}]});
    let refused = admin.post("/v1/policy/test", &bad);
    assert_error(&refused, 400, "validation_error");
    assert!(refused.text().contains("/rules/0/gates/0/gate"));
    assert!(client.events("").is_empty());
    assert_eq!(client.get("/v1/agents").json(), json!({"agents": []}));
    assert_eq!(judged(&client, "planner"), (false, Some(1)));
}

fn a_swap_under_load_drops_no_request(database: &Database) {
    let server = Server::start_on(database);
    // By a rule, whose gates are made when the policy is.
    let only = |gate: &str| json!({"rules": [{"agent": "*", "gates": [{"gate": gate}]}], "default": {"gates": []}});
    let admin = admin(&server);
    admin.put("/v1/policy", &only("content")).expect(200);
    let load = Load::start(
        &[server.address()],
        &server.publishable_key(),
        16,
        "swap",
        0,
    );
    for gate in ["filesystem", "content"].iter().cycle().take(8) {
        let answered = load.answered();
        admin.put("/v1/policy", &only(gate)).expect(200);
        load.wait_for_answers(answered + 100);
    }
    let sent = load.finish();
    assert!(sent.iter().all(Sent::is_served));
    let mut versions = std::collections::BTreeSet::new();
    for answer in sent.iter().filter_map(|sent| sent.verdict()) {
        let version = answer["policy_version"].as_i64().unwrap();
        let gate = if version % 2 == 1 {
            "content"
        } else {
            "filesystem"
        };
        let gates = answer["gates"].as_array().unwrap();
        assert_eq!(
            (gates.len(), &gates[0]["name"]),
            (1, &json!(gate)),
            "{version}"
        );
        versions.insert(version);
    }
    assert_eq!(versions, (1..=9).collect());
}

fn nobody_waits_while_a_policy_is_made_ready() {
    let server = Server::start();
    // Patterns take the longest to make ready: here some seconds.
    let patterns = (300..350).map(|most| json!({"pattern": format!("(?:[a-z]?[0-9]?){{{most}}}")}));
    let patterns: Vec<_> = patterns.collect();
    let schema = json!({"allOf": patterns});
    let gates =
        (0..4).map(|nth| json!({"gate": "schema", "name": format!("g{nth}"), "schema": schema}));
    let gates: Vec<_> = gates.collect();
    let policy = json!({"rules": [{"agent": "nobody", "gates": gates}]});
    let test = json!({"policy": policy, "cases": [{"agent_id": "a", "output": "fine"}]});
    let (admin, other) = (admin(&server), server.home().create_key("two", "sk"));
    let clients: Vec<_> = (0..8).map(|_| server.client_with(&other)).collect();
    // A large body is worked on elsewhere than a small one, where as many have room as there are cores.
    let outputs = [json!("fine"), json!("fine ".repeat(14_000))];
    let tests = 2 * std::thread::available_parallelism().unwrap().get();
    let answered = std::thread::scope(|threads| {
        let ask = || admin.post("/v1/policy/test", &test).expect(200);
        let tests: Vec<_> = (0..tests).map(|_| threads.spawn(ask)).collect();
        let mut answered = 0;
        for client in clients.iter().cycle() {
            for output in &outputs {
                client.evaluate("a", output);
            }
            if tests.iter().all(ScopedJoinHandle::is_finished) {
                break;
            }
            answered += 1;
        }
        answered
    });
    // They came by connections to every worker in turn: one that is held up holds up all that follow.
    assert!(answered >= 2 * clients.len(), "{answered}");
}

fn only_a_secret_key_administers() {
    let server = Server::start();
    let client = server.client();
    for (method, path) in [
        ("GET", "/v1/policy"),
        ("PUT", "/v1/policy"),
        ("DELETE", "/v1/policy"),
        ("POST", "/v1/policy/test"),
    ] {
        let answer = client.request(method, path).body("{}").send();
        assert_error(&answer, 403, "forbidden");
    }
}

fn the_schema_is_the_one_that_is_printed() {
    let server = Server::start();
    let answer = server.client().get("/v1/policy/schema").expect(200);
    let printed = server.home().run(&["policy", "schema"]).stdout;
    assert_eq!(answer, serde_json::from_str::<Value>(&printed).unwrap());
}

fn a_policy_survives_a_restart() {
    let server = Server::start();
    admin(&server).put("/v1/policy", &mailers()).expect(200);
    let server = server.kill().start();
    assert_eq!(judged(&server.client(), "mailer-1"), (true, Some(1)));
}

fn another_server_sees_a_change_within_five_seconds(database: &Database) {
    let first = Server::start_on(database);
    let second = Home::beside(first.home()).start();
    let admin = admin(&first);
    let client = second.client_with(&first.publishable_key());
    assert_eq!(judged(&client, "a"), (false, None));
    for (policy, expected) in [
        (only("content"), (true, Some(1))),
        (only("pii"), (false, Some(2))),
    ] {
        admin.put("/v1/policy", &policy).expect(200);
        let changed = Instant::now();
        let seen = within(Duration::from_secs(30), || {
            let asked = Instant::now();
            (judged(&client, "a") == expected).then_some(asked - changed)
        });
        let seen = seen.expect("the change is seen");
        assert!(seen < Duration::from_secs(5), "{seen:?}");
    }
}
