//! Outputs without what was found in them.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use pecta_gates::{Finding, Json};

use crate::{
    document::Part,
    pointer::{child, split_mark, steps},
};

/// How often what is left is looked at again. What a replacement brings to light, and what was beyond the number of findings
/// that are listed, takes another round.
const ROUNDS: usize = 8;

/// Replaces what `find` finds in the output, until it finds nothing: the places themselves, then the strings that still
/// hold some, then all strings. `findings` are those of the output as it is; `judged` is where else than in strings they may
/// be.
pub(crate) fn redacted<'a>(
    output: &Json<'a>,
    mut findings: Vec<Finding>,
    judged: &[Part],
    find: impl Fn(&Json<'_>) -> Vec<Finding>,
) -> Json<'a> {
    let mut output = output.clone();
    for round in 0..=ROUNDS {
        findings.retain(|finding| !finding.range.is_empty());
        if findings.is_empty() {
            return output;
        }
        let cuts = Cuts::new(&findings, judged, round == ROUNDS);
        output = cuts.apply(output, "");
        findings = find(&output);
    }
    findings.retain(|finding| !finding.range.is_empty());
    if findings.is_empty() {
        output
    } else {
        blanked(output, judged)
    }
}

/// What is to be replaced, by the pointer of its string.
struct Cuts<'f> {
    by_pointer: HashMap<Cow<'f, str>, Vec<(Range<usize>, &'static str)>>,
    numbers: bool,
    whole_strings: bool,
}

impl<'f> Cuts<'f> {
    fn new(findings: &'f [Finding], judged: &[Part], whole_strings: bool) -> Self {
        let mut by_pointer = HashMap::<_, Vec<_>>::new();
        for finding in findings {
            let (pointer, range) = place(finding);
            by_pointer
                .entry(pointer)
                .or_default()
                .push((range, finding.rule));
        }
        for cuts in by_pointer.values_mut() {
            cuts.sort_by_key(|(range, _)| (range.start, range.end));
        }
        Self {
            by_pointer,
            numbers: judged.contains(&Part::Numbers),
            whole_strings,
        }
    }

    /// The value at `pointer` without what is to be cut.
    fn apply<'a>(&self, value: Json<'a>, pointer: &str) -> Json<'a> {
        match value {
            Json::String(text) => Json::String(self.cut(text, pointer)),
            // Without numbers, what is found under the key of this one is in a duplicate.
            Json::Number(number) if self.numbers && self.by_pointer.contains_key(pointer) => {
                Json::String(self.cut(number.to_string().into(), pointer))
            }
            Json::Array(items) => {
                let items = items.into_iter().enumerate();
                let items =
                    items.map(|(nth, item)| self.apply(item, &child(pointer, &nth.to_string())));
                Json::Array(items.collect())
            }
            Json::Object(members) => {
                let members = members.into_iter().map(|(key, value)| {
                    let mut pointer = child(pointer, &key);
                    let value = self.apply(value, &pointer);
                    pointer.push_str("~#");
                    (self.cut(key, &pointer), value)
                });
                Json::Object(members.collect())
            }
            other => other,
        }
    }

    fn cut<'a>(&self, text: Cow<'a, str>, pointer: &str) -> Cow<'a, str> {
        let Some(cuts) = self.by_pointer.get(pointer) else {
            return text;
        };
        let whole = cuts
            .first()
            .map_or(Cow::Borrowed(""), |(_, rule)| mark(rule).into());
        if self.whole_strings {
            return whole;
        }
        let mut rest = 0;
        let mut redacted = String::with_capacity(text.len());
        for (range, rule) in cuts {
            // What overlaps with the cut before is a part of that.
            if range.end <= rest && rest > 0 {
                continue;
            }
            let start = range.start.max(rest);
            let Some(kept) = text
                .get(rest..start)
                .filter(|_| text.is_char_boundary(range.end))
            else {
                // The place is that of another value under the same key.
                return whole;
            };
            redacted.push_str(kept);
            if range.start >= rest {
                redacted.push_str(&mark(rule));
            }
            rest = range.end;
        }
        let Some(kept) = text.get(rest..) else {
            return whole;
        };
        redacted.push_str(kept);
        redacted.into()
    }
}

/// The pointer of the string in which a finding is, and where. For JSON in a string that is the whole string.
fn place(finding: &Finding) -> (Cow<'_, str>, Range<usize>) {
    let mut end = 0;
    for step in steps(&finding.pointer) {
        end += 1 + step.len();
        if let (key, "~") = split_mark(step) {
            let end = end - step.len() + key.len();
            let pointer = finding.pointer.get(..end).unwrap_or_default();
            return (pointer.into(), 0..usize::MAX);
        }
    }
    ((&*finding.pointer).into(), finding.range.clone())
}

fn mark(rule: &str) -> String {
    format!("[REDACTED:{rule}]")
}

/// The value with every string replaced, and with what else is judged.
fn blanked<'a>(value: Json<'a>, judged: &[Part]) -> Json<'a> {
    const BLANK: Cow<'static, str> = Cow::Borrowed("[REDACTED]");
    match value {
        Json::String(_) => Json::String(BLANK),
        Json::Number(_) if judged.contains(&Part::Numbers) => Json::String(BLANK),
        Json::Array(items) => {
            let items = items.into_iter();
            Json::Array(items.map(|item| blanked(item, judged)).collect())
        }
        Json::Object(members) => {
            let members = members.into_iter().map(|(key, value)| {
                let keys = judged.contains(&Part::Keys);
                (if keys { BLANK } else { key }, blanked(value, judged))
            });
            Json::Object(members.collect())
        }
        other => other,
    }
}
