//! Work that would hold up a worker's other requests.

use crate::app::App;
use crate::body::Body;
use crate::error::ApiError;
use actix_web::web;
use tokio::sync::Semaphore;

/// Above this a body is worked on by the blocking pool.
const INLINE_BYTES: usize = 64 << 10;

/// Runs `work` on a body: where the caller is when the body is small, else on the blocking pool, of
/// which large bodies take as many threads as there are cores and no more.
pub(crate) async fn on_body<T: Send + 'static>(
    app: &App,
    body: Body,
    work: impl FnOnce(&App, &[u8]) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    if body.len() <= INLINE_BYTES {
        return work(app, &body);
    }
    // Elsewhere, so that small bodies do not carry the room for it about.
    Box::pin(on_pool(app, app.heavy_turns(), body, work)).await
}

/// Runs `work` on a body on the blocking pool, however small it is, in its turn.
pub(crate) async fn on_pool<T: Send + 'static>(
    app: &App,
    turns: &Semaphore,
    body: Body,
    work: impl FnOnce(&App, &[u8]) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let app = app.clone();
    in_turn(turns, move || work(&app, &body)).await?
}

/// Runs `work` on so many bytes: where the caller is when they are few, else on the blocking pool, in its turn.
pub(crate) async fn on_bytes<T: Send + 'static>(
    turns: &Semaphore,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    if bytes <= INLINE_BYTES {
        return Ok(work());
    }
    in_turn(turns, work).await
}

async fn in_turn<T: Send + 'static>(
    turns: &Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let _turn = turns.acquire().await.map_err(ApiError::internal)?;
    web::block(work).await.map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::rt::System;
    use futures_util::FutureExt as _;
    use std::thread;

    #[test]
    fn many_bytes_are_worked_on_elsewhere_and_in_turn() {
        System::new().block_on(async {
            let here = thread::current().id();
            let turns = Semaphore::new(1);
            let place = |bytes| on_bytes(&turns, bytes, || thread::current().id());
            assert_eq!(place(INLINE_BYTES).await.unwrap(), here);
            assert_ne!(place(INLINE_BYTES + 1).await.unwrap(), here);
            let turn = turns.acquire().await.unwrap();
            assert!(place(INLINE_BYTES).now_or_never().is_some());
            assert!(place(INLINE_BYTES + 1).now_or_never().is_none());
            drop(turn);
            assert_ne!(place(INLINE_BYTES + 1).await.unwrap(), here);
        });
    }
}
