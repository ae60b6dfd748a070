//! The `rtb.bcat-compliance` gate.

use std::collections::HashSet;

use super::{
    fault::{self, Fault, Search, Searched, Stop},
    openrtb::{bids, text, texts},
};
use crate::{Deadline, Gate, Outcome, Places, Subject, gates::reason};

const CATEGORY: &str = "blocked-category";
const SUBCATEGORY: &str = "blocked-subcategory";
const ADVERTISER: &str = "blocked-advertiser";

/// Fails on ads that the request blocks.
///
/// | rule | flags | reason |
/// |---|---|---|
/// | `blocked-category` | a bid `cat` that is in the request's `bcat` | `blocked category in response: IAB25-2` |
/// | `blocked-subcategory` | a subcategory of one in `bcat`, when [asked for](Self::subcategories) | the same |
/// | `blocked-advertiser` | a bid `adomain` of an advertiser in the request's `badv`, when [asked for](Self::badv) | `blocked advertiser in response: ford.com` |
///
/// Codes are compared exactly: it leaves alone `iab25` for `IAB25`, and unless asked for subcategories also `IAB25-2` for
/// `IAB25`. Skipped when there is nothing to compare: the request blocks nothing (`no bcat in request`), or no bid says what
/// it is (`no bid categories in response`).
///
/// Fields: `BidRequest.bcat` and `badv` (section 3.2.1 of `OpenRTB` 2.6), `BidResponse.seatbid[].bid[].cat` and `adomain` (4.2.3).
#[derive(Clone, Debug)]
pub struct BcatCompliance {
    name: String,
    subcategories: bool,
    badv: bool,
}

impl BcatCompliance {
    /// The gate under its own name.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "rtb.bcat-compliance".to_owned(),
            subcategories: false,
            badv: false,
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

    /// Sets whether a blocked category of the IAB content taxonomy 1.0 blocks its subcategories as well; not unless set.
    /// `IAB7` is the parent of `IAB7-39`; `IAB7-3` is not.
    #[must_use]
    pub fn subcategories(self, blocked: bool) -> Self {
        Self {
            subcategories: blocked,
            ..self
        }
    }

    /// Sets whether the gate fails on advertisers that the request's `badv` blocks, too; not unless set. A blocked domain blocks
    /// its subdomains: `ford.com` blocks `www.ford.com`, and not `oxford.com`. Case, white space around a domain and a dot at
    /// its end make no difference.
    #[must_use]
    pub fn badv(self, blocked: bool) -> Self {
        Self {
            badv: blocked,
            ..self
        }
    }

    /// What findings name as their rule.
    #[must_use]
    pub fn rules() -> &'static [&'static str] {
        &[CATEGORY, SUBCATEGORY, ADVERTISER]
    }

    /// The rule by which the category is blocked.
    fn against_category(&self, blocked: &HashSet<&str>, category: &str) -> Option<&'static str> {
        if blocked.contains(category) {
            return Some(CATEGORY);
        }
        let (parent, _) = category.split_once('-').filter(|_| self.subcategories)?;
        blocked.contains(parent).then_some(SUBCATEGORY)
    }
}

impl Default for BcatCompliance {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate for BcatCompliance {
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

impl Search for BcatCompliance {
    fn search(
        &self,
        subject: &Subject<'_>,
        _: &Deadline<'_>,
        found: &mut dyn FnMut(Fault<'_>) -> Searched,
    ) -> Searched {
        let response = subject.output;
        let said = |key| {
            let listed = bids(response).flat_map(move |bid| bid.listed(key));
            listed.filter_map(|at| Some((at, text(at.value)?)))
        };
        let request = subject.input.into_iter();
        let categories = request.clone().flat_map(|request| texts(request, "bcat"));
        let categories: HashSet<&str> = categories.collect();
        let request = request.filter(|_| self.badv);
        let advertisers = request.flat_map(|request| texts(request, "badv"));
        let advertisers: HashSet<String> = advertisers.map(fold).collect();
        if categories.is_empty() && advertisers.is_empty() {
            return Err(Stop::Skipped("no bcat in request"));
        }
        let is_comparable = !categories.is_empty() && said("cat").next().is_some()
            || !advertisers.is_empty() && said("adomain").next().is_some();
        if !is_comparable {
            return Err(Stop::Skipped("no bid categories in response"));
        }
        for (at, category) in said("cat") {
            if let Some(rule) = self.against_category(&categories, category) {
                let category = reason::payload_text(category);
                let reason = format!("blocked category in response: {category}");
                found(Fault::new(rule, at, reason))?;
            }
        }
        if !advertisers.is_empty() {
            for (at, domain) in said("adomain") {
                let domain = fold(domain);
                if blocks_domain(&advertisers, &domain) {
                    let domain = reason::payload_text(&domain);
                    let reason = format!("blocked advertiser in response: {domain}");
                    found(Fault::new(ADVERTISER, at, reason))?;
                }
            }
        }
        Ok(())
    }
}

fn fold(domain: &str) -> String {
    let domain = domain.trim();
    domain.strip_suffix('.').unwrap_or(domain).to_lowercase()
}

/// Whether the domain or one it lies in is blocked.
fn blocks_domain(blocked: &HashSet<String>, domain: &str) -> bool {
    /// What is longer is no domain name: it is blocked by itself or not at all.
    const LONGEST: usize = 253;
    let parents = domain
        .rmatch_indices('.')
        .filter_map(|(dot, _)| domain.get(dot + 1..))
        .take_while(|parent| parent.len() <= LONGEST);
    !domain.is_empty() && blocked.contains(domain)
        || parents
            .filter(|parent| !parent.is_empty())
            .any(|parent| blocked.contains(parent))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::testing, *};

    const NOTHING_BLOCKED: &str = "skipped: no bcat in request";
    const NOTHING_SAID: &str = "skipped: no bid categories in response";

    fn blocked(category: &str) -> String {
        format!("failed: blocked category in response: {category}")
    }

    fn check(gate: &BcatCompliance, request: &str, bids: &str, expected: &str) {
        testing::check(gate, request, &testing::response(bids), expected);
    }

    #[test]
    fn a_blocked_category_fails() {
        let gate = BcatCompliance::new();
        let request = r#"{"bcat": ["IAB25-2", "IAB7"]}"#;
        check(
            &gate,
            request,
            r#"[{"cat": ["IAB1"]}, {"cat": ["IAB2", "IAB25-2"]}]"#,
            &blocked("IAB25-2"),
        );
        check(&gate, request, r#"[{"cat": "IAB7"}]"#, &blocked("IAB7"));
        check(
            &gate,
            request,
            r#"[{"cat": ["IAB1"], "cat": ["IAB7"]}]"#,
            &blocked("IAB7"),
        );
        check(
            &gate,
            r#"{"bcat": [], "bcat": ["IAB7"]}"#,
            r#"[{"cat": ["IAB7"]}]"#,
            &blocked("IAB7"),
        );
        for category in ["IAB25", "IAB7-39", "iab7", "IAB7 ", "IAB2", ""] {
            check(
                &gate,
                request,
                &format!(r#"[{{"cat": ["{category}"]}}]"#),
                "passed",
            );
        }
    }

    #[test]
    fn a_reason_shows_no_more_of_a_category_than_it_may() {
        let long = format!("A\u{1}{}", "B".repeat(300));
        let request = serde_json::json!({"bcat": [long]}).to_string();
        let bids = serde_json::json!([{"cat": [long]}]).to_string();
        check(
            &BcatCompliance::new(),
            &request,
            &bids,
            &blocked(&format!("A{}", "B".repeat(252))),
        );
    }

    #[test]
    fn with_nothing_to_compare_it_is_skipped() {
        let gate = BcatCompliance::new();
        for request in [
            "null",
            "{}",
            r#"{"bcat": []}"#,
            r#"{"bcat": null}"#,
            r#"{"bcat": [7]}"#,
            r#"{"badv": ["a.de"]}"#,
        ] {
            check(
                &gate,
                request,
                r#"[{"cat": ["IAB1"], "adomain": ["a.de"]}]"#,
                NOTHING_BLOCKED,
            );
        }
        for bids in [
            "[]",
            "[{}]",
            "[null]",
            r#"[{"cat": []}]"#,
            r#"[{"cat": [1]}]"#,
            r#"[{"adomain": ["a.de"]}]"#,
        ] {
            check(&gate, r#"{"bcat": ["IAB1"]}"#, bids, NOTHING_SAID);
        }
    }

    #[test]
    fn subcategories_are_blocked_when_asked_for() {
        let gate = BcatCompliance::new().subcategories(true);
        for (listed, category, expected) in [
            ("IAB7", "IAB7-39", blocked("IAB7-39")),
            ("IAB7-39", "IAB7-39", blocked("IAB7-39")),
            ("IAB7", "IAB7", blocked("IAB7")),
            ("IAB7-3", "IAB7-39", "passed".to_owned()),
            ("IAB7-39", "IAB7", "passed".to_owned()),
            ("IAB2", "IAB25-2", "passed".to_owned()),
            ("IAB", "IAB25-2", "passed".to_owned()),
        ] {
            let request = format!(r#"{{"bcat": ["{listed}"]}}"#);
            check(
                &gate,
                &request,
                &format!(r#"[{{"cat": ["{category}"]}}]"#),
                &expected,
            );
        }
    }

    #[test]
    fn advertisers_are_blocked_when_asked_for() {
        let gate = BcatCompliance::new().badv(true);
        for (listed, domain, is_blocked) in [
            ("ford.com", "ford.com", true),
            ("ford.com", "www.ford.com", true),
            ("ford.com", "a.b.ford.com", true),
            ("Ford.com.", " WWW.FORD.COM. ", true),
            ("co.uk", "bmw.co.uk", true),
            ("ford.com", "oxford.com", false),
            ("ford.com", "ford.com.br", false),
            ("www.ford.com", "ford.com", false),
            ("", "ford.com", false),
            ("", "", false),
            (".", "ford.com.", false),
        ] {
            let request = format!(r#"{{"badv": ["{listed}"]}}"#);
            let bids = format!(r#"[{{"adomain": ["{domain}"]}}]"#);
            let folded = fold(domain);
            let expected = if is_blocked {
                format!("failed: blocked advertiser in response: {folded}")
            } else {
                "passed".to_owned()
            };
            check(&gate, &request, &bids, &expected);
            check(&BcatCompliance::new(), &request, &bids, NOTHING_BLOCKED);
        }
        let both = r#"{"bcat": ["IAB7"], "badv": ["ford.com"]}"#;
        check(
            &gate,
            both,
            r#"[{"cat": ["IAB7"], "adomain": ["ford.com"]}]"#,
            &blocked("IAB7"),
        );
        check(&gate, both, r#"[{"adomain": ["bmw.de"]}]"#, "passed");
        check(&gate, both, "[{}]", NOTHING_SAID);
        check(&gate, "{}", r#"[{"adomain": ["bmw.de"]}]"#, NOTHING_BLOCKED);
    }

    #[test]
    fn what_is_too_long_for_a_domain_is_compared_as_a_whole_and_by_its_end() {
        let gate = BcatCompliance::new().badv(true);
        let long = "a.".repeat(200) + "ford.com";
        let shown: String = long.chars().take(253).collect();
        let reason = format!("failed: blocked advertiser in response: {shown}");
        for listed in ["ford.com", &long] {
            let bids = format!(r#"[{{"adomain": ["{long}"]}}]"#);
            check(
                &gate,
                &format!(r#"{{"badv": ["{listed}"]}}"#),
                &bids,
                &reason,
            );
        }
    }

    #[test]
    fn all_faults_are_told_where_they_are() {
        let request = r#"{"bcat": ["IAB7", "IAB8", "IAB8-5"], "badv": ["ford.com"]}"#;
        let bids = r#"[
            {"cat": ["IAB1"], "adomain": ["www.ford.com"]},
            {"cat": ["IAB8-5", "IAB7-39"], "adomain": ["a.de", "ford.com"], "cat": "IAB7"}
        ]"#;
        let check = |gate: &BcatCompliance, expected: &[&str]| {
            testing::check_places(gate, request, &testing::response(bids), expected);
        };
        let gate = BcatCompliance::new();
        check(
            &gate,
            &[
                "blocked-category at /seatbid/0/bid/1/cat/0",
                "blocked-category at /seatbid/0/bid/1/cat",
            ],
        );
        check(
            &gate.subcategories(true).badv(true),
            &[
                "blocked-category at /seatbid/0/bid/1/cat/0",
                "blocked-subcategory at /seatbid/0/bid/1/cat/1",
                "blocked-category at /seatbid/0/bid/1/cat",
                "blocked-advertiser at /seatbid/0/bid/0/adomain/0",
                "blocked-advertiser at /seatbid/0/bid/1/adomain/1",
            ],
        );
    }

    #[test]
    fn realistic_pairs_pass() {
        for (request, response) in testing::PAIRS {
            let gate = BcatCompliance::new().subcategories(true).badv(true);
            testing::check(&gate, request, response, "passed");
        }
    }

    #[test]
    fn any_json_is_judged() {
        let gates = any::<(bool, bool)>().prop_map(|(subcategories, badv)| {
            BcatCompliance::new()
                .subcategories(subcategories)
                .badv(badv)
        });
        testing::check_any_json(gates, BcatCompliance::rules());
        for (subcategories, badv) in [(false, false), (true, true)] {
            testing::check_readings(
                &BcatCompliance::new()
                    .subcategories(subcategories)
                    .badv(badv),
            );
        }
    }
}
