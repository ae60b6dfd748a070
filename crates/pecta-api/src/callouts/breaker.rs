//! Keeps a service that fails, or is slow, from slowing down everyone who asks it.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many failures in a row open the circuit.
const FAILURES: u32 = 5;
/// How long nobody asks then; afterwards one question tries again.
const REST: Duration = Duration::from_secs(5);
/// How many questions may wait for a service at a time.
const WAITING: u32 = 64;
/// How long a service that failed and was not asked again is remembered.
const MEMORY: Duration = Duration::from_mins(1);

/// One circuit for each `K`: questions go through it unless it is open.
pub(super) struct Breaker<K: Eq + Hash> {
    circuits: Mutex<HashMap<K, Circuit>>,
    opened: AtomicU64,
}

/// Only kept while questions wait for their answers, or the last ones failed.
#[derive(Default)]
struct Circuit {
    waiting: u32,
    failures: u32,
    last_failure: Duration,
    open_until: Duration,
}

/// What an answer, or the lack of one, changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// The first failure after it answered.
    Fails,
    /// It answers after failures.
    Recovered,
}

/// A question that was let through. One that is dropped without an end counts neither as answered nor as failed.
pub(super) struct Passage<'b, K: Eq + Hash> {
    breaker: &'b Breaker<K>,
    key: K,
}

/// Without its keys, which may hold what is secret.
impl<K: Eq + Hash> fmt::Debug for Breaker<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker").finish_non_exhaustive()
    }
}

impl<K: Eq + Hash> Breaker<K> {
    pub(super) fn new() -> Self {
        Self {
            circuits: Mutex::default(),
            opened: AtomicU64::new(0),
        }
    }

    /// How often a circuit opened, trials that failed not counted.
    pub(super) fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// Lets a question through, unless the circuit is open or too many wait.
    pub(super) fn admit(&self, key: K, now: Duration) -> Option<Passage<'_, K>>
    where
        K: Clone,
    {
        let mut circuits = self.circuits();
        let circuit = circuits.entry(key.clone()).or_default();
        if now < circuit.open_until || circuit.waiting >= WAITING {
            return None;
        }
        if circuit.failures >= FAILURES {
            // This one tries whether it answers again; the others wait for it.
            circuit.open_until = now + REST;
        }
        circuit.waiting += 1;
        Some(Passage { breaker: self, key })
    }

    fn circuits(&self) -> MutexGuard<'_, HashMap<K, Circuit>> {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Passage<'_, K> {
    /// Notes how the question ended.
    pub(super) fn end(self, has_answered: bool, now: Duration) -> Change {
        let mut circuits = self.breaker.circuits();
        let Some(circuit) = circuits.get_mut(&self.key) else {
            return Change::None;
        };
        let failures = circuit.failures;
        if has_answered {
            circuit.failures = 0;
            circuit.open_until = Duration::ZERO;
            return if failures > 0 {
                Change::Recovered
            } else {
                Change::None
            };
        }
        circuit.failures = failures.saturating_add(1);
        circuit.last_failure = now;
        if circuit.failures >= FAILURES {
            circuit.open_until = now + REST;
        }
        if circuit.failures == FAILURES {
            self.breaker.opened.fetch_add(1, Ordering::Relaxed);
        }
        if failures > 0 {
            return Change::None;
        }
        circuits.retain(|_, circuit| {
            circuit.waiting > 0 || now.saturating_sub(circuit.last_failure) < MEMORY
        });
        Change::Fails
    }
}

impl<K: Eq + Hash> Drop for Passage<'_, K> {
    fn drop(&mut self) {
        let mut circuits = self.breaker.circuits();
        if let Some(circuit) = circuits.get_mut(&self.key) {
            circuit.waiting = circuit.waiting.saturating_sub(1);
            if circuit.waiting == 0 && circuit.failures == 0 {
                circuits.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// What happens at the second before each mark: `?` asks and is let through, `!` asks and is not, `+` the first that
    /// waits is answered, `-` it fails, `x` it is dropped.
    #[track_caller]
    fn check(history: &str) {
        let breaker = Breaker::new();
        let mut waiting = VecDeque::new();
        for (nth, step) in history.split_ascii_whitespace().enumerate() {
            let (second, what) = step.split_at(step.len() - 1);
            let now = Duration::from_secs(second.parse().unwrap());
            match what {
                "?" => waiting.push_back(breaker.admit("s", now).unwrap()),
                "!" => assert!(breaker.admit("s", now).is_none(), "{nth} {step}"),
                "x" => drop(waiting.pop_front().unwrap()),
                _ => {
                    waiting.pop_front().unwrap().end(what == "+", now);
                }
            }
        }
    }

    #[test]
    fn a_service_that_fails_rests() {
        check("0? 0- 0? 0- 0? 0- 0? 0- 0? 0- 0! 4! 5? 5! 9! 10?");
        check("0? 0- 0? 0- 0? 0- 0? 0- 0? 0+ 0? 0- 0? 0- 0?");
        // The one that tries again decides; one that is dropped leaves it to the next.
        check("0? 0? 0? 0? 0? 0- 0- 0- 0- 0- 4! 5? 6- 10! 11? 11+ 11? 11?");
        check("0? 0? 0? 0? 0? 0- 0- 0- 0- 0- 5? 6x 6! 10?");
        // What was asked before counts whenever it ends.
        check("0? 0? 0? 0? 0? 0? 0- 0- 0- 0- 0- 1! 1+ 1?");
    }

    #[test]
    fn so_many_wait_for_a_service_at_a_time() {
        let breaker = Breaker::new();
        let admit = |service| breaker.admit(service, Duration::ZERO);
        let mut waiting: Vec<_> = (0..2 * WAITING).filter_map(|_| admit("s")).collect();
        assert_eq!(waiting.len(), usize::try_from(WAITING).unwrap());
        assert!(admit("other").is_some());
        waiting.pop();
        waiting.extend(admit("s"));
        assert!(admit("s").is_none());
    }

    #[test]
    fn changes_are_told_once() {
        let breaker = Breaker::new();
        let end = |has_answered| {
            let passage = breaker.admit("s", Duration::ZERO).unwrap();
            passage.end(has_answered, Duration::ZERO)
        };
        let expected = [
            Change::None,
            Change::Fails,
            Change::None,
            Change::Recovered,
            Change::None,
        ];
        assert_eq!([true, false, false, true, true].map(end), expected);
    }

    #[test]
    fn nothing_is_kept_of_a_service_that_answers_or_is_not_asked_again() {
        let breaker = Breaker::new();
        let ask = |service, has_answered, now| {
            breaker.admit(service, now).unwrap().end(has_answered, now);
            breaker.circuits().len()
        };
        let now = Duration::from_mins(10);
        for service in 0..1_000 {
            ask(service, service % 2 == 0, now);
        }
        assert_eq!(ask(1_000, true, now), 500);
        assert_eq!(ask(1_001, false, now + MEMORY), 1);
    }
}
