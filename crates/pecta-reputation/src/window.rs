//! The last 500 evaluations of an agent, and their stored form.

use std::collections::VecDeque;

use thiserror::Error;

use crate::{Latency, Reputation, Scoring, Status};

/// Evaluations that a window holds; one more pushes the oldest out.
pub const WINDOW_CAPACITY: u16 = 500;

/// The version of the stored form that [`Window::encode`] writes.
const ENCODING_VERSION: u8 = 1;

/// The bit of an encoded evaluation that says that it passed; the bits below are its microseconds.
const PASSED_BIT: u32 = 1 << 31;

/// One evaluation, as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Whether every gate passed or was skipped.
    pub passed: bool,
    /// How long it took.
    pub latency: Latency,
}

/// The last [`WINDOW_CAPACITY`] evaluations of one agent, in the order in which they were counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    evaluations: VecDeque<Evaluation>,
    sums: Sums,
}

/// What the score is computed from; always that of the evaluations in the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) evaluations: u16,
    pub(crate) passed: u16,
    pub(crate) streak: u16,
    pub(crate) latency_micros: u64,
}

/// Why bytes are not a stored window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The length is not that of any window: 1 + 4 bytes per evaluation, of which there are at most 500.
    #[error("{0} bytes are not a stored window")]
    Length(usize),
    /// Another version of this crate wrote it, or it is no window at all.
    #[error("unknown version {0} of a stored window")]
    Version(u8),
    /// A latency is over 60 seconds.
    #[error("a stored latency of {0} microseconds is out of range")]
    Latency(u32),
}

impl Window {
    /// A window without evaluations.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts an evaluation. The oldest one is dropped if the window is full.
    pub fn push(&mut self, evaluation: Evaluation) {
        if self.sums.evaluations == WINDOW_CAPACITY
            && let Some(oldest) = self.evaluations.pop_front()
        {
            self.sums.remove_oldest(oldest);
        }
        self.evaluations.push_back(evaluation);
        self.sums.add_newest(evaluation);
    }

    /// How many evaluations the window holds, at most [`WINDOW_CAPACITY`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.evaluations.len()
    }

    /// Whether the window holds no evaluation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.evaluations.is_empty()
    }

    /// The evaluations, oldest first.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Evaluation> {
        self.evaluations.iter().copied()
    }

    /// The agent's reputation by the evaluations in the window.
    #[must_use]
    pub fn reputation(&self, scoring: &Scoring) -> Reputation {
        Reputation {
            score: scoring.score(&self.sums),
            status: Status::of(self.sums.evaluations),
            evaluations: self.sums.evaluations,
            passed: self.sums.passed,
            streak: self.sums.streak,
            avg_latency: self.sums.avg_latency(),
        }
    }

    /// The window as bytes to store: at most 2,001 of them, equal on every platform.
    ///
    /// A version byte (1), then four bytes per evaluation, oldest first: a little-endian number
    /// whose top bit is set if the evaluation passed, and whose other bits are its microseconds.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + 4 * self.len());
        bytes.push(ENCODING_VERSION);
        for evaluation in self.iter() {
            let passed = if evaluation.passed { PASSED_BIT } else { 0 };
            bytes.extend((passed | evaluation.latency.as_micros()).to_le_bytes());
        }
        bytes
    }

    /// Reads a window that [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (&version, rest) = bytes
            .split_first()
            .ok_or(DecodeError::Length(bytes.len()))?;
        if version != ENCODING_VERSION {
            return Err(DecodeError::Version(version));
        }
        let (evaluations, remainder) = rest.as_chunks::<4>();
        if evaluations.len() > usize::from(WINDOW_CAPACITY) || !remainder.is_empty() {
            return Err(DecodeError::Length(bytes.len()));
        }

        let mut window = Self {
            // Room for the evaluation that the caller is about to push.
            evaluations: VecDeque::with_capacity(evaluations.len() + 1),
            sums: Sums::default(),
        };
        for &encoded in evaluations {
            let encoded = u32::from_le_bytes(encoded);
            let micros = encoded & !PASSED_BIT;
            window.push(Evaluation {
                passed: encoded & PASSED_BIT != 0,
                latency: Latency::from_micros(micros.into()).ok_or(DecodeError::Latency(micros))?,
            });
        }
        Ok(window)
    }
}

impl Sums {
    fn add_newest(&mut self, evaluation: Evaluation) {
        self.evaluations += 1;
        self.latency_micros += u64::from(evaluation.latency.as_micros());
        if evaluation.passed {
            self.passed += 1;
            self.streak += 1;
        } else {
            self.streak = 0;
        }
    }

    fn remove_oldest(&mut self, evaluation: Evaluation) {
        self.evaluations -= 1;
        self.latency_micros -= u64::from(evaluation.latency.as_micros());
        if evaluation.passed {
            self.passed -= 1;
        }
        // A streak over the whole window loses the evaluation that left.
        self.streak = self.streak.min(self.evaluations);
    }

    /// The average latency, rounded half up to a whole microsecond; zero without evaluations.
    fn avg_latency(&self) -> Latency {
        let n = u64::from(self.evaluations);
        let micros = (2 * self.latency_micros + n)
            .checked_div(2 * n)
            .unwrap_or_default();
        // An average is never over its largest member.
        Latency::from_micros(micros).unwrap_or(Latency::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn evaluation(passed: bool, micros: u64) -> Evaluation {
        Evaluation {
            passed,
            latency: Latency::from_micros(micros).unwrap(),
        }
    }

    fn window(evaluations: impl IntoIterator<Item = Evaluation>) -> Window {
        let mut window = Window::new();
        for evaluation in evaluations {
            window.push(evaluation);
        }
        window
    }

    #[test]
    fn boundaries() {
        let check = |pushed: usize, status: &str, evaluations: u16, score: u16| {
            let window = window(vec![evaluation(true, 20_000); pushed]);
            let reputation = window.reputation(&Scoring::default());
            assert_eq!(reputation.status.as_str(), status, "{pushed} pushed");
            assert_eq!(reputation.evaluations, evaluations, "{pushed} pushed");
            assert_eq!(reputation.passed, evaluations, "{pushed} pushed");
            assert_eq!(reputation.streak, evaluations, "{pushed} pushed");
            assert_eq!(reputation.score.to_string(), score.to_string());
            assert_eq!(window.len(), usize::from(evaluations));
            assert_eq!(window.is_empty(), pushed == 0);
        };

        check(0, "new", 0, 0);
        check(1, "calibrating", 1, 604);
        check(49, "calibrating", 49, 810);
        check(50, "active", 50, 815);
        check(499, "active", 499, 949);
        check(500, "mature", 500, 950);
        check(501, "mature", 500, 950);
        check(620, "mature", 500, 950);
    }

    #[test]
    fn a_failure_ends_the_streak_until_it_leaves_the_window() {
        let check = |passes_after: usize, streak: u16, passed: u16| {
            let mut window = window(vec![evaluation(true, 0); 500]);
            window.push(evaluation(false, 0));
            for _ in 0..passes_after {
                window.push(evaluation(true, 0));
            }
            let reputation = window.reputation(&Scoring::default());
            assert_eq!((reputation.streak, reputation.passed), (streak, passed));
        };

        check(0, 0, 499);
        check(1, 1, 499);
        check(499, 499, 499);
        check(500, 500, 500);
        check(501, 500, 500);
    }

    #[test]
    fn stored_form() {
        let bytes = [1, 0x20, 0x4e, 0, 0x80, 0, 0x87, 0x93, 3];
        let window = window([evaluation(true, 20_000), evaluation(false, 60_000_000)]);
        assert_eq!(window.encode(), bytes);
        assert_eq!(Window::decode(&bytes), Ok(window));
    }

    #[test]
    fn bytes_that_are_no_window() {
        let check = |bytes: &[u8], expected: DecodeError| {
            assert_eq!(Window::decode(bytes), Err(expected));
        };
        let full = vec![evaluation(true, 1); 500];
        let full = window(full).encode();
        assert_eq!(full.len(), 2_001);
        let overfull = [full.as_slice(), &[0; 4]].concat();

        check(&[], DecodeError::Length(0));
        check(&[1, 0], DecodeError::Length(2));
        check(&full[..2_000], DecodeError::Length(2_000));
        check(&overfull, DecodeError::Length(2_005));
        check(&[0], DecodeError::Version(0));
        check(&[2, 0, 0, 0, 0], DecodeError::Version(2));
        check(&[1, 1, 0x87, 0x93, 3], DecodeError::Latency(60_000_001));
        check(
            &[1, 255, 255, 255, 255],
            DecodeError::Latency(u32::MAX >> 1),
        );
    }

    /// The documented formula, part by part, in exact fractions.
    fn naive_score(last: &[Evaluation], streak: usize, zero_micros: i128) -> i128 {
        let count = |n: usize| i128::try_from(n).unwrap();
        let n = count(last.len());
        if n == 0 {
            return 0;
        }
        let micros: i128 = last.iter().map(|e| i128::from(e.latency.as_micros())).sum();
        let passed = count(last.iter().filter(|e| e.passed).count());
        let parts = [
            (400 * passed, n),
            (250 * (n * zero_micros - micros).max(0), n * zero_micros),
            (200 * count(streak).min(50), 50),
            (150 * n.min(500), 500),
        ];
        let (numerator, denominator) = parts
            .into_iter()
            .fold((0, 1), |(a, b), (c, d)| (a * d + c * b, b * d));
        numerator / denominator
    }

    fn evaluations() -> impl Strategy<Value = Vec<Evaluation>> {
        let passed = prop_oneof![Just(0.5), Just(0.99), Just(1.0)];
        let longest = prop_oneof![Just(1), Just(150_000), Just(60_000_000_u64)];
        let length = prop_oneof![0..60_usize, 440..560_usize, 0..1_200_usize];
        (passed, longest, length).prop_flat_map(|(passed, longest, length)| {
            let one = (proptest::bool::weighted(passed), 0..=longest);
            let one = one.prop_map(|(passed, micros)| evaluation(passed, micros));
            proptest::collection::vec(one, length)
        })
    }

    proptest! {
        #[test]
        fn a_window_equals_a_recomputation_over_the_last_500(
            all in evaluations(),
            zero_micros in prop_oneof![Just(100_000_u64), 1..=60_000_000_u64],
        ) {
            let window = window(all.iter().copied());
            let zero = Latency::from_micros(zero_micros).unwrap();
            let reputation = window.reputation(&Scoring::with_latency_zero(zero).unwrap());

            let last = &all[all.len().saturating_sub(500)..];
            let passed = last.iter().filter(|e| e.passed).count();
            let streak = last.iter().rev().take_while(|e| e.passed).count();
            let score = naive_score(last, streak, zero_micros.into());

            prop_assert!(window.iter().eq(last.iter().copied()));
            prop_assert_eq!(usize::from(reputation.evaluations), last.len());
            prop_assert_eq!(usize::from(reputation.passed), passed);
            prop_assert_eq!(usize::from(reputation.streak), streak);
            prop_assert_eq!(i128::from(reputation.score.get()), score);
            prop_assert!(reputation.score.get() <= 1_000);
        }

        #[test]
        fn a_stored_window_reads_back_equal_and_goes_on_equally(
            before in evaluations(),
            after in evaluations(),
        ) {
            let mut window = window(before);
            let mut restored = Window::decode(&window.encode()).unwrap();
            prop_assert_eq!(&restored, &window);
            for evaluation in after {
                window.push(evaluation);
                restored.push(evaluation);
            }
            prop_assert_eq!(restored, window);
        }

        #[test]
        fn whatever_decodes_encodes_to_the_same_bytes(
            version in 0..3_u8,
            slots in proptest::collection::vec(any::<u32>(), 0..6),
            tail in proptest::collection::vec(any::<u8>(), 0..4),
        ) {
            // The mask keeps most latencies just within their range.
            let slots = slots.iter().flat_map(|slot| (slot & 0x83ff_ffff).to_le_bytes());
            let bytes: Vec<u8> = [version].into_iter().chain(slots).chain(tail).collect();
            if let Ok(window) = Window::decode(&bytes) {
                prop_assert_eq!(window.encode(), bytes);
            }
        }
    }
}
