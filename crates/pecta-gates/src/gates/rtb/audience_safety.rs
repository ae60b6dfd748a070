//! The `rtb.audience-safety` gate.

use super::{
    fault::{self, Fault, Search, Searched, Stop},
    openrtb::{bids, fields, listed, number, text, texts},
};
use crate::{Deadline, Gate, Json, Outcome, Places, Subject};

const UNSAFE_CATEGORY: &str = "unsafe-category";

/// Categories of the IAB content taxonomy 1.0 that no child should see.
const UNSAFE: [&str; 17] = [
    "IAB7-39", // sexuality
    "IAB8-5",  // cocktails and beer
    "IAB8-18", // wine
    "IAB14-1", // dating
    "IAB25",   // non-standard content
    "IAB25-1", // unmoderated user-generated content
    "IAB25-2", // extreme graphic or explicit violence
    "IAB25-3", // pornography
    "IAB25-4", // profane content
    "IAB25-5", // hate content
    "IAB25-6", // under construction
    "IAB25-7", // incentivised
    "IAB26",   // illegal content
    "IAB26-1", // illegal content
    "IAB26-2", // warez
    "IAB26-3", // spyware and malware
    "IAB26-4", // copyright infringement
];

/// Words in an app's bundle that say whom it is for.
const CHILDRENS_WORDS: [&str; 6] = ["kids", "child", "children", "toddler", "preschool", "baby"];

/// Fails on ads that no child should see, on inventory for children.
///
/// Inventory is for children when `regs.coppa` is 1, when `app.cat` or `site.cat` lists `IAB13`, or when `app.bundle` has one of
/// `kids child children toddler preschool baby` in it, in any case. On all other inventory the gate is skipped: `request is
/// not child-directed`.
///
/// | rule | flags | reason |
/// |---|---|---|
/// | `unsafe-category` | a bid's `cat` of `IAB7-39 IAB8-5 IAB8-18 IAB14-1 IAB25 IAB25-1` to `IAB25-7` `IAB26 IAB26-1` to `IAB26-4` | `child-directed inventory served unsafe category: IAB8-5` |
///
/// Leaves alone a bid without categories, and all others: it compares codes exactly, and does not look at the ad.
///
/// Fields: `BidRequest.regs.coppa` (section 3.2.3 of `OpenRTB` 2.6), `site.cat` (3.2.13), `app.cat` and `app.bundle` (3.2.14),
/// `BidResponse.seatbid[].bid[].cat` (4.2.3).
#[derive(Clone, Debug)]
pub struct AudienceSafety {
    name: String,
    coppa_as_string: bool,
}

impl AudienceSafety {
    /// The gate under its own name.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "rtb.audience-safety".to_owned(),
            coppa_as_string: false,
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

    /// Sets whether `"1"` counts as 1 in `regs.coppa`, where some exchanges write a string; not unless set.
    #[must_use]
    pub fn coppa_as_string(self, counts: bool) -> Self {
        Self {
            coppa_as_string: counts,
            ..self
        }
    }

    /// What findings name as their rule.
    #[must_use]
    pub fn rules() -> &'static [&'static str] {
        &[UNSAFE_CATEGORY]
    }

    fn is_child_directed(&self, request: &Json<'_>) -> bool {
        let is_one = |coppa: &Json<'_>| {
            number(coppa) == Some(1.0)
                || self.coppa_as_string && text(coppa).is_some_and(|coppa| coppa.trim() == "1")
        };
        let is_for_children = |bundle: &str| {
            let bundle = bundle.to_ascii_lowercase();
            CHILDRENS_WORDS.iter().any(|word| bundle.contains(word))
        };
        let apps = || listed(request, "app");
        let mut coppas = listed(request, "regs").flat_map(|regs| fields(regs, "coppa"));
        let mut inventory = apps().chain(listed(request, "site"));
        coppas.any(is_one)
            || inventory.any(|of| texts(of, "cat").any(|category| category == "IAB13"))
            || apps().any(|app| texts(app, "bundle").any(is_for_children))
    }
}

impl Default for AudienceSafety {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate for AudienceSafety {
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

impl Search for AudienceSafety {
    fn search(
        &self,
        subject: &Subject<'_>,
        _: &Deadline<'_>,
        found: &mut dyn FnMut(Fault<'_>) -> Searched,
    ) -> Searched {
        let response = subject.output;
        let mut request = subject.input.into_iter();
        if !request.any(|request| self.is_child_directed(request)) {
            return Err(Stop::Skipped("request is not child-directed"));
        }
        for bid in bids(response) {
            for at in bid.listed("cat") {
                if let Some(category) = text(at.value).filter(|category| UNSAFE.contains(category))
                {
                    let reason =
                        format!("child-directed inventory served unsafe category: {category}");
                    found(Fault::new(UNSAFE_CATEGORY, at, reason))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::testing, *};

    const SKIPPED: &str = "skipped: request is not child-directed";
    const BEER: &str = "failed: child-directed inventory served unsafe category: IAB8-5";

    /// Judges an ad for beer.
    fn check_request(gate: &AudienceSafety, request: &str, expected: &str) {
        let response = testing::response(r#"[{"cat": ["IAB8-5"]}]"#);
        testing::check(gate, request, &response, expected);
    }

    fn check_bids(bids: &str, expected: &str) {
        let request = r#"{"regs": {"coppa": 1}}"#;
        testing::check(
            &AudienceSafety::new(),
            request,
            &testing::response(bids),
            expected,
        );
    }

    #[test]
    fn inventory_for_children_is_known_by_three_signs() {
        for request in [
            r#"{"regs": {"coppa": 1}}"#,
            r#"{"regs": {"coppa": 1.0}}"#,
            r#"{"regs": {"coppa": 1, "coppa": 0}}"#,
            r#"{"app": {"cat": ["IAB9", "IAB13"]}}"#,
            r#"{"site": {"cat": ["IAB13"]}}"#,
            r#"{"site": {"cat": "IAB13"}}"#,
            r#"{"app": {"bundle": "com.example.kids"}}"#,
            r#"{"app": {"bundle": "com.example.SuperKidsGames"}}"#,
            r#"{"app": {"bundle": "org.childrensmuseum"}}"#,
            r#"{"app": {"bundle": "com.toddler.x"}}"#,
            r#"{"app": {"bundle": "preschool"}}"#,
            r#"{"app": {"bundle": "a.babyphone"}}"#,
        ] {
            check_request(&AudienceSafety::new(), request, BEER);
        }
    }

    #[test]
    fn other_inventory_is_skipped() {
        for request in [
            "null",
            "{}",
            r#"{"regs": {"coppa": 0}}"#,
            r#"{"regs": {"coppa": "1"}}"#,
            r#"{"regs": {"coppa": true}}"#,
            r#"{"regs": {"coppa": 2}}"#,
            r#"{"coppa": 1}"#,
            r#"{"app": {"cat": ["IAB13-1", "iab13"]}}"#,
            r#"{"app": {"name": "kids", "bundle": "com.example.game"}}"#,
            r#"{"app": {"content": {"cat": ["IAB13"]}}}"#,
            r#"{"site": {"bundle": "com.kids"}}"#,
            r#"{"bcat": ["IAB13"]}"#,
        ] {
            check_request(&AudienceSafety::new(), request, SKIPPED);
        }
    }

    #[test]
    fn coppa_may_be_a_string_when_asked_for() {
        let gate = AudienceSafety::new().coppa_as_string(true);
        check_request(&gate, r#"{"regs": {"coppa": "1"}}"#, BEER);
        check_request(&gate, r#"{"regs": {"coppa": 1}}"#, BEER);
        for coppa in [r#""0""#, r#""""#, r#""true""#, "true", "null"] {
            check_request(
                &gate,
                &format!(r#"{{"regs": {{"coppa": {coppa}}}}}"#),
                SKIPPED,
            );
        }
    }

    #[test]
    fn unsafe_categories_fail() {
        for category in UNSAFE {
            let reason =
                format!("failed: child-directed inventory served unsafe category: {category}");
            check_bids(
                &format!(r#"[{{"cat": ["IAB1"]}}, {{"cat": ["IAB2", "{category}"]}}]"#),
                &reason,
            );
            check_bids(&format!(r#"[{{"cat": "{category}", "cat": []}}]"#), &reason);
        }
        check_bids(
            r#"[{"cat": ["IAB26", "IAB8-5"]}]"#,
            &BEER.replace("IAB8-5", "IAB26"),
        );
    }

    #[test]
    fn other_categories_pass() {
        for category in [
            "IAB7", "IAB7-3", "IAB8", "IAB8-1", "IAB14", "IAB14-10", "IAB25-8", "IAB26-5", "iab26",
            "", "IAB2",
        ] {
            check_bids(&format!(r#"[{{"cat": ["{category}"]}}]"#), "passed");
        }
        for bids in [
            "[]",
            "[{}]",
            "[null]",
            r#"[{"cat": null}]"#,
            r#"[{"cat": [8, ["IAB26"]]}]"#,
        ] {
            check_bids(bids, "passed");
        }
    }

    #[test]
    fn all_faults_are_told_where_they_are() {
        let bids = r#"[{"cat": ["IAB1"]}, {"cat": ["IAB26", "IAB1", "IAB8-5"]}, {"cat": "IAB25", "cat": [["IAB26"]]}]"#;
        let check = |request: &str, expected: &[&str]| {
            let gate = AudienceSafety::new();
            testing::check_places(&gate, request, &testing::response(bids), expected);
        };
        check(
            r#"{"regs": {"coppa": 1}}"#,
            &[
                "unsafe-category at /seatbid/0/bid/1/cat/0",
                "unsafe-category at /seatbid/0/bid/1/cat/2",
                "unsafe-category at /seatbid/0/bid/2/cat",
            ],
        );
        check("{}", &[]);
    }

    #[test]
    fn realistic_pairs_pass() {
        let forced = |request: &str| request.replacen('{', r#"{"regs": {"coppa": 1},"#, 1);
        for (request, response) in testing::PAIRS {
            testing::check(&AudienceSafety::new(), &forced(request), response, "passed");
        }
    }

    #[test]
    fn any_json_is_judged() {
        let gates = any::<bool>().prop_map(|counts| AudienceSafety::new().coppa_as_string(counts));
        testing::check_any_json(gates, AudienceSafety::rules());
        testing::check_readings(&AudienceSafety::new());
    }
}
