//! Tokens that carry the mark of who issued them.
//!
//! Flags the formats of the table: a prefix, then as many characters as the issuer uses, which look random; and those of
//! [`named`]. A Pecta key is flagged when its checksum is right.
//!
//! Leaves alone placeholders (`ghp_xxxx`), samples from documentation (`AKIAIOSFODNN7EXAMPLE`), and names that start like a
//! token (`npm_config_registry`).

mod named;

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{
    super::{Detector, Match, around, shell::decode, window},
    Rule,
    anchors::Anchors,
    assignment::basic,
    data::{Alphabet, Guard, SERVICE_TOKENS, TOKENS, TokenFormat},
    random::{is_placeholder, looks_random},
};
use crate::prefilter::ByteKinds;

/// A rule for each issuer, with the examples of its first format.
pub(super) fn rules() -> Vec<Rule> {
    let mut rules: Vec<_> = formats()
        .map(|format| Rule {
            id: format.rule,
            flags: match format.guard {
                Guard::DockerSettings => "settings of `docker` in base 64 that hold a password",
                _ => "a token with the issuer's prefix, length and characters, which looks random",
            },
            hit: format.hit,
            miss: format.miss,
        })
        .collect();
    rules.dedup_by_key(|rule| rule.id);
    rules.extend(named::rules());
    rules
}

/// The formats of all tokens.
fn formats() -> impl Iterator<Item = &'static TokenFormat> {
    TOKENS.iter().chain(SERVICE_TOKENS)
}

/// The longest prefix, in bytes.
const LONGEST_PREFIX: usize = 32;

/// Bodies that documentation shows.
const SAMPLES: [&[u8]; 5] = [
    b"4eC39HqLyjWDarjtT1zdp7dc",
    b"BQokikJOvBiI2HlWgH4olfQ2",
    b"tR3PYbcVNZZ796tH88S4VQ2u",
    b"eyJzdWIiOiIxMjM0NTY3ODkw",
    b"SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
];

/// Anchored at the prefix, or the issuer's name.
pub(crate) struct Token {
    issuers: Anchors,
    prefixes: AhoCorasick,
    words: Vec<&'static str>,
    /// For each prefix, the formats that have it.
    formats: Vec<(usize, Vec<&'static TokenFormat>)>,
}

impl Token {
    pub(crate) fn new() -> Self {
        let mut prefixes: Vec<&'static str> = formats()
            .flat_map(|format| format.prefixes)
            .copied()
            .collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        let of_prefix = |prefix: &&'static str| {
            let formats = formats().filter(|format| format.prefixes.contains(prefix));
            (bare(prefix).len(), formats.collect())
        };
        let formats = prefixes.iter().map(of_prefix).collect();
        #[expect(
            clippy::expect_used,
            reason = "fails only on patterns that are too many or too long"
        )]
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(prefixes.iter().map(|prefix| bare(prefix)))
            .expect("a hundred short prefixes make an automaton");
        Self {
            issuers: named::issuers(),
            prefixes: automaton,
            words: [prefixes.as_slice(), named::WORDS].concat(),
            formats,
        }
    }
}

impl Detector for Token {
    fn needs(&self) -> ByteKinds {
        ByteKinds::NONE
    }

    fn words(&self) -> &[&str] {
        &self.words
    }

    fn labels(&self) -> &[&str] {
        named::WORDS
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        let mut starts = anchors.clone();
        let named = starts.find_map(|start| named::find(&self.issuers, text, start));
        let marked = self.marked(text, &anchors);
        named
            .into_iter()
            .chain(marked)
            .min_by_key(|found| found.range.start)
    }
}

impl Token {
    /// The first token with a prefix.
    fn marked(&self, text: &[u8], anchors: &Range<usize>) -> Option<Match> {
        self.prefixes
            .find_iter(window(text, anchors, LONGEST_PREFIX))
            .take_while(|prefix| prefix.start() < anchors.len())
            .find_map(|prefix| {
                let start = anchors.start + prefix.start();
                let (length, formats) = self.formats.get(prefix.pattern().as_usize())?;
                formats
                    .iter()
                    .find_map(|format| token(text, start, start + length, format))
            })
    }
}

/// A prefix without the sign that it may stand inside of words.
fn bare(prefix: &str) -> &str {
    prefix.trim_start_matches('*')
}

fn token(text: &[u8], start: usize, body: usize, format: &TokenFormat) -> Option<Match> {
    let (before, rest) = (around(text, start).0, around(text, body).1);
    let (fewest, most) = format.length;
    let length = rest
        .iter()
        .take(most + 1)
        .take_while(|byte| format.alphabet.contains(**byte))
        .count();
    let length = match rest.get(..length)? {
        // A full stop ends the sentence, not the token.
        [shorter @ .., b'.'] => shorter.len(),
        _ => length,
    };
    if !(fewest..=most).contains(&length) {
        return None;
    }
    // A longer word is no token, whatever the alphabet.
    let next = around(rest, length).1.first();
    if next.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let body_text = rest.get(..length)?;
    let whole = text.get(start..body + length)?;
    let joins = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let alone = !(joins(before.last()) && joins(whole.first()));
    let sample = SAMPLES
        .iter()
        .any(|sample| body_text.windows(sample.len()).any(|part| part == *sample));
    let random = looks_random(body_text) && !is_placeholder(body_text) && !sample;
    let start = match format.guard {
        Guard::Random => (alone && random).then_some(start),
        Guard::Mixed => {
            let is_file = is_extended(around(rest, length).1);
            (alone && random && is_mixed(body_text) && !is_file).then_some(start)
        }
        Guard::PectaChecksum => (alone && has_pecta_checksum(whole)).then_some(start),
        Guard::JsonWebToken => {
            let mut parts = body_text.split(|byte| *byte == b'.');
            let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
            let shaped = header.len() >= 12
                && payload.starts_with(b"eyJ")
                && signature.len() >= 20
                && parts.next().is_none();
            (alone && shaped && random).then_some(start)
        }
        Guard::DockerSettings => {
            let settings = decode::base64(str::from_utf8(whole).ok()?)?;
            (alone && basic::is_in(&settings)).then_some(start)
        }
        Guard::SendGrid => {
            let dot = body_text.iter().position(|byte| *byte == b'.')?;
            (alone && random && (16..=28).contains(&dot) && length - dot > 36).then_some(start)
        }
        Guard::TelegramBot => {
            let digits = before
                .iter()
                .rev()
                .take(12)
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let alone = !around(before, before.len() - digits)
                .0
                .last()
                .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'_');
            ((8..=11).contains(&digits) && alone && random).then_some(start - digits)
        }
        Guard::Behind(length) => behind(before, length, body_text),
        Guard::Encoded(count) => {
            let encoded = memchr::memchr_iter(b'%', body_text).count();
            let is_whole = body_text.ends_with(b"%3D") && length == count + 2 * encoded;
            (alone && random && is_whole).then_some(start)
        }
    }?;
    Some(Match {
        rule: format.rule,
        range: start..body + length,
    })
}

/// Where the token starts of which so many characters stand before the mark, if there are no more of them, and the longer part
/// of it looks random.
fn behind(before: &[u8], length: usize, body: &[u8]) -> Option<usize> {
    let is_part = |byte: u8| Alphabet::Dotted.contains(byte) || byte == b'~';
    let word = before.iter().rev().take(length + 1);
    let start = before.len().checked_sub(length)?;
    let part = around(before, start).1;
    let longer = if body.len() < part.len() { part } else { body };
    (word.take_while(|byte| is_part(**byte)).count() == length
        && looks_random(longer)
        && !is_placeholder(longer))
    .then_some(start)
}

/// Whether the body has digits and letters of both cases, and no words between its signs.
fn is_mixed(body: &[u8]) -> bool {
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= 2
        && body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
        && !body.split(|byte| b"_-/".contains(byte)).any(is_word)
}

/// Whether the part of a body is a word of five letters or more, in lower case or with a capital in front.
fn is_word(part: &[u8]) -> bool {
    let (first, rest) = around(part, 1);
    part.len() >= 5
        && first.iter().all(u8::is_ascii_alphabetic)
        && rest.iter().all(u8::is_ascii_lowercase)
}

/// Whether what follows a token makes it the name of a file: ".png".
fn is_extended(after: &[u8]) -> bool {
    matches!(after, [b'.', byte, ..] if byte.is_ascii_alphanumeric())
}

impl Alphabet {
    fn contains(self, byte: u8) -> bool {
        match self {
            Alphabet::Hex => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            Alphabet::HexParts => byte == b'_' || Alphabet::Hex.contains(byte),
            Alphabet::Base32 => byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte),
            Alphabet::Alphanumeric => byte.is_ascii_alphanumeric(),
            Alphabet::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Alphabet::Url => byte.is_ascii_alphanumeric() || b"_-".contains(&byte),
            Alphabet::Dotted => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
            Alphabet::Base64 => byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte),
            Alphabet::Path => byte.is_ascii_alphanumeric() || b"_-/".contains(&byte),
            Alphabet::Encoded => byte.is_ascii_alphanumeric() || byte == b'%',
            Alphabet::Dollar => byte.is_ascii_alphanumeric() || byte == b'$',
        }
    }
}

/// Whether the last six characters are the CRC-32 of the ones before, in base 62.
fn has_pecta_checksum(key: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((covered, given)) = key.split_last_chunk::<6>() else {
        return false;
    };
    let value = given.iter().try_fold(0_u64, |value, digit| {
        let digit = DIGITS.iter().position(|candidate| candidate == digit)?;
        Some(value * 62 + u64::try_from(digit).ok()?)
    });
    value == Some(u64::from(crc32(covered)))
}

/// CRC-32 with the IEEE polynomial, bit by bit: keys are short, and rare.
fn crc32(bytes: &[u8]) -> u32 {
    let rest = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    });
    !rest
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, *};

    #[track_caller]
    fn check(marked: &str) {
        testing::check(&Token::new(), &marked.replace('·', ""));
    }

    #[test]
    fn every_format_has_an_example_and_a_counter_example() {
        let detector = Token::new();
        for format in formats() {
            let find = |example: &str| {
                let example = example.replace('·', "");
                detector
                    .find(example.as_bytes(), 0..example.len())
                    .map(|found| found.rule)
            };
            assert_eq!(find(format.hit), Some(format.rule), "{}", format.hit);
            assert_eq!(find(format.miss), None, "{}", format.miss);
            assert!(
                format
                    .prefixes
                    .iter()
                    .all(|prefix| prefix.len() <= LONGEST_PREFIX)
            );
        }
    }

    #[test]
    fn tokens_are_flagged_wherever_they_stand() {
        check("export GH=⟦ghp_·wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx⟧;");
        check(
            "(⟦ghp_·wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx⟧) ⟦ghs_·wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx⟧.",
        );
        check("{\"key\":\"⟦pk_live_·000000000000000000000000003ZvH4k⟧\"}");
        check("id ⟦6839204756·:AAHkQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6T⟧");
        check("⟦dp.st.prd.·NQyyLaMeffOhq4AUvy7VSLDCD1IfHWGbtMfEbo9ShFX⟧");
        check("⟦sgp_·local_4cf3fbdd9fedd33add0a19dca9273e7c1f379c72⟧");
        check("⟦sgp_·4cf3fbdd9fedd33a_4cf3fbdd9fedd33add0a19dca9273e7c1f379c72⟧");
        check("⟦tfp_·EQNAW_A6sjydMeGDtPZK6j50HW12oGe5pkVNGJgAADh_ti2Of3p0SojNqHf⟧");
        check("⟦tvly-·dev-6U93Qx3IAKZkoPVAKh5egHYih4IK8Das⟧.");
        check("密钥⟦AKIA·QX7RM2KDLW4TVZ3P⟧。");
        // What `docker login` writes, with the password as it is.
        check(
            ".dockerconfigjson: ⟦ewoJImF1dGhzIjog·ewoJCSJyLmlvIjogewoJCQkiYXV0aCI6ICJZVzV1T21zM1VYb3RPVEY0VjNZPSIKCQl9Cgl9Cn0=⟧",
        );
        check(
            "\"⟦eyJhdXRocyI6·eyJyLmlvIjp7InVzZXJuYW1lIjoiYW5uIiwicGFzc3dvcmQiOiJrN1F6LTkxeFd2In19fQ==⟧\"",
        );
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in [
            "ghp_",
            "the prefix ghp_ marks a token",
            "ghp_·EXAMPLEwWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0",
            "AKIA·QX7RM2KDLW4TVZ3PQ",
            "XAKIA·QX7RM2KDLW4TVZ3P",
            "AKIA·XXXXXXXXXXXXXXXX",
            "sk_live_·zzzzzzzzzzzzzzzzzzzzzzzzzz38fNH4",
            "pk_live_·51HqLyjWDarjtT1zdp7dcQm9",
            "sk-learn and sk-button",
            "npm_config_registry",
            "secret-test-·6513270e-269e-4d37-b2a7-4de452e6b438",
            "key-·8ce4b16b22b58894aa86c421e8759df3.png",
            "ico-·865c0c0b4ab0e063e5caa3387c1a8741.png",
            "ico-·NGpuxcmlzkO7rRu5ykYYqhXHdO2x93CJ.png",
            "sgp_·production_database_cluster_primary_endpoint",
            "tfp_·mcmc_hamiltonian_monte_carlo_kernel_step_size_adaptation",
            "tfp_·mcmc_sampling_And_diagnostics_helpers_v2_of_12",
            "glc_·global/landcover/products/version2/tiles/E10N50",
            "fm2_·data/training/checkpoints/epoch20/latest/model.bin",
            "vcr_·recordNewEpisodesCassetteOption",
            "vcr_·01HQ3YJ8ZK4M5N6P7Q8R9S0T1V",
            "rnd_·randomForestClassifierAccuracyScore",
            "rnd_·4b43b0aee35624cd95b910189b3dc231",
            "live_·acac86c0e609ca906f632b0e2daccc",
            "tvly-·search-results-page-component-container-wrapper",
            "tk-us-·west-production-kubernetes-cluster-node-pool-one",
            "83878c91171338902e0fe0fb97a8c47a·-us1.tar.gz",
            "hf_hub_download",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
            "SKU 123",
            "12:AA",
            "9a038989604e8da62ecddbe2094b16ce1b778be1",
        ] {
            check(text);
        }
    }
}
