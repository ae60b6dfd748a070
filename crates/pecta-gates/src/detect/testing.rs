//! Helpers of the detectors' tests.

use std::ops::Range;

use super::{Detector, Match, NumberDetector, Piece, Reader, Search};
use crate::prefilter::{BLOCK, Scratch, Words, visit_last_four, visit_numbers};

/// Where the words stand in the text.
pub(super) fn places(words: &[&str], text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let words = Words::new(std::iter::once(words));
    for start in (0..text.len()).step_by(BLOCK) {
        let block = start..text.len().min(start + BLOCK);
        words.visit(
            text.as_bytes(),
            &block,
            &mut Scratch::new(),
            &mut |at, _| {
                places.push(at);
                true
            },
        );
    }
    places.sort_unstable();
    places
}

/// A search for commands in a text, which hands over each and the range that it takes.
pub(super) type Scripts = fn(&str, &mut dyn FnMut(&str, Range<usize>));

/// Checks which commands are found in the text.
pub(super) fn check_scripts(scripts: Scripts, text: &str, expected: &[&str]) {
    let mut found = Vec::new();
    scripts(text, &mut |script, _| found.push(script.to_owned()));
    assert_eq!(found, expected, "{text}");
}

/// Everything that the search finds in the text.
pub(crate) fn found(search: &Search, text: &str) -> Vec<Match> {
    let (bytes, all) = (text.as_bytes(), 0..text.len());
    let mut found = Vec::new();
    match search {
        Search::Anchored(detector) => {
            let mut anchors = all;
            while let Some(next) = detector.find(bytes, anchors.clone()) {
                assert!(next.range.end > anchors.start, "the search goes on: {text}");
                anchors.start = next.range.end;
                found.push(next);
            }
        }
        Search::Numbers(detector) => {
            let mut judge = |digits, _| found.extend(detector.judge(bytes, digits));
            let shapes = detector.shapes();
            visit_numbers(bytes, &all, shapes, &mut judge);
        }
        Search::Whole(reader) => return found_by(reader.as_ref(), text),
    }
    found
}

/// Everything that the reader finds in the text.
pub(super) fn found_by(reader: &dyn Reader, text: &str) -> Vec<Match> {
    let mut found = Vec::new();
    let places = places(&reader.words(), text);
    if reader.may_match(text, &places) {
        reader.read(&Piece::around(text, places.clone()), &places, &mut |next| {
            found.push(next);
            true
        });
    }
    found
}

/// Checks where the detector finds numbers. `marked` is as in [`check`].
#[track_caller]
pub(super) fn check_number(detector: &'static dyn NumberDetector, marked: &str) {
    let text: String = marked.chars().filter(|c| !"⟦⟧".contains(*c)).collect();
    let part = |range: Range<usize>| {
        text.get(range)
            .expect("matches lie on character boundaries")
    };
    let mut parts = Vec::new();
    let mut end = 0;
    for Match { range, .. } in found(&Search::Numbers(detector), &text) {
        // A number may start again within itself.
        if range.start >= end {
            parts.extend([part(end..range.start), "⟦", part(range.clone()), "⟧"]);
            end = range.end;
        }
    }
    parts.push(part(end..text.len()));
    assert_eq!(parts.concat(), marked);
}

/// Checks where the detector matches. `marked` is the text with every expected match in `⟦` and `⟧`.
#[track_caller]
pub(super) fn check(detector: &dyn Detector, marked: &str) {
    let text: String = marked.chars().filter(|c| !"⟦⟧".contains(*c)).collect();
    let part = |range: Range<usize>| {
        text.get(range)
            .expect("matches lie on character boundaries")
    };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(Match { range, .. }) = detector.find(text.as_bytes(), from..text.len()) {
        assert!(range.end > from, "the search goes on: {marked}");
        found.extend([part(from..range.start), "⟦", part(range.clone()), "⟧"]);
        from = range.end;
    }
    found.push(part(from..text.len()));
    assert_eq!(found.concat(), marked);

    if !detector.words().is_empty() && (text.is_ascii() || !detector.beyond_ascii()) {
        let places = places(detector.words(), &text);
        let found = |at| detector.find(text.as_bytes(), at..at + 1);
        let mut at_words: Vec<_> = places.into_iter().filter_map(found).collect();
        at_words.sort_by_key(|found| found.range.start);
        assert_eq!(
            at_words.first(),
            detector.find(text.as_bytes(), 0..text.len()).as_ref(),
            "at words: {marked}"
        );
    }
    if detector.ends_in_four_digits() {
        let mut around_digits = Vec::new();
        let all = 0..text.len();
        visit_last_four(text.as_bytes(), &all, &mut |anchors| {
            around_digits.extend(detector.find(text.as_bytes(), anchors));
        });
        assert_eq!(
            around_digits.first(),
            detector.find(text.as_bytes(), all).as_ref(),
            "around four digits: {marked}"
        );
    }

    let mut byte_by_byte =
        (0..text.len()).filter_map(|at| detector.find(text.as_bytes(), at..at + 1));
    assert_eq!(
        byte_by_byte.next(),
        detector.find(text.as_bytes(), 0..text.len()),
        "in windows of one anchor: {marked}"
    );
}
