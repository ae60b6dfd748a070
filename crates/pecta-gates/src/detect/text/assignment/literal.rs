//! Whether a value is a literal secret.

use super::super::random::{distinct, is_placeholder, looks_random};

/// Whether the value looks like a password or a random text, rather than like something that stands for one.
pub(super) fn is_secret(value: &[u8], quoted: bool) -> bool {
    let class = |class: fn(&u8) -> bool| usize::from(value.iter().any(class));
    let (lower, upper, digits) = (
        class(u8::is_ascii_lowercase),
        class(u8::is_ascii_uppercase),
        class(u8::is_ascii_digit),
    );
    let special = class(|byte| byte.is_ascii_punctuation() && !b"_-.".contains(byte));
    let joined = class(|byte| b"_-.".contains(byte));
    let letters = lower + upper;
    if value.len() < 8
        || !value.is_ascii()
        || value
            .iter()
            .any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
    {
        return false;
    }
    // Words are made of letters; random text has digits.
    let mixed = letters >= 1 && digits == 1;
    let varied = if value.len() >= 16 {
        looks_random(value) && distinct(value) >= 8
    } else {
        // A short value is a password if a person would have had to think of it.
        let kinds = lower + upper + digits + special.max(joined);
        let enough = if quoted {
            3
        } else {
            3 + usize::from(special == 1 && upper == 0)
        };
        distinct(value) >= 6 && kinds >= enough
    };
    mixed
        && varied
        && !is_reference(value, quoted)
        && !is_hash(value)
        && !is_placeholder(value)
        && !starts_like_a_test(value)
}

/// Whether the value refers to another: a variable, a call, a template, a path of names.
fn is_reference(value: &[u8], quoted: bool) -> bool {
    #[rustfmt::skip]
    const STARTS: &[&str] = &[
        "$", "{{", "%", "<", "#{", "@", "env.", "env:", "env(", "process.", "os.", "config.", "settings.",
        "secrets.", "vault:", "arn:", "ref:", "file:", "http:", "https:", "self.", "this.", "ssm:", "op://",
    ];
    let lower: Vec<u8> = value.iter().take(8).map(u8::to_ascii_lowercase).collect();
    let marked = STARTS
        .iter()
        .any(|start| lower.starts_with(start.as_bytes()));
    let template = [&b"${"[..], b"{{", b"%(", b"$("]
        .iter()
        .any(|mark| value.windows(mark.len()).any(|part| part == *mark));
    let code = !quoted && value.iter().any(|byte| b"()[]{}<>".contains(byte));
    let path = !quoted
        && value.contains(&b'.')
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(byte))
        && !value.iter().any(u8::is_ascii_digit);
    let named = !quoted && is_type(value);
    // Random text in base 64 starts with a slash now and then, but is longer than most names and has no dots.
    let encoded = value.len() >= 32 && !value.iter().any(|byte| b"._-".contains(byte));
    let file =
        value.starts_with(b"/") && !encoded || value.starts_with(b"./") || value.starts_with(b"~/");
    marked || template || code || path || named || file || is_address(value)
}

/// Whether the value is the address of an account or a contract on a blockchain, which anybody may know.
fn is_address(value: &[u8]) -> bool {
    value
        .strip_prefix(b"0x")
        .is_some_and(|digits| digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Whether the value is a type of a module: `ed25519.Ed25519PrivateKey`.
fn is_type(value: &[u8]) -> bool {
    let mut parts = value.split(|byte| *byte == b'.');
    let (Some(module), Some(name), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    module.first().is_some_and(u8::is_ascii_lowercase)
        && module.iter().all(is_part)
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name.iter().all(u8::is_ascii_alphanumeric)
        && name.iter().filter(|byte| byte.is_ascii_uppercase()).count() > 2
}

/// Whether the value is what a password or file was turned into.
fn is_hash(value: &[u8]) -> bool {
    #[rustfmt::skip]
    const MARKS: &[&str] = &[
        "$2a$", "$2b$", "$2y$", "$argon2", "$pbkdf2", "$scrypt", "$6$", "$5$", "$1$", "pbkdf2:",
        "pbkdf2_", "scrypt:", "bcrypt", "{ssha",
    ];
    let lower = value.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.starts_with(mark.as_bytes()))
        || ["sha1", "sha256", "sha384", "sha512", "md5", "blake"]
            .iter()
            .any(|name| {
                lower
                    .strip_prefix(name.as_bytes())
                    .is_some_and(|rest| rest.first().is_some_and(|byte| b":-$".contains(byte)))
            })
}

fn starts_like_a_test(value: &[u8]) -> bool {
    let lower: Vec<u8> = value.iter().take(8).map(u8::to_ascii_lowercase).collect();
    [
        "test", "foo", "bar", "demo", "null", "none", "true", "false", "string",
    ]
    .iter()
    .any(|word| lower.starts_with(word.as_bytes()))
}
