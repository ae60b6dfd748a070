//! Events as text.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use csv::{Terminator, Writer, WriterBuilder};
use pecta_api::EventItem;
use std::io::{self, Write};

/// The columns of a table, which are the members of an event in the API's answers.
const COLUMNS: [&str; 14] = [
    "id",
    "agent_id",
    "tool_name",
    "passed",
    "gates",
    "total_latency_ms",
    "reputation_score",
    "created_at",
    "evaluation_id",
    "latency_ms",
    "sequence",
    "source",
    "policy_version",
    "findings",
];

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// As in the answer of `GET /v1/events`, one a line.
    Ndjson,
    /// RFC 4180, with a head.
    Csv,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Ndjson, Self::Csv]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }))
    }
}

/// Events on their way out.
pub(super) enum Lines<W: Write> {
    Ndjson(W),
    Csv(Box<Writer<W>>),
}

impl<W: Write> Lines<W> {
    /// Writes the head, where there is one.
    pub(super) fn begin(format: Format, output: W) -> io::Result<Self> {
        if format == Format::Ndjson {
            return Ok(Self::Ndjson(output));
        }
        let mut builder = WriterBuilder::new();
        let mut table = builder.terminator(Terminator::CRLF).from_writer(output);
        table.write_record(COLUMNS).map_err(cause)?;
        Ok(Self::Csv(Box::new(table)))
    }

    pub(super) fn write(&mut self, item: EventItem) -> io::Result<()> {
        match self {
            Self::Ndjson(output) => {
                serde_json::to_writer(&mut *output, &item)?;
                output.write_all(b"\n")
            }
            Self::Csv(table) => {
                let findings = match &item.findings[..] {
                    [] => String::new(),
                    findings => serde_json::to_string(findings)?,
                };
                let cells = [
                    item.id,
                    item.agent_id,
                    item.tool_name.unwrap_or_default(),
                    item.passed.to_string(),
                    serde_json::to_string(&item.gates)?,
                    item.total_latency_ms.to_string(),
                    item.reputation_score.to_string(),
                    item.created_at.to_string(),
                    item.evaluation_id.unwrap_or_default(),
                    item.latency_ms.to_string(),
                    item.sequence.to_string(),
                    item.source.as_str().to_owned(),
                    item.policy_version
                        .map_or_else(String::new, |version| version.to_string()),
                    findings,
                ];
                table.write_record(cells).map_err(cause)
            }
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Ndjson(output) => output.flush(),
            Self::Csv(table) => table.flush(),
        }
    }
}

/// The error of the output below, by which its end is told apart.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
