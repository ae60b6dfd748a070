//! `POST /v1/evaluate/batch`.

use super::evaluate::{answer, new_event, standing, with_redacted};
use super::judge::{Judged, judge_request};
use crate::app::App;
use crate::caller::{Caller, Evaluate, Permission as _, Posted};
use crate::error::ApiError;
use crate::heavy::on_pool;
use crate::policies::OrgPolicy;
use actix_web::web;
use pecta_gates::Json;
use pecta_store::{self as store, AgentReputation, OrgId, StoreError};
use pecta_wire::{
    BatchRequest, BatchResponse, BatchResult, EvaluateRequest, EvaluateResponse, Invalid,
    RequestError,
};
use serde_json::value::RawValue;
use std::collections::HashMap;

/// An item, judged or refused.
type Item = Result<Judged, ApiError>;

pub(super) async fn evaluate(
    Posted { caller, body }: Posted<Evaluate>,
) -> Result<web::Json<BatchResponse>, ApiError> {
    let (org, policy) = (caller.org(), caller.policy().await?);
    let judge = move |app: &App, body: &[u8]| judge_each(app, org, &policy, body);
    let mut items = on_pool(&caller.app, body, judge).await?;
    for judged in items.iter_mut().flatten() {
        judged.count(&caller.app, org);
    }
    let results = record(&caller, items).await?;
    Ok(web::Json(BatchResponse { results }))
}

/// Judges the items that are valid.
fn judge_each(
    app: &App,
    org: OrgId,
    policy: &OrgPolicy,
    body: &[u8],
) -> Result<Vec<Item>, ApiError> {
    let batch = BatchRequest::parse(body)?;
    let requests = requests_of(app, org, "items", &batch.items)?;
    let judged = requests
        .into_iter()
        .map(|request| judge_request(app, policy, request?));
    Ok(judged.collect())
}

/// Reads the items of a list, and pays for those that are valid; the request itself has paid for one.
pub(super) fn requests_of<'b>(
    app: &App,
    org: OrgId,
    list: &str,
    items: &[&'b RawValue],
) -> Result<Vec<Result<EvaluateRequest<Json<'b>>, RequestError>>, ApiError> {
    let requests = items.iter();
    let requests = requests.map(|item| EvaluateRequest::parse(item.get().as_bytes()));
    let requests: Vec<_> = requests.collect();
    let valid = requests.iter().filter(|request| request.is_ok()).count();
    let limit = app.rate_limit(Evaluate::QUOTA);
    if limit > 0 && valid > limit {
        // However long the caller waited, there would never be room for all.
        return Err(Invalid::more_than(list, limit).into());
    }
    app.pay(org, Evaluate::QUOTA, valid.saturating_sub(1))?;
    Ok(requests)
}

/// Records all items in one transaction, but for dry runs, and answers each.
async fn record(caller: &Caller<Evaluate>, items: Vec<Item>) -> Result<Vec<BatchResult>, ApiError> {
    let judged = items.iter().flatten();
    let events = judged
        .filter(|judged| !judged.dry_run)
        .map(|judged| new_event(judged, None));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    let receipt = if events.is_empty() {
        store::Receipt::default()
    } else {
        caller.store().record(caller.origin, events).await?
    };
    let mut outcomes = receipt.outcomes.into_iter();
    let standings = receipt.agents.into_iter();
    let standings: HashMap<_, _> = standings
        .map(|agent| (agent.agent_id.clone(), agent))
        .collect();
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        results.push(match item {
            Ok(judged) => {
                let id = if judged.dry_run {
                    None
                } else {
                    outcomes.next()
                };
                let answer = answered(caller, judged, id, &standings).await?;
                BatchResult::Judged {
                    status: 200,
                    answer: Box::new(answer),
                }
            }
            Err(error) => BatchResult::Refused(error.body()),
        });
    }
    Ok(results)
}

async fn answered(
    caller: &Caller<Evaluate>,
    judged: Judged,
    recorded: Option<store::Outcome>,
    standings: &HashMap<String, AgentReputation>,
) -> Result<EvaluateResponse, ApiError> {
    let id = match recorded {
        Some(store::Outcome::Recorded(id)) => id,
        None if judged.dry_run => None,
        _ => return Err(StoreError::Internal("a receipt without an outcome").into()),
    };
    let answer = match standings.get(&judged.agent_id) {
        Some(standing) => answer(id, judged.outcome, standing),
        None => answer(
            id,
            judged.outcome,
            &standing(caller, judged.agent_id).await?,
        ),
    };
    Ok(with_redacted(answer, judged.redacted))
}
