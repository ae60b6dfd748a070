//! The fastest of alternating runs.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// How thoroughly to measure.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    pub(crate) round: Duration,
}

/// The time of a call of each contender in its fastest round, in nanoseconds: whatever else the machine does only ever adds to
/// it. The contenders take turns, so that they are disturbed alike.
pub(crate) fn fastest<const N: usize>(
    effort: Effort,
    contenders: [&dyn Fn() -> usize; N],
) -> [f64; N] {
    let calls = contenders.map(|contender| {
        let once = time(contender, 1).max(Duration::from_nanos(20));
        let more =
            time(contender, calls_in(effort.round / 10, once)) / calls_in(effort.round / 10, once);
        calls_in(effort.round, more.max(Duration::from_nanos(20)))
    });
    let mut fastest = [f64::INFINITY; N];
    for _ in 0..effort.rounds {
        for ((contender, calls), fastest) in contenders.iter().zip(calls).zip(&mut fastest) {
            let round = time(contender, calls).as_secs_f64() * 1e9 / f64::from(calls);
            *fastest = fastest.min(round);
        }
    }
    fastest
}

fn calls_in(round: Duration, call: Duration) -> u32 {
    u32::try_from(round.as_nanos() / call.as_nanos())
        .unwrap_or(u32::MAX)
        .max(1)
}

fn time(contender: &dyn Fn() -> usize, calls: u32) -> Duration {
    let start = now();
    for _ in 0..calls {
        black_box(contender());
    }
    start.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
