//! Which agents and tools something is for.

use wildmatch::WildMatch;

/// Agents and tools: ids, or patterns in which `*` is any characters and `?` is one; all unless set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    agent: Option<WildMatch>,
    tool: Option<WildMatch>,
}

impl Selector {
    pub(crate) fn new(agent: Option<&str>, tool: Option<&str>) -> Self {
        Self {
            agent: agent.map(WildMatch::new),
            tool: tool.map(WildMatch::new),
        }
    }

    pub(crate) fn agent(self, pattern: &str) -> Self {
        Self {
            agent: Some(WildMatch::new(pattern)),
            ..self
        }
    }

    pub(crate) fn tool(self, pattern: &str) -> Self {
        Self {
            tool: Some(WildMatch::new(pattern)),
            ..self
        }
    }

    pub(crate) fn matches(&self, agent: &str, tool: &str) -> bool {
        let is_for = |pattern: &Option<WildMatch>, text| {
            pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
        };
        is_for(&self.agent, agent) && is_for(&self.tool, tool)
    }
}
