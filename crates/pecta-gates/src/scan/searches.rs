//! The searches of an engine's checks, made ready to run.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::labels::Labels;
use crate::{
    check::{Probe, ProbeSet},
    detect::{self, Detector, NumberDetector, Reach, Search},
    fold,
    prefilter::{ByteKinds, Shapes, Words},
};

/// The searches of all engines. Those of the same checks have the same ones: with all checks these take some megabytes, and a
/// policy has an engine for every set of rules that agents turn out to match.
static KNOWN: Mutex<Vec<(ProbeSet, Weak<Searches>)>> = Mutex::new(Vec::new());

/// The searches of a set of checks.
pub(super) struct Searches {
    pub(super) all: Vec<Prepared>,
    /// For each set of kinds of bytes, the probes that may match a string of these.
    possible: Vec<ProbeSet>,
    pub(super) words: Words,
    pub(super) at_words: ProbeSet,
    /// The probes that judge commands.
    pub(super) commands: ProbeSet,
    /// Which searches are called around the last four digits of a number.
    pub(super) at_last_four: Vec<usize>,
    /// Their probes.
    pub(super) around_last_four: ProbeSet,
    /// Which searches are called on every block of ASCII text.
    pub(super) on_ascii: Vec<usize>,
    /// Which are on every block of other text.
    pub(super) beyond_ascii: Vec<usize>,
    /// For each set of shapes of digits, who judges them.
    judges: Vec<Vec<NumberJudge>>,
    /// The probes that judge numbers.
    pub(super) numbers: ProbeSet,
    pub(super) shapes: Shapes,
    pub(super) labels: Labels,
}

/// A detector of numbers with its probe.
type NumberJudge = (Probe, &'static dyn NumberDetector);

pub(super) struct Prepared {
    pub(super) probe: Probe,
    needs: ByteKinds,
    pub(super) called: Called,
    pub(super) beyond_ascii: bool,
    pub(super) reach: Option<Reach>,
    pub(super) search: Search,
}

/// When a search is run on a block of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    Always,
    BeyondAscii,
    AtWords,
    AroundLastFour,
    AtNumbers,
}

impl Prepared {
    fn new(probe: Probe) -> Option<Self> {
        let search = detect::search(probe)?;
        let called = match &search {
            _ if !search.words().is_empty() => Called::AtWords,
            Search::Anchored(detector) if detector.ends_in_four_digits() => Called::AroundLastFour,
            Search::Numbers(_) => Called::AtNumbers,
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

impl Searches {
    /// The searches of these probes: those of another engine, or new ones.
    pub(super) fn of(probes: ProbeSet) -> Arc<Self> {
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let find = |known: &[(ProbeSet, Weak<Self>)]| {
            let mut same = known.iter().filter(|(others, _)| *others == probes);
            same.find_map(|(_, searches)| searches.upgrade())
        };
        if let Some(searches) = find(&known()) {
            return searches;
        }
        // Not under the lock: this takes milliseconds.
        let new = Arc::new(Self::new(probes));
        let mut known = known();
        known.retain(|(_, searches)| searches.strong_count() > 0);
        find(&known).unwrap_or_else(|| {
            known.push((probes, Arc::downgrade(&new)));
            new
        })
    }

    fn new(probes: ProbeSet) -> Self {
        fold::prepare();
        let searches: Vec<_> = probes.iter().filter_map(Prepared::new).collect();
        let called = |called| {
            let those = searches.iter().filter(|prepared| prepared.called == called);
            those.map(|prepared| prepared.probe).collect()
        };
        let judges = |shapes: Shapes| {
            searches
                .iter()
                .filter_map(move |prepared| match prepared.search {
                    Search::Numbers(detector) if detector.shapes().meets(shapes) => {
                        Some((prepared.probe, detector))
                    }
                    _ => None,
                })
        };
        let numbers_of = |are: fn(&Prepared) -> bool| {
            let numbered = searches.iter().enumerate();
            let those = numbered.filter(move |(_, prepared)| are(prepared));
            those.map(|(nth, _)| nth).collect()
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
            at_last_four: numbers_of(|prepared| prepared.called == Called::AroundLastFour),
            around_last_four: called(Called::AroundLastFour),
            on_ascii: numbers_of(|prepared| prepared.called == Called::Always),
            beyond_ascii: numbers_of(|prepared| {
                prepared.called == Called::Always || prepared.beyond_ascii
            }),
            numbers: judges(Shapes::ALL).map(|(probe, _)| probe).collect(),
            shapes: (judges(Shapes::ALL))
                .fold(Shapes::NONE, |all, (_, detector)| all.or(detector.shapes())),
            judges: Shapes::sets()
                .map(|shapes| judges(shapes).collect())
                .collect(),
            labels: Labels::new(&searches),
            all: searches,
        }
    }

    /// The probes that may match the text, as far as a quick look tells.
    pub(super) fn possible(&self, text: &[u8]) -> ProbeSet {
        let kinds = ByteKinds::of(text);
        self.possible
            .get(kinds.index())
            .copied()
            .unwrap_or_default()
    }

    /// Who judges digits of these shapes.
    pub(super) fn judges(&self, shapes: Shapes) -> &[NumberJudge] {
        let judges = self.judges.get(shapes.index());
        judges.map(Vec::as_slice).unwrap_or_default()
    }

    /// The detectors of these searches.
    pub(super) fn detectors(
        &self,
        searches: &[usize],
    ) -> impl Iterator<Item = (&Prepared, &dyn Detector)> {
        let those = searches.iter().filter_map(|nth| self.all.get(*nth));
        those.filter_map(|prepared| match &prepared.search {
            Search::Anchored(detector) => Some((prepared, detector.as_ref())),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Profile, check::Check};

    #[test]
    fn engines_with_the_same_checks_share_their_searches() {
        // No other test has these together.
        let strict = |check: Check| check.under(Profile::Strict);
        let two: ProbeSet = [Check::Windows, Check::Ssn]
            .map(strict)
            .into_iter()
            .collect();
        let three: ProbeSet = two.iter().chain([strict(Check::Refusal)]).collect();
        let one = Searches::of(two);
        assert!(Arc::ptr_eq(&one, &Searches::of(two)));
        assert!(!Arc::ptr_eq(&one, &Searches::of(three)));
        // Without an engine nothing of them stays.
        let gone = Arc::downgrade(&one);
        drop(one);
        assert!(gone.upgrade().is_none());
    }
}
