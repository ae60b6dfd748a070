//! What gates write into their reasons.

/// How many characters of a payload a reason shows at most: the length of the longest host name.
const MAX_PAYLOAD_CHARS: usize = 253;

/// Text of the payload, fit for a reason: without control characters, and cut.
pub(super) fn payload_text(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_PAYLOAD_CHARS)
        .collect()
}

/// A finite number in its shortest form: `143`, `0.1`, `1e21`. As in JSON texts that JavaScript writes, an exponent stands
/// where it would take more than 21 digits, or more than 6 zeros behind the point, to do without.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e21).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// A ratio, with one decimal.
pub(super) fn ratio(value: f64) -> String {
    if value < 1e21 {
        format!("{value:.1}")
    } else {
        format!("{:.1e}", value.min(f64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (143.0, "143"),
            (12.5, "12.5"),
            (0.1, "0.1"),
            (-2.25, "-2.25"),
            (0.000_001, "0.000001"),
            (0.000_000_1, "1e-7"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"),
            (f64::MAX, "1.7976931348623157e308"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn ratios_have_one_decimal() {
        for (value, expected) in [
            (60.0, "60.0"),
            (50.04, "50.0"),
            (123.456, "123.5"),
            (1e22, "1.0e22"),
            (f64::INFINITY, "1.8e308"),
        ] {
            assert_eq!(ratio(value), expected);
        }
    }

    #[test]
    fn text_of_the_payload_is_cut_and_has_no_control_characters() {
        assert_eq!(payload_text("a\nb\0c\u{7f}\u{85}d"), "abcd");
        assert_eq!(payload_text(&"é".repeat(300)), "é".repeat(253));
        assert_eq!(payload_text(&"\n".repeat(300)), "");
    }
}
