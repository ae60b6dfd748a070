//! `/v1/org`: what is set for an org.

use crate::error::{Invalid, RequestError};
use crate::fields::{Fields, Path};
use crate::node::Node;
use crate::rate_limits::RateLimitFields;
use serde::{Deserialize, Serialize};

/// Which signature verdicts must have that are sent to an org: `true` for any, `false` for none, or a form of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequireSignature {
    /// Any, or none.
    Any(bool),
    /// One of this form.
    Form(SignatureForm),
}

/// A form of signatures that can be required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureForm {
    /// With a time, and so good for one request.
    Timed,
}

impl RequireSignature {
    fn of(fields: &Fields<'_, '_>) -> Result<Option<Self>, Invalid> {
        let name = "require_signature";
        Ok(Some(match fields.get(name)? {
            None => return Ok(None),
            Some(Node::Bool(is_required)) => Self::Any(*is_required),
            Some(Node::String(form)) if form == "timed" => Self::Form(SignatureForm::Timed),
            Some(_) => return Err(fields.invalid(name, "must be true, false or \"timed\"")),
        }))
    }
}

/// What is to be set; what is left out stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrgRequest {
    /// Which signature verdicts must have that are sent to the org.
    pub require_signature: Option<RequireSignature>,
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
            require_signature: RequireSignature::of(&fields)?,
            rate_limits: RateLimitFields::of(&fields)?,
        })
    }
}

/// What is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgResponse {
    /// The name of the org.
    pub name: String,
    /// Which signature verdicts must have that are sent to it.
    pub require_signature: RequireSignature,
    /// The rate limits of its own; null where the server's holds.
    pub rate_limits: RateLimitFields,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings() {
        let parse = |body: &str| OrgRequest::parse(body.as_bytes());
        for (value, required) in [
            ("true", RequireSignature::Any(true)),
            ("false", RequireSignature::Any(false)),
            ("\"timed\"", RequireSignature::Form(SignatureForm::Timed)),
        ] {
            let set = parse(&format!("{{\"require_signature\":{value}}}")).unwrap();
            assert_eq!(
                (set.require_signature, set.rate_limits),
                (Some(required), None)
            );
            assert_eq!(serde_json::to_string(&required).unwrap(), value);
        }
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
                "require_signature must be true, false or \"timed\"",
            ),
        ] {
            assert_eq!(parse(body).unwrap_err().to_string(), message);
        }
    }
}
