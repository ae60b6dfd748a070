//! A chain of hashes over the entries of a log, in which one that was altered, taken out or put in shows.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::hex;

/// What stands for the length of a field that is not there.
const ABSENT: u64 = u64::MAX;

/// The hash of an entry, which stands for all entries up to it.
///
/// ```
/// use pecta_auth::ChainHash;
///
/// let first = ChainHash::START.followed_by([Some("made"), None]);
/// let second = first.followed_by([Some("revoked"), None]);
/// assert_ne!(second, ChainHash::START.followed_by([Some("revoked"), None]));
/// assert_eq!(second.to_string().parse(), Ok(second));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

/// A text that is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct ChainHashFormatError;

impl ChainHash {
    /// What the first entry follows: 32 zero bytes.
    pub const START: Self = Self([0; 32]);

    /// The hash of the next entry, which has these fields: SHA-256 over this hash and then each field, the
    /// number of its bytes in front as 8 bytes, big endian, and 8 bytes of `ff` for one that is not there.
    #[must_use]
    pub fn followed_by<'f>(&self, fields: impl IntoIterator<Item = Option<&'f str>>) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        for field in fields {
            let length = field.map_or(ABSENT, |field| field.len().try_into().unwrap_or(ABSENT));
            hash.update(length.to_be_bytes());
            hash.update(field.unwrap_or_default());
        }
        Self(hash.finalize().into())
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash with these bytes; `None` unless there are 32.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for ChainHash {
    type Err = ChainHashFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode(text, &mut bytes).ok_or(ChainHashFormatError)?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_hash() {
        // printf '%064d' 0 | xxd -r -p > chain; printf '\0\0\0\0\0\0\0\2ab' >> chain
        // printf '\377\377\377\377\377\377\377\377' >> chain; sha256sum chain
        let hash = ChainHash::START.followed_by([Some("ab"), None]);
        assert_eq!(
            hash.to_string(),
            "d8acac3bf554135d04542b5f8e7ca2fa9aaec5f0732d2c74b24e330472993901"
        );
    }

    proptest! {
        #[test]
        fn other_fields_have_another_hash(
            one in proptest::collection::vec(proptest::option::of("[ab]{0,2}"), 0..4),
            two in proptest::collection::vec(proptest::option::of("[ab]{0,2}"), 0..4),
        ) {
            let hash = |fields: &[Option<String>]| {
                ChainHash::START.followed_by(fields.iter().map(Option::as_deref))
            };
            prop_assert_eq!(hash(&one) == hash(&two), one == two);
        }
    }
}
