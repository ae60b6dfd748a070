//! `pecta-server export`: the events of an org to stdout, a page at a time, so that memory does not grow
//! with their number and no server waits for it.

mod format;

use crate::database;
use crate::failure::{Failure, OUTPUT_CLOSED};
use crate::progress::{self, Progress};
use crate::settings::Settings;
use chrono::{DateTime, Utc};
use clap::builder::EnumValueParser;
use clap::{Arg, ArgMatches};
use format::{Format, Lines};
use pecta_api::event_item;
use pecta_store::{Administration, EventFilter, OrgId};
use std::io::{self, BufWriter, ErrorKind, Stderr};
use std::process::ExitCode;
use std::time::Instant;

/// How many events are in memory at a time.
const PAGE: u32 = 500;

/// What to export, and how.
#[derive(Debug)]
pub(crate) struct Options {
    org: String,
    filter: EventFilter,
    format: Format,
}

/// The command as the command line defines it.
pub(crate) fn command() -> clap::Command {
    let org = Arg::new("org")
        .long("org")
        .value_name("NAME")
        .required(true)
        .help("The org whose events they are");
    let agent = Arg::new("agent")
        .long("agent")
        .value_name("AGENT")
        .help("Only those of this agent");
    let time = |name: &'static str| {
        let parse = |text: &str| DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
        Arg::new(name)
            .long(name)
            .value_name("TIME")
            .value_parser(parse)
    };
    let format = Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(EnumValueParser::<Format>::new())
        .default_value("ndjson")
        .help("A JSON object a line, or a table with a head");
    clap::Command::new("export")
        .about("Write the events of an org to stdout, the newest first")
        .args([org, agent])
        .arg(time("from").help("None before this time (RFC 3339)"))
        .arg(time("to").help("None after this time (RFC 3339)"))
        .arg(format)
        .after_help("Exit codes: 0 all written; 1 the database cannot be read; 2 wrong usage; 141 stdout was closed.")
}

impl Options {
    pub(crate) fn read(matches: &ArgMatches) -> Self {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let time = |name: &str| matches.get_one::<DateTime<Utc>>(name).copied();
        Self {
            org: text("org").unwrap_or_default(),
            filter: EventFilter {
                agent_id: text("agent"),
                from: time("from"),
                to: time("to"),
                limit: PAGE,
                ..EventFilter::default()
            },
            format: matches.get_one("format").copied().unwrap_or(Format::Ndjson),
        }
    }
}

/// Writes all events that match.
pub(crate) fn run(settings: &Settings, options: Options) -> Result<ExitCode, Failure> {
    let mut database = database::administer(settings)?;
    let org = database::org(&mut database, &options.org)?;
    let screen = progress::screen();
    let total = match &screen {
        Some(_) => database.count_events(org, &options.filter),
        None => Ok(0),
    };
    let mut export = Export {
        options,
        org,
        total: total.map_err(Failure::failed)?,
        progress: Progress::new(screen),
    };
    let written = export.write(&mut database);
    export.progress.clear();
    match written {
        Err(Interruption::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            Ok(ExitCode::from(OUTPUT_CLOSED))
        }
        Err(interruption) => Err(Failure::failed(interruption)),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

/// Why not every event was written.
#[derive(Debug, thiserror::Error)]
enum Interruption {
    #[error("cannot read the events: {0}")]
    Input(#[from] pecta_store::StoreError),
    #[error("cannot read the events: {0}")]
    Corrupt(#[from] serde_json::Error),
    #[error("cannot write to stdout: {0}")]
    Output(#[from] io::Error),
}

/// An export under way.
struct Export {
    options: Options,
    org: OrgId,
    /// How many events there are, where somebody looks.
    total: u64,
    progress: Progress<Stderr>,
}

impl Export {
    fn write(&mut self, database: &mut Administration) -> Result<(), Interruption> {
        #[expect(
            clippy::disallowed_methods,
            reason = "progress is shown as time goes on"
        )]
        let start = Instant::now();
        let output = BufWriter::new(io::stdout().lock());
        let mut lines = Lines::begin(self.options.format, output)?;
        let mut done = 0;
        loop {
            let page = database.events(self.org, &self.options.filter)?;
            for event in page.events {
                lines.write(event_item(event)?)?;
                done += 1;
            }
            self.progress
                .show(start.elapsed(), || progress::bar(done, self.total));
            match page.next {
                None => return Ok(lines.flush()?),
                next => self.options.filter.after = next,
            }
        }
    }
}
