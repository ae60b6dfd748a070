//! `/v1/suppressions`.

use pecta_tests::{Client, Database, Home, Server, assert_error, eventually, tests, with};
use pecta_wire::Timestamp;
use serde_json::{Value, json};
use std::time::SystemTime;

tests!(
    on_each_database: [
        a_suppressed_hit_passes_and_is_told,
        a_suppression_ends_at_its_moment,
        an_org_has_its_own_suppressions,
        a_place_that_an_event_tells_can_be_suppressed,
        an_org_has_so_many_suppressions,
    ],
    once: [
        what_is_wrong_is_named,
        a_gate_or_rule_that_the_policy_lacks_is_refused,
        what_never_fails_is_refused,
        only_a_secret_key_suppresses,
    ],
);

fn admin(server: &Server) -> Client {
    server.client_with(&server.secret_key())
}

fn email(change: &Value) -> Value {
    let email =
        json!({"gate": "pii", "rule": "email-address", "reason": "it is their own address"});
    with(email, change)
}

/// The verdict of the gate `pii` on an output with an e-mail address.
fn pii(client: &Client, agent: &str) -> Value {
    let answer = client.evaluate(agent, &json!({"from": "ada@lovelace.org"}));
    let pii = answer["gates"][1].clone();
    assert_eq!(answer["passed"], pii["passed"]);
    pii
}

fn a_suppressed_hit_passes_and_is_told(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    assert_eq!(pii(&client, "mailer-1")["passed"], false);
    let made = email(&json!({"agent": "mailer-*", "pointer": "/from"}));
    let made = admin.post("/v1/suppressions", &made).expect(201);
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("sup_"), "{id}");
    assert_eq!(
        (&made["expired"], &made["agent"]),
        (&json!(false), &json!("mailer-*"))
    );

    let suppressed = pii(&client, "mailer-1");
    assert_eq!(
        (&suppressed["passed"], &suppressed["suppressed"]),
        (&json!(true), &made["id"])
    );
    assert_eq!(suppressed.get("reason"), None);
    assert_eq!(client.reputation("mailer-1")["passed"], 1);
    let event = &client.events("agent_id=mailer-1")[0];
    assert_eq!(event["gates"][1]["suppressed"], made["id"]);
    assert_eq!(event.get("findings"), None);
    assert_eq!(pii(&client, "planner")["passed"], false);
    let elsewhere = client.evaluate("mailer-1", &json!({"to": "ada@lovelace.org"}));
    assert_eq!(elsewhere["passed"], false);

    let listed = admin.get("/v1/suppressions").expect(200);
    assert_eq!(listed, json!({"suppressions": [made]}));
    let path = format!("/v1/suppressions/{id}");
    assert_eq!(
        admin.delete(&path).expect(200),
        json!({"id": id, "deleted": true})
    );
    assert_error(&admin.delete(&path), 404, "not_found");
    assert_eq!(pii(&client, "mailer-1")["passed"], false);
}

/// In microseconds since the Unix epoch.
pub(crate) fn now() -> i64 {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(now.as_micros()).unwrap()
}

fn a_suppression_ends_at_its_moment(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    // Whole milliseconds, as they are written.
    let end = (now() / 1000 + 3000) * 1000;
    let expires_at = Timestamp::from_micros(end).unwrap().to_string();
    let made = email(&json!({"expires_at": expires_at}));
    let made = admin.post("/v1/suppressions", &made).expect(201);
    assert_eq!(made["expires_at"], expires_at);
    let mut has_passed = false;
    eventually("the suppression ends", || {
        let asked = now();
        let passed = pii(&client, "a")["passed"] == true;
        let answered = now();
        has_passed |= passed;
        assert!(!passed || asked < end, "it holds after its end");
        assert!(passed || answered >= end, "it ended too early");
        (!passed).then_some(())
    });
    assert!(has_passed);
    let listed = admin.get("/v1/suppressions").expect(200);
    assert_eq!(listed["suppressions"][0]["expired"], true);
}

fn an_org_has_its_own_suppressions(database: &Database) {
    let server = Server::start_on(database);
    let (one, two) = (
        admin(&server),
        server.client_with(&server.home().create_key("two", "sk")),
    );
    let made = one.post("/v1/suppressions", &email(&json!({}))).expect(201);
    assert_eq!(
        two.get("/v1/suppressions").expect(200),
        json!({"suppressions": []})
    );
    let path = format!("/v1/suppressions/{}", made["id"].as_str().unwrap());
    assert_error(&two.delete(&path), 404, "not_found");
    assert_eq!(pii(&two, "a")["passed"], false);
    assert_eq!(pii(&one, "a")["passed"], true);
}

fn what_is_wrong_is_named() {
    let server = Server::start();
    let admin = admin(&server);
    for (change, message) in [
        (json!({"gate": null}), "gate is required"),
        (json!({"rule": ""}), "rule must be 1 to 200 characters"),
        (json!({"reason": null}), "reason is required"),
        (json!({"tool": 7}), "tool must be a string"),
        (
            json!({"pointer": "from"}),
            "pointer must be a JSON Pointer: empty, or steps that each begin with /",
        ),
        (
            json!({"pointer": "/~2"}),
            "pointer must be a JSON Pointer: ~ is written as ~0 in it, and / in a key as ~1",
        ),
        (
            json!({"gate": "pi"}),
            "gate must be a gate of the policy that can fail: content, filesystem, pii",
        ),
        (
            json!({"expires_at": "2020-01-01T00:00:00Z"}),
            "expires_at must be in the future",
        ),
    ] {
        let answer = admin.post("/v1/suppressions", &email(&change));
        assert_error(&answer, 400, "validation_error");
        assert_eq!(answer.json()["error"], message);
    }
    let policy = json!({"default": {"gates": [{"gate": "size", "max_bytes": 10}]}});
    admin.put("/v1/policy", &policy).expect(200);
    let nowhere =
        json!({"gate": "size", "rule": "size", "pointer": "/items", "reason": "as a whole"});
    assert_eq!(
        admin.post("/v1/suppressions", &nowhere).json()["error"],
        "pointer must be left out: the gate judges the output as a whole"
    );
    for id in ["", "x", "sup_", "sup_0000000000000000000000", "%FF"] {
        let answer = admin.delete(&format!("/v1/suppressions/{id}"));
        assert_error(&answer, 404, "not_found");
    }
}

fn only_a_secret_key_suppresses() {
    let server = Server::start();
    let client = server.client();
    for (method, path) in [
        ("GET", "/v1/suppressions"),
        ("POST", "/v1/suppressions"),
        ("DELETE", "/v1/suppressions/sup_0000000000000000000000"),
    ] {
        let answer = client.request(method, path).body("{}").send();
        assert_error(&answer, 403, "forbidden");
    }
}

fn a_place_that_an_event_tells_can_be_suppressed(database: &Database) {
    let server = Server::start_on(database);
    let (admin, client) = (admin(&server), server.client());
    let policy =
        json!({"default": {"judge": ["keys", "embedded-json"], "gates": [{"gate": "pii"}]}});
    admin.put("/v1/policy", &policy).expect(200);
    let output = json!({"users": {"a@b.co": 1}, "body": r#"{"to": "c@d.co"}"#});
    assert_eq!(client.evaluate("a", &output)["passed"], false);
    let event = &client.events("")[0];
    let findings = event["findings"].as_array().unwrap();
    let mut pointers: Vec<_> = findings
        .iter()
        .map(|found| found["pointer"].clone())
        .collect();
    pointers.sort_by_key(ToString::to_string);
    assert_eq!(pointers, ["/*", "/*/*~#", "/*~/*"]);
    for found in findings {
        let made = json!({"gate": found["gate"], "rule": found["rule"], "pointer": found["pointer"], "reason": "known"});
        admin.post("/v1/suppressions", &made).expect(201);
    }
    assert_eq!(client.evaluate("a", &output)["passed"], true);
}

fn an_org_has_so_many_suppressions(database: &Database) {
    let server = Home::on(database).set("rate_limit_default", "0").start();
    let (admin, client) = (admin(&server), server.client());
    for nth in 0..1000 {
        let made = email(&json!({"agent": format!("agent-{nth}")}));
        admin.post("/v1/suppressions", &made).expect(201);
    }
    let one_more = admin.post("/v1/suppressions", &email(&json!({})));
    assert_error(&one_more, 400, "validation_error");
    assert_eq!(pii(&client, "agent-999")["passed"], true);
    assert_eq!(pii(&client, "agent-1000")["passed"], false);
    let listed = admin.get("/v1/suppressions").expect(200);
    let listed = listed["suppressions"].as_array().unwrap();
    assert_eq!(listed.len(), 1000);
    let path = format!("/v1/suppressions/{}", listed[0]["id"].as_str().unwrap());
    admin.delete(&path).expect(200);
    // One that ends makes room once there is none.
    let end = Timestamp::from_micros(now() + 1_500_000)
        .unwrap()
        .to_string();
    let ending = email(&json!({"expires_at": end}));
    admin.post("/v1/suppressions", &ending).expect(201);
    eventually("there is room", || {
        let made = admin.post("/v1/suppressions", &email(&json!({})));
        (made.status == 201).then_some(())
    });
}

fn a_gate_or_rule_that_the_policy_lacks_is_refused() {
    let server = Server::start();
    let admin = admin(&server);
    let refused = |change: &Value| {
        let answer = admin.post("/v1/suppressions", &email(change));
        assert_error(&answer, 400, "validation_error");
        answer.json()["error"].as_str().unwrap().to_owned()
    };
    let rule = json!({"rule": "email"});
    let message = refused(&rule);
    assert!(
        message.starts_with("rule must be a rule of the gate: "),
        "{message}"
    );
    assert!(message.contains("email-address"), "{message}");
    let words = json!({"gate": "words", "rule": "keyword"});
    assert!(refused(&words).starts_with("gate must be a gate of the policy that can fail: "));
    let policy = json!({"rules": [{"agent": "x", "gates": [
        {"gate": "keywords", "name": "words", "words": ["acme"]}, {"gate": "size", "max_bytes": 9}]}]});
    admin.put("/v1/policy/candidate", &policy).expect(200);
    admin.post("/v1/suppressions", &email(&words)).expect(201);
    let size = json!({"gate": "size", "rule": "max_bytes"});
    assert_eq!(refused(&size), "rule must be a rule of the gate: size");
}

fn what_never_fails_is_refused() {
    let server = Server::start();
    let admin = admin(&server);
    let policy = json!({"default": {"gates": [{"gate": "rtb.tmax-guard"}, {"gate": "filesystem", "mode": "off"},
        {"gate": "pii", "checks": ["ssn"], "profile": "strict"}, {"gate": "size", "max_bytes": 9}]}});
    admin.put("/v1/policy", &policy).expect(200);
    let gates = "gate must be a gate of the policy that can fail: pii, size";
    for (gate, rule, expected) in [
        ("rtb.tmax-guard", "rtb.tmax-guard", Some(gates)),
        ("filesystem", "rm-recursive-force", Some(gates)),
        (
            "pii",
            "email-address",
            Some("rule must be a rule of the gate: us-ssn"),
        ),
        ("pii", "us-ssn", None),
        ("size", "size", None),
    ] {
        let made = json!({"gate": gate, "rule": rule, "reason": "known"});
        let answer = admin.post("/v1/suppressions", &made);
        match expected {
            Some(message) => {
                assert_error(&answer, 400, "validation_error");
                assert_eq!(answer.json()["error"], message, "{gate} {rule}");
            }
            None => drop(answer.expect(201)),
        }
    }
}
