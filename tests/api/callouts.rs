//! Gates that services decide.

use pecta_tests::{
    Database, Home, Question, Server, Service, assert_error, eventually, random_below, signature,
    tests,
};
use serde_json::{Value, json};
use std::fs;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

tests!(
    once: [
        without_an_answer_the_policy_decides,
        internal_networks_are_not_reached_unless_allowed,
        an_org_puts_no_policy_that_asks_in_internal_networks,
        a_service_that_fails_is_left_alone_for_a_while,
        a_batch_is_asked_item_by_item,
        what_is_refused_is_not_shown_to_a_service,
        a_service_that_only_watches_changes_no_verdict,
        services_that_only_watch_take_no_place_from_those_that_decide,
    ],
    on_each_database: [
        a_service_decides_and_is_told_who_asks,
    ],
);

const LOOPBACK: &str = "127.0.0.0/8";
const INTERNAL: &str = "the address is in an internal network";

fn home(database: &Database, gates: &str) -> Home {
    let home = Home::on(database);
    let file = home.root().join("policy.toml");
    fs::write(&file, format!("[default]\ngates = [{gates}]")).unwrap();
    home.set("PECTA_POLICY", file.to_str().unwrap())
        .set("PECTA_CALLOUT_NETWORKS", LOOPBACK)
}

fn server(gates: &str) -> Server {
    home(&Database::Sqlite, gates).start()
}

/// Fails outputs that hold the word `bad`, and says more than it should.
fn judge(question: &Question) -> (&'static str, String) {
    let text = String::from_utf8_lossy(&question.body).into_owned();
    let reason = if text.contains("worse") {
        "worse"
    } else {
        &text
    };
    let answer = json!({"passed": !text.contains("bad"), "reason": reason});
    ("200 OK", answer.to_string())
}

/// The gates of an answer, as `name` or `name reason`.
fn gates(answer: &Value) -> Vec<String> {
    let gates = answer["gates"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    gates
        .map(|gate| {
            format!("{} {}", text(&gate["name"]), text(&gate["reason"]))
                .trim()
                .to_owned()
        })
        .collect()
}

fn a_service_decides_and_is_told_who_asks(database: &Database) {
    let service = Service::start(|question| Some(judge(question)));
    let gate = format!(
        "{{ gate = 'http', name = 'brand', url = '{}', reasons = ['worse'] }}, {{ gate = 'content' }}",
        service.url("/judge?v=1")
    );
    let server = home(database, &gate).start();
    let client = server.client();

    let request = json!({"agent_id": "a", "tool": "t", "input": [1], "output": {"text": "fine"}});
    let answer = client.post("/v1/evaluate", &request).expect(200);
    assert_eq!(gates(&answer), ["brand", "content"]);
    let answer = client.evaluate("a", &json!("bad"));
    assert_eq!(gates(&answer), ["brand http:failed", "content"]);
    let answer = client.evaluate("a", &json!("bad and worse"));
    assert_eq!(gates(&answer), ["brand worse", "content"]);
    assert!(answer["total_latency_ms"].as_f64() >= answer["gates"][0]["latency_ms"].as_f64());
    assert_eq!(client.reputation("a")["passed"], 1);
    let events = client.get("/v1/events?passed=false").expect(200);
    assert_eq!(events["events"][0]["gates"][0]["reason"], "worse");
    assert!(!events.to_string().contains("bad"), "{events}");

    let questions = service.questions();
    assert_eq!(questions.len(), 3);
    let question = &questions[0];
    assert_eq!(question.path, "/judge?v=1");
    assert_eq!(question.headers["content-type"], "application/json");
    let expected = signature(&server.secret_key(), &question.body);
    assert_eq!(question.headers["x-pecta-signature"], expected);
    assert_eq!(
        question.json(),
        json!({"gate": "brand", "agent_id": "a", "tool": "t", "input": [1], "output": {"text": "fine"}})
    );
}

fn without_an_answer_the_policy_decides() {
    let service = Service::start(|question| match question.path.as_str() {
        "/error" => Some(("500 Oops", r#"{"passed": true}"#.to_owned())),
        "/moved" => Some((
            "307 Moved\r\nLocation: /good",
            r#"{"passed": true}"#.to_owned(),
        )),
        "/nonsense" => Some(("200 OK", "true".to_owned())),
        "/long" => Some((
            "200 OK",
            format!("{{\"passed\": true}}{}", " ".repeat(70_000)),
        )),
        "/good" => Some(("200 OK", r#"{"passed": true}"#.to_owned())),
        _ => None,
    });
    for path in ["/error", "/moved", "/nonsense", "/long", "/never"] {
        let gate = |name: &str, more: &str| {
            let url = service.url(path);
            format!("{{ gate = 'http', name = '{name}', url = '{url}', timeout_ms = 100, {more} }}")
        };
        let server = server(
            &[
                gate("closed", "on_error = 'closed'"),
                gate("open", "on_error = 'open'"),
                gate("watched", "mode = 'monitor'"),
            ]
            .join(", "),
        );
        let answer = server.client().evaluate("a", &json!("fine"));
        assert_eq!(
            gates(&answer),
            ["closed", "open", "watched"].map(|name| format!("{name} pecta:unreachable")),
            "{path}"
        );
        let states = answer["gates"].as_array().unwrap().iter();
        let states: Vec<_> = states.map(|gate| gate["passed"] == true).collect();
        assert_eq!(states, [false, true, true], "{path}");
        assert_eq!(answer["gates"][1]["skipped"], true);
        assert_eq!(answer["gates"][2]["would_block"], true);
    }
    assert!(
        service
            .questions()
            .iter()
            .all(|question| question.path != "/good")
    );
}

fn internal_networks_are_not_reached_unless_allowed() {
    let service = Service::start(|question| Some(judge(question)));
    let urls = [
        service.url(""),
        service.url("").replace("127.0.0.1", "localhost"),
    ];
    let gates_of = |url: &str| format!("{{ gate = 'http', url = '{url}' }}");
    let home_of = |url: &str, networks: &str| {
        home(&Database::Sqlite, &gates_of(url)).set("PECTA_CALLOUT_NETWORKS", networks)
    };
    for (networks, is_reached) in [("10.0.0.0/8", false), ("127.0.0.0/8,10.0.0.0/8", true)] {
        for url in &urls {
            // An address is looked at before anybody is asked.
            if !is_reached && url.contains("127.0.0.1") {
                continue;
            }
            let before = service.questions().len();
            let server = home_of(url, networks).start();
            let answer = server.client().evaluate("a", &json!("fine"));
            assert_eq!(answer["passed"], is_reached, "{url} {networks} {answer}");
            assert_eq!(service.questions().len() > before, is_reached);
            assert_eq!(
                server.log().contains(INTERNAL),
                !is_reached,
                "{}",
                server.log()
            );
        }
    }
    for home in [
        home_of(&urls[0], "10.0.0.0/8"),
        home_of("http://[::ffff:10.0.0.1]/", LOOPBACK),
    ] {
        let refused = home.run(&["serve"]);
        assert_eq!(refused.code, Some(1));
        let place = format!("column 27 (/default/gates/0/url): {INTERNAL}");
        assert!(refused.stderr.contains(&place), "{}", refused.stderr);
    }
}

fn an_org_puts_no_policy_that_asks_in_internal_networks() {
    let server = Home::new().start();
    let admin = server.client_with(&server.secret_key());
    let policy = json!({"rules": [{"gates": [{"gate": "http", "url": "http://192.168.1.1/"}]}]});
    let cases = json!({"policy": policy, "cases": [{"agent_id": "a", "output": "fine"}]});
    for answer in [
        admin.put("/v1/policy", &policy),
        admin.put("/v1/policy/candidate", &policy),
        admin.post("/v1/policy/test", &cases),
    ] {
        assert_error(&answer, 400, "validation_error");
        let place = format!("the policy is refused at /rules/0/gates/0/url: {INTERNAL}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with(&place), "{error}");
    }
}

fn a_service_that_fails_is_left_alone_for_a_while() {
    for (status, body) in [
        ("503 Busy", ""),
        ("302 Found", ""),
        ("200 OK", "hello"),
        ("200 OK", r#"{"passed": "true"}"#),
    ] {
        let service = Service::start(move |_| Some((status, body.to_owned())));
        let url = service.url("/judge?token=of-a-hook");
        let server = server(&format!("{{ gate = 'http', url = '{url}' }}"));
        let start = Instant::now();
        for _ in 0..20 {
            let answer = server.client().evaluate("a", &json!("fine"));
            assert_eq!(gates(&answer), ["http pecta:unreachable"]);
        }
        // On a machine that is this slow it is tried again every 5 seconds.
        let tries = usize::try_from(start.elapsed().as_secs() / 5).unwrap();
        let asked = service.questions().len();
        assert!((5..=5 + tries).contains(&asked), "{body}: {asked} {tries}");
        let log = server.log();
        assert_eq!(log.matches("does not answer").count(), 1, "{log}");
        assert!(!log.contains("of-a-hook"), "{log}");
    }
}

fn a_batch_is_asked_item_by_item() {
    let service = Service::start(|question| Some(judge(question)));
    let url = service.url("/");
    let server = home(
        &Database::Sqlite,
        &format!("{{ gate = 'http', url = '{url}' }}"),
    )
    .set("PECTA_RATE_LIMIT_DEFAULT", "41")
    .start();
    let item = |nth: usize| match nth {
        7 => json!({"agent_id": "a"}),
        nth if nth % 2 == 0 => json!({"agent_id": "a", "output": format!("bad {nth}")}),
        nth => json!({"agent_id": "a", "output": format!("fine {nth}")}),
    };
    let batch = |items: usize| {
        let items: Vec<_> = (0..items).map(item).collect();
        let body = json!({"items": items});
        server.client().post("/v1/evaluate/batch", &body)
    };
    let answer = batch(41).expect(200);
    let results = answer["results"].as_array().unwrap().iter();
    for (nth, result) in results.enumerate() {
        if nth == 7 {
            assert_eq!(result["status"], 400);
        } else {
            assert_eq!(result["answer"]["passed"], nth % 2 == 1, "{nth} {result}");
        }
    }
    assert_eq!(service.questions().len(), 40);
    assert_error(&batch(3), 429, "rate_limited");
    assert_eq!(
        service.questions().len(),
        40,
        "nothing is asked that is not paid for"
    );
}

fn what_is_refused_is_not_shown_to_a_service() {
    let service = Service::start(|question| Some(judge(question)));
    let url = service.url("/");
    let server = server(&format!("{{ gate = 'http', url = '{url}' }}"));
    let client = server.client();
    let refused = client.post("/v1/evaluate", &json!({"agent_id": "", "output": 1}));
    assert_error(&refused, 400, "validation_error");
    assert!(service.questions().is_empty());
}

fn a_service_that_only_watches_changes_no_verdict() {
    let service = Service::start(|question| match question.path.as_str() {
        "/never" => None,
        "/nonsense" => Some(("200 OK", "maybe".to_owned())),
        _ => Some(judge(question)),
    });
    let watching = [("/judge", 5_000), ("/nonsense", 5_000), ("/never", 20)].map(|(path, timeout_ms)| {
        let url = service.url(path);
        format!("{{ gate = 'http', name = 'watch{path}', mode = 'monitor', url = '{url}', timeout_ms = {timeout_ms} }}")
    });
    let deciding = service.url("/judge");
    let deciding = format!("{{ gate = 'http', url = '{deciding}', timeout_ms = 5000 }}");
    let home = Home::new();
    let file = home.root().join("policy.toml");
    let policy = format!(
        "[default]\ngates = [{{ gate = 'pii' }}, {deciding}]\n[[rules]]\nagent = 'watched'\ngates = [{}]",
        watching.join(", ")
    );
    fs::write(&file, policy).unwrap();
    let home = home.set("PECTA_POLICY", file.to_str().unwrap());
    let server = home.set("PECTA_CALLOUT_NETWORKS", LOOPBACK).start();
    let client = server.client();

    let outputs = ["fine", "bad", "a@b.co", "bad a@b.co", ""];
    let mut sent = Vec::new();
    for _ in 0..40 {
        let output = outputs[random_below(outputs.len())];
        sent.push(output);
        let [watched, plain] = ["watched", "plain"].map(|agent| {
            let request = json!({"agent_id": agent, "output": output, "latency_ms": 1});
            client.post("/v1/evaluate", &request).expect(200)
        });
        assert_eq!(watched["passed"], plain["passed"], "{sent:?}");
        assert_eq!(watched["reputation"], plain["reputation"], "{sent:?}");
        let gates = watched["gates"].as_array().unwrap();
        for (gate, other) in gates.iter().zip(plain["gates"].as_array().unwrap()) {
            assert_eq!(gate["passed"], other["passed"], "{sent:?}");
        }
        let watching = &gates[2..];
        for (gate, blocks) in watching.iter().zip([output.contains("bad"), true, true]) {
            assert_eq!(
                (&gate["mode"], &gate["passed"]),
                (&json!("monitor"), &json!(true))
            );
            assert_eq!(gate["would_block"] == true, blocks, "{gate} {sent:?}");
        }
    }
}

fn services_that_only_watch_take_no_place_from_those_that_decide() {
    const GATES: usize = 4;
    let hold = Arc::new(Mutex::new(()));
    let gate_keeper = Arc::clone(&hold);
    let slow = Service::start(move |question| {
        drop(gate_keeper.lock());
        Some(judge(question))
    });
    let fast = Service::start(|question| Some(judge(question)));
    let watching = (0..GATES).map(|nth| {
        let url = slow.url("/");
        format!("{{ gate = 'http', name = 'w{nth}', mode = 'monitor', url = '{url}', timeout_ms = 10000 }}")
    });
    let watching: Vec<_> = watching.collect();
    let home = Home::new();
    let file = home.root().join("policy.toml");
    let policy = format!(
        "[[rules]]\nagent = 'watched'\ngates = [{}]\n[[rules]]\nagent = 'plain'\ngates = [{{ gate = 'http', url = '{}' }}]",
        watching.join(", "),
        fast.url("/")
    );
    fs::write(&file, policy).unwrap();
    let home = home.set("PECTA_POLICY", file.to_str().unwrap());
    let server = home.set("PECTA_CALLOUT_NETWORKS", LOOPBACK).start();
    thread::scope(|scope| {
        let holding = hold.lock();
        // As many as all gates of an org together may ask; each is held up, or answered at once.
        for nth in 1..=128 / GATES {
            let watched = scope.spawn(|| server.client().evaluate("watched", &json!("fine")));
            eventually("a question that waits, or none", || {
                (watched.is_finished() || slow.questions().len() >= nth * GATES).then_some(())
            });
        }
        let answer = server.client().evaluate("plain", &json!("fine"));
        assert_eq!(gates(&answer).last().unwrap(), "http", "{answer}");
        assert_eq!(answer["passed"], true);
        drop(holding);
    });
}
