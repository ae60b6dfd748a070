//! An actix-web server that answers what is posted to the routes of the API that record with the body that it was sent: how
//! fast the server could be if it did nothing.
//!
//! Bare, it neither parses nor copies the body, so that what is compared with it pays for all of its own work. With
//! `--guarded FOLDER` it does the same behind what stands before every handler of the API: authentication, limits and
//! headers. Its database is in that folder then, and so is a key, in the file `key`.

mod guarded;

use actix_web::dev::Server;
use actix_web::rt::System;
use actix_web::{App, HttpResponse, HttpServer, web};
use mimalloc::MiMalloc;
use std::error::Error;
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// As large as the server's limit.
const BODY_LIMIT: usize = 16 << 20;

/// What goes wrong is a text for the person at the terminal.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

async fn echo(body: web::Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body)
}

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    System::new().block_on(serve(&arguments))
}

async fn serve(arguments: &[&str]) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = match arguments {
        [] => bare(listener)?,
        ["--guarded", folder] => guarded::serve(listener, Path::new(folder)).await?,
        _ => return Err("usage: echo [--guarded FOLDER]".into()),
    };
    writeln!(io::stdout(), "echo listening on http://{address}")?;
    Ok(server.await?)
}

fn bare(listener: TcpListener) -> io::Result<Server> {
    let app = || {
        App::new()
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .route("/v1/evaluate", web::post().to(echo))
            .route("/v1/ingest", web::post().to(echo))
    };
    Ok(HttpServer::new(app).listen(listener)?.run())
}
