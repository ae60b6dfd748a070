//! Signatures of request bodies: HMAC-SHA256 (RFC 2104), keyed by a whole secret key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

use crate::{ApiKey, KeyKind, hex};

const SCHEME: &str = "sha256=";

/// A signature as a request carried it, not yet compared with anything.
///
/// ```
/// use pecta_auth::{ApiKey, Signature, sign};
///
/// let key = ApiKey::parse("sk_live_000000000000000000000000003CdOEy")?;
/// let header = sign(b"the raw body", &key);
///
/// let signature = Signature::parse(&header)?;
/// assert!(signature.matches(b"the raw body", &key));
/// assert!(!signature.matches(b"another body", &key));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Signature([u8; 32]);

/// A text that is not a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a signature is `sha256=` followed by 64 hexadecimal digits")]
pub struct SignatureFormatError;

impl Signature {
    /// Reads a header value, `sha256=<64 hexadecimal digits>`.
    ///
    /// # Errors
    ///
    /// [`SignatureFormatError`] if it is anything else.
    pub fn parse(header: &str) -> Result<Self, SignatureFormatError> {
        let mut signature = Self([0; 32]);
        let digits = header.strip_prefix(SCHEME);
        digits
            .and_then(|digits| hex::decode(digits, &mut signature.0))
            .ok_or(SignatureFormatError)?;
        Ok(signature)
    }

    /// Whether the holder of `key` made this signature for `body`, decided in constant time.
    ///
    /// Only secret keys sign: a publishable key matches nothing.
    #[must_use]
    pub fn matches(&self, body: &[u8], key: &ApiKey) -> bool {
        let signs = key.kind() == KeyKind::Secret;
        let mac = hmac_sha256(body, key.expose().as_bytes());
        signs && mac.verify_slice(&self.0).is_ok()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").finish_non_exhaustive()
    }
}

/// The header value that signs `body`: `sha256=<64 hexadecimal digits>`.
///
/// Only secret keys sign: nobody accepts what is signed with a publishable key.
#[must_use]
pub fn sign(body: &[u8], key: &ApiKey) -> String {
    let mac = hmac_sha256(body, key.expose().as_bytes()).finalize();
    format!("{SCHEME}{}", hex::encode(&mac.into_bytes()))
}

fn hmac_sha256(body: &[u8], key: &[u8]) -> Hmac<Sha256> {
    #[expect(
        clippy::expect_used,
        reason = "HMAC is defined for keys of every length"
    )]
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn rfc_4231() {
        let check = |key: &[u8], body: &[u8], expected: &str| {
            let mac = hmac_sha256(body, key).finalize().into_bytes();
            assert_eq!(hex::encode(&mac), expected);
        };

        check(
            &[0x0b; 20],
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        );
        check(
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
        check(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        );
    }

    const KEY: &str = "sk_live_abcdefghijklmnopqrstuvwxyz0xrWFj";
    const BODY: &[u8] = b"{\"events\":[]}";

    #[test]
    fn headers() {
        // Computed with another implementation.
        const DIGITS: &str = "d058e0bdfa7cacd0cbce9b9be746d2e47519ed7e58eb69b5a89e06beca8292a3";
        let key = ApiKey::parse(KEY).unwrap();
        let check = |header: String, expected: Result<bool, SignatureFormatError>| {
            let matches = Signature::parse(&header).map(|it| it.matches(BODY, &key));
            assert_eq!(matches, expected, "{header:?}");
        };

        assert_eq!(sign(BODY, &key), format!("sha256={DIGITS}"));
        check(format!("sha256={DIGITS}"), Ok(true));
        check(format!("sha256={}", DIGITS.to_uppercase()), Ok(true));
        check(format!("sha256={}", "0".repeat(64)), Ok(false));
        check(format!("sha256={}", DIGITS.replace("a3", "a2")), Ok(false));

        check(String::new(), Err(SignatureFormatError));
        check("sha256=".to_owned(), Err(SignatureFormatError));
        check(DIGITS.to_owned(), Err(SignatureFormatError));
        check(format!("md5={DIGITS}"), Err(SignatureFormatError));
        check(format!("SHA256={DIGITS}"), Err(SignatureFormatError));
        check(format!("sha256= {DIGITS}"), Err(SignatureFormatError));
        check(format!("sha256={DIGITS}00"), Err(SignatureFormatError));
        check(
            format!("sha256={}", "g".repeat(64)),
            Err(SignatureFormatError),
        );
        check(
            format!("sha256={}", "é".repeat(32)),
            Err(SignatureFormatError),
        );
    }

    #[test]
    fn publishable_keys_do_not_sign() {
        let key = testing::key(KeyKind::Publishable, 1);
        let signature = Signature::parse(&sign(BODY, &key)).unwrap();
        assert!(!signature.matches(BODY, &key));
    }

    #[test]
    fn debug_shows_nothing_of_the_signature() {
        let signature = Signature::parse(&sign(BODY, &ApiKey::parse(KEY).unwrap()));
        assert_eq!(format!("{:?}", signature.unwrap()), "Signature { .. }");
    }

    proptest! {
        #[test]
        fn a_signature_matches_its_body_and_key_alone(
            body: Vec<u8>,
            other_body: Vec<u8>,
            seed: u64,
            flipped in 0..256_usize,
        ) {
            let key = testing::key(KeyKind::Secret, seed);
            let other_key = testing::key(KeyKind::Secret, seed.wrapping_add(1));
            let signature = Signature::parse(&sign(&body, &key)).unwrap();

            prop_assert!(signature.matches(&body, &key));
            prop_assert!(!signature.matches(&body, &other_key));
            prop_assert_eq!(signature.matches(&other_body, &key), other_body == body);

            let mut altered = signature.clone();
            altered.0[flipped / 8] ^= 1 << (flipped % 8);
            prop_assert!(!altered.matches(&body, &key));
        }
    }
}
