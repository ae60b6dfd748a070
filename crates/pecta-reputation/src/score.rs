//! The formula of the score, in integers.

use std::fmt;

use crate::{Latency, window::Sums};

/// Passes in a row that earn the whole streak part of the score.
const FULL_STREAK: u16 = 50;

/// A reputation score, 0 to 1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u16);

impl Score {
    /// The score as a number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How latency counts: the one setting of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scoring {
    /// 1 to 60,000,000.
    latency_zero_micros: u32,
}

impl Default for Scoring {
    /// The latency part reaches zero at an average of 100 ms.
    fn default() -> Self {
        Self {
            latency_zero_micros: 100_000,
        }
    }
}

impl Scoring {
    /// Sets the average latency at which the latency part of the score reaches zero.
    ///
    /// `None` for [`Latency::ZERO`], which would leave no latency to earn points with.
    #[must_use]
    pub fn with_latency_zero(latency: Latency) -> Option<Self> {
        (latency > Latency::ZERO).then_some(Self {
            latency_zero_micros: latency.as_micros(),
        })
    }

    /// The score of a window with these sums.
    ///
    /// Over the common denominator `10 * n * zero`, where `n` is the number of evaluations and
    /// `zero` the latency setting, every part of the formula is a whole number:
    ///
    /// | part                      | numerator                   |
    /// |---------------------------|-----------------------------|
    /// | `400 * passed / n`        | `4000 * passed * zero`      |
    /// | `250 * (1 - avg / zero)`  | `2500 * (n * zero - total)` |
    /// | `200 * streak / 50`       | `40 * streak * n * zero`    |
    /// | `150 * n / 500`           | `3 * n * n * zero`          |
    ///
    /// With `n` at most 500 and `zero` at most 60,000,000 their sum stays under `10^15`.
    pub(crate) fn score(self, sums: &Sums) -> Score {
        let zero = u64::from(self.latency_zero_micros);
        let n = u64::from(sums.evaluations);
        let streak = u64::from(sums.streak.min(FULL_STREAK));

        let numerator = 4_000 * u64::from(sums.passed) * zero
            + 2_500 * (n * zero).saturating_sub(sums.latency_micros)
            + 40 * streak * n * zero
            + 3 * n * n * zero;
        let points = numerator.checked_div(10 * n * zero).unwrap_or_default();
        // No part exceeds its weight, and the weights add up to 1000.
        Score(u16::try_from(points).unwrap_or(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scoring: Scoring, [n, passed, streak]: [u16; 3], avg_micros: u64, expected: u16) {
        let sums = Sums {
            evaluations: n,
            passed,
            streak,
            latency_micros: avg_micros * u64::from(n),
        };
        let score = scoring.score(&sums).get();
        assert_eq!(score, expected, "{scoring:?} {sums:?}");
    }

    #[test]
    fn default_scoring() {
        let check = |counts, avg_micros, expected| {
            check(Scoring::default(), counts, avg_micros, expected);
        };

        check([0, 0, 0], 0, 0);
        check([1, 0, 0], 100_000, 0);
        check([1, 0, 0], 0, 250);
        check([1, 1, 1], 0, 654);
        check([1, 1, 1], 40_000, 554);
        check([88, 81, 14], 310_000, 450);
        check([88, 82, 0], 312_000, 399);

        // Around the ends of the streak and of the volume.
        check([49, 49, 49], 20_000, 810);
        check([50, 50, 50], 20_000, 815);
        check([51, 51, 51], 20_000, 815);
        check([499, 499, 499], 20_000, 949);
        check([500, 500, 500], 20_000, 950);
        check([500, 500, 500], 0, 1_000);

        // Around the end of the latency part.
        check([500, 500, 500], 99_999, 750);
        check([500, 500, 500], 100_000, 750);
        check([500, 500, 500], 60_000_000, 750);
    }

    #[test]
    fn whole_points_survive_where_floating_point_loses_them() {
        let check = |counts, avg_micros, expected| {
            check(Scoring::default(), counts, avg_micros, expected);
        };

        check([5, 0, 0], 33_000, 169);
        check([5, 1, 1], 33_000, 253);
        check([15, 3, 0], 33_000, 252);
        check([25, 3, 1], 33_000, 227);
        check([50, 29, 1], 100_000, 251);
        check([345, 69, 1], 33_000, 355);
    }

    #[test]
    fn other_latency_settings() {
        let check = |zero_micros, avg_micros, expected| {
            let zero = Latency::from_micros(zero_micros).unwrap();
            let scoring = Scoring::with_latency_zero(zero).unwrap();
            check(scoring, [500, 500, 500], avg_micros, expected);
        };

        check(1, 0, 1_000);
        check(1, 1, 750);
        check(200_000, 100_000, 875);
        check(60_000_000, 30_000_000, 875);
        check(60_000_000, 60_000_000, 750);

        assert_eq!(Scoring::with_latency_zero(Latency::ZERO), None);
    }
}
