//! Hits that are known to be none.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{PolicyError, error::Fault, pointer::PlacePattern, selector::Selector};

/// A kind of hit that is not to count, until a moment.
///
/// ```
/// use pecta_policy::Suppression;
///
/// let suppression = Suppression::new("sup_1", "pii", "email-address")
///     .agent("mailer-*")
///     .pointer("/headers/from")?;
/// assert_eq!(suppression.id(), "sup_1");
/// # Ok::<(), pecta_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Suppression {
    pub(crate) id: Arc<str>,
    gate: String,
    rule: String,
    selector: Selector,
    pointer: PlacePattern,
    expires_at: Option<DateTime<Utc>>,
}

impl Suppression {
    /// Suppresses the hits of a rule at the gate of a name, for all agents and tools, everywhere, for ever.
    pub fn new(id: impl Into<Arc<str>>, gate: impl Into<String>, rule: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            gate: gate.into(),
            rule: rule.into(),
            selector: Selector::default(),
            pointer: PlacePattern::default(),
            expires_at: None,
        }
    }

    /// Only for these agents: an id, or a pattern with `*` and `?`.
    pub fn agent(self, pattern: &str) -> Self {
        Self {
            selector: self.selector.agent(pattern),
            ..self
        }
    }

    /// Only for these tools, likewise.
    pub fn tool(self, pattern: &str) -> Self {
        Self {
            selector: self.selector.tool(pattern),
            ..self
        }
    }

    /// Only at or below the value that a JSON Pointer leads to, in which the step `*` stands for any key or index. The marks
    /// of [`Hit::pointer`](crate::Hit::pointer) lead further: `~#` at the end to the key alone, `~` into the JSON in a string.
    ///
    /// # Errors
    ///
    /// The pointer is none.
    pub fn pointer(self, pointer: &str) -> Result<Self, PolicyError> {
        let pointer =
            PlacePattern::parse(pointer).map_err(|Fault { message, .. }| PolicyError {
                pointer: "/pointer".to_owned(),
                position: None,
                message,
            })?;
        Ok(Self { pointer, ..self })
    }

    /// Only before this moment.
    pub fn expires_at(self, moment: DateTime<Utc>) -> Self {
        Self {
            expires_at: Some(moment),
            ..self
        }
    }

    /// The name by which verdicts tell of it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it can suppress anything of such a call.
    fn is_active(&self, agent: &str, tool: &str, now: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| now < end) && self.selector.matches(agent, tool)
    }
}

/// The suppressions of an org, by gate and rule: a hit is compared with those alone that are about it.
#[derive(Clone, Debug, Default)]
pub struct Suppressions(HashMap<String, HashMap<String, Vec<Suppression>>>);

impl FromIterator<Suppression> for Suppressions {
    fn from_iter<I: IntoIterator<Item = Suppression>>(all: I) -> Self {
        let mut gates: HashMap<String, HashMap<String, Vec<Suppression>>> = HashMap::new();
        for suppression in all {
            let rules = gates.entry(suppression.gate.clone()).or_default();
            let same = rules.entry(suppression.rule.clone()).or_default();
            same.push(suppression);
        }
        Self(gates)
    }
}

/// The suppressions that are active for one call. Which these are is looked at only for what they would cover: most
/// outputs hold nothing that could be suppressed.
pub(crate) struct Active<'s> {
    all: &'s Suppressions,
    agent: &'s str,
    tool: &'s str,
    now: DateTime<Utc>,
}

impl<'s> Active<'s> {
    pub(crate) fn new(
        all: &'s Suppressions,
        agent: &'s str,
        tool: &'s str,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            all,
            agent,
            tool,
            now,
        }
    }

    /// Those for a gate.
    pub(crate) fn at(&self, gate: &str) -> AtGate<'_, 's> {
        AtGate {
            active: self,
            rules: self.all.0.get(gate),
            by_rule: HashMap::new(),
        }
    }
}

/// The suppressions that are active for one call at a gate, sorted out once for each rule that found something.
pub(crate) struct AtGate<'a, 's> {
    active: &'a Active<'s>,
    rules: Option<&'s HashMap<String, Vec<Suppression>>>,
    by_rule: HashMap<&'static str, Vec<&'s Suppression>>,
}

impl<'s> AtGate<'_, 's> {
    /// The suppression that covers what a rule of the gate found at a place.
    pub(crate) fn of(&mut self, rule: &'static str, pointer: &str) -> Option<&'s Suppression> {
        let same = self.rules?.get(rule)?;
        let active = self.by_rule.entry(rule).or_insert_with(|| {
            let Active {
                agent, tool, now, ..
            } = *self.active;
            let is_active = |one: &&Suppression| one.is_active(agent, tool, now);
            same.iter().filter(is_active).collect()
        });
        let mut active = active.iter();
        active
            .find(|suppression| suppression.pointer.covers(pointer))
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_sorted_out_once_and_to_what_is_active() {
        let for_agent = |id: &str, agent| Suppression::new(id, "pii", "ssn").agent(agent);
        let all = [for_agent("sup_1", "other"), for_agent("sup_2", "mail*")];
        let all: Suppressions = all.into_iter().collect();
        let active = Active::new(&all, "mailer", "", DateTime::UNIX_EPOCH);
        let mut at = active.at("pii");
        for _ in 0..3 {
            assert_eq!(at.of("ssn", "/a").map(Suppression::id), Some("sup_2"));
            assert!(at.of("phone", "/a").is_none());
        }
        let sorted: Vec<_> = at.by_rule.values().map(Vec::len).collect();
        assert_eq!(sorted, [1]);
    }
}
