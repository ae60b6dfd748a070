//! Detectors: each finds one check's pattern in a string. One detector per file, which says on top what it flags and what
//! it leaves alone.
//!
//! Every detector is built around an *anchor*, a rare byte or word that each of its matches contains. It searches for
//! anchors with vectorised means and verifies the text around each, as far as the pattern reaches; anchors share no more
//! than a fixed number of such neighbourhoods, which keeps the whole linear.

mod destructive;
mod email;
mod empty;
mod phone;
mod reach;
mod refusal;
mod rm;
mod rules;
mod sensitive;
mod shell;
mod ssn;
mod text;
mod traversal;

#[cfg(test)]
pub(crate) mod testing;

pub(crate) use empty::{EMPTY_OUTPUT, is_empty};
pub(crate) use reach::Reach;
pub(crate) use rules::{Entry, entries};
pub(crate) use shell::{Piece, argv::List};

use std::ops::Range;

use crate::{
    Profile,
    check::{Check, Probe},
    prefilter::{ByteKinds, Shapes},
};

/// A place in a string that a rule matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) rule: &'static str,
    pub(crate) range: Range<usize>,
}

/// Finds the matches of one probe in a string, around anchors.
pub(crate) trait Detector: Send + Sync {
    /// Kinds of bytes without which nothing in a string can match.
    fn needs(&self) -> ByteKinds;

    /// Words with which every anchor starts, in lower case, if there are such: then [`find`](Self::find) is called only
    /// where one of them starts, beside what [`beyond_ascii`](Self::beyond_ascii) asks for, and the search for the words is
    /// shared with other detectors. It is the faster, the rarer the rarest window of each word is; one word of less than three
    /// bytes makes it slow for all. In an ASCII word, a space stands for any white space, for any byte of a character beyond
    /// ASCII, and at the end of a word for the end of the text. A word that starts with a letter or digit counts only where
    /// none stands before it, unless it is written behind a `*`; behind a `^`, neither where a full stop does, nor a hyphen other
    /// than the first of a line or of a setting's value.
    fn words(&self) -> &[&str] {
        &[]
    }

    /// Whether text that holds characters beyond ASCII may have other anchors: then `find` is called on all of such text. Without
    /// words or last digits, it is called on no other.
    fn beyond_ascii(&self) -> bool {
        false
    }

    /// Whether every anchor is the first of [the last four digits](crate::prefilter::visit_last_four) of a number: then
    /// `find` is called only there.
    fn ends_in_four_digits(&self) -> bool {
        false
    }

    /// Words in lower case that, in the key of a member, say what its value is; a `*` before one means nothing. A short value
    /// behind such a key is searched once more together with it, written as in JSON: `key": "value"`.
    fn labels(&self) -> &[&str] {
        &[]
    }

    /// What alone decides whether there is a match at an anchor; none if there is no such limit.
    fn reach(&self) -> Option<Reach> {
        None
    }

    /// The first match whose anchor starts within `anchors`; the match itself may reach beyond them on both sides.
    ///
    /// The text is the bytes of a string, and a match lies on character boundaries. The end of the range of a match lies
    /// behind the start of its anchor, so that a search can go on from there.
    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match>;
}

/// Finds the matches of one probe that are numbers.
pub(crate) trait NumberDetector: Send + Sync {
    /// The shapes of the digits around which the numbers lie, of which one is enough.
    fn shapes(&self) -> Shapes;

    /// As [`Detector::labels`].
    fn labels(&self) -> &[&str] {
        &[]
    }

    /// The number, if a run of digits of such a shape is the first of one. The text is as in [`Detector::find`]. Nothing
    /// beyond [`NUMBERS_REACH`] of its start decides about it.
    fn judge(&self, text: &[u8], digits: Range<usize>) -> Option<Match>;
}

/// How far the detectors of numbers look.
pub(crate) const NUMBERS_REACH: Reach = Reach {
    before: 64,
    behind: 128,
};

/// Finds the matches of one probe in a string that it has to read from its start.
pub(crate) trait Reader: Send + Sync {
    /// As [`Detector::needs`].
    fn needs(&self) -> ByteKinds;

    /// Words without any of which nothing can match, written as those of [`Detector::words`].
    fn words(&self) -> Vec<&str>;

    /// Whether anything may match in a text, as far as a look at the places tells where the words start. They are in order, and
    /// at least one. Those in blocks that go on as the text before them does are left out.
    fn may_match(&self, text: &str, places: &[usize]) -> bool;

    /// Tells `report` of the matches, until it returns false. `places` are where the words start in the text, in order. A long
    /// string is handed over in overlapping pieces.
    fn read(&self, piece: &Piece<'_>, places: &[usize], report: &mut dyn FnMut(Match) -> bool);
}

/// What looks for the matches of a probe.
pub(crate) enum Search {
    Anchored(Box<dyn Detector>),
    Numbers(&'static dyn NumberDetector),
    Whole(Box<dyn Reader>),
}

impl Search {
    pub(crate) fn needs(&self) -> ByteKinds {
        match self {
            Search::Anchored(detector) => detector.needs(),
            Search::Numbers(_) => ByteKinds::DIGIT,
            Search::Whole(reader) => reader.needs(),
        }
    }

    pub(crate) fn words(&self) -> Vec<&str> {
        match self {
            Search::Anchored(detector) => detector.words().to_vec(),
            Search::Numbers(_) => Vec::new(),
            Search::Whole(reader) => reader.words(),
        }
    }

    /// As [`Detector::beyond_ascii`].
    pub(crate) fn beyond_ascii(&self) -> bool {
        matches!(self, Search::Anchored(detector) if detector.beyond_ascii())
    }

    /// As [`Detector::labels`].
    pub(crate) fn labels(&self) -> &[&str] {
        match self {
            Search::Anchored(detector) => detector.labels(),
            Search::Numbers(detector) => detector.labels(),
            Search::Whole(_) => &[],
        }
    }
}

/// The search for a probe's patterns; none for the check that judges the output as a whole.
pub(crate) fn search(probe: Probe) -> Option<Search> {
    match probe.profile {
        Profile::Strict => strict(probe.check).map(Search::Anchored),
        Profile::Standard => None,
    }
    .or_else(|| shell::search(probe))
    .or_else(|| text::search(probe))
}

/// Whether the search for the probe reads commands, rather than looks for something in them.
pub(crate) fn judges_commands(probe: Probe) -> bool {
    probe.check == Check::Destructive && probe.profile == Profile::Standard
        || destructive::judge(probe.check).is_some()
}

/// The detector of a check's documented patterns.
fn strict(check: Check) -> Option<Box<dyn Detector>> {
    Some(match check {
        Check::Destructive => Box::new(rm::Rm),
        Check::Traversal => Box::new(traversal::Traversal::new()),
        Check::Sensitive => Box::new(sensitive::Sensitive),
        Check::Email => Box::new(email::Email),
        Check::Ssn => Box::new(ssn::Ssn),
        Check::Phone => Box::new(phone::Phone),
        Check::Refusal => Box::new(refusal::Refusal::new()),
        _ => return None,
    })
}

/// The part of the text in which an anchor of `length` bytes can lie that starts within `anchors`.
fn window<'t>(text: &'t [u8], anchors: &Range<usize>, length: usize) -> &'t [u8] {
    let end = anchors.end.saturating_add(length - 1).min(text.len());
    text.get(anchors.start..end).unwrap_or_default()
}

/// The text before and after a position.
pub(crate) fn around(text: &[u8], at: usize) -> (&[u8], &[u8]) {
    text.split_at_checked(at).unwrap_or((text, &[]))
}
