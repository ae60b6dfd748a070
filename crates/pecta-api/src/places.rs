//! Room that requests take, shared among orgs.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Places: so many in all, and of these so many for each `K`, so that none takes them all. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Places<K: Copy + Eq + Hash>(Arc<Shared<K>>);

#[derive(Debug)]
struct Shared<K> {
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

/// Some places, until they are dropped.
#[derive(Debug)]
pub(crate) struct Place<K: Copy + Eq + Hash> {
    places: Places<K>,
    key: K,
    number: usize,
}

impl<K: Copy + Eq + Hash> Places<K> {
    pub(crate) fn new(of_one: usize, in_all: usize) -> Self {
        let taken = Taken {
            by: HashMap::new(),
            in_all: 0,
        };
        Self(Arc::new(Shared {
            of_one,
            in_all,
            taken: Mutex::new(taken),
        }))
    }

    /// So many places, if there are.
    pub(crate) fn take(&self, key: K, number: usize) -> Option<Place<K>> {
        self.count(key, number).then(|| Place {
            places: self.clone(),
            key,
            number,
        })
    }

    fn count(&self, key: K, number: usize) -> bool {
        let mut taken = self.taken();
        let of_one = taken.by.get(&key).copied().unwrap_or(0) + number;
        let in_all = taken.in_all + number;
        let fits = in_all <= self.0.in_all && of_one <= self.0.of_one;
        if fits {
            taken.in_all = in_all;
            taken.by.insert(key, of_one);
        }
        fits
    }

    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        let taken = self.0.taken.lock();
        taken.unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash> Place<K> {
    /// Takes more, until they are so many, if there are.
    pub(crate) fn grow(&mut self, number: usize) -> bool {
        let more = number.saturating_sub(self.number);
        let fits = more == 0 || self.places.count(self.key, more);
        if fits {
            self.number += more;
        }
        fits
    }
}

impl<K: Copy + Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.in_all -= self.number;
        if let Some(of_one) = taken.by.get_mut(&self.key) {
            *of_one -= self.number;
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
        let mut held = vec![places.take("a", 1), places.take("a", 1)];
        assert!(held.iter().all(Option::is_some));
        assert!(places.take("a", 1).is_none());
        held.push(places.take("b", 1));
        assert!(held[2].is_some());
        assert!(places.take("c", 1).is_none(), "three in all");
        held.remove(0);
        assert!(places.take("a", 1).is_some());
        held.clear();
        assert!(places.taken().by.is_empty());
        assert_eq!(places.taken().in_all, 0);
    }

    #[test]
    fn what_holds_places_takes_more_of_them_while_there_are() {
        let places = Places::new(4, 6);
        let mut first = places.take("a", 1).unwrap();
        assert!(first.grow(4) && first.grow(2));
        assert!(!first.grow(5), "four for each");
        let mut second = places.take("b", 1).unwrap();
        assert!(!second.grow(3), "six in all");
        assert!(second.grow(2));
        drop(first);
        assert!(second.grow(4));
        drop(second);
        assert!(places.taken().by.is_empty());
        assert_eq!(places.taken().in_all, 0);
    }
}
