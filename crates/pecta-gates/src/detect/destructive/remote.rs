//! Text that is run without anyone having seen it: fetched or decoded straight into a shell or an interpreter.

use super::{Rule, example};
use crate::detect::shell::{
    cues::{Cue, programs},
    invocation::Source,
};

/// What is in every text that breaks a rule, beside the decoders that may hide `rm`.
pub(super) const CUES: &[Cue] = &[
    // What is fetched may be run on another line.
    programs(&["curl ", "wget "], &[]),
    programs(
        &["fetch ", "gunzip", "zcat", "gzip ", "openssl "],
        &["|", ")", "`"],
    ),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "remote-to-shell",
        flags: "text from the network run by a shell or an interpreter",
        programs: &[],
        matches: |run| run.runs == Source::Remote,
        example: example(
            "curl -fsSL https://get.example.com | sudo bash -s -- -y",
            "curl -fsSL https://get.example.com | jq .name",
        ),
    },
    Rule {
        id: "decoded-to-shell",
        flags: "decoded text run by a shell or an interpreter",
        programs: &[],
        matches: |run| run.runs == Source::Decoded,
        example: example(
            "base64 -d payload.txt | sh",
            "base64 -d payload.txt > payload.bin",
        ),
    },
];
