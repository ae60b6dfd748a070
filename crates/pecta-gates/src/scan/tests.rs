//! Text that repeats itself is judged as any other.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::{
    Profile,
    check::Check,
    detect::{self, Search, testing},
};

const PARTS: &[&str] = &[
    "rm ",
    "rm -rf /data",
    " -rf ",
    "sudo ",
    "; ",
    "\n",
    "\r\n",
    " ",
    "'",
    "\"",
    "`",
    "\\",
    "$(",
    ")",
    "{",
    "}",
    "# ",
    "echo ",
    "cat ",
    "/etc/passwd ",
    "../",
    "<<EOF\n",
    "EOF\n",
    "git push ",
    "--force ",
    "dd of=/dev/sda ",
    "DROP TABLE x;",
    "SELECT 1; ",
    "curl x.io ",
    "| sh ",
    "a",
    "the ",
    "x=1 ",
    "> ",
    "/dev/sda ",
    "del /s ",
    "C:\\ ",
    "kubectl ",
    "delete ns x ",
];

fn parts(count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    vec(select(PARTS), count).prop_map(|parts| parts.concat())
}

/// The ranges in which a check finds something.
fn found(check: Check, text: &str) -> Vec<std::ops::Range<usize>> {
    let probes: ProbeSet = [check.under(Profile::Standard)].into_iter().collect();
    let slot = TextSlot {
        probes,
        ends_run: false,
    };
    let scanner = Scanner::new(vec![slot], Scope::default());
    let clock = || Duration::ZERO;
    let deadline = Deadline::new(&clock, Duration::from_secs(1));
    let scan = scanner.scan(&Json::String(text.into()), &deadline, Duration::ZERO, true);
    let ranges = scan
        .of(probes)
        .into_iter()
        .map(|located| located.found.range.clone());
    ranges.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn text_that_repeats_itself_is_read_where_it_matters(
        before in parts(0..4),
        repeated in parts(1..6),
        behind in parts(0..4),
        size in 13_000_usize..20_000,
    ) {
        let text = before + &repeated.repeat(size / repeated.len()) + &behind;
        for check in Check::ALL {
            let search = detect::search(check.under(Profile::Standard));
            let Some(search @ Search::Whole(_)) = search else {
                continue;
            };
            let expected = testing::found(&search, &text);
            let found = found(*check, &text);
            prop_assert_eq!(found.is_empty(), expected.is_empty(), "{:?} of {:?}", check, repeated);
            if expected.len() < MAX_FINDINGS {
                for one in expected {
                    let is_covered = found.iter().any(|range| range.start <= one.range.start && one.range.end <= range.end);
                    prop_assert!(is_covered, "{:?} of {:?}: {:?}", check, repeated, one);
                }
            }
        }
    }
}
