//! How long an evaluation took.

/// A latency in whole microseconds, from 0 to 60 seconds.
///
/// Whole microseconds, because sums of them are exact: a score never depends on the order in which
/// latencies were added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Latency(u32);

impl Latency {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The longest latency there is: 60 seconds.
    pub const MAX: Self = Self(60_000_000);

    /// The latency of so many milliseconds, to the nearest microsecond (halves away from zero).
    ///
    /// `None` for a negative number, one over 60,000, and one that is not a number.
    ///
    /// ```
    /// use pecta_reputation::Latency;
    ///
    /// assert_eq!(Latency::from_millis(1.2346).map(Latency::as_micros), Some(1_235));
    /// assert_eq!(Latency::from_millis(60_000.1), None);
    /// ```
    #[must_use]
    pub fn from_millis(millis: f64) -> Option<Self> {
        if !(0.0..=Self::MAX.as_millis()).contains(&millis) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within 0..=60_000 milliseconds, whose microseconds are u32"
        )]
        let micros = (millis * 1_000.0).round() as u32;
        Some(Self(micros))
    }

    /// The latency of so many microseconds; `None` over 60 seconds.
    #[must_use]
    pub fn from_micros(micros: u64) -> Option<Self> {
        let latency = Self(u32::try_from(micros).ok()?);
        (latency <= Self::MAX).then_some(latency)
    }

    /// The latency in microseconds.
    #[must_use]
    pub const fn as_micros(self) -> u32 {
        self.0
    }

    /// The latency in milliseconds, with up to three decimals.
    #[must_use]
    pub fn as_millis(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn milliseconds_round_to_the_nearest_microsecond() {
        let check = |millis: f64, expected: Option<u32>| {
            let micros = Latency::from_millis(millis).map(Latency::as_micros);
            assert_eq!(micros, expected, "{millis} ms");
        };

        check(0.0, Some(0));
        check(-0.0, Some(0));
        check(0.000_4, Some(0));
        check(0.000_5, Some(1));
        check(18.0, Some(18_000));
        check(0.001, Some(1));
        check(1.234_4, Some(1_234));
        check(1.234_6, Some(1_235));
        check(59_999.999_6, Some(60_000_000));
        check(60_000.0, Some(60_000_000));

        check(60_000.000_1, None);
        check(-0.000_1, None);
        check(-1.0, None);
        check(1e300, None);
        check(f64::NAN, None);
        check(f64::INFINITY, None);
        check(f64::NEG_INFINITY, None);
    }

    #[test]
    fn microseconds_end_at_sixty_seconds() {
        assert_eq!(Latency::from_micros(0), Some(Latency::ZERO));
        assert_eq!(Latency::from_micros(60_000_000), Some(Latency::MAX));
        assert_eq!(Latency::from_micros(60_000_001), None);
        assert_eq!(Latency::from_micros(u64::from(u32::MAX) + 2), None);
    }

    proptest! {
        #[test]
        fn every_latency_survives_the_way_through_milliseconds(micros in 0..=60_000_000_u64) {
            let latency = Latency::from_micros(micros).unwrap();
            prop_assert_eq!(Latency::from_millis(latency.as_millis()), Some(latency));
        }
    }
}
