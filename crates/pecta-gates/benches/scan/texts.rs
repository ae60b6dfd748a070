//! Texts that no gate objects to, of any length.

use pecta_gates::Json;

/// A kind of text.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Prose,
    Log,
    Strings,
}

pub(crate) const KINDS: [Kind; 3] = [Kind::Prose, Kind::Log, Kind::Strings];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Prose => "prose",
            Kind::Log => "code/log",
            Kind::Strings => "JSON of short strings",
        }
    }

    /// An output of about this many bytes, which ends with `end`.
    pub(crate) fn output(self, bytes: usize, end: &str) -> Json<'static> {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let bytes = bytes - end.len();
        match self {
            Kind::Prose => Json::String((fill(bytes, || sentence(&mut random)) + end).into()),
            Kind::Log => Json::String((fill(bytes, || line(&mut random)) + end).into()),
            Kind::Strings => {
                let mut records = Vec::new();
                let mut length = 0;
                while length < bytes {
                    let record = record(&mut random);
                    length += record
                        .iter()
                        .map(|(key, value)| key.len() + value.len() + 6)
                        .sum::<usize>();
                    let members = record
                        .into_iter()
                        .map(|(key, value)| (key.into(), Json::String(value.into())));
                    records.push(Json::Object(members.collect()));
                }
                records.push(Json::String(end.to_owned().into()));
                Json::Array(records)
            }
        }
    }
}

fn fill(bytes: usize, mut part: impl FnMut() -> String) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        text += &part();
    }
    text.truncate(bytes);
    text
}

/// Ordinary English words.
const WORDS: &str = "\
    the of and to in a is that for it as was with be by on not he his but at are this have from or had an they \
    which one you were all her she there would their we him been has when who will no more if out so said what \
    up its about than into them can only other new some could time these two may then do first any my now such \
    like our over man me even most made after also did many before must through years where much your way well \
    down should because each just those people how too little state good very make world still own see men work \
    long get here between both life being under never day same another know while last might us great old year \
    off come since against go came right used take three";

/// Words that are like something that the checks look for.
const NEAR: &str = "farm storm warm perform information available main accessible cannon disability normal forms chair \
    explained maintain certain air";

fn sentence(random: &mut Random) -> String {
    let words: Vec<_> = (0..6 + random.below(12)).map(|_| random.word()).collect();
    let sentence = words.join(" ");
    let (first, rest) = sentence.split_at(1);
    let end = random.pick(&[
        ". ",
        ". ",
        ". ",
        "? ",
        "! ",
        ", it's said. ",
        " - and so on. ",
        ".\n\n",
    ]);
    first.to_uppercase() + rest + end
}

/// A line of a log or of source code, with digits, dots, hyphens and slashes.
fn line(random: &mut Random) -> String {
    let a = random.below(60);
    let b = random.below(256);
    let c = random.below(10_000);
    match random.below(10) {
        0 => format!(
            "2026-11-21T05:{a:02}:06.{b:03}Z INFO  worker[{c}] request finished in {a}.{b} ms\n"
        ),
        1 => format!(
            "10.0.{a}.{b} - - [21/Nov/2026:05:{a:02}:06 +0000] \"GET /api/v1/items/{c}?page={b} HTTP/1.1\" 200 {c}b\n"
        ),
        2 => format!(
            "    let total_{a} = items.iter().map(|item| item.len() - {b}).sum::<usize>();\n"
        ),
        3 => format!("   Compiling serde_json v1.0.{b} (crates/format-{a}/src/lib.rs:{c})\n"),
        4 => {
            format!("WARN  cache-{a}: evicted {c} entries, ratio 0.{b}, shard {a:x}-{b:x}-{c:x}\n")
        }
        5 => format!("for i in 0..{c} {{ norm += alarm[i] * {a}.{b}; }} // see docs/perf.md\n"),
        6 => format!(
            "diff --git a/src/term_{a}.rs b/src/term_{a}.rs\nindex {b:07x}..{c:07x} 100644\n"
        ),
        7 => format!("test transform::case_{a}_{b} ... ok ({c} us)\n"),
        8 => format!("{{\"level\":\"debug\",\"id\":\"{b:08x}-{a:04x}-{c:04x}\",\"took\":{c}}}\n"),
        _ => format!(
            "    if (user.rank >= {a} && user.forms[{b}] !== null) return this.warm({c});\n"
        ),
    }
}

/// The members of an object whose values are short strings.
fn record(random: &mut Random) -> Vec<(&'static str, String)> {
    let n = random.below(100_000);
    vec![
        ("id", format!("item-{n}")),
        (
            "status",
            random
                .pick(&["ok", "queued", "done", "not found"])
                .to_owned(),
        ),
        ("created", format!("2026-11-{:02}T05:54:06Z", 1 + n % 28)),
        (
            "title",
            (0..4).map(|_| random.word()).collect::<Vec<_>>().join(" "),
        ),
        ("price", format!("{}.{:02}", n % 1000, n % 100)),
        ("path", format!("src/part_{}/mod.rs", n % 50)),
    ]
}

/// A small generator of pseudo-random numbers (xorshift64, Marsaglia 2003), so that every run has the same texts.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    /// A word, every thirtieth one like something that the checks look for.
    fn word(&mut self) -> &'static str {
        let words = if self.below(30) == 0 { NEAR } else { WORDS };
        let count = words.split(' ').count();
        words.split(' ').nth(self.below(count)).unwrap_or_default()
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let at = self.below(from.len());
        from.get(at).copied().unwrap_or_default()
    }
}

/// Strings made to cost a detector as much as possible, repeated.
pub(crate) const HARD: &[(&str, &str)] = &[
    ("-", "-"),
    (".", "."),
    ("@", "@"),
    ("/", "/"),
    ("~/", "~/"),
    ("digits", "0123456789"),
    ("a digit", "5"),
    ("digits and hyphens", "555-867-"),
    ("rm ", "rm "),
    ("rm -r ", "rm -r "),
    ("a@b.", "a@b."),
    ("/home/", "/home/"),
    ("/.ssh/", "/.ssh/"),
    ("../", "../"),
    ("1.2.3.", "1.2.3."),
    ("single digits", "0 "),
    ("token=", "token="),
    ("ignore previous ", "ignore previous "),
    ("white space", " "),
    ("I cannot ", "I cannot "),
    ("an AI ", "an AI "),
    ("as an AI language ", "as an AI language "),
    ("quotes", "'\""),
    ("commands told of", "Run `rm -rf ~/a` "),
    ("steps", "sh 'rm -rf b' "),
    ("settings", "cmd=\"rm -rf b\""),
    ("directories", "cd a;rm -rf b;"),
    ("opened", "$(`{(["),
    ("CJK", "\u{4E2D}\u{6587}"),
    (
        "typographic prose",
        "It\u{2019}s \u{201C}so\u{201D} \u{2014} or so he says; ",
    ),
    ("full width", "\u{FF52}\u{FF4D}"),
    ("combining marks", "\u{301}\u{316}"),
    ("no-break spaces", "\u{A0}"),
    ("invisible", "\u{200B}"),
];
