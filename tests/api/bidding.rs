//! OpenRTB requests and responses, judged by the policy of `examples/rtb.toml`.
//!
//! Each file of `openrtb/` is a pair, with what every gate says of it: `passed`, or `failed` or `skipped` and the reason.

use pecta_tests::{Home, Server, tests};
use serde_json::{Map, Value, json};

tests!(
    once: [
        each_gate_says_what_is_expected_of_each_pair,
        a_fault_that_an_event_tells_can_be_suppressed,
    ],
);

macro_rules! pairs {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("openrtb/", $name, ".json")))),*]
    };
}

const PAIRS: &[(&str, &str)] = &pairs![
    "app",
    "app_for_children",
    "audio",
    "audio_out_of_proportion",
    "banner",
    "banner_blocked_advertiser",
    "banner_blocked_subcategory",
    "coppa",
    "coppa_unsafe",
    "deal",
    "deal_below_its_floor",
    "impressions_of_one_id",
    "late",
    "multiple_impressions",
    "multiple_impressions_and_another",
    "native",
    "native_placeholder_advertiser",
    "no_bid",
    "over_the_cap",
    "video_below_floor",
    "video_pod",
];

fn server() -> Server {
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/rtb.toml");
    Home::new().set("PECTA_POLICY", policy).start()
}

fn each_gate_says_what_is_expected_of_each_pair() {
    let server = server();
    for (name, text) in PAIRS {
        let pair: Value = serde_json::from_str(text).unwrap();
        let request = json!({
            "agent_id": "bidder-1",
            "input": pair["input"],
            "output": pair["output"],
            "context": pair["context"],
        });
        let answer = server.client().post("/v1/evaluate", &request).expect(200);
        let gates = answer["gates"].as_array().unwrap().iter();
        let said: Map<_, _> = gates.map(said).collect();
        assert_eq!(Value::from(said), pair["expected"], "{name}");
        let fails = |said: &Value| said.as_str().unwrap().starts_with("failed");
        let expected = pair["expected"].as_object().unwrap();
        assert_eq!(answer["passed"], !expected.values().any(fails), "{name}");
    }
}

fn a_fault_that_an_event_tells_can_be_suppressed() {
    let server = server();
    let client = server.client();
    let evaluate = |bids: &Value| {
        let request = json!({
            "agent_id": "bidder-1",
            "input": {"imp": [{"id": "1"}]},
            "output": {"seatbid": [{"bid": bids}]},
        });
        client.post("/v1/evaluate", &request).expect(200)
    };
    let bids = json!([
        {"impid": "1", "price": 1, "adomain": ["shoes.com"]},
        {"impid": "1", "price": 101, "adomain": ["shoes.com"]},
    ]);
    assert_eq!(evaluate(&bids)["passed"], false);
    let found = json!({
        "gate": "rtb.bid-sanity", "rule": "price-over-cap", "pointer": "/seatbid/0/bid/1/price", "offset": 0, "length": 0,
    });
    assert_eq!(client.events("")[0]["findings"], json!([found]));

    let admin = server.client_with(&server.secret_key());
    let suppression = json!({
        "gate": found["gate"], "rule": found["rule"], "pointer": found["pointer"], "reason": "a known campaign",
    });
    let made = admin.post("/v1/suppressions", &suppression).expect(201);
    let answer = evaluate(&bids);
    assert_eq!(answer["passed"], true);
    let mut gates = answer["gates"].as_array().unwrap().iter();
    let suppressed = gates.find(|gate| gate["name"] == "rtb.bid-sanity").unwrap();
    assert_eq!(suppressed["suppressed"], made["id"]);
    assert_eq!(client.events("")[0].get("findings"), None);

    let negative = json!([
        {"impid": "1", "price": -1, "adomain": ["shoes.com"]},
        {"impid": "1", "price": 101, "adomain": ["shoes.com"]},
    ]);
    assert_eq!(evaluate(&negative)["passed"], false);
    assert_eq!(
        client.events("")[0]["findings"][0]["rule"],
        "negative-price"
    );
}

/// What a gate says.
fn said(gate: &Value) -> (String, Value) {
    let reason = gate["reason"].as_str().unwrap_or_default();
    let verdict = match (&gate["passed"], &gate["skipped"]) {
        (_, Value::Bool(true)) => format!("skipped: {reason}"),
        (Value::Bool(true), _) => "passed".to_owned(),
        _ => format!("failed: {reason}"),
    };
    (gate["name"].as_str().unwrap().to_owned(), verdict.into())
}
