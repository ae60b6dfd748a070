//! Any string in every search: each check alone finds what it finds among all the others.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pecta_gates::{BuiltIn, Json, Profile, Subject};
use pecta_gates_fuzz::{Options, judge};

fuzz_target!(|text: &str| {
    let output = Json::String(text.into());
    let subject = Subject::new(&output);
    for profile in [Profile::Strict, Profile::Standard] {
        let all = Options::every_check(profile);
        let engine = all.engine().expect("there are gates");
        let together = judge(&engine, &all, &subject);
        if together.gates.iter().any(|gate| !gate.complete) {
            continue;
        }
        let together = together.findings;
        for (at, gate) in BuiltIn::all().enumerate() {
            for (bit, check) in gate.checks().into_iter().enumerate() {
                let options = Options {
                    gates: 1 << at,
                    checks: [1 << bit; 6],
                    ..all.clone()
                };
                let engine = options.engine().expect("there is a gate");
                let alone = judge(&engine, &options, &subject).findings;
                let of_check = together
                    .iter()
                    .filter(|found| found.check == check && &*found.gate == gate.name());
                assert!(alone.iter().eq(of_check), "{check}: {alone:?}");
            }
        }
    }
});
