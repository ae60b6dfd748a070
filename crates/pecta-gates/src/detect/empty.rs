//! An output that says nothing.
//!
//! Flags `null`, `[]`, `{}`, and a string of nothing but white space and characters that cannot be seen.
//!
//! Leaves alone `0`, `false`, and whatever has something in it, be it empty itself (`[""]`).

use crate::{Json, fold::is_blank};

/// The rule's id.
pub(crate) const EMPTY_OUTPUT: &str = "empty-output";

/// Whether the output as a whole is empty.
pub(crate) fn is_empty(output: &Json<'_>) -> bool {
    match output {
        Json::Null => true,
        Json::String(text) => is_blank(text),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_nothing_is_empty() {
        let check = |text: &str, expected: bool| {
            assert_eq!(is_empty(&Json::parse(text).unwrap()), expected, "{text}");
        };
        for text in [
            "null",
            r#""""#,
            r#"" \n\t""#,
            r#""\u00a0\u3000\u0085""#,
            r#""\u200b \ufeff\u00ad""#,
            "[]",
            "{}",
        ] {
            check(text, true);
        }
        for text in [
            "0",
            "false",
            r#"".""#,
            "[null]",
            r#"[""]"#,
            r#"{"": null}"#,
            r#""\u0000""#,
        ] {
            check(text, false);
        }
    }
}
