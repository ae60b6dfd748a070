//! The checks that text gates consist of, and sets of them under a profile.

use std::{
    iter,
    ops::{BitAnd, BitOr, BitOrAssign},
};

use crate::Profile;

/// Lists the checks once: each with the name by which settings and findings call it, and the reason of a gate that fails on
/// it.
macro_rules! checks {
    ($($check:ident $name:literal $reason:literal)*) => {
        /// A check. Within a gate, the order of declaration is the order in which checks name the gate's reason.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Check {
            $($check,)*
        }

        impl Check {
            pub(crate) const ALL: &'static [Check] = &[$(Check::$check,)*];

            /// The name by which settings and findings call the check.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Check::$check => $name,)*
                }
            }

            /// The reason of a gate that fails on the check.
            pub(crate) fn reason(self) -> &'static str {
                match self {
                    $(Check::$check => $reason,)*
                }
            }
        }
    };
}

checks! {
    // filesystem
    Destructive "destructive" "destructive rm command detected"
    Traversal "traversal" "path traversal detected"
    Sensitive "sensitive" "sensitive directory reference detected"
    // pii
    Email "email" "output contains email address"
    Ssn "ssn" "output contains social security number"
    Phone "phone" "output contains phone number"
    Card "card" "output contains payment card number"
    Iban "iban" "output contains bank account number"
    Ip "ip" "output contains public IP address"
    // content
    Empty "empty" "response appears empty"
    Refusal "refusal" "response contains refusal phrase"
    // secrets
    Token "token" "output contains access token"
    PrivateKey "private-key" "output contains private key"
    UrlCredentials "url-credentials" "output contains credentials in URL"
    Assignment "assignment" "output contains secret assignment"
    // injection
    Override "override" "output contains instruction override"
    Exfiltration "exfiltration" "output contains exfiltration instruction"
    Markup "markup" "output contains forged conversation markup"
    Hidden "hidden" "output contains hidden characters"
    // destructive
    Shell "shell" "destructive shell command detected"
    Git "git" "destructive git command detected"
    Sql "sql" "destructive SQL statement detected"
    Disk "disk" "destructive disk command detected"
    Cloud "cloud" "destructive cloud command detected"
    Windows "windows" "destructive Windows command detected"
}

impl Check {
    /// Whether the profile decides what the check flags.
    pub(crate) fn has_profiles(self) -> bool {
        use Check::{Destructive, Email, Phone, Refusal, Sensitive, Ssn, Traversal};
        matches!(
            self,
            Destructive | Traversal | Sensitive | Email | Ssn | Phone | Refusal
        )
    }

    /// The check under every profile, those under which it is the same once.
    pub(crate) fn probes(self) -> impl Iterator<Item = Probe> {
        let probes = [Profile::Strict, Profile::Standard].map(|profile| self.under(profile));
        let differing = if self.has_profiles() { 2 } else { 1 };
        probes.into_iter().take(differing)
    }

    /// The check as a gate of the profile runs it.
    pub(crate) fn under(self, profile: Profile) -> Probe {
        let profile = if self.has_profiles() {
            profile
        } else {
            Profile::default()
        };
        Probe {
            check: self,
            profile,
        }
    }
}

/// A check under a profile: what one search looks for. A check that is the same under all profiles is one probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    pub(crate) check: Check,
    pub(crate) profile: Profile,
}

impl Probe {
    #[cfg(test)]
    fn all() -> impl Iterator<Item = Probe> {
        (0..2 * Check::ALL.len()).filter_map(Probe::of_bit)
    }

    fn of_bit(bit: usize) -> Option<Probe> {
        let check = *Check::ALL.get(bit / 2)?;
        let profile = if bit.is_multiple_of(2) {
            Profile::Strict
        } else {
            Profile::Standard
        };
        Some(Probe { check, profile })
    }

    fn bit(self) -> u64 {
        1 << (2 * self.check as u8 + self.profile as u8)
    }
}

/// A set of probes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProbeSet(u64);

impl ProbeSet {
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn contains(self, probe: Probe) -> bool {
        self.0 & probe.bit() != 0
    }

    pub(crate) fn insert(&mut self, probe: Probe) {
        self.0 |= probe.bit();
    }

    pub(crate) fn remove(&mut self, probe: Probe) {
        self.0 &= !probe.bit();
    }

    /// The probes in the order in which their checks are declared.
    pub(crate) fn iter(mut self) -> impl Iterator<Item = Probe> {
        iter::from_fn(move || {
            let first = self.first()?;
            self.0 &= self.0 - 1;
            Some(first)
        })
    }

    pub(crate) fn first(self) -> Option<Probe> {
        Probe::of_bit(self.0.trailing_zeros() as usize)
    }

    /// The probes before the first of `hits` that is in this set; all of them when none is.
    pub(crate) fn before_first_of(self, hits: ProbeSet) -> ProbeSet {
        let hit = self.0 & hits.0;
        let first = hit & hit.wrapping_neg();
        ProbeSet(self.0 & first.wrapping_sub(1))
    }
}

impl FromIterator<Probe> for ProbeSet {
    fn from_iter<I: IntoIterator<Item = Probe>>(probes: I) -> Self {
        let mut set = ProbeSet::default();
        probes.into_iter().for_each(|probe| set.insert(probe));
        set
    }
}

impl BitOr for ProbeSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        ProbeSet(self.0 | other.0)
    }
}

impl BitOrAssign for ProbeSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for ProbeSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        ProbeSet(self.0 & other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_has_a_bit_of_its_own() {
        assert_eq!(
            Probe::all().collect::<ProbeSet>().0.count_ones() as usize,
            2 * Check::ALL.len()
        );
        for probe in Probe::all() {
            assert_eq!(
                [probe]
                    .into_iter()
                    .collect::<ProbeSet>()
                    .iter()
                    .collect::<Vec<_>>(),
                [probe]
            );
        }
    }

    #[test]
    fn only_checks_before_a_hit_can_still_name_the_reason() {
        for profile in [Profile::Strict, Profile::Standard] {
            let set = |checks: &[Check]| {
                let probes = checks.iter().map(|check| check.under(profile));
                probes.collect::<ProbeSet>()
            };
            let pii = set(&[Check::Email, Check::Ssn, Check::Phone, Check::Card]);
            let open = |hits| pii.before_first_of(set(hits));
            assert_eq!(open(&[]), pii);
            assert_eq!(open(&[Check::Destructive, Check::Refusal]), pii);
            assert_eq!(open(&[Check::Phone]), set(&[Check::Email, Check::Ssn]));
            assert_eq!(open(&[Check::Phone, Check::Ssn]), set(&[Check::Email]));
            assert_eq!(open(&[Check::Email]), ProbeSet::default());
        }
    }
}
