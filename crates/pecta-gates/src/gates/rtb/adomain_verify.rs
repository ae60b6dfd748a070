//! The `rtb.adomain-verify` gate.

use std::collections::HashSet;

use super::{
    fault::{self, Fault, Search, Searched},
    openrtb::{bids, items, text},
};
use crate::{
    Deadline, Gate, Outcome, Places, Subject,
    gates::{InvalidOption, reason},
};

const MISSING: &str = "missing-adomain";
const PLACEHOLDER: &str = "placeholder-adomain";
const INVALID: &str = "invalid-adomain";

/// Domains that stand in examples and were never meant to go out.
const PLACEHOLDERS: [&str; 9] = [
    "advertiserdomain.com",
    "example.com",
    "example.org",
    "example.net",
    "test.com",
    "placeholder.com",
    "localhost",
    "foo.com",
    "bar.com",
];

/// Fails on bids that do not say who advertises.
///
/// | rule | flags | reason |
/// |---|---|---|
/// | `missing-adomain` | an `adomain` that is absent or empty, unless [allowed](Self::allow_empty) | `bid has no adomain` |
/// | `placeholder-adomain` | a placeholder: `example.com`, `test.com`, `localhost` and the like, or one [of your own](Self::placeholder) | `placeholder adomain: example.com` |
/// | `invalid-adomain` | what is no host name: an address, a URL, a single label, a string with spaces | `invalid adomain format` |
///
/// Domains are compared without white space around them and in lower case. A host name is that of RFC 1123 with at least two
/// labels, the last of which is no number; names in other scripts are written in their ASCII form (`xn--`). Leaves alone
/// subdomains of placeholders (`shop.example.com`) and names that nobody has registered. A response without bids passes.
///
/// Field: `BidResponse.seatbid[].bid[].adomain` (section 4.2.3 of `OpenRTB` 2.6).
#[derive(Clone, Debug)]
pub struct AdomainVerify {
    name: String,
    allow_empty: bool,
    placeholders: HashSet<String>,
}

impl AdomainVerify {
    /// The gate under its own name, with the usual placeholders.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "rtb.adomain-verify".to_owned(),
            allow_empty: false,
            placeholders: PLACEHOLDERS.map(str::to_owned).into(),
        }
    }

    /// Gives the gate another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Sets whether a bid may do without an `adomain`; not unless set.
    #[must_use]
    pub fn allow_empty(self, allow_empty: bool) -> Self {
        Self {
            allow_empty,
            ..self
        }
    }

    /// Adds a placeholder.
    ///
    /// # Errors
    ///
    /// `domain` is empty or white space.
    pub fn placeholder(mut self, domain: &str) -> Result<Self, InvalidOption> {
        let folded = fold(domain);
        if folded.is_empty() {
            return Err(InvalidOption::new("placeholder", "a domain", "empty"));
        }
        self.placeholders.insert(folded);
        Ok(self)
    }

    /// What findings name as their rule.
    #[must_use]
    pub fn rules() -> &'static [&'static str] {
        &[MISSING, PLACEHOLDER, INVALID]
    }
}

impl Default for AdomainVerify {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate for AdomainVerify {
    fn name(&self) -> &str {
        &self.name
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        fault::judge(self, subject, deadline)
    }

    fn places(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        fault::tell(self, subject, places);
    }
}

impl Search for AdomainVerify {
    fn search(
        &self,
        subject: &Subject<'_>,
        _: &Deadline<'_>,
        found: &mut dyn FnMut(Fault<'_>) -> Searched,
    ) -> Searched {
        let response = subject.output;
        if !self.allow_empty {
            let is_filled = |list| items(list).len() > 0;
            for bid in bids(response) {
                for at in bid.lacking("adomain", is_filled) {
                    found(Fault::new(MISSING, at, "bid has no adomain"))?;
                }
            }
        }
        let domains = || {
            let listed = bids(response).flat_map(|bid| bid.listed("adomain"));
            listed.map(|at| (at, text(at.value).map(fold)))
        };
        for (at, domain) in domains() {
            if let Some(domain) = domain.filter(|domain| self.placeholders.contains(domain)) {
                let domain = reason::payload_text(&domain);
                let reason = format!("placeholder adomain: {domain}");
                found(Fault::new(PLACEHOLDER, at, reason))?;
            }
        }
        for (at, domain) in domains() {
            if !domain.as_deref().is_some_and(is_host_name) {
                found(Fault::new(INVALID, at, "invalid adomain format"))?;
            }
        }
        Ok(())
    }
}

fn fold(domain: &str) -> String {
    domain.trim().to_lowercase()
}

/// Whether the text is a host name of at least two labels (RFC 1123, section 2.1), in lower case.
fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253
        && text.split('.').all(is_label)
        && text
            .rsplit_once('.')
            .is_some_and(|(_, last)| !is_number(last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::testing, *};

    const EMPTY: &str = "failed: bid has no adomain";
    const INVALID: &str = "failed: invalid adomain format";

    fn check(bids: &str, expected: &str) {
        testing::check(
            &AdomainVerify::new(),
            "null",
            &testing::response(bids),
            expected,
        );
    }

    #[test]
    fn a_bid_has_a_domain() {
        for bid in [
            "{}",
            r#"{"adomain": []}"#,
            r#"{"adomain": null}"#,
            "null",
            r#"{"adomain": ["a.de"], "adomain": []}"#,
        ] {
            check(&format!("[{bid}]"), EMPTY);
            check(
                &format!(r#"[{{"adomain": ["example.com", "x"]}}, {bid}]"#),
                EMPTY,
            );
        }
        check("[]", "passed");
        testing::check(&AdomainVerify::new(), "null", "null", "passed");
        let lenient = AdomainVerify::new().allow_empty(true);
        testing::check(
            &lenient,
            "null",
            &testing::response(r#"[{}, {"adomain": []}]"#),
            "passed",
        );
        testing::check(
            &lenient,
            "null",
            &testing::response(r#"[{}, {"adomain": ["x"]}]"#),
            INVALID,
        );
    }

    #[test]
    fn placeholders_fail() {
        for domain in PLACEHOLDERS {
            let bids = format!(r#"[{{"adomain": ["{domain}"]}}]"#);
            check(&bids, &format!("failed: placeholder adomain: {domain}"));
        }
        let hit = "failed: placeholder adomain: example.com";
        check(r#"[{"adomain": [" Example.COM\n"]}]"#, hit);
        check(
            r#"[{"adomain": ["example.com"], "adomain": ["ford.com"]}]"#,
            hit,
        );
        check(
            r#"[{"adomain": ["not valid", "ford.com"]}, {"adomain": "example.com"}]"#,
            hit,
        );
        for domain in [
            "shop.example.com",
            "myexample.com",
            "example.com.br",
            "foo.company",
            "test.co",
        ] {
            check(&format!(r#"[{{"adomain": ["{domain}"]}}]"#), "passed");
        }
    }

    #[test]
    fn placeholders_of_ones_own_fail() {
        let long = "x".repeat(300);
        let gate = AdomainVerify::new().placeholder(" Acme.Test ").unwrap();
        let gate = gate
            .placeholder(&long)
            .unwrap()
            .placeholder("a\u{7}b")
            .unwrap();
        let check = |domain: &str, expected: &str| {
            let bids = serde_json::json!([{"adomain": [domain]}]).to_string();
            testing::check(&gate, "null", &testing::response(&bids), expected);
        };
        check("acme.test", "failed: placeholder adomain: acme.test");
        check("localhost", "failed: placeholder adomain: localhost");
        check(
            &long,
            &format!("failed: placeholder adomain: {}", "x".repeat(253)),
        );
        check("a\u{7}b", "failed: placeholder adomain: ab");
        for domain in ["", " \t"] {
            let error = AdomainVerify::new().placeholder(domain).unwrap_err();
            assert_eq!(error.to_string(), "placeholder must be a domain, not empty");
        }
    }

    #[test]
    fn what_is_no_host_name_fails() {
        for domain in [
            "",
            "ford",
            "ford.",
            ".ford.com",
            "ford..com",
            "ford.com.",
            "-ford.com",
            "ford-.com",
            "ford.com/x",
            "https://ford.com",
            "fo rd.com",
            "fo_rd.com",
            "ford.com:80",
            "a@ford.com",
            "1.2.3.4",
            "münchen.de",
            "\u{FF46}ord.com",
            "*.ford.com",
            "ford,com",
        ] {
            check(
                &format!(r#"[{{"adomain": ["bmw.de", "{domain}"]}}]"#),
                INVALID,
            );
        }
        for adomain in ["[1]", "[null]", r#"[["ford.com"]]"#, "7", "{}", "true"] {
            check(&format!(r#"[{{"adomain": {adomain}}}]"#), INVALID);
        }
        check(
            &format!(r#"[{{"adomain": ["{}.com"]}}]"#, "a".repeat(64)),
            INVALID,
        );
        check(
            &format!(r#"[{{"adomain": ["{}com"]}}]"#, "a.".repeat(126)),
            INVALID,
        );
    }

    #[test]
    fn host_names_pass() {
        for domain in [
            "ford.com",
            "FORD.com",
            " ford.com ",
            "www.bmw.co.uk",
            "xn--mnchen-3ya.de",
            "4chan.org",
            "3m.com",
            "a.b",
            "x.x1",
        ] {
            check(&format!(r#"[{{"adomain": ["{domain}"]}}]"#), "passed");
        }
        check(r#"[{"adomain": "ford.com"}]"#, "passed");
        check(
            &format!(r#"[{{"adomain": ["{}.com"]}}]"#, "a".repeat(63)),
            "passed",
        );
        check(
            &format!(r#"[{{"adomain": ["{}x"]}}]"#, "a.".repeat(126)),
            "passed",
        );
    }

    #[test]
    fn all_faults_are_told_where_they_are() {
        let bids = r#"[
            {"adomain": ["ford.com", "foo.com", " ", "localhost", 7]},
            {}, {"adomain": []}, {"adomain": "x y", "adomain": null}
        ]"#;
        let in_domains = [
            "placeholder-adomain at /seatbid/0/bid/0/adomain/1",
            "placeholder-adomain at /seatbid/0/bid/0/adomain/3",
            "invalid-adomain at /seatbid/0/bid/0/adomain/2",
            "invalid-adomain at /seatbid/0/bid/0/adomain/3",
            "invalid-adomain at /seatbid/0/bid/0/adomain/4",
            "invalid-adomain at /seatbid/0/bid/3/adomain",
        ];
        let missing = [
            "missing-adomain at /seatbid/0/bid/1",
            "missing-adomain at /seatbid/0/bid/2/adomain",
            "missing-adomain at /seatbid/0/bid/3/adomain",
        ];
        let check = |gate: &AdomainVerify, expected: &[&str]| {
            testing::check_places(gate, "null", &testing::response(bids), expected);
        };
        let gate = AdomainVerify::new();
        check(&gate, &[&missing[..], &in_domains].concat());
        check(&gate.allow_empty(true), &in_domains);
    }

    #[test]
    fn realistic_pairs_pass() {
        testing::check_pairs(&AdomainVerify::new(), "passed");
    }

    #[test]
    fn any_json_is_judged() {
        let gates = (any::<bool>(), any::<String>()).prop_map(|(allow_empty, extra)| {
            let gate = AdomainVerify::new().allow_empty(allow_empty);
            gate.clone().placeholder(&extra).unwrap_or(gate)
        });
        testing::check_any_json(gates, AdomainVerify::rules());
        testing::check_readings(&AdomainVerify::new());
        testing::check_readings(&AdomainVerify::new().allow_empty(true));
    }
}
