//! The gates of real-time bidding with all their options, on any request and response.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use pecta_gates::{Engine, InvalidOption, Json, Subject, rtb};
use pecta_gates_fuzz::{Options, judge, parse_or_quote, to_text};

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    /// What the gates have to switch on.
    switches: [bool; 7],
    /// What the gates have to compare with, in eighths.
    buffer_ms: u16,
    max_price: u16,
    max_floor_multiple: u16,
    tmax_ms: Option<f64>,
    elapsed_ms: Option<f64>,
    /// The request and, behind a line feed, the response.
    text: &'a str,
}

fn engine(case: &Case<'_>) -> Result<Engine, InvalidOption> {
    let [empty, zero, floor, duplicates, coppa, subcategories, badv] = case.switches;
    let eighths = |eighths: u16| f64::from(eighths) / 8.0;
    let engine = Engine::builder()
        .gate(rtb::TmaxGuard::new().buffer_ms(eighths(case.buffer_ms))?)
        .gate(rtb::ImpidMatch::new().duplicate_imp_ids(duplicates))
        .gate(rtb::AdomainVerify::new().allow_empty(empty))
        .gate(
            rtb::BidSanity::new()
                .max_price(eighths(case.max_price))?
                .max_floor_multiple(eighths(case.max_floor_multiple))?
                .zero_price_needs_deal(zero)
                .below_floor(floor),
        )
        .gate(rtb::AudienceSafety::new().coppa_as_string(coppa))
        .gate(
            rtb::BcatCompliance::new()
                .subcategories(subcategories)
                .badv(badv),
        )
        .budget(Duration::from_secs(1))
        .fail_fast(false);
    Ok(engine.build().expect("the gates have names of their own"))
}

fuzz_target!(|case: Case<'_>| {
    let Ok(engine) = engine(&case) else {
        return;
    };
    let (request, response) = case.text.split_once('\n').unwrap_or((case.text, "null"));
    let (request, response) = (parse_or_quote(request), parse_or_quote(response));
    let options = Options::every_check(Default::default());
    let verdict = |request, response| {
        let mut subject = Subject::new(response).input(request);
        subject.tmax_ms = case.tmax_ms;
        subject.elapsed_ms = case.elapsed_ms;
        judge(&engine, &options, &subject)
    };
    let (again, answered) = (to_text(&request), to_text(&response));
    let again = Json::parse(&again).expect("what was parsed once is JSON");
    let answered = Json::parse(&answered).expect("what was parsed once is JSON");
    assert_eq!(verdict(&again, &answered), verdict(&request, &response));
});
