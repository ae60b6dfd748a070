//! Which agents and tools something is for.

use memchr::memmem;
use wildmatch::WildMatch;

/// Agents and tools: ids, or patterns in which `*` is any characters and `?` is one; all unless set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    agent: Option<Pattern>,
    tool: Option<Pattern>,
}

/// What an agent or a tool has whenever a selector matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Clue<'p> {
    pub(crate) of: Name,
    pub(crate) part: Part,
    pub(crate) text: &'p str,
}

/// Whose name a clue is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Name {
    Agent,
    Tool,
}

impl Name {
    pub(crate) const ALL: [Self; 2] = [Self::Agent, Self::Tool];

    pub(crate) fn of<'n>(self, agent: &'n str, tool: &'n str) -> &'n str {
        match self {
            Name::Agent => agent,
            Name::Tool => tool,
        }
    }
}

/// All of a name, so many bytes at an end of it, or some anywhere in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    Whole,
    First(usize),
    Last(usize),
    Inside,
}

impl Part {
    /// The part of a name, if it is long enough and has but one place.
    pub(crate) fn within(self, name: &str) -> Option<&[u8]> {
        let name = name.as_bytes();
        match self {
            Part::Whole => Some(name),
            Part::First(length) => name.get(..length),
            Part::Last(length) => name.get(name.len().checked_sub(length)?..),
            Part::Inside => None,
        }
    }
}

impl Selector {
    pub(crate) fn new(agent: Option<&str>, tool: Option<&str>) -> Self {
        Self {
            agent: agent.map(Pattern::new),
            tool: tool.map(Pattern::new),
        }
    }

    pub(crate) fn agent(self, pattern: &str) -> Self {
        Self {
            agent: Some(Pattern::new(pattern)),
            ..self
        }
    }

    pub(crate) fn tool(self, pattern: &str) -> Self {
        Self {
            tool: Some(Pattern::new(pattern)),
            ..self
        }
    }

    pub(crate) fn matches(&self, agent: &str, tool: &str) -> bool {
        let is_for = |pattern: &Option<Pattern>, text| {
            pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
        };
        is_for(&self.agent, agent) && is_for(&self.tool, tool)
    }

    /// What it looks for in the agent and in the tool.
    pub(crate) fn clues(&self) -> impl Iterator<Item = Clue<'_>> {
        let names = [(Name::Agent, &self.agent), (Name::Tool, &self.tool)];
        names.into_iter().flat_map(|(of, pattern)| {
            let clues = pattern.iter().flat_map(Pattern::clues);
            clues.map(move |(part, text)| Clue { of, part, text })
        })
    }

    /// What is left to ask of an agent and a tool that have one of its clues.
    pub(crate) fn beyond(&self, clue: &Clue<'_>) -> Self {
        let mut left = self.clone();
        let pattern = match clue.of {
            Name::Agent => &mut left.agent,
            Name::Tool => &mut left.tool,
        };
        if pattern.as_ref().is_some_and(Pattern::is_a_clue) {
            *pattern = None;
        }
        left
    }
}

/// An id, or a pattern.
#[derive(Clone, Debug)]
struct Pattern {
    /// What comes before the first wildcard. Most texts are told apart by it, at little cost.
    start: Literal,
    /// None without wildcards.
    rest: Option<Rest>,
}

/// None where it is empty: comparing with an empty `String`, which points nowhere, can take longer than all the rest.
type Literal = Option<String>;

/// What follows the start of a pattern.
#[derive(Clone, Debug)]
struct Rest {
    /// What is between wildcards.
    between: Vec<String>,
    /// What comes after the last one.
    end: Literal,
    /// What tells whether it matches, if not all wildcards are stars.
    mixed: Option<WildMatch>,
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        let wildcards = ['*', '?'];
        let literal = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (start, rest) = pattern.split_at(pattern.find(wildcards).unwrap_or(pattern.len()));
        let mixed = rest.contains('?').then(|| WildMatch::new(rest));
        let rest = rest.rsplit_once(wildcards).map(|(others, end)| Rest {
            between: others.split(wildcards).filter_map(literal).collect(),
            end: literal(end),
            mixed,
        });
        Self {
            start: literal(start),
            rest,
        }
    }

    fn matches(&self, text: &str) -> bool {
        self.matches_rest(text).unwrap_or(false)
    }

    /// None when the start or the end is another.
    fn matches_rest(&self, mut text: &str) -> Option<bool> {
        if let Some(start) = &self.start {
            text = text.strip_prefix(&**start)?;
        }
        let Some(Rest {
            between,
            end,
            mixed,
        }) = &self.rest
        else {
            return Some(text.is_empty());
        };
        let before_end = match end {
            Some(end) => text.strip_suffix(&**end)?,
            None => text,
        };
        Some(match mixed {
            None => in_order(between, before_end.as_bytes()),
            Some(mixed) => mixed.matches(text),
        })
    }

    /// The literals that it consists of.
    fn clues(&self) -> impl Iterator<Item = (Part, &str)> {
        let start = self.start.as_deref();
        let first = match &self.rest {
            None => Some((Part::Whole, start.unwrap_or_default())),
            Some(_) => start.map(|start| (Part::First(start.len()), start)),
        };
        let rest = self.rest.iter().flat_map(|rest| {
            let end = rest.end.iter().map(|end| (Part::Last(end.len()), end));
            let between = rest.between.iter().map(|text| (Part::Inside, text));
            end.chain(between)
        });
        let rest = rest.map(|(part, text)| (part, text.as_str()));
        first.into_iter().chain(rest)
    }

    /// Whether it says no more than its clues, of which it has but one.
    fn is_a_clue(&self) -> bool {
        let is_mixed = self.rest.as_ref().is_some_and(|rest| rest.mixed.is_some());
        !is_mixed && self.clues().count() == 1
    }
}

/// Whether the texts are all in another one, each behind those before it.
fn in_order(texts: &[String], within: &[u8]) -> bool {
    let mut rest = Some(within);
    for text in texts {
        rest = rest
            .and_then(|within| within.get(memmem::find(within, text.as_bytes())? + text.len()..));
    }
    rest.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pattern_is_matched_as_a_whole(pattern in "[aé*?]{0,8}|[aé*]{0,8}", text in "[aé]{0,8}") {
            let expected = WildMatch::new(&pattern).matches(&text);
            prop_assert_eq!(Pattern::new(&pattern).matches(&text), expected);
        }

        #[test]
        fn what_matches_has_the_clues(pattern in "[aé*?]{0,6}|[aé*]{0,3}", text in "[aé]{0,6}") {
            let pattern = Pattern::new(&pattern);
            for (part, clue) in pattern.clues() {
                let has = match part {
                    Part::Inside => text.contains(clue),
                    part => part.within(&text) == Some(clue.as_bytes()),
                };
                prop_assert!(has || !pattern.matches(&text));
                prop_assert!(!has || !pattern.is_a_clue() || pattern.matches(&text));
            }
        }
    }
}
