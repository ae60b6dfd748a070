//! `GET /health` and `GET /ready`.

use crate::caller::app;
use crate::error::ApiError;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse};
use pecta_gates::Clock as _;
use pecta_wire::{ErrorBody, ErrorCode, HealthResponse, NotReadyResponse, ReadyResponse};

pub(super) async fn health() -> Json<HealthResponse> {
    Json(HealthResponse {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

pub(super) async fn ready(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let app = app(&request)?;
    let reasons = app.readiness().reasons(app.clock().now()).await;
    if reasons.is_empty() {
        let status = "ready".to_owned();
        return Ok(HttpResponse::Ok().json(ReadyResponse { status }));
    }
    let message = format!("not ready: {}", reasons.join(", "));
    let answer = NotReadyResponse {
        error: ErrorBody::new(ErrorCode::Unavailable, message),
        reasons: reasons.into_iter().map(str::to_owned).collect(),
    };
    let retry = (RETRY_AFTER, 1);
    Ok(HttpResponse::ServiceUnavailable()
        .insert_header(retry)
        .json(answer))
}
