//! The policy that runs beside the one that judges, and counting where they differ.

use crate::app::App;
use actix_web::rt;
use pecta_policy::{Call, Judgement, Policy, Suppression};
use pecta_store::{CandidateCount, OrgId};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::sleep;

/// How often counts go to the database.
const PAUSE: Duration = Duration::from_secs(1);
/// How many gates and rules, agents, and tools are counted by name, each; the others together.
const NAMES: usize = 300;

/// A policy that judges the same and decides nothing.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) version: i64,
    pub(crate) policy: Arc<Policy>,
    counts: Mutex<Counts>,
}

/// What is counted: what, the name, the rule.
type Key = (&'static str, String, String);

#[derive(Debug, Default)]
struct Counts {
    /// Those that are not in the database yet.
    unsaved: HashMap<Key, i64>,
    /// What is counted by name.
    named: HashMap<&'static str, HashSet<(String, String)>>,
    /// Whether somebody is about to save them.
    is_awaited: bool,
}

/// What a call was judged by both, as far as it counts.
#[derive(Debug)]
pub(crate) struct Comparison {
    candidate: Arc<Candidate>,
    blocked: bool,
    released: bool,
    /// The gates and rules for which only the candidate would have blocked, and only the live policy did.
    rules: [Vec<(String, String)>; 2],
}

impl Candidate {
    pub(crate) fn new(version: i64, policy: Arc<Policy>) -> Self {
        Self {
            version,
            policy,
            counts: Mutex::default(),
        }
    }

    /// Judges what the live policy has judged.
    pub(crate) fn compare(
        self: &Arc<Self>,
        call: &Call<'_>,
        suppressions: &[Suppression],
        app: &App,
        live: &Judgement<'_>,
    ) -> Option<Comparison> {
        let call = Call {
            redact: false,
            ..*call
        };
        // The gates of a policy that was read make an engine.
        let judged = self.policy.judge(&call, suppressions, app.clock()).ok()?;
        let (old, new) = (blocking(live), blocking(&judged));
        Some(Comparison {
            candidate: Arc::clone(self),
            blocked: live.passed && !judged.passed,
            released: !live.passed && judged.passed,
            rules: [
                new.difference(&old).cloned().collect(),
                old.difference(&new).cloned().collect(),
            ],
        })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the counts to the database. Those that it does not take are kept for the next time.
    pub(crate) async fn save(&self, app: &App, org: OrgId) {
        let unsaved = {
            let mut counts = self.lock();
            counts.is_awaited = false;
            mem::take(&mut counts.unsaved)
        };
        if unsaved.is_empty() {
            return;
        }
        let counts = unsaved
            .iter()
            .map(|((what, name, rule), &count)| CandidateCount {
                what: (*what).to_owned(),
                name: name.clone(),
                rule: rule.clone(),
                count,
            });
        let counts = counts.collect();
        let saved = app.store().add_candidate_counts(org, self.version, counts);
        if let Err(error) = saved.await {
            tracing::warn!(org = org.get(), %error, "the counts of a candidate policy were not saved");
            let mut counts = self.lock();
            for (key, count) in unsaved {
                *counts.unsaved.entry(key).or_default() += count;
            }
        }
    }
}

impl Comparison {
    /// Counts it, and sees to it that the counts are saved.
    pub(crate) fn count(self, app: &App, org: OrgId, agent: &str, tool: Option<&str>) {
        let candidate = Arc::clone(&self.candidate);
        let mut counts = candidate.lock();
        counts.add("compared", "", "");
        for (differs, [all, by_agent, by_tool]) in [
            (self.blocked, ["blocked", "blocked_agent", "blocked_tool"]),
            (
                self.released,
                ["released", "released_agent", "released_tool"],
            ),
        ] {
            if differs {
                counts.add(all, "", "");
                counts.add(by_agent, agent, "");
                counts.add(by_tool, tool.unwrap_or_default(), "");
            }
        }
        for (what, rules) in ["blocked_rule", "released_rule"]
            .into_iter()
            .zip(&self.rules)
        {
            for (gate, rule) in rules {
                counts.add(what, gate, rule);
            }
        }
        if !mem::replace(&mut counts.is_awaited, true) {
            drop(counts);
            let app = app.clone();
            rt::spawn(async move {
                sleep(PAUSE).await;
                candidate.save(&app, org).await;
            });
        }
    }
}

impl Counts {
    fn add(&mut self, what: &'static str, name: &str, rule: &str) {
        let mut key = (name.to_owned(), rule.to_owned());
        let named = self.named.entry(what).or_default();
        if !named.contains(&key) && named.len() >= NAMES {
            key = ("*".to_owned(), String::new());
        } else {
            named.insert(key.clone());
        }
        *self.unsaved.entry((what, key.0, key.1)).or_default() += 1;
    }
}

/// The gates and rules for which an output is blocked.
fn blocking(judgement: &Judgement<'_>) -> BTreeSet<(String, String)> {
    let failed = judgement.gates.iter().filter(|gate| !gate.verdict.passed);
    let failed: BTreeSet<_> = failed.map(|gate| &gate.verdict.name).collect();
    let hits = judgement.hits.iter();
    hits.filter(|hit| failed.contains(&hit.gate))
        .map(|hit| (hit.gate.to_string(), hit.rule.to_owned()))
        .collect()
}
