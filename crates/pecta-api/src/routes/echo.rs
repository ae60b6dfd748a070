//! A route that does nothing, for benchmarks: what remains is what every request pays.

use crate::caller::{Evaluate, Posted};
use actix_web::HttpResponse;

pub(super) async fn echo(Posted { body, .. }: Posted<Evaluate>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body.into_bytes())
}
