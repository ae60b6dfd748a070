//! Strings that hit a check, or miss it by one character.

/// A small generator of pseudo-random numbers (xorshift64, Marsaglia 2003), so that every run is the same.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn char(&mut self) -> char {
        let ascii = "aifrmRMsdnortvxz019256 \t\n\r\u{b}\0--..//@@~_%+'\"`()\\:;,=";
        let other = "\u{85}\u{a0}\u{2003}\u{feff}\u{200b}\u{301}\u{316}\u{2019}\u{2026}\u{212a}\u{fb01}\u{1d42b}éßДя日";
        let chars: Vec<char> = ascii.chars().chain(other.chars()).collect();
        self.pick(&chars)
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| self.pick(&['0', '1', '2', '3', '5', '6', '7', '9']))
            .collect()
    }

    fn space(&mut self) -> String {
        let spaces = [' ', ' ', ' ', '\t', '\n', '\u{a0}', '\u{3000}', '\u{feff}'];
        (0..=self.below(6) / 5)
            .map(|_| self.pick(&spaces))
            .collect()
    }

    /// A string that mostly hits the check.
    pub(crate) fn hit(&mut self, check: &str) -> String {
        match check {
            "destructive" => self.rm(),
            "traversal" => self.dots(),
            "sensitive" => self.directory(),
            "email" => self.address(),
            "ssn" => self.ssn(),
            "phone" => self.phone(),
            "empty" => self.blank(),
            "refusal" => self.refusal(),
            _ => unreachable!("no such check: {check}"),
        }
    }

    fn rm(&mut self) -> String {
        let options =
            "-rf|-fr|-Rfv|-r|-f|-R|--recursive|--force|--recursive --force|-v|--|-r-f|--rf";
        let options: Vec<&str> = options.split('|').collect();
        let mut command = self.pick(&["rm", "rm", "/bin/rm", "rm rm"]).to_owned();
        for _ in 0..=self.below(3) {
            command += &self.space();
            command += self.pick(&options);
        }
        command
    }

    fn dots(&mut self) -> String {
        let side = ["", "/", "\\", " ", "'", "\"", "`", "\u{3000}", "\u{2028}"];
        [
            self.pick(&side),
            self.pick(&["..", "..", "..", "\u{2025}"]),
            self.pick(&side),
            self.pick(&["", "..", "../", "x"]),
        ]
        .concat()
    }

    fn directory(&mut self) -> String {
        let (parent, name) = if self.one_in(2) {
            (
                self.pick(&["/", "//", "///", " /", "'/"]),
                self.pick(&["etc", "usr", "var"]),
            )
        } else {
            let home = [
                "~",
                "/home/bob",
                "/home/jörg",
                "/home//",
                "/home/a b",
                "/home/~",
            ];
            (self.pick(&home), self.pick(&["/.ssh", "/.aws", "/.gnupg"]))
        };
        let end = [
            "", "/x", ".", ". ", ".\u{a0}", ".\u{85}", " ", "x", "-", ",", "é",
        ];
        [parent, name, self.pick(&end)].concat()
    }

    fn address(&mut self) -> String {
        let mut part = || -> String {
            (0..=self.below(4))
                .map(|_| self.pick(&["a", "Z", "3", ".", "-"]))
                .collect()
        };
        let (local, host) = (part(), part());
        let sign = self.pick(&["@", "_@", "%@", "+@"]);
        let top_level = self.pick(&[".com", ".io", ".c", ".co.uk", "."]);
        let end = self.pick(&["", "1", "."]);
        [local.as_str(), sign, &host, top_level, end].concat()
    }

    fn ssn(&mut self) -> String {
        let never_issued = self.pick(&["000", "666", "900", "667", "899"]).to_owned();
        let area = if self.one_in(4) {
            never_issued
        } else {
            self.digits(3)
        };
        let group = if self.one_in(6) {
            "00".to_owned()
        } else {
            self.digits(2)
        };
        let serial = if self.one_in(6) {
            "0000".to_owned()
        } else {
            self.digits(4)
        };
        [area, group, serial].join("-")
    }

    fn phone(&mut self) -> String {
        let separators = ["-", "-", ".", " ", "\n", "\u{a0}", "\u{2009}"];
        let country = self.pick(&["", "", "1", "+1", "1-", "+1 ", "1.", "+1\u{a0}", "x+1"]);
        let (open, close) = self.pick(&[("", ""), ("", ""), ("(", ")"), ("(", "")]);
        let (area, exchange, line) = (self.digits(3), self.digits(3), self.digits(4));
        [
            country,
            open,
            &area,
            close,
            self.pick(&separators),
            &exchange,
            self.pick(&separators),
            &line,
        ]
        .concat()
    }

    fn blank(&mut self) -> String {
        let blanks = [
            ' ', '\n', '\u{85}', '\u{a0}', '\u{200b}', '\u{feff}', '\u{ad}', '\u{2800}',
        ];
        (0..self.below(4)).map(|_| self.pick(&blanks)).collect()
    }

    fn refusal(&mut self) -> String {
        let verbs = [
            "do", "help", "provide", "access", "complete", "fulfill", "assist", "say",
        ];
        let words = match self.below(4) {
            0 => [
                "i",
                self.pick(&["don't", "do not"]),
                "have",
                self.pick(&["access", "the ability"]),
            ]
            .join(" "),
            1 => ["i", self.pick(&["can't", "cannot"]), self.pick(&verbs)].join(" "),
            2 => ["as an ai", self.pick(&["model", "language model"])].join(" "),
            _ => [
                self.pick(&["i'm", "i am", "i'm just", "i am just"]),
                "an ai",
            ]
            .join(" "),
        };
        let words = if self.one_in(3) {
            words.to_uppercase()
        } else {
            words
        };
        words
            .chars()
            .map(|c| {
                if c == ' ' {
                    self.space()
                } else {
                    c.to_string()
                }
            })
            .collect()
    }

    /// Replaces, removes or adds one character.
    pub(crate) fn one_off(&mut self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let (at, c) = (self.below(chars.len().max(1)), self.char());
        match self.below(3) {
            0 if !chars.is_empty() => chars[at] = c,
            1 if !chars.is_empty() => drop(chars.remove(at)),
            _ => chars.insert(at, c),
        }
        chars.into_iter().collect()
    }

    /// Writes some characters in other ways.
    pub(crate) fn disguise(&mut self, text: &str) -> String {
        let mut disguised = String::new();
        for c in text.chars() {
            if self.one_in(12) {
                disguised
                    .push(self.pick(&['\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}', '\u{202e}']));
            }
            disguised.push(if self.one_in(3) {
                self.look_alike(c)
            } else {
                c
            });
            // Some of the marks combine with letters, some stand aside, and they may be out of order.
            while self.one_in(30) {
                disguised.push(self.pick(&['\u{301}', '\u{30c}', '\u{316}', '\u{323}', '\u{344}']));
            }
        }
        disguised
    }

    fn look_alike(&mut self, c: char) -> char {
        match c {
            '-' => self.pick(&[
                '\u{2010}', '\u{2011}', '\u{2014}', '\u{2212}', '\u{fe58}', '\u{fe63}', '\u{ff0d}',
            ]),
            '\'' => self.pick(&['\u{2018}', '\u{2019}', '\u{201b}', '\u{2bc}', '\u{ff07}']),
            '"' => self.pick(&['\u{201c}', '\u{201d}']),
            '/' => self.pick(&['\u{2044}', '\u{2215}', '\u{ff0f}']),
            '.' => self.pick(&['\u{2024}', '\u{ff0e}']),
            ' ' => self.pick(&['\u{85}', '\u{2003}', '\u{202f}', '\u{3000}', '\u{1680}']),
            'k' => '\u{212a}',
            's' => '\u{17f}',
            // The mathematical bold form.
            'a'..='z' if self.one_in(3) => char::from_u32(u32::from(c) + 0x1D3B9).unwrap(),
            // The full-width form.
            '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
            _ => c,
        }
    }

    /// The text with a few characters before and after it; now and then with so many before that it lies across the borders
    /// of what is looked at together.
    pub(crate) fn around(&mut self, text: &str) -> String {
        let most = if self.one_in(32) { 1100 } else { 4 };
        let mut padded: String = (0..self.below(most)).map(|_| self.char()).collect();
        padded += text;
        padded.extend((0..self.below(4)).map(|_| self.char()));
        padded
    }
}
