//! The scan: one walk over an output that runs the checks of all text gates.

mod labels;
mod pieces;
mod places;
mod repeats;
mod run;
mod tally;
mod vain;

use std::time::Duration;

use crate::{
    Deadline, Json, Outcome, TIMEOUT,
    check::{Probe, ProbeSet},
    detect::{self, Detector, Match, Reach, Search},
    fold,
    prefilter::{ByteKinds, Scratch, Shapes, Words},
};
use labels::Labels;
use run::Run;

/// How many findings an evaluation collects of a gate at most, so that no payload can make it collect without end.
pub const MAX_FINDINGS: usize = 1000;

/// How many bytes the pointers may have of what a gate, or a check of it, found: a key of the payload may be as long as the
/// payload.
pub(crate) const POINTER_ROOM: usize = 256 << 10;

/// The checks of an engine's text gates, made ready to run.
pub(crate) struct Scanner {
    /// The text gates, in the engine's order.
    gates: Vec<TextSlot>,
    scope: Scope,
    searches: Vec<Prepared>,
    /// For each set of kinds of bytes, the probes that may match a string of these.
    possible: Vec<ProbeSet>,
    words: Words,
    at_words: ProbeSet,
    /// The probes that judge commands.
    commands: ProbeSet,
    around_last_four: ProbeSet,
    /// Which searches look at numbers, and the shapes of digits that they look at.
    at_numbers: Vec<usize>,
    shapes: Shapes,
    labels: Labels,
}

/// A text gate's place among the others.
pub(crate) struct TextSlot {
    pub(crate) probes: ProbeSet,
    /// Whether the gates after it do not run once it failed.
    pub(crate) ends_run: bool,
}

/// What is judged besides the strings of an output.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) keys: bool,
    pub(crate) numbers: bool,
    pub(crate) embedded_json: bool,
}

struct Prepared {
    probe: Probe,
    needs: ByteKinds,
    called: Called,
    beyond_ascii: bool,
    reach: Option<Reach>,
    search: Search,
}

/// When a search is run on a block of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Always,
    BeyondAscii,
    AtWords,
    AroundLastFour,
    AtNumbers(Shapes),
}

impl Prepared {
    fn new(probe: Probe) -> Option<Self> {
        let search = detect::search(probe)?;
        let called = match &search {
            _ if !search.words().is_empty() => Called::AtWords,
            Search::Anchored(detector) if detector.ends_in_four_digits() => Called::AroundLastFour,
            Search::Numbers(detector) => Called::AtNumbers(detector.shapes()),
            _ if search.beyond_ascii() => Called::BeyondAscii,
            _ => Called::Always,
        };
        Some(Self {
            probe,
            needs: search.needs(),
            called,
            beyond_ascii: search.beyond_ascii(),
            reach: match &search {
                Search::Anchored(detector) => detector.reach(),
                Search::Numbers(_) | Search::Whole(_) => None,
            },
            search,
        })
    }
}

impl Scanner {
    pub(crate) fn new(gates: Vec<TextSlot>, scope: Scope) -> Self {
        fold::prepare();
        let probes = gates
            .iter()
            .fold(ProbeSet::default(), |all, gate| all | gate.probes);
        let searches: Vec<_> = probes.iter().filter_map(Prepared::new).collect();
        let called = |called| {
            let those = searches.iter().filter(|prepared| prepared.called == called);
            those.map(|prepared| prepared.probe).collect()
        };
        let numbers = || {
            let called = searches.iter().map(|prepared| prepared.called);
            called.enumerate().filter_map(|(nth, called)| match called {
                Called::AtNumbers(shapes) => Some((nth, shapes)),
                _ => None,
            })
        };
        let commands = searches.iter().map(|prepared| prepared.probe);
        let commands = commands.filter(|probe| detect::judges_commands(*probe));
        let possible = |kinds: ByteKinds| {
            let those = searches
                .iter()
                .filter(|prepared| kinds.contains(prepared.needs));
            those.map(|prepared| prepared.probe).collect()
        };
        Self {
            possible: ByteKinds::sets().map(possible).collect(),
            words: Words::new(searches.iter().map(|prepared| prepared.search.words())),
            at_words: called(Called::AtWords),
            commands: commands.collect(),
            around_last_four: called(Called::AroundLastFour),
            at_numbers: numbers().map(|(nth, _)| nth).collect(),
            shapes: numbers().fold(Shapes::NONE, |all, (_, shapes)| all.or(shapes)),
            labels: Labels::new(&searches),
            searches,
            gates,
            scope,
        }
    }

    /// Runs all checks over the output, until the deadline.
    pub(crate) fn scan(
        &self,
        output: &Json<'_>,
        deadline: &Deadline<'_>,
        start: Duration,
        collect: bool,
    ) -> Scan {
        let mut scratch = Scratch::new();
        let mut run = Run::new(self, deadline, &mut scratch, collect);
        let walked = !deadline.is_due_at(start) && run.output(output);
        let end = deadline.now();
        let (hits, findings, overflowed) = run.finish();
        Scan {
            hits,
            finished: walked && !deadline.is_due_at(end),
            findings,
            overflowed,
            start,
            end,
        }
    }

    /// The probes that may match the text, as far as a quick look tells.
    fn possible(&self, text: &[u8]) -> ProbeSet {
        let kinds = ByteKinds::of(text);
        self.possible
            .get(kinds.index())
            .copied()
            .unwrap_or_default()
    }

    /// The detectors of the searches for which `are` answers true.
    fn detectors(
        &self,
        are: impl Fn(&Prepared) -> bool,
    ) -> impl Iterator<Item = (&Prepared, &dyn Detector)> {
        let those = self.searches.iter().filter(move |prepared| are(prepared));
        those.filter_map(|prepared| match &prepared.search {
            Search::Anchored(detector) => Some((prepared, detector.as_ref())),
            _ => None,
        })
    }

    /// The probes that can still change a verdict or its reason after these hits.
    fn open(&self, hits: ProbeSet) -> ProbeSet {
        let mut open = ProbeSet::default();
        for gate in &self.gates {
            open |= gate.probes.before_first_of(hits);
            if gate.ends_run && !(gate.probes & hits).is_empty() {
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
    findings: Vec<Located>,
    /// The probes that found more than is among the findings.
    overflowed: ProbeSet,
    start: Duration,
    pub(crate) end: Duration,
}

/// A match and where it is.
pub(crate) struct Located {
    pub(crate) probe: Probe,
    /// Which of the values that held something it is in, in their order.
    pub(crate) value: usize,
    pub(crate) pointer: String,
    pub(crate) found: Match,
}

impl Scan {
    /// What a gate of these probes concludes. One whose first probe hit needs no more; any other had to see it all.
    pub(crate) fn outcome(&self, probes: ProbeSet) -> Outcome {
        match (probes & self.hits).first() {
            Some(hit) if self.finished || Some(hit) == probes.first() => {
                Outcome::failed(hit.check.reason())
            }
            _ if !self.finished => Outcome::failed(TIMEOUT),
            _ => Outcome::Passed,
        }
    }

    /// What the probes found, in the order of the payload.
    pub(crate) fn of(&self, probes: ProbeSet) -> Vec<&Located> {
        let found = self.findings.iter();
        let mut found: Vec<_> = found
            .filter(|located| probes.contains(located.probe))
            .collect();
        found.sort_by_key(|located| (located.value, located.found.range.start));
        found
    }

    /// Whether the whole output was looked at, and all that the probes found is among the findings.
    pub(crate) fn is_complete(&self, probes: ProbeSet) -> bool {
        self.finished && (self.overflowed & probes).is_empty()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }
}
