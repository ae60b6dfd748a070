//! US social security numbers.
//!
//! Flags `\b(?!000|666|9\d{2})\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b`: three, two and four digits with hyphens between them.
//!
//! Leaves alone the areas that are never issued (000, 666, 900 to 999), group 00, serial 0000, numbers without hyphens, and
//! longer runs of digits.

use std::ops::Range;

use super::{Detector, Match, around};
use crate::{
    prefilter::ByteKinds,
    text::{ends_without_word, starts_without_word},
};

/// Anchored at the first of the last four digits.
pub(crate) struct Ssn;

impl Detector for Ssn {
    fn needs(&self) -> ByteKinds {
        ByteKinds::DASH.and(ByteKinds::DIGIT).and(ByteKinds::LONG)
    }

    fn ends_in_four_digits(&self) -> bool {
        true
    }

    fn find(&self, text: &[u8], mut anchors: Range<usize>) -> Option<Match> {
        anchors.find_map(|serial| number(text, serial))
    }
}

fn number(text: &[u8], serial: usize) -> Option<Match> {
    let range = serial.checked_sub(7)?..serial + 4;
    let number: &[u8; 11] = text.get(range.clone())?.try_into().ok()?;
    let [area @ .., b'-', _, _, b'-', _, _, _, _] = number else {
        return None;
    };
    let (group, serial) = (number.get(4..6)?, number.get(7..)?);
    let formatted = [area, group, serial]
        .iter()
        .all(|part| part.iter().all(u8::is_ascii_digit));
    let issued = area != b"000"
        && area != b"666"
        && !area.starts_with(b"9")
        && group != b"00"
        && serial != b"0000";
    let alone = ends_without_word(around(text, range.start).0)
        && starts_without_word(around(text, range.end).1);
    (formatted && issued && alone).then_some(Match {
        rule: "us-ssn",
        range,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::testing, Ssn};

    fn check(marked: &str) {
        testing::check(&Ssn, marked);
    }

    #[test]
    fn issued_numbers_are_flagged() {
        check("my ssn is ⟦123-45-6789⟧.");
        check("⟦899-99-9999⟧,⟦001-01-0001⟧");
        check("-⟦123-45-6789⟧-");
        check("é⟦123-45-6789⟧é");
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "000-12-3456",
            "666-00-1234",
            "666-12-1234",
            "900-12-3456",
            "123-00-4567",
            "123-45-0000",
            "123456789",
            "1123-45-6789",
            "123-45-67890",
            "a123-45-6789",
            "123-45-6789_",
            "123-45-678",
            "12-45-6789",
            "2026-11-21",
            "123-4x-6789",
            "---",
        ] {
            check(text);
        }
    }
}
