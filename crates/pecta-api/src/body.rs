//! Reading bodies: bounded in size, in time, and in what all of them hold together.

use crate::error::ApiError;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take to arrive. Shorter than a drain, so that a stalled one is answered too.
const PATIENCE: Duration = Duration::from_secs(20);
/// What all bodies may hold together, in bytes, unless a single one may hold more.
const ROOM: usize = 256 << 20;

/// The room that the bodies of all requests share: so many bytes are free.
#[derive(Debug)]
pub(crate) struct Bodies(Arc<AtomicUsize>);

impl Bodies {
    /// Room for at least one body of the largest size.
    pub(crate) fn new(largest: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(ROOM.max(largest))))
    }

    fn take(&self, bytes: usize) -> Result<Room, ApiError> {
        let less = |free: usize| free.checked_sub(bytes);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        let room = |_| Room {
            free: Arc::clone(&self.0),
            bytes,
        };
        taken.map(room).map_err(|_| ApiError::Busy)
    }
}

/// The room of one body, until it is dropped.
#[derive(Debug)]
struct Room {
    free: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.free.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

/// A body that has arrived, and the room that it takes until it and its clones, which share it, are dropped.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    bytes: Bytes,
    _room: Arc<Room>,
}

impl Body {
    /// The bytes alone; their room is free then.
    pub(crate) fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Waits for a body for as long as it may take. What came with the head is handed over once its handler has waited a
/// first time, so only from the second time on there is a timer: most requests need none.
async fn patiently<T>(mut body: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut is_first = true;
    let at_hand = poll_fn(|context| match body.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if std::mem::take(&mut is_first) => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Pending => Poll::Ready(None),
    });
    match at_hand.await {
        Some(done) => Some(done),
        None => Box::pin(timeout(PATIENCE, body)).await.ok(),
    }
}

/// A body that is about to be read.
pub(crate) struct IncomingBody {
    stream: Option<web::Payload>,
    /// The length that the client announced, if it did.
    announced: Option<usize>,
}

impl IncomingBody {
    pub(crate) fn take(request: &HttpRequest, payload: &mut Payload) -> Self {
        let announced = request.headers().get(CONTENT_LENGTH);
        Self {
            stream: web::Payload::from_request(request, payload)
                .into_inner()
                .ok(),
            announced: announced.and_then(|value| value.to_str().ok()?.parse().ok()),
        }
    }

    pub(crate) async fn read(self, limit: usize, bodies: &Bodies) -> Result<Body, ApiError> {
        if self.announced.is_some_and(|length| length > limit) {
            return Err(ApiError::PayloadTooLarge(limit));
        }
        let room = bodies.take(self.announced.unwrap_or(limit))?;
        let Some(stream) = self.stream else {
            return Err(ApiError::BrokenBody);
        };
        match patiently(pin!(collect(stream, limit))).await {
            Some(bytes) => Ok(Body {
                bytes: bytes?,
                _room: Arc::new(room),
            }),
            None => Err(ApiError::BrokenBody),
        }
    }
}

/// All of a body. What comes in one piece, as most do, is not copied.
async fn collect(mut stream: web::Payload, limit: usize) -> Result<Bytes, ApiError> {
    let mut room = limit;
    let mut next = async || {
        let piece = stream.next().await.transpose();
        let piece = piece.map_err(|_| ApiError::BrokenBody)?;
        let length = piece.as_ref().map_or(0, Bytes::len);
        room = (room.checked_sub(length)).ok_or(ApiError::PayloadTooLarge(limit))?;
        Ok::<_, ApiError>(piece)
    };
    let first = next().await?.unwrap_or_default();
    let Some(second) = next().await? else {
        return Ok(first);
    };
    let mut all = BytesMut::from(first);
    all.extend_from_slice(&second);
    while let Some(piece) = next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}
