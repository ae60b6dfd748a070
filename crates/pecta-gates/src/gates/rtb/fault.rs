//! What gates find wrong with bids. Judging takes the first fault, and telling places takes all.

use std::borrow::Cow;

use super::openrtb::Spot;
use crate::{Deadline, Outcome, Places, Subject, TIMEOUT};

/// A gate that finds faults.
pub(super) trait Search {
    /// Finds the faults of a response row by row of the gate's table, as long as `found` wants more.
    fn search(
        &self,
        subject: &Subject<'_>,
        deadline: &Deadline<'_>,
        found: &mut dyn FnMut(Fault<'_>) -> Searched,
    ) -> Searched;
}

/// What a row of a gate's table flags.
pub(super) struct Fault<'j> {
    rule: &'static str,
    /// None in the response if the request is at fault.
    at: Option<Spot<'j>>,
    reason: Cow<'static, str>,
}

/// How a search went on so far.
pub(super) type Searched<T = ()> = Result<T, Stop>;

/// Why a search does not go on.
pub(super) enum Stop {
    /// The gate does not apply, and why.
    Skipped(&'static str),
    /// No more faults are wanted.
    Enough,
    /// The deadline has passed.
    Late,
}

impl<'j> Fault<'j> {
    pub(super) fn new(
        rule: &'static str,
        at: Spot<'j>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            rule,
            at: Some(at),
            reason: reason.into(),
        }
    }

    pub(super) fn of_request(rule: &'static str, reason: &'static str) -> Self {
        Self {
            rule,
            at: None,
            reason: reason.into(),
        }
    }
}

/// What the gate concludes.
pub(super) fn judge(gate: &impl Search, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
    let mut first = None;
    let searched = gate.search(subject, deadline, &mut |fault| {
        first = Some(fault.reason);
        Err(Stop::Enough)
    });
    match (first, searched) {
        (Some(reason), _) => Outcome::Failed(reason),
        (None, Err(Stop::Skipped(reason))) => Outcome::skipped(reason),
        (None, Err(Stop::Late)) => Outcome::failed(TIMEOUT),
        (None, _) => Outcome::Passed,
    }
}

/// Tells where the faults are.
pub(super) fn tell(gate: &impl Search, subject: &Subject<'_>, places: &mut Places<'_>) {
    let searched = gate.search(subject, places.deadline(), &mut |fault| {
        let pointer = fault.at.map(Spot::pointer).unwrap_or_default();
        let has_room = places.add_with(fault.rule, &pointer, 0..0, vec![fault.reason]);
        has_room.then_some(()).ok_or(Stop::Enough)
    });
    if let Err(Stop::Late) = searched {
        places.give_up();
    }
}
