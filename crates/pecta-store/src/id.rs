//! Ids of events: 128 bits, ordered by time, written in base 62.

use crate::error::StoreError;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits that hold any 64 bits.
const WIDTH: usize = 11;
/// Bits of an id below its milliseconds.
const RANDOM_BITS: u32 = 80;
/// Random bytes that are fetched at once: a call of the system for each id would cost more than the id.
const RANDOM_POOL: usize = 1024;

/// What the ids of evaluations begin with.
const OF_EVALUATION: &str = "ev_";

/// The id of one event: 48 bits of milliseconds since the Unix epoch, then 80 bits that are random
/// or, within one millisecond, count on from the id before by a random step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EventId(u128);

impl EventId {
    /// The bytes as they are stored; they sort as the ids do.
    pub(crate) fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The id in front of all those that can be made from a time on, in milliseconds since the Unix epoch.
    pub(crate) fn before(millis: u64) -> Self {
        Self((u128::from(millis) << RANDOM_BITS).saturating_sub(1))
    }

    /// Reads stored bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let bytes = bytes
            .try_into()
            .map_err(|_| StoreError::corrupt("an event id"))?;
        Ok(Self(u128::from_be_bytes(bytes)))
    }

    /// The id of the evaluation that was recorded as this event, unless it brought one along.
    pub(crate) fn evaluation_id(self) -> String {
        self.with_prefix(OF_EVALUATION)
    }

    /// The event whose [`evaluation_id`](Self::evaluation_id) this text would be.
    pub(crate) fn of_evaluation(text: &str) -> Option<Self> {
        let digits: &[u8; 2 * WIDTH] = text
            .strip_prefix(OF_EVALUATION)?
            .as_bytes()
            .try_into()
            .ok()?;
        let (high, low) = digits.split_at(WIDTH);
        Some(Self(
            u128::from(number(high)?) << 64 | u128::from(number(low)?),
        ))
    }

    /// The id behind a prefix, as users see it: 22 digits that sort as the ids do.
    pub(crate) fn with_prefix(self, prefix: &str) -> String {
        let [high, low] = [self.0 >> 64, self.0 & u128::from(u64::MAX)];
        let mut digits = [b'0'; 2 * WIDTH];
        let (left, right) = digits.split_at_mut(WIDTH);
        for (half, digits) in [(high, left), (low, right)] {
            // Half of the id always fits, so that the cheaper 64-bit division does.
            let mut rest = u64::try_from(half).unwrap_or(u64::MAX);
            for digit in digits.iter_mut().rev() {
                let at = usize::try_from(rest % 62).unwrap_or(0);
                *digit = DIGITS.get(at).copied().unwrap_or(b'0');
                rest /= 62;
            }
        }
        let mut text = String::with_capacity(prefix.len() + digits.len());
        text.push_str(prefix);
        text.extend(digits.map(char::from));
        text
    }
}

/// The number that digits write; `None` when it is over 64 bits, or one of them is no digit.
fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let value = DIGITS.iter().position(|one| one == digit)?;
        number.checked_mul(62)?.checked_add(value.try_into().ok()?)
    })
}

/// Makes ids that only ever grow.
#[derive(Debug, Default)]
pub(crate) struct IdGenerator {
    last: u128,
    /// Where the clock stood when the last id was made.
    clock: Option<i64>,
    random: Vec<u8>,
}

impl IdGenerator {
    /// The next id, at `now_micros` since the Unix epoch.
    pub(crate) fn next(&mut self, now_micros: i64) -> Result<EventId, StoreError> {
        let random = self.random()?;
        Ok(self.next_from(now_micros, random))
    }

    /// Makes only ids behind this one from now on, wherever the clock stands.
    pub(crate) fn go_on_behind(&mut self, id: EventId) {
        self.last = self.last.max(id.0);
    }

    /// The milliseconds of the newest id; those of every later one are at least as many.
    pub(crate) fn newest_millis(&self) -> u64 {
        u64::try_from(self.last >> RANDOM_BITS).unwrap_or(u64::MAX)
    }

    fn random(&mut self) -> Result<u128, StoreError> {
        if self.random.is_empty() {
            let mut pool = vec![0; RANDOM_POOL];
            getrandom::fill(&mut pool)?;
            self.random = pool;
        }
        let rest = self.random.len().saturating_sub(size_of::<u128>());
        let bytes = self.random.drain(rest..);
        Ok(bytes.fold(0, |number, byte| number << 8 | u128::from(byte)))
    }

    fn next_from(&mut self, now_micros: i64, random: u128) -> EventId {
        let millis = u128::try_from(now_micros / 1000).unwrap_or(0);
        let fresh = (millis << RANDOM_BITS) | (random >> 48);
        // A step of up to 2^64 leaves room for 65,000 ids before the milliseconds would be touched,
        // which would not hurt either.
        let step = (random & u128::from(u64::MAX)) + 1;
        let passed = self.passed(now_micros, millis);
        self.last = fresh.max(self.last.saturating_add(step).saturating_add(passed));
        EventId(self.last)
    }

    /// How far ids go on although the clock is behind them: half as fast as it. So they part in time, which those who
    /// ask for the newest rely on, and the clock catches up.
    fn passed(&mut self, now_micros: i64, millis: u128) -> u128 {
        let before = self.clock.replace(now_micros).unwrap_or(now_micros);
        if millis >= self.last >> RANDOM_BITS {
            return 0;
        }
        let micros = u128::try_from(now_micros.saturating_sub(before)).unwrap_or(0);
        (micros << RANDOM_BITS) / 2000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_has_a_fixed_width() {
        assert_eq!(
            EventId(0).with_prefix("ev_"),
            format!("ev_{}", "0".repeat(22))
        );
        assert_eq!(EventId(u128::MAX).with_prefix(""), "LygHa16AHYFLygHa16AHYF");
    }

    #[test]
    fn what_is_no_evaluation_id_of_an_event_is_none() {
        let max = "ev_LygHa16AHYFLygHa16AHYF";
        assert_eq!(EventId::of_evaluation(max), Some(EventId(u128::MAX)));
        for text in [
            "",
            "ev_",
            "evt_LygHa16AHYFLygHa16AHYF",
            "ev_LygHa16AHYFLygHa16AHYG",
            "ev_LygHa16AHYGLygHa16AHYF",
            "ev_zzzzzzzzzzz00000000000",
            "ev_LygHa16AHYFLygHa16AHY",
            "ev_LygHa16AHYFLygHa16AHYF0",
            "ev_LygHa16AHYFLygHa16AHY-",
            "ev_LygHa16AHYFLygHa16AH\u{e9}",
        ] {
            assert_eq!(EventId::of_evaluation(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_id_before_a_time_is_behind_all_earlier_ones() {
        let mut ids = IdGenerator::default();
        let earlier = ids.next_from(1_234_999, u128::MAX >> 64);
        assert_eq!(ids.newest_millis(), 1_234);
        let border = EventId::before(1_235);
        ids.go_on_behind(border);
        let later = ids.next_from(1_235_000, 0);
        assert!(earlier < border && border < later);
    }

    #[test]
    fn ids_part_in_time_while_the_clock_is_behind_and_it_catches_up() {
        let mut ids = IdGenerator::default();
        let start = 100_000_000;
        ids.next_from(start + 10_000_000, 0);
        let newest = ids.newest_millis();
        let mut after = |seconds: i64| {
            for step in 0..3000 {
                ids.next_from(start + (seconds - 1) * 1_000_000 + step * 333, 0);
            }
            ids.newest_millis() - newest
        };
        assert!((490..=500).contains(&after(1)));
        assert!((1490..=1500).contains(&(2..=3).map(&mut after).last().unwrap()));
        let caught_up = (4..=25).map(&mut after).last().unwrap();
        assert!((14_990..=15_000).contains(&caught_up), "{caught_up}");
    }

    #[test]
    fn random_bytes_are_used_once() {
        let mut ids = IdGenerator::default();
        let drawn = (0..3 * RANDOM_POOL / 16).map(|_| ids.random().unwrap());
        let distinct: std::collections::HashSet<_> = drawn.collect();
        assert_eq!(distinct.len(), 3 * RANDOM_POOL / 16);
    }

    proptest! {
        #[test]
        fn ids_grow_and_so_do_their_bytes_and_texts(
            steps in proptest::collection::vec((0i64..5_000, any::<u128>()), 2..50)
        ) {
            let mut ids = IdGenerator::default();
            let ids: Vec<_> = steps.iter().map(|&(now, random)| ids.next_from(now, random)).collect();
            for pair in ids.windows(2) {
                prop_assert!(pair[0] < pair[1]);
                prop_assert!(pair[0].to_bytes() < pair[1].to_bytes());
                prop_assert!(pair[0].with_prefix("") < pair[1].with_prefix(""));
                prop_assert_eq!(EventId::from_bytes(&pair[0].to_bytes()).unwrap(), pair[0]);
                prop_assert_eq!(EventId::of_evaluation(&pair[0].evaluation_id()), Some(pair[0]));
            }
        }
    }
}
