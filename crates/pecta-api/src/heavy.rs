//! Work that would hold up a worker's other requests.

use crate::app::App;
use crate::body::Body;
use crate::error::ApiError;
use crate::turns::Turns;
use actix_web::web;
use pecta_gates::Clock;
use pecta_store::OrgId;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

/// What takes more bytes is worked on by the blocking pool.
const INLINE_BYTES: usize = 64 << 10;
/// For how long a request works in one turn, before it gives way to others.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// Whether so many bytes are few enough to be read where the caller is.
pub(crate) fn is_short(bytes: usize) -> bool {
    bytes <= INLINE_BYTES
}

/// Runs `work` on a body of an org: where the caller is when that is `quick`, else on the blocking pool, of which this takes as many
/// threads as there are cores and no more.
pub(crate) async fn on_body<T: Send + 'static>(
    app: &App,
    org: OrgId,
    body: Body,
    is_quick: bool,
    work: impl FnOnce(&App, &[u8]) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    if is_quick {
        return work(app, &body);
    }
    // Elsewhere, so that small bodies do not carry the room for it about.
    Box::pin(on_pool(app, app.heavy_turns(), org, body, work)).await
}

/// Runs `work` on a body on the blocking pool, however small it is, in a turn of the org.
pub(crate) async fn on_pool<T: Send + 'static>(
    app: &App,
    turns: &Turns<OrgId>,
    org: OrgId,
    body: Body,
    work: impl FnOnce(&App, &[u8]) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let app = app.clone();
    in_turn(turns, org, move || work(&app, &body)).await?
}

/// Works through a list of so many things in a body on the blocking pool, in as many turns of the org as that takes. `work` begins
/// at a place in the list and does one or [some](some).
pub(crate) async fn in_slices<T: Send + 'static>(
    app: &App,
    turns: &Turns<OrgId>,
    org: OrgId,
    body: Body,
    number: usize,
    work: impl Fn(&App, &[u8], usize) -> Result<Vec<T>, ApiError> + Send + Sync + 'static,
) -> Result<Vec<T>, ApiError> {
    let work = Arc::new(work);
    let mut done = Vec::with_capacity(number);
    while done.len() < number {
        let (work, place) = (Arc::clone(&work), done.len());
        let slice = move |app: &App, body: &[u8]| work(app, body, place);
        let slice = on_pool(app, turns, org, body.clone(), slice).await?;
        if slice.is_empty() {
            return Err(ApiError::internal("a list ends before its end"));
        }
        done.extend(slice);
    }
    Ok(done)
}

/// The first of what comes with work, until that has taken so long.
pub(crate) fn some<T>(clock: &dyn Clock, long: Duration, work: impl Iterator<Item = T>) -> Vec<T> {
    let end = clock.now() + long;
    let mut done = Vec::new();
    for one in work {
        done.push(one);
        if clock.now() >= end {
            break;
        }
    }
    done
}

/// Runs `work` on so many bytes: where the caller is when they are few, else on the blocking pool, in a turn of `key`.
pub(crate) async fn on_bytes<K: Copy + Eq + Hash + Send + 'static, T: Send + 'static>(
    turns: &Turns<K>,
    key: K,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    if is_short(bytes) {
        return Ok(work());
    }
    in_turn(turns, key, work).await
}

async fn in_turn<K: Copy + Eq + Hash + Send + 'static, T: Send + 'static>(
    turns: &Turns<K>,
    key: K,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let turn = turns.take(key).await?;
    // It ends with the work, also when nobody waits for that any more.
    let work = move || {
        let _turn = turn;
        work()
    };
    web::block(work).await.map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::rt::System;
    use futures_util::FutureExt as _;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    #[test]
    fn many_bytes_are_worked_on_elsewhere_and_in_turn() {
        System::new().block_on(async {
            let here = thread::current().id();
            let turns = Turns::new(1, 1);
            let place = |bytes| on_bytes(&turns, 'a', bytes, || thread::current().id());
            assert_eq!(place(INLINE_BYTES).await.unwrap(), here);
            assert_ne!(place(INLINE_BYTES + 1).await.unwrap(), here);
            let turn = turns.take('b').await.unwrap();
            assert!(place(INLINE_BYTES).now_or_never().is_some());
            assert!(place(INLINE_BYTES + 1).now_or_never().is_none());
            drop(turn);
            assert_ne!(place(INLINE_BYTES + 1).await.unwrap(), here);
        });
    }

    #[test]
    fn a_turn_is_given_back_in_the_middle_of_a_list() {
        // Each look at it takes 20 ms.
        let looks = AtomicU64::new(0);
        let clock = || Duration::from_millis(20 * looks.fetch_add(1, Ordering::Relaxed));
        assert_eq!(some(&clock, SLICE, 0..100), [0, 1, 2]);
        assert_eq!(some(&clock, Duration::ZERO, 3..100), [3]);
        assert_eq!(some(&clock, SLICE, 99..100), [99]);
    }
}
