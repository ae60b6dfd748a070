//! `/v1/policy/candidate`: a policy that runs beside the one that judges.

use super::policy::{Answer, change, document, newest};
use crate::caller::{Administer, Caller, Posted};
use crate::error::ApiError;
use actix_web::HttpRequest;
use actix_web::web::Json;
use pecta_store::{CandidateCount, PolicyRole};
use pecta_wire::{CandidateNameCount, CandidateReport, CandidateRuleCount};

pub(super) async fn show(caller: Caller<Administer>, request: HttpRequest) -> Answer {
    newest(&caller, PolicyRole::Candidate, &request).await
}

pub(super) async fn put(
    Posted { caller, body }: Posted<Administer>,
    request: HttpRequest,
) -> Answer {
    let document = document(&caller, body).await?;
    change(&caller, PolicyRole::Candidate, Some(document), &request).await
}

pub(super) async fn delete(caller: Caller<Administer>, request: HttpRequest) -> Answer {
    change(&caller, PolicyRole::Candidate, None, &request).await
}

pub(super) async fn report(caller: Caller<Administer>) -> Result<Json<CandidateReport>, ApiError> {
    let policy = caller.policy().await?;
    let candidate = policy.candidate.as_ref();
    let candidate = candidate.ok_or(ApiError::NoSuch("candidate policy"))?;
    candidate.save(&caller.app, caller.org()).await;
    let counts = caller
        .store()
        .candidate_counts(caller.org(), candidate.version);
    Ok(Json(summary(candidate.version, &counts.await?)))
}

fn summary(version: i64, counts: &[CandidateCount]) -> CandidateReport {
    let of = |what: &'static str| counts.iter().filter(move |count| count.what == what);
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
        compared: total("compared"),
        newly_blocked: change("blocked", "blocked_rule", "blocked_agent", "blocked_tool"),
        newly_released: change(
            "released",
            "released_rule",
            "released_agent",
            "released_tool",
        ),
    }
}
