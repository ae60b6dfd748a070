//! What an evaluation answers.

use std::{borrow::Cow, ops::Range, time::Duration};

use crate::{GateName, Outcome, check::Check};

/// The reason of a gate that had not finished when the budget was used up.
pub const TIMEOUT: &str = "pecta:timeout";
/// The reason of a gate that did not run because one before it failed.
pub const ABORTED: &str = "pecta:aborted";
/// The reason of a gate that panicked.
pub const PANIC: &str = "pecta:panic";

/// Marks the pointer to a member as that of its key.
pub(crate) const KEY_MARK: &str = "~#";
/// Marks the pointer to a string as that of the JSON in it.
pub(crate) const EMBEDDED_MARK: &str = "~";

/// The verdict on one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether every gate passed or was skipped.
    pub passed: bool,
    /// One verdict per gate, in the engine's order.
    pub gates: Vec<GateVerdict>,
    /// Wall-clock time until the last gate had judged that may block. Those that are monitored run after it.
    pub elapsed: Duration,
    /// Where the gates that failed, or would have, found something, gate by gate, in the order in which a gate tells it: text
    /// gates in that of the payload. At most
    /// [`MAX_FINDINGS`](crate::MAX_FINDINGS) of a gate. Empty unless asked for, by
    /// [`Engine::evaluate_with_findings`](crate::Engine::evaluate_with_findings).
    pub findings: Vec<Finding>,
}

/// The verdict of one gate.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own, and answers show them so"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateVerdict {
    /// The gate's name.
    pub name: GateName,
    /// Whether the gate let the subject pass; true as well when it was skipped or is monitored.
    pub passed: bool,
    /// Whether the gate is [monitored](crate::EngineGate::monitored): it blocks nothing.
    pub monitored: bool,
    /// Whether the gate is monitored and would have failed. The reason says why.
    pub would_block: bool,
    /// Whether the gate did not apply or did not run.
    pub skipped: bool,
    /// Whether the gate judged to its end, and all that it found is among the findings: false when it timed out, panicked,
    /// or did not run because of another one, and when there was no time or no room for all findings. Says nothing
    /// of findings where these were not asked for.
    pub complete: bool,
    /// Why the gate failed or was skipped. Never quotes the payload, as long as custom gates do not.
    pub reason: Option<Cow<'static, str>>,
    /// Wall-clock time of the gate's run. Text gates share one walk over the payload, and all report its time.
    pub elapsed: Duration,
}

impl GateVerdict {
    /// The verdict of a gate that concluded `outcome`.
    #[must_use]
    pub fn new(name: GateName, outcome: Outcome, elapsed: Duration, monitored: bool) -> Self {
        let (failed, skipped, reason) = match outcome {
            Outcome::Passed => (false, false, None),
            Outcome::Failed(reason) => (true, false, Some(reason)),
            Outcome::Skipped(reason) | Outcome::SkippedWithRest(reason) => {
                (false, true, Some(reason))
            }
        };
        Self {
            name,
            passed: !failed || monitored,
            monitored,
            would_block: failed && monitored,
            skipped,
            complete: is_conclusion(reason.as_deref()),
            reason,
            elapsed,
        }
    }

    /// Whether the gate came to a conclusion: it neither ran out of time nor panicked.
    #[must_use]
    pub fn has_judged(&self) -> bool {
        is_conclusion(self.reason.as_deref())
    }

    /// Whether the gate failed, or would have failed were it not monitored.
    #[must_use]
    pub fn has_hit(&self) -> bool {
        !self.passed || self.would_block
    }
}

fn is_conclusion(reason: Option<&str>) -> bool {
    !matches!(reason, Some(TIMEOUT | PANIC))
}

/// Where a check hit. Holds a place, never the text found there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the gate that failed.
    pub gate: GateName,
    /// The check that hit, such as `email`; for a gate that does not consist of checks, the rule.
    pub check: &'static str,
    /// The rule that matched.
    pub rule: &'static str,
    /// The JSON Pointer (RFC 6901) of the string within the output. Its keys are the payload's own.
    ///
    /// Two marks, which no plain pointer can hold, lead further. `~#` at the end is for the key of the member, where keys are
    /// judged: `/env/API_KEY~#`. `~` before a slash or at the end is for JSON in a string, where that is judged: it ends the
    /// pointer to the string, and what follows points into the JSON, as in `/calls/0/arguments~/path`.
    pub pointer: String,
    /// The bytes of the unescaped string that matched. Empty when the value as a whole is at fault.
    pub range: Range<usize>,
    /// What is wrong there, as the reason of a gate would say it that found nothing else: a fault of a bid, or the issues of a
    /// schema. Empty where the gate has one reason, whatever it finds, and for checks, whose reasons are theirs.
    pub details: Vec<Cow<'static, str>>,
}

impl Finding {
    /// The reason of a gate, had it found no more than these: that of the first check that hit, in the order in which the gate
    /// lists them, or else of the first that has [details](Self::details). `None` when there is neither. Issues of a schema are
    /// counted instead, by `Schema::reason`.
    #[must_use]
    pub fn reason(findings: &[Self]) -> Option<Cow<'static, str>> {
        let hit = |check: &&Check| findings.iter().any(|finding| finding.check == check.name());
        if let Some(check) = Check::ALL.iter().find(hit) {
            return Some(check.reason().into());
        }
        let mut details = findings.iter().flat_map(|finding| &finding.details);
        details.next().cloned()
    }
}
