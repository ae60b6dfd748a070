//! A service that policies ask, as a user would run one.

use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A question that a service was asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The path and query.
    pub path: String,
    /// The headers, their names in lower case.
    pub headers: HashMap<String, String>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Question {
    /// The body.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// An HTTP server on a port of its own of this machine. It runs until the tests end.
#[derive(Debug)]
pub struct Service {
    address: SocketAddr,
    questions: Arc<Mutex<Vec<Question>>>,
}

impl Service {
    /// Answers each question with the status line's end (`200 OK`), or more lines of the head, and the body that `answer`
    /// gives; never, when it gives none.
    pub fn start(
        answer: impl Fn(&Question) -> Option<(&'static str, String)> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let questions = Arc::new(Mutex::default());
        let (asked, answer) = (Arc::clone(&questions), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &asked, &*answer));
            }
        });
        Self { address, questions }
    }

    /// The URL of a path of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it was asked until now.
    pub fn questions(&self) -> Vec<Question> {
        self.questions.lock().expect("no panic").clone()
    }
}

/// Answers one question. The connection stays open while there is no answer.
fn serve(
    stream: TcpStream,
    asked: &Mutex<Vec<Question>>,
    answer: &dyn Fn(&Question) -> Option<(&'static str, String)>,
) {
    let mut reader = BufReader::new(stream);
    let Some(question) = read(&mut reader) else {
        return;
    };
    asked.lock().expect("no panic").push(question.clone());
    let Some((head, body)) = answer(&question) else {
        // Until whoever asks hangs up.
        let _ = reader.read(&mut [0]);
        return;
    };
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    // Whoever asks may have hung up.
    let _ = reader.into_inner().write_all(answer.as_bytes());
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Question> {
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines.take_while(|line| !line.is_empty());
    let headers = headers.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    });
    let headers: HashMap<_, _> = headers.collect();
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Question {
        path,
        headers,
        body,
    })
}
