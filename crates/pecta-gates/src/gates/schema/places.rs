//! Where an output does not satisfy a schema, and which keyword of it.

use std::{borrow::Cow, collections::HashMap};

use serde_json::Value;

use super::{
    Schema, SchemaTarget,
    issue::issue,
    readings,
    rules::{OTHER, rule},
};
use crate::{Deadline, MAX_FINDINGS, Places, Subject, scan::POINTER_ROOM};

/// How many issues of an output are looked at: there are several at one place where names are missing.
pub(super) const MOST_ISSUES: usize = 10 * MAX_FINDINGS;

/// An issue: its rule, the pointer to the value that it is of, and what a reason says of it.
type Issue = (&'static str, String, String);

impl Schema {
    /// Tells of every issue at the value that it is of; of those of one rule at one value together.
    pub(super) fn tell(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        if self.target == SchemaTarget::Input {
            places.add(OTHER, "", 0..0);
            return;
        }
        let mut told = Told::default();
        let (mut is_listed, mut is_all) = (true, true);
        for value in readings(subject.output) {
            // A value with many duplicate keys has as many readings.
            if places.deadline().has_passed() {
                is_all = false;
                break;
            }
            let issues = self.issues(&value, places.deadline());
            is_listed = issues.is_some();
            let issues = issues.unwrap_or_default();
            is_all = is_listed && issues.len() <= MOST_ISSUES;
            for issue in issues {
                told.add(issue);
            }
            if !is_all || told.is_full() {
                break;
            }
        }
        for (rule, pointer, details) in told.in_order() {
            if !places.add_with(rule, &pointer, 0..0, details) {
                return;
            }
        }
        if !is_listed {
            places.add(OTHER, "", 0..0);
        }
        if !is_all {
            places.give_up();
        }
    }

    /// The issues of a value, one more than are looked at at most; `None` when it takes too long to list them.
    fn issues(&self, value: &Value, deadline: &Deadline<'_>) -> Option<Vec<Issue>> {
        self.breadth.list(value, deadline, || {
            let issues = self.validator.iter_errors(value).map(|error| {
                let pointer = error.instance_path().to_string();
                (rule(&error), pointer, issue(&error, value, &self.named))
            });
            issues.take(MOST_ISSUES + 1).collect()
        })
    }
}

/// The issues so far, each once, whichever of duplicate keys counts.
#[derive(Default)]
struct Told {
    /// What is said of the issues of a rule at a value, and how many were told before each.
    places: HashMap<(&'static str, String), HashMap<String, usize>>,
    count: usize,
    /// How long the pointers are together.
    length: usize,
}

impl Told {
    fn add(&mut self, (rule, pointer, detail): Issue) {
        let length = pointer.len();
        let details = self.places.entry((rule, pointer)).or_default();
        if details.is_empty() {
            self.length += length;
        }
        details.entry(detail).or_insert(self.count);
        self.count += 1;
    }

    /// Whether there is more than there is room for.
    fn is_full(&self) -> bool {
        self.places.len() > MAX_FINDINGS || self.length > POINTER_ROOM
    }

    /// The places with what is said of them, in the order in which they were told.
    fn in_order(self) -> impl Iterator<Item = (&'static str, String, Vec<Cow<'static, str>>)> {
        let places = self.places.into_iter().map(|((rule, pointer), details)| {
            let mut details: Vec<_> = details.into_iter().collect();
            details.sort_unstable_by_key(|&(_, nth)| nth);
            (rule, pointer, details)
        });
        let mut places: Vec<_> = places.collect();
        places.sort_unstable_by_key(|(.., details)| details.first().map(|&(_, nth)| nth));
        places.into_iter().map(|(rule, pointer, details)| {
            let details = details.into_iter().map(|(detail, _)| detail.into());
            (rule, pointer, details.collect())
        })
    }
}
