//! `GET /health` and `GET /ready`.

use crate::caller::app;
use crate::error::ApiError;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse};
use pecta_wire::{HealthResponse, ReadyResponse};

pub(super) async fn health() -> Json<HealthResponse> {
    Json(HealthResponse {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// Migrations are done before the server accepts, so what can be missing is the database itself.
pub(super) async fn ready(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let app = app(&request)?;
    let mut reasons = Vec::new();
    if app.is_draining() {
        reasons.push("the server is shutting down".to_owned());
    }
    if let Err(error) = app.store().check().await {
        tracing::error!(%error, "the database failed its check");
        reasons.push("the database cannot be read and written".to_owned());
    }
    let (mut answer, status) = if reasons.is_empty() {
        (HttpResponse::Ok(), "ready")
    } else {
        (HttpResponse::ServiceUnavailable(), "unavailable")
    };
    Ok(answer.json(ReadyResponse {
        status: status.to_owned(),
        reasons,
    }))
}
