//! Work that would hold up a worker's other requests.

use crate::app::App;
use crate::body::Body;
use crate::error::ApiError;
use actix_web::web;

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
    on_pool(app, body, work).await
}

/// Runs `work` on a body on the blocking pool, however small it is.
pub(crate) async fn on_pool<T: Send + 'static>(
    app: &App,
    body: Body,
    work: impl FnOnce(&App, &[u8]) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let _turn = app
        .heavy_turns()
        .acquire()
        .await
        .map_err(ApiError::internal)?;
    let app = app.clone();
    let done = web::block(move || work(&app, &body)).await;
    done.map_err(ApiError::internal)?
}
