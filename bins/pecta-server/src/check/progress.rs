//! The counts so far, for whoever waits at a terminal.

use std::io::Write;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(200);
/// Back to the start of the line, and the line cleared.
const CLEAR: &str = "\r\x1b[K";

/// One line on a terminal that is written over and over.
pub(super) struct Progress<W> {
    /// `None` when nobody looks.
    terminal: Option<W>,
    due: Duration,
    is_shown: bool,
}

impl<W: Write> Progress<W> {
    pub(super) fn new(terminal: Option<W>) -> Self {
        Self {
            terminal,
            due: INTERVAL,
            is_shown: false,
        }
    }

    /// Shows a text, unless the last one is still fresh.
    pub(super) fn show(&mut self, now: Duration, text: impl FnOnce() -> String) {
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
    pub(super) fn clear(&mut self) {
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
    fn a_quick_check_shows_nothing() {
        let mut screen = Vec::new();
        let mut progress = Progress::new(Some(&mut screen));
        progress.show(Duration::ZERO, || unreachable!());
        progress.clear();
        assert!(screen.is_empty());
    }
}
