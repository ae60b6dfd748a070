//! The gates that take options: `NAME:OPTION=VALUE,OPTION=VALUE`.

use crate::failure::Failure;
use pecta_gates::{EngineGate, Latency, Schema, SchemaTarget, rtb};
use std::fs;

/// The option that may be given more than once.
const REPEATABLE: &str = "placeholder";

/// A gate that takes options.
pub(super) struct Configurable {
    pub(super) name: &'static str,
    /// Each option with what it takes.
    options: &'static [(&'static str, &'static str)],
    make: fn(&[Given<'_>]) -> Result<EngineGate, Failure>,
}

pub(super) const CONFIGURABLE: &[Configurable] = &[
    Configurable {
        name: "latency",
        options: &[("max_ms", "MS")],
        make: latency,
    },
    Configurable {
        name: "schema",
        options: &[("schema", "FILE"), ("target", "output|input")],
        make: schema,
    },
    Configurable {
        name: "rtb.tmax-guard",
        options: &[("buffer_ms", "MS")],
        make: tmax_guard,
    },
    Configurable {
        name: "rtb.impid-match",
        options: &[("duplicate_imp_ids", "true|false")],
        make: impid_match,
    },
    Configurable {
        name: "rtb.adomain-verify",
        options: &[("allow_empty", "true|false"), (REPEATABLE, "DOMAIN")],
        make: adomain_verify,
    },
    Configurable {
        name: "rtb.bid-sanity",
        options: &[
            ("max_price", "CPM"),
            ("max_floor_multiple", "TIMES"),
            ("zero_price_needs_deal", "true|false"),
            ("below_floor", "true|false"),
        ],
        make: bid_sanity,
    },
    Configurable {
        name: "rtb.audience-safety",
        options: &[("coppa_as_string", "true|false")],
        make: audience_safety,
    },
    Configurable {
        name: "rtb.bcat-compliance",
        options: &[("subcategories", "true|false"), ("badv", "true|false")],
        make: bcat_compliance,
    },
];

impl Configurable {
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        CONFIGURABLE.iter().find(|gate| gate.name == name)
    }

    /// The gate with the options that are given, if any are.
    pub(super) fn gate(&'static self, options: Option<&str>) -> Result<EngineGate, Failure> {
        let options = options.into_iter().flat_map(|options| options.split(','));
        let given: Vec<_> = options.map(|option| Given::read(self, option)).collect();
        let is_repeated = |(nth, option): (usize, &Given<'_>)| {
            let mut before = given.iter().take(nth);
            before.any(|other| other.name == option.name && option.name != REPEATABLE)
        };
        if let Some((_, option)) = given.iter().enumerate().find(|option| is_repeated(*option)) {
            let message = format!("{}:{} is given twice", self.name, option.name);
            return Err(Failure::usage(message));
        }
        (self.make)(&given)
    }

    /// The options as the help shows them.
    pub(super) fn usage(&self) -> String {
        let options = self.options.iter();
        let options: Vec<_> = options
            .map(|(name, takes)| format!("{name}={takes}"))
            .collect();
        options.join(" ")
    }
}

/// An option of a gate as it is given.
struct Given<'a> {
    gate: &'static Configurable,
    name: &'a str,
    value: &'a str,
}

impl<'a> Given<'a> {
    fn read(gate: &'static Configurable, text: &'a str) -> Self {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        Self { gate, name, value }
    }

    fn number(&self) -> Result<f64, Failure> {
        self.value.parse().map_err(|_| self.takes("a number"))
    }

    fn switch(&self) -> Result<bool, Failure> {
        self.value.parse().map_err(|_| self.takes("true or false"))
    }

    fn takes(&self, expected: &str) -> Failure {
        let Self { gate, name, value } = self;
        Failure::usage(format!(
            "{}:{name} takes {expected}, not {value:?}",
            gate.name
        ))
    }

    fn unknown(&self) -> Failure {
        let Self { gate, name, .. } = self;
        Failure::usage(format!(
            "gate {} has no option {name:?}; it takes {}",
            gate.name,
            gate.usage()
        ))
    }
}

fn latency(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let mut gate = None;
    for option in given {
        gate = match option.name {
            "max_ms" => Some(Latency::new(option.number()?).map_err(Failure::usage)?),
            _ => return Err(option.unknown()),
        };
    }
    let needs = || Failure::usage("gate latency needs a limit: latency:max_ms=MS");
    Ok(gate.ok_or_else(needs)?.into())
}

fn schema(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let mut path = None;
    let mut target = SchemaTarget::Output;
    for option in given {
        match (option.name, option.value) {
            ("schema", file) => path = Some(file),
            ("target", "output") => target = SchemaTarget::Output,
            ("target", "input") => target = SchemaTarget::Input,
            ("target", _) => return Err(option.takes("output or input")),
            _ => return Err(option.unknown()),
        }
    }
    let path = path.ok_or_else(|| {
        Failure::usage("gate schema needs a file with a JSON Schema: schema:schema=FILE")
    })?;
    let cannot = |error: &dyn std::fmt::Display| Failure::usage(format!("schema {path}: {error}"));
    let text = fs::read_to_string(path).map_err(|error| cannot(&error))?;
    let schema = serde_json::from_str(&text).map_err(|error| cannot(&error))?;
    let gate = Schema::new(&schema).map_err(|error| cannot(&error))?;
    Ok(gate.target(target).into())
}

fn tmax_guard(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let set = |gate: rtb::TmaxGuard, option: &Given<'_>| match option.name {
        "buffer_ms" => gate.buffer_ms(option.number()?).map_err(Failure::usage),
        _ => Err(option.unknown()),
    };
    let gate = given.iter().try_fold(rtb::TmaxGuard::new(), set)?;
    Ok(gate.into())
}

fn impid_match(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let set = |gate: rtb::ImpidMatch, option: &Given<'_>| match option.name {
        "duplicate_imp_ids" => Ok(gate.duplicate_imp_ids(option.switch()?)),
        _ => Err(option.unknown()),
    };
    let gate = given.iter().try_fold(rtb::ImpidMatch::new(), set)?;
    Ok(gate.into())
}

fn adomain_verify(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let set = |gate: rtb::AdomainVerify, option: &Given<'_>| match option.name {
        "allow_empty" => Ok(gate.allow_empty(option.switch()?)),
        REPEATABLE => gate.placeholder(option.value).map_err(Failure::usage),
        _ => Err(option.unknown()),
    };
    let gate = given.iter().try_fold(rtb::AdomainVerify::new(), set)?;
    Ok(gate.into())
}

fn bid_sanity(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let set = |gate: rtb::BidSanity, option: &Given<'_>| match option.name {
        "max_price" => gate.max_price(option.number()?).map_err(Failure::usage),
        "max_floor_multiple" => gate
            .max_floor_multiple(option.number()?)
            .map_err(Failure::usage),
        "zero_price_needs_deal" => Ok(gate.zero_price_needs_deal(option.switch()?)),
        "below_floor" => Ok(gate.below_floor(option.switch()?)),
        _ => Err(option.unknown()),
    };
    let gate = given.iter().try_fold(rtb::BidSanity::new(), set)?;
    Ok(gate.into())
}

fn audience_safety(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let set = |gate: rtb::AudienceSafety, option: &Given<'_>| match option.name {
        "coppa_as_string" => Ok(gate.coppa_as_string(option.switch()?)),
        _ => Err(option.unknown()),
    };
    let gate = given.iter().try_fold(rtb::AudienceSafety::new(), set)?;
    Ok(gate.into())
}

fn bcat_compliance(given: &[Given<'_>]) -> Result<EngineGate, Failure> {
    let set = |gate: rtb::BcatCompliance, option: &Given<'_>| match option.name {
        "subcategories" => Ok(gate.subcategories(option.switch()?)),
        "badv" => Ok(gate.badv(option.switch()?)),
        _ => Err(option.unknown()),
    };
    let gate = given.iter().try_fold(rtb::BcatCompliance::new(), set)?;
    Ok(gate.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(gate: &str, options: &[&str]) {
        let gate = Configurable::find(gate).unwrap();
        for options in options {
            assert!(gate.gate(Some(options)).is_ok(), "{}:{options}", gate.name);
        }
    }

    #[test]
    fn options_are_taken_as_the_help_shows_them() {
        check("latency", &["max_ms=0.5"]);
        check("rtb.tmax-guard", &["buffer_ms=0"]);
        check("rtb.impid-match", &["duplicate_imp_ids=true"]);
        check(
            "rtb.adomain-verify",
            &["placeholder=a.com,placeholder=b.com,allow_empty=false"],
        );
        check(
            "rtb.bid-sanity",
            &["max_price=25,max_floor_multiple=1,zero_price_needs_deal=true,below_floor=true"],
        );
        check("rtb.audience-safety", &["coppa_as_string=true"]);
        check("rtb.bcat-compliance", &["subcategories=true", "badv=true"]);
    }

    #[test]
    fn every_option_of_the_table_is_one_of_the_gate() {
        for gate in CONFIGURABLE {
            for (name, _) in gate.options {
                let error = gate.gate(Some(&format!("{name}=")));
                let error = error.err().unwrap().to_string();
                assert!(!error.contains("has no option"), "{error}");
            }
        }
    }
}
