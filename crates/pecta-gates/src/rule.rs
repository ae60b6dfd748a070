//! What checks consist of: rules, as findings name them.

use crate::{Profile, check::Check, detect};

/// A rule of a check, as a finding [names it](crate::Finding::rule). [`BuiltIn::rules`](crate::BuiltIn::rules) has those of a
/// gate.
///
/// ```
/// use pecta_gates::BuiltIn;
///
/// let filesystem = BuiltIn::find("filesystem").unwrap();
/// let rule = filesystem.rules().into_iter().find(|rule| rule.id == "doubled-climb").unwrap();
/// assert_eq!(rule.check, "traversal");
/// assert_eq!(rule.flags, "dots and slashes doubled, to survive a filter");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Rule {
    /// The name of the check.
    pub check: &'static str,
    /// The profile under which the rule counts; `None` when it counts under all. Rules of both profiles may have one id.
    pub profile: Option<Profile>,
    /// The name by which findings call the rule.
    pub id: &'static str,
    /// What the rule flags, in a few words.
    pub flags: &'static str,
    /// A string that the rule hits. A `·` is no part of it: it keeps examples of secrets from being taken for secrets.
    pub hit: &'static str,
    /// A string that it does not hit, written like the other.
    pub miss: &'static str,
}

impl Rule {
    /// The rules of a check, the strict profile's first.
    pub(crate) fn of(check: Check) -> impl Iterator<Item = Self> {
        check.probes().flat_map(move |probe| {
            let entries = detect::entries(probe).into_iter();
            entries.map(move |entry| Self {
                check: check.name(),
                profile: check.has_profiles().then_some(probe.profile),
                id: entry.id,
                flags: entry.flags,
                hit: entry.hit,
                miss: entry.miss,
            })
        })
    }
}
