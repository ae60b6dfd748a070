//! What a scan has found so far, and what is still worth looking for.

use std::ops::Range;

use super::{Located, MAX_FINDINGS, POINTER_ROOM, Scanner};
use crate::{
    check::{Probe, ProbeSet},
    detect::{Detector, Match, NumberDetector, Piece, Reader},
};

/// One form of a string, on which searches are run.
pub(super) struct Form<'f> {
    pub(super) text: &'f str,
    pub(super) is_ascii: bool,
    /// Leads from a range of the form to the string's own.
    pub(super) source: &'f dyn Fn(&Range<usize>) -> Range<usize>,
}

/// A part of a form, for a reader.
pub(super) struct Part<'p, 't> {
    /// Where it starts in the form.
    pub(super) start: usize,
    pub(super) piece: &'p Piece<'t>,
    /// Where words of the reader are in it, in order.
    pub(super) places: &'p [usize],
}

pub(super) struct Tally<'s> {
    scanner: &'s Scanner,
    hits: ProbeSet,
    hit_count: usize,
    /// The probes that are still run.
    open: ProbeSet,
    findings: Option<Vec<Located>>,
    /// How many of the findings lie before the value at hand.
    earlier: usize,
    /// How many bytes the pointers of further findings may have.
    pointer_room: usize,
    /// Whether something was found that has no room among the findings.
    overflowed: bool,
}

impl<'s> Tally<'s> {
    pub(super) fn new(scanner: &'s Scanner, collect: bool) -> Self {
        Self {
            scanner,
            hits: ProbeSet::default(),
            hit_count: 0,
            open: scanner.open(ProbeSet::default()),
            findings: collect.then(Vec::new),
            earlier: 0,
            pointer_room: POINTER_ROOM,
            overflowed: false,
        }
    }

    /// The hits, where they are, and whether that is all of them.
    pub(super) fn finish(self) -> (ProbeSet, Vec<Located>, bool) {
        let findings = self.findings.unwrap_or_default();
        (self.hits, findings, !self.overflowed)
    }

    pub(super) fn open(&self) -> ProbeSet {
        self.open
    }

    /// How often something was found.
    pub(super) fn hit_count(&self) -> usize {
        self.hit_count
    }

    /// Whether places are asked for, and not only hits.
    pub(super) fn collects(&self) -> bool {
        self.findings.is_some()
    }

    /// Runs a detector. True if it found something.
    pub(super) fn detect(
        &mut self,
        probe: Probe,
        detector: &dyn Detector,
        form: &Form<'_>,
        mut anchors: Range<usize>,
    ) -> bool {
        let mut any = false;
        while anchors.start < anchors.end && self.open.contains(probe) {
            let Some(found) = detector.find(form.text.as_bytes(), anchors.clone()) else {
                break;
            };
            anchors.start = found.range.end;
            self.found(probe, form, &found);
            any = true;
        }
        any
    }

    /// Runs a detector of numbers on digits. True if they are one.
    pub(super) fn judge(
        &mut self,
        probe: Probe,
        detector: &dyn NumberDetector,
        form: &Form<'_>,
        digits: Range<usize>,
    ) -> bool {
        let found = self
            .open
            .contains(probe)
            .then(|| detector.judge(form.text.as_bytes(), digits));
        let found = found.flatten();
        if let Some(found) = &found {
            self.found(probe, form, found);
        }
        found.is_some()
    }

    /// Lets a reader read a part of the form.
    pub(super) fn read(
        &mut self,
        probe: Probe,
        reader: &dyn Reader,
        form: &Form<'_>,
        part: &Part<'_, '_>,
    ) {
        reader.read(part.piece, part.places, &mut |found| {
            let range = part.start + found.range.start..part.start + found.range.end;
            self.found(probe, form, &Match { range, ..found });
            self.open.contains(probe)
        });
    }

    /// Notes what was found in a form.
    fn found(&mut self, probe: Probe, form: &Form<'_>, found: &Match) {
        let range = (form.source)(&found.range);
        let rule = found.rule;
        self.hit(probe, Match { rule, range });
    }

    pub(super) fn hit(&mut self, probe: Probe, found: Match) {
        self.hits.insert(probe);
        self.hit_count += 1;
        let Some(findings) = self
            .findings
            .as_mut()
            .filter(|findings| findings.len() < MAX_FINDINGS && !self.overflowed)
        else {
            self.overflowed = true;
            self.open = self.scanner.open(self.hits);
            return;
        };
        // A string and its folded form mostly hit at the same places.
        let overlapping = |other: &&mut Located| {
            let (range, other) = (&found.range, &other.found.range);
            other.start < range.end && range.start < other.end
        };
        let here = findings.get_mut(self.earlier..).unwrap_or_default();
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
                pointer: String::new(),
                found,
            }),
        }
    }

    /// Ends with a value: puts what was found in it in order.
    pub(super) fn leave(&mut self, pointer: impl Fn() -> String) {
        let Some(findings) = &mut self.findings else {
            return;
        };
        if let Some(here @ [_, ..]) = findings.get_mut(self.earlier..) {
            here.sort_by_key(|located| located.found.range.start);
            let pointer = pointer();
            let taken = pointer.len().saturating_mul(here.len());
            let Some(room) = self.pointer_room.checked_sub(taken) else {
                findings.truncate(self.earlier);
                self.overflowed = true;
                return;
            };
            self.pointer_room = room;
            for located in here {
                located.pointer.clone_from(&pointer);
            }
            self.earlier = findings.len();
        }
    }
}
