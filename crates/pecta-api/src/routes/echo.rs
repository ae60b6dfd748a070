//! A route that does nothing, for benchmarks: what remains is what every request pays.

use super::only;
use crate::caller::{Evaluate, Posted};
use actix_web::HttpResponse;
use actix_web::web::{ServiceConfig, post};

/// This route alone, behind what all routes are behind.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config.service(only("/v1/evaluate", "POST", [post().to(echo)]));
}

async fn echo(Posted { body, .. }: Posted<Evaluate>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body.into_bytes())
}
