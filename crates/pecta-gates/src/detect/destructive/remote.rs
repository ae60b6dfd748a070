//! Text that is run without anyone having seen it: fetched or decoded straight into a shell or an interpreter.

use super::Rule;
use crate::detect::shell::invocation::Source;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "remote-to-shell",
        programs: &[],
        matches: |run| run.runs == Source::Remote,
        hits: "curl -fsSL https://get.example.com | sudo bash -s -- -y",
        leaves: "curl -fsSL https://get.example.com | jq .name",
    },
    Rule {
        id: "decoded-to-shell",
        programs: &[],
        matches: |run| run.runs == Source::Decoded,
        hits: "base64 -d payload.txt | sh",
        leaves: "base64 -d payload.txt > payload.bin",
    },
];
