//! `X-Pecta-Signature`: who sent a body, and that it is no repeat.

use crate::caller::{Caller, Ingest, WritableAgents};
use crate::clock::Clock;
use crate::error::ApiError;
use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use pecta_auth::Signature;
use pecta_store::{RequiredSignature, SigningKey, Source};

const SIGNATURE: &str = "X-Pecta-Signature";

/// Whether a request carries a signature, and the keys that may have made it.
pub(super) enum Signed {
    No,
    Yes(Option<Signature>, Vec<SigningKey>),
}

/// What a signature proves of a body.
pub(super) enum Proof {
    /// Nothing: there is none.
    None,
    /// That a secret key signed it, which may do so for these agents.
    Signed(Signature, WritableAgents),
}

impl Signed {
    pub(super) async fn by(
        caller: &Caller<Ingest>,
        request: &HttpRequest,
    ) -> Result<Self, ApiError> {
        let headers: Vec<_> = request.headers().get_all(SIGNATURE).collect();
        let required = caller.required_signature();
        if headers.is_empty() {
            return match required {
                RequiredSignature::None => Ok(Self::No),
                required => Err(ApiError::HmacRequired(required)),
            };
        }
        let signature = match headers[..] {
            [header] => header
                .to_str()
                .ok()
                .and_then(|text| Signature::parse(text).ok()),
            _ => None,
        };
        let is_untimed = |signature: &Signature| signature.time().is_none();
        if required == RequiredSignature::Timed && signature.as_ref().is_some_and(is_untimed) {
            return Err(ApiError::HmacRequired(required));
        }
        let keys = caller.store().signing_keys(caller.org()).await?;
        if keys.is_empty() {
            return Err(ApiError::HmacNoSecret);
        }
        Ok(Self::Yes(signature, keys))
    }

    /// Verifies the signature over the body as it was sent.
    pub(super) fn verify(self, body: &[u8], now: DateTime<Utc>) -> Result<Proof, ApiError> {
        let (signature, keys) = match self {
            Self::No => return Ok(Proof::None),
            Self::Yes(signature, keys) => (signature.ok_or(ApiError::HmacInvalid)?, keys),
        };
        let mut keys = keys.into_iter();
        let signer = keys.find(|signer| signature.matches(body, &signer.key));
        let signer = signer.ok_or(ApiError::HmacInvalid)?;
        if !signature.is_timely(now.timestamp()) {
            return Err(ApiError::HmacUntimely);
        }
        Ok(Proof::Signed(signature, WritableAgents::of(signer.agents)))
    }
}

impl Proof {
    pub(super) fn source(&self) -> Source {
        match self {
            Self::None => Source::Unsigned,
            Self::Signed(..) => Source::Signed,
        }
    }

    /// Refuses an agent whose verdicts the key that signed may not sign.
    pub(super) fn check(&self, agent_id: &str) -> Result<(), ApiError> {
        match self {
            Self::None => Ok(()),
            Self::Signed(_, agents) => agents.check(agent_id),
        }
    }

    /// Uses up a signature with a time. What is refused before that can be sent again as it is.
    pub(super) async fn claim(&self, caller: &Caller<Ingest>) -> Result<(), ApiError> {
        let Self::Signed(signature, _) = self else {
            return Ok(());
        };
        let Some(time) = signature.time() else {
            return Ok(());
        };
        let (store, org, now) = (caller.store(), caller.org(), Clock::wall().timestamp());
        let is_first = store
            .claim_signature(org, time, *signature.code(), now)
            .await?;
        is_first.then_some(()).ok_or(ApiError::HmacReplayed)
    }
}
