//! The gate `pattern`.

use std::{cell::RefCell, collections::HashMap};

use pecta_gates::{Deadline, Gate, Outcome, Pace, Places, Profile, Subject, TIMEOUT};
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Hits, Made, Options,
    strings::{Pointers, Selection, Telling, in_either_form},
};
use crate::error::Fault;

/// How large the automaton of the patterns may become, in bytes. A search cannot be interrupted, and with automata larger
/// than this the states that it meets no longer fit into its cache of 2 MiB: then a byte takes a hundred
/// microseconds instead of one at most.
const SIZE_LIMIT: usize = 256 << 10;
/// How large a gate may become in memory, in bytes: with that cache, of which two threads that judge at a time have one each.
const WEIGHT: usize = 8 << 20;
/// How many of the patterns that are found in an output are looked for by clones, which have caches of their own. Those go with the
/// output: kept for every pattern and thread they would take without end.
const MOST_CLONES: usize = 4;

/// Fails an output in which a string matches one of some regular expressions, as it is or as it reads, or in which none does as it
/// is.
///
/// The syntax is that of the Rust crate `regex`: without look-around and back-references, so that judging takes time linear in
/// the output.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pattern {
    /// The regular expressions.
    #[schemars(length(min = 1))]
    patterns: Vec<String>,
    /// Whether it is a match that fails the output, or the lack of one.
    #[serde(default)]
    must: Must,
    /// JSON Pointers to what is looked at, and all that is in it, in which the step `*` stands for any; the whole output unless set.
    #[serde(default)]
    pointers: Pointers,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Must {
    /// No string may match.
    #[default]
    NotMatch,
    /// Some string must match.
    Match,
}

struct PatternGate {
    must: Must,
    selection: Selection,
    all: RegexSet,
    each: Vec<Regex>,
}

impl Options for Pattern {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        if self.patterns.is_empty() {
            return Err(Fault::new("must not be empty").within("patterns"));
        }
        let compile = |(nth, pattern): (usize, &String)| {
            let regex = RegexBuilder::new(pattern).size_limit(SIZE_LIMIT).build();
            regex.map_err(|error| Fault::new(error).within(&nth.to_string()).at("/patterns"))
        };
        let each = || self.patterns.iter().enumerate().map(compile);
        let all = RegexSetBuilder::new(&self.patterns)
            .size_limit(SIZE_LIMIT)
            .build();
        if all.is_err()
            && let Some(fault) = each().find_map(Result::err)
        {
            return Err(fault);
        }
        // The set bounds what all of them take together, so it comes before them.
        let all = all.map_err(|error| Fault::new(error).within("patterns"))?;
        let each = each().collect::<Result<_, _>>()?;
        let selection = self.pointers.selection()?;
        Ok(Made {
            named_keys: selection.named_keys(),
            callout: None,
            hits: match self.must {
                Must::NotMatch => Hits::OfKind,
                Must::Match => Hits::Whole,
            },
            weight: WEIGHT,
            gate: PatternGate {
                must: self.must,
                selection,
                all,
                each,
            }
            .into(),
        })
    }
}

impl Gate for PatternGate {
    fn name(&self) -> &'static str {
        "pattern"
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        let is_match = |text: &str, _: &mut Pace<'_>| self.all.is_match(text);
        // What only reads like something required is none.
        let matches = |text: &str, pace: &mut Pace<'_>| match self.must {
            Must::NotMatch => in_either_form(text, pace, is_match),
            Must::Match => is_match(text, pace),
        };
        match (
            self.selection.any(subject.output, deadline, matches),
            self.must,
        ) {
            (None, _) => Outcome::failed(TIMEOUT),
            (Some(true), Must::NotMatch) => Outcome::failed("output matches a forbidden pattern"),
            (Some(false), Must::Match) => Outcome::failed("output lacks a required pattern"),
            _ => Outcome::Passed,
        }
    }

    fn places(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        if self.must == Must::Match {
            places.add("pattern", "", 0..0);
            return;
        }
        let clones = RefCell::new(HashMap::new());
        let find = |text: &str, telling: &mut Telling<'_, '_>| {
            let mut clones = clones.borrow_mut();
            self.all.matches(text).into_iter().all(|nth| {
                let Some(regex) = self.each.get(nth) else {
                    return true;
                };
                if clones.len() >= MOST_CLONES && !clones.contains_key(&nth) {
                    clones.clear();
                }
                let regex = clones.entry(nth).or_insert_with(|| regex.clone());
                // A match of nothing is one of the string as a whole.
                // Every search for the next match may read the whole string, so that each ends with a look at the clock.
                regex.find_iter(text).all(|found| {
                    telling.tell(if found.is_empty() {
                        0..text.len()
                    } else {
                        found.range()
                    })
                })
            });
        };
        self.selection.places(subject, "pattern", places, find);
    }
}
