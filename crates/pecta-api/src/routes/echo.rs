//! A route that does nothing, for benchmarks: what remains is what every request pays.

use super::only;
use crate::authenticate::authenticate;
use crate::caller::{Evaluate, Posted};
use actix_web::HttpResponse;
use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, post, scope};

/// This route alone, behind what all routes are behind.
pub(crate) fn configure(config: &mut ServiceConfig) {
    let echo = only("/evaluate", "POST", [post().to(echo)]);
    config.service(scope("/v1").service(echo).wrap(from_fn(authenticate)));
}

async fn echo(Posted { body, .. }: Posted<Evaluate>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body.into_bytes())
}
