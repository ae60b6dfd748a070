//! `/v1/org`: what is set for an org.

use crate::error::RequestError;
use crate::fields::{Fields, Path};
use crate::node::Node;
use crate::rate_limits::RateLimitFields;
use serde::{Deserialize, Serialize};

/// What is to be set; what is left out stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrgRequest {
    /// Whether verdicts that are sent to the org must be signed.
    pub require_signature: Option<bool>,
    /// The rate limits of its own; one that is not in it is the server's from then on.
    pub rate_limits: Option<RateLimitFields>,
}

impl OrgRequest {
    /// Reads a request from its body.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let node: Node<'_> = serde_json::from_slice(body)?;
        let fields = Fields::of(&node, &Path::Root)?;
        Ok(Self {
            require_signature: fields.bool("require_signature")?,
            rate_limits: RateLimitFields::of(&fields)?,
        })
    }
}

/// What is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgResponse {
    /// The name of the org.
    pub name: String,
    /// Whether verdicts that are sent to it must be signed.
    pub require_signature: bool,
    /// The rate limits of its own; null where the server's holds.
    pub rate_limits: RateLimitFields,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings() {
        let parse = |body: &str| OrgRequest::parse(body.as_bytes());
        let set = parse(r#"{"require_signature":true}"#).unwrap();
        assert_eq!((set.require_signature, set.rate_limits), (Some(true), None));
        let set = parse(r#"{"rate_limits":{"ingest":0,"default":null}}"#).unwrap();
        let limits = set.rate_limits.unwrap();
        assert_eq!((limits.ingest, limits.default), (Some(0), None));
        for (body, message) in [
            ("[]", "the body must be an object"),
            (r#"{"rate_limits":5}"#, "rate_limits must be an object"),
            (
                r#"{"rate_limits":{"default":-1}}"#,
                "rate_limits.default must be a whole number between 0 and 10000000",
            ),
            (
                r#"{"require_signature":1}"#,
                "require_signature must be true or false",
            ),
        ] {
            assert_eq!(parse(body).unwrap_err().to_string(), message);
        }
    }
}
