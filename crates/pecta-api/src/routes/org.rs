//! `/v1/org`: what is set for an org.

use crate::app::App;
use crate::caller::{Administer, Caller, Posted, Quota};
use crate::error::ApiError;
use actix_web::web::Json;
use pecta_store::{LimitChange, OrgChange, OrgSettings};
use pecta_wire::{OrgRequest, OrgResponse, RateLimitFields};

pub(super) async fn show(caller: Caller<Administer>) -> Result<Json<OrgResponse>, ApiError> {
    let settings = caller.store().org_settings(caller.org()).await?;
    Ok(answer(settings))
}

pub(super) async fn set(
    Posted { caller, body }: Posted<Administer>,
) -> Result<Json<OrgResponse>, ApiError> {
    let request = OrgRequest::parse(&body)?;
    if let Some(limits) = request.rate_limits {
        let current = caller.store().org_settings(caller.org()).await?.rate_limits;
        check(&caller.app, Quota::Ingest, limits.ingest, current.ingest)?;
        check(&caller.app, Quota::Default, limits.default, current.default)?;
    }
    let change = OrgChange {
        require_signature: request.require_signature,
        rate_limit_ingest: change(request.rate_limits, |limits| limits.ingest),
        rate_limit_default: change(request.rate_limits, |limits| limits.default),
    };
    let settings = caller.store().set_org(caller.origin, change).await;
    caller.app.keys().forget_org(caller.org());
    Ok(answer(settings?))
}

/// An org does not take more than the server gives, or the operator has given it.
fn check(
    app: &App,
    quota: Quota,
    wanted: Option<u32>,
    current: Option<u32>,
) -> Result<(), ApiError> {
    let size = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
    let server = app.rate_limit(quota);
    let most = current.map_or(server, |current| server.max(size(current)));
    let is_unlimited = server == 0 || current == Some(0);
    let fits = |wanted: u32| wanted > 0 && size(wanted) <= most;
    if is_unlimited || wanted.is_none_or(fits) {
        return Ok(());
    }
    Err(RateLimitFields::over(quota.name(), most).into())
}

fn change(
    limits: Option<RateLimitFields>,
    limit: impl FnOnce(RateLimitFields) -> Option<u32>,
) -> LimitChange {
    limits.map_or(LimitChange::Keep, |limits| LimitChange::to(limit(limits)))
}

fn answer(settings: OrgSettings) -> Json<OrgResponse> {
    Json(OrgResponse {
        name: settings.name,
        require_signature: settings.require_signature,
        rate_limits: RateLimitFields {
            ingest: settings.rate_limits.ingest,
            default: settings.rate_limits.default,
        },
    })
}
