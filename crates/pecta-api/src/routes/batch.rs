//! `POST /v1/evaluate/batch`.

use super::evaluate::{answer, new_event, standing, with_redacted};
use super::judge::{Judged, allowed, judge_request, questions};
use crate::app::App;
use crate::body::Body;
use crate::caller::{Caller, Evaluate, Permission, Posted, WritableAgents};
use crate::callouts::Questions;
use crate::error::ApiError;
use crate::heavy::{SLICE, in_slices, on_pool, some};
use crate::policies::OrgPolicy;
use actix_web::web;
use pecta_gates::Json;
use pecta_store::{self as store, AgentReputation, StoreError};
use pecta_wire::{
    BatchRequest, BatchResponse, BatchResult, EvaluateRequest, EvaluateResponse, Invalid,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// An item as it came.
type Request<'b> = Result<EvaluateRequest<Json<'b>>, ApiError>;
/// An item, judged or refused.
type Item = Result<Judged, ApiError>;

pub(super) async fn evaluate(
    Posted { caller, body }: Posted<Evaluate>,
) -> Result<web::Json<BatchResponse>, ApiError> {
    let items = judge(&caller, body).await?;
    let results = record(&caller, items).await?;
    Ok(web::Json(BatchResponse { results }))
}

/// Judges the items that are valid, once they are paid for and the services have answered that their gates ask.
async fn judge(caller: &Caller<Evaluate>, body: Body) -> Result<Vec<Item>, ApiError> {
    let (app, org, policy) = (&caller.app, caller.org(), caller.policy().await?);
    let (asking, agents) = (Arc::clone(&policy), caller.agents());
    let ask = move |_: &App, body: &[u8]| questions_of_each(&asking, &agents, body);
    // What follows waits for others, so that the body is read twice rather than kept in pieces.
    let turns = app.heavy_turns();
    let questions = on_pool(app, turns, org, body.clone(), ask).await?;
    pay_for_each(caller, "items", questions.iter().flatten().count()).await?;
    let questions = questions.into_iter().map(Option::unwrap_or_default);
    let questions: Vec<_> = questions.collect();
    let answers = app.callouts().ask(app, org, &questions).await;
    drop(questions);
    let agents = caller.agents();
    let items = answers.len();
    let judge = move |app: &App, body: &[u8], place: usize| {
        let requests = requests(&agents, body)?.enumerate().skip(place);
        let judged = requests.map(|(nth, request)| {
            let answers = answers.get(nth).map_or(&[][..], Vec::as_slice);
            judge_request(app, &policy, request?, answers)
        });
        Ok(some(app.clock(), SLICE, judged))
    };
    in_slices(app, turns, org, body, items, judge).await
}

/// Counts so many members of a list against the rate limit; the request itself has paid for one.
pub(super) async fn pay_for_each<P: Permission>(
    caller: &Caller<P>,
    list: &str,
    members: usize,
) -> Result<(), ApiError> {
    if let Some(limit) = caller.allowance().least()
        && members > limit
    {
        // However long the caller waited, there would never be room for all.
        return Err(Invalid::more_than(list, limit).into());
    }
    let others = members.saturating_sub(1);
    caller.app.pay(caller.allowance(), others).await
}

/// What services are to be asked about each item; `None` for one that is not valid.
fn questions_of_each(
    policy: &OrgPolicy,
    agents: &WritableAgents,
    body: &[u8],
) -> Result<Vec<Option<Questions>>, ApiError> {
    let items = BatchRequest::parse(body)?.items.into_iter().enumerate();
    let questions = items.map(|(nth, item)| {
        let request = allowed(agents, EvaluateRequest::parse_item(item, nth)).ok();
        let questions = request.map(|request| questions(policy, &request, item.get().len()));
        questions.transpose()
    });
    questions.collect()
}

fn requests<'b>(
    agents: &WritableAgents,
    body: &'b [u8],
) -> Result<impl Iterator<Item = Request<'b>>, ApiError> {
    let items = BatchRequest::parse(body)?.items.into_iter().enumerate();
    Ok(items.map(|(nth, item)| allowed(agents, EvaluateRequest::parse_item(item, nth))))
}

/// Records all items in one transaction, but for dry runs, and answers each. Once they are recorded nothing may fail any more:
/// whoever is told that it did sends them again.
async fn record(caller: &Caller<Evaluate>, items: Vec<Item>) -> Result<Vec<BatchResult>, ApiError> {
    let judged = items.iter().flatten();
    let events = judged
        .filter(|judged| !judged.dry_run)
        .map(|judged| new_event(judged, None));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    let mut standings = standings_of_dry_runs(caller, &items).await?;
    let receipt = if events.is_empty() {
        store::Receipt::default()
    } else {
        caller.store().record(caller.origin(), events).await?
    };
    let mut outcomes = receipt.outcomes.into_iter();
    // A dry run shows what its batch has changed.
    let agents = receipt.agents.into_iter();
    standings.extend(agents.map(|agent| (agent.agent_id.clone(), agent)));
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        results.push(match item {
            Ok(judged) => {
                let id = if judged.dry_run {
                    None
                } else {
                    outcomes.next()
                };
                let answer = answered(caller, judged, id, &standings)?;
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

/// The standings of the agents of which nothing but dry runs is in the batch.
async fn standings_of_dry_runs(
    caller: &Caller<Evaluate>,
    items: &[Item],
) -> Result<HashMap<String, AgentReputation>, ApiError> {
    let judged = items.iter().flatten();
    let (dry, recorded): (Vec<_>, Vec<_>) = judged.partition(|judged| judged.dry_run);
    let recorded: HashSet<_> = recorded.iter().map(|judged| &judged.agent_id).collect();
    let mut standings = HashMap::new();
    for judged in dry {
        let agent = &judged.agent_id;
        if !recorded.contains(agent) && !standings.contains_key(agent) {
            standings.insert(agent.clone(), standing(caller, agent.clone()).await?);
        }
    }
    Ok(standings)
}

fn answered(
    caller: &Caller<Evaluate>,
    mut judged: Judged,
    recorded: Option<store::Outcome>,
    standings: &HashMap<String, AgentReputation>,
) -> Result<EvaluateResponse, ApiError> {
    let id = match recorded {
        Some(store::Outcome::Recorded(id)) => {
            judged.count(&caller.app, caller.org());
            id
        }
        None if judged.dry_run => None,
        _ => return Err(StoreError::Internal("a receipt without an outcome").into()),
    };
    let standing = standings.get(&judged.agent_id);
    let standing = standing.ok_or(StoreError::Internal("a receipt without an agent"))?;
    let answer = answer(id, judged.outcome, standing);
    Ok(with_redacted(answer, judged.redacted))
}
