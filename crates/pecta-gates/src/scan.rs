//! The scan: one walk over an output that runs the checks of all text gates.

use std::{ops::Range, time::Duration};

use crate::{
    Deadline, Json, Outcome, TIMEOUT,
    check::{Check, CheckSet},
    clock::Pace,
    detect::{self, Detector, Match},
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
    /// The checks of each text gate, in the engine's order.
    gates: Vec<CheckSet>,
    fail_fast: bool,
    detectors: Vec<Prepared>,
}

struct Prepared {
    check: Check,
    needs: ByteKinds,
    detector: Box<dyn Detector>,
}

impl Scanner {
    pub(crate) fn new(gates: Vec<CheckSet>, fail_fast: bool) -> Self {
        let checks = gates
            .iter()
            .fold(CheckSet::default(), |all, &gate| all | gate);
        let prepare = |check| {
            let detector = detect::strict(check)?;
            Some(Prepared {
                check,
                needs: detector.needs(),
                detector,
            })
        };
        Self {
            detectors: checks.iter().filter_map(prepare).collect(),
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
            hits: CheckSet::default(),
            open: self.open(CheckSet::default()),
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

    /// The checks that can still change a verdict or its reason after these hits.
    fn open(&self, hits: CheckSet) -> CheckSet {
        let mut open = CheckSet::default();
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
    hits: CheckSet,
    /// Whether the whole output was looked at in time.
    finished: bool,
    pub(crate) findings: Vec<Located>,
    start: Duration,
    pub(crate) end: Duration,
}

/// A match and where it is.
pub(crate) struct Located {
    pub(crate) check: Check,
    pub(crate) pointer: String,
    pub(crate) found: Match,
}

impl Scan {
    /// What a gate of these checks concludes. One whose first check hit needs no more; any other had to see it all.
    pub(crate) fn outcome(&self, checks: CheckSet) -> Outcome {
        for check in checks.iter() {
            if self.hits.contains(check) {
                return Outcome::failed(check.reason());
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

/// A scan under way. Its methods return false when the deadline has passed.
struct Run<'s, 'j> {
    scanner: &'s Scanner,
    walk: Walk<'j>,
    pace: Pace<'s>,
    hits: CheckSet,
    /// The checks that are still run.
    open: CheckSet,
    findings: Option<Vec<Located>>,
    /// How many of the findings lie before the string at hand.
    earlier_findings: usize,
}

impl<'j> Run<'_, 'j> {
    fn output(&mut self, output: &'j Json<'j>) -> bool {
        if self.open.contains(Check::Empty) && detect::is_empty(output) {
            self.hit(
                Check::Empty,
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

    /// Runs every open check over one form of a string; `source` leads from a range of it to the string's own.
    fn text(&mut self, text: &str, source: &dyn Fn(&Range<usize>) -> Range<usize>) -> bool {
        let scanner = self.scanner;
        let kinds = ByteKinds::of(text.as_bytes());
        for Prepared {
            check,
            needs,
            detector,
        } in &scanner.detectors
        {
            let in_time = !self.open.contains(*check)
                || !kinds.contains(*needs)
                || self.detect(*check, detector.as_ref(), text.as_bytes(), source);
            if !in_time {
                return false;
            }
        }
        true
    }

    fn detect(
        &mut self,
        check: Check,
        detector: &dyn Detector,
        text: &[u8],
        source: &dyn Fn(&Range<usize>) -> Range<usize>,
    ) -> bool {
        let mut from = 0;
        while from < text.len() && self.open.contains(check) {
            let end = text.len().min(from + Pace::STRIDE);
            let next = match detector.find(text, from..end) {
                Some(Match { rule, range }) => {
                    self.hit(
                        check,
                        Match {
                            rule,
                            range: source(&range),
                        },
                    );
                    range.end
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

    fn hit(&mut self, check: Check, found: Match) {
        self.hits.insert(check);
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
                    .filter(|other| other.check == check)
                    .find(overlapping)
                {
                    Some(Located { found: other, .. }) => {
                        other.range.start = other.range.start.min(found.range.start);
                        other.range.end = other.range.end.max(found.range.end);
                    }
                    None => findings.push(Located {
                        check,
                        pointer: self.walk.pointer(),
                        found,
                    }),
                }
            }
            _ => self.open = self.scanner.open(self.hits),
        }
    }
}
