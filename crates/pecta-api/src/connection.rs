//! Connections are closed on which nothing is going on, or what was begun does not come.
//!
//! actix-http measures the time of a connection's first head alone, and stops waiting for the next request once a byte of
//! anything has come. Here every connection is in one of the states of [`Waiting`], and what its client did not send in time it
//! finds the reading end closed for: what was answered is still written, and what was not is not begun.

use crate::clock::Clock;
use actix_web::dev::{Extensions, ServiceRequest};
use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep_until};

/// How long a connection is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For the rest of a head, or of what its client still sends of a request that is answered.
    pub(crate) head: Duration,
    /// For the next request to begin.
    pub(crate) idle: Duration,
}

/// What a connection waits for.
#[derive(Debug, Clone, Copy)]
enum Waiting {
    /// For its first head, whose time actix-http measures, or for a handler, which measures that of a body.
    Elsewhere,
    /// For its answer to be taken.
    Answered,
    /// For what has just begun to come.
    Begun,
    /// For the next request to begin, until then.
    Idle(Instant),
    /// For the rest of what has begun to come, until then.
    Arriving(Instant),
}

impl Waiting {
    fn until(self) -> Option<Instant> {
        match self {
            Self::Elsewhere | Self::Answered | Self::Begun => None,
            Self::Idle(until) | Self::Arriving(until) => Some(until),
        }
    }
}

/// The state of one connection, which its requests share with it.
#[derive(Debug, Clone)]
struct Shared(Rc<Cell<Waiting>>);

/// A request that is being answered, until this is dropped.
pub(crate) struct Answering(Option<Shared>);

impl Answering {
    /// The time of its connection is that of its handler from here on.
    pub(crate) fn begin(request: &ServiceRequest) -> Self {
        let shared = request.conn_data::<Shared>().cloned();
        if let Some(Shared(waiting)) = &shared {
            waiting.set(Waiting::Elsewhere);
        }
        Self(shared)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if let Some(Shared(waiting)) = &self.0 {
            waiting.set(Waiting::Answered);
        }
    }
}

/// A connection whose client is not waited for longer than it may take.
pub(crate) struct Connection<T> {
    io: T,
    patience: Patience,
    shared: Shared,
    /// Set anew only where it would wake too late: one that wakes too early costs less than one for every request.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<T> Connection<T> {
    pub(crate) fn new(io: T, patience: Patience) -> Self {
        Self {
            io,
            patience,
            shared: Shared(Rc::new(Cell::new(Waiting::Elsewhere))),
            timer: None,
        }
    }

    /// Lets requests of this connection find its state.
    pub(crate) fn share(&self, extensions: &mut Extensions) {
        extensions.insert(self.shared.clone());
    }

    fn waiting(&self) -> &Cell<Waiting> {
        &self.shared.0
    }

    /// Asks the clock only behind a timer that has woken the task: none wakes later than at the end.
    fn is_over(&self) -> bool {
        let has_woken = self.timer.as_ref().is_some_and(|timer| timer.is_elapsed());
        let until = self.waiting().get().until().filter(|_| has_woken);
        until.is_some_and(|until| Clock::instant() >= until)
    }

    /// Has the task look again when time is up.
    fn wake_in_time(&mut self, context: &mut Context<'_>) {
        // Most of what begins to come is all there, and its handler has begun, before the task sleeps.
        let Patience { head, idle } = self.patience;
        let waiting = match self.waiting().get() {
            Waiting::Answered => Waiting::Idle(Clock::instant() + idle),
            Waiting::Begun => Waiting::Arriving(Clock::instant() + head),
            waiting => waiting,
        };
        self.waiting().set(waiting);
        let Some(until) = waiting.until() else {
            return;
        };
        let until = until.into();
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.is_elapsed() || timer.deadline() > until {
            timer.as_mut().reset(until);
        }
        if timer.as_mut().poll(context).is_ready() {
            context.waker().wake_by_ref();
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_over() {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, buffer))?;
        let is_next = matches!(self.waiting().get(), Waiting::Answered | Waiting::Idle(_));
        if is_next && buffer.filled().len() > before {
            self.waiting().set(Waiting::Begun);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    /// The last that is asked of a connection before its task sleeps, also where there is nothing to flush.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_flush(context))?;
        self.wake_in_time(context);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
