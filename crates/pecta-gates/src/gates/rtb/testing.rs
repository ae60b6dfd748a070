//! What the tests of these gates have in common: a table's helper, realistic pairs of request and response, and malformed ones.

use std::{borrow::Cow, collections::HashSet, fmt::Debug, time::Duration};

use proptest::{prelude::*, sample::select, strategy::Union, test_runner::TestRunner};

use super::openrtb::{Spot, bids};
use crate::{Deadline, Gate, Json, Places, Subject, gates::testing::judge};

#[track_caller]
pub(super) fn check(gate: &dyn Gate, request: &str, response: &str, expected: &str) {
    let (input, output) = (
        Json::parse(request).unwrap(),
        Json::parse(response).unwrap(),
    );
    let actual = judge(gate, &Subject::new(&output).input(&input));
    assert_eq!(actual, expected, "{request}\n{response}");
}

/// Checks where the gate hits, each place as `rule at pointer`.
#[track_caller]
pub(super) fn check_places(gate: &dyn Gate, request: &str, response: &str, expected: &[&str]) {
    let (input, output) = (
        Json::parse(request).unwrap(),
        Json::parse(response).unwrap(),
    );
    let told = told(gate, &Subject::new(&output).input(&input));
    let told = told.iter().map(|(rule, at)| format!("{rule} at {at}"));
    assert_eq!(told.collect::<Vec<_>>(), expected, "{request}\n{response}");
}

/// The places that the gate tells with all the time it wants: rules and pointers.
fn told(gate: &dyn Gate, subject: &Subject<'_>) -> Vec<(&'static str, String)> {
    let stopped = || Duration::ZERO;
    let deadline = Deadline::new(&stopped, Duration::MAX);
    let mut places = Places::new(&deadline);
    gate.places(subject, &mut places);
    assert!(!places.is_short);
    let told = places.found.into_iter();
    told.map(|place| (place.rule, place.pointer)).collect()
}

/// A response of one seat that makes the bids.
pub(super) fn response(bids: &str) -> String {
    format!(r#"{{"id": "r1", "seatbid": [{{"bid": {bids}, "seat": "512"}}], "cur": "USD"}}"#)
}

/// Pairs of a request and a response such as exchanges and bidders write, with nothing wrong.
pub(super) const PAIRS: [(&str, &str); 3] = [
    // A banner on a site.
    (
        r#"{
            "id": "q-7f3a", "at": 1, "cur": ["USD"], "tmax": 120,
            "imp": [{"id": "1", "bidfloor": 0.03, "bidfloorcur": "USD", "banner": {"h": 250, "w": 300, "pos": 0}}],
            "site": {
                "id": "site-4", "cat": ["IAB3-1"], "domain": "news.daily-post.com", "page": "https://news.daily-post.com/sports/42",
                "publisher": {"id": "pub-2", "name": "daily-post.com", "cat": ["IAB3-1"], "domain": "daily-post.com"}
            },
            "device": {"ua": "Mozilla/5.0", "ip": "203.0.113.9"}, "user": {"id": "user-31"},
            "bcat": ["IAB25", "IAB26", "IAB7-39"], "badv": ["competitor.com"], "regs": {"coppa": 0}
        }"#,
        r#"{
            "id": "q-7f3a", "bidid": "resp-1", "cur": "USD",
            "seatbid": [{"seat": "512", "bid": [{
                "id": "1", "impid": "1", "price": 0.82, "adid": "campaign-9", "adm": "<a href=\"...\">",
                "nurl": "https://win.acme-shoes.com/?p=${AUCTION_PRICE}", "adomain": ["acme-shoes.com"],
                "iurl": "https://cdn.acme-shoes.com/summer.jpeg", "cid": "campaign-9",
                "crid": "summer-300x250", "attr": [], "cat": ["IAB2-3"], "dealid": "spring-deal"
            }]}]
        }"#,
    ),
    // Two impressions in an app, one of them with a private deal, in euros.
    (
        r#"{
            "id": "q-8c21", "at": 2, "tmax": 200, "cur": ["EUR"],
            "imp": [
                {
                    "id": "1", "bidfloor": 0.1, "bidfloorcur": "EUR", "video": {"mimes": ["video/mp4"], "protocols": [2, 5]},
                    "pmp": {"private_auction": 1, "deals": [
                        {"id": "video-premium", "at": 1, "bidfloor": 2.5, "bidfloorcur": "EUR", "wseat": ["agency-5"]}
                    ]}
                },
                {"id": "2", "bidfloor": 0.2, "bidfloorcur": "EUR", "native": {"request": "{}", "ver": "1.2"}}
            ],
            "app": {"id": "app-6", "bundle": "com.brightpixel.maze", "cat": ["IAB9-30"]}, "bcat": ["IAB25"]
        }"#,
        r#"{
            "id": "q-8c21", "cur": "EUR",
            "seatbid": [
                {"seat": "agency-5", "bid": [{
                    "id": "1", "impid": "1", "price": 3.1, "dealid": "video-premium", "adomain": ["ford.com"], "cat": ["IAB2"]
                }]},
                {"seat": "77", "bid": [{"id": "2", "impid": "2", "price": 0.2, "adomain": ["www.bmw.co.uk"]}]}
            ]
        }"#,
    ),
    // Inventory for children.
    (
        r#"{
            "id": "k1", "imp": [{"id": "1", "banner": {"w": 320, "h": 50}}], "regs": {"coppa": 1},
            "app": {"bundle": "com.example.toddlerpuzzle", "cat": ["IAB9"]}, "bcat": ["IAB26"], "badv": ["casino.example"]
        }"#,
        r#"{"id": "k1", "seatbid": [{"bid": [{
            "id": "1", "impid": "1", "price": 1.25, "adomain": ["lego.com"], "cat": ["IAB9-30", "IAB14-10"]
        }]}]}"#,
    ),
];

#[track_caller]
pub(super) fn check_pairs(gate: &dyn Gate, expected: &str) {
    for (request, response) in PAIRS {
        check(gate, request, response, expected);
    }
}

/// No gate panics on any JSON, reasons stay presentable, and places are those of the faults.
pub(super) fn check_any_json<G: Gate + Debug>(
    gates: impl Strategy<Value = G>,
    rules: &'static [&'static str],
) {
    let judged = |(gate, request, response): (G, Json<'static>, Json<'static>)| {
        let outcome = judge(&gate, &Subject::new(&response).input(&request));
        prop_assert!(outcome.chars().count() < 500 && !outcome.contains(char::is_control));
        check_faults(&gate, rules, &request, &response)
    };
    TestRunner::new(ProptestConfig::with_cases(500))
        .run(&(gates, any_request(), any_response()), judged)
        .unwrap();
}

/// The gate fails if it tells a place and only then. Without the bids in which these are it does not fail; with one of them
/// alone it does.
fn check_faults(
    gate: &dyn Gate,
    rules: &[&str],
    request: &Json<'static>,
    response: &Json<'static>,
) -> Result<(), TestCaseError> {
    let fails = |response: &Json<'_>| {
        judge(gate, &Subject::new(response).input(request)).starts_with("failed")
    };
    let told = told(gate, &Subject::new(response).input(request));
    prop_assert_eq!(fails(response), !told.is_empty());
    let bids: HashSet<String> = bids(response).map(Spot::pointer).collect();
    let mut faulty = HashSet::new();
    for (rule, pointer) in &told {
        prop_assert!(rules.contains(rule), "{}", rule);
        if pointer.is_empty() {
            continue;
        }
        let is_in = |bid: &&String| {
            let rest = pointer.strip_prefix(bid.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let bid = bids.iter().filter(is_in).max_by_key(|bid| bid.len());
        faulty.insert(bid.unwrap().clone());
        prop_assert!(leads(pointer, response), "{}", pointer);
    }
    if told.iter().any(|(_, pointer)| pointer.is_empty()) {
        return Ok(());
    }
    prop_assert!(!fails(&without(response, "", &faulty)));
    for bid in &faulty {
        let others = bids.iter().filter(|other| *other != bid);
        let others = others.cloned().collect();
        prop_assert!(fails(&without(response, "", &others)), "{}", bid);
    }
    Ok(())
}

/// Whether there is a value at the pointer, which has no escapes.
fn leads(pointer: &str, json: &Json<'_>) -> bool {
    let Some(rest) = pointer.strip_prefix('/') else {
        return pointer.is_empty();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (step, rest) = rest.split_at(end);
    match json {
        Json::Array(items) => {
            let item = step.parse().ok().and_then(|nth: usize| items.get(nth));
            item.is_some_and(|item| leads(rest, item))
        }
        Json::Object(members) => {
            let mut members = members.iter();
            members.any(|(key, value)| key == step && leads(rest, value))
        }
        _ => false,
    }
}

/// The response without the bids of these pointers. A list that stands for a member is none.
fn without(json: &Json<'static>, pointer: &str, bids: &HashSet<String>) -> Json<'static> {
    let is_bid = |json: &Json<'_>, pointer: &str, is_item: bool| {
        bids.contains(pointer) && (is_item || !matches!(json, Json::Array(_)))
    };
    match json {
        Json::Array(items) => {
            let items = items.iter().enumerate().filter_map(|(nth, item)| {
                let pointer = format!("{pointer}/{nth}");
                (!is_bid(item, &pointer, true)).then(|| without(item, &pointer, bids))
            });
            Json::Array(items.collect())
        }
        Json::Object(members) => {
            let members = members.iter().filter_map(|(key, value)| {
                let pointer = format!("{pointer}/{key}");
                (!is_bid(value, &pointer, false))
                    .then(|| (key.clone(), without(value, &pointer, bids)))
            });
            Json::Object(members.collect())
        }
        scalar => scalar.clone(),
    }
}

/// If a reader that takes one of duplicate keys gets to see something that fails, the whole fails.
pub(super) fn check_readings(gate: &dyn Gate) {
    let malformed = (any_request(), any_response(), any::<u64>());
    let judged = |(request, response, choices): (Json<'static>, Json<'static>, u64)| {
        let mut choices = choices;
        let read = (
            reading(&request, &mut choices),
            reading(&response, &mut choices),
        );
        let outcome = |request, response| judge(gate, &Subject::new(response).input(request));
        if outcome(&read.0, &read.1).starts_with("failed") {
            prop_assert!(outcome(&request, &response).starts_with("failed"));
        }
        Ok(())
    };
    let mut runner = TestRunner::new(ProptestConfig::with_cases(2_000));
    runner.run(&malformed, judged).unwrap();
}

/// What remains when the choices, a bit each, say whether a later duplicate takes the place of an earlier one.
fn reading(json: &Json<'static>, choices: &mut u64) -> Json<'static> {
    match json {
        Json::Array(items) => {
            Json::Array(items.iter().map(|item| reading(item, choices)).collect())
        }
        Json::Object(members) => {
            let mut read: Vec<(Cow<'_, str>, Json<'_>)> = Vec::new();
            for (key, value) in members {
                let value = reading(value, choices);
                match read.iter_mut().find(|(other, _)| other == key) {
                    None => read.push((key.clone(), value)),
                    Some(earlier) => {
                        if *choices & 1 == 1 {
                            earlier.1 = value;
                        }
                        *choices = choices.rotate_right(1);
                    }
                }
            }
            Json::Object(read)
        }
        scalar => scalar.clone(),
    }
}

type AnyJson = BoxedStrategy<Json<'static>>;

/// A request, mostly.
pub(super) fn any_request() -> AnyJson {
    let deal = object(vec![
        ("id", id()),
        ("bidfloor", amount()),
        ("bidfloorcur", currency()),
    ]);
    let imp = object(vec![
        ("id", id()),
        ("id", id()),
        ("bidfloor", amount()),
        ("bidfloorcur", currency()),
        ("pmp", object(vec![("deals", list(deal))])),
    ]);
    let inventory = || {
        object(vec![
            ("cat", list(category())),
            ("bundle", string(&["com.KIDS.x", "com.x"])),
        ])
    };
    object(vec![
        ("imp", list(imp.clone())),
        ("imp", list(imp)),
        ("app", inventory()),
        ("site", inventory()),
        ("regs", object(vec![("coppa", amount())])),
        ("bcat", list(category())),
        ("badv", list(domain())),
        ("tmax", amount()),
    ])
}

/// A response, mostly.
pub(super) fn any_response() -> AnyJson {
    let bid = object(vec![
        ("impid", id()),
        ("impid", id()),
        ("price", amount()),
        ("price", amount()),
        ("dealid", id()),
        ("adomain", list(domain())),
        ("cat", list(category())),
    ]);
    let seat = object(vec![("bid", list(bid))]);
    object(vec![("seatbid", list(seat)), ("cur", currency())])
}

fn id() -> AnyJson {
    string(&["1", "2", ""])
}

fn currency() -> AnyJson {
    string(&["USD", "EUR", "eur"])
}

fn category() -> AnyJson {
    string(&[
        "IAB26", "IAB26-1", "IAB7", "IAB7-39", "IAB13", "IAB8-5", "IAB\n", "-",
    ])
}

fn domain() -> AnyJson {
    string(&[
        "ford.com",
        "www.ford.com.",
        " EXAMPLE.com",
        "ads.co.uk",
        "..",
        "x",
    ])
}

fn amount() -> AnyJson {
    let amounts = prop_oneof![
        select(vec![0.0, 1.0, 15.0, -1.0, 1e-300, 1e300]),
        any::<f64>(),
        0.0..100.0
    ];
    strange(
        amounts.prop_map(|amount| {
            serde_json::Number::from_f64(amount).map_or(Json::Null, Json::Number)
        }),
    )
}

fn string(values: &[&'static str]) -> AnyJson {
    strange(select(values.to_vec()).prop_map(|text| Json::String(text.into())))
}

fn list(item: AnyJson) -> AnyJson {
    strange(prop::collection::vec(item, 0..4).prop_map(Json::Array))
}

/// Objects in which every field may be absent, or there more than once.
fn object(fields: Vec<(&'static str, AnyJson)>) -> AnyJson {
    let most = fields.len() + 2;
    let field = |(key, value): (&'static str, AnyJson)| {
        value.prop_map(move |value| (Cow::Borrowed(key), value))
    };
    let member = Union::new(fields.into_iter().map(|of| field(of).boxed()));
    strange(prop::collection::vec(member, 0..most).prop_map(Json::Object))
}

/// The value, or now and then something else.
fn strange(value: impl Strategy<Value = Json<'static>> + 'static) -> AnyJson {
    let text = prop_oneof![any::<String>(), "[a-z\u{0}-\u{ff}]{250,400}"];
    let other = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(|number| Json::Number(number.into())),
        text.prop_map(|text| Json::String(text.into())),
        Just(Json::Array(vec![Json::Null])),
        Just(Json::Object(Vec::new())),
    ];
    prop_oneof![15 => value, 1 => other].boxed()
}
