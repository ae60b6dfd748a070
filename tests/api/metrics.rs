//! What Prometheus is told.

use pecta_tests::{Client, Database, Home, Redis, Server, event, eventually, tests};
use serde_json::json;
use std::collections::BTreeMap;

tests!(
    on_each_database: [
        what_the_server_does_is_counted,
    ],
    with_redis: [
        limits_that_are_not_shared_any_more_are_told,
    ],
    once: [
        metrics_are_off_unless_they_have_an_address,
    ],
);

fn home(database: &Database) -> Home {
    Home::on(database).set("PECTA_METRICS_ADDR", "127.0.0.1:0")
}

/// A client of the listener that the log names.
fn scraper(server: &Server) -> Client {
    let address = eventually("the address of metrics", || {
        let log = server.log();
        let (_, rest) = log.split_once("metrics_address=")?;
        rest.split_whitespace().next()?.parse().ok()
    });
    Client::at(address)
}

/// The samples of an exposition by name and labels; everything in it must be well-formed, and of a family that was declared.
fn scrape(client: &Client) -> BTreeMap<String, String> {
    let answer = client.get("/metrics");
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type").unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.ends_with('\n'));
    let (mut family, mut samples) = (String::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            let (name, kind) = declared.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            name.clone_into(&mut family);
        } else if !line.starts_with("# HELP ") {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            assert!(name.starts_with(&family), "{line} in {family}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let before = samples.insert(sample.to_owned(), value.to_owned());
            assert_eq!(before, None, "{line}");
        }
    }
    samples
}

fn what_the_server_does_is_counted(database: &Database) {
    let server = home(database).set("PECTA_RATE_LIMIT_DEFAULT", "4").start();
    let (client, metrics) = (server.client(), scraper(&server));
    client.ingest(&[event("a"), event("b"), event("c")]);
    client.evaluate("secret-agent", &json!("fine"));
    for _ in 0..3 {
        client.get("/v1/reputation/secret-agent").expect(200);
    }
    assert_eq!(client.get("/v1/reputation/secret-agent").status, 429);
    assert_eq!(client.get("/v1/made-up").status, 404);
    assert_eq!(client.get("/elsewhere").status, 404);
    let anonymous = server.anonymous();
    assert_eq!(anonymous.get("/v1/events").status, 401);
    assert_eq!(anonymous.get("/health").status, 200);
    let samples = scrape(&metrics);
    for (sample, value) in [
        (r#"pecta_requests_total{route="ingest",status="202"}"#, "1"),
        (
            r#"pecta_requests_total{route="evaluate",status="200"}"#,
            "1",
        ),
        (
            r#"pecta_requests_total{route="reputation",status="200"}"#,
            "3",
        ),
        (
            r#"pecta_requests_total{route="reputation",status="429"}"#,
            "1",
        ),
        (r#"pecta_requests_total{route="events",status="401"}"#, "1"),
        (r#"pecta_requests_total{route="other",status="404"}"#, "2"),
        (r#"pecta_requests_total{route="health",status="200"}"#, "1"),
        (r#"pecta_request_seconds_count{route="reputation"}"#, "4"),
        (
            r#"pecta_request_seconds_bucket{route="reputation",le="+Inf"}"#,
            "4",
        ),
        (r#"pecta_rate_limited_total{limit="default"}"#, "1"),
        (r#"pecta_rate_limited_total{limit="ingest"}"#, "0"),
        (r#"pecta_auth_failures_total{code="auth_missing"}"#, "1"),
        ("pecta_record_queue_requests", "0"),
        ("pecta_commits_total", "2"),
        ("pecta_committed_events_total", "4"),
        ("pecta_callout_breaker_opens_total", "0"),
    ] {
        assert_eq!(samples[sample], value, "{sample}: {samples:?}");
    }
    assert!(
        samples
            .keys()
            .any(|sample| sample.starts_with("pecta_build_info{version="))
    );
    // Nothing of a caller is in it, and limits are not to be shared.
    let all = format!("{samples:?}");
    for hidden in [
        "secret-agent",
        "made-up",
        "default-org",
        "pk_live",
        "shared",
    ] {
        assert!(!all.contains(hidden), "{hidden}: {all}");
    }
    // Nothing else is served there, and the metrics nowhere else.
    assert_eq!(metrics.get("/health").status, 404);
    assert_eq!(client.get("/metrics").status, 404);
    server.stop("TERM");
}

fn limits_that_are_not_shared_any_more_are_told(database: &Database) {
    let mut redis = Redis::start();
    let server = home(database)
        .set("PECTA_REDIS_URL", &redis.url())
        .set("PECTA_RATE_LIMIT_DEFAULT", "1000")
        .start();
    let (client, metrics) = (server.client(), scraper(&server));
    let told = || {
        client.get("/v1/agents").expect(200);
        let samples = scrape(&metrics);
        [
            "pecta_shared_limits_up",
            "pecta_shared_limit_fallbacks_total",
        ]
        .map(|name| samples[name].clone())
    };
    assert_eq!(told(), ["1", "0"]);
    redis.kill();
    assert_eq!(told(), ["0", "1"]);
    assert_eq!(told(), ["0", "2"]);
    redis.restart();
    eventually("limits that are shared again", || {
        (told()[0] == "1").then_some(())
    });
}

fn metrics_are_off_unless_they_have_an_address() {
    let server = Server::start();
    assert_eq!(server.client().get("/metrics").status, 404);
    assert!(!server.log().contains("metrics"), "{}", server.log());
    let taken = Home::new().set("PECTA_METRICS_ADDR", &server.address().to_string());
    let output = taken.run(&[]);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(
        output.stderr.contains("metrics_addr: "),
        "{}",
        output.stderr
    );
}
