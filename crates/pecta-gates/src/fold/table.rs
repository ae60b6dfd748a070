//! How single characters are folded, looked up in a table.

use std::{collections::HashMap, iter, sync::LazyLock};

use unicode_normalization::{
    IsNormalized, UnicodeNormalization,
    char::{canonical_combining_class, decompose_compatible},
    is_nfc_quick, is_nfkc_quick,
};

/// Whether folding removes the character: it cannot be seen, and only hides what stands around it.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// What an already normalised character is folded to.
pub(super) fn fold_normalised(c: char) -> Option<char> {
    match c {
        '\0'..='\x7F' => Some(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Some('-'),
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' => Some('\''),
        '\u{201C}' | '\u{201D}' => Some('"'),
        '\u{2044}' | '\u{2215}' => Some('/'),
        c if is_invisible(c) => None,
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}

/// How a character is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fold {
    /// It is its own folded form, unless something follows that combines with it. The same holds for the next three.
    Itself,
    /// It is left out.
    Nothing,
    /// It becomes a character of ASCII.
    Ascii(u8),
    /// It becomes something else, which [`Table::replacement`] knows.
    Others(u16),
    /// It is a mark of this combining class, not 0, which may combine with what stands before it, and is normalised itself.
    Mark(u8),
    /// It may combine with what stands before it in other ways.
    Combining,
}

/// How all characters are folded.
pub(super) struct Table {
    /// For each page of characters, which of `folds` are its characters'. Most pages are like others.
    pages: Vec<u16>,
    folds: Vec<[Fold; PAGE]>,
    /// What characters become other than single ones of ASCII, one after the other.
    replacements: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

/// How many characters share a page.
const PAGE: usize = 64;
/// From here on, every character is its own folded form.
const END: u32 = 0x30000;

impl Table {
    /// The table, which takes some milliseconds to make at the first call.
    pub(super) fn get() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(Table::new);
        &TABLE
    }

    fn new() -> Self {
        let mut table = Self {
            pages: Vec::new(),
            folds: Vec::new(),
            replacements: String::new(),
            ends: Vec::new(),
        };
        let mut known = HashMap::new();
        let mut codes = 0..END;
        while !codes.is_empty() {
            let page = [(); PAGE].map(|()| {
                // What is no character is never looked up.
                let c = codes.next().and_then(char::from_u32);
                c.map_or(Fold::Itself, |c| table.judge(c))
            });
            let number = *known.entry(page).or_insert_with(|| {
                table.folds.push(page);
                table.folds.len() - 1
            });
            table.pages.push(u16::try_from(number).unwrap_or(u16::MAX));
        }
        table
    }

    fn judge(&mut self, c: char) -> Fold {
        let class = canonical_combining_class(c);
        if class == 0 && is_nfkc_quick(iter::once(c)) == IsNormalized::Yes {
            return match fold_normalised(c) {
                Some(folded) if folded == c => Fold::Itself,
                Some(folded) => self.replace_by(folded.encode_utf8(&mut [0; 4])),
                None => Fold::Nothing,
            };
        }
        let mut parts = Vec::new();
        decompose_compatible(c, |part| parts.push(part));
        let may_combine = parts.first().is_none_or(|&first| {
            canonical_combining_class(first) != 0
                || is_nfc_quick(iter::once(first)) != IsNormalized::Yes
        });
        match may_combine {
            true if class != 0 && parts == [c] => Fold::Mark(class),
            true => Fold::Combining,
            false => {
                let normalised = iter::once(c).nfkc();
                self.replace_by(&normalised.filter_map(fold_normalised).collect::<String>())
            }
        }
    }

    fn replace_by(&mut self, replacement: &str) -> Fold {
        match replacement.as_bytes() {
            [] => Fold::Nothing,
            &[byte] => Fold::Ascii(byte),
            _ => {
                self.replacements += replacement;
                self.ends.push(self.replacements.len());
                Fold::Others(u16::try_from(self.ends.len() - 1).unwrap_or(u16::MAX))
            }
        }
    }

    /// How the character is folded.
    pub(super) fn fold(&self, c: char) -> Fold {
        let code = c as usize;
        let page = self.pages.get(code / PAGE);
        let folds = page.and_then(|&page| self.folds.get(usize::from(page)));
        folds
            .and_then(|folds| folds.get(code % PAGE))
            .copied()
            .unwrap_or(Fold::Itself)
    }

    /// What a character becomes that is folded to [`Fold::Others`].
    pub(super) fn replacement(&self, nth: u16) -> &str {
        let nth = usize::from(nth);
        let end_of = |nth: usize| self.ends.get(nth).copied();
        let start = nth.checked_sub(1).and_then(end_of).unwrap_or_default();
        let range = start..end_of(nth).unwrap_or(start);
        self.replacements.get(range).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_characters_are_told_apart() {
        let check = |c: char, expected: Fold| assert_eq!(Table::get().fold(c), expected, "{c:?}");
        check('a', Fold::Itself);
        check('\u{E9}', Fold::Itself);
        check('\u{4E2D}', Fold::Itself);
        check('\u{1F600}', Fold::Itself);
        check('\u{200B}', Fold::Nothing);
        check('\u{FEFF}', Fold::Nothing);
        check('\u{FF52}', Fold::Ascii(b'r'));
        check('\u{1D42B}', Fold::Ascii(b'r'));
        check('\u{2011}', Fold::Ascii(b'-'));
        check('\u{A0}', Fold::Ascii(b' '));
        check('\u{301}', Fold::Mark(230));
        check('\u{316}', Fold::Mark(220));
        check('\u{344}', Fold::Combining);
        check('\u{340}', Fold::Combining);
        check('\u{1161}', Fold::Combining);
        check('\u{FF9E}', Fold::Combining);
    }

    #[test]
    fn replacements_are_those_of_the_characters() {
        let check = |c: char, expected: &str| match Table::get().fold(c) {
            Fold::Others(nth) => assert_eq!(Table::get().replacement(nth), expected, "{c:?}"),
            other => panic!("{c:?} becomes {other:?}"),
        };
        check('\u{2026}', "...");
        check('\u{BD}', "1/2");
        check('\u{FB01}', "fi");
        check('\u{FF71}', "\u{30A2}");
        check('\u{2F800}', "\u{4E3D}");
    }

    #[test]
    fn characters_behind_the_table_are_their_own_folded_form() {
        for c in char::from_u32(END).unwrap()..=char::MAX {
            assert_eq!(canonical_combining_class(c), 0, "{c:?}");
            assert_eq!(is_nfkc_quick(iter::once(c)), IsNormalized::Yes, "{c:?}");
            assert_eq!(fold_normalised(c), Some(c), "{c:?}");
        }
    }

    #[test]
    fn marks_are_folded_to_themselves() {
        for c in '\0'..=char::MAX {
            if canonical_combining_class(c) != 0 {
                assert_eq!(fold_normalised(c), Some(c), "{c:?}");
            }
        }
    }
}
