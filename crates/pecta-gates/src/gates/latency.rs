//! The `latency` gate.

use super::{InvalidOption, reason};
use crate::{Deadline, Gate, Outcome, Subject};

/// Fails on an agent that took too long for its output.
///
/// Flags a [`latency_ms`](Subject::latency_ms) over the limit: `latency 143ms exceeds 100ms threshold`. Leaves alone one
/// that is just the limit. Without a latency there is nothing to judge, and the gate is skipped: `no latency_ms provided`.
///
/// ```
/// use pecta_gates::Latency;
///
/// let gate = Latency::new(100.0)?;
/// assert!(Latency::new(0.0).is_err());
/// # Ok::<(), pecta_gates::InvalidOption>(())
/// ```
#[derive(Clone, Debug)]
pub struct Latency {
    name: String,
    max_ms: f64,
}

impl Latency {
    /// The gate with the longest latency that it lets pass, in milliseconds.
    ///
    /// # Errors
    ///
    /// `max_ms` is not positive or not finite.
    pub fn new(max_ms: f64) -> Result<Self, InvalidOption> {
        if !(max_ms.is_finite() && max_ms > 0.0) {
            return Err(InvalidOption::new("max_ms", "positive and finite", max_ms));
        }
        Ok(Self {
            name: "latency".to_owned(),
            max_ms,
        })
    }

    /// Gives the gate another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }
}

impl Gate for Latency {
    fn name(&self) -> &str {
        &self.name
    }

    fn judge(&self, subject: &Subject<'_>, _: &Deadline<'_>) -> Outcome {
        match subject.latency_ms.filter(|latency| !latency.is_nan()) {
            None => Outcome::skipped("no latency_ms provided"),
            Some(latency) if latency > self.max_ms => Outcome::failed(format!(
                "latency {}ms exceeds {}ms threshold",
                reason::number(latency),
                reason::number(self.max_ms)
            )),
            Some(_) => Outcome::Passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Json, gates::testing};

    fn check(max_ms: f64, latency_ms: Option<f64>, expected: &str) {
        let subject = Subject {
            latency_ms,
            ..Subject::new(&Json::Null)
        };
        let gate = Latency::new(max_ms).unwrap();
        assert_eq!(testing::judge(&gate, &subject), expected, "{latency_ms:?}");
    }

    #[test]
    fn what_takes_longer_than_the_limit_fails() {
        check(
            100.0,
            Some(143.0),
            "failed: latency 143ms exceeds 100ms threshold",
        );
        check(
            0.5,
            Some(0.75),
            "failed: latency 0.75ms exceeds 0.5ms threshold",
        );
        check(
            1.0,
            Some(f64::INFINITY),
            "failed: latency infms exceeds 1ms threshold",
        );
        check(100.0, Some(100.0), "passed");
        check(100.0, Some(0.0), "passed");
        check(100.0, Some(-1.0), "passed");
    }

    #[test]
    fn without_a_latency_there_is_nothing_to_judge() {
        check(100.0, None, "skipped: no latency_ms provided");
        check(100.0, Some(f64::NAN), "skipped: no latency_ms provided");
    }

    #[test]
    fn a_limit_that_is_none_is_refused() {
        for max_ms in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Latency::new(max_ms).unwrap_err();
            assert_eq!(error.option(), "max_ms");
            assert_eq!(
                error.to_string(),
                format!("max_ms must be positive and finite, not {max_ms}")
            );
        }
    }

    #[test]
    fn it_can_be_renamed() {
        assert_eq!(Latency::new(1.0).unwrap().name(), "latency");
        assert_eq!(Latency::new(1.0).unwrap().named("slow").name(), "slow");
    }
}
