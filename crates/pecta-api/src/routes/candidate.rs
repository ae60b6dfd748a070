//! `/v1/policy/candidate`: a policy that runs beside the one that judges.

use super::policy::{Answer, change, newest};
use crate::caller::{Administer, Caller, Posted};
use crate::error::ApiError;
use actix_web::HttpRequest;
use actix_web::web::Json;
use pecta_store::{CandidateCount, Counted, PolicyRole};
use pecta_wire::{CandidateNameCount, CandidateReport, CandidateRuleCount};

pub(super) async fn show(caller: Caller<Administer>, request: HttpRequest) -> Answer {
    newest(&caller, PolicyRole::Candidate, &request).await
}

pub(super) async fn put(
    Posted { caller, body }: Posted<Administer>,
    request: HttpRequest,
) -> Answer {
    change(&caller, PolicyRole::Candidate, Some(body), &request).await
}

pub(super) async fn delete(caller: Caller<Administer>, request: HttpRequest) -> Answer {
    change(&caller, PolicyRole::Candidate, None, &request).await
}

pub(super) async fn report(caller: Caller<Administer>) -> Result<Json<CandidateReport>, ApiError> {
    let (store, org) = (caller.store(), caller.org());
    let newest = store.policy(org, PolicyRole::Candidate, None).await?;
    let newest = newest.filter(|newest| newest.document.is_some());
    let version = newest.ok_or(ApiError::NoSuch("candidate policy"))?.version;
    let policy = caller.policy().await?;
    if let Some(candidate) = &policy.candidate {
        candidate.save(store, org).await;
    }
    let counts = store.candidate_counts(org, version).await?;
    Ok(Json(summary(version, &counts)))
}

fn summary(version: i64, counts: &[CandidateCount]) -> CandidateReport {
    use Counted::{
        Blocked, BlockedAgent, BlockedRule, BlockedTool, Compared, LeftOut, Released,
        ReleasedAgent, ReleasedRule, ReleasedTool,
    };
    let of = |what| counts.iter().filter(move |count| count.what == what);
    let total = |what| of(what).map(|count| count.count).sum();
    let names = |what| {
        let name = |count: &CandidateCount| CandidateNameCount {
            name: count.name.clone(),
            count: count.count,
        };
        of(what).map(name).collect()
    };
    let rules = |what| {
        let rule = |count: &CandidateCount| CandidateRuleCount {
            gate: count.name.clone(),
            rule: count.rule.clone(),
            count: count.count,
        };
        of(what).map(rule).collect()
    };
    let change = |all, rule, agent, tool| pecta_wire::CandidateChange {
        count: total(all),
        rules: rules(rule),
        agents: names(agent),
        tools: names(tool),
    };
    CandidateReport {
        version,
        compared: total(Compared),
        left_out: names(LeftOut),
        newly_blocked: change(Blocked, BlockedRule, BlockedAgent, BlockedTool),
        newly_released: change(Released, ReleasedRule, ReleasedAgent, ReleasedTool),
    }
}
