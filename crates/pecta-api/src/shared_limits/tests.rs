//! The script, run by Valkey or Redis, against the naive exact window.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use redis::{Commands as _, Connection};
use std::cell::{Cell, RefCell};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use tempfile::TempDir;

const WINDOW_MICROS: u64 = 60_000_000;
/// In microseconds since the Unix epoch.
const START: u64 = 1_700_000_000_000_000;

/// A server of the test's own, which is killed when dropped.
struct Server {
    folder: TempDir,
    process: Child,
}

impl Server {
    /// `None` where none is installed.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let process = ["valkey-server", "redis-server"]
            .into_iter()
            .find_map(|program| {
                let mut command = Command::new(program);
                command.args(["--port", "0", "--save", "", "--unixsocket"]);
                command
                    .arg(folder.path().join("socket"))
                    .current_dir(folder.path());
                command
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .ok()
            })?;
        Some(Self { folder, process })
    }

    fn connect(&self) -> Connection {
        let socket = self.folder.path().join("socket");
        let client = Client::open(format!("redis+unix://{}", socket.display())).unwrap();
        for _ in 0..1_000 {
            if let Ok(connection) = client.get_connection() {
                return connection;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the server does not listen");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// What the script answers: whether the requests are admitted or how long until they would be, and for each key how many
/// are counted and how long until one of them is not.
#[derive(Debug, PartialEq)]
struct Answer {
    admitted: Result<(), u64>,
    standings: Vec<[u64; 2]>,
}

/// One arrival: so long after the one before, a clock that is set back included, under these keys, so many requests.
#[derive(Debug, Clone)]
struct Arrival {
    after: i64,
    keys: &'static [usize],
    requests: usize,
}

fn arrival() -> impl Strategy<Value = Arrival> {
    let after = prop_oneof![
        Just(0),
        Just(1),
        Just(10_000_000),
        Just(59_999_999),
        Just(60_000_000),
        0..30_000_000_i64,
        -5_000_000..0_i64,
    ];
    let keys = prop_oneof![Just(&[0][..]), Just(&[1][..]), Just(&[0, 1][..])];
    (after, keys, 1..=4_usize).prop_map(|(after, keys, requests)| Arrival {
        after,
        keys,
        requests,
    })
}

/// When requests were admitted under each of two keys.
#[derive(Default)]
struct Naive([Vec<u64>; 2]);

impl Naive {
    fn counted(&self, key: usize, at: u64) -> Vec<u64> {
        let times = self.0[key].iter().copied();
        times.filter(|time| time + WINDOW_MICROS > at).collect()
    }

    fn admit(&mut self, now: u64, arrival: &Arrival, limits: [usize; 2]) -> Answer {
        let Arrival { keys, requests, .. } = arrival;
        let newest = keys.iter().filter_map(|key| self.0[*key].last().copied());
        let now = newest.fold(now, u64::max);
        for key in *keys {
            // What was in the past once is not counted again where the clock is set back.
            self.0[*key].retain(|time| time + WINDOW_MICROS > now);
        }
        let fits = |key: usize, at| self.counted(key, at).len() + requests <= limits[key];
        let ends = |key: usize| self.0[key].iter().map(|time| time + WINDOW_MICROS);
        let waits = keys.iter().filter(|key| !fits(**key, now)).map(|key| {
            let first = ends(*key).find(|at| *at > now && fits(*key, *at));
            first.expect("no more than the limit is asked for") - now
        });
        let admitted = waits.max().map_or(Ok(()), Err);
        for key in *keys {
            let admits = if admitted.is_ok() { *requests } else { 0 };
            self.0[*key].extend(std::iter::repeat_n(now, admits));
        }
        let standing = |key: &usize| {
            let counted = self.counted(*key, now);
            let reset = counted
                .first()
                .map_or(0, |oldest| oldest + WINDOW_MICROS - now);
            [counted.len() as u64, reset]
        };
        Answer {
            admitted,
            standings: keys.iter().map(standing).collect(),
        }
    }
}

/// Asks the script, whose clock is what it is told.
fn ask(
    script: &Script,
    connection: &mut Connection,
    names: &[String; 2],
    now: u64,
    arrival: &Arrival,
    limits: [usize; 2],
) -> Answer {
    let mut call = script.prepare_invoke();
    call.arg(arrival.requests).arg(WINDOW_MICROS);
    for key in arrival.keys {
        call.key(&names[*key]).arg(limits[*key]);
    }
    call.arg(now / 1_000_000).arg(now % 1_000_000);
    let numbers: Vec<u64> = call.invoke(connection).unwrap();
    let (standings, rest) = numbers[2..].as_chunks::<2>();
    assert!(rest.is_empty());
    Answer {
        admitted: if numbers[0] == 1 {
            Ok(())
        } else {
            Err(numbers[1])
        },
        standings: standings.to_vec(),
    }
}

#[test]
fn the_script_is_the_naive_exact_window() {
    let Some(server) = Server::start() else {
        eprintln!("skipped: neither Valkey nor Redis is installed");
        return;
    };
    let connection = RefCell::new(server.connect());
    let told = ADMIT.replace("redis.call('TIME')", "{ ARGV[#ARGV - 1], ARGV[#ARGV] }");
    assert_ne!(told, ADMIT);
    let script = Script::new(&told);
    let case = Cell::new(0);
    let arrivals = prop::collection::vec(arrival(), 1..60);
    let limits = [1..=6_usize, 1..=6_usize];
    let equal = |(arrivals, limits): (Vec<Arrival>, [usize; 2])| {
        case.set(case.get() + 1);
        let names = [0, 1].map(|key| format!("{}:{key}", case.get()));
        let (mut naive, mut now) = (Naive::default(), START);
        for mut arrival in arrivals {
            now = now.saturating_add_signed(arrival.after);
            let most = arrival.keys.iter().map(|key| limits[*key]).min().unwrap();
            arrival.requests = arrival.requests.min(most);
            let connection = &mut connection.borrow_mut();
            let answer = ask(&script, connection, &names, now, &arrival, limits);
            let expected = naive.admit(now, &arrival, limits);
            prop_assert_eq!(&answer, &expected, "{:?} at {}", arrival, now);
            // What is kept goes by itself.
            for (key, [counted, _]) in arrival.keys.iter().zip(answer.standings) {
                let life: i64 = connection.pttl(&names[*key]).unwrap();
                prop_assert_eq!((1..=60_000).contains(&life), counted > 0, "{}", life);
            }
        }
        Ok(())
    };
    TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    })
    .run(&(arrivals, limits), equal)
    .unwrap();
}
