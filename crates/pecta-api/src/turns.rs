//! Turns to work, which orgs take one after the other.

use crate::error::ApiError;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot::{Receiver, Sender, channel};
use tokio::time::timeout;

/// How long a request waits for a turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many turns at a time, and of these so many for each `K`. Who waits gets one after the others of the same `K`, and each `K`
/// that waits gets one before any gets another. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Turns<K: Copy + Eq + Hash>(Arc<Shared<K>>);

#[derive(Debug)]
struct Shared<K: Copy + Eq + Hash> {
    of_one: usize,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K: Copy + Eq + Hash> {
    free: usize,
    /// Of those that have some.
    taken: HashMap<K, usize>,
    /// Those that wait, in the order in which they get turns.
    waiting: VecDeque<(K, VecDeque<Sender<Turn<K>>>)>,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<K: Copy + Eq + Hash> {
    turns: Turns<K>,
    key: K,
}

impl<K: Copy + Eq + Hash> Turns<K> {
    pub(crate) fn new(of_one: usize, in_all: usize) -> Self {
        Self(Arc::new(Shared {
            of_one,
            state: Mutex::new(State {
                free: in_all,
                taken: HashMap::new(),
                waiting: VecDeque::new(),
            }),
        }))
    }

    /// A turn, once there is one; [`ApiError::NoTurn`] when that takes too long.
    pub(crate) async fn take(&self, key: K) -> Result<Turn<K>, ApiError> {
        self.take_within(PATIENCE, key).await
    }

    async fn take_within(&self, patience: Duration, key: K) -> Result<Turn<K>, ApiError> {
        let waiting = match self.take_or_wait(key) {
            Ok(turn) => return Ok(turn),
            Err(waiting) => waiting,
        };
        let turn = timeout(patience, waiting).await;
        turn.ok().and_then(Result::ok).ok_or(ApiError::NoTurn)
    }

    fn take_or_wait(&self, key: K) -> Result<Turn<K>, Receiver<Turn<K>>> {
        let mut state = self.state();
        if state.free > 0 && state.taken_by(key) < self.0.of_one {
            state.count(key);
            return Ok(self.turn(key));
        }
        let (sender, receiver) = channel();
        match state.waiting.iter_mut().find(|(other, _)| *other == key) {
            Some((_, senders)) => senders.push_back(sender),
            None => state.waiting.push_back((key, VecDeque::from([sender]))),
        }
        Err(receiver)
    }

    fn turn(&self, key: K) -> Turn<K> {
        Turn {
            turns: self.clone(),
            key,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<K>> {
        let state = self.0.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash> State<K> {
    fn taken_by(&self, key: K) -> usize {
        self.taken.get(&key).copied().unwrap_or(0)
    }

    fn count(&mut self, key: K) {
        self.free -= 1;
        *self.taken.entry(key).or_default() += 1;
    }

    fn give_back(&mut self, key: K) {
        self.free += 1;
        if let Some(taken) = self.taken.get_mut(&key) {
            *taken -= 1;
            if *taken == 0 {
                self.taken.remove(&key);
            }
        }
    }

    /// Who is next, counted as having the turn. Its kind is behind all others then.
    fn next(&mut self, of_one: usize) -> Option<(K, Sender<Turn<K>>)> {
        if self.free == 0 {
            return None;
        }
        for (_, senders) in &mut self.waiting {
            senders.retain(|sender| !sender.is_closed());
        }
        self.waiting.retain(|(_, senders)| !senders.is_empty());
        let mut waiting = self.waiting.iter();
        let place = waiting.position(|(key, _)| self.taken_by(*key) < of_one)?;
        let (key, mut senders) = self.waiting.remove(place)?;
        let sender = senders.pop_front()?;
        if !senders.is_empty() {
            self.waiting.push_back((key, senders));
        }
        self.count(key);
        Some((key, sender))
    }
}

impl<K: Copy + Eq + Hash> Drop for Turn<K> {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.give_back(self.key);
        let next = state.next(self.turns.0.of_one);
        drop(state);
        if let Some((key, sender)) = next {
            // One that has stopped waiting meanwhile gives it back by this.
            drop(sender.send(self.turns.turn(key)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::pin::Pin;

    type Waiting<'t> = Pin<Box<dyn Future<Output = Result<Turn<char>, ApiError>> + 't>>;

    /// Waits for turns in this order.
    fn wait<'t>(turns: &'t Turns<char>, keys: &str) -> Vec<(char, Waiting<'t>)> {
        let mut waiting: Vec<(char, Waiting<'t>)> = Vec::new();
        for key in keys.chars() {
            let mut turn: Waiting<'t> = Box::pin(turns.take(key));
            assert!((&mut turn).now_or_never().is_none(), "{key} has to wait");
            waiting.push((key, turn));
        }
        waiting
    }

    /// Who has got a turn by now, and the turn.
    fn served(waiting: &mut Vec<(char, Waiting<'_>)>) -> Vec<(char, Turn<char>)> {
        let mut served = Vec::new();
        waiting.retain_mut(|(key, turn)| match turn.now_or_never() {
            Some(turn) => {
                served.push((*key, turn.unwrap()));
                false
            }
            None => true,
        });
        served
    }

    #[tokio::test]
    async fn each_that_waits_is_served_before_any_is_served_again() {
        let turns = Turns::new(1, 1);
        let first = turns.take('a').await.unwrap();
        let mut waiting = wait(&turns, "aaaabbcb");
        drop(first);
        let mut order = String::new();
        while let Some((key, turn)) = served(&mut waiting).pop() {
            order.push(key);
            drop(turn);
        }
        assert_eq!(order, "abcababa");
        assert!(turns.state().taken.is_empty() && turns.state().waiting.is_empty());
    }

    #[tokio::test]
    async fn none_takes_all_turns() {
        let turns = Turns::new(2, 3);
        let mut held = Vec::new();
        for _ in 0..2 {
            held.push(turns.take('a').now_or_never().unwrap().unwrap());
        }
        let mut waiting = wait(&turns, "aa");
        let other = turns.take('b').now_or_never().unwrap().unwrap();
        waiting.extend(wait(&turns, "b"));
        assert!(served(&mut waiting).is_empty());
        // What another gives back is of no use to who has as much as it may.
        drop(other);
        assert_eq!(served(&mut waiting).pop().unwrap().0, 'b');
        held.pop();
        assert_eq!(served(&mut waiting).pop().unwrap().0, 'a');
    }

    #[tokio::test]
    async fn who_stops_waiting_is_passed_over() {
        let turns = Turns::new(1, 1);
        let first = turns.take('a').await.unwrap();
        let mut waiting = wait(&turns, "bc");
        drop(waiting.remove(0));
        drop(first);
        // It got the turn and never takes it.
        waiting.extend(wait(&turns, "d"));
        drop(waiting.remove(0));
        assert_eq!(served(&mut waiting).pop().unwrap().0, 'd');
        assert_eq!(turns.state().free, 1);
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let turns = Turns::new(1, 1);
        let _held = turns.take('a').await.unwrap();
        let waited = turns.take_within(Duration::from_millis(1), 'b').await;
        assert!(matches!(waited, Err(ApiError::NoTurn)));
    }
}
