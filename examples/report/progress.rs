//! A progress bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::cell::Cell;
use std::io::IsTerminal;
use std::time::Duration;

/// How far the measurements are, in time planned.
pub struct Progress {
    bar: ProgressBar,
    /// Where the present stage ends.
    end: Cell<Duration>,
    at: Cell<Duration>,
}

impl Progress {
    /// No progress yet in work that takes about `total`.
    pub fn new(total: Duration) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg:<24}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(millis(total)).with_style(style)
        } else {
            ProgressBar::hidden()
        };
        Self {
            bar,
            end: Cell::default(),
            at: Cell::default(),
        }
    }

    /// The stage before is done; the next takes about `planned`.
    pub fn stage(&self, name: String, planned: Duration) {
        self.at.set(self.end.get());
        self.end.set(self.end.get() + planned);
        self.bar.set_message(name);
    }

    /// So much time of the stage has passed. No thread draws in the meantime: it would take part
    /// in the timing.
    pub fn spent(&self, time: Duration) {
        self.at.set(self.end.get().min(self.at.get() + time));
        self.bar.set_position(millis(self.at.get()));
    }

    /// Makes room for other output.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}
