//! Signatures of request bodies: HMAC-SHA256 (RFC 2104), keyed by a whole secret key.
//!
//! There are two forms. `sha256=<hex>` covers the body. `t=<unix>,v1=<hex>` covers the time as it is written, a
//! dot and the body, so that a signature can be refused once it is old, or when it was seen before.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

use crate::{ApiKey, KeyKind, hex};

const SCHEME: &str = "sha256=";
const TIME: &str = "t=";
const TIMED_SCHEME: &str = ",v1=";
/// How far a signature's time may be from now, either way.
const TOLERANCE_SECONDS: u64 = 300;

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
pub struct Signature {
    mac: [u8; 32],
    /// Seconds since the Unix epoch.
    time: Option<i64>,
}

/// A text that is not a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a signature is `sha256=<hex>` or `t=<unix>,v1=<hex>`, with 64 hexadecimal digits")]
pub struct SignatureFormatError;

impl Signature {
    /// Reads a header value, `sha256=<64 hexadecimal digits>` or `t=<seconds>,v1=<64 hexadecimal digits>`.
    ///
    /// # Errors
    ///
    /// [`SignatureFormatError`] if it is anything else.
    pub fn parse(header: &str) -> Result<Self, SignatureFormatError> {
        let (time, digits) = if let Some(timed) = header.strip_prefix(TIME) {
            let parts = timed.split_once(TIMED_SCHEME);
            let (time, digits) = parts.ok_or(SignatureFormatError)?;
            (Some(seconds(time)?), digits)
        } else {
            let digits = header.strip_prefix(SCHEME);
            (None, digits.ok_or(SignatureFormatError)?)
        };
        let mut mac = [0; 32];
        hex::decode(digits, &mut mac).ok_or(SignatureFormatError)?;
        Ok(Self { mac, time })
    }

    /// The time that it covers, in seconds since the Unix epoch, where it covers one.
    #[must_use]
    pub const fn time(&self) -> Option<i64> {
        self.time
    }

    /// The code itself, by which one that was seen before is known again.
    #[must_use]
    pub const fn code(&self) -> &[u8; 32] {
        &self.mac
    }

    /// Whether the time that it covers is at most 5 minutes from `now`, in seconds since the Unix epoch. One
    /// that covers none never gets old.
    #[must_use]
    pub fn is_timely(&self, now: i64) -> bool {
        self.time
            .is_none_or(|time| time.abs_diff(now) <= TOLERANCE_SECONDS)
    }

    /// Whether the holder of `key` made this signature for `body`, decided in constant time.
    ///
    /// Only secret keys sign: a publishable key matches nothing.
    #[must_use]
    pub fn matches(&self, body: &[u8], key: &ApiKey) -> bool {
        let signs = key.kind() == KeyKind::Secret;
        let mac = code(body, self.time, key);
        signs && mac.verify_slice(&self.mac).is_ok()
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
    let mac = code(body, None, key).finalize();
    format!("{SCHEME}{}", hex::encode(&mac.into_bytes()))
}

/// The header value that signs `body` and a time in seconds since the Unix epoch: `t=<seconds>,v1=<64 hexadecimal
/// digits>`.
#[must_use]
pub fn sign_at(body: &[u8], time: i64, key: &ApiKey) -> String {
    let mac = code(body, Some(time), key).finalize();
    let digits = hex::encode(&mac.into_bytes());
    format!("{TIME}{time}{TIMED_SCHEME}{digits}")
}

/// A time in the one way to write it, because what is covered is the text.
fn seconds(text: &str) -> Result<i64, SignatureFormatError> {
    let time = text.parse().map_err(|_| SignatureFormatError)?;
    let is_canonical = i64::to_string(&time) == text;
    is_canonical.then_some(time).ok_or(SignatureFormatError)
}

fn code(body: &[u8], time: Option<i64>, key: &ApiKey) -> Hmac<Sha256> {
    let key = key.expose().as_bytes();
    match time {
        None => hmac_sha256(&[body], key),
        Some(time) => hmac_sha256(&[time.to_string().as_bytes(), b".", body], key),
    }
}

fn hmac_sha256(parts: &[&[u8]], key: &[u8]) -> Hmac<Sha256> {
    #[expect(
        clippy::expect_used,
        reason = "HMAC is defined for keys of every length"
    )]
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    parts.iter().fold(mac, Mac::chain_update)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn rfc_4231() {
        let check = |key: &[u8], body: &[u8], expected: &str| {
            let mac = hmac_sha256(&[body], key).finalize().into_bytes();
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
    fn headers_with_a_time() {
        // Computed with another implementation.
        const DIGITS: &str = "b3a2c34335e3b53653a2a69ffdafd27df46f711024b2aa60601e62f15c509dd7";
        let key = ApiKey::parse(KEY).unwrap();
        let check = |header: String, expected: Result<bool, SignatureFormatError>| {
            let matches = Signature::parse(&header).map(|it| it.matches(BODY, &key));
            assert_eq!(matches, expected, "{header:?}");
        };

        let time = 1_764_331_200;
        assert_eq!(sign_at(BODY, time, &key), format!("t={time},v1={DIGITS}"));
        check(format!("t={time},v1={DIGITS}"), Ok(true));
        check(format!("t={time},v1={}", DIGITS.to_uppercase()), Ok(true));
        check(format!("t={},v1={DIGITS}", time + 1), Ok(false));
        check(format!("sha256={DIGITS}"), Ok(false));
        for wrong in [
            format!("t={time}"),
            format!("t={time},v1="),
            format!("t=,v1={DIGITS}"),
            format!("t=0{time},v1={DIGITS}"),
            format!("t=+{time},v1={DIGITS}"),
            format!("t= {time},v1={DIGITS}"),
            format!("t={time}.0,v1={DIGITS}"),
            format!("t={time}, v1={DIGITS}"),
            format!("t={time},v0={DIGITS}"),
            format!("t={time},v1={DIGITS},v1={DIGITS}"),
            format!("v1={DIGITS},t={time}"),
            format!("t=99999999999999999999,v1={DIGITS}"),
        ] {
            check(wrong, Err(SignatureFormatError));
        }
    }

    #[test]
    fn five_minutes_either_way() {
        let key = ApiKey::parse(KEY).unwrap();
        let timely = |time, now| {
            let signature = Signature::parse(&sign_at(BODY, time, &key)).unwrap();
            assert_eq!(signature.time(), Some(time));
            signature.is_timely(now)
        };
        for (time, now, expected) in [
            (1000, 1000, true),
            (1000, 1300, true),
            (1000, 1301, false),
            (1000, 700, true),
            (1000, 699, false),
            (i64::MIN, i64::MAX, false),
            (i64::MAX, 0, false),
        ] {
            assert_eq!(timely(time, now), expected, "{time} {now}");
        }
        let plain = Signature::parse(&sign(BODY, &key)).unwrap();
        assert!(plain.is_timely(i64::MAX));
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
            altered.mac[flipped / 8] ^= 1 << (flipped % 8);
            prop_assert!(!altered.matches(&body, &key));
        }

        #[test]
        fn a_signature_with_a_time_matches_that_time_alone(
            body: Vec<u8>,
            time: i64,
            other_time: i64,
            seed: u64,
        ) {
            let key = testing::key(KeyKind::Secret, seed);
            let header = sign_at(&body, time, &key);
            let signature = Signature::parse(&header).unwrap();
            prop_assert!(signature.matches(&body, &key));
            let mut other = signature.clone();
            other.time = Some(other_time);
            prop_assert_eq!(other.matches(&body, &key), other_time == time);
            // Nor is one form any good as the other.
            other.time = None;
            prop_assert!(!other.matches(&body, &key));
        }

        #[test]
        fn any_header_is_read_or_refused(header: String) {
            let _ = Signature::parse(&header);
            let _ = Signature::parse(&format!("t={header}"));
        }
    }
}
