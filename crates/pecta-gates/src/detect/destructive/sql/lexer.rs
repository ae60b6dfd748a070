//! SQL, cut into tokens and statements. Prose around it, and fenced blocks of other languages, are passed over.

use memchr::{memchr, memmem, memrchr};

use crate::detect::shell::prose;

/// A word or a punctuation mark of SQL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// Whether a statement may start with it.
    pub(super) starts_statement: bool,
    pub(super) is_literal: bool,
}

impl Token<'_> {
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.text.eq_ignore_ascii_case(keyword)
    }

    pub(super) fn is_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }

    pub(super) fn is_upper(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_uppercase())
    }

    pub(super) fn is_name(&self) -> bool {
        let first = self.text.bytes().next();
        // Letters of any script are part of a name; the marks of its sentences are not, unless it is quoted.
        let is_quoted = self.text.starts_with(['"', '`', '[']);
        let is_spelled = || {
            self.text
                .chars()
                .all(|c| c.is_ascii() || c.is_alphanumeric())
        };
        first.is_some_and(|byte| {
            byte.is_ascii_alphabetic() || !byte.is_ascii() || b"_#@$\"`[%{".contains(&byte)
        }) && !self.is_literal
            && (is_quoted || is_spelled())
    }

    pub(super) fn is_temporary(&self) -> bool {
        self.text.starts_with('#') || self.text.to_ascii_lowercase().starts_with("pg_temp")
    }
}

/// Words that start a statement where a line starts, though no `;` ends the one before.
const STARTERS: &[&str] = &[
    "ALTER", "BEGIN", "COMMIT", "CREATE", "DELETE", "DROP", "GO", "GRANT", "INSERT", "ROLLBACK",
    "SELECT", "TRUNCATE", "UPDATE", "WITH",
];

/// Words that start a statement in the same way, but are no sign that a line is SQL: sentences start with them as well.
const CALLERS: &[&str] = &["EXEC", "EXECUTE"];

/// The statement that the tokens start with.
pub(super) fn statement<'a, 't>(tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let alters = tokens.first().is_some_and(|first| first.is("ALTER"));
    let starts = |token: &Token<'_>| {
        token.starts_statement
            && (token.is_any(STARTERS) || token.is_any(CALLERS))
            && !(alters && token.is("DROP"))
    };
    let mut after_first = tokens.iter().skip(1);
    let end = after_first
        .position(|token| token.text == ";" || starts(token))
        .map_or(tokens.len(), |at| at + 1);
    let closes = tokens.get(end).is_some_and(|token| token.text == ";");
    tokens.get(..end + usize::from(closes)).unwrap_or_default()
}

/// Cuts a text into tokens, without white space and comments.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let last = |quote: u8| memrchr(quote, bytes).unwrap_or(0);
    let (last_single, last_double, last_back) = (last(b'\''), last(b'"'), last(b'`'));
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut in_fence = false;
    let mut at = other_text(bytes, &mut in_fence);
    let mut starts = true;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let opens = |last: usize| at < last;
        let after_letter = at
            .checked_sub(1)
            .and_then(|before| bytes.get(before))
            .is_some_and(u8::is_ascii_alphabetic);
        // N'text'
        let is_prefixed = || tokens.last().is_some_and(|token| token.is_any(&["N", "E"]));
        let mut is_literal = false;
        let length = match byte {
            b'\n' => {
                starts = true;
                at += 1;
                at += other_text(bytes.get(at..).unwrap_or_default(), &mut in_fence);
                continue;
            }
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if rest.starts_with(b"--") => {
                at += memchr(b'\n', rest).unwrap_or(rest.len());
                continue;
            }
            b'/' if rest.starts_with(b"/*") => {
                let version = rest.get(2) == Some(&b'!');
                at += if version {
                    3 + rest
                        .iter()
                        .skip(3)
                        .take_while(|byte| byte.is_ascii_digit())
                        .count()
                } else {
                    memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2)
                };
                continue;
            }
            b'*' if rest.starts_with(b"*/") => {
                at += 2;
                continue;
            }
            b'\'' if opens(last_single) && (!after_letter || is_prefixed()) => {
                is_literal = true;
                quoted(rest, b'\'')
            }
            b'"' if opens(last_double) => quoted(rest, b'"'),
            b'`' if opens(last_back) => quoted(rest, b'`'),
            b'[' => {
                let name = rest
                    .iter()
                    .take(130)
                    .position(|&byte| byte == b']' || byte == b'\n');
                name.filter(|&end| rest.get(end) == Some(&b']'))
                    .map_or(1, |end| end + 1)
            }
            byte if is_word(byte) => {
                is_literal = byte.is_ascii_digit();
                rest.iter().take_while(|&&byte| is_word(byte)).count()
            }
            _ => 1,
        };
        let word = text.get(at..at + length).unwrap_or_default();
        let prompt =
            word == ">" || word == "#" && tokens.last().is_some_and(|last| last.text == "=");
        tokens.push(Token {
            text: word,
            at,
            starts_statement: starts && is_word(byte),
            is_literal,
        });
        starts = word == ";"
            || prompt
            || (starts && !is_word(byte) && !is_literal && byte != b'"' && byte != b'`');
        at += length;
    }
    tokens
}

/// Whether a line starts with a statement's first word, written as SQL is: all in capitals, or none, or with a semicolon at
/// the end of the line.
fn starts_as_sql(line: &[u8]) -> bool {
    let length = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let word = line.get(..length).unwrap_or_default();
    let one_case =
        word.iter().all(u8::is_ascii_uppercase) || word.iter().all(u8::is_ascii_lowercase);
    (one_case || line.trim_ascii_end().ends_with(b";"))
        && STARTERS
            .iter()
            .any(|starter| starter.as_bytes().eq_ignore_ascii_case(word))
}

/// How much of the text, which starts a line, is no SQL: a line of prose, a fence, or a fenced block of something else.
fn other_text(text: &[u8], in_fence: &mut bool) -> usize {
    let length = memchr(b'\n', text).unwrap_or(text.len());
    let line = text.get(..length).unwrap_or_default();
    match line.trim_ascii_start().strip_prefix(b"```") {
        Some(tag) if *in_fence || prose::is_shell_fence(tag) => {
            *in_fence = !*in_fence;
            length
        }
        Some(_) => memmem::find(text, b"\n```").map_or(text.len(), |end| end + 4),
        None if !starts_as_sql(line) && prose::is_line(line) => length,
        None => 0,
    }
}

/// Whether the byte is part of a word of SQL.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$#@%{}".contains(&byte) || !byte.is_ascii()
}

/// The length of a quoted text with its quotes; doubled quotes and escaped ones do not end it.
fn quoted(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        at += match byte {
            b'\\' => 2,
            _ if byte != quote => 1,
            _ if text.get(at + 1) == Some(&quote) => 2,
            _ => return at + 1,
        };
    }
    text.len()
}
