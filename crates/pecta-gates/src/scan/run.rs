//! One scan under way.

use std::{mem, ops::Range};

use super::{
    Called, Located, Prepared, Scanner,
    tally::{Form, Part, Tally},
};
use crate::{
    Deadline, Json, Profile,
    check::{Check, ProbeSet},
    clock::Pace,
    detect::{self, Match, Piece, Search},
    fold::{self, Folding, Room},
    prefilter::{BLOCK, Scratch, Shapes, visit_last_four, visit_numbers},
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
    /// Room for folded forms.
    folded: Room,
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
            folded: Room::default(),
        }
    }

    pub(super) fn finish(self) -> (ProbeSet, Vec<Located>, ProbeSet) {
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
            let in_time = in_time && self.command(&visit, &walk);
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
            let source = |range: &Range<usize>| member.in_value(range);
            let form = Form {
                text: &member.text,
                is_ascii: member.text.is_ascii(),
                source: &source,
            };
            for prepared in labels.searches(&self.scanner.searches) {
                self.all_of(prepared, &form);
            }
        }
        in_time
    }

    /// Judges the command that an array may be whose first item is visited. What is found is told of that item.
    fn command(&mut self, visit: &Visit<'_>, walk: &Walk<'_>) -> bool {
        let open = self.scanner.commands & self.tally.open();
        let Visit::Scalar(Json::String(first)) = visit else {
            return true;
        };
        let list = walk.list().filter(|_| !open.is_empty());
        let Some(line) = list.and_then(|list| list.command_line()) else {
            return true;
        };
        let source = |_: &Range<usize>| 0..first.len();
        let form = Form {
            text: &line,
            is_ascii: line.is_ascii(),
            source: &source,
        };
        let all = 0..line.len();
        let mut places = Vec::new();
        for start in all.clone().step_by(BLOCK) {
            let block = start..line.len().min(start + BLOCK);
            self.at_words(&form, &block, open, &mut places);
        }
        self.pace.spend(line.len()) && self.readers(&form, all, &mut places)
    }

    /// Runs a search that needs no places of words over all of a short form.
    fn all_of(&mut self, prepared: &Prepared, form: &Form<'_>) {
        let (text, all) = (form.text.as_bytes(), 0..form.text.len());
        let Prepared { probe, search, .. } = prepared;
        match search {
            Search::Anchored(detector) => self.tally.detect(*probe, detector.as_ref(), form, all),
            Search::Numbers(detector) => {
                let Self { tally, scratch, .. } = self;
                visit_numbers(text, &all, detector.shapes(), scratch, &mut |digits, _| {
                    tally.judge(*probe, detector.as_ref(), form, digits);
                });
            }
            Search::Whole(_) => {}
        }
    }

    /// Judges a string as it is and, where that differs, as it reads.
    fn string(&mut self, text: &str) -> bool {
        let is_ascii = text.is_ascii();
        let itself = Form {
            text,
            is_ascii,
            source: &Range::clone,
        };
        self.form(&itself)
            && (is_ascii
                || self.tally.open().is_empty()
                || fold::is_folded(text)
                || self.folded(text))
    }

    fn folded(&mut self, text: &str) -> bool {
        let room = mem::take(&mut self.folded);
        let mut folding = Folding::new(text, room, self.tally.collects());
        while folding.advance(Pace::STRIDE) {
            if !self.pace.spend(Pace::STRIDE.min(text.len())) {
                return false;
            }
        }
        let in_time = folding.changed().is_none_or(|text| {
            let source = |range: &Range<usize>| folding.source(range);
            self.form(&Form {
                text,
                is_ascii: text.is_ascii(),
                source: &source,
            })
        });
        self.folded = folding.into_room();
        in_time
    }

    /// Runs every open probe over one form of a string.
    fn form(&mut self, form: &Form<'_>) -> bool {
        let possible = self.scanner.possible(form.text.as_bytes());
        let mut places = Vec::new();
        let mut seen = 0;
        for (start, piece) in pieces(form.text) {
            let end = start + piece.len();
            for block in (seen..end).step_by(BLOCK) {
                let open = possible & self.tally.open();
                if open.is_empty() {
                    return true;
                }
                let block = block..end.min(block + BLOCK);
                if !self.pace.spend(block.len()) {
                    return false;
                }
                self.block(form, &block, open, &mut places);
            }
            seen = end;
            if !self.readers(form, start..end, &mut places) {
                return false;
            }
        }
        true
    }

    /// Runs detectors on the block, and notes where there are words of readers.
    fn block(
        &mut self,
        form: &Form<'_>,
        block: &Range<usize>,
        open: ProbeSet,
        places: &mut Vec<Place>,
    ) {
        if !(open & self.scanner.at_words).is_empty() {
            self.at_words(form, block, open, places);
        }
        if !(open & self.scanner.around_last_four).is_empty() {
            self.around_last_four(form, block, open);
        }
        if self.scanner.shapes != Shapes::NONE {
            self.at_numbers(form, block, open);
        }
        self.always(form, block, open);
    }

    /// Runs detectors at their words in the block, and notes where there are words of readers.
    fn at_words(
        &mut self,
        form: &Form<'_>,
        block: &Range<usize>,
        possible: ProbeSet,
        places: &mut Vec<Place>,
    ) {
        let Self {
            scanner,
            tally,
            scratch,
            ..
        } = self;
        let text = form.text.as_bytes();
        (scanner.words).visit(text, block, scratch, &mut |at, waiting| {
            for &search in waiting {
                match scanner.searches.get(search) {
                    Some(Prepared { probe, .. }) if !possible.contains(*probe) => {}
                    // It is called on all of such a text.
                    Some(Prepared {
                        beyond_ascii: true, ..
                    }) if !form.is_ascii => {}
                    Some(Prepared {
                        probe,
                        search: Search::Anchored(detector),
                        ..
                    }) => tally.detect(*probe, detector.as_ref(), form, at..at + 1),
                    _ => places.push(Place { search, at }),
                }
            }
            !(possible & tally.open()).is_empty()
        });
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
            let around = |prepared: &Prepared| prepared.called == Called::AroundLastFour;
            for (prepared, detector) in scanner.detectors(around) {
                if possible.contains(prepared.probe) {
                    tally.detect(prepared.probe, detector, form, anchors.clone());
                }
            }
        });
    }

    /// Runs the detectors of numbers on those that start in the block.
    fn at_numbers(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) {
        let Self {
            scanner,
            tally,
            scratch,
            ..
        } = self;
        let text = form.text.as_bytes();
        visit_numbers(
            text,
            block,
            scanner.shapes,
            scratch,
            &mut |digits, shapes| {
                let searches = scanner.at_numbers.iter();
                for prepared in searches.filter_map(|&search| scanner.searches.get(search)) {
                    if let Search::Numbers(detector) = &prepared.search
                        && matches!(prepared.called, Called::AtNumbers(wanted) if wanted.meets(shapes))
                        && possible.contains(prepared.probe)
                    {
                        tally.judge(prepared.probe, detector.as_ref(), form, digits.clone());
                    }
                }
            },
        );
    }

    /// Runs the detectors that are called on every block, at least of such text.
    fn always(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) {
        let called = |prepared: &Prepared| {
            prepared.called == Called::Always || (prepared.beyond_ascii && !form.is_ascii)
        };
        for (prepared, detector) in self.scanner.detectors(called) {
            if possible.contains(prepared.probe) {
                self.tally
                    .detect(prepared.probe, detector, form, block.clone());
            }
        }
    }

    /// Runs the readers on a piece of the text in which there are words of theirs, and forgets places before it.
    fn readers(&mut self, form: &Form<'_>, piece: Range<usize>, places: &mut Vec<Place>) -> bool {
        if places.is_empty() {
            return true;
        }
        places.retain(|place| place.at >= piece.start);
        let start = piece.start;
        let text = form.text.get(piece).unwrap_or_default();
        let all = places.iter().map(|place| place.at - start);
        let piece = Piece::around(text, all.collect());
        for (search, prepared) in self.scanner.searches.iter().enumerate() {
            let Search::Whole(reader) = &prepared.search else {
                continue;
            };
            let own = places.iter().filter(|place| place.search == search);
            let mut own: Vec<_> = own.map(|place| place.at - start).collect();
            if own.is_empty() || !self.tally.open().contains(prepared.probe) {
                continue;
            }
            if !self.pace.spend(piece.text.len()) {
                return false;
            }
            own.sort_unstable();
            let part = Part {
                start,
                piece: &piece,
                places: &own,
            };
            self.tally
                .read(prepared.probe, reader.as_ref(), form, &part);
        }
        true
    }
}

/// Where a word of a reader is in a text.
struct Place {
    /// Which of the scanner's searches the reader is.
    search: usize,
    at: usize,
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
