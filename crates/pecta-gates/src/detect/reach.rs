//! How far a search looks around a place.

/// How far before and behind a place a search looks at most, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) before: usize,
    pub(crate) behind: usize,
}

impl Reach {
    /// The text in reach of a place, and how much of it stands before the place.
    pub(crate) fn around(self, text: &[u8], at: usize) -> (&[u8], usize) {
        let before = at.min(self.before);
        let end = text.len().min(at.saturating_add(self.behind));
        (text.get(at - before..end).unwrap_or_default(), before)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::{
        super::{NUMBERS_REACH, Search, entries, search},
        Reach,
    };
    use crate::{Profile, check::Check};

    /// The examples of all rules, and what may stand between them.
    fn parts() -> Vec<String> {
        let checks = Check::ALL.iter();
        let entries = checks.flat_map(|&check| entries(check.under(Profile::Standard)));
        let examples = entries.flat_map(|entry| [entry.hit, entry.miss]);
        let others = [
            " ", "\n", "\"", "'", "`", ": ", "5", "-", "_", ".", "(", "x", "phone", "ssn ", "é",
            "please ", "you ",
        ];
        let all = examples
            .chain(others)
            .map(|part| part.replace('\u{B7}', ""));
        all.collect()
    }

    fn cut(text: &[u8], at: usize, reach: Reach) -> (&[u8], usize) {
        reach.around(text, at)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn nothing_beyond_it_decides(
            parts in proptest::collection::vec(
                (select(parts()), prop_oneof![4 => Just(1_usize), 1 => 1_usize..300]),
                1..12,
            ),
        ) {
            let text: String = parts.iter().map(|(part, times)| part.repeat(*times)).collect();
            let text = text.as_bytes().get(..2048).unwrap_or(text.as_bytes());
            for check in Check::ALL {
                match search(check.under(Profile::Standard)) {
                    Some(Search::Anchored(detector)) => {
                        let Some(reach) = detector.reach() else {
                            continue;
                        };
                        for at in (0..text.len()).step_by(7) {
                            let (part, from) = cut(text, at, reach);
                            prop_assert_eq!(
                                detector.find(text, at..at + 1).is_some(),
                                detector.find(part, from..from + 1).is_some(),
                                "{:?} at {}", check, at
                            );
                        }
                    }
                    Some(Search::Numbers(detector)) => {
                        for at in 0..text.len() {
                            let length = crate::prefilter::run_length(text, at);
                            if length == 0 {
                                continue;
                            }
                            let (part, from) = cut(text, at, NUMBERS_REACH);
                            prop_assert_eq!(
                                detector.judge(text, at..at + length).is_some(),
                                detector.judge(part, from..from + length).is_some(),
                                "{:?} at {}", check, at
                            );
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
