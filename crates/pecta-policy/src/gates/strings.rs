//! The strings that a gate looks at: all of an output, or those that pointers lead to.

use std::ops::Range;

use pecta_gates::{Deadline, Json, Places, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    error::Fault,
    pointer::{Pointer, PointerPattern},
};

/// Where a gate looks.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Pointers(Option<Vec<String>>);

/// Finds places in a string: calls its second argument with each, until that is false.
pub(super) type Find<'f> = dyn Fn(&str, &mut dyn FnMut(Range<usize>) -> bool) + 'f;

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

    /// Looks at the strings until one is found; `None` when the deadline passed before that.
    pub(super) fn any(
        &self,
        output: &Json<'_>,
        deadline: &Deadline<'_>,
        mut is_found: impl FnMut(&str) -> bool,
    ) -> Option<bool> {
        let mut credit = STRIDE;
        let mut is_late = false;
        let mut found = false;
        for pointer in &self.0 {
            pointer.select(output, &mut |_, selected| {
                let mut open = vec![selected];
                while let Some(value) = open.pop() {
                    let mut cost = VISIT_COST;
                    match value {
                        Json::String(text) => {
                            cost += text.len();
                            found = is_found(text);
                        }
                        Json::Array(items) => open.extend(items),
                        Json::Object(members) => {
                            open.extend(members.iter().map(|(_, value)| value));
                        }
                        _ => {}
                    }
                    credit = credit.saturating_sub(cost);
                    if credit == 0 {
                        credit = STRIDE;
                        is_late = deadline.has_passed();
                    }
                    if found || is_late {
                        return false;
                    }
                }
                true
            });
            if found || is_late {
                break;
            }
        }
        (found || !is_late).then_some(found)
    }

    /// Tells where in the strings something is found.
    pub(super) fn places(
        &self,
        subject: &Subject<'_>,
        rule: &'static str,
        places: &mut Places,
        find: &Find<'_>,
    ) {
        let mut tell = |pointer: &str, text: &str| {
            let mut has_room = true;
            find(text, &mut |range| {
                has_room = places.add(rule, pointer, range);
                has_room
            });
            has_room
        };
        for pattern in &self.0 {
            pattern.select(subject.output, &mut |pointer, value| {
                each_string(pointer, value, &mut tell)
            });
        }
    }
}

/// Visits every string of a value until `visit` is false, which is then the answer.
fn each_string(
    pointer: &mut Pointer,
    value: &Json<'_>,
    visit: &mut dyn FnMut(&str, &str) -> bool,
) -> bool {
    match value {
        Json::String(text) => visit(pointer.as_str(), text),
        Json::Array(items) => items.iter().enumerate().all(|(nth, item)| {
            pointer.with_index(nth, |pointer| each_string(pointer, item, visit))
        }),
        Json::Object(members) => members.iter().all(|(key, member)| {
            pointer.with_key(key, |pointer| each_string(pointer, member, visit))
        }),
        _ => true,
    }
}

/// How many bytes are looked at between two looks at the deadline.
const STRIDE: usize = 64 << 10;

/// What a look at any value costs, in bytes.
const VISIT_COST: usize = 16;
