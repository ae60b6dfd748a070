//! The `rtb.adomain-verify` gate.

use std::collections::HashSet;

use super::openrtb::{bids, fields, items, listed, text};
use crate::{
    Deadline, Gate, Json, Outcome, Subject,
    gates::{InvalidOption, reason},
};

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
/// | flags | reason |
/// |---|---|
/// | an `adomain` that is absent or empty, unless [allowed](Self::allow_empty) | `bid has no adomain` |
/// | a placeholder: `example.com`, `test.com`, `localhost` and the like, or one [of your own](Self::placeholder) | `placeholder adomain: example.com` |
/// | what is no host name: an address, a URL, a single label, a string with spaces | `invalid adomain format` |
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

    fn judge(&self, subject: &Subject<'_>, _: &Deadline<'_>) -> Outcome {
        if !self.allow_empty && bids(subject.output).any(lacks_adomain) {
            return Outcome::failed("bid has no adomain");
        }
        let domains = || {
            bids(subject.output)
                .flat_map(|bid| listed(bid, "adomain"))
                .map(|domain| text(domain).map(fold))
        };
        let placeholder = domains()
            .flatten()
            .find(|domain| self.placeholders.contains(domain));
        if let Some(domain) = placeholder {
            let domain = reason::payload_text(&domain);
            return Outcome::failed(format!("placeholder adomain: {domain}"));
        }
        if domains().any(|domain| !domain.as_deref().is_some_and(is_host_name)) {
            return Outcome::failed("invalid adomain format");
        }
        Outcome::Passed
    }
}

/// Whether some reader finds no domain in the bid.
fn lacks_adomain(bid: &Json<'_>) -> bool {
    let mut lists = fields(bid, "adomain")
        .map(|list| items(list).len())
        .peekable();
    lists.peek().is_none() || lists.any(|length| length == 0)
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
    fn realistic_pairs_pass() {
        testing::check_pairs(&AdomainVerify::new(), "passed");
    }

    #[test]
    fn any_json_is_judged() {
        let gates = (any::<bool>(), any::<String>()).prop_map(|(allow_empty, extra)| {
            let gate = AdomainVerify::new().allow_empty(allow_empty);
            gate.clone().placeholder(&extra).unwrap_or(gate)
        });
        testing::check_any_json(gates);
        testing::check_readings(&AdomainVerify::new());
        testing::check_readings(&AdomainVerify::new().allow_empty(true));
    }
}
