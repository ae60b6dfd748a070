//! `POST /v1/evaluate/batch`: up to 100 outputs to judge, and the verdicts.

use crate::error::{ErrorBody, RequestError};
use crate::evaluate::EvaluateResponse;
use crate::members::Members;
use serde::Serialize;
use serde_json::value::RawValue;

/// A batch. Its items are read one by one, by [`EvaluateRequest::parse`](crate::EvaluateRequest::parse), so that a faulty one
/// spoils no other.
#[derive(Debug)]
pub struct BatchRequest<'b> {
    /// 1 to 100 items, as they came.
    pub items: Vec<&'b RawValue>,
}

impl<'b> BatchRequest<'b> {
    /// Takes a body apart.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`] when it is not an object with 1 to
    /// 100 `items`.
    pub fn parse(body: &'b [u8]) -> Result<Self, RequestError> {
        let items = Members::parse(body)?.items("items")?;
        Ok(Self { items })
    }
}

/// The verdicts on a batch.
#[derive(Debug, Serialize)]
pub struct BatchResponse {
    /// One for each item, in order.
    pub results: Vec<BatchResult>,
}

/// What became of an item.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum BatchResult {
    /// It was judged.
    Judged {
        /// 200.
        status: u16,
        /// What an evaluate of it alone would answer; the reputation is that after the batch.
        answer: Box<EvaluateResponse>,
    },
    /// It breaks a rule.
    Refused(ErrorBody),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Result<&[&str], &str>) {
        let parsed = BatchRequest::parse(body.as_bytes());
        let parsed = parsed.map(|batch| batch.items.iter().map(|item| item.get()).collect());
        let parsed: Result<Vec<_>, _> = parsed.map_err(|error| error.to_string());
        let parsed = parsed.as_deref().map_err(String::as_str);
        assert_eq!(parsed, expected, "{body}");
    }

    #[test]
    fn items_are_taken_unread() {
        check(
            r#" {"x": [1], "items": [ {"a": 1}, "\ud800", [] ]} "#,
            Ok(&[r#"{"a": 1}"#, r#""\ud800""#, "[]"]),
        );
        check("[]", Err("the body must be an object"));
        check("{}", Err("items is required"));
        check(r#"{"items": null}"#, Err("items must be an array"));
        check(
            r#"{"items": [1], "items": [2]}"#,
            Err("items is given twice"),
        );
        check(r#"{"items": []}"#, Err("items must hold 1 to 100 items"));
        let many = format!(r#"{{"items": [1{}]}}"#, ",1".repeat(100));
        check(&many, Err("items must hold 1 to 100 items"));
    }

    #[test]
    fn a_body_that_is_no_json_is_told_as_such() {
        for body in ["", "{", r#"{"items": [1}"#, r#"{"items": [1]} x"#] {
            let parsed = BatchRequest::parse(body.as_bytes());
            assert!(matches!(parsed, Err(RequestError::BadJson(_))), "{body}");
        }
    }
}
