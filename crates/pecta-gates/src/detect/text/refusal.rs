//! Answers that open with a refusal.
//!
//! Flags a string, or the first value of one in JSON, that begins, perhaps after a greeting, an apology or "As an AI model", with a phrase in which the speaker
//! declines or lacks the ability, in the languages of the table.
//!
//! Leaves alone refusals that come later, are quoted, are somebody else's or hang on a condition ("If it fails, I cannot
//! help"), idioms ("I cannot help but admire"), and reports of what did not work ("I can't find the file").

mod starts;

use std::{borrow::Cow, ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use memchr::memmem;

use super::{
    super::{Detector, Match},
    data::{Language, REFUSALS},
};
use crate::{
    prefilter::ByteKinds,
    text::{ByteSet, valid_start},
};
use starts::Starts;

/// How much of a string is its opening, in bytes.
const OPENING: usize = 480;

/// How much of it tells that most strings open otherwise, in bytes: no phrase is longer.
const HEAD: usize = 128;

/// How many greetings, apologies and the like may come first.
const MOST_PREFACES: usize = 8;

/// Anchored at the start of the string.
pub(crate) struct Refusal {
    phrases: AhoCorasick,
    /// What each of the phrases is.
    meanings: Vec<(usize, Meaning)>,
    starts: Starts,
    /// How many bytes the shortest refusal in ASCII has.
    shortest: usize,
}

/// What it means that a clause starts with a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Nothing yet: what follows decides.
    Preface,
    /// Nothing yet, and neither does the rest of the clause mean anything.
    PrefaceClause,
    /// As [`Meaning::PrefaceClause`]; it is a machine that speaks.
    Machine,
    /// A refusal.
    Refusal,
    /// A refusal if a machine speaks.
    MachinesRefusal,
    /// A refusal if the sentence holds one of the endings.
    Opener,
    /// No refusal, though it starts like one.
    Idiom,
}

/// What is shared by all engines: making it takes tens of milliseconds.
pub(crate) static REFUSAL: LazyLock<Refusal> = LazyLock::new(Refusal::new);

impl Refusal {
    fn new() -> Self {
        let mut phrases: Vec<Cow<'static, str>> = Vec::new();
        let mut meanings = Vec::new();
        for (nth, language) in REFUSALS.iter().enumerate() {
            let lists = [
                (language.prefaces, Meaning::Preface),
                (language.preface_clauses, Meaning::PrefaceClause),
                (language.machines, Meaning::Machine),
                (language.refusals, Meaning::Refusal),
                (language.machines_refusals, Meaning::MachinesRefusal),
                (language.openers, Meaning::Opener),
                (language.idioms, Meaning::Idiom),
            ];
            for (list, meaning) in lists {
                phrases.extend(list.iter().copied().map(Cow::Borrowed));
                meanings.resize(phrases.len(), (nth, meaning));
            }
            for negation in language.negations {
                phrases.extend(
                    language
                        .verbs
                        .iter()
                        .map(|verb| Cow::Owned([*negation, language.joiner, *verb].concat())),
                );
            }
            meanings.resize(phrases.len(), (nth, Meaning::Refusal));
        }
        let starts = Starts::new(phrases.iter().map(|phrase| phrase.as_bytes()));
        let refuse = phrases.iter().zip(&meanings).filter(|(_, (_, meaning))| {
            matches!(meaning, Meaning::Refusal | Meaning::MachinesRefusal)
        });
        let refuse = refuse.map(|(phrase, _)| phrase.as_ref());
        let endings = REFUSALS.iter().flat_map(|language| language.endings);
        let shortest = (refuse.chain(endings.copied()))
            .filter(|phrase| phrase.is_ascii())
            .map(str::len)
            .min();
        #[expect(
            clippy::expect_used,
            reason = "fails only on patterns that are too many or too long"
        )]
        let phrases = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .build(phrases.iter().map(|phrase| phrase.as_bytes()))
            .expect("a few thousand short phrases make an automaton");
        Self {
            phrases,
            shortest: shortest.unwrap_or_default(),
            meanings,
            starts,
        }
    }

    /// The refusal that the text, in lower case, opens with.
    fn judge(&self, text: &str) -> Option<(&'static Language, Range<usize>)> {
        let text = unquoted(text)?;
        let mut at = start_of_words(text, 0);
        let start = at;
        let mut machine = false;
        let mut languages = [false; REFUSALS.len()];
        for _ in 0..MOST_PREFACES {
            let Some((nth, meaning, end)) = self.phrase(text, at) else {
                // "I'm sorry, Dave."
                let name = languages
                    .contains(&true)
                    .then(|| end_of_name(text, at))
                    .flatten();
                let Some(end) = name else {
                    break;
                };
                at = start_of_words(text, end);
                continue;
            };
            let language = REFUSALS.get(nth)?;
            *languages.get_mut(nth)? = true;
            let sentence = at..end_of_sentence(text, at);
            match meaning {
                Meaning::Refusal
                    if is_idiom(text.get(at..end)?, text.get(end..sentence.end.max(end))?) =>
                {
                    return None;
                }
                Meaning::Refusal => return Some((language, start..end)),
                Meaning::MachinesRefusal if machine => return Some((language, start..end)),
                Meaning::Idiom => return None,
                Meaning::Opener | Meaning::MachinesRefusal => {
                    let end = ending(language, text, sentence)?;
                    return Some((language, start..end));
                }
                Meaning::Preface => at = start_of_words(text, end),
                Meaning::PrefaceClause | Meaning::Machine => {
                    machine |= meaning == Meaning::Machine;
                    // "Als KI kann ich nicht": the refusal may follow without a comma.
                    let next = start_of_words(text, end);
                    if self.phrase(text, next).is_some() {
                        at = next;
                        continue;
                    }
                    // A clause that refuses by its ending: "Desculpe pelo incómodo" does not, "その件はお答えできません" does.
                    if let Some(end) = ending(language, text, sentence) {
                        return Some((language, start..end));
                    }
                    at = start_of_words(text, end_of_clause(text, end));
                }
            }
        }
        let sentence = at..end_of_sentence(text, at);
        let eastern = is_eastern(text, at);
        let open =
            |(language, seen): (&Language, bool)| seen || (language.endings_alone && eastern);
        REFUSALS
            .iter()
            .zip(languages)
            .filter(|&(language, seen)| open((language, seen)))
            .find_map(|(language, _)| {
                Some((language, start..ending(language, text, sentence.clone())?))
            })
    }

    /// Whether a text may open with a refusal.
    fn may_open(&self, text: &[u8]) -> bool {
        // "ok" is a preface, but of nothing.
        if text.len() < self.shortest && text.is_ascii() {
            return false;
        }
        let starts_words = |byte: &u8| !byte.is_ascii() || FIRST_OF_WORDS.contains(*byte);
        let first = text.iter().position(starts_words);
        let may_start = |first| self.starts.may_start(text.get(first..).unwrap_or_default());
        if !first.is_some_and(may_start) {
            return false;
        }
        let head = in_lower_case(valid_start(text.get(..HEAD).unwrap_or(text)));
        let at = start_of_words(&head, 0);
        at > HEAD / 4 || is_eastern(&head, at) || self.phrase(&head, at).is_some()
    }

    /// The phrase that starts at the position: language, meaning and end.
    fn phrase(&self, text: &str, at: usize) -> Option<(usize, Meaning, usize)> {
        let input = Input::new(text).range(at..).anchored(Anchored::Yes);
        let found = self.phrases.find(input)?;
        let (language, meaning) = *self.meanings.get(found.pattern().as_usize())?;
        ends_word(text, found.end()).then_some((language, meaning, found.end()))
    }
}

impl Detector for &'static Refusal {
    fn needs(&self) -> ByteKinds {
        ByteKinds::NONE
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        if anchors.start > 0 {
            return None;
        }
        // Most texts start with a word, and neither a quotation nor JSON does.
        let starts_word = text.first().is_some_and(u8::is_ascii_alphanumeric);
        let skipped = if starts_word {
            0
        } else {
            value_of_first_member(text).max(quotation(text))
        };
        let text = text.get(skipped..)?;
        if !self.may_open(text) {
            return None;
        }
        let opening = valid_start(text.get(..OPENING).unwrap_or(text));
        let lower = in_lower_case(opening);
        let (language, range) = self.judge(&lower)?;
        // Lower case has as many characters, but not as many bytes.
        let position = |at: usize| {
            let chars = lower.get(..at)?.chars().count();
            Some(
                opening
                    .char_indices()
                    .nth(chars)
                    .map_or(opening.len(), |(at, _)| at),
            )
        };
        Some(Match {
            rule: language.rule,
            range: skipped + position(range.start)?..skipped + position(range.end)?,
        })
    }
}

/// Where the text starts behind a quotation in Markdown, in lines that start with `>`, which the answer opens with. Zero when
/// there is no more than that.
fn quotation(text: &[u8]) -> usize {
    let is_quoted = |line: &[u8]| line.trim_ascii_start().starts_with(b">");
    if !is_quoted(text) {
        return 0;
    }
    let mut length = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if !is_quoted(line) {
            return length;
        }
        length += line.len();
    }
    0
}

/// Members that hold what an assistant says.
#[rustfmt::skip]
const ANSWERS: &[&str] = &[
    "answer", "completion", "content", "message", "output", "reply", "response", "result", "text",
];

/// Where the text starts that an answer in JSON begins with: behind `{"answer": "`, or `[{"role": "assistant", "content": "`.
/// Zero for other text.
fn value_of_first_member(text: &[u8]) -> usize {
    let open = |text: &'_ [u8]| text.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::len);
    let list = text.trim_ascii_start().strip_prefix(b"[");
    let Some(left) = open(list.unwrap_or(text)) else {
        return 0;
    };
    let mut rest = super::context::tail(text, left);
    for _ in 0..2 {
        let Some((name, value)) = member(rest) else {
            return 0;
        };
        let end = memchr::memchr(b'"', value);
        match (name, end.and_then(|end| value.get(end + 1..))) {
            (b"role" | b"type", Some(after)) => {
                let after = after.trim_ascii_start();
                rest = after.strip_prefix(b",").unwrap_or(after);
            }
            _ if super::command::is_one_of(name, ANSWERS) => return text.len() - value.len(),
            _ => return 0,
        }
    }
    0
}

/// The name of a member of JSON, and the text from where its value starts within the quotes.
fn member(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let name = text.trim_ascii_start().strip_prefix(b"\"")?;
    let end = name.iter().take(HEAD).position(|byte| *byte == b'"')?;
    let value = name.get(end + 1..)?.trim_ascii_start().strip_prefix(b":")?;
    Some((
        name.get(..end)?,
        value.trim_ascii_start().strip_prefix(b"\"")?,
    ))
}

fn in_lower_case(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().map(lower_case).collect()
    }
}

/// Whether Korean, or a script of Chinese or Japanese, starts at the position.
fn is_eastern(text: &str, at: usize) -> bool {
    let rest = text.get(at..);
    rest.is_some_and(|rest| rest.starts_with(|c: char| c >= '\u{1100}'))
}

fn lower_case(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// The text, unless it starts with speech that is quoted: quotes may stand around the whole.
fn unquoted(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 8] = [
        ('"', '"'),
        ('\'', '\''),
        ('“', '”'),
        ('„', '“'),
        ('«', '»'),
        ('‘', '’'),
        ('「', '」'),
        ('`', '`'),
    ];
    let pair = |c: char| PAIRS.into_iter().find(|(open, _)| *open == c);
    let starts = |c: char| starts_words(c) || pair(c).is_some() || "『《".contains(c);
    let start = text.find(starts).and_then(|at| text.get(at..));
    let trimmed = start?.trim_end_matches(|c: char| c.is_whitespace() || "*_~".contains(c));
    let Some((open, close)) = trimmed.chars().next().and_then(pair) else {
        return (!trimmed.starts_with(['>', '『', '《'])).then_some(text);
    };
    let inside = trimmed.strip_prefix(open)?.strip_suffix(close)?;
    let whole = if open == '\'' {
        !inside.contains("' ")
    } else {
        !inside.contains(close)
    };
    // Text that is cut off within the quotes is not whole either.
    (whole && text.len() < OPENING - 4).then_some(text)
}

/// The ASCII characters that start words, or something else that is none of the punctuation before them.
static FIRST_OF_WORDS: ByteSet = ByteSet::ALPHANUMERIC.with(b"<({[@/$\\>");

fn starts_words(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => FIRST_OF_WORDS.contains(byte),
        _ => c.is_alphanumeric(),
    }
}

/// Where the next words start: after white space, marks of emphasis and punctuation. Quotes are passed over only at the start
/// of the text.
fn start_of_words(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let starts = |c: char| starts_words(c) || from > 0 && "\"`".contains(c);
    from + rest.find(starts).unwrap_or(rest.len())
}

/// Where a word ends that makes up a clause by itself.
fn end_of_name(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let length = rest.find(|c: char| !c.is_alphanumeric())?;
    let alone = rest.get(length..)?.starts_with([',', '.', '!']);
    (alone && (1..24).contains(&length)).then_some(at + length)
}

fn end_of_clause(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let mark = rest.find([
        ',', '.', ';', ':', '!', '?', '\n', '—', '–', '，', '。', '！', '、', '；', '：', '،', '।',
        '؛',
    ]);
    let words = [
        " but ",
        " and ",
        " so ",
        " however ",
        " pero ",
        " mais ",
        " aber ",
        " mas ",
        " но ",
    ];
    let word = words.iter().filter_map(|word| rest.find(word)).min();
    from + mark.into_iter().chain(word).min().unwrap_or(rest.len())
}

fn end_of_sentence(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let mark = rest.find(['.', '!', '?', '\n', '。', '！', '？', '।', '؟']);
    from + mark.unwrap_or(rest.len())
}

/// Where the first of the language's endings ends within the sentence.
fn ending(language: &Language, text: &str, sentence: Range<usize>) -> Option<usize> {
    let start = sentence.start;
    let words = text.get(sentence)?.as_bytes();
    let find = |ending: &str| memmem::find(words, ending.as_bytes());
    language
        .endings
        .iter()
        .filter_map(|ending| Some(start + find(ending)? + ending.len()))
        .filter(|&end| ends_word(text, end))
        .min()
}

/// Whether a word ends at the position. Scripts without spaces have no ends of words.
fn ends_word(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let spaceless = |c: char| matches!(c, '\u{E00}'..='\u{E7F}' | '\u{1100}'..='\u{11FF}' | '\u{3000}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}');
    match (before.chars().next_back(), after.chars().next()) {
        (Some(last), Some(next)) => {
            spaceless(last) || !last.is_alphanumeric() || !(next.is_alphanumeric() || next == '_')
        }
        _ => true,
    }
}

/// Words that may follow "I don't have access".
#[rustfmt::skip]
const AFTER_ACCESS: &[&str] = &[
    "to", "that", "this", "here", "there", "from", "for", "right", "at", "yet", "as", "in", "or", "and", "but",
    "because", "since", "so", "outside", "beyond", "anymore", "any", "currently", "unless", "until", "if", "by",
    "on", "with", "without", "now",
];

/// Whether English words say something else: "I can't help noticing", "I cannot recommend it enough".
fn is_idiom(refusal: &str, after: &str) -> bool {
    let mut words = after
        .split_whitespace()
        .map(|word| word.trim_end_matches(|c: char| !c.is_alphanumeric()));
    let next = words.next().unwrap_or_default();
    if refusal.ends_with(" help")
        && (next.len() > 5 && next.ends_with("ing")
            || ["but", "myself", "wondering"].contains(&next))
    {
        return true;
    }
    if refusal.ends_with(" access") && ["my", "our"].contains(&next) {
        return true;
    }
    // "I don't have access problems": of access itself, only some words say more.
    let is_noun =
        || !next.is_empty() && !AFTER_ACCESS.contains(&next) && !after.starts_with([',', ';', ':']);
    if refusal.ends_with("have access") && is_noun() {
        return true;
    }
    refusal.is_ascii() && words.any(|word| word == "enough")
}

#[cfg(test)]
mod tests;
