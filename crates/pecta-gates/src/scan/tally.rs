//! What a scan has found so far, and what is still worth looking for.

use std::{mem, ops::Range};

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
    /// What was found, if that is asked for. Each probe has a list and room of its own, so that none takes it from another.
    findings: Option<Vec<Kept>>,
    /// The probes that found something in the value at hand.
    here: ProbeSet,
    /// How many values held something before it.
    values: usize,
    /// The probes that found something for which there is no room. They are run no more.
    overflowed: ProbeSet,
}

/// What a probe found.
struct Kept {
    probe: Probe,
    found: Vec<Located>,
    /// How much of it lies before the value at hand.
    earlier: usize,
    /// How many bytes the pointers of more may have.
    pointer_room: usize,
}

impl Kept {
    fn new(probe: Probe) -> Self {
        Self {
            probe,
            found: Vec::new(),
            earlier: 0,
            pointer_room: POINTER_ROOM,
        }
    }

    /// False when there is no room.
    fn add(&mut self, found: Match, value: usize) -> bool {
        // A string and its folded form mostly hit at the same places.
        let overlapping = |other: &&mut Located| {
            let (range, other) = (&found.range, &other.found.range);
            other.start < range.end && range.start < other.end
        };
        let here = self.found.get_mut(self.earlier..).unwrap_or_default();
        if let Some(Located { found: other, .. }) = here.iter_mut().find(overlapping) {
            other.range.start = other.range.start.min(found.range.start);
            other.range.end = other.range.end.max(found.range.end);
            return true;
        }
        let has_room = self.found.len() < MAX_FINDINGS;
        if has_room {
            self.found.push(Located {
                probe: self.probe,
                value,
                pointer: String::new(),
                found,
            });
        }
        has_room
    }

    /// Ends with a value. False when there is no room for its pointer.
    fn leave(&mut self, pointer: &str) -> bool {
        let here = self.found.get_mut(self.earlier..).unwrap_or_default();
        let taken = pointer.len().saturating_mul(here.len());
        let Some(room) = self.pointer_room.checked_sub(taken) else {
            self.found.truncate(self.earlier);
            return false;
        };
        self.pointer_room = room;
        for located in here {
            pointer.clone_into(&mut located.pointer);
        }
        self.earlier = self.found.len();
        true
    }
}

impl<'s> Tally<'s> {
    pub(super) fn new(scanner: &'s Scanner, collect: bool) -> Self {
        Self {
            scanner,
            hits: ProbeSet::default(),
            hit_count: 0,
            open: scanner.open(ProbeSet::default()),
            findings: collect.then(Vec::new),
            here: ProbeSet::default(),
            values: 0,
            overflowed: ProbeSet::default(),
        }
    }

    /// The hits, where they are, and the probes that found more than that.
    pub(super) fn finish(self) -> (ProbeSet, Vec<Located>, ProbeSet) {
        let kept = self.findings.into_iter().flatten();
        let findings = kept.flat_map(|kept| kept.found).collect();
        (self.hits, findings, self.overflowed)
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
        if !self.open.contains(probe) {
            return false;
        }
        // Not moved before it is known to be there: that takes longer than many a look at digits.
        let found = detector.judge(form.text.as_bytes(), digits);
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
        let Some(findings) = &mut self.findings else {
            self.open = self.scanner.open(self.hits);
            return;
        };
        if self.overflowed.contains(probe) {
            return;
        }
        let place = findings.iter().position(|kept| kept.probe == probe);
        let place = place.unwrap_or_else(|| {
            findings.push(Kept::new(probe));
            findings.len() - 1
        });
        let kept = findings.get_mut(place);
        if kept.is_some_and(|kept| kept.add(found, self.values)) {
            self.here.insert(probe);
        } else {
            self.close(probe);
        }
    }

    /// Runs a probe no more that has no room: that it hit is known.
    fn close(&mut self, probe: Probe) {
        self.overflowed.insert(probe);
        self.open.remove(probe);
    }

    /// Ends with a value: tells where what was found in it is.
    pub(super) fn leave(&mut self, pointer: impl Fn() -> String) {
        if self.here.is_empty() {
            return;
        }
        let pointer = pointer();
        let here = mem::take(&mut self.here);
        self.values += 1;
        let mut full = ProbeSet::default();
        for kept in self.findings.iter_mut().flatten() {
            if here.contains(kept.probe) && !kept.leave(&pointer) {
                full.insert(kept.probe);
            }
        }
        full.iter().for_each(|probe| self.close(probe));
    }
}
