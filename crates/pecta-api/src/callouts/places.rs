//! How many questions wait for their answers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Places for questions: so many in all, and of these so many for each `K`, so that none takes them all.
#[derive(Debug)]
pub(super) struct Places<K: Copy + Eq + Hash> {
    of_one: usize,
    in_all: usize,
    taken: Mutex<Taken<K>>,
}

/// Only those that have taken some are remembered.
#[derive(Debug)]
struct Taken<K> {
    by: HashMap<K, usize>,
    in_all: usize,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'p, K: Copy + Eq + Hash> {
    places: &'p Places<K>,
    key: K,
}

impl<K: Copy + Eq + Hash> Places<K> {
    pub(super) fn new(of_one: usize, in_all: usize) -> Self {
        let taken = Taken {
            by: HashMap::new(),
            in_all: 0,
        };
        Self {
            of_one,
            in_all,
            taken: Mutex::new(taken),
        }
    }

    /// A place, if there is one.
    pub(super) fn take(&self, key: K) -> Option<Place<'_, K>> {
        let mut taken = self.taken();
        let of_one = taken.by.get(&key).copied().unwrap_or(0);
        if taken.in_all >= self.in_all || of_one >= self.of_one {
            return None;
        }
        taken.in_all += 1;
        taken.by.insert(key, of_one + 1);
        Some(Place { places: self, key })
    }

    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash> Drop for Place<'_, K> {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.in_all -= 1;
        if let Some(of_one) = taken.by.get_mut(&self.key) {
            *of_one -= 1;
            if *of_one == 0 {
                taken.by.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_places() {
        let places = Places::new(2, 3);
        let mut held = vec![places.take("a"), places.take("a")];
        assert!(held.iter().all(Option::is_some));
        assert!(places.take("a").is_none());
        held.push(places.take("b"));
        assert!(held[2].is_some());
        assert!(places.take("c").is_none(), "three in all");
        held.remove(0);
        assert!(places.take("a").is_some());
        held.clear();
        assert!(places.taken().by.is_empty());
        assert_eq!(places.taken().in_all, 0);
    }
}
