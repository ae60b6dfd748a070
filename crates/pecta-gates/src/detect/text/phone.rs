//! Phone numbers.
//!
//! Flags US and Canadian numbers by their structure, with separators that agree: an area code and an exchange that start
//! with 2 to 9, four digits. A country code, a parenthesis or the word "phone", "call" and the like may take the place of
//! the exchange's first digit. Flags international numbers (`+44 20 7946 0958`): a calling code that exists, with as many
//! digits as its numbers have. After a word such as "Tel.", "mobile" or "电话", flags any eight to fifteen digits.
//!
//! Leaves alone digits without separators or a word, seven digits, versions, dates, ISBNs and addresses, what is
//! labelled as another number (an order, an invoice), what is measured or counted, and numbers that are part of longer ones.

use std::ops::Range;

use super::{
    super::{Match, NumberDetector, around},
    context::{WordList, labelled, may_be_labelled},
    data::CALLING_CODES,
    words::OTHER_NUMBERS,
};
use crate::prefilter::{Shapes, run_length};

pub(super) const RULES: &[super::Rule] = &[
    super::Rule {
        id: "us-phone",
        flags: "a number of the North American plan, written as a phone number",
        hit: "(415) 555-2671",
        miss: "215-155-2671",
    },
    super::Rule {
        id: "international-phone",
        flags: "a number with `+` or `00` and a country's code, in one of its lengths",
        hit: "+44 20 7946 0958",
        miss: "+12 345 678",
    },
    super::Rule {
        id: "labelled-phone",
        flags: "a number that a word before it calls a phone number",
        hit: "Tel.: 030 1234567",
        miss: "Total: 030 1234567",
    },
];

/// Words before a phone number.
#[rustfmt::skip]
pub(super) static LABELS: WordList = WordList::new(&[
    "phone", "phones", "telephone", "tel", "telefon", "telefonnummer", "handynummer", "mobilnummer", "rufnummer", "telefono", "teléfono", "telefone", "téléphone", "tél",
    "telefoon", "mobile", "mob", "mobil", "móvil", "celular", "cell", "cellphone", "cell phone", "handy",
    "rufen sie uns an", "rufen sie mich an", "ruf mich an", "call me on", "call us on", "ring me on", "ring us on",
    "電話番号", "携帯番号", "电话号码", "手机号", "联系电话", "portable", "fax", "whatsapp", "wa.me/", "sđt", "điện thoại", "电话", "手机", "電話", "携帯", "전화", "휴대폰",
    "тел", "телефон", "هاتف", "फ\u{93C}ोन", "फोन",
]);

/// Words of other languages that ask for a call, or for something else: what follows is a phone number if it is written like
/// one.
#[rustfmt::skip]
static INVITATIONS: WordList = WordList::new(&[
    "rufen sie", "rufen sie mich unter", "rufen sie uns unter", "erreichbar unter", "llámanos al", "appelez le", "appelez au", "appelez-nous au", "appelez-moi au", "joignable au",
    "llame al", "llama al", "llámenos al", "llámame al", "chiama il", "chiami il", "ligue para",
]);

/// Words that ask for a call or say whose number it is: what follows may be a phone number, but also an argument.
#[rustfmt::skip]
static CALLS: WordList = WordList::new(&[
    "call", "dial", "text", "sms", "ring", "reach", "contact", "toll-free", "toll free", "my number", "our number",
    "his number", "her number", "their number",
]);

/// What is measured or counted, before a number that has the digits of a phone number and is none.
#[rustfmt::skip]
static QUANTITIES: WordList = WordList::new(&[
    "total", "sum", "size", "width", "height", "depth", "length", "count", "rgb", "rgba", "range", "offset",
    "resolution", "score", "population", "sequence", "bytes", "memory", "pmid", "coordinates", "dimensions",
    "average", "viewport", "dims",
]);

/// Units behind such a number.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "byte", "bytes", "kb", "mb", "gb", "kib", "mib", "gib", "bits", "ms", "ns", "seconds", "px", "mm", "cm",
    "pixels", "rows", "records", "entries", "items", "points", "votes", "people", "users", "km", "kg",
    "usd", "eur", "gbp", "dollars", "euros", "tokens",
];

/// Anchored at the first digit.
pub(crate) struct Phone;

impl NumberDetector for Phone {
    fn shapes(&self) -> Shapes {
        Shapes::DENSE
    }

    fn labels(&self) -> &[&str] {
        LABELS.words
    }

    fn judge(&self, text: &[u8], digits: Range<usize>) -> Option<Match> {
        may_start(text, &digits).then(|| read(text, digits))?
    }
}

fn read(text: &[u8], digits: Range<usize>) -> Option<Match> {
    let mut number = Groups::default();
    number.read(text, digits).then(|| judge(text, &number))?
}

/// Whether a number may start with these digits, at a look: nearly all other ones start otherwise. Behind a label, it may start
/// with any.
fn may_start(text: &[u8], digits: &Range<usize>) -> bool {
    let (before, rest) = around(text, digits.start);
    let is_signed = matches!(before, [.., b'+'] | [.., b'+', b'(']);
    let is_dialled = matches!(rest, [b'0', b'0', third, ..] if *third != b'0');
    let is_american = match digits.len() {
        1 => rest.starts_with(b"1"),
        3 | 10 | 11 => true,
        _ => false,
    };
    is_signed
        || is_dialled
        || is_american
        || may_be_labelled(before, &LABELS)
        || may_be_labelled(before, &INVITATIONS)
}

/// How many groups and digits are read at most; numbers have fewer.
const MOST_GROUPS: usize = 8;
const MOST_DIGITS: usize = 16;

/// Groups of digits with single separators between them.
#[derive(Default)]
struct Groups {
    /// Where the number starts, with its plus sign and parenthesis.
    start: usize,
    plus: bool,
    all: [Group; MOST_GROUPS],
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct Group {
    start: usize,
    end: usize,
    /// What separates it from the group before; 0 for the first group, and where a parenthesis alone does.
    separator: u8,
    in_parentheses: bool,
}

impl Group {
    fn length(self) -> usize {
        self.end - self.start
    }
}

impl Groups {
    /// Reads the groups that start with the run. False when it stands in the middle of something longer.
    fn read(&mut self, text: &[u8], run: Range<usize>) -> bool {
        let mut before = around(text, run.start).0;
        let opened = before.strip_suffix(b"(");
        before = opened.unwrap_or(before);
        let signed = before.strip_suffix(b"+");
        before = signed.unwrap_or(before);
        self.start = before.len();
        self.plus = signed.is_some();
        let inside = match before {
            [.., byte] if byte.is_ascii_alphanumeric() || b"_%".contains(byte) => {
                // A parenthesis sets a number apart from the word before it, but not from a function's name.
                !(opened.is_some() && !self.plus && byte.is_ascii_digit())
            }
            [.., b'+' | b'$'] => true,
            [.., byte, b'-'] => byte.is_ascii_alphanumeric(),
            [.., byte, b'.' | b'/'] => byte.is_ascii_digit(),
            [.., byte, b','] => byte.is_ascii_digit() && text.get(run.end) != Some(&b'-'),
            [.., byte, b' '] if !self.plus => byte.is_ascii_digit() && opened.is_some(),
            _ => false,
        };
        if inside || run.len() > MOST_DIGITS {
            return false;
        }
        let mut next = Group {
            start: run.start,
            end: run.end,
            separator: 0,
            in_parentheses: opened.is_some(),
        };
        let mut digits = 0;
        loop {
            let mut at = next.end;
            if next.in_parentheses {
                match text.get(at) {
                    Some(b')') => at += 1,
                    // "(call 415-555-2671)": the parenthesis holds more than the area code.
                    _ => {
                        if self.count == 0 {
                            self.start = next.start;
                            next.in_parentheses = false;
                        } else {
                            break;
                        }
                    }
                }
            }
            digits += next.length();
            if digits > MOST_DIGITS {
                break;
            }
            if let Some(group) = self.all.get_mut(self.count) {
                *group = next;
            }
            self.count += 1;
            if self.count == MOST_GROUPS {
                break;
            }
            let separator = match text.get(at) {
                Some(&byte @ (b' ' | b'-' | b'.' | b'/')) => {
                    at += 1;
                    byte
                }
                _ => 0,
            };
            let in_parentheses = text.get(at) == Some(&b'(');
            at += usize::from(in_parentheses);
            let length = run_length(text, at);
            if length == 0 || (separator == 0 && !in_parentheses && !next.in_parentheses) {
                break;
            }
            next = Group {
                start: at,
                end: at + length,
                separator,
                in_parentheses,
            };
        }
        self.count > 0
    }

    fn groups(&self) -> &[Group] {
        self.all.get(..self.count).unwrap_or_default()
    }
}

fn judge(text: &[u8], number: &Groups) -> Option<Match> {
    let before = around(text, number.start).0;
    // "+44" or "0044", the latter only with separators: zeros start other numbers too.
    let dialled = number.count > 2
        && !matches!(before, [.., b'0'..=b'9', b' '])
        && number
            .groups()
            .first()
            .is_some_and(|group| around(text, group.start).1.starts_with(b"00"))
        && !are_codes(text, number.groups());
    if number.plus || dialled {
        return international(text, number);
    }
    // Everything else has nine digits at least, or eight behind a label.
    let digits: usize = number.groups().iter().map(|group| group.length()).sum();
    if digits < 8 {
        return None;
    }
    let found = american(text, number).or_else(|| labelled_number(text, number))?;
    (!labelled(before, &OTHER_NUMBERS)).then_some(found)
}

/// Whether the groups are the numbers of characters or bytes rather than of a phone: "0046 0066 0069", "0065 0302 0304",
/// "00 69 00 66".
fn are_codes(text: &[u8], groups: &[Group]) -> bool {
    let starting_with = |start: &[u8]| {
        let starts = |group: &&Group| around(text, group.start).1.starts_with(start);
        groups.iter().filter(starts).count()
    };
    let have = |length| groups.iter().all(|group| group.length() == length);
    have(4) && (starting_with(b"00") > 1 || starting_with(b"0") == groups.len())
        || have(2) && starting_with(b"00") > 2
}

fn found(rule: &'static str, start: usize, end: usize) -> Match {
    Match {
        rule,
        range: start..end,
    }
}

fn international(text: &[u8], number: &Groups) -> Option<Match> {
    let groups = number.groups();
    // What follows a number may look like one more group of it.
    (1..=groups.len()).rev().find_map(|count| {
        let groups = groups.get(..count)?;
        let last = groups.last()?;
        if !ends(text, last.end, b'-') {
            return None;
        }
        let mut digits = [0; 2 * MOST_DIGITS];
        let mut length = 0;
        for (nth, group) in groups.iter().enumerate() {
            let part = text.get(group.start..group.end)?;
            // The zero in "+44 (0)20" is dialled only within the country.
            if nth > 0 && group.in_parentheses && part == b"0" {
                continue;
            }
            digits
                .get_mut(length..length + part.len())?
                .copy_from_slice(part);
            length += part.len();
        }
        let digits = digits.get(..length)?;
        let digits = digits.strip_prefix(b"00").unwrap_or(digits);
        is_dialled(digits).then(|| found("international-phone", number.start, last.end))
    })
}

/// Whether the digits are a calling code and as many as its numbers have, not all the same.
fn is_dialled(digits: &[u8]) -> bool {
    // No code starts with another.
    (1..=3).any(|length| {
        let Some((code, national)) = digits.split_at_checked(length) else {
            return false;
        };
        let key = (length, code);
        let known =
            CALLING_CODES.binary_search_by_key(&key, |(code, ..)| (code.len(), code.as_bytes()));
        let known = known.ok().and_then(|nth| CALLING_CODES.get(nth));
        known.is_some_and(|(_, fewest, most)| {
            (*fewest..=*most).contains(&national.len())
                && (code != b"1" || matches!(national.first(), Some(b'2'..=b'9')))
                && national.iter().any(|digit| Some(digit) != national.first())
        })
    })
}

/// The limits of signed numbers of 32 bits, which stand in code far more often than in a telephone book.
const LIMITS: [&[u8]; 2] = [b"2147483647", b"2147483648"];

/// A number of the North American plan.
fn american(text: &[u8], number: &Groups) -> Option<Match> {
    let groups = number.groups();
    let before = around(text, number.start).0;
    let labelled = || labelled(before, &LABELS) || labelled(before, &CALLS);
    let (country, national) = match groups {
        [first, rest @ ..] if text.get(first.start..first.end)? == b"1" => (true, rest),
        _ => (false, groups),
    };
    if let [only, ..] = *groups {
        let digits = text.get(only.start..only.end)?;
        let national = match digits {
            [b'1', rest @ ..] if rest.len() == 10 => rest,
            _ => digits,
        };
        if national.len() == 10 {
            let apart = groups.len() == 1 && ends(text, only.end, 0);
            let valid = is_code(national.get(..3)?) && is_code(national.get(3..6)?);
            let valid = valid && !LIMITS.contains(&national);
            return (apart && valid && labelled())
                .then(|| found("us-phone", number.start, only.end));
        }
    }
    let [area, exchange, line, rest @ ..] = national else {
        // "(415) 5552671"
        if let [area, line] = national {
            let shaped = area.in_parentheses
                && area.length() == 3
                && line.length() == 7
                && ends(text, line.end, 0);
            return (shaped && is_code(text.get(area.start..area.end)?))
                .then(|| found("us-phone", number.start, line.end));
        }
        return None;
    };
    if (area.length(), exchange.length(), line.length()) != (3, 3, 4)
        || exchange.in_parentheses
        || line.in_parentheses
        || !is_area(text.get(area.start..area.end)?)
    {
        return None;
    }
    let agree = match (area.in_parentheses, exchange.separator, line.separator) {
        (true, 0 | b' ' | b'-' | b'.', b'-' | b'.' | b' ') => true,
        (false, first, second) => {
            // "212/736/5000" is as likely a path.
            first == second && (first != b'/' || labelled())
                || (first == b' ' && second == b'-')
                || (first == b'/' && second == b'-')
        }
        _ => false,
    };
    if !agree || !ends(text, line.end, line.separator) {
        return None;
    }
    let counted_on = rest
        .first()
        .is_some_and(|next| next.separator == line.separator)
        || matches!(before, [.., b'0'..=b'9', b' '] if line.separator == b' ');
    let strong = area.in_parentheses || is_code(text.get(exchange.start..exchange.end)?);
    let sure = labelled();
    // "/orders/215-330-4412" names something else, and so does "layers.215.330.4412".
    let is_name = !sure
        && match before {
            [.., byte, b'/'] => byte.is_ascii_alphanumeric(),
            [.., byte, b'.'] => byte.is_ascii_alphabetic() && line.separator == b'.',
            _ => false,
        };
    let is_list = !sure
        && !country
        && !area.in_parentheses
        && line.separator == b' '
        && are_round(text, [area, exchange, line]);
    let is_quantity =
        !sure && !country && !area.in_parentheses && is_quantity(text, number.start..line.end);
    let country_fits = !country || area.separator != 0 || area.in_parentheses;
    (country_fits
        && !is_name
        && !is_list
        && !is_quantity
        && ((strong && !counted_on) || sure || (country && !counted_on)))
        .then(|| found("us-phone", number.start, line.end))
}

/// Whether groups with nothing but spaces between them are a list of round numbers: "250 300 4000", "800 600 1024".
fn are_round(text: &[u8], groups: [&Group; 3]) -> bool {
    let ends_in = |group: &Group, end: &[u8]| around(text, group.end).0.ends_with(end);
    let [area, exchange, _] = groups;
    groups.into_iter().all(|group| ends_in(group, b"0"))
        || ends_in(area, b"00") && ends_in(exchange, b"00")
}

/// Whether a word before the number or a unit behind it says that something is measured or counted.
pub(super) fn is_quantity(text: &[u8], number: Range<usize>) -> bool {
    let unit = around(text, number.end)
        .1
        .strip_prefix(b" ")
        .unwrap_or_default();
    let length = unit
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let unit = unit.get(..length).unwrap_or_default();
    UNITS
        .iter()
        .any(|other| unit.eq_ignore_ascii_case(other.as_bytes()))
        || labelled(around(text, number.start).0, &QUANTITIES)
}

/// A number in any national form, behind a word that says so.
fn labelled_number(text: &[u8], number: &Groups) -> Option<Match> {
    let groups = number.groups();
    let digits: usize = groups.iter().map(|group| group.length()).sum();
    let last = groups.last()?;
    let lengths = (
        groups.first()?.length(),
        groups.get(1).map(|group| group.length()),
        groups.get(2).map(|group| group.length()),
    );
    let is_date = matches!(lengths, (4, Some(2), Some(2)) | (2, Some(2), Some(4)));
    let before = around(text, number.start).0;
    let first = groups.first()?;
    let is_written = groups.len() > 1 || text.get(first.start) == Some(&b'0');
    let is_number = (8..=15).contains(&digits)
        && !is_date
        && groups.iter().skip(1).all(|group| group.length() >= 2)
        && ends(text, last.end, b'.')
        && (labelled(before, &LABELS) || is_written && labelled(before, &INVITATIONS));
    is_number.then(|| found("labelled-phone", number.start, last.end))
}

/// An area code or exchange starts with 2 to 9, and is not one of the service codes 211 to 911.
fn is_code(digits: &[u8]) -> bool {
    matches!(digits, [b'2'..=b'9', second, third] if (*second, *third) != (b'1', b'1'))
}

/// An area code. Of the round ones, three are in use; the others are mostly other numbers.
fn is_area(digits: &[u8]) -> bool {
    match digits {
        [first, b'0', b'0'] => [b'5', b'8', b'9'].contains(first),
        [first, ..] => (b'2'..=b'9').contains(first),
        [] => false,
    }
}

/// Whether a number may end here, after this separator: not within a word, nor before another separator and digit. An
/// extension may follow.
fn ends(text: &[u8], at: usize, separator: u8) -> bool {
    match around(text, at).1 {
        [b'x' | b'X', digit, ..] => digit.is_ascii_digit(),
        [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'%' => false,
        [b'-', next, ..] => !next.is_ascii_alphanumeric(),
        [b'.' | b'/' | b':', next, ..] => !next.is_ascii_digit(),
        // "718-636-4100,12" are two fields, "718 636 4100,12" may be a sum.
        [b',', next, ..] => separator == b'-' || !next.is_ascii_digit(),
        [b' ', next, ..] => separator != b' ' || !next.is_ascii_digit(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
