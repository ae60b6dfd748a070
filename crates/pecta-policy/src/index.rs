//! Which of many selectors match an agent and a tool, without asking each.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::{
    Anchored,
    automaton::{Automaton, StateID},
    nfa::contiguous::NFA,
};
use foldhash::fast::RandomState;
use smallvec::SmallVec;

use crate::selector::{Name, Part, Selector};

/// The places of selectors, in order. Mostly few match.
pub(crate) type Places = SmallVec<[usize; 4]>;

/// Selectors, each found by a clue. Asked are those alone whose clue an agent or a tool has.
#[derive(Default)]
pub(crate) struct Index {
    /// By the part of a name that they look at, and by what it must be.
    groups: Vec<((Name, Part), ByText)>,
    /// By what must be anywhere in a name.
    searches: Vec<(Name, Search, Vec<Vec<Entry>>)>,
    /// Those that have no clue.
    others: Vec<Entry>,
}

/// The place of a selector, and what it asks of an agent and a tool that have its clue.
struct Entry {
    place: usize,
    rest: Selector,
}

/// Texts that are searched together.
struct Search {
    texts: NFA,
    start: StateID,
}

type ByText = HashMap<Box<[u8]>, Vec<Entry>, RandomState>;

impl Index {
    pub(crate) fn new(selectors: &[Selector]) -> Self {
        let mut shared: HashMap<_, usize> = HashMap::new();
        for clue in selectors.iter().flat_map(Selector::clues) {
            *shared.entry(clue).or_default() += 1;
        }
        let mut groups: BTreeMap<_, ByText> = BTreeMap::new();
        let mut others = Vec::new();
        for (place, selector) in selectors.iter().enumerate() {
            // The clue that the fewest others share has the fewest asked in vain. Of several such, one at an end is found sooner.
            let clues = selector.clues();
            let Some(clue) = clues.min_by_key(|clue| (shared.get(clue), clue.part)) else {
                others.push(Entry::new(place, selector.clone()));
                continue;
            };
            let group = groups.entry((clue.of, clue.part)).or_default();
            let same = group.entry(clue.text.as_bytes().into()).or_default();
            same.push(Entry::new(place, selector.beyond(&clue)));
        }
        let mut searches = Vec::new();
        for of in Name::ALL {
            let Some(by_text) = groups.remove(&(of, Part::Inside)) else {
                continue;
            };
            let (texts, entries): (Vec<_>, Vec<_>) = by_text.into_iter().unzip();
            match Search::new(&texts) {
                Some(search) => searches.push((of, search, entries)),
                // Too many for one search.
                None => others.extend(entries.into_iter().flatten().filter_map(|entry| {
                    let selector = selectors.get(entry.place)?.clone();
                    Some(Entry::new(entry.place, selector))
                })),
            }
        }
        Self {
            groups: groups.into_iter().collect(),
            searches,
            others,
        }
    }

    /// Adds the places of those that match to none: to hand a list of places over takes as long as to find most.
    pub(crate) fn find(&self, agent: &str, tool: &str, matching: &mut Places) {
        let mut ask = |entries: &[Entry]| {
            for entry in entries {
                if entry.rest.matches(agent, tool) {
                    matching.push(entry.place);
                }
            }
        };
        ask(&self.others);
        for ((of, part), by_text) in &self.groups {
            let text = part.within(of.of(agent, tool));
            if let Some(entries) = text.and_then(|text| by_text.get(text)) {
                ask(entries);
            }
        }
        for (of, search, entries) in &self.searches {
            let found = search.find(of.of(agent, tool));
            let entries = found.iter().map(|&text| entries.get(text));
            entries.flatten().for_each(|entries| ask(entries));
        }
        matching.sort_unstable();
    }
}

impl Entry {
    fn new(place: usize, rest: Selector) -> Self {
        Self { place, rest }
    }
}

impl Search {
    fn new(texts: &[Box<[u8]>]) -> Option<Self> {
        // What would skip ahead takes longer than it saves within names.
        let texts = NFA::builder().prefilter(false).build(texts).ok()?;
        let start = texts.start_state(Anchored::No).ok()?;
        Some(Self { texts, start })
    }

    /// The numbers of the texts that are in a name. Names are short: the states are gone through here, because an iterator over what
    /// is found takes as long to set up as all of that.
    fn find(&self, name: &str) -> Places {
        let mut found = Places::new();
        let mut state = self.start;
        for &byte in name.as_bytes() {
            state = self.texts.next_state(Anchored::No, state, byte);
            if self.texts.is_match(state) {
                let matches = 0..self.texts.match_len(state);
                found.extend(matches.map(|nth| self.texts.match_pattern(state, nth).as_usize()));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
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
            let index = Index::new(&selectors.collect::<Vec<_>>());
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
                let mut matching = Places::new();
                index.find(agent, tool, &mut matching);
                prop_assert_eq!(matching.to_vec(), expected.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn few_are_asked_of_many() {
        let most_asked = |agent: fn(usize) -> String, tool: fn(usize) -> String| {
            let selectors = (0..100).map(|nth| Selector::new(Some(&agent(nth)), Some(&tool(nth))));
            let index = Index::new(&selectors.collect::<Vec<_>>());
            let groups = index.groups.iter().map(|(_, by_text)| {
                let asked = by_text.values().map(Vec::len);
                asked.max().unwrap_or_default()
            });
            let places = index.searches.iter().flat_map(|(_, _, entries)| entries);
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
            (|nth| format!("team-*-{nth:02}"), |_| "tool.*".to_owned(), 1),
            (|nth| format!("*-{nth:02}-?"), |_| "*".to_owned(), 1),
            (|nth| format!("team-*-{nth:02}-*-1"), |_| "*".to_owned(), 1),
            (|_| "*".to_owned(), |_| "?*".to_owned(), 100),
        ]
            as [(fn(usize) -> String, fn(usize) -> String, usize); 7]
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
