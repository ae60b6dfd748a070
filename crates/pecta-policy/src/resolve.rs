//! Which gates judge an output: the rules that match its agent and tool, as an engine.

use std::{
    collections::HashMap,
    hash::BuildHasher,
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
    time::Duration,
};

use foldhash::fast::FixedState;
use pecta_gates::{BuildError, Engine, Profile};

use crate::{
    Inquiry,
    compile::{Compiled, Gate, Rule},
    document::{Mode, Part},
};

/// How many engines a policy holds at most. A rule more may double them, but agents that share rules share an engine.
const ENGINES: usize = 256;

/// How many agents and tools a policy remembers the engine of: in so many places, so many in each.
const PLACES: usize = 1024;
const PER_PLACE: usize = 4;

/// How long an agent and a tool may be together to be remembered, in bytes, and what they take of the memory then.
const LONGEST_NAMES: usize = 128;
const WEIGHT_OF_PLACE: usize = LONGEST_NAMES + size_of::<Remembered>();
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

/// Resolves, and remembers the results within bounds.
pub(crate) struct Resolver {
    budget: Duration,
    /// What judges where no rule matches; made with the policy, so that nobody waits for it.
    default: Arc<Resolved>,
    /// By the rules that match.
    engines: RwLock<HashMap<Vec<usize>, Arc<Resolved>>>,
    /// By a hash of agent and tool, the newest last.
    remembered: Box<[Mutex<Vec<Remembered>>]>,
}

struct Remembered {
    agent: String,
    tool: String,
    /// Gone when the engine was let go of.
    resolved: Weak<Resolved>,
}

impl Resolver {
    /// `budget` is what an evaluation may take where no rule says so.
    pub(crate) fn new(policy: &Compiled, budget: Duration) -> Result<Self, BuildError> {
        let default: Vec<_> = policy.rules.last().into_iter().collect();
        Ok(Self {
            budget,
            default: Arc::new(resolve(&default, budget)?),
            engines: RwLock::default(),
            remembered: (0..PLACES).map(|_| Mutex::default()).collect(),
        })
    }

    /// About what it takes of the memory now, in bytes, rounded up.
    pub(crate) fn weight(&self) -> usize {
        let engines = self.engines.read().unwrap_or_else(PoisonError::into_inner);
        let weights = engines.values().map(|resolved| resolved.weight());
        PLACES * PER_PLACE * WEIGHT_OF_PLACE + self.default.weight() + weights.sum::<usize>()
    }

    pub(crate) fn resolve(
        &self,
        policy: &Compiled,
        agent: &str,
        tool: &str,
    ) -> Result<Arc<Resolved>, BuildError> {
        if policy.rules.len() == 1 {
            return Ok(Arc::clone(&self.default));
        }
        let is_short = agent.len() + tool.len() <= LONGEST_NAMES;
        let place = self.place(agent, tool).filter(|_| is_short);
        if let Some(place) = place {
            let place = place.lock().unwrap_or_else(PoisonError::into_inner);
            let is_it = |known: &&Remembered| known.agent == agent && known.tool == tool;
            let known = place.iter().find(is_it);
            if let Some(resolved) = known.and_then(|known| known.resolved.upgrade()) {
                return Ok(resolved);
            }
        }
        let rules = policy.rules.iter().enumerate();
        let matching = rules.filter(|(_, rule)| rule.matches(agent, tool));
        let matching: Vec<_> = matching.map(|(nth, _)| nth).collect();
        let resolved = self.engine(policy, &matching)?;
        if let Some(place) = place {
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            place.retain(|known| known.resolved.strong_count() > 0);
            if place.len() >= PER_PLACE {
                place.remove(0);
            }
            place.push(Remembered {
                agent: agent.to_owned(),
                tool: tool.to_owned(),
                resolved: Arc::downgrade(&resolved),
            });
        }
        Ok(resolved)
    }

    fn place(&self, agent: &str, tool: &str) -> Option<&Mutex<Vec<Remembered>>> {
        // Not random: whoever makes two pairs collide makes them be resolved anew, and no more.
        let hash = FixedState::default().hash_one((agent, tool));
        let place = usize::try_from(hash % u64::try_from(PLACES).ok()?).ok()?;
        self.remembered.get(place)
    }

    fn engine(&self, policy: &Compiled, matching: &[usize]) -> Result<Arc<Resolved>, BuildError> {
        if matching.len() == 1 {
            return Ok(Arc::clone(&self.default));
        }
        let engines = self.engines.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(resolved) = engines.get(matching) {
            return Ok(Arc::clone(resolved));
        }
        drop(engines);
        let rules = matching.iter().filter_map(|&nth| policy.rules.get(nth));
        let resolved = Arc::new(resolve(&rules.collect::<Vec<_>>(), self.budget)?);
        let mut engines = self.engines.write().unwrap_or_else(PoisonError::into_inner);
        if engines.len() >= ENGINES
            && let Some(any) = engines.keys().next().cloned()
        {
            engines.remove(&any);
        }
        engines.insert(matching.to_vec(), Arc::clone(&resolved));
        Ok(resolved)
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
