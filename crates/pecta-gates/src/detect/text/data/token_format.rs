//! What there is to say of the form of a token.

/// A token: the issuer's mark, then a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenFormat {
    /// The rule's id.
    pub(crate) rule: &'static str,
    pub(crate) prefixes: &'static [&'static str],
    pub(crate) alphabet: Alphabet,
    /// The fewest and most characters of the body.
    pub(crate) length: (usize, usize),
    pub(crate) guard: Guard,
    /// Examples, with a `·` that is no part of them and keeps them from being taken for tokens.
    pub(crate) hit: &'static str,
    pub(crate) miss: &'static str,
}

/// The characters of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// `0`-`9` `a`-`f`
    Hex,
    /// The same, and `_`.
    HexParts,
    /// `A`-`Z` `2`-`7`
    Base32,
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, `_`.
    Word,
    /// Letters, digits, `_`, `-`.
    Url,
    /// Letters, digits, `_`, `-`, `.`.
    Dotted,
    /// Letters, digits, `+`, `/`, `=`.
    Base64,
    /// Letters, digits, `_`, `-`, `/`.
    Path,
    /// Letters, digits, `$`.
    Dollar,
    /// Letters, digits, `%`.
    Encoded,
}

/// What must be true of a token besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The body looks random.
    Random,
    /// It has digits and letters of both cases besides, no words, and is no name of a file: for marks that other words
    /// start with.
    Mixed,
    /// The checksum of a Pecta key is right.
    PectaChecksum,
    /// Three parts with dots between them, the second of which is JSON.
    JsonWebToken,
    /// In base 64, settings of `docker` that hold a name and a password.
    DockerSettings,
    /// Two parts with a dot between them, of 22 and 43 characters.
    SendGrid,
    /// The identifier of a Telegram bot stands before the mark.
    TelegramBot,
    /// So many characters stand before the mark.
    Behind(usize),
    /// So many characters of base 64, percent-encoded.
    Encoded(usize),
}

pub(super) const fn format(
    rule: &'static str,
    prefixes: &'static [&'static str],
    alphabet: Alphabet,
    length: (usize, usize),
    hit: &'static str,
    miss: &'static str,
) -> TokenFormat {
    TokenFormat {
        rule,
        prefixes,
        alphabet,
        length,
        guard: Guard::Random,
        hit,
        miss,
    }
}

pub(super) const fn guarded(guard: Guard, format: TokenFormat) -> TokenFormat {
    TokenFormat { guard, ..format }
}
