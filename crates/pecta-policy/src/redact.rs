//! Outputs without what was found in them.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use pecta_gates::{Finding, Json};

use crate::{
    document::Part,
    pointer::{Mark, split_mark, steps, unescape},
};

/// How often what is left is looked at again. What a replacement brings to light, and what was beyond the number of findings
/// that are listed, takes another round.
const ROUNDS: usize = 8;

/// How much of a string a finding takes away.
#[derive(Clone, Copy)]
enum Extent {
    /// What was found, for which a mark is put.
    Places,
    /// The string, for which a mark is put.
    Whole,
    /// The string. For when the mark itself is what is found.
    Everything,
}

/// What a look at an output shows.
pub(crate) struct Seen {
    pub(crate) findings: Vec<Finding>,
    /// Whether the gates judged to their end, so that there is nothing but these findings.
    pub(crate) complete: bool,
}

/// Replaces what `look` finds in the output, until it finds nothing: the places themselves, then the strings that still
/// hold some, by a mark and at last by nothing, then all strings. These are replaced as well when the gates did not judge to
/// their end, or when the time `is_up` before nothing more is found. Each `look` has a budget of its own.
/// `seen` is what was found in the output as it is; `judged` is where else than in strings there may be something.
pub(crate) fn redacted<'a>(
    output: &Json<'a>,
    mut seen: Seen,
    judged: &[Part],
    look: impl Fn(&Json<'_>) -> Seen,
    is_up: impl Fn() -> bool,
) -> Json<'a> {
    let mut output = output.clone();
    for round in 0.. {
        seen.findings.retain(|finding| !finding.range.is_empty());
        if seen.findings.is_empty() {
            break;
        }
        let extent = match round {
            0..ROUNDS => Extent::Places,
            ROUNDS => Extent::Whole,
            _ => Extent::Everything,
        };
        if round > ROUNDS + 1 || is_up() {
            return all_replaced(output, judged, look);
        }
        let mut cuts = Cuts::default();
        seen.findings.iter().for_each(|finding| cuts.add(finding));
        output = cuts.apply(output, judged, extent);
        seen = look(&output);
    }
    if seen.complete {
        output
    } else {
        all_replaced(output, judged, look)
    }
}

/// The output with all strings replaced: by marks, unless these are what is found, or may be.
fn all_replaced<'a>(
    output: Json<'a>,
    judged: &[Part],
    look: impl Fn(&Json<'_>) -> Seen,
) -> Json<'a> {
    let marked = blanked(output, judged, "[REDACTED]");
    // The marks of many strings may take longer to read than the output did.
    let Seen { findings, complete } = look(&marked);
    if complete && findings.iter().all(|finding| finding.range.is_empty()) {
        marked
    } else {
        blanked(marked, judged, "")
    }
}

/// What is to be replaced in a value, and in what is in it.
#[derive(Default)]
struct Cuts {
    own: Vec<Cut>,
    /// In the key of the member that the value is.
    of_key: Vec<Cut>,
    below: HashMap<String, Cuts>,
}

struct Cut {
    range: Range<usize>,
    rule: &'static str,
}

impl Cuts {
    fn add(&mut self, finding: &Finding) {
        let rule = finding.rule;
        let mut at = self;
        for step in steps(&finding.pointer) {
            let (key, mark) = split_mark(step);
            at = at.below.entry(unescape(key)).or_default();
            let whole = 0..usize::MAX;
            match mark {
                Mark::None => continue,
                Mark::Key => at.of_key.push(Cut {
                    range: finding.range.clone(),
                    rule,
                }),
                // What is in JSON in a string is replaced with the whole string.
                Mark::Embedded => at.own.push(Cut { range: whole, rule }),
            }
            return;
        }
        at.own.push(Cut {
            range: finding.range.clone(),
            rule,
        });
    }

    /// The value without what is to be cut. What nothing is to be cut from is not looked at.
    fn apply<'a>(&self, value: Json<'a>, judged: &[Part], extent: Extent) -> Json<'a> {
        match value {
            Json::String(text) => Json::String(cut(text, &self.own, extent)),
            // Without numbers, what is found under the key of this one is in a duplicate.
            Json::Number(number) if judged.contains(&Part::Numbers) && !self.own.is_empty() => {
                Json::String(cut(number.to_string().into(), &self.own, extent))
            }
            Json::Array(mut items) => {
                for (key, cuts) in &self.below {
                    let item = key.parse().ok().and_then(|nth: usize| items.get_mut(nth));
                    if let Some(item) = item {
                        let value = std::mem::replace(item, Json::Null);
                        *item = cuts.apply(value, judged, extent);
                    }
                }
                Json::Array(items)
            }
            Json::Object(members) if !self.below.is_empty() => {
                let members = members.into_iter();
                let members = members.map(|(key, value)| match self.below.get(&*key) {
                    Some(cuts) => {
                        let value = cuts.apply(value, judged, extent);
                        (cut(key, &cuts.of_key, extent), value)
                    }
                    None => (key, value),
                });
                Json::Object(members.collect())
            }
            other => other,
        }
    }
}

/// The text without the cuts.
fn cut<'a>(text: Cow<'a, str>, cuts: &[Cut], extent: Extent) -> Cow<'a, str> {
    let Some(first) = cuts.first() else {
        return text;
    };
    let all = || mark(first.rule).into();
    match extent {
        Extent::Places => {}
        Extent::Whole => return all(),
        Extent::Everything => return Cow::default(),
    }
    let mut in_order: Vec<_> = cuts.iter().collect();
    in_order.sort_by_key(|cut| (cut.range.start, cut.range.end));
    let mut rest = 0;
    let mut redacted = String::with_capacity(text.len());
    for Cut { range, rule } in in_order {
        // What overlaps with the cut before is a part of that.
        if range.end <= rest && rest > 0 {
            continue;
        }
        let kept = text.get(rest..range.start.max(rest));
        let Some(kept) = kept.filter(|_| text.is_char_boundary(range.end)) else {
            // The place is that of another value under the same key.
            return all();
        };
        redacted.push_str(kept);
        if range.start >= rest {
            redacted.push_str(&mark(rule));
        }
        rest = range.end;
    }
    match text.get(rest..) {
        Some(kept) => (redacted + kept).into(),
        None => all(),
    }
}

fn mark(rule: &str) -> String {
    format!("[REDACTED:{rule}]")
}

/// The value with every string replaced, and with what else is judged.
fn blanked<'a>(value: Json<'a>, judged: &[Part], blank: &'static str) -> Json<'a> {
    let string = || Json::String(blank.into());
    match value {
        Json::String(_) => string(),
        Json::Number(_) if judged.contains(&Part::Numbers) => string(),
        Json::Array(items) => {
            let items = items.into_iter();
            Json::Array(items.map(|item| blanked(item, judged, blank)).collect())
        }
        Json::Object(members) => {
            let members = members.into_iter().map(|(key, value)| {
                let is_judged = judged.contains(&Part::Keys);
                let key = if is_judged { blank.into() } else { key };
                (key, blanked(value, judged, blank))
            });
            Json::Object(members.collect())
        }
        other => other,
    }
}
