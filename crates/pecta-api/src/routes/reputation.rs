//! `GET /v1/reputation/:agentId`.

use super::reputation_fields;
use crate::caller::{Caller, Read};
use crate::error::ApiError;
use actix_web::HttpRequest;
use actix_web::web::Json;
use pecta_wire::{ReputationResponse, agent_id_from_path};

pub(super) async fn show(
    caller: Caller<Read>,
    request: HttpRequest,
) -> Result<Json<ReputationResponse>, ApiError> {
    // The last segment as it was sent: the router's own decoding would lose what is not UTF-8.
    let segment = request.uri().path().rsplit('/').next().unwrap_or_default();
    let agent_id = agent_id_from_path(segment)?;
    let standing = caller.store().reputation(caller.org(), agent_id).await?;
    let has_events = standing.eval_count > 0;
    Ok(Json(ReputationResponse {
        verified: has_events.then(|| reputation_fields(&standing.verified)),
        reputation: reputation_fields(&standing.reputation),
        agent_id: standing.agent_id,
    }))
}
