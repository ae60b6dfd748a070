//! Every route by every kind of key, and with whatever another org has. The routes are those of the server's own table: one
//! that is new fails here until it has an entry.

use pecta_tests::{
    Client, Database, Response, Server, assert_error, event, eventually, tests, with,
};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

tests!(
    on_each_database: [
        nothing_of_another_org_is_seen_or_changed,
        each_route_takes_its_scope_and_a_good_key,
    ],
    once: [
        every_route_has_an_entry,
        no_route_is_made_in_another_way,
    ],
);

/// The table, as the server is compiled from it.
const SOURCE: &str = include_str!("../../crates/pecta-api/src/routes.rs");

/// What is tried on a route with something of another org, and the same with what nobody has: path and body. `@` stands for it.
type Attempt = (&'static str, &'static str, Thing);

/// Method, path, scope (`any` where every good key will do), and what is tried.
type Route = (&'static str, &'static str, &'static str, &'static [Attempt]);

/// What may be of another org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Nothing,
    Agent,
    Evaluation,
    Idempotency,
    Key,
    Suppression,
    EventsCursor,
    AgentsCursor,
    KeysCursor,
    AuditCursor,
}

use Thing::{
    Agent, AgentsCursor, AuditCursor, Evaluation, EventsCursor, Idempotency, Key, KeysCursor,
    Nothing, Suppression,
};

const EVALUATE: &str = r#"{"agent_id": "@", "output": "fine", "latency_ms": 10}"#;
const POLICY: &str = r#"{"default": {"gates": [{"gate": "content"}]}}"#;
const CASES: &str = r#"{"cases": [{"agent_id": "@", "output": "fine"}]}"#;
const INGEST: &str =
    r#"{"events": [{"agent_id": "@", "passed": true, "gates": [], "total_latency_ms": 1}]}"#;
const INGEST_ID: &str = r#"{"events": [{"evaluation_id": "@", "agent_id": "e-@", "passed": true, "gates": [], "total_latency_ms": 1}]}"#;

/// An entry for every route, and two that are none.
const ROUTES: [Route; 28] = [
    (
        "POST",
        "/evaluate",
        "evaluate",
        &[
            ("", EVALUATE, Agent),
            (
                "",
                r#"{"agent_id": "i-@", "output": "fine", "latency_ms": 10}"#,
                Idempotency,
            ),
        ],
    ),
    (
        "POST",
        "/evaluate/batch",
        "evaluate",
        &[(
            "",
            r#"{"items": [{"agent_id": "@", "output": "fine", "latency_ms": 10}]}"#,
            Agent,
        )],
    ),
    (
        "POST",
        "/ingest",
        "ingest",
        &[("", INGEST, Agent), ("", INGEST_ID, Evaluation)],
    ),
    (
        "GET",
        "/events",
        "read",
        &[
            ("?agent_id=@", "", Agent),
            ("?cursor=@", "", EventsCursor),
            ("", "", Nothing),
            ("?tool=marker", "", Nothing),
        ],
    ),
    (
        "GET",
        "/reputation/{agent_id:[^/]*}",
        "read",
        &[("@", "", Agent)],
    ),
    (
        "GET",
        "/agents",
        "read",
        &[("", "", Nothing), ("?cursor=@", "", AgentsCursor)],
    ),
    (
        "POST",
        "/agents",
        "agents",
        &[("", r#"{"agent_id": "@"}"#, Agent)],
    ),
    (
        "GET",
        "/keys",
        "admin",
        &[("", "", Nothing), ("?cursor=@", "", KeysCursor)],
    ),
    (
        "POST",
        "/keys",
        "admin",
        &[("", r#"{"kind": "pk", "agents": ["@"]}"#, Agent)],
    ),
    ("DELETE", "/keys/{id}", "admin", &[("@", "", Key)]),
    ("POST", "/keys/{id}/rotate", "admin", &[("@", "", Key)]),
    ("GET", "/org", "admin", &[("", "", Nothing)]),
    (
        "PUT",
        "/org",
        "admin",
        &[("", r#"{"require_signature": false}"#, Nothing)],
    ),
    (
        "GET",
        "/audit",
        "admin",
        &[("", "", Nothing), ("?cursor=@", "", AuditCursor)],
    ),
    (
        "GET",
        "/policy",
        "admin",
        &[("", "", Nothing), ("?version=2", "", Nothing)],
    ),
    ("PUT", "/policy", "admin", &[("", POLICY, Nothing)]),
    ("DELETE", "/policy", "admin", &[("", "", Nothing)]),
    (
        "GET",
        "/policy/candidate",
        "admin",
        &[("", "", Nothing), ("?version=1", "", Nothing)],
    ),
    (
        "PUT",
        "/policy/candidate",
        "admin",
        &[("", POLICY, Nothing)],
    ),
    ("DELETE", "/policy/candidate", "admin", &[("", "", Nothing)]),
    (
        "GET",
        "/policy/candidate/report",
        "admin",
        &[("", "", Nothing)],
    ),
    ("GET", "/policy/schema", "any", &[("", "", Nothing)]),
    ("POST", "/policy/test", "admin", &[("", CASES, Agent)]),
    ("GET", "/suppressions", "admin", &[("", "", Nothing)]),
    (
        "POST",
        "/suppressions",
        "admin",
        &[(
            "",
            r#"{"gate": "pii", "rule": "email-address", "reason": "x", "agent": "@"}"#,
            Agent,
        )],
    ),
    (
        "DELETE",
        "/suppressions/{id}",
        "admin",
        &[("@", "", Suppression)],
    ),
    ("GET", "/nowhere", "", &[]),
    ("POST", "/nowhere", "", &[]),
];

/// The routes of the table: method and path.
fn served() -> Vec<(String, String)> {
    let mut routes = Vec::new();
    for part in SOURCE.split("only(").skip(1) {
        let mut texts = part.split('"').skip(1).step_by(2);
        let (Some(path), Some(methods)) = (texts.next(), texts.next()) else {
            continue;
        };
        if let Some(path) = path.strip_prefix("/v1") {
            routes.extend(
                methods
                    .split(", ")
                    .map(|method| (method.to_owned(), path.to_owned())),
            );
        }
    }
    routes
}

fn every_route_has_an_entry() {
    let mut served = served();
    let entries = ROUTES.iter().filter(|entry| entry.1 != "/nowhere");
    let mut entries: Vec<_> = entries
        .map(|entry| (entry.0.to_owned(), entry.1.to_owned()))
        .collect();
    served.sort();
    entries.sort();
    assert!(served.len() > 20, "the table is not read");
    assert_eq!(served, entries);
}

/// What is not made by `only(` is not in the list above.
fn no_route_is_made_in_another_way() {
    let count = |text: &str, what: &str| text.matches(what).count();
    let services = count(SOURCE, "service(") - count(SOURCE, "default_service(");
    assert_eq!(services, count(SOURCE, "service(only("));
    assert_eq!(count(SOURCE, "resource("), 1);
    assert_eq!(count(SOURCE, ".route("), 0);
    for part in SOURCE.split("only(").skip(1) {
        let methods = part.split('"').nth(3).unwrap_or_default();
        if part.starts_with('"') || part.trim_start().starts_with('"') {
            let handlers = count(part, "().to(");
            assert_eq!(methods.split(", ").count(), handlers, "{part}");
        }
    }
    let ways = ["service(", "resource(", "scope(", ".route(", ".configure("];
    let mut found = Vec::new();
    let api = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/pecta-api/src");
    let mut folders = vec![api];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // What a task holds for itself is no scope of routes.
            let text = fs::read_to_string(&path).unwrap().replace(".scope(", "");
            let made = ways.map(|way| count(&text, way));
            if made != [0; 5] && !path.ends_with("src/routes.rs") {
                found.push((path.file_name().unwrap().to_owned(), made));
            }
        }
    }
    found.sort();
    // One is no route of a server's, one serves what it is given on connections, and one metrics elsewhere.
    let names = ["echo.rs", "http.rs", "server.rs"].map(Into::into);
    let made = [[1, 0, 0, 0, 0], [1, 0, 0, 0, 1], [0, 0, 0, 1, 0]];
    assert!(found.into_iter().eq(names.into_iter().zip(made)));
}

/// The path of a route, with something in the place of what varies; a query stands behind it.
fn path(pattern: &str, tried: &str, id: &str) -> String {
    let Some((head, rest)) = pattern.split_once('{') else {
        return format!("/v1{pattern}{}", tried.replace('@', id));
    };
    let tail = rest.rsplit_once('}').map_or("", |(_, tail)| tail);
    format!("/v1{head}{id}{tail}")
}

/// An org that has some of everything, all of which names or holds `marker`, and an agent `theirs`.
struct Other {
    admin: Client,
    /// By kind: what it has, and what nobody has.
    things: Vec<(Thing, String, String)>,
}

impl Other {
    fn new(server: &Server) -> Self {
        let admin = server.client_with(&server.home().create_key("marker", "sk"));
        let of = |field: &Value| field.as_str().unwrap().to_owned();
        let once = admin
            .request("POST", "/v1/evaluate")
            .header("Idempotency-Key", "theirs");
        let body =
            json!({"agent_id": "theirs", "tool": "marker", "output": "fine", "latency_ms": 10});
        let evaluation = of(&once.body(body.to_string()).send().expect(200)["evaluation_id"]);
        admin.ingest(&[
            with(event("theirs"), &json!({"tool": "marker"})),
            event("marker-agent"),
        ]);
        let gate = json!({"gate": "content", "name": "marker"});
        let policy = json!({"default": {"gates": [gate, {"gate": "pii"}]}});
        for path in ["/v1/policy", "/v1/policy", "/v1/policy/candidate"] {
            admin.put(path, &policy).expect(200);
        }
        let key = admin
            .post("/v1/keys", &json!({"kind": "pk", "name": "marker"}))
            .expect(201);
        let suppression = json!({"gate": "pii", "rule": "email-address", "reason": "marker"});
        let suppression = of(&admin.post("/v1/suppressions", &suppression).expect(201)["id"]);
        let agents = pecta_wire::AgentsCursor {
            last_seen_us: i64::MAX,
            agent_id: "theirs".to_owned(),
        };
        let next = |path: &str| of(&admin.get(path).expect(200)["next_cursor"]);
        let things = vec![
            (Nothing, String::new(), String::new()),
            (Agent, "theirs".to_owned(), "nobodys".to_owned()),
            (Evaluation, evaluation, "ev_none".to_owned()),
            (Idempotency, "theirs".to_owned(), "nobodys".to_owned()),
            (Key, key["id"].to_string(), "99999".to_owned()),
            (
                Suppression,
                suppression,
                "sup_0000000000000000000000".to_owned(),
            ),
            (AgentsCursor, agents.to_string(), String::new()),
            (EventsCursor, next("/v1/events?limit=1"), String::new()),
            (KeysCursor, next("/v1/keys?limit=1"), String::new()),
            (AuditCursor, next("/v1/audit?limit=1"), String::new()),
        ];
        Self { admin, things }
    }

    /// All that it can see of itself, but for when its keys were used.
    fn everything(&self) -> Vec<String> {
        let read = [
            "/v1/events?limit=100",
            "/v1/agents",
            "/v1/reputation/theirs",
            "/v1/keys?limit=100",
            "/v1/org",
            "/v1/audit?limit=100",
            "/v1/policy",
            "/v1/policy/candidate",
            "/v1/suppressions",
        ];
        let texts = read.map(|path| {
            let mut answer = self.admin.get(path).expect(200);
            for key in answer["keys"].as_array_mut().into_iter().flatten() {
                key["last_used_at"] = Value::Null;
            }
            answer.to_string()
        });
        texts.into()
    }

    /// What it has of a kind, and what nobody has.
    fn pair(&self, thing: Thing) -> (&str, &str) {
        let found = self.things.iter().find(|(kind, ..)| *kind == thing);
        found.map_or(("", ""), |(_, theirs, nobodys)| (theirs, nobodys))
    }
}

fn try_on(
    client: &Client,
    route: (&str, &str),
    (tried, body, thing): Attempt,
    id: &str,
) -> Response {
    let request = client.request(route.0, &path(route.1, tried, id));
    let request = match thing {
        Idempotency => request.header("Idempotency-Key", id),
        _ => request,
    };
    request.body(body.replace('@', id)).send()
}

/// What an answer says, apart from what differs between two of the same.
fn shape(answer: &Response, id: &str) -> (u16, Vec<String>) {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    // A short number stands in statuses too, and no answer repeats one.
    let is_repeated = id.len() > 3;
    let text = if is_repeated {
        text.replace(id, "@")
    } else {
        text
    };
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    let mut members = Vec::new();
    collect(&value, &mut String::new(), &mut members);
    (answer.status, members)
}

/// The members of a value; the values themselves where they do not change from one request to the next.
fn collect(value: &Value, at: &mut String, members: &mut Vec<String>) {
    let changing = [
        "_id",
        ".id",
        "latency_ms",
        "_at",
        "_seen",
        ".key",
        "prefix",
        ".sequence",
        ".hash",
    ];
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let length = at.len();
                at.push('.');
                at.push_str(name);
                collect(value, at, members);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(item, at, members);
            }
        }
        _ if changing.iter().any(|end| at.ends_with(end)) => members.push(at.clone()),
        value => members.push(format!("{at}={value}")),
    }
}

fn nothing_of_another_org_is_seen_or_changed(database: &Database) {
    let server = Server::start_on(database);
    let other = Other::new(&server);
    let own = server.client_with(&server.secret_key());
    let before = other.everything();
    let mut tried = 0;
    for (method, pattern, _, attempts) in ROUTES {
        for attempt in attempts {
            let what = format!("{method} {pattern} {attempt:?}");
            let (theirs, nobodys) = other.pair(attempt.2);
            let answer = try_on(&own, (method, pattern), *attempt, theirs);
            let text = String::from_utf8_lossy(&answer.body);
            assert!(!text.contains("marker"), "{what}: {text}");
            assert!(answer.status < 500, "{what}: {text}");
            if !nobodys.is_empty() {
                let absent = try_on(&own, (method, pattern), *attempt, nobodys);
                assert_eq!(shape(&answer, theirs), shape(&absent, nobodys), "{what}");
            }
            tried += 1;
        }
    }
    assert!(tried >= 30, "{tried}");
    assert_eq!(other.everything(), before);
}

fn each_route_takes_its_scope_and_a_good_key(database: &Database) {
    let server = Server::start_on(database);
    let admin = server.client_with(&server.secret_key());
    let create = |body: &Value| {
        let made = admin.post("/v1/keys", body).expect(201);
        (server.client_with(made["key"].as_str().unwrap()), made)
    };
    let (revoked, made) = create(&json!({"kind": "sk"}));
    admin
        .delete(&format!("/v1/keys/{}", made["id"]))
        .expect(200);
    let (expired, made) = create(&json!({"kind": "sk"}));
    let rotate = format!("/v1/keys/{}/rotate", made["id"]);
    admin
        .post_text(&rotate, r#"{"overlap_seconds": 1}"#)
        .expect(201);
    eventually("the key expires", || {
        (expired.get("/v1/org").status == 401).then_some(())
    });
    let scopes = ["evaluate", "ingest", "read", "agents", "admin"];
    let with_one: Vec<_> = scopes
        .iter()
        .map(|scope| create(&json!({"kind": "sk", "scopes": [scope]})).0)
        .collect();
    let (publishable, anonymous) = (server.client(), server.anonymous());
    for (method, pattern, scope, _) in ROUTES {
        let path = path(pattern, "", "1");
        let has_body = ["POST", "PUT"].contains(&method);
        let body = if has_body { "{" } else { "" };
        let ask = |client: &Client| client.request(method, &path).body(body).send();
        assert_error(&ask(&anonymous), 401, "auth_missing");
        assert_error(&ask(&revoked), 401, "auth_revoked");
        assert_error(&ask(&expired), 401, "auth_revoked");
        if scope.is_empty() {
            assert_error(&ask(&publishable), 404, "not_found");
            continue;
        }
        for (name, client) in scopes.iter().zip(&with_one) {
            let may = scope == "any" || *name == scope;
            // What may be deleted is not: the key would be gone.
            if may && method == "DELETE" {
                continue;
            }
            let answer = ask(client);
            assert_ne!(answer.status, 401, "{name}: {method} {path}");
            assert_eq!(answer.status != 403, may, "{name}: {method} {path}");
        }
        let answer = ask(&publishable);
        assert_eq!(answer.status == 403, scope == "admin", "{method} {path}");
    }
}
