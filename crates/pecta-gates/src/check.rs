//! The checks that text gates consist of, and sets of them.

use std::ops::{BitAnd, BitOr, BitOrAssign};

/// A check. Within a gate, the order of declaration is the order in which checks name the gate's reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Destructive,
    Traversal,
    Sensitive,
    Email,
    Ssn,
    Phone,
    Empty,
    Refusal,
}

impl Check {
    pub(crate) const ALL: [Check; 8] = [
        Check::Destructive,
        Check::Traversal,
        Check::Sensitive,
        Check::Email,
        Check::Ssn,
        Check::Phone,
        Check::Empty,
        Check::Refusal,
    ];

    /// The name by which settings and findings call the check.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Check::Destructive => "destructive",
            Check::Traversal => "traversal",
            Check::Sensitive => "sensitive",
            Check::Email => "email",
            Check::Ssn => "ssn",
            Check::Phone => "phone",
            Check::Empty => "empty",
            Check::Refusal => "refusal",
        }
    }

    /// The reason of a gate that fails on the check.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Check::Destructive => "destructive rm command detected",
            Check::Traversal => "path traversal detected",
            Check::Sensitive => "sensitive directory reference detected",
            Check::Email => "output contains email address",
            Check::Ssn => "output contains social security number",
            Check::Phone => "output contains phone number",
            Check::Empty => "response appears empty",
            Check::Refusal => "response contains refusal phrase",
        }
    }

    fn bit(self) -> u64 {
        1 << (self as u8)
    }
}

/// A set of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckSet(u64);

impl CheckSet {
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn contains(self, check: Check) -> bool {
        self.0 & check.bit() != 0
    }

    pub(crate) fn insert(&mut self, check: Check) {
        self.0 |= check.bit();
    }

    /// The checks in the order of declaration.
    pub(crate) fn iter(self) -> impl Iterator<Item = Check> {
        Check::ALL
            .into_iter()
            .filter(move |&check| self.contains(check))
    }

    /// The checks declared before the first of `hits` that is in this set; all of them when none is.
    pub(crate) fn before_first_of(self, hits: CheckSet) -> CheckSet {
        let hit = self.0 & hits.0;
        let first = hit & hit.wrapping_neg();
        CheckSet(self.0 & first.wrapping_sub(1))
    }
}

impl FromIterator<Check> for CheckSet {
    fn from_iter<I: IntoIterator<Item = Check>>(checks: I) -> Self {
        let mut set = CheckSet::default();
        checks.into_iter().for_each(|check| set.insert(check));
        set
    }
}

impl BitOr for CheckSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        CheckSet(self.0 | other.0)
    }
}

impl BitOrAssign for CheckSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for CheckSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        CheckSet(self.0 & other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_the_checks_in_the_order_of_declaration() {
        for (position, check) in Check::ALL.into_iter().enumerate() {
            assert_eq!(check as usize, position);
        }
    }

    #[test]
    fn only_checks_before_a_hit_can_still_name_the_reason() {
        let set = |checks: &[Check]| checks.iter().copied().collect::<CheckSet>();
        let pii = set(&[Check::Email, Check::Ssn, Check::Phone]);
        let open = |hits| pii.before_first_of(set(hits));
        assert_eq!(open(&[]), pii);
        assert_eq!(open(&[Check::Destructive, Check::Refusal]), pii);
        assert_eq!(open(&[Check::Phone]), set(&[Check::Email, Check::Ssn]));
        assert_eq!(open(&[Check::Phone, Check::Ssn]), set(&[Check::Email]));
        assert_eq!(open(&[Check::Email]), CheckSet::default());
    }
}
