//! Any engine on any payload: no panic, findings that are parts of what was judged, and one verdict however it is asked for.
#![no_main]

use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use pecta_gates::{Json, Subject};
use pecta_gates_fuzz::{Options, check_hurried, judge, parse_or_quote, to_text};

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    options: u8,
    latency_ms: Option<f64>,
    /// The output; behind a line feed, which no shortest JSON text holds, the input.
    text: &'a str,
}

fuzz_target!(|case: Case<'_>| {
    let options = Options::drawn(case.options);
    let Some(engine) = options.engine() else {
        return;
    };
    let (output, input) = case.text.split_once('\n').unwrap_or((case.text, "null"));
    let (output, input) = (parse_or_quote(output), parse_or_quote(input));
    let subject = |output| {
        let mut subject = Subject::new(output).input(&input);
        subject.latency_ms = case.latency_ms;
        subject
    };
    let verdict = judge(&engine, &options, &subject(&output));

    let reread = to_text(&output);
    let reread = Json::parse(&reread).expect("what was parsed once is JSON");
    assert_eq!(judge(&engine, &options, &subject(&reread)), verdict);

    check_hurried(&engine, &subject(&output), &verdict);
});
