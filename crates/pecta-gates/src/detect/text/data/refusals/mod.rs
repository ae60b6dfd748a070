//! How answers refuse, language by language.

mod east_asian;
mod english;
mod germanic;
mod nordic_and_others;
mod romance;
mod slavic;
mod southeast_asian;
mod west_and_south_asian;

use east_asian::{CHINESE, JAPANESE, KOREAN};
use english::ENGLISH;
use germanic::{DUTCH, GERMAN, SWEDISH};
use nordic_and_others::{DANISH_NORWEGIAN, FINNISH, GREEK, HUNGARIAN};
use romance::{CATALAN, FRENCH, ITALIAN, PORTUGUESE, ROMANIAN, SPANISH};
use slavic::{BULGARIAN, CROATIAN_SERBIAN, CZECH, POLISH, RUSSIAN, SLOVAK, UKRAINIAN};
use southeast_asian::{INDONESIAN, THAI, VIETNAMESE};
use west_and_south_asian::{ARABIC, BENGALI, HEBREW, HINDI, PERSIAN, TURKISH, URDU};

use crate::detect::Entry;

/// The phrases of a language, in lower case and folded form. A phrase stands at the start of a clause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    /// The rule's id.
    pub(crate) rule: &'static str,
    /// Words that may come before a refusal.
    pub(crate) prefaces: &'static [&'static str],
    /// Words that start a clause that may come before a refusal.
    pub(crate) preface_clauses: &'static [&'static str],
    /// Words by which a machine speaks of itself.
    pub(crate) machines: &'static [&'static str],
    /// Each of these followed by one of `verbs` is a refusal.
    pub(crate) negations: &'static [&'static str],
    /// What stands between the two.
    pub(crate) joiner: &'static str,
    pub(crate) verbs: &'static [&'static str],
    /// Refusals as they are.
    pub(crate) refusals: &'static [&'static str],
    /// Refusals if a machine speaks of itself.
    pub(crate) machines_refusals: &'static [&'static str],
    /// Starts of sentences that refuse if they hold one of `endings`.
    pub(crate) openers: &'static [&'static str],
    /// Ends of sentences that refuse, after an opener or preface.
    pub(crate) endings: &'static [&'static str],
    /// Whether the endings refuse without an opener too.
    pub(crate) endings_alone: bool,
    /// What starts like a refusal and is none.
    pub(crate) idioms: &'static [&'static str],
    /// Examples of the rule.
    pub(crate) hits: &'static [&'static str],
    /// Examples that are none.
    pub(crate) misses: &'static [&'static str],
}

impl Language {
    /// None without examples.
    pub(crate) fn entry(&self) -> Option<Entry> {
        Some(Entry {
            id: self.rule,
            flags: "an answer that opens with a refusal in that language",
            hit: self.hits.first()?,
            miss: self.misses.first()?,
        })
    }
}

const NONE: Language = Language {
    rule: "",
    prefaces: &[],
    preface_clauses: &[],
    machines: &[],
    negations: &[],
    joiner: " ",
    verbs: &[],
    refusals: &[],
    machines_refusals: &[],
    openers: &[],
    endings: &[],
    endings_alone: false,
    idioms: &[],
    hits: &[],
    misses: &[],
};

pub(crate) const REFUSALS: &[Language] = &[
    ENGLISH,
    CHINESE,
    SPANISH,
    FRENCH,
    GERMAN,
    PORTUGUESE,
    ITALIAN,
    DUTCH,
    POLISH,
    RUSSIAN,
    UKRAINIAN,
    JAPANESE,
    KOREAN,
    ARABIC,
    HINDI,
    TURKISH,
    INDONESIAN,
    VIETNAMESE,
    SWEDISH,
    CZECH,
    ROMANIAN,
    PERSIAN,
    THAI,
    DANISH_NORWEGIAN,
    FINNISH,
    HUNGARIAN,
    GREEK,
    HEBREW,
    BENGALI,
    URDU,
    BULGARIAN,
    SLOVAK,
    CROATIAN_SERBIAN,
    CATALAN,
];
