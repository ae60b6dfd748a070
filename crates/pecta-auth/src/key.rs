//! API keys: their format, generation and hash.
//!
//! # Format
//!
//! `pk_live_` (publishable) or `sk_live_` (secret), 26 random characters of `[0-9A-Za-z]` and 6 of
//! checksum; 40 characters in all. For a secret scanner:
//!
//! - a regular expression: `\b[ps]k_live_[0-9A-Za-z]{32}\b`
//! - the checksum: CRC-32 (the IEEE polynomial, as in zlib) of the first 34 characters, written in
//!   base 62, most significant digit first, padded with `0` to 6 digits. The digits are `0` to `9`,
//!   `A` to `Z`, `a` to `z`, in this order.

use std::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::KeyKind;

const PREFIX_LEN: usize = 8;
const RANDOM_LEN: usize = 26;
const CHECKSUM_LEN: usize = 6;
const CHECKSUM_START: usize = PREFIX_LEN + RANDOM_LEN;
const KEY_LEN: usize = CHECKSUM_START + CHECKSUM_LEN;

/// An API key, the whole of it: `pk_live_...` or `sk_live_...`.
///
/// There is no `Display`, and `Debug` shows the kind alone: [`expose`](Self::expose) is the one way
/// to the text.
///
/// ```
/// use pecta_auth::{ApiKey, KeyFormatError, KeyKind};
///
/// let key = ApiKey::parse("pk_live_000000000000000000000000003ZvH4k")?;
/// assert_eq!(key.kind(), KeyKind::Publishable);
/// assert_eq!(format!("{key:?}"), "ApiKey { kind: Publishable, .. }");
///
/// let typo = ApiKey::parse("pk_live_00000000000000O000000000003ZvH4k");
/// assert_eq!(typo.err(), Some(KeyFormatError::Checksum));
/// # Ok::<(), KeyFormatError>(())
/// ```
pub struct ApiKey {
    kind: KeyKind,
    text: Zeroizing<String>,
}

/// Why a text is not an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyFormatError {
    /// It does not have the form of a key.
    #[error("a key is `pk_live_` or `sk_live_` followed by 32 letters and digits")]
    Format,
    /// It has the form of a key, but nobody was ever given it: its checksum is wrong.
    #[error("the checksum of the key is wrong")]
    Checksum,
}

/// The SHA-256 hash of a whole key, by which a key is looked up.
///
/// A plain hash is enough: a key has 154 bits of randomness, so it cannot be found by guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl ApiKey {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// That of `fill`, which gives the randomness.
    pub fn generate<E>(
        kind: KeyKind,
        mut fill: impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        // The largest multiple of 62 in a byte: a byte above it would favour the first digits.
        const FAIR: u8 = 248;

        // Never reallocated, so that no part of the key stays behind unwiped.
        let mut text = Zeroizing::new(String::with_capacity(KEY_LEN));
        text.push_str(kind.prefix());
        let mut random = Zeroizing::new([0; 32]);
        while text.len() < CHECKSUM_START {
            fill(random.as_mut_slice())?;
            let missing = CHECKSUM_START - text.len();
            let fair = random.iter().filter(|byte| **byte < FAIR);
            text.extend(fair.take(missing).map(|byte| base62_digit(byte % 62)));
        }
        let checksum = checksum(text.as_bytes());
        text.extend(checksum);
        Ok(Self { kind, text })
    }

    /// Reads a key.
    ///
    /// # Errors
    ///
    /// [`KeyFormatError`] if the text is not one.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        Ok(Self {
            kind: check(text.as_bytes())?,
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// The kind that the prefix names.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The text of the key.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The hash to store and look up instead of the key.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        KeyHash::of_checked(self.text.as_bytes())
    }

    /// The last four characters, by which people tell their keys apart. They belong to the checksum
    /// and are no help in guessing the key.
    #[must_use]
    pub fn last_four(&self) -> &str {
        self.text.get(KEY_LEN - 4..).unwrap_or_default()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl KeyHash {
    /// The hash of the key that a text is.
    ///
    /// # Errors
    ///
    /// [`KeyFormatError`] if the text is not one.
    pub fn of(text: &[u8]) -> Result<Self, KeyFormatError> {
        check(text).map(|_| Self::of_checked(text))
    }

    fn of_checked(text: &[u8]) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The hash as bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for KeyHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// The kind of the key that a text is.
fn check(text: &[u8]) -> Result<KeyKind, KeyFormatError> {
    let has_prefix = |kind: &KeyKind| text.starts_with(kind.prefix().as_bytes());
    let kind = KeyKind::ALL.into_iter().find(has_prefix);
    let kind = kind.ok_or(KeyFormatError::Format)?;

    // All of them are looked at, many in one instruction.
    let rest = text.get(PREFIX_LEN..).unwrap_or_default();
    let are_digits = (rest.iter()).fold(true, |are, byte| are & byte.is_ascii_alphanumeric());
    if text.len() != KEY_LEN || !are_digits {
        return Err(KeyFormatError::Format);
    }

    let halves = text.split_at_checked(CHECKSUM_START);
    let (covered, given) = halves.ok_or(KeyFormatError::Format)?;
    if !given
        .iter()
        .map(|byte| char::from(*byte))
        .eq(checksum(covered))
    {
        return Err(KeyFormatError::Checksum);
    }
    Ok(kind)
}

/// CRC-32 of the text, as six base-62 digits.
fn checksum(text: &[u8]) -> [char; CHECKSUM_LEN] {
    let mut crc = crc32fast::hash(text);
    let mut digits = ['0'; CHECKSUM_LEN];
    for digit in digits.iter_mut().rev() {
        let [remainder, ..] = (crc % 62).to_le_bytes();
        *digit = base62_digit(remainder);
        crc /= 62;
    }
    digits
}

/// The digit for a value under 62.
fn base62_digit(value: u8) -> char {
    char::from(match value {
        0..10 => b'0' + value,
        10..36 => b'A' + (value - 10),
        _ => b'a' + (value - 36),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn texts() {
        let check = |text: &str, expected: Result<KeyKind, KeyFormatError>| {
            let kind = ApiKey::parse(text).map(|key| key.kind());
            assert_eq!(kind, expected, "{text:?}");
        };
        let publishable = Ok(KeyKind::Publishable);
        let secret = Ok(KeyKind::Secret);
        let format = Err(KeyFormatError::Format);
        let checksum = Err(KeyFormatError::Checksum);

        // The checksums were computed with another implementation.
        check("pk_live_000000000000000000000000003ZvH4k", publishable);
        check("sk_live_000000000000000000000000003CdOEy", secret);
        check("sk_live_zzzzzzzzzzzzzzzzzzzzzzzzzz38fNH3", secret);
        check("sk_live_0000000000000000000000059900AxdW", secret);
        check("pk_live_ABCDEFGHIJKLMNOPQRSTUVWXYZ3Un1ZS", publishable);

        check("sk_live_000000000000000000000000003ZvH4k", checksum);
        check("pk_live_00000000000000000000000000000000", checksum);
        check("pk_live_000000000000000000000000013ZvH4k", checksum);
        check("pk_live_000000000000000000000000003zvH4k", checksum);

        check("", format);
        check("pk_live_", format);
        check("pk_live_00000000000000000000000003ZvH4k", format);
        check("pk_live_0000000000000000000000000003ZvH4k", format);
        check("pk_test_000000000000000000000000003ZvH4k", format);
        check("PK_LIVE_000000000000000000000000003ZvH4k", format);
        check("rk_live_000000000000000000000000003ZvH4k", format);
        check(" pk_live_000000000000000000000000003ZvH4", format);
        check("pk_live_000000000000000000000000003ZvH4k\n", format);
        check("pk_live_0000000000000-000000000000003ZvH4k", format);
        check("pk_live_000000000000é00000000000003ZvH4k", format);
        check("pk_live_00000000000000000000000000\u{0}ZvH4k", format);
    }

    #[test]
    fn hash_is_sha256_of_the_whole_text() {
        let key = ApiKey::parse("pk_live_000000000000000000000000003ZvH4k").unwrap();
        let expected = "5d356d25a723ec8becd9c6a15f53140cf8326b72d5ab4ad673f21a98a234ca57";
        assert_eq!(crate::hex::encode(key.hash().as_bytes()), expected);
        assert_eq!(KeyHash::from(*key.hash().as_bytes()), key.hash());
    }

    #[test]
    fn last_four_characters() {
        let key = ApiKey::parse("pk_live_000000000000000000000000003ZvH4k").unwrap();
        assert_eq!(key.last_four(), "vH4k");
    }

    #[test]
    fn unfair_bytes_are_drawn_again() {
        let mut draws = [[255_u8; 32], [248; 32], [247; 32]].into_iter();
        let key = ApiKey::generate(KeyKind::Secret, |buffer| {
            buffer.copy_from_slice(&draws.next().ok_or("drawn too often")?);
            Ok::<(), &str>(())
        });
        let random = "z".repeat(RANDOM_LEN);
        assert!(
            key.unwrap()
                .expose()
                .starts_with(&format!("sk_live_{random}"))
        );
    }

    #[test]
    fn every_letter_and_digit_is_as_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for byte in 0..248_u8 {
            *counts.entry(base62_digit(byte % 62)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 62);
        assert!(counts.keys().all(char::is_ascii_alphanumeric));
        assert!(counts.values().all(|count| *count == 4));
    }

    #[test]
    fn no_key_without_randomness() {
        let key = ApiKey::generate(KeyKind::Secret, |_| Err("no entropy"));
        assert_eq!(key.err(), Some("no entropy"));
    }

    proptest! {
        #[test]
        fn a_generated_key_parses_to_itself(seed: u64, secret: bool) {
            let kind = if secret { KeyKind::Secret } else { KeyKind::Publishable };
            let key = testing::key(kind, seed);
            prop_assert_eq!(key.kind(), kind);

            let parsed = ApiKey::parse(key.expose()).unwrap();
            prop_assert_eq!(parsed.expose(), key.expose());
            prop_assert_eq!(parsed.kind(), kind);
            prop_assert_eq!(parsed.hash(), key.hash());
        }

        #[test]
        fn any_one_character_change_is_refused(seed: u64, position in 0..KEY_LEN) {
            let key = testing::key(KeyKind::Publishable, seed);
            for replacement in (0..=127).map(char::from).chain(['é', '\u{ff10}']) {
                let mut changed: Vec<char> = key.expose().chars().collect();
                if std::mem::replace(&mut changed[position], replacement) == replacement {
                    continue;
                }
                let changed: String = changed.into_iter().collect();
                prop_assert!(ApiKey::parse(&changed).is_err(), "{}", changed);
            }
        }

        #[test]
        fn debug_shows_nothing_of_the_key(seed: u64) {
            let key = testing::key(KeyKind::Secret, seed);
            prop_assert_eq!(format!("{key:?}"), "ApiKey { kind: Secret, .. }");
        }

        #[test]
        fn any_text_is_parsed_or_refused(text: String) {
            let _ = ApiKey::parse(&text);
            let _ = ApiKey::parse(&format!("sk_live_{text}"));
        }
    }
}
