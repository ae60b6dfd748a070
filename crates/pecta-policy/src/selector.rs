//! Which agents and tools something is for.

use wildmatch::WildMatch;

/// Agents and tools: ids, or patterns in which `*` is any characters and `?` is one; all unless set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    agent: Option<Pattern>,
    tool: Option<Pattern>,
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
}

/// An id, or a pattern.
#[derive(Clone, Debug)]
struct Pattern {
    /// What comes before the first wildcard. Most texts are told apart by it, at little cost.
    start: String,
    /// The first wildcard, and what follows.
    rest: Option<WildMatch>,
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        let wildcard = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let (start, rest) = pattern.split_at(wildcard);
        Self {
            start: start.to_owned(),
            rest: (!rest.is_empty()).then(|| WildMatch::new(rest)),
        }
    }

    fn matches(&self, text: &str) -> bool {
        let rest = text.strip_prefix(&*self.start);
        rest.is_some_and(|text| match &self.rest {
            Some(rest) => rest.matches(text),
            None => text.is_empty(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pattern_is_matched_as_a_whole(pattern in "[aé*?]{0,6}", text in "[aé]{0,6}") {
            prop_assert_eq!(Pattern::new(&pattern).matches(&text), WildMatch::new(&pattern).matches(&text));
        }
    }
}
