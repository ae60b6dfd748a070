//! The `rtb.tmax-guard` gate.

use super::openrtb::{fields, number};
use crate::{Deadline, Gate, Outcome, Subject, gates::InvalidOption};

/// Skips itself and all gates after it when hardly any of the auction's time is left, because a bid that is late is lost
/// whatever its quality. It never fails, so that it has no findings and nothing of it can be suppressed: `tmax budget exhausted`
/// is the reason of everything it skips.
///
/// The time is up when `tmax_ms - elapsed_ms < buffer_ms`. The two are taken
///
/// - from the subject, if it has [`tmax_ms`](Subject::tmax_ms) or [`elapsed_ms`](Subject::elapsed_ms). It takes both: from one
///   alone nothing follows, and the gate passes.
/// - otherwise from the request's `tmax` (`BidRequest.tmax`, section 3.2.1 of `OpenRTB` 2.6), with nothing elapsed. Without a
///   `tmax` that is a number the gate passes; of several the largest counts, because what is skipped is not judged.
///
/// Leaves alone exactly as much time as the buffer.
#[derive(Clone, Debug)]
pub struct TmaxGuard {
    name: String,
    buffer_ms: f64,
}

impl TmaxGuard {
    /// The gate with a buffer of 15 ms.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "rtb.tmax-guard".to_owned(),
            buffer_ms: 15.0,
        }
    }

    /// Gives the gate another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Sets how much time must be left for the gates after this one to be worth their while, in milliseconds.
    ///
    /// # Errors
    ///
    /// `buffer_ms` is negative or not finite.
    pub fn buffer_ms(self, buffer_ms: f64) -> Result<Self, InvalidOption> {
        if !(buffer_ms.is_finite() && buffer_ms >= 0.0) {
            let expected = "finite and not negative";
            return Err(InvalidOption::new("buffer_ms", expected, buffer_ms));
        }
        Ok(Self { buffer_ms, ..self })
    }
}

impl Default for TmaxGuard {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate for TmaxGuard {
    fn name(&self) -> &str {
        &self.name
    }

    fn judge(&self, subject: &Subject<'_>, _: &Deadline<'_>) -> Outcome {
        let left = match (subject.tmax_ms, subject.elapsed_ms) {
            (Some(tmax), Some(elapsed)) => Some(tmax - elapsed),
            (None, None) => subject
                .input
                .and_then(|request| fields(request, "tmax").filter_map(number).reduce(f64::max)),
            _ => None,
        };
        if left.is_some_and(|left| left < self.buffer_ms) {
            Outcome::SkippedWithRest("tmax budget exhausted".into())
        } else {
            Outcome::Passed
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Json, gates::testing::judge};

    const EXHAUSTED: &str = "skipped with rest: tmax budget exhausted";

    fn check(request: &str, context: (Option<f64>, Option<f64>), expected: &str) {
        let request = Json::parse(request).unwrap();
        let subject = Subject {
            tmax_ms: context.0,
            elapsed_ms: context.1,
            ..Subject::new(&Json::Null).input(&request)
        };
        assert_eq!(
            judge(&TmaxGuard::new(), &subject),
            expected,
            "{request:?} {context:?}"
        );
    }

    #[test]
    fn the_subjects_time_comes_first() {
        check("{}", (Some(100.0), Some(85.5)), EXHAUSTED);
        check("{}", (Some(100.0), Some(85.0)), "passed");
        check("{}", (Some(100.0), Some(120.0)), EXHAUSTED);
        check(r#"{"tmax": 5}"#, (Some(100.0), Some(0.0)), "passed");
        check(r#"{"tmax": 500}"#, (Some(100.0), Some(99.0)), EXHAUSTED);
    }

    #[test]
    fn half_of_the_subjects_time_is_none() {
        for request in ["{}", r#"{"tmax": 1}"#] {
            check(request, (Some(1.0), None), "passed");
            check(request, (None, Some(1000.0)), "passed");
        }
        check("{}", (Some(f64::NAN), Some(1.0)), "passed");
    }

    #[test]
    fn without_it_the_requests_time_counts_from_now() {
        check(r#"{"tmax": 14}"#, (None, None), EXHAUSTED);
        check(r#"{"tmax": 15}"#, (None, None), "passed");
        check(r#"{"tmax": 14.9}"#, (None, None), EXHAUSTED);
        check(r#"{"tmax": 10, "tmax": 100}"#, (None, None), "passed");
        check(r#"{"tmax": 10, "tmax": 11}"#, (None, None), EXHAUSTED);
        for request in [
            "null",
            "{}",
            "[]",
            r#"{"tmax": "1"}"#,
            r#"{"tmax": null}"#,
            r#"{"tmax": [1]}"#,
        ] {
            check(request, (None, None), "passed");
        }
    }

    #[test]
    fn without_any_time_it_passes() {
        assert_eq!(
            judge(&TmaxGuard::new(), &Subject::new(&Json::Null)),
            "passed"
        );
    }

    #[test]
    fn a_buffer_that_is_none_is_refused() {
        for buffer_ms in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                TmaxGuard::new()
                    .buffer_ms(buffer_ms)
                    .unwrap_err()
                    .to_string(),
                format!("buffer_ms must be finite and not negative, not {buffer_ms}")
            );
        }
    }

    proptest! {
        #[test]
        fn it_never_fails(
            tmax_ms: Option<f64>,
            elapsed_ms: Option<f64>,
            buffer_ms in 0.0..1e9,
            request in super::super::testing::any_request(),
        ) {
            let gate = TmaxGuard::new().buffer_ms(buffer_ms).unwrap();
            let subject = Subject { tmax_ms, elapsed_ms, ..Subject::new(&Json::Null).input(&request) };
            prop_assert!(["passed", EXHAUSTED].contains(&judge(&gate, &subject).as_str()));
        }
    }
}
