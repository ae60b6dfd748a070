//! The policy that runs beside the one that judges, and counting where they differ.

use crate::app::App;
use actix_web::rt;
use pecta_gates::GateName;
use pecta_policy::{Call, Judgement, NOT_ASKED, Policy, Suppressions};
use pecta_store::{CandidateBatch, CandidateCount, Counted, OrgId, Store};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::sleep;

/// How often counts go to the database.
const PAUSE: Duration = Duration::from_secs(1);
/// How many names of each kind wait for that; the others are counted together.
const NAMES: usize = 300;

/// A policy that judges the same and decides nothing.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) version: i64,
    pub(crate) policy: Arc<Policy>,
    counts: Mutex<Counts>,
    /// What is being saved. Held by whoever does so.
    batch: AsyncMutex<Batch>,
}

/// Counts on their way to the database.
#[derive(Debug)]
struct Batch {
    id: CandidateBatch,
    /// Empty once it is known that they were saved.
    counts: Vec<CandidateCount>,
}

/// What is counted: what, the name, the rule.
type Key = (Counted, String, String);

/// The counts that are not in the database yet.
#[derive(Debug, Default)]
struct Counts {
    unsaved: HashMap<Key, i64>,
    /// How many names of each kind these are.
    names: HashMap<Counted, usize>,
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
    /// The gates whose services the candidate alone would have asked. What they would have said is not known.
    left_out: Vec<String>,
}

impl Candidate {
    /// `counter` is unique among all who ever count for the org.
    pub(crate) fn new(version: i64, policy: Arc<Policy>, counter: String) -> Self {
        let id = CandidateBatch {
            counter,
            sequence: 0,
        };
        Self {
            version,
            policy,
            counts: Mutex::default(),
            batch: AsyncMutex::new(Batch {
                id,
                counts: Vec::new(),
            }),
        }
    }

    /// Judges what the live policy has judged.
    pub(crate) fn compare(
        self: &Arc<Self>,
        call: &Call<'_>,
        suppressions: &Suppressions,
        app: &App,
        live: &Judgement<'_>,
    ) -> Option<Comparison> {
        let call = Call {
            redact: Some(false),
            ..*call
        };
        // The gates of a policy that was read make an engine.
        let judged = self.policy.judge(&call, suppressions, app.clock()).ok()?;
        let left_out = not_asked(&judged);
        let (old, new) = (live.blocking(), judged.blocking());
        let only = |rules: BTreeSet<(&GateName, &'static str)>| {
            let counted = rules.into_iter();
            let counted = counted.filter(|(gate, _)| !left_out.contains(&***gate));
            let named = counted.map(|(gate, rule)| (gate.to_string(), rule.to_owned()));
            named.collect::<Vec<_>>()
        };
        Some(Comparison {
            candidate: Arc::clone(self),
            blocked: live.passed && !judged.passed,
            // A failure of a gate that is left out may be one of both.
            released: fails(live, &left_out) && judged.passed,
            rules: [only(&new - &old), only(&old - &new)],
            left_out: left_out.into_iter().collect(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the counts to the database. Those of which it is not known whether it took them come again the next time, as the
    /// same batch: it takes none twice.
    pub(crate) async fn save(&self, store: &Store, org: OrgId) {
        let mut batch = self.batch.lock().await;
        // What was not saved the last time, and what was counted since.
        for _ in 0..2 {
            if batch.counts.is_empty() {
                batch.counts = self.unsaved();
                batch.id.sequence += 1;
            }
            if batch.counts.is_empty() {
                return;
            }
            let (id, counts) = (batch.id.clone(), batch.counts.clone());
            let saved = store.add_candidate_counts(org, self.version, id, counts);
            if let Err(error) = saved.await {
                tracing::warn!(org = org.get(), %error, "the counts of a candidate policy were not saved");
                return;
            }
            batch.counts.clear();
        }
    }

    fn unsaved(&self) -> Vec<CandidateCount> {
        let unsaved = mem::take(&mut *self.lock()).unsaved.into_iter();
        let counts = unsaved.map(|((what, name, rule), count)| CandidateCount {
            what,
            name,
            rule,
            count,
        });
        counts.collect()
    }
}

impl Comparison {
    /// Counts it, and sees to it that the counts are saved.
    pub(crate) fn count(self, app: &App, org: OrgId, agent: &str, tool: Option<&str>) {
        use Counted::{
            Blocked, BlockedAgent, BlockedRule, BlockedTool, Compared, LeftOut, Released,
            ReleasedAgent, ReleasedRule, ReleasedTool,
        };
        let candidate = Arc::clone(&self.candidate);
        let mut counts = candidate.lock();
        counts.add(Compared, "", "", 1);
        for gate in &self.left_out {
            counts.add(LeftOut, gate, "", 1);
        }
        for (differs, [all, by_agent, by_tool]) in [
            (self.blocked, [Blocked, BlockedAgent, BlockedTool]),
            (self.released, [Released, ReleasedAgent, ReleasedTool]),
        ] {
            if differs {
                counts.add(all, "", "", 1);
                counts.add(by_agent, agent, "", 1);
                counts.add(by_tool, tool.unwrap_or_default(), "", 1);
            }
        }
        for (what, rules) in [BlockedRule, ReleasedRule].into_iter().zip(&self.rules) {
            for (gate, rule) in rules {
                counts.add(what, gate, rule, 1);
            }
        }
        if !mem::replace(&mut counts.is_awaited, true) {
            drop(counts);
            let store = app.store().clone();
            rt::spawn(async move {
                sleep(PAUSE).await;
                candidate.save(&store, org).await;
            });
        }
    }
}

impl Counts {
    fn add(&mut self, what: Counted, name: &str, rule: &str, count: i64) {
        let mut key = (what, name.to_owned(), rule.to_owned());
        if !self.unsaved.contains_key(&key) {
            let names = self.names.entry(what).or_default();
            if *names < NAMES {
                *names += 1;
            } else {
                key = (what, "*".to_owned(), String::new());
            }
        }
        *self.unsaved.entry(key).or_default() += count;
    }
}

/// The gates whose services were not asked.
fn not_asked(judgement: &Judgement<'_>) -> HashSet<String> {
    let gates = judgement.gates.iter().map(|gate| &gate.verdict);
    let those = gates.filter(|gate| gate.reason.as_deref() == Some(NOT_ASKED));
    those.map(|gate| gate.name.to_string()).collect()
}

/// Whether a gate fails that is not left out.
fn fails(judgement: &Judgement<'_>, left_out: &HashSet<String>) -> bool {
    let mut gates = judgement.gates.iter().map(|gate| &gate.verdict);
    gates.any(|gate| !gate.passed && !left_out.contains(&*gate.name))
}
