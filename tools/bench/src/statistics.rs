//! Quantiles and medians.

use std::time::Duration;

/// Every latency of a measurement. A run of seconds has a million at most, so that all are kept and
/// quantiles are exact.
#[derive(Debug, Default, Clone)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn record(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    pub(crate) fn add(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The latency that this many percent do not exceed; zero when there is none.
    pub(crate) fn percentile(&mut self, percent: usize) -> Duration {
        self.0.sort_unstable();
        let rank = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(rank).copied().unwrap_or_default()
    }
}

/// The median: the upper one of an even number, 0 of none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// A count as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark are far below 2^52"
)]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

/// A duration in microseconds.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_latencies() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile(99), Duration::ZERO);
        for millis in (1..=200).rev() {
            latencies.record(Duration::from_millis(millis));
        }
        let check = |latencies: &mut Latencies, percent, millis| {
            let expected = Duration::from_millis(millis);
            assert_eq!(latencies.percentile(percent), expected, "p{percent}");
        };
        check(&mut latencies, 50, 100);
        check(&mut latencies, 99, 198);
        check(&mut latencies, 100, 200);
    }

    #[test]
    fn medians() {
        assert!(median([3.0, 1.0, 2.0]).total_cmp(&2.0).is_eq());
        assert!(median([]).total_cmp(&0.0).is_eq());
    }
}
