//! The policy: judges outputs by the rules for their agents and tools.

use std::{collections::HashSet, fmt, iter, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use pecta_gates::{
    ABORTED, BuildError, Clock, Finding, GateVerdict, Schema, Subject, TIMEOUT, Verdict,
};

use crate::{
    Answer, Format, Inquiry, NOT_ASKED, Networks, PolicyError, Suppressions, UNREACHABLE,
    compile::{Compiled, Gate, Limits, Rule, compile},
    gates::Kind,
    index::Places,
    judgement::{Hit, JudgedGate, Judgement},
    pointer::MOST_COMPARED,
    redact::{self, Seen},
    resolve::{Resolved, Resolver},
    suppression::Active,
};

/// A policy, made ready once and asked from any number of threads.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use pecta_gates::{Json, Subject};
/// use pecta_policy::{Call, Format, Policy, Suppressions};
///
/// let policy = r#"
///     [[rules]]
///     agent = "mailer-*"
///     gates = [{ gate = "pii", checks = ["ssn", "phone"] }]
/// "#;
/// let policy = Policy::parse(policy, Format::Toml, Duration::from_millis(500))?;
///
/// let output = Json::parse(r#"{"to": "ada@lovelace.org"}"#)?;
/// let start = Instant::now();
/// let clock = || start.elapsed();
/// let passes = |agent| {
///     let call = Call::new(agent, Subject::new(&output), chrono::DateTime::UNIX_EPOCH);
///     policy.judge(&call, &Suppressions::default(), &clock).map(|judgement| judgement.passed)
/// };
/// assert!(passes("mailer-1")?);
/// assert!(!passes("planner")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Policy {
    compiled: Compiled,
    resolver: Resolver,
}

/// What is to be judged, and for whom.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The agent whose output it is.
    pub agent: &'a str,
    /// The output, and what is known about it. Its tool is what rules match.
    pub subject: Subject<'a>,
    /// When it is: suppressions end.
    pub now: DateTime<Utc>,
    /// Whether the redacted output is made; as the policy says, unless set.
    pub redact: Option<bool>,
    /// What the services of [`Policy::callouts`] answered. A gate without an answer is skipped as [`NOT_ASKED`](crate::NOT_ASKED).
    pub answers: &'a [Answer],
}

impl<'a> Call<'a> {
    /// An output of an agent.
    #[must_use]
    pub fn new(agent: &'a str, subject: Subject<'a>, now: DateTime<Utc>) -> Self {
        Self {
            agent,
            subject,
            now,
            redact: None,
            answers: &[],
        }
    }

    fn tool(&self) -> &'a str {
        self.subject.tool.unwrap_or_default()
    }
}

impl Policy {
    /// Reads a policy and makes its gates. Where it says nothing about it, judging may take `budget`. The services that it asks may
    /// be anywhere; [`Policy::parse_within`] has them where they may be asked.
    ///
    /// # Errors
    ///
    /// The text is no policy, or names something that there is not: the error says where.
    pub fn parse(text: &str, format: Format, budget: Duration) -> Result<Self, PolicyError> {
        Self::parse_within(text, format, budget, &Networks::all())
    }

    /// The same for a policy that may only ask services in some networks. Those that it names by an address are looked at; where
    /// names lead is for whoever asks.
    ///
    /// # Errors
    ///
    /// As for [`Policy::parse`], and when a service is elsewhere.
    pub fn parse_within(
        text: &str,
        format: Format,
        budget: Duration,
        networks: &Networks,
    ) -> Result<Self, PolicyError> {
        Self::new(compile(text, format, Limits::Hold(networks))?, budget)
    }

    /// Reads a policy that was taken before, as JSON. What was within the limits that held then still is: it may have more
    /// rules and gates than [`Policy::parse`] takes, and other patterns, and a longer budget is cut down. Services may be anywhere.
    ///
    /// # Errors
    ///
    /// As for [`Policy::parse`].
    pub fn restore(document: &str, budget: Duration) -> Result<Self, PolicyError> {
        Self::new(compile(document, Format::Json, Limits::Held)?, budget)
    }

    fn new(compiled: Compiled, budget: Duration) -> Result<Self, PolicyError> {
        let resolver = Resolver::new(&compiled, budget).map_err(|error| PolicyError {
            pointer: "/default".to_owned(),
            position: None,
            message: error.to_string(),
        })?;
        Ok(Self { compiled, resolver })
    }

    /// Makes ready what judges, so that no output waits for it, which else the first one does that a rule, or several together,
    /// match: for at most 128 of the agents and tools that rules name, as far as that stays within some 16 MiB, and until `should_stop`
    /// says so, which is asked before each. One takes milliseconds, so that this is for before a policy judges, or for another thread.
    pub fn prepare(&self, should_stop: impl FnMut() -> bool) {
        self.resolver.prepare(&self.compiled, should_stop);
    }

    /// The number that the policy gives itself.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.compiled.version
    }

    /// The names of all gates, whomever they judge.
    pub fn gates(&self) -> impl Iterator<Item = &str> {
        let gates = self.compiled.rules.iter().flat_map(|rule| &rule.gates);
        gates.map(|gate| gate.name.as_str())
    }

    /// The rules for which the gates of a name may fail an output, as hits name them; none when no such gate may fail any: when there is
    /// none, all are off, or they only skip, as `rtb.tmax-guard` does.
    #[must_use]
    pub fn rules_of(&self, gate: &str) -> Vec<&'static str> {
        let gates = self.compiled.gates_that_may_run();
        let gates = gates.filter(|other| other.name == gate);
        gates.flat_map(Gate::rules).collect()
    }

    /// Whether a gate of this name says where in the output it hits; others judge it as a whole.
    #[must_use]
    pub fn locates(&self, gate: &str) -> bool {
        let mut gates = self.compiled.rules.iter().flat_map(|rule| &rule.gates);
        gates.any(|other| other.name == gate && other.locates())
    }

    /// About what the policy takes of the memory now, in bytes, rounded up. It grows with the sets of rules that agents and tools
    /// turn out to match, up to a bound.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.compiled.weight.saturating_add(self.resolver.weight())
    }

    /// About how long judging an output may take for each of its bytes, whoever it is of: so many times as a gate without
    /// searches of the policy's own.
    #[must_use]
    pub fn effort(&self) -> usize {
        self.compiled.effort
    }

    /// The same for the outputs of an agent and a tool.
    #[must_use]
    pub fn effort_for(&self, agent: &str, tool: &str) -> usize {
        let Compiled { index, rules, .. } = &self.compiled;
        let mut matching = Places::new();
        index.find(agent, tool, &mut matching);
        let matching = matching.iter().filter_map(|&place| rules.get(place));
        matching.chain(rules.last()).map(Rule::effort).sum()
    }

    /// The services that are to be asked before an output of the agent and the tool is judged. Mostly none.
    ///
    /// # Errors
    ///
    /// As for [`Policy::judge`].
    pub fn callouts(&self, call: &Call<'_>) -> Result<Vec<Inquiry>, BuildError> {
        if !self.has_callouts() {
            return Ok(Vec::new());
        }
        let resolved = self
            .resolver
            .resolve(&self.compiled, call.agent, call.tool());
        let resolved = resolved?;
        let callouts = resolved.callouts.iter();
        Ok(callouts.map(|(_, inquiry)| inquiry.clone()).collect())
    }

    /// Whether any agent's outputs are shown to a service.
    #[must_use]
    pub fn has_callouts(&self) -> bool {
        self.compiled.has_callouts
    }

    /// Judges an output. The budget starts now, by the clock.
    ///
    /// # Errors
    ///
    /// The gates of the matching rules make no engine; those of a policy that was read do.
    pub fn judge<'a>(
        &self,
        call: &Call<'a>,
        suppressions: &Suppressions,
        clock: &dyn Clock,
    ) -> Result<Judgement<'a>, BuildError> {
        let resolved = self
            .resolver
            .resolve(&self.compiled, call.agent, call.tool())?;
        let active = Active::new(suppressions, call.agent, call.tool(), call.now);
        let look = resolved.look(&call.subject, call.answers, &active, clock);
        let redacted = call.redact.unwrap_or(resolved.redact).then(|| {
            redact::redacted(
                call.subject.output,
                look.seen(),
                &resolved.judge,
                |output| {
                    let mut subject = call.subject;
                    subject.output = output;
                    resolved.look(&subject, call.answers, &active, clock).seen()
                },
                resolved.time_is_up(clock),
            )
        });
        let (output, named) = (call.subject.output, &self.compiled.named_keys);
        let mut left = MOST_COMPARED;
        let hits = look
            .reported()
            .map(|finding| Hit::new(finding, output, named, &mut left));
        Ok(Judgement {
            passed: look.gates.iter().all(|gate| gate.verdict.passed),
            hits: hits.collect(),
            gates: look.gates,
            elapsed: look.elapsed,
            redacted,
        })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("version", &self.compiled.version)
            .field("rules", &self.compiled.rules.len())
            .finish_non_exhaustive()
    }
}

/// What one look at an output shows.
struct Look {
    gates: Vec<JudgedGate>,
    /// What was found and is not suppressed, by gates as well that are reported as skipped after a failure.
    findings: Vec<Finding>,
    /// Whether all gates judged to their end, so that there is nothing but these findings.
    complete: bool,
    elapsed: Duration,
}

impl Look {
    fn seen(&self) -> Seen {
        Seen {
            findings: self.findings.clone(),
            complete: self.complete,
        }
    }

    /// What the gates found that are not reported as skipped.
    fn reported(&self) -> impl Iterator<Item = &Finding> {
        let skipped = self.gates.iter().filter(|gate| gate.verdict.skipped);
        let skipped: HashSet<_> = skipped.map(|gate| &*gate.verdict.name).collect();
        let findings = self.findings.iter();
        findings.filter(move |finding| !skipped.contains(&*finding.gate))
    }
}

impl Resolved {
    /// Gives the gates that are decided elsewhere their verdicts, unless another gate had them skipped. The services are asked
    /// at the same time.
    fn conclude(&self, verdict: &mut Verdict, answers: &[Answer]) {
        let mut longest = Duration::ZERO;
        for (place, inquiry) in &self.callouts {
            let answer = answers
                .iter()
                .find(|answer| answer.callout == inquiry.callout);
            let Some((gate, answer)) = verdict.gates.get_mut(*place).zip(answer) else {
                continue;
            };
            // The budget of the other gates is no concern of a service's.
            if matches!(gate.reason.as_deref(), Some(NOT_ASKED | TIMEOUT)) {
                let (name, outcome) = (gate.name.clone(), answer.outcome.clone());
                *gate = GateVerdict::new(name, outcome, answer.elapsed, gate.monitored);
                if !gate.monitored {
                    longest = longest.max(answer.elapsed);
                }
            }
        }
        verdict.elapsed += longest;
    }

    /// Tells when as much time again has passed as judging may take.
    fn time_is_up<'c>(&self, clock: &'c dyn Clock) -> impl Fn() -> bool + 'c {
        let end = clock.now().saturating_add(self.budget);
        move || clock.now() >= end
    }

    fn look(
        &self,
        subject: &Subject<'_>,
        answers: &[Answer],
        active: &Active<'_>,
        clock: &dyn Clock,
    ) -> Look {
        let Some(engine) = &self.engine else {
            return Look {
                gates: Vec::new(),
                findings: Vec::new(),
                complete: true,
                elapsed: Duration::ZERO,
            };
        };
        let mut verdict = engine.evaluate_with_findings(subject, clock);
        self.conclude(&mut verdict, answers);
        let complete = verdict.gates.iter().all(|gate| gate.complete);
        // They are in the order of the gates.
        let mut found = verdict.findings.into_iter().peekable();
        let mut findings = Vec::new();
        let mut gates = Vec::with_capacity(verdict.gates.len());
        for (gate, kind) in verdict.gates.into_iter().zip(&self.kinds) {
            if !gate.has_hit() {
                gates.push(JudgedGate::new(gate, None));
                continue;
            }
            let own = iter::from_fn(|| found.next_if(|finding| finding.gate == gate.name));
            let mut own: Vec<_> = own.collect();
            if own.is_empty() {
                own.extend(as_a_whole(&gate, kind));
            }
            gates.push(suppress(gate, kind, &mut own, active));
            findings.extend(own);
        }
        if self.fail_fast {
            skip_after_failure(&mut gates);
        }
        Look {
            gates,
            findings,
            complete,
            elapsed: verdict.elapsed,
        }
    }
}

/// The finding of a gate that fails an output as a whole, and does not say where: its kind is its rule.
fn as_a_whole(gate: &GateVerdict, kind: &'static str) -> Option<Finding> {
    // A service that gave no answer has found nothing.
    let has_judged = gate.has_judged() && gate.reason.as_deref() != Some(UNREACHABLE);
    let is_whole = has_judged && !Kind::locates(kind);
    is_whole.then(|| Finding {
        gate: gate.name.clone(),
        check: kind,
        rule: kind,
        pointer: String::new(),
        range: 0..0,
        details: Vec::new(),
    })
}

/// Takes what is suppressed from what a gate found, if that is all that there is. It passes when nothing is left, thanks to the
/// suppression of the first; else what is left names the reason.
fn suppress(
    gate: GateVerdict,
    kind: &str,
    found: &mut Vec<Finding>,
    active: &Active<'_>,
) -> JudgedGate {
    // What was not judged, or not listed, cannot be known to be suppressed.
    if !gate.complete {
        return JudgedGate::new(gate, None);
    }
    let mut first = None;
    let mut active = active.at(&gate.name);
    found.retain(|finding| {
        let suppression = active.of(finding.rule, &finding.pointer);
        if first.is_none() {
            first = suppression.map(|suppression| Arc::clone(&suppression.id));
        }
        suppression.is_none()
    });
    if first.is_none() {
        return JudgedGate::new(gate, None);
    }
    if found.is_empty() {
        return JudgedGate::new(gate, first);
    }
    let reason = match kind {
        "schema" => Schema::reason(found).map(Into::into),
        _ => Finding::reason(found),
    };
    JudgedGate::new(
        GateVerdict {
            reason: reason.or(gate.reason),
            ..gate
        },
        None,
    )
}

/// Reports the gates after the first failure as skipped, but for those that only watch.
fn skip_after_failure(gates: &mut [JudgedGate]) {
    let failed = gates.iter().position(|gate| !gate.verdict.passed);
    let after = failed.and_then(|failed| gates.get_mut(failed + 1..));
    for gate in after
        .into_iter()
        .flatten()
        .filter(|gate| !gate.verdict.monitored)
    {
        gate.verdict.passed = true;
        gate.verdict.skipped = true;
        gate.verdict.reason = Some(ABORTED.into());
        gate.suppressed = None;
    }
}
