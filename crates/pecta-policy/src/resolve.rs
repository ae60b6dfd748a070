//! Which gates judge an output: the rules that match its agent and tool, as an engine.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use foldhash::fast::RandomState;
use pecta_gates::{BuildError, Engine, Profile};

use crate::{
    Inquiry,
    compile::{Compiled, Gate, Rule},
    document::{Mode, Part},
    index::Places,
};

/// How many engines a policy holds at most for agents that a single rule matches, and for others. A rule more may double the latter,
/// but agents that share rules share an engine.
const FOR_ONE_RULE: usize = 128;
const FOR_MORE_RULES: usize = 128;

/// How much the engines may take together that are made before there is an output for them, in bytes: what is made for nobody keeps
/// others from memory. It bounds the time as well, for what takes more takes longer to make.
const PREPARED: usize = 16 << 20;
/// How many agents and tools are looked up for that.
const LOOKED_UP: usize = 128;

/// What an engine takes, and for each gate of few and of many words, in bytes.
const WEIGHT_OF_ENGINE: usize = 16 << 10;
const WEIGHT_OF_GATE: usize = 64 << 10;
const WEIGHT_OF_WORDS: usize = 1 << 20;

/// What judges the outputs of an agent and a tool.
pub(crate) struct Resolved {
    /// None where all gates are off.
    pub(crate) engine: Option<Engine>,
    /// The kinds of the gates, in the engine's order.
    pub(crate) kinds: Vec<&'static str>,
    /// The services that decide for some of them, by their places.
    pub(crate) callouts: Vec<(usize, Inquiry)>,
    /// How long judging may take.
    pub(crate) budget: Duration,
    pub(crate) fail_fast: bool,
    pub(crate) redact: bool,
    /// What is judged like strings.
    pub(crate) judge: Vec<Part>,
}

impl Resolved {
    fn weight(&self) -> usize {
        let gates = self.kinds.iter().map(|kind| match *kind {
            "secrets" | "injection" | "destructive" => WEIGHT_OF_WORDS,
            "filesystem" | "pii" | "content" => WEIGHT_OF_GATE,
            _ => 0,
        });
        WEIGHT_OF_ENGINE + gates.sum::<usize>()
    }
}

/// Resolves, and keeps the engines within bounds.
pub(crate) struct Resolver {
    budget: Duration,
    /// What judges where no rule matches; made with the policy, so that nobody waits for it.
    default: Arc<Resolved>,
    /// By the rule, for the first rules, where it alone matches: found without a lock, which would cost as much as all else.
    of_one: Box<[OnceLock<Arc<Resolved>>]>,
    /// By the rules that match.
    of_more: RwLock<HashMap<Places, Arc<Resolved>, RandomState>>,
}

impl Resolver {
    /// `budget` is what an evaluation may take where no rule says so.
    pub(crate) fn new(policy: &Compiled, budget: Duration) -> Result<Self, BuildError> {
        let default: Vec<_> = policy.rules.last().into_iter().collect();
        Ok(Self {
            budget,
            default: Arc::new(resolve(&default, budget)?),
            of_one: policy
                .rules
                .iter()
                .take(FOR_ONE_RULE)
                .map(|_| OnceLock::new())
                .collect(),
            of_more: RwLock::default(),
        })
    }

    /// Makes engines before there are outputs for them, as far as there is room: for what single rules are for, then for where
    /// rules for agents and rules for tools meet. Ends when it should stop.
    pub(crate) fn prepare(&self, policy: &Compiled, mut should_stop: impl FnMut() -> bool) {
        for (agent, tool) in policy.foreseen().take(LOOKED_UP) {
            if should_stop() {
                return;
            }
            let of_more = self.of_more.read().unwrap_or_else(PoisonError::into_inner);
            let is_full = of_more.len() >= FOR_MORE_RULES;
            drop(of_more);
            // What makes no engine is told when it is asked for.
            if is_full || self.weight() >= PREPARED || self.resolve(policy, agent, tool).is_err() {
                return;
            }
        }
    }

    /// About what it takes of the memory now, in bytes, rounded up.
    pub(crate) fn weight(&self) -> usize {
        let of_more = self.of_more.read().unwrap_or_else(PoisonError::into_inner);
        let of_one = self.of_one.iter().filter_map(OnceLock::get);
        let engines = of_one.chain(of_more.values()).chain([&self.default]);
        engines.map(|resolved| resolved.weight()).sum()
    }

    pub(crate) fn resolve(
        &self,
        policy: &Compiled,
        agent: &str,
        tool: &str,
    ) -> Result<Arc<Resolved>, BuildError> {
        let mut matching = Places::new();
        policy.index.find(agent, tool, &mut matching);
        let kept = match *matching {
            [] => Some(&self.default),
            [place] => self.of_one.get(place).and_then(OnceLock::get),
            _ => None,
        };
        match kept {
            Some(resolved) => Ok(Arc::clone(resolved)),
            None => self.of_several(policy, &matching),
        }
    }

    /// Finds what several rules together make, or makes what is not there yet.
    fn of_several(
        &self,
        policy: &Compiled,
        matching: &Places,
    ) -> Result<Arc<Resolved>, BuildError> {
        if let [place] = **matching
            && let Some(of_one) = self.of_one.get(place)
        {
            let resolved = Arc::new(self.engine(policy, matching)?);
            return Ok(Arc::clone(of_one.get_or_init(|| resolved)));
        }
        let of_more = self.of_more.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(resolved) = of_more.get(matching) {
            return Ok(Arc::clone(resolved));
        }
        drop(of_more);
        let resolved = Arc::new(self.engine(policy, matching)?);
        let mut of_more = self.of_more.write().unwrap_or_else(PoisonError::into_inner);
        if of_more.len() >= FOR_MORE_RULES
            && let Some(any) = of_more.keys().next().cloned()
        {
            of_more.remove(&any);
        }
        of_more.insert(matching.clone(), Arc::clone(&resolved));
        Ok(resolved)
    }

    fn engine(&self, policy: &Compiled, matching: &[usize]) -> Result<Resolved, BuildError> {
        let rules = matching.iter().filter_map(|&place| policy.rules.get(place));
        let rules: Vec<_> = rules.chain(policy.rules.last()).collect();
        resolve(&rules, self.budget)
    }
}

fn resolve(rules: &[&Rule], budget: Duration) -> Result<Resolved, BuildError> {
    let profile = first(rules, |rule| rule.profile).unwrap_or(Profile::Strict);
    let mode = first(rules, |rule| rule.mode).unwrap_or(Mode::Enforce);
    let judge = first(rules, |rule| rule.judge.as_deref()).unwrap_or_default();
    let budget = first(rules, |rule| rule.budget).unwrap_or(budget);
    let mut engine = Engine::builder()
        .budget(budget)
        // A failure that is suppressed must not have kept other gates from judging: they are skipped afterwards.
        .fail_fast(false)
        .judge_keys(judge.contains(&Part::Keys))
        .judge_numbers(judge.contains(&Part::Numbers))
        .judge_embedded_json(judge.contains(&Part::EmbeddedJson));
    let mut kinds = Vec::new();
    let mut callouts = Vec::new();
    for gate in gates(rules) {
        let Some(ready) = gate.under(profile) else {
            continue;
        };
        let mode = gate.mode.unwrap_or(mode);
        engine = match mode {
            Mode::Enforce => engine.gate(ready),
            Mode::Monitor => engine.gate(ready.monitored()),
            Mode::Off => continue,
        };
        callouts.extend(gate.callout.clone().map(|callout| {
            let is_monitored = mode == Mode::Monitor;
            let inquiry = Inquiry {
                callout,
                is_monitored,
            };
            (kinds.len(), inquiry)
        }));
        kinds.push(gate.kind);
    }
    Ok(Resolved {
        engine: if kinds.is_empty() {
            None
        } else {
            Some(engine.build()?)
        },
        kinds,
        callouts,
        budget,
        fail_fast: first(rules, |rule| rule.fail_fast).unwrap_or(false),
        redact: first(rules, |rule| rule.redact).unwrap_or(false),
        judge: judge.to_vec(),
    })
}

/// What the first of the rules says that says something.
fn first<'r, T>(rules: &[&'r Rule], setting: impl Fn(&'r Rule) -> Option<T>) -> Option<T> {
    rules.iter().find_map(|rule| setting(rule))
}

/// The gates that decide, in the order in which the defaults and then the rules name them first.
fn gates<'r>(rules: &[&'r Rule]) -> Vec<&'r Gate> {
    let named = |name: &str| {
        let mut gates = rules.iter().flat_map(|rule| &rule.gates);
        gates.find(|gate| gate.name == name)
    };
    let mut gates: Vec<&Gate> = Vec::new();
    let (defaults, others) = rules
        .split_last()
        .map_or((None, rules), |(last, others)| (Some(last), others));
    for gate in defaults
        .into_iter()
        .chain(others)
        .flat_map(|rule| &rule.gates)
    {
        if gates.iter().all(|other| other.name != gate.name) {
            gates.extend(named(&gate.name));
        }
    }
    gates
}
