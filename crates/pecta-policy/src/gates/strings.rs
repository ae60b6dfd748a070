//! The strings that a gate looks at: all of an output, or those that pointers lead to.

use std::ops::Range;

use pecta_gates::{Deadline, Json, Pace, Places, Subject};
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

    /// Tells where in the strings something is found.
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
                    if let Json::String(text) = value {
                        let mut telling = Telling {
                            places,
                            rule,
                            pointer,
                            goes_on: true,
                        };
                        find(text, &mut telling);
                        return telling.goes_on;
                    }
                    true
                }),
            });
            if !goes_on {
                break;
            }
        }
    }
}

/// Tells places in one string.
pub(super) struct Telling<'t, 'd> {
    places: &'t mut Places<'d>,
    rule: &'static str,
    pointer: &'t str,
    goes_on: bool,
}

impl Telling<'_, '_> {
    /// Tells a place. False when no more is to be looked for.
    pub(super) fn tell(&mut self, range: Range<usize>) -> bool {
        self.goes_on &= self.places.add(self.rule, self.pointer, range);
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
