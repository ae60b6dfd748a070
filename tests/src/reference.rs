//! The score, recomputed naively from the events that the API shows.

use serde_json::Value;

const WINDOW: usize = 500;

/// What a reputation must be by an agent's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recount {
    /// 0 to 1000.
    pub score: u64,
    /// How many evaluations count.
    pub evaluations: u64,
    /// How many of them passed.
    pub passed: u64,
    /// The fraction that passed, in ten-thousandths, truncated.
    pub pass_rate_e4: u64,
    /// Their average latency in microseconds, rounded half up.
    pub avg_latency_us: u64,
    /// Passes in a row, back from the newest.
    pub streak: u64,
}

/// Recounts from events in the order of counting, oldest first.
///
/// The documented formula over its common denominator, so that no rounding comes in:
/// `floor(pass_rate*400 + max(0, 1 - avg/100)*250 + min(streak, 50)/50*200 + min(n, 500)/500*150)`.
pub fn recount(events: &[Value]) -> Recount {
    let window = &events[events.len().saturating_sub(WINDOW)..];
    let latencies: u64 = window.iter().map(latency_us).sum();
    let evaluations = window.len() as u64;
    let passed = window
        .iter()
        .filter(|event| event["passed"] == true)
        .count() as u64;
    let streak = window
        .iter()
        .rev()
        .take_while(|event| event["passed"] == true)
        .count() as u64;
    if evaluations == 0 {
        return Recount {
            score: 0,
            evaluations,
            passed,
            pass_rate_e4: 0,
            avg_latency_us: 0,
            streak,
        };
    }
    let zero_at = 100_000 * evaluations;
    let score = 400 * passed * 100_000
        + 250 * zero_at.saturating_sub(latencies)
        + 4 * streak.min(50) * zero_at
        + 3 * evaluations * evaluations * 10_000;
    Recount {
        score: score / zero_at,
        evaluations,
        passed,
        pass_rate_e4: 10_000 * passed / evaluations,
        avg_latency_us: (2 * latencies + evaluations) / (2 * evaluations),
        streak,
    }
}

/// Holds an agent's reputation, as the API shows it, against its events in the order of counting: by all of
/// them, and by those that are verified.
#[track_caller]
pub fn assert_recounted(reputation: &Value, events: &[Value]) {
    let agent = &reputation["agent_id"];
    assert_eq!(Recount::of(reputation), recount(events), "{agent}");
    let verified = events.iter().filter(|event| event["source"] != "unsigned");
    let verified: Vec<_> = verified.cloned().collect();
    let expected = (!events.is_empty()).then(|| recount(&verified));
    let shown = reputation.get("verified").map(Recount::of);
    assert_eq!(shown, expected, "verified of {agent}");
}

impl Recount {
    /// The same of an answer's reputation.
    pub fn of(reputation: &Value) -> Self {
        let whole = |name: &str| reputation[name].as_u64().expect("a whole number");
        Self {
            score: whole("score"),
            evaluations: whole("evaluations"),
            passed: whole("passed"),
            pass_rate_e4: scaled(&reputation["pass_rate"], 1e4),
            avg_latency_us: scaled(&reputation["avg_latency_ms"], 1e3),
            streak: whole("streak"),
        }
    }
}

fn latency_us(event: &Value) -> u64 {
    scaled(&event["latency_ms"], 1e3)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded, and at most 60 million"
)]
fn scaled(number: &Value, factor: f64) -> u64 {
    (number.as_f64().expect("a number") * factor).round() as u64
}
