//! The strings that a gate looks at: all of an output, or those that pointers lead to.

use std::ops::Range;

use pecta_gates::{Deadline, Folded, Json, Pace, Places, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    error::Fault,
    pointer::{Pointer, PointerPattern, Reached},
};

/// Where a gate looks.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Pointers(Option<Vec<String>>);

/// The strings that are looked at.
pub(super) struct Selection(Vec<PointerPattern>);

impl Pointers {
    pub(super) fn selection(&self) -> Result<Selection, Fault> {
        let Some(pointers) = &self.0 else {
            return Ok(Selection(vec![PointerPattern::ROOT]));
        };
        if pointers.is_empty() {
            return Err(Fault::new("must not be empty").within("pointers"));
        }
        let parse = |(nth, pointer): (usize, &String)| {
            PointerPattern::parse(pointer)
                .map_err(|fault| fault.within(&nth.to_string()).at("/pointers"))
        };
        let pointers = pointers.iter().enumerate().map(parse);
        pointers.collect::<Result<_, _>>().map(Selection)
    }
}

impl Selection {
    /// The keys that the pointers name.
    pub(super) fn named_keys(&self) -> Vec<String> {
        let keys = self.0.iter().flat_map(PointerPattern::keys);
        keys.map(str::to_owned).collect()
    }

    /// Looks at the strings until one is found; `None` when the deadline passed before that. `is_found` accounts for what it does
    /// beyond reading the string once.
    pub(super) fn any(
        &self,
        output: &Json<'_>,
        deadline: &Deadline<'_>,
        mut is_found: impl FnMut(&str, &mut Pace<'_>) -> bool,
    ) -> Option<bool> {
        let mut pace = Pace::new(deadline);
        let mut found = false;
        let in_time = self.0.iter().all(|pattern| {
            pattern.select(output, &mut |_, reached| {
                let selected = match reached {
                    Reached::End(selected) => selected,
                    Reached::Way(width) => return pace.spend(VISIT_COST + width),
                };
                let mut open = vec![selected];
                while let Some(value) = open.pop() {
                    match value {
                        Json::String(text) => found = is_found(text, &mut pace),
                        Json::Array(items) => open.extend(items),
                        Json::Object(members) => {
                            open.extend(members.iter().map(|(_, value)| value));
                        }
                        _ => {}
                    }
                    if found || !pace.spend(cost(value)) {
                        return false;
                    }
                }
                true
            })
        });
        (found || in_time).then_some(found)
    }

    /// Tells where in the strings, as they are and as they read, something is found.
    pub(super) fn places(
        &self,
        subject: &Subject<'_>,
        rule: &'static str,
        places: &mut Places<'_>,
        find: impl Fn(&str, &mut Telling<'_, '_>),
    ) {
        for pattern in &self.0 {
            let goes_on = pattern.select(subject.output, &mut |pointer, reached| match reached {
                Reached::Way(width) => places.spend(VISIT_COST + width),
                Reached::End(value) => each_value(pointer, value, &mut |pointer, value| {
                    if !places.spend(cost(value)) {
                        return false;
                    }
                    let Json::String(text) = value else {
                        return true;
                    };
                    let telling = Telling::new(places, rule, pointer);
                    telling.all(text, &find)
                }),
            });
            if !goes_on {
                break;
            }
        }
    }
}

/// Whether something is found in a string as it is or as it reads.
pub(super) fn in_either_form(
    text: &str,
    pace: &mut Pace<'_>,
    is_found: impl Fn(&str, &mut Pace<'_>) -> bool,
) -> bool {
    is_found(text, pace)
        || Folded::of(text, |bytes| pace.spend(bytes))
            .is_some_and(|folded| is_found(folded.text(), pace))
}

/// Tells places in one string.
pub(super) struct Telling<'t, 'd> {
    places: &'t mut Places<'d>,
    rule: &'static str,
    pointer: &'t str,
    goes_on: bool,
    /// The form of the string that places are told of, if it is not the string itself.
    folded: Option<&'t Folded<'t>>,
    /// What has been told of the string itself: the same is mostly found in what it reads like.
    told: Vec<Range<usize>>,
}

impl<'t, 'd> Telling<'t, 'd> {
    fn new(places: &'t mut Places<'d>, rule: &'static str, pointer: &'t str) -> Self {
        Self {
            places,
            rule,
            pointer,
            goes_on: true,
            folded: None,
            told: Vec::new(),
        }
    }

    /// Tells what is found in the string as it is and as it reads. False when no more is to be looked for.
    fn all(mut self, text: &str, find: &impl Fn(&str, &mut Telling<'_, '_>)) -> bool {
        find(text, &mut self);
        let folded = Folded::of(text, |bytes| self.spend(bytes));
        let Some(folded) = folded.filter(|_| self.goes_on) else {
            return self.goes_on;
        };
        let mut telling = Telling {
            folded: Some(&folded),
            ..self
        };
        find(folded.text(), &mut telling);
        telling.goes_on
    }

    /// Tells a place. False when no more is to be looked for.
    pub(super) fn tell(&mut self, range: Range<usize>) -> bool {
        let range = match self.folded {
            Some(folded) => folded.source(range),
            None => range,
        };
        let meets = |other: &Range<usize>| other.start < range.end && range.start < other.end;
        if self.folded.is_some() && self.told.iter().any(meets) {
            return self.goes_on;
        }
        self.goes_on &= self.places.add(self.rule, self.pointer, range.clone());
        self.told.push(range);
        self.goes_on
    }

    /// Accounts for work without a place to tell. False when no more is to be looked for.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        self.goes_on &= self.places.spend(bytes);
        self.goes_on
    }
}

/// Visits a value and every one in it until `visit` is false, which is then the answer.
fn each_value<'j>(
    pointer: &mut Pointer,
    value: &'j Json<'j>,
    visit: &mut dyn FnMut(&str, &'j Json<'j>) -> bool,
) -> bool {
    let goes_on = visit(pointer.as_str(), value);
    goes_on
        && match value {
            Json::Array(items) => items.iter().enumerate().all(|(nth, item)| {
                pointer.with_index(nth, |pointer| each_value(pointer, item, visit))
            }),
            Json::Object(members) => members.iter().all(|(key, member)| {
                pointer.with_key(key, |pointer| each_value(pointer, member, visit))
            }),
            _ => true,
        }
}

/// What a look at any value costs, in bytes that are read.
pub(super) const VISIT_COST: usize = 16;

fn cost(value: &Json<'_>) -> usize {
    match value {
        Json::String(text) => VISIT_COST + text.len(),
        _ => VISIT_COST,
    }
}
