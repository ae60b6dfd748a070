//! The scan: one walk over an output that runs the checks of all text gates.

use std::{ops::Range, time::Duration};

use aho_corasick::AhoCorasick;

use crate::{
    Deadline, Json, Outcome, Profile, TIMEOUT,
    check::{Check, Probe, ProbeSet},
    clock::Pace,
    detect::{self, Detector, Match, Reader, Search},
    fold::Folding,
    prefilter::ByteKinds,
    walk::Walk,
};

/// How many findings an evaluation collects at most, so that no payload can make it collect without end.
pub const MAX_FINDINGS: usize = 1000;

/// What a visit to a value costs besides reading its text, in bytes of text.
const VISIT_COST: usize = 16;

/// The checks of an engine's text gates, made ready to run.
pub(crate) struct Scanner {
    /// The probes of each text gate, in the engine's order.
    gates: Vec<ProbeSet>,
    fail_fast: bool,
    searches: Vec<Prepared>,
}

struct Prepared {
    probe: Probe,
    needs: ByteKinds,
    /// Finds the words without any of which nothing can match.
    words: Option<AhoCorasick>,
    search: Search,
}

impl Prepared {
    fn new(probe: Probe) -> Option<Self> {
        let search = detect::search(probe)?;
        let words = (!search.words().is_empty()).then(|| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(search.words())
        });
        Some(Self {
            probe,
            needs: search.needs(),
            words: words.and_then(Result::ok),
            search,
        })
    }

    /// Whether the text may match.
    fn may_match(&self, text: &str, kinds: ByteKinds) -> bool {
        kinds.contains(self.needs) && self.words.as_ref().is_none_or(|words| words.is_match(text))
    }
}

impl Scanner {
    pub(crate) fn new(gates: Vec<ProbeSet>, fail_fast: bool) -> Self {
        let probes = gates
            .iter()
            .fold(ProbeSet::default(), |all, &gate| all | gate);
        Self {
            searches: probes.iter().filter_map(Prepared::new).collect(),
            gates,
            fail_fast,
        }
    }

    /// Runs all checks over the output, until the deadline.
    pub(crate) fn scan<'j>(
        &self,
        output: &'j Json<'j>,
        deadline: &Deadline<'_>,
        start: Duration,
        collect: bool,
    ) -> Scan {
        let mut run = Run {
            scanner: self,
            walk: Walk::new(output),
            pace: Pace::new(deadline),
            hits: ProbeSet::default(),
            open: self.open(ProbeSet::default()),
            findings: collect.then(Vec::new),
            earlier_findings: 0,
        };
        let walked = !deadline.is_due_at(start) && run.output(output);
        let end = deadline.now();
        Scan {
            hits: run.hits,
            finished: walked && !deadline.is_due_at(end),
            findings: run.findings.unwrap_or_default(),
            start,
            end,
        }
    }

    /// The probes that can still change a verdict or its reason after these hits.
    fn open(&self, hits: ProbeSet) -> ProbeSet {
        let mut open = ProbeSet::default();
        for &gate in &self.gates {
            open |= gate.before_first_of(hits);
            if self.fail_fast && !(gate & hits).is_empty() {
                break;
            }
        }
        open
    }
}

/// What a scan brought to light.
pub(crate) struct Scan {
    hits: ProbeSet,
    /// Whether the whole output was looked at in time.
    finished: bool,
    pub(crate) findings: Vec<Located>,
    start: Duration,
    pub(crate) end: Duration,
}

/// A match and where it is.
pub(crate) struct Located {
    pub(crate) probe: Probe,
    pub(crate) pointer: String,
    pub(crate) found: Match,
}

impl Scan {
    /// What a gate of these probes concludes. One whose first probe hit needs no more; any other had to see it all.
    pub(crate) fn outcome(&self, probes: ProbeSet) -> Outcome {
        for probe in probes.iter() {
            if self.hits.contains(probe) {
                return Outcome::failed(probe.check.reason());
            }
            if !self.finished {
                return Outcome::failed(TIMEOUT);
            }
        }
        Outcome::Passed
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }
}

/// Leads from a range of a string's form to the string's own.
type Source<'f> = dyn Fn(&Range<usize>) -> Range<usize> + 'f;

/// How long a piece is that a [`Reader`] reads at once, in bytes.
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

/// A scan under way. Its methods return false when the deadline has passed.
struct Run<'s, 'j> {
    scanner: &'s Scanner,
    walk: Walk<'j>,
    pace: Pace<'s>,
    hits: ProbeSet,
    /// The probes that are still run.
    open: ProbeSet,
    findings: Option<Vec<Located>>,
    /// How many of the findings lie before the string at hand.
    earlier_findings: usize,
}

impl<'j> Run<'_, 'j> {
    fn output(&mut self, output: &'j Json<'j>) -> bool {
        let empty = Check::Empty.under(Profile::default());
        if self.open.contains(empty) && detect::is_empty(output) {
            self.hit(
                empty,
                Match {
                    rule: detect::EMPTY_OUTPUT,
                    range: 0..0,
                },
            );
        }
        while !self.open.is_empty() {
            let Some(value) = self.walk.next_scalar() else {
                break;
            };
            let in_time = self.pace.spend(VISIT_COST)
                && match value {
                    Json::String(text) => self.string(text),
                    _ => true,
                };
            if !in_time {
                return false;
            }
        }
        true
    }

    /// Judges a string as it is and, where that differs, as it reads.
    fn string(&mut self, text: &str) -> bool {
        self.earlier_findings = self.findings.as_ref().map_or(0, Vec::len);
        self.text(text, &|range| range.clone())
            && (text.is_ascii() || self.open.is_empty() || self.folded(text))
    }

    fn folded(&mut self, text: &str) -> bool {
        let mut folding = Folding::new(text, self.findings.is_some());
        while folding.advance(Pace::STRIDE) {
            if !self.pace.spend(Pace::STRIDE.min(text.len())) {
                return false;
            }
        }
        match folding.changed() {
            Some(folded) => self.text(folded, &|range| folding.source(range)),
            None => true,
        }
    }

    /// Runs every open probe over one form of a string; `source` leads from a range of it to the string's own.
    fn text(&mut self, text: &str, source: &Source<'_>) -> bool {
        let scanner = self.scanner;
        let kinds = ByteKinds::of(text.as_bytes());
        for prepared in &scanner.searches {
            let probe = prepared.probe;
            if !self.open.contains(probe) || !prepared.may_match(text, kinds) {
                continue;
            }
            let in_time = match &prepared.search {
                Search::Anchored(detector) => {
                    self.detect(probe, detector.as_ref(), text.as_bytes(), source)
                }
                Search::Whole(reader) => self.read(probe, reader.as_ref(), text, source),
            };
            if !in_time {
                return false;
            }
        }
        true
    }

    fn detect(
        &mut self,
        probe: Probe,
        detector: &dyn Detector,
        text: &[u8],
        source: &Source<'_>,
    ) -> bool {
        let mut from = 0;
        while from < text.len() && self.open.contains(probe) {
            let end = text.len().min(from + Pace::STRIDE);
            let next = match detector.find(text, from..end) {
                Some(Match { rule, range }) => {
                    let end = range.end;
                    self.hit(
                        probe,
                        Match {
                            rule,
                            range: source(&range),
                        },
                    );
                    end
                }
                None => end,
            };
            if !self.pace.spend(next.saturating_sub(from)) {
                return false;
            }
            from = next;
        }
        true
    }

    fn read(&mut self, probe: Probe, reader: &dyn Reader, text: &str, source: &Source<'_>) -> bool {
        for (start, piece) in pieces(text) {
            if !self.open.contains(probe) {
                break;
            }
            if !self.pace.spend(piece.len()) {
                return false;
            }
            reader.read(piece, &mut |Match { rule, range }| {
                let range = source(&(start + range.start..start + range.end));
                self.hit(probe, Match { rule, range });
                self.open.contains(probe)
            });
        }
        true
    }

    fn hit(&mut self, probe: Probe, found: Match) {
        self.hits.insert(probe);
        match &mut self.findings {
            Some(findings) if findings.len() < MAX_FINDINGS => {
                let here = findings
                    .get_mut(self.earlier_findings..)
                    .unwrap_or_default();
                let overlapping = |other: &&mut Located| {
                    let other = &other.found.range;
                    other.start < found.range.end && found.range.start < other.end
                };
                // A string and its folded form mostly hit at the same places.
                match here
                    .iter_mut()
                    .filter(|other| other.probe == probe)
                    .find(overlapping)
                {
                    Some(Located { found: other, .. }) => {
                        other.range.start = other.range.start.min(found.range.start);
                        other.range.end = other.range.end.max(found.range.end);
                    }
                    None => findings.push(Located {
                        probe,
                        pointer: self.walk.pointer(),
                        found,
                    }),
                }
            }
            _ => self.open = self.scanner.open(self.hits),
        }
    }
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
