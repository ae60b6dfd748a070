//! The load generator: a closed loop over connections that are kept alive.
//!
//! Each connection sends its next request when the last one is answered. Two threads serve all of them,
//! each with an event loop of its own, and requests are rendered before the clock runs: what the
//! generator itself costs must be small beside the server that it shares a machine with.

use crate::Outcome;
use crate::http::{Answer, read_answer};
use crate::statistics::Latencies;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// Threads that drive the connections.
const THREADS: usize = 2;
/// How far a connection moves on in the list of requests; a prime, so that it meets all of them.
const STRIDE: usize = 7919;
/// How long the first answer may take to come, and any other.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sent, and how.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Whole requests, sent in a scattered order.
    pub(crate) requests: Arc<[Vec<u8>]>,
    pub(crate) connections: usize,
    /// How long a connection waits between an answer and its next request.
    pub(crate) pause: Duration,
    /// Not counted: caches fill, connections open.
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// What came back in the measured time.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// How long each answer took.
    pub(crate) latencies: Latencies,
    /// Answers with another status than 2xx.
    pub(crate) refused: u64,
}

/// When a connection counts, and when it stops.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: Instant,
    to: Instant,
}

/// Sends as planned. `sample` is called before and after the measured time.
pub(crate) fn drive<T>(
    address: SocketAddr,
    plan: &Plan,
    mut sample: impl FnMut() -> Outcome<T>,
) -> Outcome<(Tally, T, T)> {
    let from = Instant::now() + plan.warm_up;
    let window = Window {
        from,
        to: from + plan.measured,
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS.min(plan.connections))
            .map(|thread| scope.spawn(move || serve(address, plan, thread, window)))
            .collect();
        thread::sleep(window.from.saturating_duration_since(Instant::now()));
        let before = sample()?;
        thread::sleep(window.to.saturating_duration_since(Instant::now()));
        let after = sample()?;
        let mut sum = Tally::default();
        for thread in threads {
            sum.add(thread.join().map_err(|_| "the load generator panicked")??);
        }
        Ok((sum, before, after))
    })
}

/// Drives the connections of one thread.
fn serve(address: SocketAddr, plan: &Plan, thread: usize, window: Window) -> Result<Tally, String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let mut connections = JoinSet::new();
        for at in (thread..plan.connections).step_by(THREADS) {
            let requests = Arc::clone(&plan.requests);
            connections.spawn(connection(address, requests, at, plan.pause, window));
        }
        let all = connections.join_all();
        let longest = window.to.saturating_duration_since(Instant::now()) + PATIENCE;
        let tallies = tokio::time::timeout(longest, all).await;
        let mut sum = Tally::default();
        for tally in tallies.map_err(|_| "the server stopped answering")? {
            sum.add(tally.map_err(|error| format!("a connection failed: {error}"))?);
        }
        Ok(sum)
    })
}

async fn connection(
    address: SocketAddr,
    requests: Arc<[Vec<u8>]>,
    first: usize,
    pause: Duration,
    window: Window,
) -> std::io::Result<Tally> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut tally, mut buffer, mut at) = (Tally::default(), Vec::with_capacity(64 << 10), first);
    loop {
        let sent = Instant::now();
        if sent >= window.to {
            return Ok(tally);
        }
        at = (at + STRIDE) % requests.len();
        let request = requests.get(at).ok_or(std::io::ErrorKind::InvalidInput)?;
        stream.write_all(request).await?;
        let answer = read_answer(&mut stream, &mut buffer).await?;
        let received = Instant::now();
        if sent >= window.from && received <= window.to {
            tally.count(answer, received - sent);
        }
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
}

impl Tally {
    fn count(&mut self, answer: Answer, latency: Duration) {
        self.latencies.record(latency);
        self.refused += u64::from(!answer.is_success());
    }

    fn add(&mut self, other: Self) {
        self.latencies.add(other.latencies);
        self.refused += other.refused;
    }
}
