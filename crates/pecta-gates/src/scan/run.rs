//! One scan under way.

use std::ops::Range;

use super::{
    Called, Located, Prepared, Scanner,
    tally::{Form, Tally},
};
use crate::{
    Deadline, Json, Profile,
    check::{Check, ProbeSet},
    clock::Pace,
    detect::{self, Match, Search},
    fold::{self, Folding},
    prefilter::{BLOCK, ByteKinds, Scratch, visit_last_four},
    verdict::{EMBEDDED_MARK, KEY_MARK},
    walk::{Visit, Walk},
};

/// What a visit to a value costs besides reading its text, in bytes of text.
const VISIT_COST: usize = 16;

/// The keys whose strings are often JSON: of calls of tools, of HTTP requests and of OpenRTB's native ads.
const EMBEDDING_KEYS: [&str; 3] = ["arguments", "body", "native"];

/// How many times JSON is parsed that was in a string of JSON.
const DEEPEST_EMBEDDING: usize = 3;

/// A scan under way. Its methods return false when the deadline has passed.
pub(super) struct Run<'s> {
    scanner: &'s Scanner,
    pace: Pace<'s>,
    tally: Tally<'s>,
    scratch: &'s mut Scratch,
}

impl<'s> Run<'s> {
    pub(super) fn new(
        scanner: &'s Scanner,
        deadline: &'s Deadline<'_>,
        scratch: &'s mut Scratch,
        collect: bool,
    ) -> Self {
        Self {
            scanner,
            pace: Pace::new(deadline),
            tally: Tally::new(scanner, collect),
            scratch,
        }
    }

    pub(super) fn finish(self) -> (ProbeSet, Vec<Located>) {
        self.tally.finish()
    }

    pub(super) fn output(&mut self, output: &Json<'_>) -> bool {
        let empty = Check::Empty.under(Profile::default());
        if self.tally.open().contains(empty) && detect::is_empty(output) {
            let rule = detect::EMPTY_OUTPUT;
            self.tally.hit(empty, Match { rule, range: 0..0 });
            self.tally.leave(String::new);
        }
        self.json(output, &Embedded::default())
    }

    /// Judges all there is in an output, or in a string of it.
    fn json(&mut self, json: &Json<'_>, embedded: &Embedded) -> bool {
        let scope = self.scanner.scope;
        let mut walk = Walk::new(json, scope.keys);
        while !self.tally.open().is_empty() {
            let Some(visit) = walk.visit() else {
                break;
            };
            let (in_time, mark) = match visit {
                _ if !self.pace.spend(VISIT_COST) => return false,
                Visit::Key(key) => (self.string(key), KEY_MARK),
                Visit::Scalar(Json::String(text)) => (self.value(walk.key(), text), ""),
                Visit::Scalar(Json::Number(number)) if scope.numbers => {
                    (self.value(walk.key(), &number.to_string()), "")
                }
                Visit::Scalar(_) => continue,
            };
            self.tally.leave(|| embedded.pointer(&walk) + mark);
            if !in_time {
                return false;
            }
            if let Visit::Scalar(Json::String(text)) = visit
                && scope.embedded_json
                && walk.key().is_some_and(|key| EMBEDDING_KEYS.contains(&key))
                && !self.embedded(text, embedded, &walk)
            {
                return false;
            }
        }
        true
    }

    /// Judges what is in a string if it is JSON.
    fn embedded(&mut self, text: &str, outer: &Embedded, walk: &Walk<'_>) -> bool {
        let may_be_json = text.trim_start().starts_with(['{', '[', '"']);
        if !may_be_json || outer.depth == DEEPEST_EMBEDDING {
            return true;
        }
        if !self.pace.spend(text.len()) {
            return false;
        }
        let Ok(json) = Json::parse(text) else {
            return true;
        };
        let embedded = Embedded {
            depth: outer.depth + 1,
            prefix: outer.pointer(walk) + EMBEDDED_MARK,
        };
        self.json(&json, &embedded)
    }

    /// Judges the text of a value, and together with its key if that says what it is.
    fn value(&mut self, key: Option<&str>, text: &str) -> bool {
        let in_time = self.string(text);
        let labels = &self.scanner.labels;
        if let Some(member) = key.and_then(|key| labels.member(key, text)) {
            for (prepared, detector) in labels.detectors(&self.scanner.searches) {
                let source = |range: &Range<usize>| member.in_value(range);
                let form = Form {
                    text: &member.text,
                    source: &source,
                };
                let whole = 0..member.text.len();
                self.tally.detect(prepared.probe, detector, &form, whole);
            }
        }
        in_time
    }

    /// Judges a string as it is and, where that differs, as it reads.
    fn string(&mut self, text: &str) -> bool {
        let itself = Form {
            text,
            source: &Range::clone,
        };
        self.form(&itself)
            && (text.is_ascii()
                || self.tally.open().is_empty()
                || fold::is_folded(text)
                || self.folded(text))
    }

    fn folded(&mut self, text: &str) -> bool {
        let mut folding = Folding::new(text, self.tally.collects());
        while folding.advance(Pace::STRIDE) {
            if !self.pace.spend(Pace::STRIDE.min(text.len())) {
                return false;
            }
        }
        folding.changed().is_none_or(|text| {
            let source = |range: &Range<usize>| folding.source(range);
            self.form(&Form {
                text,
                source: &source,
            })
        })
    }

    /// Runs every open probe over one form of a string.
    fn form(&mut self, form: &Form<'_>) -> bool {
        let kinds = ByteKinds::of(form.text.as_bytes());
        let searches = self.scanner.searches.iter();
        let possible: ProbeSet = searches
            .filter(|prepared| kinds.contains(prepared.needs))
            .map(|prepared| prepared.probe)
            .collect();
        let mut due = ProbeSet::default();
        for start in (0..form.text.len()).step_by(BLOCK) {
            let open = possible & self.tally.open();
            if open.is_empty() {
                return true;
            }
            let block = start..form.text.len().min(start + BLOCK);
            if !self.pace.spend(block.len()) {
                return false;
            }
            if !(open & self.scanner.at_words).is_empty() {
                due |= self.at_words(form, &block, possible);
            }
            if !(open & self.scanner.around_last_four).is_empty() {
                self.around_last_four(form, &block, possible);
            }
            self.always(form, &block, possible);
        }
        self.whole(form, possible, due)
    }

    /// Runs detectors at their words in the block. Answers whose readers' words there are.
    fn at_words(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) -> ProbeSet {
        let Self {
            scanner,
            tally,
            scratch,
            ..
        } = self;
        let mut due = ProbeSet::default();
        scanner
            .words
            .visit(form.text.as_bytes(), block, scratch, &mut |at, waiting| {
                let waiting = waiting
                    .iter()
                    .filter_map(|&search| scanner.searches.get(search));
                for Prepared { probe, search, .. } in
                    waiting.filter(|prepared| possible.contains(prepared.probe))
                {
                    match search {
                        Search::Anchored(detector) => {
                            tally.detect(*probe, detector.as_ref(), form, at..at + 1);
                        }
                        Search::Whole(_) => due.insert(*probe),
                    }
                }
                !(possible & tally.open()).is_empty()
            });
        due
    }

    /// Runs the detectors that are called around the last four digits of a number.
    fn around_last_four(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) {
        let Self {
            scanner,
            tally,
            scratch,
            ..
        } = self;
        visit_last_four(form.text.as_bytes(), block, scratch, &mut |anchors| {
            for (prepared, detector) in scanner.detectors(Called::AroundLastFour) {
                if possible.contains(prepared.probe) {
                    tally.detect(prepared.probe, detector, form, anchors.clone());
                }
            }
        });
    }

    /// Runs the detectors that are always called.
    fn always(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) {
        for (prepared, detector) in self.scanner.detectors(Called::Always) {
            if possible.contains(prepared.probe) {
                self.tally
                    .detect(prepared.probe, detector, form, block.clone());
            }
        }
    }

    /// Runs the readers that are due and those that always are.
    fn whole(&mut self, form: &Form<'_>, possible: ProbeSet, due: ProbeSet) -> bool {
        for Prepared {
            probe,
            called,
            search,
            ..
        } in &self.scanner.searches
        {
            let Search::Whole(reader) = search else {
                continue;
            };
            let is_due = *called == Called::Always || due.contains(*probe);
            if !is_due || !possible.contains(*probe) {
                continue;
            }
            for (start, piece) in pieces(form.text) {
                if !self.tally.open().contains(*probe) {
                    break;
                }
                if !self.pace.spend(piece.len()) {
                    return false;
                }
                self.tally.read(*probe, reader.as_ref(), form, start, piece);
            }
        }
        true
    }
}

/// Where JSON is that was in a string.
#[derive(Default)]
struct Embedded {
    /// How many strings it is in.
    depth: usize,
    /// The pointer to the innermost of them, with its mark.
    prefix: String,
}

impl Embedded {
    /// The pointer to what a walk over the JSON visited last.
    fn pointer(&self, walk: &Walk<'_>) -> String {
        let mut pointer = self.prefix.clone();
        walk.point(&mut pointer);
        pointer
    }
}

/// How long a piece is that a reader reads at once, in bytes.
const PIECE: usize = Pace::STRIDE;
/// How much two neighbouring pieces share at most, in bytes, so that a match on the seam is in one of them.
const OVERLAP: usize = 4096;

/// Splits a text into overlapping pieces: where each starts, and the piece. All but the first start at the start of a line
/// where there is one.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = text.get(start..)?;
        let piece = rest.get(..rest.floor_char_boundary(PIECE))?;
        next = (piece.len() < rest.len()).then(|| {
            let shared = piece.floor_char_boundary(PIECE - OVERLAP);
            let tail = piece.get(shared..).unwrap_or_default();
            start + shared + tail.find('\n').map_or(0, |line_end| line_end + 1)
        });
        Some((start, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_overlap_and_cover_the_text() {
        let check = |text: &str, shared: usize| {
            let mut end = 0;
            for (start, piece) in pieces(text) {
                assert!(start == 0 || end - start == shared, "{start} {end}");
                assert!(piece.len() <= PIECE);
                assert_eq!(text.get(start..start + piece.len()), Some(piece));
                end = start + piece.len();
            }
            assert_eq!(end, text.len());
        };
        check("", 0);
        check(&"x".repeat(PIECE), 0);
        check(&"x".repeat(3 * PIECE), OVERLAP);
        check(&"é".repeat(2 * PIECE), OVERLAP);
        check(&"sixteen bytes .\n".repeat(PIECE / 8), OVERLAP - 16);
    }
}
