//! Whether a value looks like a secret or like something that stands for one.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Words within values that stand for a secret, in lower case.
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "example", "sample", "placeholder", "changeme", "change_me", "change-me", "your", "insert", "replace",
    "redacted", "dummy", "fake", "mock", "xxxx", "****", "....", "0000000", "1234567", "abcdef", "todo",
    "token_here", "key_here", "_here", "-here", "secret_key", "secret-key", "api_key", "api-key", "apikey",
    "password", "undefined", "masked", "hidden", "<",
];

/// Whether the value stands for another: a placeholder, a template or a mask.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
        #[expect(
            clippy::expect_used,
            reason = "fails only on patterns that are too many or too long"
        )]
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(PLACEHOLDERS)
            .expect("a few short words make an automaton")
    });
    SEARCH.is_match(value)
}

/// Whether the value has the variety of random text: no long run of one character, and as many different ones as its length
/// makes likely.
pub(super) fn looks_random(value: &[u8]) -> bool {
    let same = value
        .windows(5)
        .any(|run| run.iter().all(|byte| Some(byte) == run.first()));
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let enough = match value.len() {
        ..8 => return false,
        8..16 => 6,
        16..24 => 9,
        24..32 => {
            if hex {
                9
            } else {
                11
            }
        }
        _ if hex => 10,
        _ => 14,
    };
    !same && distinct(value) >= enough
}

/// How many different bytes the value holds.
pub(super) fn distinct(value: &[u8]) -> u32 {
    let (low, high) = value
        .iter()
        .fold((0_u128, 0_u128), |(low, high), byte| match byte {
            0..128 => (low | 1 << byte, high),
            _ => (low, high | 1 << (byte - 128)),
        });
    low.count_ones() + high.count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_values_differ_from_made_up_ones() {
        for value in [
            "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx",
            "QX7RM2KDLW4TVZ3P",
            "7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e",
            "s3cr3t-Pa55",
        ] {
            assert!(
                looks_random(value.as_bytes()) && !is_placeholder(value.as_bytes()),
                "{value}"
            );
        }
        for value in [
            "xxxxxxxxxxxxxxxxxxxx",
            "00000000000000000000",
            "aaaaabbbbb",
            "short",
            "abababababababab",
        ] {
            assert!(!looks_random(value.as_bytes()), "{value}");
        }
        for value in ["your-token-here", "IOSFODNN7EXAMPLE", "CHANGEME123"] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
    }
}
