//! No payload and no key reaches disk, log or answer.

use pecta_tests::{Home, Server, event, signature, tests, with};
use serde_json::json;

tests!(
    once: [
        payloads_and_keys_reach_neither_disk_nor_log_nor_listing,
    ],
);

const NEEDLE: &str = "zq9xNeedle4711";

/// Requests of every outcome with the needle wherever a payload, a signature or a key may stand.
fn workload(server: &Server) {
    let client = server.client();
    let check_answer = |answer: &pecta_tests::Response| {
        assert!(!answer.text().contains(NEEDLE), "{}", answer.text());
    };
    let evaluate = |body: String| check_answer(&client.post_text("/v1/evaluate", body));
    let payloads = [
        json!(NEEDLE),
        json!({NEEDLE: [NEEDLE, {"deep": format!("rm -rf /{NEEDLE}")}]}),
        json!(format!(
            "mail {NEEDLE}@acme.io, I cannot help, /etc/{NEEDLE}, ../{NEEDLE}"
        )),
    ];
    for payload in payloads {
        for dry_run in [false, true] {
            let body = json!({"agent_id": "a", "output": payload, "input": payload, "dry_run": dry_run, NEEDLE: payload});
            evaluate(body.to_string());
        }
    }
    let long = NEEDLE.repeat(100);
    for body in [
        format!("{{\"agent_id\":\"a\",\"output\":\"{NEEDLE}\""),
        format!("{{\"agent_id\":\"a\",\"output\":{NEEDLE}}}"),
        format!("{{\"agent_id\":\"a\",\"output\":\"{NEEDLE}\\x\"}}"),
        format!("{NEEDLE}: {{"),
        json!({"agent_id": long, "output": NEEDLE}).to_string(),
        json!({"agent_id": 5, "output": NEEDLE, "input": NEEDLE}).to_string(),
        json!({"agent_id": "a", "output": NEEDLE, "tool": long}).to_string(),
        json!({"agent_id": "a", "output": NEEDLE, "latency_ms": NEEDLE}).to_string(),
        json!({"agent_id": "a", "output": NEEDLE, "context": {"tmax_ms": NEEDLE}}).to_string(),
        format!("{{\"agent_id\":\"a\",\"output\":\"{NEEDLE}\",\"output\":\"{NEEDLE}\"}}"),
        NEEDLE.repeat(200_000),
    ] {
        evaluate(body);
    }
    for events in [
        json!([NEEDLE]),
        json!([with(event("a"), &json!({"timestamp": NEEDLE}))]),
        json!(NEEDLE),
    ] {
        let body = json!({"events": events}).to_string();
        let request = client.request("POST", "/v1/ingest").body(body.as_str());
        check_answer(&request.send());
        let request = client.request("POST", "/v1/ingest").body(body.as_str());
        check_answer(
            &request
                .header("X-Pecta-Signature", &format!("sha256={NEEDLE}"))
                .send(),
        );
        let request = client.request("POST", "/v1/ingest").body(body.as_str());
        let good = signature(&server.secret_key(), body.as_bytes());
        check_answer(&request.header("X-Pecta-Signature", &good).send());
    }
    for key in [
        NEEDLE.to_owned(),
        format!("Bearer {NEEDLE}"),
        format!("Bearer pk_live_{NEEDLE}{}", "0".repeat(18)),
    ] {
        let anonymous = server.anonymous();
        check_answer(
            &anonymous
                .request("GET", "/v1/agents")
                .header("Authorization", &key)
                .send(),
        );
    }
    check_answer(&client.get(&format!("/v1/events?limit={NEEDLE}&from={NEEDLE}")));
    check_answer(&client.get(&format!("/v1/{NEEDLE}")));
    let vanishing = format!(
        "POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 500\r\n\r\n{NEEDLE}",
        client.key()
    );
    server.connect().send(vanishing);
    server.connect().send(format!("{NEEDLE}\r\n\r\n"));
    check_answer(&client.get("/v1/events?limit=100"));
}

fn payloads_and_keys_reach_neither_disk_nor_log_nor_listing() {
    let home = Home::new().set("PECTA_LOG", "trace");
    let server = home.start();
    workload(&server);
    let made = ["pk", "sk"].map(|kind| server.home().create_key("other", kind));
    let keys = [
        vec![server.publishable_key(), server.secret_key()],
        made.to_vec(),
    ]
    .concat();
    let client = server.client_with(&keys[2]);
    client.evaluate("b", &json!(NEEDLE));

    let search = |home: &Home, log: &str, listing: &str| {
        let mut places = home.snapshot();
        places.insert("the log".to_owned(), log.as_bytes().to_vec());
        places.insert("the listing".to_owned(), listing.as_bytes().to_vec());
        for needle in keys.iter().map(String::as_str).chain([NEEDLE]) {
            for (place, content) in &places {
                let found = content
                    .windows(needle.len())
                    .any(|window| window == needle.as_bytes());
                assert!(!found, "{needle} is in {place}");
            }
            // Nor is a part that would be enough to go on with.
            let part = &needle.as_bytes()[needle.len().saturating_sub(20)..];
            for (place, content) in places.iter().filter(|_| needle != NEEDLE) {
                assert!(
                    !content.windows(part.len()).any(|window| window == part),
                    "a part of {needle} is in {place}"
                );
            }
        }
    };
    let listing = server.home().run(&["keys", "list"]).stdout
        + &server.home().run(&["keys", "list", "--json"]).stdout;
    assert!(
        server.log().contains("TRACE"),
        "the log is as talkative as it can be"
    );
    search(server.home(), &server.log(), &listing);
    let home = server.stop("TERM");
    search(&home, &home.log(), &listing);
}
