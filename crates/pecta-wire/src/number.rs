//! Numbers in answers: whole ones without a decimal point, others in their shortest form.

use serde_json::Number;
use std::time::Duration;

/// Below this every whole `f64` is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A finite number for an answer; what is not finite becomes 0.
///
/// ```
/// assert_eq!(pecta_wire::number(40.0).to_string(), "40");
/// assert_eq!(pecta_wire::number(0.9204).to_string(), "0.9204");
/// ```
#[must_use]
pub fn number(value: f64) -> Number {
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and below 2^53, so the conversion is exact"
        )]
        return Number::from(value as i64);
    }
    Number::from_f64(value).unwrap_or_else(|| Number::from(0))
}

/// A duration in milliseconds, to the nanosecond.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(pecta_wire::millis(Duration::from_nanos(1_439)).to_string(), "0.001439");
/// assert_eq!(pecta_wire::millis(Duration::from_millis(62)).to_string(), "62");
/// ```
#[must_use]
pub fn millis(duration: Duration) -> Number {
    // One correctly rounded division gives the shortest decimal form; a sum of parts would not.
    match u32::try_from(duration.as_nanos()) {
        Ok(nanos) => number(f64::from(nanos) / 1e6),
        Err(_) => number(duration.as_secs_f64() * 1e3),
    }
}
