//! The options of an engine, and engines made ready for them.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::LazyLock, time::Duration};

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use pecta_gates::{BuiltIn, Checks, Engine, EngineBuilder, Latency, Profile, Schema, SchemaTarget};
use serde_json::{Value, json};

/// Which gates an engine has, and how it judges.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// A bit for each built-in gate: whether it is there.
    pub gates: u16,
    /// A bit for each built-in gate: whether its profile is the standard one.
    pub standard: u16,
    /// For each gate with checks, a bit for each of these.
    pub checks: [u8; 6],
    /// Whether there is a limit of latency.
    pub latency: bool,
    /// Which of the schemas judges, if any.
    pub schema: Option<u8>,
    /// Whether keys are judged.
    pub keys: bool,
    /// Whether numbers are judged.
    pub numbers: bool,
    /// Whether JSON in strings is judged.
    pub embedded_json: bool,
    /// Whether the gates after the first failure are skipped.
    pub fail_fast: bool,
    /// How often an engine in a hurry looks at its clock before the time is up.
    pub looks: u8,
}

impl Options {
    /// One of 256 options drawn at random, always the same for a number. They are not left to the fuzzer, which would make a new
    /// engine for nearly every payload: that takes a thousand times as long as to run one.
    pub fn drawn(number: u8) -> Self {
        let mut state = u64::from(number);
        let random: Vec<u8> = std::iter::repeat_with(|| {
            // The constants of Knuth's MMIX; the low bits of such a generator are poor.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .skip(8)
        .take(Self::size_hint(0).1.unwrap_or(64))
        .collect();
        Self::arbitrary(&mut Unstructured::new(&random)).expect("options are made of any bytes")
    }

    /// Every check of every gate that reads text, under one profile.
    pub fn every_check(profile: Profile) -> Self {
        Self {
            gates: 0b11_1111,
            standard: if profile == Profile::Standard { !0 } else { 0 },
            checks: [!0; 6],
            latency: false,
            schema: None,
            keys: false,
            numbers: false,
            embedded_json: false,
            fail_fast: false,
            looks: 0,
        }
    }

    /// The engine for the options, unless they name no gate.
    pub fn engine(&self) -> Option<Rc<Engine>> {
        thread_local! {
            static ENGINES: RefCell<HashMap<Options, Option<Rc<Engine>>>> = RefCell::default();
        }
        ENGINES.with_borrow_mut(|engines| {
            let engine = engines
                .entry(self.clone())
                .or_insert_with(|| self.builder().build().ok().map(Rc::new));
            engine.clone()
        })
    }

    fn builder(&self) -> EngineBuilder {
        let bit = |bits: u16, at: usize| bits >> at & 1 == 1;
        let mut engine = Engine::builder()
            .budget(Duration::from_millis(1 + u64::from(self.looks)))
            .fail_fast(self.fail_fast)
            .judge_keys(self.keys)
            .judge_numbers(self.numbers)
            .judge_embedded_json(self.embedded_json);
        for (at, gate) in BuiltIn::all().enumerate() {
            if bit(self.gates, at) {
                let profile = if bit(self.standard, at) {
                    Profile::Standard
                } else {
                    Profile::Strict
                };
                let chosen = u16::from(self.checks.get(at).copied().unwrap_or_default());
                let names = gate.checks().into_iter().enumerate();
                let names: Vec<_> = names
                    .filter_map(|(at, name)| bit(chosen, at).then_some(name))
                    .collect();
                let checks = if names.is_empty() {
                    Checks::Default
                } else {
                    Checks::Only(&names)
                };
                engine = engine.gate(gate.gate(profile, checks).expect("the gate's own checks"));
            }
        }
        if self.latency {
            engine = engine.gate(Latency::new(100.0).expect("a good limit"));
        }
        if let Some(schema) = self.schema {
            let at = usize::from(schema) / 2 % SCHEMAS.len();
            let target = if schema.is_multiple_of(2) {
                SchemaTarget::Output
            } else {
                SchemaTarget::Input
            };
            let schema = Schema::new(&SCHEMAS[at]).expect("a good schema");
            engine = engine.gate(schema.target(target));
        }
        engine
    }
}

/// Schemas that together have every kind of keyword, and refer to themselves.
static SCHEMAS: LazyLock<[Value; 3]> = LazyLock::new(|| {
    [
        json!({
            "type": "object", "required": ["id", "a"], "minProperties": 1, "maxProperties": 3,
            "properties": {
                "id": {"type": ["string", "integer"], "minLength": 1, "maxLength": 3},
                "a": {"items": {"$ref": "#"}, "minItems": 1, "uniqueItems": true},
                "arguments": {"pattern": "^(?=a)(a+)+$"},
                "body": {"contains": {"const": 1}, "prefixItems": [true, false], "unevaluatedItems": false}
            },
            "patternProperties": {"^x-": {"enum": [1, "x"]}},
            "additionalProperties": false
        }),
        json!({
            "$defs": {"node": {"anyOf": [
                {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 4},
                {"type": "number", "minimum": -1, "exclusiveMaximum": 9, "multipleOf": 0.5},
                {"type": "string", "minLength": 1, "maxLength": 2}
            ]}},
            "oneOf": [{"$ref": "#/$defs/node"}, {"type": "object", "propertyNames": {"maxLength": 3}}]
        }),
        json!({
            "if": {"type": "object"},
            "then": {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"b": {"not": {"required": ["c"]}}}, "unevaluatedProperties": {"$ref": "#"}},
            "else": {"not": {"type": "null"}}
        }),
    ]
});
