//! What the gate promises.

use std::time::Duration;

use proptest::prelude::*;

use super::{super::testing, *};
use crate::{Engine, MAX_FINDINGS, TIMEOUT};

const MISSING: &str = "failed: bid missing price";
const NEGATIVE: &str = "failed: bid price is negative";
const FLOOR_1: &str = r#"{"imp": [{"id": "1", "bidfloor": 1}]}"#;

#[track_caller]
fn check(gate: &BidSanity, request: &str, bids: &str, expected: &str) {
    testing::check(gate, request, &testing::response(bids), expected);
}

#[test]
fn without_bids_it_is_skipped() {
    check(
        &BidSanity::new(),
        FLOOR_1,
        "[]",
        "skipped: no bids in response",
    );
    testing::check(
        &BidSanity::new(),
        "null",
        "null",
        "skipped: no bids in response",
    );
}

#[test]
fn a_bid_has_a_price() {
    for bid in [
        "{}",
        r#"{"price": null}"#,
        r#"{"price": "1"}"#,
        r#"{"price": [1]}"#,
        "7",
        "null",
        r#"{"price": 1, "price": "x"}"#,
    ] {
        check(&BidSanity::new(), "null", &format!("[{bid}]"), MISSING);
        check(
            &BidSanity::new(),
            "null",
            &format!(r#"[{{"price": -1}}, {bid}]"#),
            MISSING,
        );
    }
    for price in ["0", "-0.0", "0.01", "1e300", "18446744073709551615"] {
        check(
            &BidSanity::new(),
            "null",
            &format!(r#"[{{"price": {price}}}]"#),
            "passed",
        );
    }
}

#[test]
fn a_price_is_not_negative() {
    check(
        &BidSanity::new(),
        "null",
        r#"[{"price": 1}, {"price": -0.01}]"#,
        NEGATIVE,
    );
    check(
        &BidSanity::new(),
        "null",
        r#"[{"price": 1, "price": -1}]"#,
        NEGATIVE,
    );
    let capped = BidSanity::new().max_price(1.0).unwrap();
    check(
        &capped,
        "null",
        r#"[{"price": 2}, {"price": -1}]"#,
        NEGATIVE,
    );
}

#[test]
fn a_price_is_at_most_the_cap() {
    let capped = BidSanity::new().max_price(25.0).unwrap();
    check(&capped, "null", r#"[{"price": 25}]"#, "passed");
    check(
        &capped,
        "null",
        r#"[{"price": 25.5}]"#,
        "failed: bid price 25.5 exceeds cap 25",
    );
    check(
        &capped,
        "null",
        r#"[{"price": 1}, {"price": 40.00}, {"price": 50}]"#,
        "failed: bid price 40 exceeds cap 25",
    );
    check(
        &capped,
        "null",
        r#"[{"price": 1e300}]"#,
        "failed: bid price 1e300 exceeds cap 25",
    );
    check(
        &capped,
        FLOOR_1,
        r#"[{"impid": "1", "price": 100}]"#,
        "failed: bid price 100 exceeds cap 25",
    );
}

#[test]
fn a_price_is_not_many_times_the_floor() {
    let gate = BidSanity::new();
    let over = "failed: bid price is 60.0x the floor, above the 50x limit";
    check(&gate, FLOOR_1, r#"[{"impid": "1", "price": 50}]"#, "passed");
    check(&gate, FLOOR_1, r#"[{"impid": "1", "price": 60}]"#, over);
    check(
        &gate,
        r#"{"imp": [{"id": "1", "bidfloor": 0.5}]}"#,
        r#"[{"impid": "1", "price": 30}]"#,
        over,
    );
    check(
        &gate,
        r#"{"imp": [{"id": "1", "bidfloor": 9, "bidfloor": 1}]}"#,
        r#"[{"impid": "1", "price": 60}]"#,
        over,
    );
    check(
        &gate,
        r#"{"imp": [{"id": "1", "bidfloor": 9}, {"id": "1", "bidfloor": 1}]}"#,
        r#"[{"impid": "1", "price": 60}]"#,
        over,
    );
    check(
        &gate,
        FLOOR_1,
        r#"[{"impid": "1", "price": 1}, {"impid": "2", "impid": "1", "price": 60}]"#,
        over,
    );
    check(
        &gate.clone().max_floor_multiple(2.5).unwrap(),
        FLOOR_1,
        r#"[{"impid": "1", "price": 2.56}]"#,
        "failed: bid price is 2.6x the floor, above the 2.5x limit",
    );
    check(
        &gate,
        r#"{"imp": [{"id": "1", "bidfloor": 5e-324}]}"#,
        r#"[{"impid": "1", "price": 1e308}]"#,
        "failed: bid price is 1.8e308x the floor, above the 50x limit",
    );
}

#[test]
fn without_a_floor_there_is_no_multiple() {
    for request in [
        "null",
        r#"{"imp": [{"id": "2", "bidfloor": 1}]}"#,
        r#"{"imp": [{"id": "1"}]}"#,
        r#"{"imp": [{"id": "1", "bidfloor": 0}]}"#,
        r#"{"imp": [{"id": "1", "bidfloor": -1}]}"#,
        r#"{"imp": [{"id": "1", "bidfloor": "1"}]}"#,
    ] {
        check(
            &BidSanity::new(),
            request,
            r#"[{"impid": "1", "price": 1e9}]"#,
            "passed",
        );
    }
    for bid in [r#"{"price": 1e9}"#, r#"{"impid": 1, "price": 1e9}"#] {
        check(&BidSanity::new(), FLOOR_1, &format!("[{bid}]"), "passed");
    }
}

#[test]
fn the_limit_itself_passes_whatever_binary_fractions_do() {
    for cents in 1..20_000 {
        for multiple in [2, 3, 7, 50] {
            let gate = BidSanity::new()
                .max_floor_multiple(multiple.into())
                .unwrap();
            let amount = |cents: i32| format!("{}.{:02}", cents / 100, cents % 100);
            let request = format!(
                r#"{{"imp": [{{"id": "1", "bidfloor": {}}}]}}"#,
                amount(cents)
            );
            let bids = format!(
                r#"[{{"impid": "1", "price": {}}}]"#,
                amount(cents * multiple)
            );
            check(&gate, &request, &bids, "passed");
        }
    }
}

#[test]
fn a_price_of_zero_needs_a_deal_when_asked_for() {
    let gate = BidSanity::new().zero_price_needs_deal(true);
    let free = "failed: bid price is zero without a deal";
    for bid in [
        r#"{"price": 0}"#,
        r#"{"price": -0.0, "dealid": ""}"#,
        r#"{"price": 0.0, "dealid": 1}"#,
        r#"{"price": 0, "dealid": null}"#,
        r#"{"price": 1, "price": 0}"#,
        r#"{"price": 0, "dealid": "d", "dealid": null}"#,
    ] {
        check(&gate, "null", &format!("[{bid}]"), free);
        check(&BidSanity::new(), "null", &format!("[{bid}]"), "passed");
    }
    check(
        &gate,
        "null",
        r#"[{"price": 0, "dealid": "d"}, {"price": 1}]"#,
        "passed",
    );
}

#[test]
fn a_price_reaches_the_floor_when_asked_for() {
    let gate = BidSanity::new().below_floor(true);
    let below = "failed: bid price 0.4 is below the floor 0.5";
    let request = |imp: &str| format!(r#"{{"imp": [{{"id": "1", "bidfloor": 0.5 {imp}}}]}}"#);
    let bids = r#"[{"impid": "1", "price": 0.4}]"#;
    for (imp, expected) in [
        ("", below),
        (r#", "bidfloorcur": "usd""#, below),
        (r#", "bidfloorcur": null"#, below),
        (r#", "bidfloorcur": "EUR""#, "passed"),
        (r#", "bidfloorcur": 7"#, "passed"),
        (r#", "pmp": {"deals": [{"id": "d", "bidfloor": 9}]}"#, below),
    ] {
        check(&gate, &request(imp), bids, expected);
        check(&BidSanity::new(), &request(imp), bids, "passed");
    }
    check(
        &gate,
        &request(""),
        r#"[{"impid": "1", "price": 0.5}, {"impid": "2", "price": 0}]"#,
        "passed",
    );
    let twice = r#"{"imp": [{"id": "1", "bidfloor": 0.1, "bidfloor": 0.5}]}"#;
    check(&gate, twice, bids, below);
    let euros = r#"{"cur": "EUR", "seatbid": [{"bid": [{"impid": "1", "price": 0.4}]}]}"#;
    testing::check(&gate, &request(""), euros, "passed");
    testing::check(&gate, &request(r#", "bidfloorcur": "EUR""#), euros, below);
}

#[test]
fn a_deal_has_its_own_floor() {
    let gate = BidSanity::new().below_floor(true);
    let check = |deal: &str, bid: &str, expected: &str| {
        let request =
            format!(r#"{{"imp": [{{"id": "1", "bidfloor": 0.5, "pmp": {{"deals": [{deal}]}}}}]}}"#);
        check(
            &gate,
            &request,
            &format!(r#"[{{"impid": "1", {bid}}}]"#),
            expected,
        );
    };
    let deal = r#"{"id": "d", "bidfloor": 2}"#;
    check(
        deal,
        r#""dealid": "d", "price": 1"#,
        "failed: bid price 1 is below the floor 2",
    );
    check(deal, r#""dealid": "d", "price": 2"#, "passed");
    check(deal, r#""dealid": "e", "price": 1"#, "passed");
    check(
        deal,
        r#""dealid": "e", "price": 0.1"#,
        "failed: bid price 0.1 is below the floor 0.5",
    );
    check(r#"{"id": "d"}"#, r#""dealid": "d", "price": 0.1"#, "passed");
    check(
        r#"{"id": "d", "bidfloor": 2, "bidfloorcur": "EUR"}"#,
        r#""dealid": "d", "price": 0.1"#,
        "passed",
    );
}

#[test]
fn options_that_are_none_are_refused() {
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = BidSanity::new().max_price(value).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("max_price must be positive and finite, not {value}")
        );
    }
    for value in [0.99, -1.0, f64::NAN, f64::INFINITY] {
        let error = BidSanity::new().max_floor_multiple(value).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("max_floor_multiple must be finite and at least 1, not {value}")
        );
    }
}

#[test]
fn it_gives_up_when_the_time_is_up() {
    let imps = r#"{"id": "1", "bidfloor": 1},"#.repeat(3000);
    let request = format!(r#"{{"imp": [{imps}{{}}]}}"#);
    let request = Json::parse(&request).unwrap();
    let bids = testing::response(&format!(
        "[{}{{\"price\": 1}}]",
        r#"{"impid": "1", "price": 1},"#.repeat(3000)
    ));
    let bids = Json::parse(&bids).unwrap();
    let late = || Duration::MAX;
    let deadline = Deadline::new(&late, Duration::ZERO);
    let subject = Subject::new(&bids).input(&request);
    let outcome = BidSanity::new().judge(&subject, &deadline);
    assert_eq!(outcome, Outcome::failed(TIMEOUT));
    let mut places = Places::new(&deadline);
    BidSanity::new().places(&subject, &mut places);
    assert!(places.is_short);
}

#[test]
fn all_faults_are_told_where_they_are() {
    let check = |gate: &BidSanity, request: &str, bids: &str, expected: &[&str]| {
        testing::check_places(gate, request, &testing::response(bids), expected);
    };
    let gate = BidSanity::new().max_price(25.0).unwrap();
    let bids = r#"[
        {"impid": "1", "price": 1}, {"impid": "1", "price": 60}, {"impid": "1"},
        {"price": "x", "price": -1, "price": 26}, 7
    ]"#;
    check(
        &gate,
        FLOOR_1,
        bids,
        &[
            "missing-price at /seatbid/0/bid/2",
            "missing-price at /seatbid/0/bid/3/price",
            "missing-price at /seatbid/0/bid/4",
            "negative-price at /seatbid/0/bid/3/price",
            "price-over-cap at /seatbid/0/bid/1/price",
            "price-over-cap at /seatbid/0/bid/3/price",
            "price-over-floor-multiple at /seatbid/0/bid/1/price",
        ],
    );
    let gate = gate.zero_price_needs_deal(true).below_floor(true);
    check(
        &gate,
        FLOOR_1,
        r#"[{"impid": "1", "price": 0.9, "dealid": "d"}, {"impid": "1", "impid": "1", "price": 0}]"#,
        &[
            "zero-price-without-deal at /seatbid/0/bid/1/price",
            "price-below-floor at /seatbid/0/bid/0/price",
            "price-below-floor at /seatbid/0/bid/1/price",
        ],
    );
    check(&gate, FLOOR_1, "[]", &[]);
    // A floor of zero is none.
    check(
        &gate,
        r#"{"imp": [{"id": "1", "bidfloor": 0}]}"#,
        r#"[{"impid": "1", "price": -1}]"#,
        &["negative-price at /seatbid/0/bid/0/price"],
    );
}

#[test]
fn of_several_floors_the_farthest_counts() {
    let request = r#"{"imp": [{"id": "1", "bidfloor": 2}, {"id": "1", "bidfloor": 1}, {"id": "1", "bidfloor": 3}]}"#;
    check(
        &BidSanity::new(),
        request,
        r#"[{"impid": "1", "price": 120}]"#,
        "failed: bid price is 120.0x the floor, above the 50x limit",
    );
    check(
        &BidSanity::new().below_floor(true),
        request,
        r#"[{"impid": "1", "price": 0.5}]"#,
        "failed: bid price 0.5 is below the floor 3",
    );
}

#[test]
fn more_faults_than_there_is_room_for_are_known_to_be_missing() {
    let engine = Engine::builder().gate(BidSanity::new()).build().unwrap();
    for count in [MAX_FINDINGS, MAX_FINDINGS + 1] {
        let response = testing::response(&format!("[{}]", vec!["{}"; count].join(",")));
        let response = Json::parse(&response).unwrap();
        let subject = Subject::new(&response);
        let verdict = engine.evaluate_with_findings(&subject, &|| Duration::ZERO);
        assert_eq!(verdict.findings.len(), MAX_FINDINGS);
        assert_eq!(verdict.gates[0].complete, count == MAX_FINDINGS);
    }
}

#[test]
fn duplicate_keys_of_a_bid_make_no_product() {
    const MANY: usize = 50_000;
    let members = r#""impid": "1", "price": 0, "dealid": "d","#.repeat(MANY);
    let bids = format!("[{{{}}}]", members.trim_end_matches(','));
    let gate = BidSanity::new().zero_price_needs_deal(true);
    for request in [r#"{"imp": {"id": "2"}}"#, FLOOR_1] {
        check(&gate, request, &bids, "passed");
    }
    check(
        &gate.below_floor(true),
        FLOOR_1,
        &bids,
        "failed: bid price 0 is below the floor 1",
    );
}

#[test]
fn realistic_pairs_pass() {
    testing::check_pairs(
        &BidSanity::new()
            .max_price(25.0)
            .unwrap()
            .zero_price_needs_deal(true)
            .below_floor(true),
        "passed",
    );
}

#[test]
fn any_json_is_judged() {
    let gates = (0.1..100.0, 1.0..100.0, any::<bool>(), any::<bool>()).prop_map(
        |(max_price, multiple, zero_price_needs_deal, below_floor)| {
            let gate = BidSanity::new()
                .zero_price_needs_deal(zero_price_needs_deal)
                .below_floor(below_floor);
            gate.max_price(max_price)
                .unwrap()
                .max_floor_multiple(multiple)
                .unwrap()
        },
    );
    testing::check_any_json(gates, BidSanity::rules());
    testing::check_readings(&BidSanity::new().max_price(20.0).unwrap());
    testing::check_readings(&BidSanity::new().zero_price_needs_deal(true));
}
