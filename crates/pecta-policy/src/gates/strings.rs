//! The strings that a gate looks at: all of an output, or those that pointers lead to.

use std::ops::Range;

use pecta_gates::{Deadline, Json, Place, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    error::Fault,
    pointer::{PointerPattern, child, children},
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

    /// Looks at the strings until one is found; `None` when the deadline passed before that.
    pub(super) fn any(
        &self,
        output: &Json<'_>,
        deadline: &Deadline<'_>,
        mut is_found: impl FnMut(&str) -> bool,
    ) -> Option<bool> {
        let mut credit = STRIDE;
        for pointer in &self.0 {
            let selected = pointer.select(output).into_iter();
            let mut open: Vec<_> = selected.map(|(_, value)| value).collect();
            while let Some(value) = open.pop() {
                match value {
                    Json::String(text) => {
                        credit = credit.saturating_sub(text.len());
                        if is_found(text) {
                            return Some(true);
                        }
                    }
                    Json::Array(items) => open.extend(items),
                    Json::Object(members) => open.extend(members.iter().map(|(_, value)| value)),
                    _ => {}
                }
                if credit == 0 {
                    credit = STRIDE;
                    if deadline.has_passed() {
                        return None;
                    }
                }
            }
        }
        Some(false)
    }

    /// Where in the strings something is found.
    pub(super) fn places(
        &self,
        subject: &Subject<'_>,
        rule: &'static str,
        find: impl Fn(&str) -> Vec<Range<usize>>,
    ) -> Vec<Place> {
        let mut places = Vec::new();
        for pointer in &self.0 {
            let mut open = pointer.select(subject.output);
            open.reverse();
            while let Some((pointer, value)) = open.pop() {
                if let Json::String(text) = value {
                    places.extend(find(text).into_iter().map(|range| Place {
                        rule,
                        pointer: pointer.clone(),
                        range,
                    }));
                }
                let below = children(value).into_iter().rev();
                open.extend(below.map(|(key, value)| (child(&pointer, &key), value)));
            }
        }
        places
    }
}

/// How many bytes are looked at between two looks at the deadline.
const STRIDE: usize = 64 << 10;
