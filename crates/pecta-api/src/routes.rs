//! The route table.

mod agents;
mod audit;
mod batch;
mod candidate;
mod echo;
mod evaluate;
mod events;
mod health;
mod ingest;
mod judge;
mod keys;
mod org;
mod policy;
mod reputation;
mod signed;
mod suppressions;

pub(crate) use echo::configure as configure_echo;
pub use events::event_item;
pub use judge::gate_report;

use crate::authenticate::authenticate;
use crate::caller::app;
use crate::error::ApiError;
use actix_web::web::{ServiceConfig, delete, get, head, post, put, resource, to};
use actix_web::{HttpRequest, Resource, Route};
use pecta_reputation::Reputation;
use pecta_wire::{ReputationFields, number};

/// Everything that the server answers.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(only(
            "/v1/evaluate",
            "POST",
            [post().to(evaluate::evaluate)],
        ))
        .service(only(
            "/v1/evaluate/batch",
            "POST",
            [post().to(batch::evaluate)],
        ))
        .service(only("/v1/ingest", "POST", [post().to(ingest::ingest)]))
        .service(only("/v1/events", "GET", [get().to(events::list)]))
        .service(only(
            "/v1/reputation/{agent_id:[^/]*}",
            "GET",
            [get().to(reputation::show)],
        ))
        .service(only(
            "/v1/agents",
            "GET, POST",
            [get().to(agents::list), post().to(agents::register)],
        ))
        .service(only(
            "/v1/keys",
            "GET, POST",
            [get().to(keys::list), post().to(keys::create)],
        ))
        .service(only("/v1/keys/{id}", "DELETE", [delete().to(keys::revoke)]))
        .service(only(
            "/v1/keys/{id}/rotate",
            "POST",
            [post().to(keys::rotate)],
        ))
        .service(only(
            "/v1/org",
            "GET, PUT",
            [get().to(org::show), put().to(org::set)],
        ))
        .service(only("/v1/audit", "GET", [get().to(audit::list)]))
        .service(only(
            "/v1/policy",
            "GET, PUT, DELETE",
            [
                get().to(policy::show),
                put().to(policy::put),
                delete().to(policy::delete),
            ],
        ))
        .service(only(
            "/v1/policy/candidate",
            "GET, PUT, DELETE",
            [
                get().to(candidate::show),
                put().to(candidate::put),
                delete().to(candidate::delete),
            ],
        ))
        .service(only(
            "/v1/policy/candidate/report",
            "GET",
            [get().to(candidate::report)],
        ))
        .service(only("/v1/policy/schema", "GET", [get().to(policy::schema)]))
        .service(only("/v1/policy/test", "POST", [post().to(policy::test)]))
        .service(only(
            "/v1/suppressions",
            "GET, POST",
            [
                get().to(suppressions::list),
                post().to(suppressions::create),
            ],
        ))
        .service(only(
            "/v1/suppressions/{id}",
            "DELETE",
            [delete().to(suppressions::delete)],
        ))
        // What watches servers often asks for the head alone.
        .service(only(
            "/health",
            "GET, HEAD",
            [get().to(health::health), head().to(health::health)],
        ))
        .service(only(
            "/ready",
            "GET, HEAD",
            [get().to(health::ready), head().to(health::ready)],
        ))
        .default_service(to(not_found));
}

/// A resource that refuses every method but those of its routes.
fn only<const N: usize>(path: &str, allowed: &'static str, routes: [Route; N]) -> Resource {
    let refuse = move |request| refuse(request, ApiError::MethodNotAllowed(allowed));
    let resource = resource(path).default_service(to(refuse));
    routes.into_iter().fold(resource, Resource::route)
}

async fn not_found(request: HttpRequest) -> Result<String, ApiError> {
    refuse(request, ApiError::NotFound).await
}

/// Refuses a request. Who has no good key is not told what there is under `/v1`.
async fn refuse(request: HttpRequest, error: ApiError) -> Result<String, ApiError> {
    let below = request.match_info().as_str().strip_prefix("/v1");
    if below.is_some_and(|below| below.is_empty() || below.starts_with('/')) {
        authenticate(app(&request)?, &request).await?;
    }
    Err(error)
}

/// A reputation as it stands in answers.
fn reputation_fields(reputation: &Reputation) -> ReputationFields {
    ReputationFields {
        score: reputation.score.get(),
        evaluations: reputation.evaluations,
        passed: reputation.passed,
        pass_rate: number(reputation.pass_rate()),
        avg_latency_ms: number(reputation.avg_latency_ms()),
        streak: reputation.streak,
        status: reputation.status.as_str().to_owned(),
    }
}
