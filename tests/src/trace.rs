//! System calls of a server, as `strace -f -y` notes them.

use std::collections::HashMap;

/// One call: the lines of the trace at which it began and ended, and its text.
struct Call {
    began: usize,
    ended: usize,
    text: String,
}

/// How many answers of success stand in a trace, each of which must have an `fdatasync` of the database's
/// log between its request and itself.
///
/// # Errors
/// Names the first answer that has none.
pub fn synced_answers(trace: &str) -> Result<usize, String> {
    let calls = calls(trace);
    let syncs: Vec<&Call> = calls.iter().filter(|call| is_sync(&call.text)).collect();
    let mut requests = HashMap::new();
    let mut answers = 0;
    for call in &calls {
        let Some(socket) = socket(&call.text) else {
            continue;
        };
        if call.text.contains("\"POST /v1/") {
            requests.insert(socket, call.ended);
        } else if call.text.contains("\"HTTP/1.1 20")
            && let Some(request) = requests.remove(socket)
        {
            let is_between = |sync: &&Call| sync.began > request && sync.ended < call.began;
            if !syncs.iter().any(is_between) {
                return Err(format!(
                    "no sync before the answer in line {}",
                    call.began + 1
                ));
            }
            answers += 1;
        }
    }
    Ok(answers)
}

/// The calls in the order in which they ended, each joined of its two lines when another thread's stand
/// between them.
fn calls(trace: &str) -> Vec<Call> {
    let mut unfinished: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (line, text) in trace.lines().enumerate() {
        let Some((thread, text)) = text.split_once(' ') else {
            continue;
        };
        let text = text.trim_start();
        if let Some(head) = text.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, (line, head));
            continue;
        }
        let resumed = text
            .strip_prefix("<... ")
            .and_then(|text| text.split_once(" resumed>"));
        let (began, head, tail) = match resumed {
            Some((_, tail)) => {
                let (began, head) = unfinished.remove(thread).unwrap_or((line, ""));
                (began, head, tail)
            }
            None => (line, "", text),
        };
        calls.push(Call {
            began,
            ended: line,
            text: format!("{head}{tail}"),
        });
    }
    calls
}

/// Whether a call puts the log of SQLite or of PostgreSQL on disk.
fn is_sync(call: &str) -> bool {
    call.starts_with("fdatasync(") && (call.contains("-wal>") || call.contains("/pg_wal/"))
}

/// The socket that a call is about.
fn socket(call: &str) -> Option<&str> {
    let (_, rest) = call.split_once("<socket:[")?;
    rest.split_once(']').map(|(socket, _)| socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str =
        r#"7 recvfrom(9<socket:[1]>, "POST /v1/evaluat"..., 512, 0, NULL, NULL) = 99"#;
    const SYNC: &str = "8 fdatasync(4</tmp/pecta.db-wal>) = 0";
    const ANSWER: &str = r#"7 sendto(9<socket:[1]>, "HTTP/1.1 200 OK\r"..., 80, 0, NULL, 0) = 80"#;

    #[track_caller]
    fn check(lines: &[&str], expected: Result<usize, &str>) {
        let found = synced_answers(&lines.join("\n"));
        assert_eq!(
            found,
            expected.map_err(|line| format!("no sync before the answer in {line}"))
        );
    }

    #[test]
    fn a_sync_must_stand_between_a_request_and_its_answer() {
        check(&[REQUEST, SYNC, ANSWER], Ok(1));
        check(&[SYNC, REQUEST, ANSWER], Err("line 3"));
        check(&[REQUEST, ANSWER, SYNC], Err("line 2"));
        check(&[REQUEST, SYNC, ANSWER, REQUEST, ANSWER], Err("line 5"));
    }

    #[test]
    fn a_sync_is_one_of_the_log() {
        for (file, expected) in [
            ("/tmp/pecta.db-wal", Ok(1)),
            ("/tmp/data/pg_wal/000000010000000000000001", Ok(1)),
            ("/tmp/pecta.db", Err("line 3")),
            ("/tmp/data/base/5/16385", Err("line 3")),
        ] {
            let sync = format!("8 fdatasync(3<{file}>) = 0");
            check(&[REQUEST, &sync, ANSWER], expected);
        }
    }

    #[test]
    fn a_sync_counts_from_its_begin_to_its_end() {
        let begin = "8 fdatasync(4</tmp/pecta.db-wal> <unfinished ...>";
        let end = "8 <... fdatasync resumed>)             = 0";
        check(&[REQUEST, begin, end, ANSWER], Ok(1));
        check(&[begin, REQUEST, end, ANSWER], Err("line 4"));
        check(&[REQUEST, begin, ANSWER, end], Err("line 3"));
    }

    #[test]
    fn sockets_are_kept_apart() {
        let other = REQUEST.replace("[1]", "[2]");
        let answer = ANSWER.replace("[1]", "[2]");
        check(&[REQUEST, SYNC, ANSWER, &other, &answer], Err("line 5"));
        check(&[REQUEST, &other, SYNC, ANSWER, &answer], Ok(2));
    }
}
