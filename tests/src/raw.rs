//! A connection that sends bytes as they are.

use crate::response::Response;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// One TCP connection, and what was received but not yet read as an answer.
#[derive(Debug)]
pub struct Raw {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Raw {
    #[track_caller]
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).expect("a connection")
    }

    /// A connection, unless nobody listens any more.
    #[track_caller]
    pub(crate) fn try_connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true).expect("a live socket");
        for set in [TcpStream::set_read_timeout, TcpStream::set_write_timeout] {
            set(&stream, Some(PATIENCE)).expect("a live socket");
        }
        Ok(Self {
            stream,
            received: Vec::new(),
        })
    }

    /// A second handle on the same connection, to send from another thread.
    #[must_use]
    #[track_caller]
    pub fn second_handle(&self) -> Self {
        Self {
            stream: self.stream.try_clone().expect("a live socket"),
            received: Vec::new(),
        }
    }

    /// Sends bytes; whether the other side still took them is told by what it answers.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // A server that has answered already may have closed.
        let _ = self.stream.write_all(bytes.as_ref());
    }

    /// Sends the same bytes over and over until the other side has closed.
    pub fn send_until_closed(&mut self, bytes: &[u8]) {
        while self.stream.write_all(bytes).is_ok() {}
    }

    /// Tells the other side that nothing more follows, and keeps reading.
    pub fn finish(&mut self) {
        // Fails only when the connection is gone.
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }

    /// The next answer; `None` when the connection was closed without a byte of one.
    #[track_caller]
    pub fn answer(&mut self) -> Option<Response> {
        self.answer_with(true)
    }

    /// The next answer to a `HEAD` request, which has no body whatever its headers say.
    #[track_caller]
    pub fn head_answer(&mut self) -> Option<Response> {
        self.answer_with(false)
    }

    #[track_caller]
    fn answer_with(&mut self, has_body: bool) -> Option<Response> {
        let head = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break self.received.drain(..end + 4).collect::<Vec<_>>();
            }
            if !self.receive() {
                let rest = String::from_utf8_lossy(&self.received);
                assert!(rest.is_empty(), "half an answer: {rest:?}");
                return None;
            }
        };
        let head = String::from_utf8(head).expect("a head in UTF-8");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        let mut response = Response {
            status: status
                .and_then(|status| status.parse().ok())
                .unwrap_or_else(|| panic!("no status: {head:?}")),
            headers: headers.collect(),
            body: Vec::new(),
        };
        let length = response.header("content-length").unwrap_or("0").parse();
        let length: usize = length.expect("a length");
        if has_body {
            while self.received.len() < length {
                assert!(self.receive(), "half a body");
            }
            response.body = self.received.drain(..length).collect();
        }
        Some(response)
    }

    /// Waits for the first bytes of an answer, or the end.
    #[track_caller]
    pub fn read_some(&mut self) {
        self.receive();
    }

    /// Everything until the other side closes.
    #[track_caller]
    pub fn rest(mut self) -> Vec<u8> {
        while self.receive() {}
        self.received
    }

    /// Reads some more; `false` when the connection is closed.
    #[track_caller]
    fn receive(&mut self) -> bool {
        let mut buffer = [0; 16 << 10];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(length) => {
                self.received.extend_from_slice(&buffer[..length]);
                true
            }
            // What it had not read when it closed.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => false,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => true,
            Err(error) => panic!("reading failed: {error}"),
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
