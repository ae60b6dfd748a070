//! Counts of what the server does, and their text for Prometheus.
//!
//! Labels are of fixed sets: no org, agent or key is named, and what a client sends makes no new series.

use crate::allowance::Allowance;
use crate::caller::Quota;
use crate::error::ApiError;
use pecta_store::Recording;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What paths are told apart by: `/v1/` and one of these, and the two that stand elsewhere; the last one is all others.
const ROUTES: [&str; 14] = [
    "evaluate",
    "evaluate/batch",
    "ingest",
    "events",
    "reputation",
    "agents",
    "keys",
    "org",
    "audit",
    "policy",
    "suppressions",
    "health",
    "ready",
    "other",
];
/// The statuses that are told apart; the last one is all others.
const STATUSES: [(u16, &str); 17] = [
    (200, "200"),
    (201, "201"),
    (202, "202"),
    (204, "204"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (408, "408"),
    (409, "409"),
    (412, "412"),
    (413, "413"),
    (429, "429"),
    (500, "500"),
    (503, "503"),
    (0, "other"),
];
/// The upper bounds of the histogram, in microseconds and as they are told, in seconds.
const BOUNDS: [(u64, &str); 12] = [
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (1_000_000, "1"),
    (5_000_000, "5"),
];
const LIMITS: [&str; 4] = ["ingest", "default", "administration", "failures"];
const FAILED: [&str; 4] = [
    "auth_missing",
    "auth_format",
    "auth_invalid",
    "auth_revoked",
];

/// Counts from the start of the server on.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    routes: [Route; ROUTES.len()],
    refused: [AtomicU64; LIMITS.len()],
    failed: [AtomicU64; FAILED.len()],
    fallbacks: AtomicU64,
}

/// The answers of a class of routes.
#[derive(Debug, Default)]
struct Route {
    by_status: [AtomicU64; STATUSES.len()],
    /// How many took at most as long as the bound of the same place, and longer than the one before.
    by_time: [AtomicU64; BOUNDS.len()],
    micros: AtomicU64,
}

impl Metrics {
    /// Counts an answer.
    pub(crate) fn answered(&self, path: &str, status: u16, took: Duration) {
        let Some(route) = self.routes.get(route_of(path)) else {
            return;
        };
        let known = STATUSES.iter().position(|(known, _)| *known == status);
        add(&route.by_status, known.unwrap_or(STATUSES.len() - 1), 1);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(bound) = BOUNDS.iter().position(|(bound, _)| micros <= *bound) {
            add(&route.by_time, bound, 1);
        }
        route.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Counts a request that a rate limit refused.
    pub(crate) fn refused(&self, allowance: &Allowance) {
        let limit = match allowance.quota() {
            Some(Quota::Ingest) => 0,
            Some(Quota::Default) => 1,
            Some(Quota::Administration) => 2,
            None => return,
        };
        add(&self.refused, limit, 1);
    }

    /// Counts a request without a good key.
    pub(crate) fn refused_key(&self, error: &ApiError) {
        match error {
            ApiError::AuthMissing => add(&self.failed, 0, 1),
            ApiError::AuthFormat => add(&self.failed, 1, 1),
            ApiError::AuthInvalid => add(&self.failed, 2, 1),
            ApiError::AuthRevoked => add(&self.failed, 3, 1),
            ApiError::RateLimited(_) => add(&self.refused, 3, 1),
            _ => {}
        }
    }

    /// Counts a request that was counted here alone, because the place that servers share was away.
    pub(crate) fn fell_back(&self) {
        self.fallbacks.fetch_add(1, Ordering::Relaxed);
    }

    /// All of it in the text format of Prometheus, version 0.0.4. `shared` is whether limits are shared, where they are to be.
    pub(crate) fn text(
        &self,
        recording: Recording,
        shared: Option<bool>,
        breakers_opened: u64,
    ) -> String {
        let mut text = Text::default();
        let version = env!("CARGO_PKG_VERSION");
        text.family("pecta_build_info", "gauge", "The version of the server.");
        text.sample("pecta_build_info", format_args!("version=\"{version}\""), 1);
        self.requests(&mut text);
        for (name, kind, about, value) in [
            (
                "pecta_record_queue_requests",
                "gauge",
                "Requests whose events wait to be recorded.",
                recording.waiting,
            ),
            (
                "pecta_commits_total",
                "counter",
                "Groups of events that were committed.",
                recording.commits,
            ),
            (
                "pecta_committed_events_total",
                "counter",
                "Events of these groups.",
                recording.events,
            ),
            (
                "pecta_callout_breaker_opens_total",
                "counter",
                "How often a service that policies ask was left alone because it failed.",
                breakers_opened,
            ),
        ] {
            text.family(name, kind, about);
            text.sample(name, format_args!(""), value);
        }
        self.limits(&mut text, shared);
        text.0
    }

    fn requests(&self, text: &mut Text) {
        let (requests, seconds) = ("pecta_requests_total", "pecta_request_seconds");
        text.family(requests, "counter", "Answers by route and status.");
        for (route, name) in self.routes.iter().zip(ROUTES) {
            for (count, (_, status)) in route.by_status.iter().zip(STATUSES) {
                let count = read(count);
                if count > 0 {
                    let labels = format_args!("route=\"{name}\",status=\"{status}\"");
                    text.sample(requests, labels, count);
                }
            }
        }
        text.family(seconds, "histogram", "How long answers took, by route.");
        for (route, name) in self.routes.iter().zip(ROUTES) {
            let all: u64 = route.by_status.iter().map(read).sum();
            if all > 0 {
                route.histogram(text, seconds, name, all);
            }
        }
    }

    fn limits(&self, text: &mut Text, shared: Option<bool>) {
        let (refused, failed) = ("pecta_rate_limited_total", "pecta_auth_failures_total");
        text.family(refused, "counter", "Requests that a rate limit refused.");
        for (count, limit) in self.refused.iter().zip(LIMITS) {
            text.sample(refused, format_args!("limit=\"{limit}\""), read(count));
        }
        text.family(failed, "counter", "Requests without a good key.");
        for (count, code) in self.failed.iter().zip(FAILED) {
            text.sample(failed, format_args!("code=\"{code}\""), read(count));
        }
        let Some(shared) = shared else { return };
        let (up, fallbacks) = (
            "pecta_shared_limits_up",
            "pecta_shared_limit_fallbacks_total",
        );
        text.family(
            up,
            "gauge",
            "1 while rate limits are shared, 0 while this server limits by itself.",
        );
        text.sample(up, format_args!(""), u8::from(shared));
        text.family(
            fallbacks,
            "counter",
            "Requests that were counted by this server alone.",
        );
        text.sample(fallbacks, format_args!(""), read(&self.fallbacks));
    }
}

impl Route {
    fn histogram(&self, text: &mut Text, family: &str, name: &str, all: u64) {
        let mut within = 0;
        for (count, (_, bound)) in self.by_time.iter().zip(BOUNDS) {
            within += read(count);
            let labels = format_args!("route=\"{name}\",le=\"{bound}\"");
            text.sample(&format!("{family}_bucket"), labels, within);
        }
        let labels = format_args!("route=\"{name}\",le=\"+Inf\"");
        text.sample(&format!("{family}_bucket"), labels, all.max(within));
        let micros = read(&self.micros);
        let seconds = format_args!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        text.sample(
            &format!("{family}_sum"),
            format_args!("route=\"{name}\""),
            seconds,
        );
        let labels = format_args!("route=\"{name}\"");
        text.sample(&format!("{family}_count"), labels, all.max(within));
    }
}

/// The text that is being written. Writing to it does not fail.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, about: &str) {
        let _ = write!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: fmt::Arguments<'_>, value: impl fmt::Display) {
        let labels = labels.to_string();
        let _ = if labels.is_empty() {
            writeln!(self.0, "{name} {value}")
        } else {
            writeln!(self.0, "{name}{{{labels}}} {value}")
        };
    }
}

/// The place of a path's class.
fn route_of(path: &str) -> usize {
    let rest = path.strip_prefix("/v1/");
    let rest = rest.or(matches!(path, "/health" | "/ready").then(|| path.trim_start_matches('/')));
    let rest = rest.unwrap_or_default();
    let class = match rest.split_once('/') {
        Some(_) if rest == "evaluate/batch" => rest,
        Some((class, _)) => class,
        None => rest,
    };
    let known = ROUTES.iter().position(|route| *route == class);
    known.unwrap_or(ROUTES.len() - 1)
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn add(counters: &[AtomicU64], at: usize, number: u64) {
    if let Some(counter) = counters.get(at) {
        counter.fetch_add(number, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_a_class() {
        for (path, class) in [
            ("/v1/evaluate", "evaluate"),
            ("/v1/evaluate/batch", "evaluate/batch"),
            ("/v1/evaluate/other", "evaluate"),
            ("/v1/reputation/a", "reputation"),
            ("/v1/policy/candidate/report", "policy"),
            ("/health", "health"),
            ("/ready", "ready"),
            ("/", "other"),
            ("/v1/", "other"),
            ("/v2/evaluate", "other"),
        ] {
            assert_eq!(ROUTES[route_of(path)], class, "{path}");
        }
    }

    #[test]
    fn answers_are_counted_by_route_status_and_time() {
        let metrics = Metrics::default();
        for (status, micros) in [(200, 250), (200, 251), (418, 9_000_000)] {
            metrics.answered("/v1/ingest", status, Duration::from_micros(micros));
        }
        let recording = Recording {
            waiting: 1,
            commits: 2,
            events: 3,
        };
        let text = metrics.text(recording, Some(false), 4);
        for line in [
            "pecta_requests_total{route=\"ingest\",status=\"200\"} 2",
            "pecta_requests_total{route=\"ingest\",status=\"other\"} 1",
            "pecta_request_seconds_bucket{route=\"ingest\",le=\"0.00025\"} 1",
            "pecta_request_seconds_bucket{route=\"ingest\",le=\"0.0005\"} 2",
            "pecta_request_seconds_bucket{route=\"ingest\",le=\"5\"} 2",
            "pecta_request_seconds_bucket{route=\"ingest\",le=\"+Inf\"} 3",
            "pecta_request_seconds_sum{route=\"ingest\"} 9.000501",
            "pecta_request_seconds_count{route=\"ingest\"} 3",
            "pecta_record_queue_requests 1",
            "pecta_commits_total 2",
            "pecta_committed_events_total 3",
            "pecta_callout_breaker_opens_total 4",
            "pecta_shared_limits_up 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains("route=\"events\""), "{text}");
    }
}
