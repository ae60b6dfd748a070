//! Values that name something instead of being secret: a path, a version, a model, an algorithm, a page, an account.

use super::super::{super::around, context::tail};

/// What the name of a token ends with, before that word, that says where a list goes on: `nextPageToken`.
const PAGES: &[&[u8]] = &[
    b"page",
    b"next",
    b"continuation",
    b"pagination",
    b"paging",
    b"sync",
    b"resume",
    b"starting",
];

/// The text that stands before a word, as far as it is looked at.
const LONGEST_BEFORE: usize = 16;

/// Whether a token is where a list goes on if its name starts as the text ends.
pub(super) fn pages(before: &[u8]) -> bool {
    let before = tail(before, LONGEST_BEFORE);
    // `FB_PAGE_TOKEN` is set for a program, which does not go through a list with it.
    if before.last().is_some_and(|byte| *byte == b'_') && !before.iter().any(u8::is_ascii_lowercase)
    {
        return false;
    }
    let before = before.to_ascii_lowercase();
    let before = before
        .strip_suffix(b"_")
        .or(before.strip_suffix(b"-"))
        .unwrap_or(&before);
    PAGES.iter().any(|word| {
        before.strip_suffix(*word).is_some_and(|before| {
            // "homepage_token" is no token of a page; "nextPageToken" is.
            !before.last().is_some_and(u8::is_ascii_alphabetic)
                || PAGES.iter().any(|word| before.ends_with(word))
        })
    })
}

/// Whether the value is the name of a resource, made of words and numbers: `app-db-secret-v1`, `projects/p/secrets/db`.
pub(super) fn is_resource(value: &[u8]) -> bool {
    let is_part =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_./".contains(byte);
    let mut words = value.split(|byte| b"-_./".contains(byte));
    let tells = words.any(|word| RESOURCES.iter().any(|start| word.starts_with(start)));
    value.iter().any(|byte| b"-/".contains(byte))
        && value.iter().all(is_part)
        && tells
        && is_name(value)
}

/// How a word of the name of such a resource starts.
const RESOURCES: &[&[u8]] = &[
    b"secret", b"cred", b"cert", b"tls", b"auth", b"key", b"db", b"config", b"env", b"api",
    b"token",
];

/// How many bytes an account of Solana has, and how many characters in base 58.
const ACCOUNT: usize = 32;
const ACCOUNT_CHARACTERS: std::ops::RangeInclusive<usize> = 43..=44;

/// Whether the value is an account of a blockchain in base 58, as tokens have that are no secrets.
pub(super) fn is_account(value: &[u8]) -> bool {
    const DIGITS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if !ACCOUNT_CHARACTERS.contains(&value.len()) {
        return false;
    }
    let mut number = [0_u8; ACCOUNT];
    value.iter().all(|byte| {
        let Some(digit) = DIGITS.iter().position(|digit| digit == byte) else {
            return false;
        };
        let mut carry = u32::try_from(digit).unwrap_or_default();
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = u8::try_from(carry & 0xFF).unwrap_or_default();
            carry >>= 8;
        }
        carry == 0
    })
}

/// What stands between the parts of a name.
const SIGNS: &[u8] = b"-_./:#";

/// Whether the value is made of words and numbers: `src/token_v2.rs`, `NIST-800-63B`, `Argon2id`.
pub(super) fn is_name(value: &[u8]) -> bool {
    if value.iter().any(|byte| SIGNS.contains(byte)) {
        return value.split(|byte| SIGNS.contains(byte)).all(is_part);
    }
    // A word with a number behind it is what people take for a password.
    let (_, digits, rest) = runs(value);
    is_part(value) && digits.len() <= 2 && !rest.is_empty()
}

/// Whether the part is a word, a number, or a word with a number in it.
fn is_part(part: &[u8]) -> bool {
    let (word, _, rest) = runs(part);
    is_word(word)
        && is_word(rest)
        && match word.len() {
            0 => rest.len() <= 2,
            1..3 => rest.is_empty(),
            _ => true,
        }
}

/// The letters that the part starts with, the digits behind them, and the rest.
fn runs(part: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let count = |text: &[u8], class: fn(&u8) -> bool| text.iter().take_while(|b| class(b)).count();
    let (word, rest) = around(part, count(part, u8::is_ascii_alphabetic));
    let (digits, rest) = around(rest, count(rest, u8::is_ascii_digit));
    (word, digits, rest)
}

/// Whether the text is letters, with a capital within at most: `apiToken`.
fn is_word(text: &[u8]) -> bool {
    let is_capital =
        |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase());
    text.iter().all(u8::is_ascii_alphabetic)
        && text.windows(2).filter(|pair| is_capital(pair)).count() <= 1
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_are_told_from_passwords() {
        for name in [
            "Argon2id",
            "GPT-4o-mini",
            "Qwen2.5-72B",
            "NIST-800-63B",
            "OAuth2-PKCE",
            "src/auth/apiToken2.ts",
            "/prod/github/token1",
            "regcred-eu1",
            "kv/data/db#pw1",
        ] {
            assert!(is_name(name.as_bytes()), "{name}");
        }
        for password in [
            "k7Qz-91xWv",
            "k7Qz91xWv2",
            "Summer2024",
            "Admin@2024x",
            "Tr0ub4dor",
            "s0HqtO93L7Q5uUaV",
            "7xKz9QmW2vRt4LpN8sYd",
        ] {
            assert!(!is_name(password.as_bytes()), "{password}");
        }
    }
}
