//! The decisions file: an edits file to which each decision is added as it is made.
//!
//! A line is added by one write and synced, so what was answered is on the disk whatever ends the program; the last line about a
//! change is what holds.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::session::Session;
use crate::error::{Error, Result};
use crate::replay::Record;
use crate::report;

pub struct Journal {
    path: PathBuf,
    /// Made with the first decision.
    file: Option<File>,
}

impl Journal {
    /// The journal at this path, and what it holds. A last line that was never finished is taken off.
    pub fn open(path: &Path) -> Result<(Self, Vec<Record>)> {
        let place = path.display().to_string();
        let journal = Self { path: path.to_owned(), file: None };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((journal, Vec::new())),
            Err(e) => return Err(Error::io(path, &e)),
        };
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let text = String::from_utf8_lossy(&bytes[..whole]);
        let mut records = report::read_records(&place, &text)?;
        if whole < bytes.len() {
            let rest = String::from_utf8_lossy(&bytes[whole..]).into_owned();
            match report::read_records(&place, &rest) {
                Ok(last) => records.extend(last),
                Err(_) => {
                    let file = OpenOptions::new().write(true).open(path).map_err(|e| Error::io(path, &e))?;
                    file.set_len(whole as u64).map_err(|e| Error::io(path, &e))?;
                }
            }
        }
        Ok((journal, records))
    }

    /// Adds what now holds about these changes.
    pub fn write(&mut self, session: &Session, items: &[usize]) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let error = |e: std::io::Error| Error::io(&self.path, &e);
        let mut lines = String::new();
        for record in session.by_text(items) {
            lines += &report::json_record(&record);
            lines.push('\n');
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let file = OpenOptions::new().read(true).append(true).create(true).open(&self.path);
                let mut file = file.map_err(error)?;
                if !ends_a_line(&mut file).map_err(error)? {
                    lines.insert(0, '\n');
                }
                self.file.insert(file)
            }
        };
        file.write_all(lines.as_bytes()).map_err(error)?;
        file.sync_data().map_err(error)
    }
}

/// Is a file empty, or does it end with a line end?
fn ends_a_line(file: &mut File) -> std::io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
