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
use crate::error::ApiError;
use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, delete, get, post, put, resource, scope, to};
use actix_web::{Resource, Route};
use pecta_reputation::Reputation;
use pecta_wire::{ReputationFields, number};

/// Everything that the server answers.
pub(crate) fn configure(config: &mut ServiceConfig) {
    let v1 = scope("/v1")
        .service(only("/evaluate", "POST", [post().to(evaluate::evaluate)]))
        .service(only(
            "/evaluate/batch",
            "POST",
            [post().to(batch::evaluate)],
        ))
        .service(only("/ingest", "POST", [post().to(ingest::ingest)]))
        .service(only("/events", "GET", [get().to(events::list)]))
        .service(only(
            "/reputation/{agent_id:[^/]*}",
            "GET",
            [get().to(reputation::show)],
        ))
        .service(only(
            "/agents",
            "GET, POST",
            [get().to(agents::list), post().to(agents::register)],
        ))
        .service(only(
            "/keys",
            "GET, POST",
            [get().to(keys::list), post().to(keys::create)],
        ))
        .service(only("/keys/{id}", "DELETE", [delete().to(keys::revoke)]))
        .service(only("/keys/{id}/rotate", "POST", [post().to(keys::rotate)]))
        .service(only(
            "/org",
            "GET, PUT",
            [get().to(org::show), put().to(org::set)],
        ))
        .service(only("/audit", "GET", [get().to(audit::list)]))
        .service(only(
            "/policy",
            "GET, PUT, DELETE",
            [
                get().to(policy::show),
                put().to(policy::put),
                delete().to(policy::delete),
            ],
        ))
        .service(only(
            "/policy/candidate",
            "GET, PUT, DELETE",
            [
                get().to(candidate::show),
                put().to(candidate::put),
                delete().to(candidate::delete),
            ],
        ))
        .service(only(
            "/policy/candidate/report",
            "GET",
            [get().to(candidate::report)],
        ))
        .service(only("/policy/test", "POST", [post().to(policy::test)]))
        .service(only(
            "/suppressions",
            "GET, POST",
            [
                get().to(suppressions::list),
                post().to(suppressions::create),
            ],
        ))
        .service(only(
            "/suppressions/{id}",
            "DELETE",
            [delete().to(suppressions::delete)],
        ))
        .default_service(to(not_found))
        .wrap(from_fn(authenticate));
    config
        .service(only("/health", "GET", [get().to(health::health)]))
        .service(only("/ready", "GET", [get().to(health::ready)]))
        .service(v1)
        .default_service(to(not_found));
}

/// A resource that refuses every method but those of its routes.
fn only<const N: usize>(path: &str, allowed: &'static str, routes: [Route; N]) -> Resource {
    let refuse = move || async move { Err::<String, _>(ApiError::MethodNotAllowed(allowed)) };
    let resource = resource(path).default_service(to(refuse));
    routes.into_iter().fold(resource, Resource::route)
}

async fn not_found() -> Result<String, ApiError> {
    Err(ApiError::NotFound)
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
