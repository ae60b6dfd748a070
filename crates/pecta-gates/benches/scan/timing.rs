//! Medians of alternating runs.

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

/// The median time of a call of each contender, in nanoseconds. The contenders take turns, so that whatever else the machine
/// does disturbs them alike.
pub(crate) fn medians<const N: usize>(
    effort: Effort,
    contenders: [&dyn Fn() -> usize; N],
) -> [f64; N] {
    let calls = contenders.map(|contender| {
        let once = time(contender, 1).max(Duration::from_nanos(20));
        let more =
            time(contender, calls_in(effort.round / 10, once)) / calls_in(effort.round / 10, once);
        calls_in(effort.round, more.max(Duration::from_nanos(20)))
    });
    let mut times = [(); N].map(|()| Vec::new());
    for _ in 0..effort.rounds {
        for ((contender, calls), times) in contenders.iter().zip(calls).zip(&mut times) {
            times.push(time(contender, calls).as_secs_f64() * 1e9 / f64::from(calls));
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
    })
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
