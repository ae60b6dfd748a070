//! The `rtb.impid-match` gate.

use super::{
    NO_BIDS,
    fault::{self, Fault, Search, Searched, Stop},
    openrtb::{Imps, bids, text},
};
use crate::{Deadline, Gate, Outcome, Places, Subject};

const MISSING: &str = "missing-impid";
const UNKNOWN: &str = "unknown-impid";
const DUPLICATE: &str = "duplicate-imp-id";

/// Fails on bids for impressions that were not offered.
///
/// | rule | flags | reason |
/// |---|---|---|
/// | `missing-impid` | an `impid` that is absent or no string | `bid missing impid` |
/// | `unknown-impid` | an `impid` that is the `id` of no impression of the request | `bid impid not present in request` |
/// | `duplicate-imp-id` | two impressions of one `id`, when [asked for](Self::duplicate_imp_ids) | `duplicate imp id in request` |
///
/// Leaves alone several bids for one impression, and impressions that nobody bids for. Skipped when the request has no
/// impressions (`no imps in request`) or the response no bids (`no bids in response`).
///
/// Fields: `BidRequest.imp[].id` and `BidResponse.seatbid[].bid[].impid` (sections 3.2.4 and 4.2.3 of `OpenRTB` 2.6).
#[derive(Clone, Debug)]
pub struct ImpidMatch {
    name: String,
    duplicate_imp_ids: bool,
}

impl ImpidMatch {
    /// The gate under its own name.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "rtb.impid-match".to_owned(),
            duplicate_imp_ids: false,
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

    /// Sets whether the gate fails when two impressions of the request have one id, so that a bid may belong to either; off
    /// unless set.
    #[must_use]
    pub fn duplicate_imp_ids(self, fails: bool) -> Self {
        Self {
            duplicate_imp_ids: fails,
            ..self
        }
    }

    /// What findings name as their rule.
    #[must_use]
    pub fn rules() -> &'static [&'static str] {
        &[MISSING, UNKNOWN, DUPLICATE]
    }
}

impl Default for ImpidMatch {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate for ImpidMatch {
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

impl Search for ImpidMatch {
    fn search(
        &self,
        subject: &Subject<'_>,
        _: &Deadline<'_>,
        found: &mut dyn FnMut(Fault<'_>) -> Searched,
    ) -> Searched {
        let response = subject.output;
        let imps = subject.input.map(Imps::of).unwrap_or_default();
        if imps.is_empty() {
            return Err(Stop::Skipped("no imps in request"));
        }
        if bids(response).next().is_none() {
            return Err(Stop::Skipped(NO_BIDS));
        }
        let is_text = |impid| text(impid).is_some();
        for bid in bids(response) {
            for at in bid.lacking("impid", is_text) {
                found(Fault::new(MISSING, at, "bid missing impid"))?;
            }
        }
        for bid in bids(response) {
            for at in bid.fields("impid") {
                if text(at.value).is_some_and(|impid| !imps.offer(impid)) {
                    found(Fault::new(UNKNOWN, at, "bid impid not present in request"))?;
                }
            }
        }
        if self.duplicate_imp_ids && imps.repeat_an_id() {
            let reason = "duplicate imp id in request";
            found(Fault::of_request(DUPLICATE, reason))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::testing, *};

    const MISSING: &str = "failed: bid missing impid";
    const UNKNOWN: &str = "failed: bid impid not present in request";

    fn check(request: &str, bids: &str, expected: &str) {
        testing::check(
            &ImpidMatch::new(),
            request,
            &testing::response(bids),
            expected,
        );
    }

    #[test]
    fn bids_name_an_impression_of_the_request() {
        let request = r#"{"imp": [{"id": "1"}, {"id": "2"}]}"#;
        check(request, r#"[{"impid": "1"}]"#, "passed");
        check(request, r#"[{"impid": "2"}, {"impid": "2"}]"#, "passed");
        check(request, r#"[{"impid": "3"}]"#, UNKNOWN);
        check(request, r#"[{"impid": ""}]"#, UNKNOWN);
        check(request, r#"[{"impid": "1"}, {"impid": "1 "}]"#, UNKNOWN);
        for bid in [
            r#"{"id": "b"}"#,
            r#"{"impid": 1}"#,
            r#"{"impid": null}"#,
            r#"{"impid": ["1"]}"#,
            "null",
            "7",
        ] {
            check(request, &format!("[{bid}]"), MISSING);
            check(request, &format!(r#"[{{"impid": "3"}}, {bid}]"#), MISSING);
        }
    }

    #[test]
    fn duplicate_keys_must_all_be_right() {
        let request = r#"{"imp": [{"id": "1"}, {"id": "2"}]}"#;
        check(request, r#"[{"impid": "1", "impid": "2"}]"#, "passed");
        check(request, r#"[{"impid": "1", "impid": "3"}]"#, UNKNOWN);
        check(request, r#"[{"impid": "1", "impid": null}]"#, MISSING);
        check(
            r#"{"imp": [{"id": "1"}], "imp": [{"id": "2"}]}"#,
            r#"[{"impid": "1"}]"#,
            UNKNOWN,
        );
    }

    #[test]
    fn without_impressions_or_bids_it_is_skipped() {
        for request in ["null", "{}", r#"{"imp": []}"#, r#"{"imp": null}"#] {
            check(
                request,
                r#"[{"impid": "1"}]"#,
                "skipped: no imps in request",
            );
        }
        check(
            r#"{"imp": [{"id": "1"}]}"#,
            "[]",
            "skipped: no bids in response",
        );
        for response in [
            "null",
            "{}",
            r#"{"nbr": 2}"#,
            r#""text""#,
            "[[]]",
            r#"{"seatbid": [{}]}"#,
        ] {
            let request = r#"{"imp": [{"id": "1"}]}"#;
            testing::check(
                &ImpidMatch::new(),
                request,
                response,
                "skipped: no bids in response",
            );
        }
    }

    #[test]
    fn impressions_without_an_id_offer_nothing() {
        check(r#"{"imp": [{}]}"#, r#"[{"impid": "1"}]"#, UNKNOWN);
        check(r#"{"imp": [{"id": 1}]}"#, r#"[{"impid": "1"}]"#, UNKNOWN);
    }

    #[test]
    fn impressions_of_one_id_fail_when_asked_for() {
        let strict = ImpidMatch::new().duplicate_imp_ids(true);
        let response = testing::response(r#"[{"impid": "1"}]"#);
        let twice = r#"{"imp": [{"id": "1"}, {"id": "1"}]}"#;
        testing::check(
            &strict,
            twice,
            &response,
            "failed: duplicate imp id in request",
        );
        testing::check(&ImpidMatch::new(), twice, &response, "passed");
        for once in [
            r#"{"imp": [{"id": "1"}, {"id": "2"}, {}]}"#,
            r#"{"imp": [{"id": "1", "id": "1"}]}"#,
        ] {
            testing::check(&strict, once, &response, "passed");
        }
    }

    #[test]
    fn duplicate_keys_make_no_product() {
        const MANY: usize = 50_000;
        let imps = r#""imp": {"id": "1"},"#.repeat(MANY);
        let bids = r#"{"impid": "1"},"#.repeat(MANY);
        let request = format!("{{{}}}", imps.trim_end_matches(','));
        check(
            &request,
            &format!("[{}]", bids.trim_end_matches(',')),
            "passed",
        );
    }

    #[test]
    fn all_faults_are_told_where_they_are() {
        let check = |request: &str, response: &str, expected: &[&str]| {
            let gate = ImpidMatch::new().duplicate_imp_ids(true);
            testing::check_places(&gate, request, response, expected);
        };
        let request = r#"{"imp": [{"id": "1"}, {"id": "2"}]}"#;
        let bids = r#"[{"impid": "1"}, {"impid": "3"}, {}, {"impid": 7, "impid": "4"}, null]"#;
        check(
            request,
            &testing::response(bids),
            &[
                "missing-impid at /seatbid/0/bid/2",
                "missing-impid at /seatbid/0/bid/3/impid",
                "missing-impid at /seatbid/0/bid/4",
                "unknown-impid at /seatbid/0/bid/1/impid",
                "unknown-impid at /seatbid/0/bid/3/impid",
            ],
        );
        let unlisted = r#"{"seatbid": {"bid": {"impid": "3"}}}"#;
        check(request, unlisted, &["unknown-impid at /seatbid/bid/impid"]);
        let repeated = r#"{"imp": [{"id": "1"}, {"id": "1"}, {"id": "1"}]}"#;
        check(
            repeated,
            unlisted,
            &[
                "unknown-impid at /seatbid/bid/impid",
                "duplicate-imp-id at ",
            ],
        );
        check("{}", unlisted, &[]);
    }

    #[test]
    fn realistic_pairs_pass() {
        testing::check_pairs(&ImpidMatch::new().duplicate_imp_ids(true), "passed");
    }

    #[test]
    fn any_json_is_judged() {
        let gates = any::<bool>().prop_map(|fails| ImpidMatch::new().duplicate_imp_ids(fails));
        testing::check_any_json(gates, ImpidMatch::rules());
        testing::check_readings(&ImpidMatch::new());
    }
}
