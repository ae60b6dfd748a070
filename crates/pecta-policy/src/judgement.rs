//! What a policy answers.

use std::{
    collections::{BTreeSet, HashSet},
    ops::Range,
    sync::Arc,
    time::Duration,
};

use pecta_gates::{Finding, GateName, GateVerdict, Json};

use crate::pointer::masked;

/// The judgement of an output.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement<'a> {
    /// Whether every gate passed, was skipped, only watches, or found nothing that is not suppressed.
    pub passed: bool,
    /// One for each gate that judged, in their order.
    pub gates: Vec<JudgedGate>,
    /// Wall-clock time of the gates that may block. It does not depend on those that only watch.
    pub elapsed: Duration,
    /// What the gates found that is not suppressed, gate by gate; at most [`MAX_FINDINGS`](pecta_gates::MAX_FINDINGS)
    /// of a gate. Of a gate that did not judge to its end nothing is suppressed.
    pub hits: Vec<Hit>,
    /// The output without what was found, if it was asked for.
    pub redacted: Option<Json<'a>>,
}

impl Judgement<'_> {
    /// The gates that block the output, each with the rules for which it does: what two policies are compared by.
    #[must_use]
    pub fn blocking(&self) -> BTreeSet<(&GateName, &'static str)> {
        let failed = self.gates.iter().filter(|gate| !gate.verdict.passed);
        let failed: BTreeSet<_> = failed.map(|gate| &gate.verdict.name).collect();
        let hits = self.hits.iter().map(|hit| (&hit.gate, hit.rule));
        hits.filter(|(gate, _)| failed.contains(gate)).collect()
    }
}

/// The judgement of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedGate {
    /// What the gate concludes, once what is suppressed does not count.
    pub verdict: GateVerdict,
    /// The id of the suppression, when the gate would have failed but for it.
    pub suppressed: Option<Arc<str>>,
}

impl JudgedGate {
    pub(crate) fn new(mut verdict: GateVerdict, suppressed: Option<Arc<str>>) -> Self {
        if suppressed.is_some() {
            verdict.passed = true;
            verdict.would_block = false;
            verdict.reason = None;
        }
        Self {
            verdict,
            suppressed,
        }
    }
}

/// Where a gate found something. Unlike a [`Finding`] it may be stored and shown: it holds no key of the payload but those
/// that the policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The name of the gate.
    pub gate: GateName,
    /// The rule that matched; for a gate without rules its kind.
    pub rule: &'static str,
    /// The JSON Pointer (RFC 6901) of the value, in which a key that no gate of the policy names is `*`. Marks lead further,
    /// as in [`Finding::pointer`]. In an output with many findings among very many members, indices may be `*` too.
    pub pointer: String,
    /// The bytes of the unescaped string; empty when the value as a whole is at fault.
    pub range: Range<usize>,
}

impl Hit {
    pub(crate) fn new(
        finding: &Finding,
        output: &Json<'_>,
        named: &HashSet<String>,
        left: &mut usize,
    ) -> Self {
        Self {
            pointer: masked(&finding.pointer, output, named, left),
            gate: finding.gate.clone(),
            rule: finding.rule,
            range: finding.range.clone(),
        }
    }
}
