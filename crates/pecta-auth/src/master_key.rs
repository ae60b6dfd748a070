//! The master key, under which a server seals the secret keys that it has to keep.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::hex;

/// Keeps the hash that makes an id apart from every other use of the key.
const ID_DOMAIN: &[u8] = b"pecta master key id v1";

/// A key of 32 random bytes that is kept outside the database.
///
/// `Debug` shows the [id](Self::id) alone.
pub struct MasterKey {
    pub(crate) bytes: Zeroizing<[u8; 32]>,
}

/// Names a master key without telling anything about it.
///
/// Stored beside each key that it sealed, so that two master keys can be in use while one replaces
/// the other. Its text form is 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MasterKeyId([u8; 8]);

/// A text that is not a master key, or not the id of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MasterKeyFormatError {
    /// Not a master key.
    #[error("a master key is 64 hexadecimal digits")]
    Key,
    /// Not the id of a master key.
    #[error("the id of a master key is 16 hexadecimal digits")]
    Id,
}

impl MasterKey {
    /// Makes a new master key.
    ///
    /// # Errors
    ///
    /// That of `fill`, which gives the randomness.
    pub fn generate<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = Zeroizing::new([0; 32]);
        fill(bytes.as_mut_slice())?;
        Ok(Self { bytes })
    }

    /// Reads a master key: 64 hexadecimal digits, with or without white space around them.
    ///
    /// # Errors
    ///
    /// [`MasterKeyFormatError::Key`] if the text is anything else.
    pub fn parse(text: &str) -> Result<Self, MasterKeyFormatError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode(text.trim(), bytes.as_mut_slice()).ok_or(MasterKeyFormatError::Key)?;
        Ok(Self { bytes })
    }

    /// The key as 64 hexadecimal digits, to be kept in a file or an environment variable.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.bytes.as_slice()))
    }

    /// The public name of the key.
    #[must_use]
    pub fn id(&self) -> MasterKeyId {
        let hash = Sha256::new()
            .chain_update(ID_DOMAIN)
            .chain_update(self.bytes.as_slice())
            .finalize();
        let mut id = [0; 8];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        MasterKeyId(id)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKeyId({self})")
    }
}

impl FromStr for MasterKeyId {
    type Err = MasterKeyFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut id = [0; 8];
        hex::decode(text, &mut id).ok_or(MasterKeyFormatError::Id)?;
        Ok(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    const TEXT: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn texts() {
        let check = |text: &str, expected: Result<&str, MasterKeyFormatError>| {
            let parsed = MasterKey::parse(text).map(|key| key.to_text().to_string());
            assert_eq!(parsed, expected.map(str::to_owned), "{text:?}");
        };

        check(TEXT, Ok(TEXT));
        check(&TEXT.to_uppercase(), Ok(TEXT));
        check(&format!("  {TEXT}\r\n"), Ok(TEXT));

        check("", Err(MasterKeyFormatError::Key));
        check(TEXT.trim_end_matches("1f"), Err(MasterKeyFormatError::Key));
        check(TEXT.trim_end_matches('f'), Err(MasterKeyFormatError::Key));
        check(&format!("{TEXT}00"), Err(MasterKeyFormatError::Key));
        check(&TEXT.replace('f', "g"), Err(MasterKeyFormatError::Key));
        check(
            &TEXT.replacen("00", "0 ", 1),
            Err(MasterKeyFormatError::Key),
        );
    }

    #[test]
    fn ids() {
        let id = MasterKey::parse(TEXT).unwrap().id();
        assert_eq!(id.to_string(), "e91ef917ca7adcde");
        assert_eq!("e91ef917ca7adcde".parse(), Ok(id));
        for text in [
            "",
            "e91ef917ca7adc",
            "e91ef917ca7adcdx",
            "e91ef917ca7adcde00",
        ] {
            let parsed: Result<MasterKeyId, _> = text.parse();
            assert_eq!(parsed, Err(MasterKeyFormatError::Id), "{text:?}");
        }
    }

    #[test]
    fn debug_shows_the_id_alone() {
        let key = MasterKey::parse(TEXT).unwrap();
        let expected = "MasterKey { id: MasterKeyId(e91ef917ca7adcde), .. }";
        assert_eq!(format!("{key:?}"), expected);
    }

    #[test]
    fn no_master_key_without_randomness() {
        let key = MasterKey::generate(|_| Err("no entropy"));
        assert_eq!(key.err(), Some("no entropy"));
    }

    proptest! {
        #[test]
        fn a_generated_key_reads_back_and_has_an_id_of_its_own(seed: u64) {
            let Ok(key) = MasterKey::generate(testing::fill_from(seed));
            let Ok(other) = MasterKey::generate(testing::fill_from(seed.wrapping_add(1)));
            let parsed = MasterKey::parse(&key.to_text()).unwrap();
            prop_assert_eq!(&parsed.bytes, &key.bytes);
            prop_assert_eq!(parsed.id(), key.id());
            prop_assert_ne!(other.id(), key.id());
        }
    }
}
