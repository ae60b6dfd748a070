//! A bare actix-web server that answers every request with its own body: how fast the server could be
//! if it did nothing.
//!
//! It neither parses nor copies the body, so that what is compared with it pays for all of its own work.

use actix_web::rt::System;
use actix_web::{App, HttpResponse, HttpServer, web};
use std::io::{self, Write};
use std::net::TcpListener;

/// As large as the server's limit.
const BODY_LIMIT: usize = 16 << 20;

async fn echo(body: web::Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body)
}

fn main() -> io::Result<()> {
    System::new().block_on(serve())
}

async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let app = || {
        App::new()
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .default_service(web::to(echo))
    };
    let server = HttpServer::new(app).listen(listener)?.run();
    writeln!(io::stdout(), "echo listening on http://{address}")?;
    server.await
}
