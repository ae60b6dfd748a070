//! What a candidate policy would have judged otherwise, counted.

use crate::org::OrgId;
use crate::schema::candidate_counts;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// How many names of each kind are counted, so that no report and no table grows without end.
const NAMES: usize = 300;

/// The name of all others.
const OTHERS: &str = "*";

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    /// Outputs that both policies judged.
    Compared,
    /// Outputs for which a gate was left out of the comparison, by its name.
    LeftOut,
    /// Outputs that passed and would not have.
    Blocked,
    /// The same by gate and rule.
    BlockedRule,
    /// The same by agent.
    BlockedAgent,
    /// The same by tool.
    BlockedTool,
    /// Outputs that did not pass and would have.
    Released,
    /// The same by gate and rule.
    ReleasedRule,
    /// The same by agent.
    ReleasedAgent,
    /// The same by tool.
    ReleasedTool,
}

impl Counted {
    const ALL: [Self; 10] = [
        Self::Compared,
        Self::LeftOut,
        Self::Blocked,
        Self::BlockedRule,
        Self::BlockedAgent,
        Self::BlockedTool,
        Self::Released,
        Self::ReleasedRule,
        Self::ReleasedAgent,
        Self::ReleasedTool,
    ];

    /// Those whose names are ids of agents.
    const OF_AGENTS: [Self; 2] = [Self::BlockedAgent, Self::ReleasedAgent];

    /// The stored text.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::LeftOut => "left_out",
            Self::Blocked => "blocked",
            Self::BlockedRule => "blocked_rule",
            Self::BlockedAgent => "blocked_agent",
            Self::BlockedTool => "blocked_tool",
            Self::Released => "released",
            Self::ReleasedRule => "released_rule",
            Self::ReleasedAgent => "released_agent",
            Self::ReleasedTool => "released_tool",
        }
    }

    fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == text)
    }
}

/// A count; counts of the same thing add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateCount {
    /// What was counted.
    pub what: Counted,
    /// Of which gate, agent or tool; empty for all.
    pub name: String,
    /// Of which rule; empty for all.
    pub rule: String,
    /// How many.
    pub count: i64,
}

/// Which counts of a server are added, so that the same are not added twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateBatch {
    /// Who counted them: unique among all who ever count for the org.
    pub counter: String,
    /// The how many-th batch of that counter it is; from 1 on, and never one behind a later one.
    pub sequence: i64,
}

impl CandidateBatch {
    /// What a row is of that tells the last batch of a counter: its name is the counter, its count the sequence.
    pub(crate) const WHAT: &'static str = "batch";

    /// The row that tells that it was added.
    pub(crate) fn row(&self, org: OrgId, version: i64) -> CandidateRow {
        CandidateRow {
            org_id: org.get(),
            version,
            what: Self::WHAT.to_owned(),
            name: self.counter.clone(),
            rule: String::new(),
            count: self.sequence,
        }
    }
}

/// The agents among the names of counts.
pub(crate) fn agents(counts: &[CandidateCount]) -> Vec<&str> {
    let of_agents = counts
        .iter()
        .filter(|count| Counted::OF_AGENTS.contains(&count.what));
    of_agents.map(|count| count.name.as_str()).collect()
}

/// The name and the rule of a count.
type Name = (String, String);

/// The names that have counts.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<Counted, HashSet<Name>>);

impl FromIterator<(String, String, String)> for Names {
    fn from_iter<I: IntoIterator<Item = (String, String, String)>>(keys: I) -> Self {
        let mut names: HashMap<Counted, HashSet<Name>> = HashMap::new();
        for (what, name, rule) in keys {
            if let Some(what) = Counted::find(&what) {
                names.entry(what).or_default().insert((name, rule));
            }
        }
        Self(names)
    }
}

impl Names {
    /// The counts to be added: by name where there is one already or room for it, else with all others. `agents` are those
    /// that there are: one that was deleted since has no name any more.
    pub(crate) fn bound(
        mut self,
        counts: Vec<CandidateCount>,
        agents: &HashSet<String>,
    ) -> Vec<CandidateCount> {
        let mut sums: HashMap<(Counted, Name), i64> = HashMap::new();
        for count in counts {
            let is_gone = Counted::OF_AGENTS.contains(&count.what) && !agents.contains(&count.name);
            let names = self.0.entry(count.what).or_default();
            let mut name = (count.name, count.rule);
            if is_gone || (!names.contains(&name) && names.len() >= NAMES) {
                name = (OTHERS.to_owned(), String::new());
            } else {
                names.insert(name.clone());
            }
            *sums.entry((count.what, name)).or_default() += count.count;
        }
        let counts = sums.into_iter();
        let counts = counts.map(|((what, (name, rule)), count)| CandidateCount {
            what,
            name,
            rule,
            count,
        });
        counts.collect()
    }
}

/// A row.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = candidate_counts)]
pub(crate) struct CandidateRow {
    org_id: i64,
    version: i64,
    what: String,
    name: String,
    rule: String,
    count: i64,
}

impl CandidateRow {
    pub(crate) fn of(org: OrgId, version: i64, count: CandidateCount) -> Self {
        Self {
            org_id: org.get(),
            version,
            what: count.what.as_str().to_owned(),
            name: count.name,
            rule: count.rule,
            count: count.count,
        }
    }

    /// The count; none of something that only a newer server counts.
    pub(crate) fn count(self) -> Option<CandidateCount> {
        Some(CandidateCount {
            what: Counted::find(&self.what)?,
            name: self.name,
            rule: self.rule,
            count: self.count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(what: Counted, name: &str, count: i64) -> CandidateCount {
        CandidateCount {
            what,
            name: name.to_owned(),
            rule: String::new(),
            count,
        }
    }

    fn of<'c>(counts: &'c [CandidateCount], name: &str) -> Option<&'c CandidateCount> {
        counts.iter().find(|count| count.name == name)
    }

    #[test]
    fn each_kind_has_a_text_of_its_own() {
        for what in Counted::ALL {
            assert_eq!(Counted::find(what.as_str()), Some(what));
        }
        for other in ["other", CandidateBatch::WHAT] {
            assert_eq!(Counted::find(other), None);
        }
    }

    #[test]
    fn so_many_names_are_counted_and_the_others_together() {
        let known = (0..NAMES).map(|nth| {
            let what = Counted::BlockedTool.as_str().to_owned();
            (what, format!("tool-{nth}"), String::new())
        });
        let known: Names = known.collect();
        let new = vec![
            count(Counted::BlockedTool, "tool-7", 2),
            count(Counted::BlockedTool, "new", 3),
            count(Counted::BlockedTool, "newer", 4),
            count(Counted::ReleasedTool, "new", 5),
        ];
        let bound = known.bound(new, &HashSet::new());
        assert_eq!(bound.len(), 3);
        assert_eq!(of(&bound, "tool-7").unwrap().count, 2);
        assert_eq!(of(&bound, OTHERS).unwrap().count, 7);
        assert_eq!(of(&bound, "new").unwrap().what, Counted::ReleasedTool);
    }

    #[test]
    fn an_agent_that_is_gone_has_no_name() {
        let new = vec![
            count(Counted::BlockedAgent, "here", 1),
            count(Counted::BlockedAgent, "gone", 2),
            count(Counted::BlockedTool, "gone", 3),
        ];
        assert_eq!(agents(&new), ["here", "gone"]);
        let agents = HashSet::from(["here".to_owned()]);
        let bound = Names::default().bound(new, &agents);
        assert_eq!(of(&bound, "here").unwrap().count, 1);
        assert_eq!(of(&bound, OTHERS).unwrap().count, 2);
        assert_eq!(of(&bound, "gone").unwrap().what, Counted::BlockedTool);
    }
}
