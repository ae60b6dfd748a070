//! `GET /v1/audit` and `pecta-server audit verify`.

use pecta_tests::{Client, Database, Home, Server, assert_error, event, eventually, tests, with};
use serde_json::{Value, json};
use std::thread;

tests!(
    on_each_database: [
        every_act_leaves_an_entry,
        old_events_go_in_the_name_of_the_server,
        what_changes_nothing_leaves_none,
        entries_are_paged_newest_first,
        only_a_key_with_admin_reads_them,
    ],
    on_postgres: [
        two_servers_write_one_chain,
    ],
    once: [
        a_broken_log_is_told_with_its_place,
    ],
);

fn admin(server: &Server) -> Client {
    server.client_with(&server.secret_key())
}

fn entries(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("/v1/audit?{query}")).expect(200);
    page["entries"].as_array().unwrap().clone()
}

/// Everything in the log, oldest first.
fn log(client: &Client) -> Vec<Value> {
    let mut all = entries(client, "limit=100");
    all.reverse();
    all
}

/// What a command prints that must end well.
#[track_caller]
fn run(home: &Home, arguments: &[&str]) -> String {
    let output = home.run(arguments);
    assert_eq!(output.code, Some(0), "{output:?}");
    output.stdout
}

/// The end of the log of the first org, as verifying it tells.
#[track_caller]
fn verified(home: &Home) -> String {
    let told = run(home, &["audit", "verify", "--org", "default"]);
    let head = told.strip_prefix("default: intact, ").unwrap();
    head.trim_end().to_owned()
}

fn suppression() -> Value {
    json!({"gate": "pii", "rule": "email-address", "pointer": "/a~1b", "reason": "a secret reason"})
}

/// Who does what in [`act_over_http`] and [`act_on_the_command_line`], behind the first start.
const ACTS: [(&str, &str); 19] = [
    ("server", "key.create"),
    ("server", "key.create"),
    ("key", "key.create"),
    ("key", "key.create"),
    ("key", "key.rotate"),
    ("key", "key.revoke"),
    ("key", "policy.put"),
    ("key", "policy.put"),
    ("key", "policy.delete"),
    ("key", "policy.delete"),
    ("key", "suppression.create"),
    ("key", "suppression.delete"),
    ("key", "org.set"),
    ("cli", "key.create"),
    ("cli", "key.create"),
    ("cli", "key.rotate"),
    ("cli", "key.revoke"),
    ("cli", "org.set"),
    ("cli", "agent.delete"),
];

const POLICY: &str = r#"{"default": {"gates": [{"gate": "content"}]}}"#;

/// The key and the suppression that it makes, and the key that takes the place of the first.
fn act_over_http(admin: &Client) -> [Value; 3] {
    let new = json!({"kind": "pk", "name": "ci\\x", "agents": ["a", "b*"]});
    let made = admin.post("/v1/keys", &new).expect(201);
    let rotate = format!("/v1/keys/{}/rotate", made["id"]);
    let rotated = admin.post_text(&rotate, r#"{"overlap_seconds": 60}"#);
    let rotated = rotated.expect(201);
    let rotated_path = format!("/v1/keys/{}", rotated["id"]);
    admin.delete(&rotated_path).expect(200);
    for path in ["/v1/policy", "/v1/policy/candidate"] {
        admin.request("PUT", path).body(POLICY).send().expect(200);
    }
    admin.delete("/v1/policy/candidate").expect(200);
    admin.delete("/v1/policy").expect(200);
    let suppressed = admin.post("/v1/suppressions", &suppression()).expect(201);
    let id = suppressed["id"].as_str().unwrap();
    admin.delete(&format!("/v1/suppressions/{id}")).expect(200);
    let set = admin.request("PUT", "/v1/org");
    let set = set.header("X-Forwarded-For", "198.51.100.7");
    set.body(r#"{"require_signature": true}"#)
        .send()
        .expect(200);
    [made, suppressed, rotated]
}

/// The key that it makes.
fn act_on_the_command_line(home: &Home, admin: &Client) -> String {
    let newest = || entries(admin, "limit=1").remove(0);
    let key = home.create_key("default", "sk");
    run(
        home,
        &["keys", "rotate", newest()["subject"].as_str().unwrap()],
    );
    let rotated = newest()["changes"]["replaced_by"].clone();
    run(home, &["keys", "revoke", rotated.as_str().unwrap()]);
    let set = "orgs set --org default --require-signature false";
    run(home, &set.split(' ').collect::<Vec<_>>());
    run(home, &["agents", "delete", "--org", "default", "gone"]);
    key
}

fn every_act_leaves_an_entry(database: &Database) {
    let home = Home::on(database).set("PECTA_TRUSTED_PROXIES", "127.0.0.0/8");
    let server = home.start();
    let admin = admin(&server);
    admin.ingest(&[event("gone"), event("gone")]);
    let [made, suppressed, rotated] = act_over_http(&admin);
    let key = act_on_the_command_line(server.home(), &admin);
    let mut expected = ACTS.to_vec();
    // Elsewhere the master key is in no file.
    if matches!(database, Database::Sqlite) {
        run(server.home(), &["master-key", "rotate"]);
        expected.push(("cli", "master_key.reseal"));
    }

    let log = log(&admin);
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let acts = log
        .iter()
        .map(|entry| (text(entry, "actor"), text(entry, "act")));
    let expected = expected
        .iter()
        .map(|(actor, act)| ((*actor).to_owned(), (*act).to_owned()));
    assert_eq!(acts.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    let own = log[1]["subject"].as_str().unwrap();
    for entry in &log {
        let is_key = entry["actor"] == "key";
        let key = entry["key_id"].as_i64().map(|id| id.to_string());
        assert_eq!(key.as_deref(), is_key.then_some(own), "{entry}");
        assert_eq!(entry["address"].is_string(), is_key, "{entry}");
    }
    for (entry, member, expected) in [
        (2, "subject", json!(made["id"].to_string())),
        (2, "address", json!("127.0.0.1")),
        (
            2,
            "changes",
            json!({"kind": "pk", "name": "ci\\x", "scopes": "evaluate ingest read agents", "agents": "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\nb*"}),
        ),
        (
            4,
            "changes",
            json!({"replaced_by": rotated["id"].to_string(), "overlap_seconds": "60"}),
        ),
        (6, "subject", json!("live")),
        (7, "subject", json!("candidate")),
        (
            7,
            "changes",
            json!({"version": "1", "sha256": "334a3f788f46607e8a0bc9aafe8436478673e1b3dbeed30560fca662a8e8290a"}),
        ),
        (9, "changes", json!({"version": "2"})),
        (10, "subject", suppressed["id"].clone()),
        (
            10,
            "changes",
            json!({"gate": "pii", "rule": "email-address", "pointer": "/a~1b"}),
        ),
        (12, "address", json!("198.51.100.7")),
        (
            18,
            "subject",
            json!("sha256:283bb9deef02e6843abfb538efa1eca70801bd8a701c3f98191e123496339247"),
        ),
        (18, "changes", json!({"events": "2"})),
    ] {
        assert_eq!(log[entry][member], expected, "{entry} {member}");
    }
    // Neither keys nor what people wrote for people.
    let whole = json!(log).to_string();
    for secret in [
        &key,
        admin.key(),
        made["key"].as_str().unwrap(),
        "secret reason",
    ] {
        assert!(!whole.contains(secret), "{secret}");
    }
    let last = log.last().unwrap();
    let head = format!("{}:{}", last["sequence"], last["hash"].as_str().unwrap());
    assert_eq!(verified(server.home()), head);
}

fn old_events_go_in_the_name_of_the_server(database: &Database) {
    let server = Server::start_on(database);
    let old = json!({"timestamp": "2020-01-01T00:00:00Z"});
    server.client().ingest(&[with(event("a"), &old)]);
    let key = server.secret_key();
    let home = server.stop("TERM").set("PECTA_RETENTION_DAYS", "30");
    let server = home.start();
    let admin = server.client_with(&key);
    let newest = eventually("the retention is noted", || {
        let newest = entries(&admin, "limit=1").remove(0);
        (newest["act"] == "events.expire").then_some(newest)
    });
    assert_eq!(newest["actor"], "server");
    assert!(newest["changes"]["before"].is_string());
    verified(server.home());
}

fn what_changes_nothing_leaves_none(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let made = admin.post("/v1/keys", &json!({"kind": "pk"})).expect(201);
    let path = format!("/v1/keys/{}", made["id"]);
    admin.delete(&path).expect(200);
    let before = log(&admin);
    // Revoked already, the last one, not there, refused, or not valid.
    admin.delete(&path).expect(200);
    let own = &before[1]["subject"].as_str().unwrap();
    assert_error(&admin.delete(&format!("/v1/keys/{own}")), 409, "conflict");
    assert_error(
        &admin.post_text(&format!("{path}/rotate"), ""),
        409,
        "conflict",
    );
    assert_error(&admin.delete("/v1/keys/99"), 404, "not_found");
    assert_error(&admin.delete("/v1/suppressions/sup_x"), 404, "not_found");
    assert_error(&admin.delete("/v1/policy"), 404, "not_found");
    assert_error(
        &admin.put("/v1/policy", &json!({"x": 1})),
        400,
        "validation_error",
    );
    assert_error(
        &server.client().post("/v1/keys", &json!({"kind": "pk"})),
        403,
        "forbidden",
    );
    let gone = ["agents", "delete", "--org", "default", "nobody"];
    assert_eq!(server.home().run(&gone).code, Some(1));
    assert_eq!(log(&admin), before);
}

fn entries_are_paged_newest_first(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    for number in 0..5 {
        let change = json!({"require_signature": number % 2 == 0});
        admin.put("/v1/org", &change).expect(200);
        // Nothing is changed.
        admin.put("/v1/org", &change).expect(200);
    }
    let (mut cursor, mut sequences) = (String::new(), Vec::new());
    loop {
        let page = admin.get(&format!("/v1/audit?limit=3{cursor}")).expect(200);
        for entry in page["entries"].as_array().unwrap() {
            sequences.push(entry["sequence"].as_i64().unwrap());
        }
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(sequences, [7, 6, 5, 4, 3, 2, 1]);
    for query in ["limit=0", "limit=101", "cursor=x", "limit="] {
        let answer = admin.get(&format!("/v1/audit?{query}"));
        assert_error(&answer, 400, "validation_error");
    }
}

fn only_a_key_with_admin_reads_them(database: &Database) {
    let server = Server::start_on(database);
    assert_error(&server.client().get("/v1/audit"), 403, "forbidden");
    let reads = json!({"kind": "sk", "scopes": ["read"]});
    let made = admin(&server).post("/v1/keys", &reads).expect(201);
    let reader = server.client_with(made["key"].as_str().unwrap());
    assert_error(&reader.get("/v1/audit"), 403, "forbidden");
}

fn two_servers_write_one_chain(database: &Database) {
    const ROUNDS: usize = 25;
    let first = Server::start_on(database);
    let second = Home::beside(first.home()).start();
    let key = first.secret_key();
    let writers = [&first, &second].map(|server| {
        let client = server.client_with(&key);
        thread::spawn(move || {
            for _ in 0..ROUNDS {
                client.post("/v1/keys", &json!({"kind": "pk"})).expect(201);
            }
        })
    });
    for writer in writers {
        writer.join().unwrap();
    }
    let head = verified(first.home());
    assert!(head.starts_with(&format!("{}:", 2 + 2 * ROUNDS)), "{head}");
}

fn a_broken_log_is_told_with_its_place() {
    let server = Server::start();
    let head = verified(server.home());
    server.home().create_key("other", "sk");
    let with_noted = ["audit", "verify", "--org", "default", "--noted", &head];
    run(server.home(), &with_noted);
    let all = run(server.home(), &["audit", "verify"]);
    assert_eq!(all.lines().count(), 2, "{all}");
    let home = server.stop("TERM");
    // The same length, so that the file stays a database.
    let mut bytes = std::fs::read(home.database()).unwrap();
    let needle = b"first start";
    let is_needle = |at: &usize| bytes[*at..].starts_with(needle);
    let places: Vec<usize> = (0..bytes.len()).filter(is_needle).collect();
    for place in places {
        bytes[place..place + needle.len()].copy_from_slice(b"FIRST START");
    }
    std::fs::write(home.database(), bytes).unwrap();
    let output = home.run(&["audit", "verify"]);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(
        output
            .stdout
            .contains("default: BROKEN, entry 1 was altered or put in\n"),
        "{output:?}"
    );
    assert!(output.stdout.contains("other: intact, 1:"), "{output:?}");
    assert!(output.stderr.contains("1 of 2 audit logs"), "{output:?}");
    assert_eq!(
        home.run(&["audit", "verify", "--org", "other"]).code,
        Some(0)
    );
    assert_eq!(
        home.run(&["audit", "verify", "--org", "none"]).code,
        Some(1)
    );
}
