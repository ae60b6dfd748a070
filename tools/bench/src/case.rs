//! The cases that are measured.

use crate::workload::{AGENTS, BATCH, evaluates, ingests};
use std::sync::Arc;

/// One request, at one number of connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    name: &'static str,
    pub(crate) work: Work,
    pub(crate) connections: usize,
    /// Server and load generator on a core each: what p99 needs to be more than the scheduler's.
    pub(crate) is_pinned: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    Evaluate {
        bytes: usize,
    },
    /// Judged and not recorded: the server without its storage.
    DryRun {
        bytes: usize,
    },
    Ingest,
    /// Echoed, by the bare echo and by the one behind what stands before every handler of the API.
    Guard {
        bytes: usize,
    },
}

const EVALUATE_CONNECTIONS: [usize; 3] = [1, 16, 64];
const GUARD_CONNECTIONS: [usize; 2] = [16, 64];
const INGEST_CONNECTIONS: [usize; 3] = [1, 4, 16];

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    let evaluate = |name, work| {
        EVALUATE_CONNECTIONS.map(|connections| Case {
            name,
            work,
            connections,
            is_pinned: false,
        })
    };
    let ingest = INGEST_CONNECTIONS.map(|connections| Case {
        name: "ingest-100",
        work: Work::Ingest,
        connections,
        is_pinned: false,
    });
    let guard = GUARD_CONNECTIONS.map(|connections| Case {
        name: "guard-500",
        work: Work::Guard { bytes: 500 },
        connections,
        is_pinned: false,
    });
    let pinned = Case {
        name: "pinned-evaluate-500",
        work: Work::Evaluate { bytes: 500 },
        connections: 16,
        is_pinned: true,
    };
    let mut cases = Vec::new();
    cases.extend(evaluate("evaluate-500", Work::Evaluate { bytes: 500 }));
    cases.extend(evaluate("evaluate-4k", Work::Evaluate { bytes: 4 << 10 }));
    cases.extend(evaluate("evaluate-16k", Work::Evaluate { bytes: 16 << 10 }));
    cases.extend(evaluate("dry-run-500", Work::DryRun { bytes: 500 }));
    cases.extend(ingest);
    cases.push(pinned);
    cases.extend(guard);
    cases
}

impl Case {
    /// By what it is chosen on the command line.
    pub(crate) fn label(&self) -> String {
        format!("{}-c{}", self.name, self.connections)
    }

    pub(crate) fn requests(&self, key: &str) -> Arc<[Vec<u8>]> {
        match self.work {
            Work::Evaluate { bytes } | Work::Guard { bytes } => {
                evaluates(key, AGENTS, bytes, false)
            }
            Work::DryRun { bytes } => evaluates(key, AGENTS, bytes, true),
            Work::Ingest => ingests(key, AGENTS),
        }
    }

    /// What is sent before anything is measured, besides the requests themselves: agents are known to a
    /// server that they are asked about.
    pub(crate) fn prelude(&self, key: &str) -> Option<Arc<[Vec<u8>]>> {
        match self.work {
            Work::DryRun { .. } => Some(ingests(key, AGENTS)),
            Work::Evaluate { .. } | Work::Ingest | Work::Guard { .. } => None,
        }
    }

    pub(crate) const fn events_per_request(&self) -> usize {
        match self.work {
            Work::Ingest => BATCH,
            _ => 1,
        }
    }
}
