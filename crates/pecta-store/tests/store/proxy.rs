//! A proxy between a store and the server, which can cut a connection around a commit.

use crate::fixture::new_database;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The message that commits, but for its head: text and an end.
const COMMIT: &[u8] = b"COMMIT\0";

/// What is lost when the next connection that commits is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server never hears of the commit.
    Commit,
    /// The server commits; its answer is lost.
    Answer,
    /// The same, and until [`Proxy::restore`] nobody can connect.
    AnswerAndStay,
    /// Nothing gets through any more, on any connection, and none is closed until [`Proxy::restore`].
    Silent,
}

/// A proxy in front of a new database.
pub(crate) struct Proxy {
    pub(crate) url: String,
    /// Past the proxy.
    pub(crate) direct_url: String,
    state: Arc<State>,
}

struct State {
    server: SocketAddr,
    cut: Mutex<Option<Cut>>,
    is_down: AtomicBool,
    is_silent: AtomicBool,
}

impl State {
    /// Returns once the silence is over; says whether there was one.
    fn sit_out_silence(&self) -> bool {
        let was_silent = self.is_silent.load(Ordering::SeqCst);
        while self.is_silent.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(20));
        }
        was_silent
    }
}

impl Proxy {
    pub(crate) fn start() -> Self {
        let direct_url = new_database();
        let (user, place) = direct_url.split_once('@').unwrap();
        let (server, name) = place.split_once('/').unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("{user}@{}/{name}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            server: server.parse().unwrap(),
            cut: Mutex::default(),
            is_down: AtomicBool::new(false),
            is_silent: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || serve(&listener, &shared));
        Self {
            url,
            direct_url,
            state,
        }
    }

    /// Cuts the next connection that commits.
    pub(crate) fn arm(&self, cut: Cut) {
        *self.state.cut.lock().unwrap() = Some(cut);
    }

    /// Whether nothing has been cut since [`arm`](Self::arm).
    pub(crate) fn is_armed(&self) -> bool {
        self.state.cut.lock().unwrap().is_some()
    }

    /// Lets everybody connect again.
    pub(crate) fn restore(&self) {
        self.state.is_down.store(false, Ordering::SeqCst);
        self.state.is_silent.store(false, Ordering::SeqCst);
    }
}

fn serve(listener: &TcpListener, state: &Arc<State>) {
    for client in listener.incoming() {
        let client = client.unwrap();
        if state.is_down.load(Ordering::SeqCst) {
            continue;
        }
        let server = TcpStream::connect(state.server).unwrap();
        let connection = Arc::new(Connection {
            client,
            server,
            is_cut: AtomicBool::new(false),
        });
        let (answering, shared) = (Arc::clone(&connection), Arc::clone(state));
        thread::spawn(move || answering.pass_answers(&shared));
        let state = Arc::clone(state);
        thread::spawn(move || connection.pass_requests(&state));
    }
}

struct Connection {
    client: TcpStream,
    server: TcpStream,
    is_cut: AtomicBool,
}

impl Connection {
    fn pass_requests(&self, state: &State) {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(length @ 1..) = (&self.client).read(&mut buffer) {
            let request = &buffer[..length];
            if request.ends_with(COMMIT)
                && let Some(cut) = state.cut.lock().unwrap().take()
            {
                if cut == Cut::Commit {
                    break;
                }
                state.is_silent.store(cut == Cut::Silent, Ordering::SeqCst);
                state
                    .is_down
                    .store(cut == Cut::AnswerAndStay, Ordering::SeqCst);
                self.is_cut.store(true, Ordering::SeqCst);
            }
            if state.sit_out_silence() {
                break;
            }
            if (&self.server).write_all(request).is_err() {
                break;
            }
        }
        self.end();
    }

    fn pass_answers(&self, state: &State) {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(length @ 1..) = (&self.server).read(&mut buffer) {
            let is_cut = state.sit_out_silence() || self.is_cut.load(Ordering::SeqCst);
            if is_cut || (&self.client).write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        self.end();
    }

    fn end(&self) {
        for stream in [&self.client, &self.server] {
            // Fails when it has ended already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
