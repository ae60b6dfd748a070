//! `pecta-server check`: judges outputs from files or stdin, without a server and without a database.
//!
//! One line is read, judged and answered at a time, so that memory does not grow with the input.

mod answer;
mod case;
mod configurable;
mod gates;
mod lines;
mod options;
mod summary;

pub(crate) use case::{Case, without_line};
pub(crate) use lines::Lines;
pub(crate) use options::{Options, command};

use crate::failure::{Failure, OUTPUT_CLOSED};
use crate::progress::{self, Progress};
use lines::Line;
use pecta_gates::{Clock, Verdict};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Stderr, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use summary::Summary;

/// Judges every line of every file, then tells on stderr how many passed.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the composing layer hands time to the pure crates"
    )]
    let start = Instant::now();
    let clock = || start.elapsed();
    let stdout = io::stdout();
    let mut check = Check {
        options,
        clock: &clock,
        output: BufWriter::new(stdout.lock()),
        progress: Progress::new(progress::screen()),
        summary: Summary::new(options.engine.gate_names()),
    };
    let ended = check.files();
    check.progress.clear();
    match ended {
        Ok(()) => {
            // Whoever closed stderr does not want the summary; the exit code still tells.
            let _ = write!(io::stderr(), "{}", check.summary);
            Ok(check.summary.exit_code())
        }
        Err(Interruption::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            Ok(ExitCode::from(OUTPUT_CLOSED))
        }
        Err(interruption) => {
            let _ = write!(io::stderr(), "{}", check.summary);
            Err(Failure::usage(interruption))
        }
    }
}

/// Why not every line was judged.
#[derive(Debug, thiserror::Error)]
enum Interruption {
    #[error("cannot read {0}: {1}")]
    Input(String, io::Error),
    #[error("cannot write to stdout: {0}")]
    Output(io::Error),
}

/// A check under way.
struct Check<'o, W> {
    options: &'o Options,
    clock: &'o dyn Clock,
    output: W,
    progress: Progress<Stderr>,
    summary: Summary,
}

impl<W: Write> Check<'_, W> {
    fn files(&mut self) -> Result<(), Interruption> {
        let judged = self
            .options
            .files
            .iter()
            .try_for_each(|path| self.file(path));
        // What was judged before an input broke is answered all the same.
        let flushed = self.output.flush().map_err(Interruption::Output);
        judged.and(flushed)
    }

    fn file(&mut self, path: &Path) -> Result<(), Interruption> {
        let name = path.display().to_string();
        let unreadable = |error| Interruption::Input(name.clone(), error);
        let mut lines = Lines::new(open(path).map_err(unreadable)?);
        while let Some(line) = lines.next().map_err(unreadable)? {
            self.line(&name, &line).map_err(Interruption::Output)?;
            self.progress
                .show(self.clock.now(), || self.summary.counts());
        }
        Ok(())
    }

    fn line(&mut self, file: &str, line: &Line<'_>) -> io::Result<()> {
        let read = line.text.as_ref().map_err(ToString::to_string);
        match read.and_then(|text| Case::parse(text).map_err(|error| error.to_string())) {
            Ok(case) => {
                let verdict = self.verdict(&case);
                self.summary.count(&verdict);
                answer::judged(&mut self.output, &case, verdict, self.options.with_findings)
            }
            Err(error) => {
                self.summary.count_bad();
                let file = (self.options.files.len() > 1).then_some(file);
                answer::bad_line(&mut self.output, file, line.number, &error)
            }
        }
    }
}

impl<W> Check<'_, W> {
    fn verdict(&self, case: &Case<'_>) -> Verdict {
        let engine = &self.options.engine;
        if self.options.with_findings {
            engine.evaluate_with_findings(&case.subject(), self.clock)
        } else {
            engine.evaluate(&case.subject(), self.clock)
        }
    }
}

/// A file to read from; `-` is stdin.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(File::open(path)?)))
}
