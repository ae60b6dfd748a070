//! `cargo xtask timing`: whether the time of a refusal tells how much of a guess is right.
//!
//! As dudect does: two kinds of guesses, in random order on one connection, one right but for its end and one wrong from its
//! beginning. Welch's t compares the means of their times, also with the slowest cropped off at several quantiles of all
//! times, because interruptions there hide a difference. An absolute t over 4.5 is a difference that chance does not explain.
//!
//! For every request a guess of each kind is made, and one of them is sent: were only that one made, the pause before a
//! request would depend on its kind, and with it how awake the server is. Guesses of a kind differ from each other in the same
//! place only, and are otherwise the same throughout a run: the processor gets used to a text that comes again and again, and
//! reads it faster than one of random digits, whether it is right or not. As a control the same is done with two kinds that do
//! not differ: what its t tells is the measurement's own.

mod server;

use crate::Outcome;
use crate::ci::command::{cargo, run};
use cargo_metadata::Metadata;
use hmac::{Hmac, KeyInit, Mac};
use server::{Exchange, Server};
use sha2::Sha256;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Requests of each test.
const REQUESTS: usize = 100_000;
/// Requests before the measured ones.
const WARM_UP: usize = 2_000;
/// A larger t is no chance.
const THRESHOLD: f64 = 4.5;
/// Which part of all times is looked at, in hundredths.
const CROPS: [usize; 6] = [50, 75, 90, 95, 99, 100];
const BODY: &str = r#"{"events":[]}"#;

/// The server, built optimised.
pub(crate) fn built(metadata: &Metadata) -> Outcome<PathBuf> {
    let root = metadata.workspace_root.as_std_path();
    run(&mut cargo(root, "build --release --package pecta-server"))?;
    let program = metadata.target_directory.join("release/pecta-server");
    Ok(program.into())
}

/// Measures a server and tells.
pub(crate) fn run_all(program: &Path) -> Outcome {
    let server = Server::start(program)?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    println!("{REQUESTS} requests a test; a t beyond {THRESHOLD} either way is a difference");
    let keys = keys(&server, &mut random)?;
    let signatures = signatures(&server, &mut random)?;
    let mut quiet = Vec::new();
    for (what, requests) in [("keys", &keys), ("signatures", &signatures)] {
        for (name, kinds) in [("control", [Kind::Far; 2]), ("", [Kind::Near, Kind::Far])] {
            let mut exchange = server.connect()?;
            let times = measure(&mut exchange, &mut random, kinds, requests)?;
            let is_quiet = tell(&format!("{what} {name}"), times);
            quiet.push(is_quiet);
        }
    }
    match *quiet {
        [true, true, true, true] => Ok(()),
        [true, _, true, _] => Err("times tell how much of a guess is right".into()),
        _ => Err("the control shows a difference: measure again on a quieter machine".into()),
    }
}

/// How a guess is wrong. Its end is, and differs from guess to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// At its end alone.
    Near,
    /// Also from its beginning, in the same way throughout a run.
    Far,
}

/// A request with a guess of a kind. Requests of both kinds have the same length.
type Guess = Box<dyn Fn(Kind, &mut Random) -> Vec<u8>>;

/// Keys that are wrong in their last random digit, or in all.
fn keys(server: &Server, random: &mut Random) -> Outcome<Guess> {
    let right = server.publishable_key();
    let near = right.get(..33).ok_or("a short key")?.to_owned();
    let last = right.get(33..34).ok_or("a short key")?.to_owned();
    let far: String = (0..25).map(|_| random.digit()).collect();
    let far = format!("pk_live_{far}");
    Ok(Box::new(move |kind, random| {
        let beginning = if kind == Kind::Near { &near } else { &far };
        let mut digits = std::iter::repeat_with(|| random.digit().to_string());
        let end = digits.find(|digit| *digit != last).unwrap_or_default();
        let covered = format!("{beginning}{end}");
        let key = format!("{covered}{}", checksum(&covered));
        let head =
            format!("GET /v1/agents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n");
        head.into_bytes()
    }))
}

/// Signatures that are wrong in their last byte, or in all.
fn signatures(server: &Server, random: &mut Random) -> Outcome<Guess> {
    let mut mac = Hmac::<Sha256>::new_from_slice(server.secret_key().as_bytes())?;
    mac.update(BODY.as_bytes());
    let right: Vec<u8> = mac.finalize().into_bytes().to_vec();
    let key = server.publishable_key();
    let far: Vec<u8> = right
        .iter()
        .map(|byte| byte ^ (random.byte() | 1))
        .collect();
    Ok(Box::new(move |kind, random| {
        let mut guess = if kind == Kind::Near { &right } else { &far }.clone();
        if let (Some(end), Some(right)) = (guess.last_mut(), right.last()) {
            *end = right ^ (random.byte() | 1);
        }
        let digits = guess.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
        let guess: String = digits.collect();
        let length = BODY.len();
        let head = format!(
            "POST /v1/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nX-Pecta-Signature: \
             sha256={guess}\r\nContent-Length: {length}\r\n\r\n{BODY}"
        );
        head.into_bytes()
    }))
}

/// The time of each request, and whether it was of the first kind.
fn measure(
    exchange: &mut Exchange,
    random: &mut Random,
    [first, second]: [Kind; 2],
    guess: &Guess,
) -> Outcome<Vec<(Duration, bool)>> {
    let mut times = Vec::with_capacity(REQUESTS);
    let mut request = Vec::new();
    for number in 0..WARM_UP + REQUESTS {
        let both = [guess(first, random), guess(second, random)];
        let is_first = random.byte() & 1 == 1;
        request.clear();
        let [one, other] = &both;
        request.extend_from_slice(if is_first { one } else { other });
        let start = now();
        exchange.refused(&request)?;
        let time = start.elapsed();
        if number >= WARM_UP {
            times.push((time, is_first));
        }
    }
    Ok(times)
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// Prints a line for each crop; whether none shows a difference.
fn tell(what: &str, mut times: Vec<(Duration, bool)>) -> bool {
    times.sort_unstable();
    let mut worst = 0.0_f64;
    for crop in CROPS {
        let part = times.get(..times.len() * crop / 100).unwrap_or_default();
        let [near, far] = [true, false].map(|kind| Sample::of(part, kind));
        let t = welch(&near, &far);
        worst = worst.max(t.abs());
        println!(
            "{what:18} fastest {crop:3} %: {:9.3} us and {:9.3} us, difference {:+8.3} us, t {t:+6.2}",
            near.mean,
            far.mean,
            near.mean - far.mean
        );
    }
    let is_quiet = worst < THRESHOLD;
    let verdict = if is_quiet {
        "no usable difference"
    } else {
        "A DIFFERENCE"
    };
    println!("{what:18} {verdict}: largest t {worst:.2}");
    is_quiet
}

/// Of one kind: how many, their mean and variance in microseconds.
struct Sample {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Sample {
    fn of(times: &[(Duration, bool)], kind: bool) -> Self {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        for (time, _) in times.iter().filter(|(_, is_near)| *is_near == kind) {
            let micros = time.as_secs_f64() * 1e6;
            count += 1.0;
            let from_mean = micros - mean;
            mean += from_mean / count;
            squares += from_mean * (micros - mean);
        }
        Self {
            count,
            mean,
            variance: squares / (count - 1.0),
        }
    }
}

/// Welch's t: the difference of the means in its standard errors.
fn welch(one: &Sample, two: &Sample) -> f64 {
    let error = one.variance / one.count + two.variance / two.count;
    (one.mean - two.mean) / error.sqrt()
}

/// Random enough to hide the order of requests from everything (xorshift).
struct Random(u64);

impl Random {
    fn byte(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let [byte, ..] = self.0.to_be_bytes();
        byte
    }

    fn digit(&mut self) -> char {
        let number = usize::from(self.byte()) % DIGITS.len();
        DIGITS.get(number).copied().map_or('0', char::from)
    }
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The last six characters of a key, as the page on security tells them.
fn checksum(covered: &str) -> String {
    let mut crc = u32::MAX;
    for byte in covered.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    crc = !crc;
    let digit = |place: u32| {
        let number = usize::try_from(crc / 62_u32.pow(place) % 62).unwrap_or(0);
        DIGITS.get(number).copied().map_or('0', char::from)
    };
    (0..6).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_keys() {
        assert_eq!(checksum("pk_live_00000000000000000000000000"), "3ZvH4k");
    }

    #[test]
    fn a_difference_shows_and_none_does_not() {
        let sample = |shift: u64| {
            let times = (0..2_000_u64).map(|number| {
                let is_near = number % 2 == 0;
                let shift = if is_near { shift } else { 0 };
                (
                    Duration::from_nanos(1_000 + number / 2 % 100 + shift),
                    is_near,
                )
            });
            times.collect::<Vec<_>>()
        };
        assert!(tell("same", sample(0)));
        assert!(!tell("other", sample(20)));
    }
}
