//! The gate `http`.

use std::time::Duration;

use pecta_gates::Profile;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::{Made, Options};
use crate::{
    callout::{Callout, Elsewhere, OnError},
    error::Fault,
};

/// Asks a service of your own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Http {
    /// Where the service is: an `http` or `https` URL without a user, a password or a fragment.
    url: String,
    /// How long the answer may take, in milliseconds; 500 unless set. The budget of the other gates is apart from it.
    #[serde(default = "half_a_second")]
    #[schemars(range(min = 1, max = 10_000))]
    timeout_ms: u64,
    /// What the gate does without an answer that it understands: with `closed`, which it is unless set, it fails; with `open`
    /// it is skipped.
    #[serde(default)]
    on_error: OnError,
    /// The reasons that are reported when the service gives them. Any other is reported as `http:failed`, because it may quote
    /// the output.
    #[serde(default)]
    #[schemars(length(max = MAX_REASONS))]
    reasons: Vec<String>,
}

const MAX_REASONS: usize = 100;
/// In characters.
const MAX_REASON: usize = 200;

fn half_a_second() -> u64 {
    500
}

impl Options for Http {
    fn gate(self, kind: &'static str, _: Profile) -> Result<Made, Fault> {
        if !(1..=10_000).contains(&self.timeout_ms) {
            return Err(Fault::new("must be from 1 to 10000").within("timeout_ms"));
        }
        for (nth, reason) in self.reasons.iter().enumerate() {
            let fits = (1..=MAX_REASON).contains(&reason.chars().count());
            if !fits || reason.chars().any(char::is_control) || reason.starts_with("pecta:") {
                let rule = "must be 1 to 200 characters without control characters, and not begin with pecta:";
                return Err(Fault::new(rule).within(&nth.to_string()).at("/reasons"));
            }
        }
        if self.reasons.len() > MAX_REASONS {
            return Err(Fault::new("must be at most 100").within("reasons"));
        }
        let callout = Callout {
            gate: kind.into(),
            url: service(&self.url).map_err(|fault| fault.within("url"))?,
            timeout: Duration::from_millis(self.timeout_ms),
            on_error: self.on_error,
            reasons: self.reasons,
        };
        Ok(Made {
            callout: Some(callout),
            ..Elsewhere.into()
        })
    }
}

fn service(url: &str) -> Result<Url, Fault> {
    let url = Url::parse(url).map_err(Fault::new)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Fault::new("must be an http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new("must not hold a user or a password"));
    }
    if url.fragment().is_some() {
        return Err(Fault::new("must not have a fragment"));
    }
    Ok(url)
}
