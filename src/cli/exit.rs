//! How a run ends.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use crate::error::Error;

/// The exit codes, all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All was done, or there was nothing to do. A reader that closed the pipe early is no failure either.
    Done = 0,
    /// `diff` found something to change.
    Changed = 1,
    /// Something failed: bad usage, a file that cannot be read or written, a broken table. What could be done was.
    Failed = 2,
}

impl Exit {
    /// `Failed` if something did, else this.
    pub fn unless(self, failed: bool) -> Self {
        if failed { Self::Failed } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a run ended early.
#[derive(Debug)]
pub enum Stop {
    /// Whoever read our output has closed it.
    Closed,
    /// An error that ends the whole run.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Stop {
    /// What a failed write to stdout means.
    pub fn stdout(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Failed(Error::io(Path::new("stdout"), error)),
        }
    }
}
