//! As much of HTTP/1.1 as a load generator needs: requests as bytes, answers with a `Content-Length`.

use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The head of one answer; its body was read and thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    status: u16,
}

impl Answer {
    pub(crate) fn is_success(self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A request with this key, as it goes over the wire.
pub(crate) fn request(method: &str, target: &str, key: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    (head + body).into_bytes()
}

/// Reads one answer to its end. `buffer` holds nothing before and nothing after.
pub(crate) async fn read_answer(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Result<Answer> {
    loop {
        if let Some((answer, length)) = parse(buffer)? {
            while buffer.len() < length {
                receive(stream, buffer).await?;
            }
            buffer.clear();
            return Ok(answer);
        }
        receive(stream, buffer).await?;
    }
}

async fn receive(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Result<()> {
    match stream.read_buf(buffer).await? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// The answer that `bytes` begin with, and its length with its body; `None` until the head is whole.
fn parse(bytes: &[u8]) -> Result<Option<(Answer, usize)>> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = bytes.get(..end).and_then(|head| str::from_utf8(head).ok());
    let (status_line, headers) = head
        .map(|head| head.split_once("\r\n").unwrap_or((head, "")))
        .ok_or_else(|| malformed("a head"))?;
    let status = status_line.split(' ').nth(1).and_then(|it| it.parse().ok());
    let length = headers.split("\r\n").find_map(|header| {
        let (name, value) = header.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    let status = status.ok_or_else(|| malformed("a status"))?;
    let length = length.ok_or_else(|| malformed("a length"))?;
    Ok(Some((Answer { status }, end + 4 + length)))
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("an answer without {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &str, expected: Option<(u16, usize)>) {
        let parsed = parse(bytes.as_bytes()).unwrap();
        let parsed = parsed.map(|(answer, length)| (answer.status, length));
        assert_eq!(parsed, expected, "{bytes:?}");
    }

    #[test]
    fn an_answer_is_as_long_as_its_head_says() {
        check("HTTP/1.1 200 OK\r\nContent-Len", None);
        let head = "HTTP/1.1 202 Accepted\r\ncontent-type: a\r\nCONTENT-LENGTH: 12\r\n\r\n";
        check(head, Some((202, head.len() + 12)));
        check(&format!("{head}more"), Some((202, head.len() + 12)));
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        for bytes in [
            "HTTP/1.1\r\ncontent-length: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        ] {
            assert!(parse(bytes.as_bytes()).is_err(), "{bytes:?}");
        }
    }
}
