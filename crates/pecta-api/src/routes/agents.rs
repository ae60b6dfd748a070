//! `GET /v1/agents` and `POST /v1/agents`.

use crate::caller::{Caller, Posted, Read, Register};
use crate::error::ApiError;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{CustomizeResponder, Responder};
use pecta_store::AgentRecord;
use pecta_wire::{AgentItem, AgentsResponse, RegisterRequest, RegisterResponse};

/// The documented length of the list.
const MAX_AGENTS: u32 = 500;

pub(super) async fn list(caller: Caller<Read>) -> Result<Json<AgentsResponse>, ApiError> {
    let agents = caller.store().agents(caller.org(), MAX_AGENTS).await?;
    Ok(Json(AgentsResponse {
        agents: agents.into_iter().map(item).collect(),
    }))
}

pub(super) async fn register(
    Posted { caller, body }: Posted<Register>,
) -> Result<CustomizeResponder<Json<RegisterResponse>>, ApiError> {
    let RegisterRequest { agent_id } = RegisterRequest::parse(&body)?;
    caller
        .store()
        .register_agent(caller.org(), agent_id.clone())
        .await?;
    let answer = RegisterResponse {
        agent_id,
        registered: true,
    };
    Ok(Json(answer).customize().with_status(StatusCode::CREATED))
}

fn item(agent: AgentRecord) -> AgentItem {
    AgentItem {
        agent_id: agent.agent_id,
        first_seen: agent.first_seen.into(),
        last_seen: agent.last_seen.into(),
        eval_count: agent.eval_count,
    }
}
