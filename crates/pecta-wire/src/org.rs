//! `/v1/org`: what is set for an org.

use crate::error::RequestError;
use crate::fields::{Fields, Path};
use crate::node::Node;
use serde::{Deserialize, Serialize};

/// What is to be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrgRequest {
    /// Whether verdicts that are sent to the org must be signed.
    pub require_signature: bool,
}

impl OrgRequest {
    /// Reads a request from its body.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let node: Node<'_> = serde_json::from_slice(body)?;
        let fields = Fields::of(&node, &Path::Root)?;
        let required = fields.bool("require_signature")?;
        Ok(Self {
            require_signature: fields.require("require_signature", required)?,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings() {
        let parse = |body: &str| OrgRequest::parse(body.as_bytes());
        let set = parse(r#"{"require_signature":true}"#).unwrap();
        assert!(set.require_signature);
        for (body, message) in [
            ("{}", "require_signature is required"),
            (
                r#"{"require_signature":1}"#,
                "require_signature must be true or false",
            ),
        ] {
            assert_eq!(parse(body).unwrap_err().to_string(), message);
        }
    }
}
