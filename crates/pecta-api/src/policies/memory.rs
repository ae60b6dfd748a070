//! The orgs in memory, within a bound of bytes.

use super::OrgPolicy;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long an org stays in memory that sends nothing.
const IDLE: Duration = Duration::from_mins(10);
/// How much all orgs may weigh together, in bytes.
const CAPACITY: usize = 512 << 20;
/// What an org weighs without a policy of its own.
const WEIGHT: usize = 2 << 10;

/// The orgs that sent something lately. When they weigh too much, those go first that were quiet the longest.
pub(super) struct Memory<K> {
    capacity: usize,
    orgs: RwLock<HashMap<K, Arc<Org>>>,
    /// What they weigh together; written under the lock alone.
    weight: AtomicUsize,
    /// When idle orgs were last let go of, in milliseconds.
    swept_at: AtomicU64,
}

/// An org in memory. Times are milliseconds of the monotonic clock.
#[derive(Default)]
pub(super) struct Org {
    current: RwLock<Option<Arc<OrgPolicy>>>,
    /// Held by whoever looks at what is stored, so that what is read later is never replaced by what was read before.
    pub(super) turn: Mutex<()>,
    /// The same for the candidate, for which nobody waits.
    pub(super) candidate_turn: Mutex<()>,
    /// When the one began that asks the database; 0 while none does.
    began_at: AtomicU64,
    /// How many looks have ended.
    looks: AtomicU64,
    /// When the last one ended, and whether it failed.
    looked_at: AtomicU64,
    failed: AtomicBool,
    /// When that look began that showed what is in memory.
    seen_at: AtomicU64,
    used_at: AtomicU64,
    weight: AtomicUsize,
}

impl<K: Copy + Eq + Hash + Ord> Default for Memory<K> {
    fn default() -> Self {
        Self::new(CAPACITY)
    }
}

impl<K: Copy + Eq + Hash + Ord> Memory<K> {
    fn new(capacity: usize) -> Self {
        Self {
            capacity,
            orgs: RwLock::default(),
            weight: AtomicUsize::new(0),
            swept_at: AtomicU64::new(0),
        }
    }

    /// The org, which is used at `now`.
    pub(super) fn org(&self, id: K, now: Duration) -> Arc<Org> {
        let orgs = self.orgs.read().unwrap_or_else(PoisonError::into_inner);
        let known = orgs.get(&id).map(Arc::clone);
        drop(orgs);
        let org = known.unwrap_or_else(|| self.add(id, now));
        org.used_at.store(millis(now), Ordering::Relaxed);
        org
    }

    fn add(&self, id: K, now: Duration) -> Arc<Org> {
        let mut orgs = self.write();
        if since(&self.swept_at, now) >= IDLE {
            self.swept_at.store(millis(now), Ordering::Relaxed);
            let is_used = |_: &K, org: &mut Arc<Org>| since(&org.used_at, now) < IDLE;
            orgs.retain(is_used);
            let weights = orgs.values().map(|org| org.weight.load(Ordering::Relaxed));
            self.weight.store(weights.sum(), Ordering::Relaxed);
        }
        let org = Arc::clone(orgs.entry(id).or_default());
        org.used_at.store(millis(now), Ordering::Relaxed);
        self.weigh_in(&mut orgs, id, &org, WEIGHT);
        org
    }

    /// Takes into memory what judges an org; `next` makes it from what did so.
    pub(super) fn put(
        &self,
        id: K,
        org: &Arc<Org>,
        next: impl FnOnce(Option<&OrgPolicy>) -> OrgPolicy,
    ) {
        let mut current = org.current.write().unwrap_or_else(PoisonError::into_inner);
        let next = next(current.as_deref());
        *current = Some(Arc::new(next));
        drop(current);
        self.weigh(id, org);
    }

    /// Looks at what an org weighs by now, and makes room for it.
    pub(super) fn weigh(&self, id: K, org: &Arc<Org>) {
        let weight = org.current().map_or(0, |current| current.weight());
        let weight = weight.saturating_add(WEIGHT);
        let mut orgs = self.write();
        // One that was let go of meanwhile serves those who hold it, and nobody after them.
        if orgs.get(&id).is_some_and(|known| Arc::ptr_eq(known, org)) {
            self.weigh_in(&mut orgs, id, org, weight);
        }
    }

    /// Sets what an org weighs, and lets go of others until there is room for it.
    fn weigh_in(&self, orgs: &mut HashMap<K, Arc<Org>>, id: K, org: &Org, weight: usize) {
        let before = org.weight.swap(weight, Ordering::Relaxed);
        let mut total = self.weight.load(Ordering::Relaxed);
        total = total.saturating_sub(before).saturating_add(weight);
        if total > self.capacity {
            let others = orgs.iter().filter(|(other, _)| **other != id);
            let used = others.map(|(other, org)| (org.used_at.load(Ordering::Relaxed), *other));
            let mut used: Vec<_> = used.collect();
            used.sort_unstable();
            // Somewhat more than needed, so that not every new org has all of them sorted.
            let target = self.capacity - self.capacity / 8;
            for (_, other) in used {
                if total <= target {
                    break;
                }
                let gone = orgs.remove(&other);
                let gone = gone.map_or(0, |org| org.weight.load(Ordering::Relaxed));
                total = total.saturating_sub(gone);
            }
        }
        self.weight.store(total, Ordering::Relaxed);
    }

    pub(super) fn all(&self) -> Vec<(K, Arc<Org>)> {
        let orgs = self.orgs.read().unwrap_or_else(PoisonError::into_inner);
        orgs.iter()
            .map(|(id, org)| (*id, Arc::clone(org)))
            .collect()
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<K, Arc<Org>>> {
        self.orgs.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Org {
    pub(super) fn current(&self) -> Option<Arc<OrgPolicy>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// How old what is in memory may be.
    pub(super) fn age(&self, now: Duration) -> Duration {
        since(&self.seen_at, now)
    }

    /// How long ago the last look ended.
    pub(super) fn rest(&self, now: Duration) -> Duration {
        since(&self.looked_at, now)
    }

    pub(super) fn looks(&self) -> u64 {
        self.looks.load(Ordering::Acquire)
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Notes that a look begins.
    pub(super) fn begins(&self, now: Duration) {
        self.began_at.store(millis(now).max(1), Ordering::Relaxed);
    }

    /// What it weighed when that was looked at last, in bytes.
    #[cfg(test)]
    pub(super) fn weighed(&self) -> usize {
        self.weight.load(Ordering::Relaxed) - WEIGHT
    }

    /// Notes that the database has answered.
    pub(super) fn answered(&self) {
        self.began_at.store(0, Ordering::Relaxed);
    }

    /// Whether a look waits for the database.
    pub(super) fn is_asking(&self) -> bool {
        self.began_at.load(Ordering::Relaxed) != 0
    }

    /// How long a look has been waiting for the database.
    pub(super) fn asking(&self, now: Duration) -> Duration {
        if self.is_asking() {
            since(&self.began_at, now)
        } else {
            Duration::ZERO
        }
    }

    /// Notes a look that began and ended at these times.
    pub(super) fn looked(&self, began: Duration, ended: Duration, failed: bool) {
        if !failed {
            self.seen_at.store(millis(began), Ordering::Relaxed);
        }
        self.failed.store(failed, Ordering::Relaxed);
        self.looked_at.store(millis(ended), Ordering::Relaxed);
        self.looks.fetch_add(1, Ordering::Release);
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn since(moment: &AtomicU64, now: Duration) -> Duration {
    Duration::from_millis(millis(now).saturating_sub(moment.load(Ordering::Relaxed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn known(memory: &Memory<u32>) -> Vec<u32> {
        let mut known: Vec<_> = memory.all().into_iter().map(|(id, _)| id).collect();
        known.sort_unstable();
        known
    }

    #[test]
    fn idle_orgs_are_dropped() {
        let memory = Memory::<u32>::default();
        memory.org(1, SECOND);
        memory.org(2, SECOND);
        memory.org(1, IDLE);
        assert_eq!(known(&memory), [1, 2]);
        memory.org(3, IDLE + SECOND);
        assert_eq!(known(&memory), [1, 3]);
        memory.org(4, 3 * IDLE);
        assert_eq!(known(&memory), [4]);
        assert_eq!(memory.weight.load(Ordering::Relaxed), WEIGHT);
    }

    #[test]
    fn those_go_first_that_were_quiet_the_longest() {
        let memory = Memory::<u32>::new(100 * WEIGHT);
        for id in 0..100 {
            memory.org(id, SECOND * id);
        }
        memory.org(0, SECOND * 100);
        assert_eq!(known(&memory).len(), 100);
        // One more, and room for a dozen.
        memory.org(100, SECOND * 101);
        let left = known(&memory);
        assert_eq!((left.len(), left[0], left[1]), (87, 0, 15));
        // One that is heavier than all may weigh stays alone, and is not read anew for every request.
        let heavy = memory.org(7, SECOND * 102);
        memory.weigh_in(&mut memory.write(), 7, &heavy, 200 * WEIGHT);
        assert_eq!(known(&memory), [7]);
        assert!(Arc::ptr_eq(&memory.org(7, SECOND * 103), &heavy));
        memory.org(8, SECOND * 104);
        assert_eq!(known(&memory), [8]);
        assert_eq!(memory.weight.load(Ordering::Relaxed), WEIGHT);
    }
}
