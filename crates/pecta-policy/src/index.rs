//! Which of many selectors match an agent and a tool, without asking each.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use foldhash::fast::RandomState;
use smallvec::SmallVec;

use crate::selector::{Name, Part, Selector};

/// The places of selectors, in order. Mostly few match.
pub(crate) type Places = SmallVec<[usize; 4]>;

/// Selectors, each found by a clue. Asked are those alone whose clue an agent or a tool has.
#[derive(Default)]
pub(crate) struct Index {
    selectors: Vec<Selector>,
    /// By the part of a name that they look at, and by what it must be.
    groups: Vec<((Name, Part), ByText)>,
    /// By what must be anywhere in a name.
    searches: Vec<(Name, Search)>,
    /// Those that have no clue.
    others: Vec<usize>,
}

/// Texts that are searched together, and where the selectors are that need each.
struct Search {
    texts: AhoCorasick,
    places: Vec<Vec<usize>>,
}

type ByText = HashMap<Box<[u8]>, Vec<usize>, RandomState>;

impl Index {
    pub(crate) fn new(selectors: Vec<Selector>) -> Self {
        let mut shared: HashMap<_, usize> = HashMap::new();
        for clue in selectors.iter().flat_map(Selector::clues) {
            *shared.entry(clue).or_default() += 1;
        }
        let mut groups: BTreeMap<_, ByText> = BTreeMap::new();
        let mut others = Vec::new();
        for (place, selector) in selectors.iter().enumerate() {
            // The clue that the fewest others share has the fewest asked in vain.
            let rarest = selector.clues().min_by_key(|clue| shared.get(clue));
            let same = rarest.map_or(&mut others, |clue| {
                let group = groups.entry((clue.of, clue.part)).or_default();
                group.entry(clue.text.as_bytes().into()).or_default()
            });
            same.push(place);
        }
        let mut searches = Vec::new();
        for of in Name::ALL {
            let Some(by_text) = groups.remove(&(of, Part::Inside)) else {
                continue;
            };
            let (texts, places): (Vec<_>, Vec<_>) = by_text.into_iter().unzip();
            // The kind whose memory grows no faster than the texts.
            let kind = AhoCorasickKind::ContiguousNFA;
            match AhoCorasick::builder().kind(Some(kind)).build(texts) {
                Ok(texts) => searches.push((of, Search { texts, places })),
                // Too many for one search.
                Err(_) => others.extend(places.into_iter().flatten()),
            }
        }
        Self {
            groups: groups.into_iter().collect(),
            searches,
            others,
            selectors,
        }
    }

    /// The places of those that match.
    pub(crate) fn matching(&self, agent: &str, tool: &str) -> Places {
        let mut matching = Places::new();
        let mut ask = |places: &[usize]| {
            for &place in places {
                let selector = self.selectors.get(place);
                if selector.is_some_and(|selector| selector.matches(agent, tool)) {
                    matching.push(place);
                }
            }
        };
        ask(&self.others);
        for ((of, part), by_text) in &self.groups {
            let text = part.within(of.of(agent, tool));
            if let Some(places) = text.and_then(|text| by_text.get(text)) {
                ask(places);
            }
        }
        for (of, search) in &self.searches {
            search.find(of.of(agent, tool)).for_each(&mut ask);
        }
        matching.sort_unstable();
        matching
    }
}

impl Search {
    /// The places for each text that is in a name.
    fn find(&self, name: &str) -> impl Iterator<Item = &[usize]> {
        let found = self.texts.find_overlapping_iter(name);
        let mut found: Places = found.map(|found| found.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        let places = found.into_iter().map(|text| self.places.get(text));
        places.flatten().map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{option, prelude::*};
    use wildmatch::WildMatch;

    /// Patterns that share parts, and names that have some of them.
    const PATTERN: &str = "\\*|[abé]{1,3}|[abé]{0,2}\\*|\\*[abé]{1,2}(\\*([abé]{1,2}\\*)?)?|[abé]{0,2}[*?][abé]{0,2}[*?][abé]{0,2}";
    const NAME: &str = "[abé]{0,5}";

    proptest! {
        #[test]
        fn it_finds_what_asking_each_in_order_finds(
            patterns in prop::collection::vec((option::of(PATTERN), option::of(PATTERN)), 0..40),
            names in prop::collection::vec((NAME, NAME), 1..20),
        ) {
            let selectors = patterns.iter();
            let selectors = selectors.map(|(agent, tool)| Selector::new(agent.as_deref(), tool.as_deref()));
            let index = Index::new(selectors.collect());
            let matches = |pattern: &Option<String>, name: &str| {
                let mut pattern = pattern.iter();
                pattern.all(|pattern| WildMatch::new(pattern).matches(name))
            };
            for (agent, tool) in &names {
                let places = 0..patterns.len();
                let expected = places.filter(|&place| {
                    let (for_agent, for_tool) = &patterns[place];
                    matches(for_agent, agent) && matches(for_tool, tool)
                });
                prop_assert_eq!(index.matching(agent, tool).to_vec(), expected.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn few_are_asked_of_many() {
        let most_asked = |agent: fn(usize) -> String, tool: fn(usize) -> String| {
            let selectors = (0..100).map(|nth| Selector::new(Some(&agent(nth)), Some(&tool(nth))));
            let index = Index::new(selectors.collect());
            let groups = index.groups.iter().map(|(_, by_text)| {
                let asked = by_text.values().map(Vec::len);
                asked.max().unwrap_or_default()
            });
            let places = index.searches.iter().flat_map(|(_, search)| &search.places);
            let inside = places.map(Vec::len).max().unwrap_or_default();
            groups.sum::<usize>() + inside + index.others.len()
        };
        for (agent, tool, expected) in [
            (|nth| format!("team-{nth:02}-*"), |_| "tool.*".to_owned(), 1),
            (|_| "team-*".to_owned(), |nth| format!("*.{nth:02}"), 1),
            (
                |nth| format!("a{}", nth / 10),
                |nth| format!("t{}?", nth % 10),
                10,
            ),
            (|_| "*".to_owned(), |_| "?*".to_owned(), 100),
        ]
            as [(fn(usize) -> String, fn(usize) -> String, usize); 4]
        {
            assert_eq!(
                most_asked(agent, tool),
                expected,
                "{} {}",
                agent(0),
                tool(0)
            );
        }
    }
}
