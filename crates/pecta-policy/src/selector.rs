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

    /// One for the agent and one for the tool, if there are such.
    pub(crate) fn clues(&self) -> impl Iterator<Item = Clue<'_>> {
        let names = [(Name::Agent, &self.agent), (Name::Tool, &self.tool)];
        names.into_iter().filter_map(|(of, pattern)| {
            let (part, text) = pattern.as_ref()?.clue()?;
            Some(Clue { of, part, text })
        })
    }
}

/// An id, or a pattern.
#[derive(Clone, Debug)]
struct Pattern {
    /// What comes before the first wildcard. Most texts are told apart by it, at little cost.
    start: Literal,
    rest: Rest,
}

/// None where it is empty: comparing with an empty `String`, which points nowhere, can take longer than all the rest.
type Literal = Option<String>;

/// What follows the start of a pattern.
#[derive(Clone, Debug)]
enum Rest {
    Nothing,
    /// What is between stars, and after the last one.
    Stars(Vec<String>, Literal),
    /// All of it when there are other wildcards, and what is after the last one.
    Mixed(WildMatch, Literal),
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        let wildcards = ['*', '?'];
        let literal = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (start, rest) = pattern.split_at(pattern.find(wildcards).unwrap_or(pattern.len()));
        let rest = match rest.rsplit_once(wildcards) {
            None => Rest::Nothing,
            Some((_, end)) if rest.contains('?') => Rest::Mixed(WildMatch::new(rest), literal(end)),
            Some((others, end)) => Rest::Stars(
                others.split('*').filter_map(literal).collect(),
                literal(end),
            ),
        };
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
        let before = |end: &Literal| match end {
            Some(end) => text.strip_suffix(&**end),
            None => Some(text),
        };
        Some(match &self.rest {
            Rest::Nothing => text.is_empty(),
            Rest::Stars(between, end) => in_order(between, before(end)?.as_bytes()),
            Rest::Mixed(pattern, end) => before(end).is_some() && pattern.matches(text),
        })
    }

    fn clue(&self) -> Option<(Part, &str)> {
        match (&self.start, &self.rest) {
            (start, Rest::Nothing) => Some((Part::Whole, start.as_deref().unwrap_or_default())),
            (Some(start), _) => Some((Part::First(start.len()), start)),
            (None, Rest::Stars(_, Some(end)) | Rest::Mixed(_, Some(end))) => {
                Some((Part::Last(end.len()), end))
            }
            (None, Rest::Stars(between, None)) => {
                let longest = between.iter().max_by_key(|text| text.len());
                longest.map(|text| (Part::Inside, text.as_str()))
            }
            (None, Rest::Mixed(_, None)) => None,
        }
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
        fn what_matches_has_the_clue(pattern in "[aé*?]{0,6}", text in "[aé]{0,6}") {
            let pattern = Pattern::new(&pattern);
            let has = pattern.clue().is_none_or(|(part, clue)| match part {
                Part::Inside => text.contains(clue),
                part => part.within(&text) == Some(clue.as_bytes()),
            });
            prop_assert!(has || !pattern.matches(&text));
        }
    }
}
