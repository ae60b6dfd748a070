//! `/v1/suppressions`.

use crate::caller::{Administer, Caller, Posted};
use crate::clock::Clock;
use crate::error::ApiError;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{CustomizeResponder, HttpRequest, Responder};
use chrono::{DateTime, Utc};
use pecta_gates::Clock as _;
use pecta_store::{NewSuppression, SuppressionRecord};
use pecta_wire::{SuppressionDeleted, SuppressionItem, SuppressionRequest, SuppressionsResponse};

pub(super) async fn list(
    caller: Caller<Administer>,
) -> Result<Json<SuppressionsResponse>, ApiError> {
    let now = Clock::wall();
    let all = caller.store().suppressions(caller.org()).await?;
    let all = all.into_iter().map(|record| item(record, now));
    Ok(Json(SuppressionsResponse {
        suppressions: all.collect(),
    }))
}

pub(super) async fn create(
    Posted { caller, body }: Posted<Administer>,
) -> Result<CustomizeResponder<Json<SuppressionItem>>, ApiError> {
    let now = Clock::wall();
    let new = new(SuppressionRequest::parse(&body, now)?);
    let made = caller.store().add_suppression(caller.origin, new).await?;
    let made = made.ok_or_else(SuppressionRequest::too_many)?;
    changed(&caller).await;
    Ok(Json(item(made, now))
        .customize()
        .with_status(StatusCode::CREATED))
}

pub(super) async fn delete(
    caller: Caller<Administer>,
    request: HttpRequest,
) -> Result<Json<SuppressionDeleted>, ApiError> {
    let id = request.match_info().query("id").to_owned();
    let store = caller.store();
    if !store.remove_suppression(caller.origin, id.clone()).await? {
        return Err(ApiError::NoSuch("suppression"));
    }
    changed(&caller).await;
    Ok(Json(SuppressionDeleted { id, deleted: true }))
}

async fn changed(caller: &Caller<Administer>) {
    let now = caller.app.clock().now();
    caller.app.policies().changed(caller.org(), now).await;
}

fn new(request: SuppressionRequest) -> NewSuppression {
    NewSuppression {
        gate: request.gate,
        rule: request.rule,
        agent: request.agent,
        tool: request.tool,
        pointer: request.pointer,
        reason: request.reason,
        expires_at: request.expires_at.map(Into::into),
    }
}

fn item(record: SuppressionRecord, now: DateTime<Utc>) -> SuppressionItem {
    let suppression = record.suppression;
    SuppressionItem {
        id: record.id,
        gate: suppression.gate,
        rule: suppression.rule,
        agent: suppression.agent,
        tool: suppression.tool,
        pointer: suppression.pointer,
        reason: suppression.reason,
        created_at: record.created_at.into(),
        expires_at: suppression.expires_at.map(Into::into),
        expired: suppression.expires_at.is_some_and(|end| end <= now),
    }
}
