//! `/v1/org`: what is set for an org.

use crate::app::App;
use crate::caller::{Administer, Caller, Posted};
use crate::error::ApiError;
use actix_web::web::Json;
use pecta_store::{LimitChange, OrgChange, OrgSettings, RateLimits, RequiredSignature};
use pecta_wire::{OrgRequest, OrgResponse, RateLimitFields, RequireSignature, SignatureForm};

pub(super) async fn show(caller: Caller<Administer>) -> Result<Json<OrgResponse>, ApiError> {
    let settings = caller.store().org_settings(caller.org()).await?;
    Ok(answer(settings))
}

pub(super) async fn set(
    Posted { caller, body }: Posted<Administer>,
) -> Result<Json<OrgResponse>, ApiError> {
    let request = OrgRequest::parse(&body)?;
    let change = OrgChange {
        require_signature: request.require_signature.map(required),
        rate_limit_ingest: change(request.rate_limits, |limits| limits.ingest),
        rate_limit_default: change(request.rate_limits, |limits| limits.default),
    };
    let server = server(&caller.app);
    let settings = caller
        .store()
        .set_org(caller.origin(), change, server)
        .await;
    caller.app.keys().forget_org(caller.org());
    Ok(answer(settings?))
}

/// What the server gives to orgs that have no limits of their own.
fn server(app: &App) -> RateLimits {
    let limit = |limit: usize| Some(u32::try_from(limit).unwrap_or(u32::MAX));
    let limits = app.rate_limits();
    RateLimits {
        ingest: limit(limits.ingest),
        default: limit(limits.default),
    }
}

fn change(
    limits: Option<RateLimitFields>,
    limit: impl FnOnce(RateLimitFields) -> Option<u32>,
) -> LimitChange {
    limits.map_or(LimitChange::Keep, |limits| LimitChange::to(limit(limits)))
}

fn required(signature: RequireSignature) -> RequiredSignature {
    match signature {
        RequireSignature::Any(false) => RequiredSignature::None,
        RequireSignature::Any(true) => RequiredSignature::Any,
        RequireSignature::Form(SignatureForm::Timed) => RequiredSignature::Timed,
    }
}

fn shown(signature: RequiredSignature) -> RequireSignature {
    match signature {
        RequiredSignature::None => RequireSignature::Any(false),
        RequiredSignature::Any => RequireSignature::Any(true),
        RequiredSignature::Timed => RequireSignature::Form(SignatureForm::Timed),
    }
}

fn answer(settings: OrgSettings) -> Json<OrgResponse> {
    Json(OrgResponse {
        name: settings.name,
        require_signature: shown(settings.require_signature),
        rate_limits: RateLimitFields {
            ingest: settings.rate_limits.ingest,
            default: settings.rate_limits.default,
        },
    })
}
