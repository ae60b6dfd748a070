//! Groups of words that have much in common, so that other text seldom has what a group has.

use std::array;

use super::{
    Behind,
    starts::{Bytes, CODES, bytes_at, bytes_before, code},
};

/// How many bytes of a word count: the one before it, and its first ones.
pub(super) const PLACES: usize = 4;

/// For each place, the bytes that stand there in a word or in one of a group.
pub(super) type Places = [Bytes; PLACES];

/// How often letters stand in English text, in ten thousandths of all letters.
const LETTERS: [(&str, u16); 13] = [
    ("e", 1250),
    ("t", 920),
    ("ao", 780),
    ("ins", 690),
    ("hr", 600),
    ("dl", 410),
    ("cu", 280),
    ("fmw", 240),
    ("gpy", 200),
    ("b", 150),
    ("v", 100),
    ("k", 70),
    ("jqxz", 15),
];

/// Puts words into so many groups: each, those that are most like other text first, into the one that becomes the least like
/// it.
pub(super) fn grouped(words: &[(usize, &[u8], Behind)], count: usize) -> Vec<Places> {
    let frequencies = frequencies();
    // How much of other text has bytes of these at all places.
    let likeness = |places: &Places| -> f32 {
        let shares = places.map(|bytes| share(&frequencies, bytes));
        shares.iter().product()
    };
    let words = words.iter().map(|(_, word, behind)| -> Places {
        array::from_fn(|place| match place.checked_sub(1) {
            Some(place) => bytes_at(word, place),
            None => bytes_before(*behind),
        })
    });
    let mut words: Vec<_> = words.map(|places| (likeness(&places), places)).collect();
    words.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut groups = vec![(0.0, [0; PLACES]); count];
    for (_, word) in &words {
        let with_it = groups.iter().map(|(before, group): &(f32, Places)| {
            let both = array::from_fn(|place| both(group, word, place));
            let after = likeness(&both);
            (after - before, after, both)
        });
        let least = with_it
            .enumerate()
            .min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
        if let Some((nth, (_, after, both))) = least
            && let Some(group) = groups.get_mut(nth)
        {
            *group = (after, both);
        }
    }
    groups.into_iter().map(|(_, places)| places).collect()
}

/// What a group has at a place with one more word.
fn both(group: &Places, word: &Places, place: usize) -> Bytes {
    let [group, word] = [group, word].map(|places| places.get(place).copied().unwrap_or_default());
    group | word
}

/// How often each byte stands in text, by its code.
fn frequencies() -> [f32; CODES] {
    let mut frequencies = [0.006; CODES];
    let mut set = |byte: u8, frequency| {
        if let Some(to) = frequencies.get_mut(usize::from(code(byte))) {
            *to = frequency;
        }
    };
    set(b' ', 0.16);
    (b'0'..=b'9').for_each(|digit| set(digit, 0.012));
    for (letters, of_letters) in LETTERS {
        let frequency = 0.7 * f32::from(of_letters) / 10_000.0;
        letters.bytes().for_each(|letter| set(letter, frequency));
    }
    frequencies
}

/// How much of a text is one of these bytes.
fn share(frequencies: &[f32; CODES], mut bytes: Bytes) -> f32 {
    if bytes == Bytes::MAX {
        return 1.0;
    }
    let mut share = 0.0;
    while bytes != 0 {
        let frequency = frequencies.get(bytes.trailing_zeros() as usize);
        share += frequency.copied().unwrap_or_default();
        bytes &= bytes - 1;
    }
    share
}
