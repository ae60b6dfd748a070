//! `/v1/suppressions`.

use crate::caller::{Administer, Caller, Posted};
use crate::clock::Clock;
use crate::error::ApiError;
use crate::policies::OrgPolicy;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{CustomizeResponder, HttpRequest, Responder};
use chrono::{DateTime, Utc};
use pecta_policy::{PolicyError, Suppression};
use pecta_store::{NewSuppression, SuppressionRecord};
use pecta_wire::{
    Invalid, SuppressionDeleted, SuppressionItem, SuppressionRequest, SuppressionsResponse,
};
use std::collections::BTreeSet;

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
    let mut known = can_match(&*caller.policy().await?, &new);
    if known.is_err() {
        // Another server may have taken a policy that has it.
        changed(&caller).await;
        known = can_match(&*caller.policy().await?, &new);
    }
    known?;
    let pointer = new.pointer.as_deref().unwrap_or_default();
    is_pointer(pointer).map_err(|error| SuppressionRequest::wrong_pointer(&error.message))?;
    let made = caller.store().add_suppression(caller.origin(), new).await?;
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
    if !store
        .remove_suppression(caller.origin(), id.clone())
        .await?
    {
        return Err(ApiError::NoSuch("suppression"));
    }
    changed(&caller).await;
    Ok(Json(SuppressionDeleted { id, deleted: true }))
}

async fn changed(caller: &Caller<Administer>) {
    caller.app.policies().changed(caller.org()).await;
}

/// Refuses a gate or a rule that neither the policy nor its candidate has, and a place where the gate finds nothing: nothing would
/// ever be suppressed.
fn can_match(current: &OrgPolicy, new: &NewSuppression) -> Result<(), Invalid> {
    let candidate = current
        .candidate
        .as_ref()
        .map(|candidate| &candidate.policy);
    let policies: Vec<_> = [&current.policy].into_iter().chain(candidate).collect();
    let locates = policies.iter().any(|policy| policy.locates(&new.gate));
    let rules: BTreeSet<_> = policies
        .iter()
        .flat_map(|policy| policy.rules_of(&new.gate))
        .collect();
    if rules.is_empty() {
        let gates = policies.iter().flat_map(|policy| policy.gates());
        let fails = |gate: &&str| {
            policies
                .iter()
                .any(|policy| !policy.rules_of(gate).is_empty())
        };
        let failing: BTreeSet<_> = gates.filter(fails).collect();
        return Err(SuppressionRequest::wrong_gate(failing));
    }
    if !rules.contains(&*new.rule) {
        return Err(SuppressionRequest::unknown_rule(rules));
    }
    if !locates
        && new
            .pointer
            .as_deref()
            .is_some_and(|pointer| !pointer.is_empty())
    {
        let rule = "must be left out: the gate judges the output as a whole";
        return Err(SuppressionRequest::wrong_pointer(rule));
    }
    Ok(())
}

fn is_pointer(pointer: &str) -> Result<(), PolicyError> {
    Suppression::new("", "", "").pointer(pointer).map(drop)
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
