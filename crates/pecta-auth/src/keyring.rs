//! Two master keys at most, so that one can take the place of the other while servers run.

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{ApiKey, Binding, MasterKey, MasterKeyFormatError, MasterKeyId, OpenError};

/// The master key that seals, and the one before it, which only opens.
///
/// Its text form, for a file, is a key a line, the current one first.
///
/// ```
/// use pecta_auth::{Keyring, MasterKey};
///
/// let (old, new) = (MasterKey::parse(&"01".repeat(32))?, MasterKey::parse(&"02".repeat(32))?);
/// let (old_id, new_id) = (old.id(), new.id());
/// let keyring = Keyring::from(old).rotated(new);
/// assert_eq!(keyring.current().id(), new_id);
/// assert!(keyring.knows(old_id));
/// # Ok::<(), pecta_auth::MasterKeyFormatError>(())
/// ```
#[derive(Debug)]
pub struct Keyring {
    current: MasterKey,
    previous: Option<MasterKey>,
}

/// A text that is no keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyringFormatError {
    /// A line is no master key.
    #[error(transparent)]
    Key(#[from] MasterKeyFormatError),
    /// More than two lines.
    #[error("there are more than two master keys")]
    TooMany,
}

impl Keyring {
    /// A key that seals, and one that it took the place of.
    #[must_use]
    pub fn new(current: MasterKey, previous: Option<MasterKey>) -> Self {
        Self { current, previous }
    }

    /// Reads one or two master keys, with or without white space around them.
    ///
    /// # Errors
    ///
    /// [`KeyringFormatError`] if the text is anything else.
    pub fn parse(text: &str) -> Result<Self, KeyringFormatError> {
        let mut lines = text.trim().lines();
        let current = MasterKey::parse(lines.next().unwrap_or_default())?;
        let previous = lines.next().map(MasterKey::parse).transpose()?;
        match lines.next() {
            None => Ok(Self::new(current, previous)),
            Some(_) => Err(KeyringFormatError::TooMany),
        }
    }

    /// The text form, to be kept in a file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // Large enough for two keys, so that no part of them is left behind unwiped.
        let mut text = Zeroizing::new(String::with_capacity(2 * 65));
        for key in self.keys() {
            text.push_str(&key.to_text());
            text.push('\n');
        }
        text
    }

    /// The key that seals.
    #[must_use]
    pub const fn current(&self) -> &MasterKey {
        &self.current
    }

    /// Whether the key of this id is one of them.
    #[must_use]
    pub fn knows(&self, id: MasterKeyId) -> bool {
        self.keys().any(|key| key.id() == id)
    }

    /// With a new key that seals; the one that did until now opens, and the one before that is gone.
    #[must_use]
    pub fn rotated(self, new: MasterKey) -> Self {
        Self::new(new, Some(self.current))
    }

    /// Opens what the key of this id sealed.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the key is none of them, or the bytes are anything else than a key that it sealed
    /// with this binding.
    pub fn open(
        &self,
        id: MasterKeyId,
        sealed: &[u8],
        binding: &Binding,
    ) -> Result<ApiKey, OpenError> {
        let key = self.keys().find(|key| key.id() == id);
        key.ok_or(OpenError::Refused)?.open(sealed, binding)
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl From<MasterKey> for Keyring {
    fn from(key: MasterKey) -> Self {
        Self::new(key, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyKind, testing};
    use proptest::prelude::*;

    fn master_key(seed: u64) -> MasterKey {
        let Ok(key) = MasterKey::generate(testing::fill_from(seed));
        key
    }

    #[test]
    fn texts() {
        let (one, two) = ("01".repeat(32), "02".repeat(32));
        let check = |text: String, expected: Result<String, KeyringFormatError>| {
            let text_of = |keyring: Keyring| keyring.to_text().to_string();
            assert_eq!(Keyring::parse(&text).map(text_of), expected, "{text:?}");
        };
        let key = Err(KeyringFormatError::Key(MasterKeyFormatError::Key));
        check(one.clone(), Ok(format!("{one}\n")));
        check(format!("\n {one}\r\n"), Ok(format!("{one}\n")));
        check(format!("{one}\r\n{two}\n"), Ok(format!("{one}\n{two}\n")));
        check(String::new(), key.clone());
        check(format!("{one}\n\n{two}"), key.clone());
        check(format!("{one} {two}"), key.clone());
        check(format!("{one}\nx"), key);
        let three = format!("{one}\n{two}\n{one}");
        check(three, Err(KeyringFormatError::TooMany));
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_for_one_rotation_and_no_longer(seed: u64, org_id: i64, key_id: i64) {
            let binding = Binding { org_id, key_id };
            let key = testing::key(KeyKind::Secret, seed);
            let first = master_key(seed);
            let id = first.id();
            let Ok(sealed) = first.seal(&key, &binding, testing::fill_from(seed));
            let opens = |keyring: &Keyring| {
                let opened = keyring.open(id, sealed.as_bytes(), &binding);
                opened.map(|opened| opened.expose().to_owned())
            };

            let keyring = Keyring::from(first);
            prop_assert_eq!(opens(&keyring), Ok(key.expose().to_owned()));
            let keyring = keyring.rotated(master_key(seed.wrapping_add(1)));
            let keyring = Keyring::parse(&keyring.to_text()).unwrap();
            prop_assert_eq!(opens(&keyring), Ok(key.expose().to_owned()));
            let other = keyring.current().id();
            prop_assert!(keyring.open(other, sealed.as_bytes(), &binding).is_err());
            let keyring = keyring.rotated(master_key(seed.wrapping_add(2)));
            prop_assert!(!keyring.knows(id) && keyring.knows(other));
            prop_assert_eq!(opens(&keyring), Err(OpenError::Refused));
        }
    }
}
