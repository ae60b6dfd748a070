//! `/v1/policy`: the policy of an org, and trying one.

use crate::error::{ErrorBody, Invalid, RequestError};
use crate::events::Finding;
use crate::ingest::GateReport;
use crate::members::Members;
use crate::query::Query;
use crate::timestamp::Timestamp;
use serde::Serialize;
use serde_json::{Number, value::RawValue};

/// Which version of a policy is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyQuery {
    /// At least 1; the newest one unless set.
    pub version: Option<i64>,
}

impl PolicyQuery {
    /// Reads the query string of a request (the part behind `?`).
    ///
    /// # Errors
    /// When `version` is no number of at least 1.
    pub fn parse(query: &str) -> Result<Self, Invalid> {
        let Some(text) = Query::parse(query).get("version")? else {
            return Ok(Self { version: None });
        };
        let version = text.parse().ok().filter(|version| *version >= 1);
        let rule = || Invalid::new("version", "must be a whole number of at least 1");
        Ok(Self {
            version: Some(version.ok_or_else(rule)?),
        })
    }
}

/// A version of a policy.
#[derive(Debug, Serialize)]
pub struct PolicyResponse {
    /// 1, 2, 3 ... per org; verdicts carry it as `policy_version`.
    pub version: i64,
    /// Since when it holds.
    pub created_at: Timestamp,
    /// The document as it was sent; `null` when from then on the org had none.
    pub policy: Option<Box<RawValue>>,
}

/// What is wrong with a policy, where in it.
#[must_use]
pub fn policy_refused(pointer: &str, reason: &str) -> Invalid {
    match pointer {
        "" => Invalid::new("the policy is refused:", reason),
        pointer => Invalid::new(format_args!("the policy is refused at {pointer}:"), reason),
    }
}

/// What is wrong with a header that binds a change to a version.
#[must_use]
pub fn wrong_precondition(header: &str, rule: &str) -> Invalid {
    Invalid::new(header, rule)
}

/// A policy to be tried, and what on. The parts are read one by one later.
#[derive(Debug)]
pub struct PolicyTestRequest<'b> {
    /// The policy; the org's own unless given.
    pub policy: Option<&'b RawValue>,
    /// 1 to 100 cases, each what an evaluate takes.
    pub cases: Vec<&'b RawValue>,
}

impl<'b> PolicyTestRequest<'b> {
    /// Takes a body apart.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`] when it is not an object with 1 to
    /// 100 `cases`.
    pub fn parse(body: &'b [u8]) -> Result<Self, RequestError> {
        let members = Members::parse(body)?;
        let policy = members.get("policy")?;
        Ok(Self {
            policy: policy.filter(|policy| policy.get() != "null"),
            cases: members.items("cases")?,
        })
    }
}

/// The verdicts on the cases of a test.
#[derive(Debug, Serialize)]
pub struct PolicyTestResponse {
    /// One for each case, in order.
    pub results: Vec<PolicyTestResult>,
}

/// What became of a case.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum PolicyTestResult {
    /// It was judged.
    Judged {
        /// 200.
        status: u16,
        /// Whether every gate passed, was skipped, or only watches.
        passed: bool,
        /// The verdict of each gate.
        gates: Vec<GateReport>,
        /// The time that the gates took, in milliseconds.
        total_latency_ms: Number,
        /// Where gates found something, as events hold it.
        findings: Vec<Finding>,
        /// The version of the org's policy, when that was tried.
        #[serde(skip_serializing_if = "Option::is_none")]
        policy_version: Option<i64>,
    },
    /// It breaks a rule.
    Refused(ErrorBody),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_whole_and_positive() {
        let parse = |query: &str| PolicyQuery::parse(query).map(|query| query.version);
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse("version=3"), Ok(Some(3)));
        for bad in [
            "version=0",
            "version=-1",
            "version=x",
            "version=1.0",
            "version=",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_test_has_cases_and_perhaps_a_policy() {
        let parse = |body: &'static str| PolicyTestRequest::parse(body.as_bytes());
        let test = parse(r#"{"policy": {"version": 1}, "cases": [{}, 1]}"#).unwrap();
        assert_eq!(test.policy.map(RawValue::get), Some(r#"{"version": 1}"#));
        assert_eq!(test.cases.len(), 2);
        assert!(
            parse(r#"{"policy": null, "cases": [1]}"#)
                .unwrap()
                .policy
                .is_none()
        );
        for (body, message) in [
            ("{}", "cases is required"),
            (
                r#"{"policy": 1, "policy": 1, "cases": [1]}"#,
                "policy is given twice",
            ),
            (r#"{"cases": []}"#, "cases must hold 1 to 100 items"),
        ] {
            assert_eq!(parse(body).unwrap_err().to_string(), message);
        }
    }
}
