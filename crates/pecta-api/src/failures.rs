//! How often clients failed to authenticate, by their addresses, in room of a fixed size.

use crate::limiter::{Standing, WINDOW, whole_seconds};
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many addresses are told apart at most. Those that share a place share its limit; which ones do is not to be
/// guessed from outside.
const PLACES: usize = 1 << 14;

/// Lets each address fail so often in a row, and so often a minute from then on.
///
/// A place holds when all that was counted there will have leaked out again (the generic cell rate algorithm): one number,
/// which any thread moves on.
#[derive(Debug)]
pub(crate) struct Failures {
    limit: usize,
    /// The time that a failure takes to leak out, in nanoseconds.
    cost: u64,
    empty_at: Box<[AtomicU64]>,
    hasher: RandomState,
    /// What is left for texts that may be keys when their clients have failed too often: as much again, for all clients
    /// together. So nobody can have the database asked without end, and whoever shares an address with one who fails is
    /// not shut out for good.
    reserve: AtomicU64,
}

/// A place where a failure was counted.
pub(crate) struct Counted<'f>(&'f AtomicU64);

impl Failures {
    /// So many failures a minute; 0 for no limit.
    pub(crate) fn new(limit: usize) -> Self {
        let window = nanos(WINDOW);
        let divisor = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        Self {
            limit,
            cost: (window / divisor).max(1),
            empty_at: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
            reserve: AtomicU64::new(0),
        }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Counts a failure, or says in how many seconds the address may fail again. A text that may be a key is counted elsewhere
    /// then.
    pub(crate) fn count(
        &self,
        address: IpAddr,
        is_key: bool,
        now: Duration,
    ) -> Result<Counted<'_>, u64> {
        let place = self.place(address).unwrap_or(&self.reserve);
        match self.add(place, now) {
            Err(_) if is_key => self.add(&self.reserve, now),
            counted => counted,
        }
    }

    /// Takes back what turned out to be no failure.
    pub(crate) fn forgive(&self, Counted(place): Counted<'_>) {
        let earlier = |empty_at: u64| Some(empty_at.saturating_sub(self.cost));
        let _ = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earlier);
    }

    fn add<'f>(&'f self, place: &'f AtomicU64, now: Duration) -> Result<Counted<'f>, u64> {
        let now = nanos(now);
        let room = nanos(WINDOW).saturating_sub(self.cost);
        let later = |empty_at: u64| {
            let fits = self.limit == 0 || empty_at.saturating_sub(now) <= room;
            fits.then(|| empty_at.max(now).saturating_add(self.cost))
        };
        let counted = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        counted.map(|_| Counted(place)).map_err(|empty_at| {
            let excess = empty_at.saturating_sub(now).saturating_sub(room);
            whole_seconds(Duration::from_nanos(excess))
        })
    }

    /// What is left to the address.
    pub(crate) fn standing(&self, address: IpAddr, now: Duration) -> Standing {
        let full = self.full(address, now).unwrap_or(0);
        let counted = usize::try_from(full.div_ceil(self.cost)).unwrap_or(usize::MAX);
        let next = full.checked_rem(self.cost).unwrap_or(0);
        let next = if next == 0 { full.min(self.cost) } else { next };
        Standing {
            remaining: self.limit.saturating_sub(counted),
            reset: if full == 0 {
                0
            } else {
                whole_seconds(Duration::from_nanos(next))
            },
        }
    }

    /// How long what was counted takes to leak out, in nanoseconds.
    fn full(&self, address: IpAddr, now: Duration) -> Option<u64> {
        let empty_at = self.place(address)?.load(Ordering::Relaxed);
        Some(empty_at.saturating_sub(nanos(now)))
    }

    fn place(&self, address: IpAddr) -> Option<&AtomicU64> {
        let hash = self.hasher.hash_one(client(address));
        let place = usize::try_from(hash % u64::try_from(PLACES).ok()?).ok()?;
        self.empty_at.get(place)
    }
}

/// Of IPv6 the network of 64 bits, of which every host may use all addresses.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    proptest! {
        /// Against a bucket of real numbers that leaks.
        #[test]
        fn so_many_at_once_and_so_many_a_minute(
            limit in 1usize..100,
            steps in proptest::collection::vec(0u64..5_000, 1..300)
        ) {
            let failures = Failures::new(limit);
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let (capacity, mut level, mut now) = (limit as f64, 0.0_f64, Duration::ZERO);
            for step in steps {
                now += Duration::from_millis(step);
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let leaked = step as f64 * capacity / 60_000.0;
                level = (level - leaked).max(0.0);
                let left = capacity - level;
                let standing = failures.standing(HOME, now);
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let remaining = standing.remaining as f64;
                prop_assert!((left.floor() - remaining).abs() <= f64::from(u8::from((left - left.round()).abs() < 1e-3)));
                match failures.count(HOME, false, now) {
                    Ok(counted) => {
                        prop_assert!(left > 1.0 - 1e-3);
                        failures.forgive(counted);
                        prop_assert!(failures.count(HOME, false, now).is_ok());
                        level += 1.0;
                    }
                    Err(wait) => {
                        prop_assert!(left < 1.0 + 1e-3);
                        prop_assert_eq!(standing.reset, wait);
                        let later = now + Duration::from_secs(wait);
                        prop_assert!(failures.standing(HOME, later).remaining > 0);
                    }
                }
            }
        }
    }

    #[test]
    fn addresses_are_told_apart_as_clients_are() {
        let failures = Failures::new(1);
        let count = |address: &str| {
            let counted = failures.count(address.parse().unwrap(), false, Duration::ZERO);
            counted.map(|_| ())
        };
        assert_eq!(count("192.0.2.1"), Ok(()));
        assert_eq!(count("2001:db8:1:2:3::4"), Ok(()));
        for address in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8:1:2::"] {
            assert_eq!(count(address), Err(60), "{address}");
        }
        // Two of them may share a place, hardly most of them.
        let others = (0..100).filter(|nth| count(&format!("198.51.100.{nth}")).is_ok());
        assert!(others.count() > 90);
        let others = (3..100).filter(|nth| count(&format!("2001:db8:1:{nth}::")).is_ok());
        assert!(others.count() > 90);
    }

    #[test]
    fn what_may_be_a_key_is_looked_up_now_and_then() {
        let failures = Failures::new(3);
        let count = |is_key| failures.count(HOME, is_key, Duration::ZERO).is_ok();
        assert_eq!([false; 4].map(count), [true, true, true, false]);
        assert_eq!([true; 4].map(count), [true, true, true, false]);
    }

    #[test]
    fn zero_is_no_limit() {
        let failures = Failures::new(0);
        let counted = (0..1_000).filter(|_| failures.count(HOME, false, Duration::ZERO).is_ok());
        assert_eq!(counted.count(), 1_000);
    }
}
