//! `..` as a path component.
//!
//! Flags ``(?:^|[/\\\s'"`])\.\.(?:$|[/\\\s'"`])``: two dots that stand alone between the ends of the string, slashes, quotes
//! or white space. The match is the two dots.
//!
//! Leaves alone ellipses (`wait...`), ranges (`1..5`) and dots within a name (`docs..old`).

use std::ops::Range;

use memchr::memmem::Finder;

use super::{Detector, Match, around};
use crate::{
    prefilter::ByteKinds,
    text::{leading, leading_space, trailing_space},
};

/// Anchored at the two dots. In a longer run of dots no pair stands alone, so a run is passed over as a whole.
pub(crate) struct Traversal {
    dots: Finder<'static>,
}

impl Traversal {
    pub(crate) fn new() -> Self {
        Self {
            dots: Finder::new(b".."),
        }
    }
}

impl Detector for Traversal {
    fn needs(&self) -> ByteKinds {
        ByteKinds::DOT
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        let end = text.len().min(anchors.end + 1);
        let mut from = anchors.start;
        while let Some(at) = self.dots.find(text.get(from..end)?) {
            let start = from + at;
            // Three are as many as any more.
            let more = text.get(start..text.len().min(end + 1))?;
            let dots = leading(more, |byte| byte == b'.');
            let range = start..start + dots;
            if dots == 2 && stands_alone(text, &range) {
                return Some(Match {
                    rule: "parent-directory",
                    range,
                });
            }
            from = range.end;
        }
        None
    }
}

fn stands_alone(text: &[u8], dots: &Range<usize>) -> bool {
    let (before, after) = (around(text, dots.start).0, around(text, dots.end).1);
    let ends = |byte: Option<&u8>| byte.is_none_or(|byte| b"/\\'\"`".contains(byte));
    (ends(before.last()) || trailing_space(before) > 0)
        && (ends(after.first()) || leading_space(after) > 0)
}

#[cfg(test)]
mod tests {
    use super::{super::testing, Traversal};

    fn check(marked: &str) {
        testing::check(&Traversal::new(), marked);
    }

    #[test]
    fn components_are_flagged() {
        check("⟦..⟧");
        check("cat ⟦..⟧/⟦..⟧/secret");
        check("type ⟦..⟧\\x");
        check("a/⟦..⟧");
        check("'⟦..⟧' \"⟦..⟧\" `⟦..⟧`");
        check("x\u{A0}⟦..⟧\u{2028}y ... ⟦..⟧");
    }

    #[test]
    fn other_dots_are_left_alone() {
        for text in [
            "wait... what",
            "version 1.2.3",
            "docs..old",
            "1..5",
            "(..)",
            "a..",
            "..b",
            "....",
            ".",
            "/...",
            "é..",
            ".. .".get(1..).unwrap(),
        ] {
            check(text);
        }
    }
}
