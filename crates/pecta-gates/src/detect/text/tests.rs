//! Tests over all detectors of this folder, with any text.

use super::*;
use crate::{Profile, detect::testing};

/// Every search of this folder.
fn searches() -> Vec<Search> {
    let probes = Check::ALL
        .iter()
        .map(|check| check.under(Profile::Standard));
    probes.filter_map(search).collect()
}

/// Nothing comes of any text but a located match: no panic, and no match outside the text or within a character.
#[test]
fn every_detector_takes_any_text() {
    use proptest::prelude::*;
    let searches = searches();
    let pieces = prop::collection::vec(
        prop_oneof![
            "\\PC{0,6}",
            "[0-9]{1,5}",
            "[-. @:/+()%=\"'`]{1,3}",
            Just("+1".to_owned()),
            Just("password=".to_owned()),
            Just("ghp_".to_owned()),
            Just("ignore all previous ".to_owned()),
            Just("sorry, i can't ".to_owned()),
            Just("![](https://a?".to_owned()),
            Just("-----BEGIN PRIVATE KEY-----".to_owned()),
            Just("\u{E0041}\u{200B}".to_owned()),
            Just("申し訳ありませんが".to_owned()),
            Just("GB82".to_owned()),
            Just("2a00::".to_owned()),
            Just("user@例子.com".to_owned()),
        ],
        0..12,
    );
    proptest!(|(pieces in pieces)| {
        let text = pieces.concat();
        for search in &searches {
            for found in testing::found(search, &text) {
                prop_assert!(text.get(found.range.clone()).is_some_and(|part| !part.is_empty()), "{:?} {}", found, text);
            }
        }
    });
}

/// The shapes of digits leave out no number: as many are found as when every run of digits is judged.
#[test]
fn no_shape_hides_a_number() {
    use proptest::prelude::*;
    let numbers = Check::ALL.iter().filter_map(|&check| super::numbers(check));
    let numbers: Vec<_> = numbers
        .map(|detector| (detector, Search::Numbers(detector)))
        .collect();
    let pieces = prop::collection::vec(
        prop_oneof![
            "[0-9]{1,9}",
            "[-. ()/:,x\n]{1,2}",
            "(SSN|card|Tel\\.:|from|ref) ",
            Just("536-90-4399".to_owned()),
            Just("5555 5555 5555 4444".to_owned()),
            Just("(415) 555-2671".to_owned()),
            Just("+44 (0)20 7946 0958".to_owned()),
            Just("DE89 3704 0044 0532 0130 00".to_owned()),
            Just("81.150.0.111".to_owned()),
            Just("2a00:1450::1".to_owned()),
        ],
        0..8,
    );
    proptest!(ProptestConfig::with_cases(2000), |(pieces in pieces)| {
        let text = pieces.concat();
        let bytes = text.as_bytes();
        let is_start = |at: &usize| {
            let before = at.checked_sub(1).map(|before| bytes[before]);
            bytes[*at].is_ascii_digit() && !before.is_some_and(|byte| byte.is_ascii_digit())
        };
        for (detector, search) in &numbers {
            let runs = (0..bytes.len()).filter(is_start);
            let all = runs.map(|at| at..at + crate::prefilter::run_length(bytes, at));
            let expected: Vec<_> = all.filter_map(|run| detector.judge(bytes, run)).collect();
            prop_assert_eq!(testing::found(search, &text), expected, "{}", text);
        }
    });
}
