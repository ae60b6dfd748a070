//! What a window says about its agent.

use crate::{Latency, Score};

/// How far an agent has come, by the number of evaluations in its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Never evaluated.
    New,
    /// 1 to 49 evaluations.
    Calibrating,
    /// 50 to 499 evaluations.
    Active,
    /// A full window: 500 evaluations or more in the agent's life.
    Mature,
}

impl Status {
    /// The name used on the wire: `new`, `calibrating`, `active` or `mature`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Calibrating => "calibrating",
            Self::Active => "active",
            Self::Mature => "mature",
        }
    }

    pub(crate) const fn of(evaluations: u16) -> Self {
        match evaluations {
            0 => Self::New,
            1..=49 => Self::Calibrating,
            50..=499 => Self::Active,
            _ => Self::Mature,
        }
    }
}

/// The figures of one window, read by [`Window::reputation`](crate::Window::reputation).
///
/// All are zero for an agent that was never evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reputation {
    /// The score, 0 to 1000.
    pub score: Score,
    /// How far the agent has come.
    pub status: Status,
    /// Evaluations in the window, at most 500.
    pub evaluations: u16,
    /// How many of them passed.
    pub passed: u16,
    /// Passes in a row, counted back from the newest evaluation in the window.
    pub streak: u16,
    /// The average latency, rounded half up to a whole microsecond.
    pub avg_latency: Latency,
}

impl Reputation {
    /// The share of evaluations that passed, 0 to 1, truncated to four decimals: 81 of 88 is 0.9204.
    #[must_use]
    pub fn pass_rate(&self) -> f64 {
        let ten_thousandths = (u32::from(self.passed) * 10_000)
            .checked_div(u32::from(self.evaluations))
            .unwrap_or_default();
        f64::from(ten_thousandths) / 10_000.0
    }

    /// The average latency in milliseconds, rounded half up to three decimals.
    #[must_use]
    pub fn avg_latency_ms(&self) -> f64 {
        self.avg_latency.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Evaluation, Scoring, Window};

    #[test]
    fn pass_rates_are_truncated() {
        let check = |passed: u16, evaluations: u16, expected: &str| {
            let empty = Window::new().reputation(&Scoring::default());
            let reputation = Reputation {
                evaluations,
                passed,
                ..empty
            };
            assert_eq!(reputation.pass_rate().to_string(), expected);
        };

        check(0, 0, "0");
        check(0, 7, "0");
        check(7, 7, "1");
        check(81, 88, "0.9204");
        check(2, 3, "0.6666");
        check(499, 500, "0.998");
        check(29, 50, "0.58");
    }

    #[test]
    fn average_latencies_are_rounded_half_up() {
        let check = |micros: &[u64], expected: &str| {
            let mut window = Window::new();
            for &micros in micros {
                let latency = Latency::from_micros(micros).unwrap();
                let passed = true;
                window.push(Evaluation { passed, latency });
            }
            let reputation = window.reputation(&Scoring::default());
            assert_eq!(reputation.avg_latency_ms().to_string(), expected);
        };

        check(&[], "0");
        check(&[18_000], "18");
        check(&[1, 0, 0], "0");
        check(&[1, 0], "0.001");
        check(&[1, 1, 0], "0.001");
        check(&[1_234, 1_235], "1.235");
        check(&[1_234, 1_234, 1_235], "1.234");
        check(&[60_000_000; 501], "60000");
    }
}
