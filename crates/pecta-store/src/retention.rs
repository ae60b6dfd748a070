//! Deleting many events without being in the way: in steps, with a rest after each.

use crate::audit::{Act, moment};
use crate::clock::now_micros;
use crate::error::StoreError;
use crate::event::EventPosition;
use crate::org::OrgId;
use crate::store::{Database, Store, call};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::sleep;

/// How many events a step looks at, and so deletes at most: few enough to cost little more than the
/// sync of its commit.
pub(crate) const STEP: u32 = 200;

/// How often a step is tried.
pub(crate) const ATTEMPTS: u32 = 3;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// How many events it deleted.
    pub(crate) deleted: usize,
    /// Where the next one begins, unless this was the last.
    pub(crate) next: Option<EventPosition>,
}

impl Store {
    /// Deletes the events whose own time is before `time`, in small steps between which other writes go
    /// on; says how many. Scores stay, because windows are kept apart from events; an event that its
    /// agent's stored window does not cover yet stays, too.
    ///
    /// # Errors
    /// When storage is down. What was deleted before that stays deleted.
    pub async fn delete_events_before(&self, time: DateTime<Utc>) -> Result<usize, StoreError> {
        let (mut total, mut failed) = (0, None);
        for org in call!(self, all_orgs().await)? {
            match self.delete_events_of(org, time).await {
                Ok(deleted) => total += deleted,
                // The others must not suffer for it.
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(total), Err)
    }

    async fn delete_events_of(&self, org: OrgId, time: DateTime<Utc>) -> Result<usize, StoreError> {
        let start = EventPosition::start_of(time.timestamp_micros());
        let mut total = 0;
        // Noted together with the first that is deleted.
        let mut act = Some(Act::on("events", "events.expire").with("before", moment(time)));
        for passed in [true, false] {
            let mut next = Some(start);
            while let Some(place) = next {
                let begun = now_micros();
                let step = self.delete_step(org, passed, place, act.as_ref()).await?;
                act = act.filter(|_| step.deleted == 0);
                total += step.deleted;
                next = step.next;
                sleep(rest(begun)).await;
            }
        }
        Ok(total)
    }

    /// A step is rolled back where it and an erasure wait for each other's locks, and taken again.
    async fn delete_step(
        &self,
        org: OrgId,
        passed: bool,
        place: EventPosition,
        act: Option<&Act>,
    ) -> Result<Step, StoreError> {
        let mut attempt = 1;
        loop {
            let begun = now_micros();
            match call!(self, delete_behind(org, passed, place, act.cloned()).await) {
                Err(StoreError::Unavailable(cause)) if attempt < ATTEMPTS => {
                    tracing::debug!(cause, attempt, "a step of retention is taken again");
                    attempt += 1;
                    sleep(rest(begun)).await;
                }
                step => return step,
            }
        }
    }
}

/// How long to rest after a step that began at `start`, in microseconds since the Unix epoch: three times as long as it
/// took, so that three quarters of the time are others'.
pub(crate) fn rest(start: i64) -> Duration {
    rest_after(now_micros() - start)
}

fn rest_after(micros: i64) -> Duration {
    let micros = u64::try_from(micros.saturating_mul(3)).unwrap_or(0);
    // The clock may be set while a step runs.
    Duration::from_micros(micros).clamp(Duration::from_millis(1), Duration::from_secs(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_are_longer_than_steps_and_bounded() {
        for (micros, rest) in [
            (0, 1),
            (5_000, 15),
            (200_000, 600),
            (2_000_000, 6_000),
            (i64::MAX, 10_000),
            (-1, 1),
        ] {
            assert_eq!(rest_after(micros), Duration::from_millis(rest), "{micros}");
        }
    }
}
