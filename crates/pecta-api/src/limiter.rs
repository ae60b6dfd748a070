//! Exact rolling-window rate limits.

use foldhash::{HashMap, HashMapExt as _};
use std::collections::VecDeque;
use std::hash::Hash;
use std::iter::repeat_n;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a request counts.
pub(crate) const WINDOW: Duration = Duration::from_mins(1);

/// How long a key that nothing counts under any more may stay behind.
const SWEEP_PAUSE: Duration = Duration::from_secs(10);

/// What a limit leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// So many requests would be let through now.
    pub(crate) remaining: usize,
    /// In so many seconds one more would be, rounded up; 0 when none counts now.
    pub(crate) reset: u64,
}

/// Admits at most so many requests of each `K` in any 60 seconds.
#[derive(Debug)]
pub(crate) struct Limiter<K> {
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    windows: HashMap<K, RollingWindow>,
    next_sweep: Duration,
}

/// The requests of the last 60 seconds.
#[derive(Debug, Default)]
struct RollingWindow {
    /// When they were admitted, oldest first.
    admitted: VecDeque<Duration>,
    /// What was left when all servers together were last asked, if they were, and when that was.
    shared: Option<(Standing, Duration)>,
}

impl<K: Copy + Eq + Hash> Limiter<K> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State::new()),
        }
    }

    /// Admits so many requests now, each of which counts under every key, or none of them and says in how many seconds they
    /// would be. No limit is 0.
    pub(crate) fn admit(
        &self,
        limits: impl Iterator<Item = (K, usize)> + Clone,
        requests: usize,
        clock: impl FnOnce() -> Duration,
    ) -> Result<(), u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock, so that the times in a window are in order.
        let now = clock();
        state.sweep(now);
        let mut room = Ok(());
        for (key, limit) in limits.clone() {
            let window = state.windows.entry(key).or_default();
            if let Err(wait) = window.room(limit, requests, now) {
                room = Err(room.map_or_else(|other| wait.max(other), |()| wait));
            }
        }
        room?;
        for (key, _) in limits {
            let window = state.windows.entry(key).or_default();
            window.admitted.extend(repeat_n(now, requests));
        }
        Ok(())
    }

    /// Notes requests that all servers together admitted, and what they left under each key.
    pub(crate) fn note(
        &self,
        standings: impl Iterator<Item = (K, Standing)>,
        requests: usize,
        clock: impl FnOnce() -> Duration,
    ) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock();
        state.sweep(now);
        for (key, standing) in standings {
            let window = state.windows.entry(key).or_default();
            window.expire(now);
            window.admitted.extend(repeat_n(now, requests));
            window.shared = Some((standing, now));
        }
    }

    /// What is left of a limit that is not 0.
    pub(crate) fn standing(
        &self,
        key: &K,
        limit: usize,
        clock: impl FnOnce() -> Duration,
    ) -> Standing {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock();
        let window = state.windows.get_mut(key);
        window.map_or(RollingWindow::default().standing(limit, now), |window| {
            window.standing(limit, now)
        })
    }
}

impl<K: Eq + Hash> State<K> {
    fn new() -> Self {
        Self {
            windows: HashMap::new(),
            next_sweep: Duration::ZERO,
        }
    }

    /// Lets go of keys that have been idle for a whole window.
    fn sweep(&mut self, now: Duration) {
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = now + SWEEP_PAUSE;
        self.windows.retain(|_, window| {
            window.expire(now);
            !window.admitted.is_empty()
        });
    }
}

impl RollingWindow {
    /// Whether so many have room; else in how many seconds they will.
    fn room(&mut self, limit: usize, requests: usize, now: Duration) -> Result<(), u64> {
        self.expire(now);
        self.shared = None;
        let excess = (self.admitted.len() + requests).saturating_sub(limit);
        if excess == 0 {
            return Ok(());
        }
        // More at once than the limit are never admitted; those that are there are then the ones to wait for.
        let leaving = self.admitted.get(excess - 1).or(self.admitted.back());
        let free = leaving.map_or(now, |admitted| *admitted) + WINDOW;
        Err(whole_seconds(free.saturating_sub(now)))
    }

    fn standing(&mut self, limit: usize, now: Duration) -> Standing {
        if let Some((standing, since)) = self.shared {
            let passed = now.saturating_sub(since).as_secs();
            let reset = standing.reset.saturating_sub(passed);
            if reset > 0 {
                return Standing { reset, ..standing };
            }
            // One more is free by then, so that what was told is no longer so.
            self.shared = None;
        }
        self.expire(now);
        // Where more count than the limit, which was higher then, those above it have to leave as well.
        let above = self.admitted.len().saturating_sub(limit);
        let leaving = self.admitted.get(above).or(self.admitted.back());
        let reset = leaving.map(|leaving| whole_seconds((*leaving + WINDOW).saturating_sub(now)));
        Standing {
            remaining: limit.saturating_sub(self.admitted.len()),
            reset: reset.unwrap_or(0),
        }
    }

    fn expire(&mut self, now: Duration) {
        while self
            .admitted
            .front()
            .is_some_and(|oldest| *oldest + WINDOW <= now)
        {
            self.admitted.pop_front();
        }
    }
}

/// Rounded up, and at least 1.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    whole.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against a naive count over all admitted requests; and whoever waits as told is admitted.
        #[test]
        fn equals_a_naive_window(
            steps in proptest::collection::vec((0u64..20_000, 1usize..10, 1usize..8), 1..200),
            // How often the limit changes: every so many steps.
            changes in 1usize..50,
        ) {
            let mut window = RollingWindow::default();
            let mut admitted: Vec<Duration> = Vec::new();
            let mut now = Duration::ZERO;
            let mut limit = 1;
            for (at, (step, requests, other_limit)) in steps.into_iter().enumerate() {
                if at % changes == 0 {
                    limit = other_limit;
                }
                now += Duration::from_millis(step);
                let inside = |at: Duration| admitted.iter().filter(|one| **one + WINDOW > at).count();
                let fits = |at: Duration| inside(at) + requests <= limit;
                let standing = window.standing(limit, now);
                prop_assert_eq!(standing.remaining, limit.saturating_sub(inside(now)));
                // There is room for one more than now at that second, and not before.
                let left = |wait: u64| inside(now + Duration::from_secs(wait)) < inside(now).min(limit);
                prop_assert_eq!(standing.reset == 0, inside(now) == 0);
                prop_assert!(standing.reset == 0 || left(standing.reset));
                prop_assert!(standing.reset <= 1 || !left(standing.reset - 1));
                let result = window.room(limit, requests, now);
                window.admitted.extend(repeat_n(now, if result.is_ok() { requests } else { 0 }));
                prop_assert_eq!(result.is_ok(), fits(now));
                match result {
                    Ok(()) => admitted.extend(repeat_n(now, requests)),
                    // More than the limit never fit.
                    Err(wait) if requests > limit => prop_assert!((1..=60).contains(&wait)),
                    Err(wait) => {
                        prop_assert!(fits(now + Duration::from_secs(wait)));
                        let short = Duration::from_secs(wait - 1);
                        prop_assert!(wait == 1 || !fits(now + short));
                    }
                }
            }
        }
    }

    #[test]
    fn idle_keys_are_let_go() {
        let mut state = State::new();
        let mut ask = |at| {
            let now = Duration::from_secs(at);
            state.sweep(now);
            let kept = state.windows.len();
            state
                .windows
                .entry("org")
                .or_default()
                .admitted
                .push_back(now);
            kept
        };
        assert_eq!([ask(0), ask(59), ask(60), ask(200)], [0, 1, 1, 0]);
    }

    #[test]
    fn what_others_admitted_is_told_until_this_process_decides() {
        let limiter = Limiter::new();
        let at = Duration::from_secs;
        let standing = |remaining, reset| Standing { remaining, reset };
        limiter.note([("a", standing(3, 20))].into_iter(), 2, || at(0));
        let left = |seconds| limiter.standing(&"a", 10, || at(seconds));
        assert_eq!([left(0), left(5)], [standing(3, 20), standing(3, 15)]);
        assert_eq!([left(19), left(20)], [standing(3, 1), standing(8, 40)]);
        limiter.note([("a", standing(3, 20))].into_iter(), 0, || at(0));
        assert_eq!(limiter.admit([("a", 10)].into_iter(), 1, || at(6)), Ok(()));
        assert_eq!(left(6), standing(7, 54));
    }

    #[test]
    fn keys_do_not_share() {
        let limiter = Limiter::new();
        let admit = |key| limiter.admit([(key, 1)].into_iter(), 1, || Duration::ZERO);
        assert_eq!(
            [admit("a"), admit("a"), admit("b")],
            [Ok(()), Err(60), Ok(())]
        );
    }

    #[test]
    fn what_one_limit_refuses_counts_under_none() {
        let limiter = Limiter::new();
        let at = |limits: &[(&'static str, usize)], seconds| {
            limiter.admit(limits.iter().copied(), 1, || Duration::from_secs(seconds))
        };
        let both = [("org", 3), ("key", 2)];
        assert_eq!(
            [at(&both, 0), at(&both, 10), at(&both, 20)],
            [Ok(()), Ok(()), Err(40)]
        );
        // The org has room for one more of another key, and only that.
        let other = [("org", 3), ("other", 2)];
        assert_eq!([at(&other, 30), at(&other, 30)], [Ok(()), Err(30)]);
        let left = |key, limit| {
            limiter
                .standing(&key, limit, || Duration::from_secs(30))
                .remaining
        };
        assert_eq!(
            [left("org", 3), left("key", 2), left("other", 2)],
            [0, 0, 1]
        );
    }
}
