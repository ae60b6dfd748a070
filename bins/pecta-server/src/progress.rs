//! How far it is, for whoever waits at a terminal.

use std::io::{self, IsTerminal, Stderr, Write};
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(200);
/// Back to the start of the line, and the line cleared.
const CLEAR: &str = "\r\x1b[K";

/// Where progress is shown: stderr, when somebody looks at it and the results go elsewhere.
pub(crate) fn screen() -> Option<Stderr> {
    let stderr = io::stderr();
    (stderr.is_terminal() && !io::stdout().is_terminal()).then_some(stderr)
}

/// How much of a whole is done.
pub(crate) fn bar(done: u64, total: u64) -> String {
    const WIDTH: u64 = 30;
    // More may have come since they were counted.
    let total = total.max(done);
    let parts = |whole: u64| (done * whole).checked_div(total).unwrap_or(whole);
    let bar: String = (0..WIDTH)
        .map(|at| if at < parts(WIDTH) { '#' } else { '.' })
        .collect();
    format!("[{bar}] {:3} %, {done} of {total}", parts(100))
}

/// One line on a terminal that is written over and over.
pub(crate) struct Progress<W> {
    /// `None` when nobody looks.
    terminal: Option<W>,
    due: Duration,
    is_shown: bool,
}

impl<W: Write> Progress<W> {
    pub(crate) fn new(terminal: Option<W>) -> Self {
        Self {
            terminal,
            due: INTERVAL,
            is_shown: false,
        }
    }

    /// Shows a text, unless the last one is still fresh.
    pub(crate) fn show(&mut self, now: Duration, text: impl FnOnce() -> String) {
        let Some(terminal) = &mut self.terminal else {
            return;
        };
        if now >= self.due {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(terminal, "{CLEAR}{}", text()).and_then(|()| terminal.flush());
            self.due = now + INTERVAL;
            self.is_shown = true;
        }
    }

    /// Takes the text away again.
    pub(crate) fn clear(&mut self) {
        if let Some(terminal) = &mut self.terminal
            && self.is_shown
        {
            let _ = write!(terminal, "{CLEAR}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_shown_now_and_then_and_taken_away() {
        let mut screen = Vec::new();
        let mut progress = Progress::new(Some(&mut screen));
        for now in [0, 199, 200, 399, 450, 649, 650] {
            progress.show(Duration::from_millis(now), || now.to_string());
        }
        progress.clear();
        let screen = String::from_utf8(screen).unwrap();
        assert_eq!(screen, "\r\x1b[K200\r\x1b[K450\r\x1b[K650\r\x1b[K");
    }

    #[test]
    fn bars() {
        for (done, total, shown) in [
            (0, 0, "[##############################] 100 %, 0 of 0"),
            (0, 90, "[..............................]   0 %, 0 of 90"),
            (45, 90, "[###############...............]  50 %, 45 of 90"),
            (89, 90, "[#############################.]  98 %, 89 of 90"),
            (91, 90, "[##############################] 100 %, 91 of 91"),
        ] {
            assert_eq!(bar(done, total), shown);
        }
    }

    #[test]
    fn a_quick_check_shows_nothing() {
        let mut screen = Vec::new();
        let mut progress = Progress::new(Some(&mut screen));
        progress.show(Duration::ZERO, || unreachable!());
        progress.clear();
        assert!(screen.is_empty());
    }
}
