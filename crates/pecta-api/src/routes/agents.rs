//! `GET /v1/agents` and `POST /v1/agents`.

use crate::caller::{Caller, Posted, Read, Register};
use crate::error::ApiError;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{CustomizeResponder, HttpRequest, Responder};
use pecta_store::{AgentPosition, AgentRecord};
use pecta_wire::{
    AgentItem, AgentsCursor, AgentsQuery, AgentsResponse, RegisterRequest, RegisterResponse,
};

/// The documented length of the list.
const MAX_AGENTS: u32 = 500;

pub(super) async fn list(
    caller: Caller<Read>,
    request: HttpRequest,
) -> Result<Json<AgentsResponse>, ApiError> {
    let AgentsQuery { cursor } = AgentsQuery::parse(request.query_string())?;
    let after = cursor.map(|cursor| AgentPosition {
        last_seen_us: cursor.last_seen_us,
        agent_id: cursor.agent_id,
    });
    let store = caller.store();
    let page = store.agents(caller.org(), after, MAX_AGENTS).await?;
    Ok(Json(AgentsResponse {
        agents: page.agents.into_iter().map(item).collect(),
        next_cursor: page.next.map(next_cursor),
    }))
}

pub(super) async fn register(
    Posted { caller, body }: Posted<Register>,
) -> Result<CustomizeResponder<Json<RegisterResponse>>, ApiError> {
    let RegisterRequest { agent_id } = RegisterRequest::parse(&body)?;
    caller.agents().check(&agent_id)?;
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

fn next_cursor(place: AgentPosition) -> String {
    let cursor = AgentsCursor {
        last_seen_us: place.last_seen_us,
        agent_id: place.agent_id,
    };
    cursor.to_string()
}

fn item(agent: AgentRecord) -> AgentItem {
    AgentItem {
        agent_id: agent.agent_id,
        first_seen: agent.first_seen.into(),
        last_seen: agent.last_seen.into(),
        eval_count: agent.eval_count,
    }
}
