//! `/v1/org`: what is set for an org.

use crate::caller::{Administer, Caller, Posted};
use crate::error::ApiError;
use actix_web::web::Json;
use pecta_store::{OrgChange, OrgSettings};
use pecta_wire::{OrgRequest, OrgResponse};

pub(super) async fn show(caller: Caller<Administer>) -> Result<Json<OrgResponse>, ApiError> {
    let settings = caller.store().org_settings(caller.org()).await?;
    Ok(answer(settings))
}

pub(super) async fn set(
    Posted { caller, body }: Posted<Administer>,
) -> Result<Json<OrgResponse>, ApiError> {
    let OrgRequest { require_signature } = OrgRequest::parse(&body)?;
    let change = OrgChange {
        require_signature: Some(require_signature),
    };
    let settings = caller.store().set_org(caller.origin, change).await;
    caller.app.keys().forget_org(caller.org());
    Ok(answer(settings?))
}

fn answer(settings: OrgSettings) -> Json<OrgResponse> {
    Json(OrgResponse {
        name: settings.name,
        require_signature: settings.require_signature,
    })
}
