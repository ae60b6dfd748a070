//! Numbers in answers: whole ones without a decimal point, others in their shortest form.

use serde_json::Number;

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
