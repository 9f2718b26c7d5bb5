//! Talk on stderr: notes, failures, and a progress bar on long work.

use std::cell::RefCell;
use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Work that ends sooner shows no bar.
const LONG: Duration = Duration::from_millis(1500);

/// Whoever talks to the person. Writing to a closed stderr is no failure.
pub struct Talk {
    quiet: bool,
    verbose: bool,
    bar: RefCell<Option<ProgressBar>>,
}

impl Talk {
    pub fn new(quiet: bool, verbose: bool) -> Self {
        Self { quiet, verbose, bar: RefCell::new(None) }
    }

    /// Is only what failed to be said?
    #[cfg(feature = "train")]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Something failed.
    pub fn error(&self, error: impl Display) {
        self.line(&format!("ungarble: {error}"));
    }

    /// Something that people want to know.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.line(text);
        }
    }

    /// Something that people want to know when they ask.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            self.line(text);
        }
    }

    fn line(&self, text: &str) {
        let write = || drop(writeln!(std::io::stderr().lock(), "{text}"));
        match &*self.bar.borrow() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Begins work of so many steps (`None`: nobody knows).
    pub fn progress(&self, steps: Option<usize>) -> Progress<'_> {
        // A bar among results that scroll by on the same terminal helps nobody.
        let shown = !self.quiet && std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        Progress { talk: self, steps, done: 0, start: shown.then(Instant::now) }
    }
}

/// Work under way; the bar goes when this does.
pub struct Progress<'t> {
    talk: &'t Talk,
    steps: Option<usize>,
    done: u64,
    start: Option<Instant>,
}

impl Progress<'_> {
    /// So many steps are done.
    pub fn step(&mut self, steps: usize) {
        self.done += steps as u64;
        let Some(start) = self.start.filter(|start| start.elapsed() > LONG) else { return };
        let mut bar = self.talk.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| {
            let (bar, template) = match self.steps {
                Some(steps) => {
                    (ProgressBar::new(steps as u64), "{bar:30} {pos}/{len} {elapsed} (about {eta} to go)")
                }
                None => (ProgressBar::new_spinner(), "{spinner} {pos} {elapsed}"),
            };
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.with_style(style).with_elapsed(start.elapsed())
        });
        bar.set_position(self.done);
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = self.talk.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
