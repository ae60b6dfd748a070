//! Letters of other alphabets that look like Latin ones.

use std::sync::LazyLock;

/// A text whose look-alikes of Latin letters were replaced.
pub(super) struct Latin {
    pub(super) text: Vec<u8>,
    /// Where each byte comes from.
    pub(super) origins: Vec<usize>,
}

impl Latin {
    /// None if there is nothing to replace.
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        // The part may start and end within a character.
        let skip = text.iter().take_while(|byte| **byte & 0xC0 == 0x80).count();
        let whole = text.get(skip..)?;
        let whole = match std::str::from_utf8(whole) {
            Ok(whole) => whole,
            Err(error) => std::str::from_utf8(whole.get(..error.valid_up_to())?).ok()?,
        };
        if !whole.chars().any(|c| latin(c) != c) {
            return None;
        }
        let mut this = Self {
            text: Vec::with_capacity(whole.len()),
            origins: Vec::with_capacity(whole.len()),
        };
        for (at, c) in whole.char_indices() {
            let mut buffer = [0; 4];
            let bytes = latin(c).encode_utf8(&mut buffer).as_bytes();
            this.text.extend_from_slice(bytes);
            this.origins
                .extend(std::iter::repeat_n(skip + at, bytes.len()));
        }
        Some(this)
    }

    /// Where the text from this position on is now.
    pub(super) fn position(&self, origin: usize) -> usize {
        self.origins.partition_point(|&at| at < origin)
    }
}

/// Look-alikes of the Cyrillic, Greek, Armenian and phonetic alphabets, with the letter, in order.
static LOOK_ALIKES: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let all = [
        ("аαɑᴀАΑ", 'a'),
        ("вʙВΒ", 'b'),
        ("сᴄСϲ", 'c'),
        ("ԁᴅ", 'd'),
        ("еεᴇЕΕ", 'e'),
        ("ꜰ", 'f'),
        ("ɡɢ", 'g'),
        ("һнʜНΗհ", 'h'),
        ("іιıɪІΙ", 'i'),
        ("јᴊЈ", 'j'),
        ("кκᴋКΚ", 'k'),
        ("ӏʟ", 'l'),
        ("мᴍМΜ", 'm'),
        ("ɴηոΝп", 'n'),
        ("оοօᴏОΟ", 'o'),
        ("рρᴘРΡ", 'p'),
        ("ԛ", 'q'),
        ("ʀг", 'r'),
        ("ѕꜱЅ", 's'),
        ("тτᴛТΤ", 't'),
        ("υսᴜ", 'u'),
        ("νѵᴠ", 'v'),
        ("ԝᴡѡ", 'w'),
        ("хχХΧ", 'x'),
        ("уγʏУΥ", 'y'),
        ("ᴢΖ", 'z'),
    ];
    let pairs = all
        .iter()
        .flat_map(|(likes, letter)| likes.chars().map(|like| (like, *letter)));
    let mut pairs: Vec<_> = pairs.filter(|(like, _)| !like.is_ascii()).collect();
    // A letter that looks like two is taken for the first.
    pairs.sort_by_key(|(like, _)| *like);
    pairs.dedup_by_key(|(like, _)| *like);
    pairs
});

/// The Latin letter that the character looks like, or itself.
fn latin(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let found = LOOK_ALIKES.binary_search_by_key(&c, |(like, _)| *like);
    found.map_or(c, |at| LOOK_ALIKES.get(at).map_or(c, |(_, letter)| *letter))
}
