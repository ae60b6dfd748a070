//! From the document to rules that can be matched and gates that are made.

use std::{
    collections::{BTreeSet, HashSet},
    ops::RangeInclusive,
    sync::Arc,
    time::Duration,
};

use pecta_gates::{BuildError, EngineGate, Profile};
use serde_json::{Map, Value};

use crate::{
    Callout, Networks, PolicyError,
    document::{Document, Entry, Mode, Part, Section},
    error::Fault,
    gates::{Hits, Kind},
    index::Index,
    selector::Selector,
    source::{Format, Source},
};

/// The gates where a policy names none.
const DOCUMENTED: [&str; 3] = ["filesystem", "pii", "content"];

/// How many rules a policy may have: patterns can be such that each is compared with the agent and the tool of an output.
const RULES: usize = 1000;
/// How long a pattern of agents or tools may be, in characters.
const PATTERN: RangeInclusive<usize> = 1..=200;

/// How many gates a policy may have, and how many of the kinds that take more: services are asked about each output, and
/// patterns take up to 8 MiB a gate, those of a schema up to 12.
const GATES: usize = 500;
const GATES_OF_KIND: [(&str, usize); 3] = [("http", 8), ("pattern", 32), ("schema", 32)];

/// How many bytes in memory a byte of a document may become in what gates do not weigh themselves, such as automata of words.
const WEIGHT_OF_BYTE: usize = 64;

/// The longest budget, in milliseconds: the thread that judges serves others, too.
const LONGEST_BUDGET_MS: f64 = 1e3;

/// What every reader of JSON keeps exact.
const MAX_VERSION: u64 = (1 << 53) - 1;

/// How often the search of a gate known to this program is as long as one of a policy's own.
const OWN_SEARCH: usize = 32;

/// Whether a document must be within the limits of this version, or was taken when there may have been others.
#[derive(Clone, Copy)]
pub(crate) enum Limits<'n> {
    /// With the networks in which services may be.
    Hold(&'n Networks),
    Held,
}

/// A document, made ready.
pub(crate) struct Compiled {
    pub(crate) version: u64,
    /// The rules, in order, and then what holds for everyone.
    pub(crate) rules: Vec<Rule>,
    /// Whom each rule is for, but for the last.
    pub(crate) index: Index,
    /// An agent and a tool that each rule is for, but the last.
    examples: Vec<(String, String)>,
    /// The keys of payloads that gates name.
    pub(crate) named_keys: HashSet<String>,
    /// Whether a gate is decided by a service.
    pub(crate) has_callouts: bool,
    /// What the document and its gates take of the memory at most, in bytes.
    pub(crate) weight: usize,
    /// What all gates take for each byte.
    pub(crate) effort: usize,
}

impl Compiled {
    /// The gates but for those that are off whichever rules match.
    pub(crate) fn gates_that_may_run(&self) -> impl Iterator<Item = &Gate> {
        let rules = self.rules.iter().enumerate();
        rules.flat_map(|(place, rule)| {
            let is_off = self.is_off(place, rule);
            let gates = rule.gates.iter();
            gates.filter(move |gate| !is_off || gate.mode.is_some())
        })
    }

    /// Whether the gates of a rule that do not say so themselves are off: whichever rules match besides, the first mode is that.
    fn is_off(&self, place: usize, rule: &Rule) -> bool {
        let until = if rule.mode.is_some() {
            place + 1
        } else {
            self.rules.len()
        };
        let mut modes = self.rules.iter().take(until).map(|rule| rule.mode);
        let last = modes.next_back().flatten();
        last == Some(Mode::Off) && modes.flatten().all(|mode| mode == Mode::Off)
    }

    /// Agents and tools that may be expected: one for each rule, then each of these agents with each of these tools, other agents and
    /// tools among them.
    pub(crate) fn foreseen(&self) -> impl Iterator<Item = (&str, &str)> {
        let examples = self.examples.iter();
        let examples = examples.map(|(agent, tool)| (agent.as_str(), tool.as_str()));
        let (agents, tools): (BTreeSet<_>, BTreeSet<_>) =
            examples.clone().chain([("", "")]).unzip();
        let pairs = agents.into_iter().flat_map(move |agent| {
            let tools = tools.clone().into_iter();
            tools.map(move |tool| (agent, tool))
        });
        examples.chain(pairs)
    }
}

/// The shortest name that a pattern matches.
fn example(pattern: Option<&str>) -> String {
    let letters = pattern
        .unwrap_or_default()
        .chars()
        .filter(|&letter| letter != '*');
    letters
        .map(|letter| if letter == '?' { '_' } else { letter })
        .collect()
}

/// What holds for some agents and tools.
pub(crate) struct Rule {
    pub(crate) profile: Option<Profile>,
    pub(crate) mode: Option<Mode>,
    pub(crate) budget: Option<Duration>,
    pub(crate) fail_fast: Option<bool>,
    pub(crate) redact: Option<bool>,
    pub(crate) judge: Option<Vec<Part>>,
    pub(crate) gates: Vec<Gate>,
}

impl Rule {
    /// What its gates take for each byte at most: 1 for a gate that this program knows, and as often as the searches of a
    /// policy's own can take as long.
    pub(crate) fn effort(&self) -> usize {
        let gates = self.gates.iter().map(|gate| match gate.kind {
            "pattern" | "keywords" | "schema" => OWN_SEARCH,
            _ => 1,
        });
        gates.sum()
    }
}

/// A gate of a rule.
pub(crate) struct Gate {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) mode: Option<Mode>,
    /// The gate under the strict and under the standard profile; none when it is off.
    made: Option<[EngineGate; 2]>,
    hits: Hits,
    /// What it takes of the memory at most besides what goes by the length of the document, in bytes.
    weight: usize,
    /// The service that decides, if it is not the gate itself.
    pub(crate) callout: Option<Arc<Callout>>,
}

impl Gate {
    pub(crate) fn under(&self, profile: Profile) -> Option<EngineGate> {
        let [strict, standard] = self.made.as_ref()?;
        let gate = match profile {
            Profile::Strict => strict,
            Profile::Standard => standard,
        };
        Some(gate.clone().named(&*self.name))
    }

    /// The rules for which it may fail an output, under any profile that it can have.
    pub(crate) fn rules(&self) -> Vec<&'static str> {
        let Some(made) = &self.made else {
            return Vec::new();
        };
        match &self.hits {
            Hits::Of(rules) => return rules.clone(),
            Hits::Whole => return vec![self.kind],
            Hits::OfKind => {}
        }
        let rules: Vec<_> = made.iter().flat_map(EngineGate::rules).collect();
        if rules.is_empty() {
            Kind::rules(self.kind)
        } else {
            rules
        }
    }

    /// Whether it says where in the output it hits.
    pub(crate) fn locates(&self) -> bool {
        Kind::locates(self.kind) && !matches!(self.hits, Hits::Whole)
    }
}

pub(crate) fn compile(
    text: &str,
    format: Format,
    limits: Limits<'_>,
) -> Result<Compiled, PolicyError> {
    let source = Source::read(text, format)?;
    let compiled = compiled(&source.value, limits).map_err(|fault| source.error(fault))?;
    Ok(Compiled {
        weight: compiled
            .weight
            .saturating_add(text.len().saturating_mul(WEIGHT_OF_BYTE)),
        ..compiled
    })
}

fn compiled(value: &Value, limits: Limits<'_>) -> Result<Compiled, Fault> {
    objects(value)?;
    let document: Document = serde_path_to_error::deserialize(value)?;
    if document.version > MAX_VERSION {
        return Err(Fault::new(format_args!("must be at most {MAX_VERSION}")).within("version"));
    }
    if let Limits::Hold(_) = limits {
        let rules = document.rules.len();
        if rules > RULES {
            let count = format!("has {rules} rules; {RULES} are the most");
            return Err(Fault::new(count).within("rules"));
        }
        few_enough(&document)?;
    }
    let mut named_keys = HashSet::new();
    let mut rules = Vec::with_capacity(document.rules.len() + 1);
    let mut selectors = Vec::with_capacity(document.rules.len());
    let mut examples = Vec::with_capacity(document.rules.len());
    for (nth, section) in document.rules.into_iter().enumerate() {
        let (agent, tool) = (section.agent.as_deref(), section.tool.as_deref());
        selectors.push(Selector::new(agent, tool));
        examples.push((example(agent), example(tool)));
        let rule =
            is_selectable(&section, limits).and_then(|()| rule(section, limits, &mut named_keys));
        rules.push(rule.map_err(|fault| fault.within(&nth.to_string()).at("/rules"))?);
    }
    let default = default(document.default, limits, &mut named_keys);
    rules.push(default.map_err(|fault| fault.within("default"))?);
    let gates = || rules.iter().flat_map(|rule| &rule.gates);
    Ok(Compiled {
        version: document.version,
        has_callouts: gates().any(|gate| gate.callout.is_some()),
        weight: gates().map(|gate| gate.weight).sum(),
        effort: rules.iter().map(Rule::effort).sum(),
        rules,
        index: Index::new(&selectors),
        examples,
        named_keys,
    })
}

/// Refuses more gates than may be, before any of them is made.
fn few_enough(document: &Document) -> Result<(), Fault> {
    let rules = document.rules.iter().enumerate();
    let rules = rules.map(|(nth, section)| (format!("/rules/{nth}"), section));
    let sections = rules.chain([("/default".to_owned(), &document.default)]);
    let gates = sections.flat_map(|(place, section)| {
        let gates = section.gates.iter().flatten().enumerate();
        gates.map(move |(nth, gate)| (format!("{place}/gates/{nth}"), gate))
    });
    let gates: Vec<_> = gates.collect();
    let few = |gates: &[&(String, _)], most: usize, kind: &str| match gates.get(most) {
        Some((place, _)) => {
            let count = gates.len();
            let fault = format_args!("there are {count} gates{kind}; {most} are the most");
            Err(Fault::new(fault).at(place))
        }
        None => Ok(()),
    };
    few(&gates.iter().collect::<Vec<_>>(), GATES, "")?;
    for (kind, most) in GATES_OF_KIND {
        let of_kind =
            |gate: &Map<String, Value>| gate.get("gate").and_then(Value::as_str) == Some(kind);
        let gates: Vec<_> = gates.iter().filter(|(_, gate)| of_kind(gate)).collect();
        few(&gates, most, &format!(" of the kind {kind:?}"))?;
    }
    Ok(())
}

/// Refuses what is no object, also lists, whose members serde would take in order.
fn objects(value: &Value) -> Result<(), Fault> {
    let object = |value: &Value| match value {
        Value::Object(_) => Ok(()),
        _ => Err(Fault::new("must be an object")),
    };
    object(value)?;
    if let Some(default) = value.get("default") {
        object(default).map_err(|fault| fault.within("default"))?;
    }
    let rules = value.get("rules").and_then(Value::as_array);
    for (nth, rule) in rules.into_iter().flatten().enumerate() {
        object(rule).map_err(|fault| fault.within(&nth.to_string()).at("/rules"))?;
    }
    Ok(())
}

fn default(
    mut section: Section,
    limits: Limits<'_>,
    named_keys: &mut HashSet<String>,
) -> Result<Rule, Fault> {
    for (key, pattern) in [("agent", &section.agent), ("tool", &section.tool)] {
        if pattern.is_some() {
            return Err(Fault::new("is for rules; `default` matches everything").within(key));
        }
    }
    let documented = || {
        let gate = |name: &str| {
            [("gate".to_owned(), Value::from(name))]
                .into_iter()
                .collect()
        };
        DOCUMENTED.map(gate).to_vec()
    };
    section.gates.get_or_insert_with(documented);
    rule(section, limits, named_keys)
}

/// Refuses patterns that nobody can have meant, and long ones.
fn is_selectable(section: &Section, limits: Limits<'_>) -> Result<(), Fault> {
    if let Limits::Held = limits {
        return Ok(());
    }
    for (key, pattern) in [("agent", &section.agent), ("tool", &section.tool)] {
        let Some(pattern) = pattern else { continue };
        if !PATTERN.contains(&pattern.chars().count()) {
            return Err(Fault::new("must be 1 to 200 characters").within(key));
        }
        if pattern.contains(|c: char| c.is_ascii_control()) {
            return Err(Fault::new("must not hold control characters").within(key));
        }
    }
    Ok(())
}

fn rule(
    section: Section,
    limits: Limits<'_>,
    named_keys: &mut HashSet<String>,
) -> Result<Rule, Fault> {
    let budget = section
        .budget_ms
        .map(|ms| match limits {
            Limits::Held => ms.min(LONGEST_BUDGET_MS),
            Limits::Hold(_) => ms,
        })
        .map(|ms| match Duration::try_from_secs_f64(ms / 1e3) {
            Ok(budget) if !budget.is_zero() && ms <= LONGEST_BUDGET_MS => Ok(budget),
            _ => {
                let rule = format!("must be positive, and at most {LONGEST_BUDGET_MS}");
                Err(Fault::new(rule).within("budget_ms"))
            }
        });
    let mut gates: Vec<Gate> = Vec::new();
    for (nth, options) in section.gates.unwrap_or_default().into_iter().enumerate() {
        let made = gate(options, limits, named_keys).and_then(|gate| {
            if gates.iter().any(|other| other.name == gate.name) {
                let twice = format!("two gates of the rule are named {:?}", gate.name);
                return Err(Fault::new(twice).within("name"));
            }
            Ok(gate)
        });
        gates.push(made.map_err(|fault| fault.within(&nth.to_string()).at("/gates"))?);
    }
    Ok(Rule {
        profile: section.profile.map(Into::into),
        mode: section.mode,
        budget: budget.transpose()?,
        fail_fast: section.fail_fast,
        redact: section.redact,
        judge: section.judge,
        gates,
    })
}

fn gate(
    options: serde_json::Map<String, Value>,
    limits: Limits<'_>,
    named_keys: &mut HashSet<String>,
) -> Result<Gate, Fault> {
    let entry = Entry::read(options)?;
    let is_off = entry.mode == Some(Mode::Off);
    let (mut callout, mut hits, mut weight) = (None, Hits::default(), 0);
    let made = if is_off && entry.options.is_empty() {
        None
    } else {
        let make = |profile| {
            let made = entry.kind.gate(entry.options.clone(), profile)?;
            named_keys.extend(made.named_keys);
            callout = made.callout;
            hits = made.hits;
            weight = made.weight;
            Ok::<_, Fault>(made.gate.named(&*entry.name))
        };
        Some(entry.kind.under_each_profile(make)?)
    };
    for made in made.iter().flatten() {
        made.check().map_err(|error| match error {
            BuildError::BadName(_) => Fault::new(error).within("name"),
            BuildError::NoChecks(_) => Fault::new(error).within("checks"),
            error => Fault::new(error),
        })?;
    }
    let callout = callout.filter(|_| !is_off).map(|callout| Callout {
        gate: entry.name.as_str().into(),
        ..callout
    });
    if let (Some(callout), Limits::Hold(networks)) = (&callout, limits) {
        let checked = networks.check(&callout.url);
        checked.map_err(|error| Fault::new(error).within("url"))?;
    }
    Ok(Gate {
        kind: entry.kind.name,
        callout: callout.map(Arc::new),
        name: entry.name,
        mode: entry.mode,
        made: made.filter(|_| !is_off),
        hits,
        weight,
    })
}
