//! Reading bodies: bounded in size, in time, and in what all of them hold together.

use crate::error::ApiError;
use crate::places::{Place, Places};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use pecta_store::OrgId;
use std::future::{Future, poll_fn};
use std::hash::Hash;
use std::ops::Deref;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take to arrive. Shorter than a drain, so that a stalled one is answered too.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bodies take room in steps of so many bytes as they arrive. The first step takes none: it is no more than what a connection
/// takes anyway.
const STEP: usize = 64 << 10;
/// What all bodies may hold together, in bytes, and what those of an org may, unless a single one may hold more.
const IN_ALL: usize = 256 << 20;
const IN_ORG: usize = 64 << 20;

/// The room that the bodies of all requests share, and of it the share of each org.
#[derive(Debug)]
pub(crate) struct Bodies<K: Copy + Eq + Hash>(Places<K>);

impl<K: Copy + Eq + Hash> Bodies<K> {
    /// Room for at least two bodies of the largest size, and one of an org.
    pub(crate) fn new(largest: usize) -> Self {
        let of_one = IN_ORG.max(largest);
        let in_all = IN_ALL.max(of_one.saturating_mul(2));
        Self(Places::new(of_one / STEP, in_all / STEP))
    }

    /// Takes room for so many bytes of a body, in place of what it had.
    fn hold(&self, org: K, bytes: usize, room: &mut Room<K>) -> Result<(), ApiError> {
        let steps = bytes.saturating_sub(1) / STEP;
        let fits = match room {
            _ if steps == 0 => true,
            Some(room) => room.grow(steps),
            None => {
                *room = self.0.take(org, steps);
                room.is_some()
            }
        };
        fits.then_some(()).ok_or(ApiError::NoRoom)
    }
}

/// The room of one body, until it is dropped; a small one takes none.
type Room<K> = Option<Place<K>>;

/// A body that has arrived, and the room that it takes until it and its clones, which share it, are dropped.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    bytes: Bytes,
    _room: Option<Arc<Place<OrgId>>>,
}

impl Body {
    fn new(bytes: Bytes, room: Room<OrgId>) -> Self {
        Self {
            bytes,
            _room: room.map(Arc::new),
        }
    }

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

    /// Reads a body that `org` sends.
    pub(crate) async fn read(
        self,
        limit: usize,
        bodies: &Bodies<OrgId>,
        org: OrgId,
    ) -> Result<Body, ApiError> {
        if self.announced.is_some_and(|length| length > limit) {
            return Err(ApiError::PayloadTooLarge(limit));
        }
        let Some(stream) = self.stream else {
            return Err(ApiError::BrokenBody);
        };
        let hold = |bytes, room: &mut _| bodies.hold(org, bytes, room);
        let collected = patiently(pin!(collect(stream, limit, hold))).await;
        collected.unwrap_or(Err(ApiError::BrokenBody))
    }
}

/// All of a body; `hold` takes room for so many bytes of it. What comes in one piece, as most do, is not copied.
async fn collect(
    mut stream: web::Payload,
    limit: usize,
    hold: impl Fn(usize, &mut Room<OrgId>) -> Result<(), ApiError>,
) -> Result<Body, ApiError> {
    let (mut length, mut room) = (0, None);
    let mut next = async || {
        let piece = stream.next().await.transpose();
        let piece = piece.map_err(|_| ApiError::BrokenBody)?;
        length += piece.as_ref().map_or(0, Bytes::len);
        if length > limit {
            return Err(ApiError::PayloadTooLarge(limit));
        }
        hold(length, &mut room)?;
        Ok::<_, ApiError>(piece)
    };
    let first = next().await?.unwrap_or_default();
    let Some(second) = next().await? else {
        return Ok(Body::new(first, room));
    };
    let mut all = BytesMut::from(first);
    all.extend_from_slice(&second);
    while let Some(piece) = next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(Body::new(all.freeze(), room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_take_room_as_they_arrive() {
        let bodies = Bodies::new(16 << 20);
        let (one, other) = ("one", "other");
        let mut stalled = Vec::new();
        // What has sent little so far takes none.
        stalled.resize_with(10_000, || None);
        for room in &mut stalled {
            bodies.hold(one, STEP, room).unwrap();
            assert!(room.is_none());
        }
        let large = |org| {
            let mut room = None;
            for bytes in [STEP, STEP + 1, 5 << 20, 16 << 20] {
                bodies.hold(org, bytes, &mut room)?;
            }
            Ok::<_, ApiError>(room)
        };
        let held = [(); 4].map(|()| large(one).unwrap());
        assert!(matches!(large(one), Err(ApiError::NoRoom)));
        let others = large(other).unwrap();
        drop(held);
        large(one).unwrap();
        drop(others);
    }
}
