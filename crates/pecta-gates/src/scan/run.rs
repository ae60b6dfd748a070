//! One scan under way.

use std::{mem, ops::Range};

use serde_json::Number;

use super::{
    Called, Located, Prepared, Scanner,
    pieces::{OVERLAP, pieces},
    places::{Places, in_order},
    repeats::{MANY_CALLS, Repeats},
    tally::{Form, Part, Tally},
    vain::Vain,
};
use crate::{
    Deadline, Json, Profile,
    check::{Check, ProbeSet},
    clock::Pace,
    detect::{self, Match, NUMBERS_REACH, Piece, Search},
    fold::{self, Folding, Room},
    gates::reason,
    prefilter::{BLOCK, Scratch, is_ascii, visit_last_four, visit_numbers},
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
    /// Where searches found nothing in the form at hand.
    vain: Vain,
    /// How often searches were called on the block at hand.
    calls: usize,
    /// Whether they were called often on the block before.
    was_busy: bool,
    /// Whether the form at hand holds digits of a shape that is asked for.
    has_number: bool,
    /// Where words of readers are in the form at hand.
    places: Places,
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
            vain: Vain::default(),
            calls: 0,
            was_busy: false,
            has_number: false,
            places: Places::default(),
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
                Visit::Key(key) => (self.string(None, key), KEY_MARK),
                Visit::Scalar(Json::String(text)) => (self.string(walk.key(), text), ""),
                Visit::Scalar(Json::Number(number)) if scope.numbers => {
                    (self.string(walk.key(), &shortest(number)), "")
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

    /// Judges the command that an array may be whose first item is visited. What is found is told of that item.
    fn command(&mut self, visit: &Visit<'_>, walk: &Walk<'_>) -> bool {
        let open = self.scanner.searches.commands & self.tally.open();
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
        self.begin();
        for start in all.clone().step_by(BLOCK) {
            let block = start..line.len().min(start + BLOCK);
            self.at_words(&form, &block, open);
        }
        self.pace.spend(line.len()) && self.readers(&form, all)
    }

    /// Begins with another form.
    fn begin(&mut self) {
        self.calls = 0;
        self.vain.clear();
        self.places.forget(usize::MAX);
    }

    /// Runs a search that needs no places of words over all of a short form.
    fn all_of(&mut self, prepared: &Prepared, form: &Form<'_>) {
        let (text, all) = (form.text.as_bytes(), 0..form.text.len());
        let Prepared { probe, search, .. } = prepared;
        match search {
            Search::Anchored(detector) => {
                self.tally.detect(*probe, detector.as_ref(), form, all);
            }
            Search::Numbers(detector) => {
                let tally = &mut self.tally;
                visit_numbers(text, &all, detector.shapes(), &mut |digits, _| {
                    tally.judge(*probe, *detector, form, digits);
                });
            }
            Search::Whole(_) => {}
        }
    }

    /// Judges a string as it is and, where that differs, as it reads. It may be the value of a key.
    fn string(&mut self, key: Option<&str>, text: &str) -> bool {
        let is_ascii = is_ascii(text.as_bytes());
        let itself = Form {
            text,
            is_ascii,
            source: &Range::clone,
        };
        self.value(key, &itself)
            && (is_ascii
                || self.tally.open().is_empty()
                || fold::is_folded(text)
                || self.folded(key, text))
    }

    fn folded(&mut self, key: Option<&str>, text: &str) -> bool {
        let room = mem::take(&mut self.folded);
        let mut folding = Folding::new(text, room, self.tally.collects());
        while folding.advance(Pace::STRIDE) {
            if !self.pace.spend(Pace::STRIDE.min(text.len())) {
                return false;
            }
        }
        let in_time = folding.changed().is_none_or(|text| {
            let source = |range: &Range<usize>| folding.source(range);
            let form = Form {
                text,
                is_ascii: text.is_ascii(),
                source: &source,
            };
            self.value(key, &form)
        });
        self.folded = folding.into_room();
        in_time
    }

    /// Judges one form of a string, and together with its key if that says what it is.
    fn value(&mut self, key: Option<&str>, form: &Form<'_>) -> bool {
        self.has_number = false;
        let in_time = self.form(form);
        let labels = &self.scanner.searches.labels;
        let member = key.and_then(|key| labels.member(key, form.text, self.has_number));
        if let Some(member) = member {
            let source = |range: &Range<usize>| (form.source)(&member.in_value(range));
            let form = Form {
                text: &member.text,
                is_ascii: member.text.is_ascii(),
                source: &source,
            };
            for prepared in labels.searches(&self.scanner.searches.all) {
                self.all_of(prepared, &form);
            }
        }
        in_time
    }

    /// Runs every open probe over one form of a string.
    fn form(&mut self, form: &Form<'_>) -> bool {
        let possible = self.scanner.searches.possible(form.text.as_bytes());
        self.begin();
        let mut repeats = Repeats::default();
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
                // What is repeated is in the same piece, and what the next piece shares with it is not.
                let is_inside = seen < block.start && block.end + OVERLAP <= end;
                if is_inside && let Some(period) = repeats.period(form.text.as_bytes(), &block) {
                    self.places.repeat(&block, period);
                    continue;
                }
                let hits = self.tally.hit_count();
                self.block(form, &block, open);
                let found = self.tally.hit_count() > hits;
                repeats.note(&block, self.calls, found);
            }
            seen = end;
            if !self.readers(form, start..end) {
                return false;
            }
        }
        true
    }

    /// Runs detectors on the block, and notes where there are words of readers.
    fn block(&mut self, form: &Form<'_>, block: &Range<usize>, open: ProbeSet) {
        self.was_busy = self.calls > MANY_CALLS;
        self.calls = 0;
        if !(open & self.scanner.searches.at_words).is_empty() {
            self.at_words(form, block, open);
        }
        if !(open & self.scanner.searches.around_last_four).is_empty() {
            self.around_last_four(form, block, open);
        }
        if !(open & self.scanner.searches.numbers).is_empty() {
            self.at_numbers(form, block);
        }
        self.always(form, block, open);
    }

    /// Runs detectors at their words in the block, and notes where there are words of readers.
    fn at_words(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) {
        let Self {
            scanner,
            tally,
            scratch,
            vain,
            calls,
            was_busy,
            places,
            ..
        } = self;
        let text = form.text.as_bytes();
        let looks = (scanner.searches.words).visit(text, block, scratch, &mut |at, waiting| {
            *calls += 1;
            for &search in waiting {
                match scanner.searches.all.get(search) {
                    Some(Prepared { probe, .. }) if !possible.contains(*probe) => {}
                    // It is called on all of such a text.
                    Some(Prepared {
                        beyond_ascii: true, ..
                    }) if !form.is_ascii => {}
                    Some(Prepared {
                        probe,
                        reach,
                        search: Search::Anchored(detector),
                        ..
                    }) => {
                        let mut look = || tally.detect(*probe, detector.as_ref(), form, at..at + 1);
                        if let Some(reach) = reach
                            && (*was_busy || *calls > MANY_CALLS)
                        {
                            vain.unless_known(text, at, search, *reach, look);
                        } else {
                            look();
                        }
                    }
                    _ => places.push(search, at),
                }
            }
            !(possible & tally.open()).is_empty()
        });
        *calls += looks / LOOKS_PER_CALL;
    }

    /// Runs the detectors that are called around the last four digits of a number.
    fn around_last_four(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) {
        let Self {
            scanner,
            tally,
            calls,
            ..
        } = self;
        visit_last_four(form.text.as_bytes(), block, &mut |anchors| {
            *calls += 1;
            let searches = &scanner.searches;
            for (prepared, detector) in searches.detectors(&searches.at_last_four) {
                if possible.contains(prepared.probe) {
                    tally.detect(prepared.probe, detector, form, anchors.clone());
                }
            }
        });
    }

    /// Runs the detectors of numbers on those that start in the block.
    fn at_numbers(&mut self, form: &Form<'_>, block: &Range<usize>) {
        let Self {
            scanner,
            tally,
            vain,
            calls,
            was_busy,
            has_number,
            ..
        } = self;
        let text = form.text.as_bytes();
        visit_numbers(
            text,
            block,
            scanner.searches.shapes,
            &mut |digits, shapes| {
                *calls += 1;
                *has_number = true;
                let mut judge = || {
                    let mut any = false;
                    for (probe, detector) in scanner.searches.judges(shapes) {
                        any |= tally.judge(*probe, *detector, form, digits.clone());
                    }
                    any
                };
                if *was_busy || *calls > MANY_CALLS {
                    vain.unless_known(text, digits.start, NUMBERS, NUMBERS_REACH, judge);
                } else {
                    judge();
                }
            },
        );
    }

    /// Runs the detectors that are called on every block, at least of such text.
    fn always(&mut self, form: &Form<'_>, block: &Range<usize>, possible: ProbeSet) {
        let searches = &self.scanner.searches;
        let called = if form.is_ascii {
            &searches.on_ascii
        } else {
            &searches.beyond_ascii
        };
        for (prepared, detector) in searches.detectors(called) {
            if possible.contains(prepared.probe) {
                // It passes over all of the block.
                self.calls += usize::from(prepared.called == Called::BeyondAscii) * BLOCK;
                self.tally
                    .detect(prepared.probe, detector, form, block.clone());
            }
        }
    }

    /// Runs the readers on a piece of the text in which there are words of theirs, and forgets places before it.
    fn readers(&mut self, form: &Form<'_>, piece: Range<usize>) -> bool {
        let start = piece.start;
        let Self {
            scanner,
            pace,
            tally,
            places,
            ..
        } = self;
        places.forget(start);
        if places.is_empty() {
            return true;
        }
        let text = form.text.get(piece).unwrap_or_default();
        let mut piece = None;
        for (prepared, own) in scanner.searches.all.iter().zip(&places.of_searches) {
            let Search::Whole(reader) = &prepared.search else {
                continue;
            };
            if own.is_empty() || !tally.open().contains(prepared.probe) {
                continue;
            }
            if !pace.spend(text.len()) {
                return false;
            }
            let own = in_order(own, start);
            if !reader.may_match(text, &own) {
                continue;
            }
            let all = || places.repeated(&places.all(start), start);
            let part = Part {
                start,
                piece: piece.get_or_insert_with(|| Piece::around(text, all())),
                places: &places.repeated(&own, start),
            };
            tally.read(prepared.probe, reader.as_ref(), form, &part);
        }
        true
    }
}

/// A number in its shortest form.
fn shortest(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => reason::number(value),
        _ => number.to_string(),
    }
}

/// How many looks for a word take about as long as a call of a search.
const LOOKS_PER_CALL: usize = 4;

/// What the searches for numbers are known as together, where others are known by their number.
const NUMBERS: usize = usize::MAX;

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
