//! Secret keys at rest: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under a master key.
//!
//! A sealed key is a version byte (1), a random nonce of 24 bytes, the encrypted text of the key
//! and a tag of 16 bytes. The tag also covers what the key belongs to, so that a sealed key moved
//! to another row of the database does not open.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{ApiKey, MasterKey};

const VERSION: u8 = 1;
const NONCE_LEN: usize = 24;

/// Keeps what is sealed here apart from anything else sealed under the same master key.
const DOMAIN: &[u8] = b"pecta sealed api key v1";

/// What a sealed key belongs to; it opens for the same values alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The organization that owns the key.
    pub org_id: i64,
    /// The key's own id.
    pub key_id: i64,
}

/// A key that only the holder of the master key can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey(Vec<u8>);

/// Why a sealed key does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// The bytes are not a sealed key of a version known here.
    #[error("not a sealed key of a known version")]
    Format,
    /// Another master key sealed it, it belongs to something else, or it was altered.
    #[error("the sealed key does not open under this master key")]
    Refused,
}

impl MasterKey {
    /// Seals a key, to be stored beside [`id`](Self::id) and opened with the same binding.
    ///
    /// ```
    /// use pecta_auth::{ApiKey, Binding, MasterKey};
    ///
    /// # let fill = |buffer: &mut [u8]| -> Result<(), Box<dyn std::error::Error>> { Ok(buffer.fill(7)) };
    /// let master_key = MasterKey::generate(fill)?;
    /// let key = ApiKey::parse("sk_live_000000000000000000000000003CdOEy")?;
    /// let binding = Binding { org_id: 1, key_id: 2 };
    ///
    /// let sealed = master_key.seal(&key, &binding, fill)?;
    /// let opened = master_key.open(sealed.as_bytes(), &binding)?;
    /// assert_eq!(opened.expose(), key.expose());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// That of `fill`, which gives the randomness.
    pub fn seal<E>(
        &self,
        key: &ApiKey,
        binding: &Binding,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<SealedKey, E> {
        let mut nonce = [0; NONCE_LEN];
        fill(&mut nonce)?;
        let ciphertext = self.encrypt(key, binding, nonce);
        Ok(SealedKey([&[VERSION], &nonce[..], &ciphertext].concat()))
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the bytes are anything else than a key that this master key sealed with this
    /// binding.
    pub fn open(&self, sealed: &[u8], binding: &Binding) -> Result<ApiKey, OpenError> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(OpenError::Format)?;
        let (&nonce, ciphertext) = rest
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(OpenError::Format)?;

        let payload = Payload {
            msg: ciphertext,
            aad: &binding.associated_data(),
        };
        let text = self.cipher().decrypt(&nonce.into(), payload);
        let text = Zeroizing::new(text.map_err(|_| OpenError::Refused)?);
        let text = str::from_utf8(&text).map_err(|_| OpenError::Format)?;
        ApiKey::parse(text).map_err(|_| OpenError::Format)
    }

    fn encrypt(&self, key: &ApiKey, binding: &Binding, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        let payload = Payload {
            msg: key.expose().as_bytes(),
            aad: &binding.associated_data(),
        };
        let ciphertext = self.cipher().encrypt(&nonce.into(), payload);
        #[expect(
            clippy::expect_used,
            reason = "the cipher takes messages of up to 256 GiB"
        )]
        ciphertext.expect("a short message")
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.bytes).into())
    }
}

impl Binding {
    fn associated_data(&self) -> Vec<u8> {
        let Self { org_id, key_id } = self;
        [DOMAIN, &org_id.to_le_bytes(), &key_id.to_le_bytes()].concat()
    }
}

impl SealedKey {
    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to store.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyKind, hex, testing};
    use proptest::prelude::*;

    const BINDING: Binding = Binding {
        org_id: 1,
        key_id: 2,
    };

    fn master_key(seed: u64) -> MasterKey {
        let Ok(master_key) = MasterKey::generate(testing::fill_from(seed));
        master_key
    }

    fn seal(master_key: &MasterKey, key: &ApiKey, binding: &Binding, seed: u64) -> Vec<u8> {
        let Ok(sealed) = master_key.seal(key, binding, testing::fill_from(seed));
        sealed.into_bytes()
    }

    #[test]
    fn stored_form() {
        // Computed with another implementation.
        const SEALED: &str = "016465666768696a6b6c6d6e6f707172737475767778797a7b\
            0f18a6dc9658ecdde652fe5bc309daa132d1391d8942a5c0fd2717d35e280f68d27c73065ee1b1ad\
            803ab2db3872f57103ac1f1205af3b17";
        let fill = |first: u8| {
            move |buffer: &mut [u8]| {
                buffer
                    .iter_mut()
                    .zip(first..)
                    .for_each(|(to, from)| *to = from);
                Ok::<(), OpenError>(())
            }
        };
        let master_key = MasterKey::generate(fill(0)).unwrap();
        let key = ApiKey::parse("sk_live_abcdefghijklmnopqrstuvwxyz0xrWFj").unwrap();

        let sealed = master_key.seal(&key, &BINDING, fill(100)).unwrap();
        assert_eq!(hex::encode(sealed.as_bytes()), SEALED);
        let opened = master_key.open(sealed.as_bytes(), &BINDING).unwrap();
        assert_eq!(opened.expose(), key.expose());
    }

    #[test]
    fn bytes_that_are_no_sealed_key() {
        let check = |bytes: &[u8], expected: OpenError| {
            let opened = master_key(1).open(bytes, &BINDING);
            assert_eq!(opened.err(), Some(expected), "{bytes:?}");
        };
        let sealed = seal(
            &master_key(1),
            &testing::key(KeyKind::Secret, 2),
            &BINDING,
            3,
        );
        let no_key = {
            let aad = &BINDING.associated_data();
            let payload = Payload {
                msg: b"no key",
                aad,
            };
            let ciphertext = master_key(1).cipher().encrypt(&[0; 24].into(), payload);
            [&[VERSION], &[0; 24][..], &ciphertext.unwrap()].concat()
        };

        check(&[], OpenError::Format);
        check(&[VERSION], OpenError::Format);
        check(&sealed[..24], OpenError::Format);
        check(&[&[0], &sealed[1..]].concat(), OpenError::Format);
        check(&no_key, OpenError::Format);
        check(&sealed[..25], OpenError::Refused);
        check(&sealed[..sealed.len() - 1], OpenError::Refused);
        check(&[&sealed[..], &[0]].concat(), OpenError::Refused);
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        let key = testing::key(KeyKind::Secret, 1);
        let sealed = seal(&master_key(2), &key, &BINDING, 3);
        for bit in 0..8 * sealed.len() {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(master_key(2).open(&altered, &BINDING).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn nothing_is_sealed_without_randomness() {
        let key = testing::key(KeyKind::Secret, 1);
        let sealed = master_key(2).seal(&key, &BINDING, |_| Err("no entropy"));
        assert_eq!(sealed, Err("no entropy"));
    }

    proptest! {
        #[test]
        fn a_key_opens_under_its_master_key_and_binding_alone(
            seed: u64,
            org_id: i64,
            key_id: i64,
            other_org_id: i64,
            other_key_id: i64,
        ) {
            let key = testing::key(KeyKind::Secret, seed);
            let binding = Binding { org_id, key_id };
            let sealed = seal(&master_key(seed), &key, &binding, seed);
            let opened = master_key(seed).open(&sealed, &binding).unwrap();
            prop_assert_eq!(opened.expose(), key.expose());

            for other in [
                Binding { org_id: other_org_id, ..binding },
                Binding { key_id: other_key_id, ..binding },
                Binding { org_id: key_id, key_id: org_id },
            ] {
                let opens = master_key(seed).open(&sealed, &other).is_ok();
                prop_assert_eq!(opens, other == binding);
            }
            let opened = master_key(seed.wrapping_add(1)).open(&sealed, &binding);
            prop_assert_eq!(opened.err(), Some(OpenError::Refused));
        }

        #[test]
        fn any_bytes_are_refused(bytes: Vec<u8>) {
            prop_assert!(master_key(1).open(&bytes, &BINDING).is_err());
            let bytes = [&[VERSION], &bytes[..]].concat();
            prop_assert!(master_key(1).open(&bytes, &BINDING).is_err());
        }
    }
}
