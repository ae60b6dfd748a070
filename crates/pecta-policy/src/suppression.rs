//! Hits that are known to be none.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use pecta_gates::Finding;

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

impl Suppressions {
    /// Those of the finding's gate and rule.
    fn about(&self, finding: &Finding) -> &[Suppression] {
        let rules = self.0.get(&*finding.gate);
        rules
            .and_then(|rules| rules.get(finding.rule))
            .map_or(&[], Vec::as_slice)
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

    /// The suppression that covers the finding.
    pub(crate) fn of(&self, finding: &Finding) -> Option<&'s Suppression> {
        self.all.about(finding).iter().find(|suppression| {
            suppression.is_active(self.agent, self.tool, self.now)
                && suppression.pointer.covers(&finding.pointer)
        })
    }
}
