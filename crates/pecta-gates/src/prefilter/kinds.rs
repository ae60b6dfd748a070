//! Which kinds of bytes a short string holds, and whether they are enough for a number.

/// A set of kinds of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteKinds(u8);

impl ByteKinds {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const AT: Self = Self(1);
    pub(crate) const DASH: Self = Self(1 << 1);
    pub(crate) const DIGIT: Self = Self(1 << 2);
    pub(crate) const DOT: Self = Self(1 << 3);
    pub(crate) const SLASH: Self = Self(1 << 4);
    /// White space, and every byte of a longer character, which may be white space.
    pub(crate) const SPACE: Self = Self(1 << 5);
    /// No kind of byte, but as many bytes as a social security number has. Phone numbers have more.
    pub(crate) const LONG: Self = Self(1 << 6);
    /// What breaks words and names apart: white space, every byte of a longer character, and all punctuation but that of names,
    /// numbers and times.
    pub(crate) const BREAK: Self = Self(1 << 7);
    const ALL: Self = Self(u8::MAX);

    /// Strings longer than this are not looked at: they hold nearly every kind, and the detectors' own vectorised searches
    /// pass over them faster.
    const LONGEST: usize = 128;

    const OF_BYTE: [u8; 256] = {
        let mut kinds = [0; 256];
        let mut byte = u8::MAX;
        loop {
            let kind = match byte {
                b'@' => Self::AT,
                b'-' => Self::DASH,
                b'0'..=b'9' => Self::DIGIT,
                b'.' => Self::DOT,
                b'/' => Self::SLASH.and(Self::BREAK),
                b'\t'..=b'\r' | b' ' | 0x80.. => Self::SPACE.and(Self::BREAK),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' | b',' | b'+' => Self::NONE,
                _ => Self::BREAK,
            };
            #[expect(
                clippy::indexing_slicing,
                reason = "no byte is out of bounds, and in a constant it would not compile"
            )]
            {
                kinds[byte as usize] = kind.0;
            }
            if byte == 0 {
                break kinds;
            }
            byte -= 1;
        }
    };

    /// The kinds of bytes that the text may hold.
    pub(crate) fn of(text: &[u8]) -> Self {
        if text.len() > Self::LONGEST {
            return Self::ALL;
        }
        let kind = |byte: &u8| {
            Self::OF_BYTE
                .get(usize::from(*byte))
                .copied()
                .unwrap_or_default()
        };
        let length = if text.len() < "123-45-6789".len() {
            Self::NONE
        } else {
            Self::LONG
        };
        Self(text.iter().fold(length.0, |kinds, byte| kinds | kind(byte)))
    }

    /// All sets, each at its [`index`](Self::index).
    pub(crate) fn sets() -> impl Iterator<Item = Self> {
        (0..=Self::ALL.0).map(Self)
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_bytes() {
        let check = |text: &str, kinds: ByteKinds| {
            assert_eq!(ByteKinds::of(text.as_bytes()), kinds, "{text}");
        };
        check("", ByteKinds::NONE);
        check("status_ok", ByteKinds::NONE);
        check("a@b.c", ByteKinds::AT.and(ByteKinds::DOT));
        let date = ByteKinds::DASH.and(ByteKinds::DIGIT);
        check("2026-11-21", date);
        check(
            "2026-11-21\n",
            date.and(ByteKinds::SPACE)
                .and(ByteKinds::BREAK)
                .and(ByteKinds::LONG),
        );
        check(
            "/\u{A0}",
            ByteKinds::SLASH.and(ByteKinds::SPACE).and(ByteKinds::BREAK),
        );
        check("a=b", ByteKinds::BREAK);
        check("1,000:+0_x", ByteKinds::DIGIT);
        check(&"x".repeat(129), ByteKinds::ALL);
    }

    #[test]
    fn every_set_has_its_index() {
        for (index, kinds) in ByteKinds::sets().enumerate() {
            assert_eq!(kinds.index(), index);
        }
        assert!(ByteKinds::sets().any(|kinds| kinds == ByteKinds::ALL));
    }
}
