//! The places of a payload that a finding may be in.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use pecta_gates::{BuiltIn, Finding, Json, Schema, rtb};

use crate::Options;

/// Every rule with its check.
static LISTED: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(|| {
    let rules = BuiltIn::all().flat_map(BuiltIn::rules);
    rules.map(|rule| (rule.check, rule.id)).collect()
});

/// Every rule of gates that do not consist of checks.
static WITHOUT_CHECKS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let rules = [
        Schema::rules(),
        rtb::ImpidMatch::rules(),
        rtb::AdomainVerify::rules(),
        rtb::BidSanity::rules(),
        rtb::AudienceSafety::rules(),
        rtb::BcatCompliance::rules(),
    ];
    rules.into_iter().flatten().copied().collect()
});

/// The texts of a payload that are judged, by the JSON Pointer of a finding in them. With duplicate keys several have one.
pub(crate) struct Places<'o> {
    options: &'o Options,
    texts: HashMap<String, Vec<String>>,
    /// The pointers of all values.
    values: HashSet<String>,
}

impl<'o> Places<'o> {
    pub(crate) fn of(output: &Json<'_>, options: &'o Options) -> Self {
        let mut places = Self {
            options,
            texts: HashMap::new(),
            values: HashSet::new(),
        };
        places.visit(output, "", None, 0);
        places
    }

    /// Asserts that a finding is of a rule that is listed, and part of a text that is judged, or a value as a whole.
    pub(crate) fn check(&self, finding: &Finding) {
        if finding.check == finding.rule && WITHOUT_CHECKS.contains(finding.rule) {
            assert!(self.values.contains(&finding.pointer), "{finding:?}");
            assert_eq!(finding.range, 0..0, "{finding:?}");
            return;
        }
        assert!(
            LISTED.contains(&(finding.check, finding.rule)),
            "{finding:?}"
        );
        if finding.check == "empty" {
            assert_eq!((finding.pointer.as_str(), &finding.range), ("", &(0..0)));
            return;
        }
        let mut texts = self.texts.get(&finding.pointer).into_iter().flatten();
        let is_part = |text: &String| {
            let part = text.get(finding.range.clone());
            part.is_some_and(|part| !part.is_empty())
        };
        assert!(texts.any(is_part), "{finding:?}");
    }

    fn visit(&mut self, json: &Json<'_>, pointer: &str, key: Option<&str>, embedded: usize) {
        self.values.insert(pointer.to_owned());
        match json {
            Json::Null | Json::Bool(_) => {}
            Json::Number(number) if self.options.numbers => self.add(pointer, &number.to_string()),
            Json::Number(_) => {}
            Json::String(text) => {
                self.add(pointer, text);
                let may_be_json = matches!(key, Some("arguments" | "body" | "native"));
                if self.options.embedded_json
                    && may_be_json
                    && embedded < 3
                    && let Ok(json) = Json::parse(text)
                {
                    self.visit(&json, &format!("{pointer}~"), None, embedded + 1);
                }
            }
            Json::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.visit(item, &format!("{pointer}/{at}"), None, embedded);
                }
            }
            Json::Object(members) => {
                for (key, value) in members {
                    let escaped = key.replace('~', "~0").replace('/', "~1");
                    let pointer = format!("{pointer}/{escaped}");
                    if self.options.keys {
                        self.add(&format!("{pointer}~#"), key);
                    }
                    self.visit(value, &pointer, Some(key), embedded);
                }
            }
        }
    }

    fn add(&mut self, pointer: &str, text: &str) {
        let texts = self.texts.entry(pointer.to_owned()).or_default();
        texts.push(text.to_owned());
    }
}
