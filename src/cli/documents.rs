//! Documents one after the other, whether files or lines of files: what `diff`, `score` and `explain` work on.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use super::args::{self, Documents};
use super::exit::Stop;
use super::inputs::{self, Input};
use super::jsonl;
use super::pool;
use super::talk::Talk;
use crate::document::{Document, Format};
use crate::encoding::Named;
use crate::error::{Error, Result};

/// Where a document comes from.
#[derive(Debug, Clone)]
pub struct Whence {
    /// What it is called: a file, or `file:line` for JSON lines.
    pub name: String,
    /// Where the file lies; `None` is stdin.
    pub path: Option<PathBuf>,
    /// Of JSON lines the line that it stands on, from 1.
    pub line: Option<usize>,
    /// What the bytes of the file were.
    pub encoding: Named,
}

/// A document as it was read.
struct Loaded {
    whence: Whence,
    bytes: Vec<u8>,
    format: Format,
}

/// Something to load on a worker.
enum Job {
    File(Input),
    Line { whence: Whence, bytes: Vec<u8> },
    Failed(Error),
}

/// Does `work` on the origin and the text of each document in parallel, and gives the results to `sink` in order. Documents that cannot be read
/// are reported and left out. Says whether something failed.
pub fn each<T: Send>(
    args: &Documents,
    threads: usize,
    talk: &Talk,
    work: impl Fn(&Whence, &Document<'_>) -> T + Sync,
    mut sink: impl FnMut(T) -> std::result::Result<(), Stop>,
) -> std::result::Result<bool, Stop> {
    let found = inputs::find(args, None, talk);
    let mut failed = found.failed;
    let files = found.inputs.iter().all(|input| input.format != args::Format::Jsonl);
    let mut progress = talk.progress(files.then_some(found.inputs.len()));
    let jobs = found.inputs.into_iter().flat_map(jobs);
    let load = |job: Job| -> Result<(Option<String>, T)> {
        let Loaded { whence, bytes, format } = load(job, &args.field)?;
        let (name, read) = (&whence.name, whence.encoding);
        let note = (!read.is_utf8())
            .then(|| format!("{name}: read as {}; what is shown is its text in UTF-8", read.name()));
        let document = Document::read(&bytes, format).map_err(|e| e.of(name))?;
        Ok((note, work(&whence, &document)))
    };
    pool::in_order(threads, jobs, load, |result| -> std::result::Result<(), Stop> {
        progress.step(1);
        match result {
            Ok((note, result)) => {
                note.iter().for_each(|note| talk.note(note));
                sink(result)?;
            }
            Err(error) => {
                talk.error(error);
                failed = true;
            }
        }
        Ok(())
    })?;
    Ok(failed)
}

fn jobs(input: Input) -> Box<dyn Iterator<Item = Job>> {
    if input.format != args::Format::Jsonl {
        return Box::new(std::iter::once(Job::File(input)));
    }
    match Lines::open(&input) {
        Err(error) => Box::new(std::iter::once(Job::Failed(error))),
        Ok(lines) => Box::new(lines.enumerate().filter_map(move |(i, line)| match line {
            Ok(bytes) if bytes.trim_ascii().is_empty() => None,
            Ok(bytes) => {
                let name = format!("{}:{}", input.name, i + 1);
                let (path, line) = (input.path.clone(), Some(i + 1));
                Some(Job::Line { whence: Whence { name, path, line, encoding: Named::UTF8 }, bytes })
            }
            Err(error) => Some(Job::Failed(error)),
        })),
    }
}

fn load(job: Job, field: &str) -> Result<Loaded> {
    match job {
        Job::File(input) => {
            let file = input.load()?;
            let Input { name, path, .. } = input;
            let whence = Whence { name, path, line: None, encoding: file.encoding };
            Ok(Loaded { whence, bytes: file.text, format: file.format })
        }
        Job::Line { whence, bytes } => {
            let text = std::str::from_utf8(&bytes).map_err(|_| "not UTF-8".to_owned());
            let field = text.and_then(|line| jsonl::field(line, field));
            match field {
                Ok(field) => Ok(Loaded { whence, bytes: field.text.into_bytes(), format: Format::TEXT }),
                Err(error) => Err(Error::config(Some(&whence.name), None, error)),
            }
        }
        Job::Failed(error) => Err(error),
    }
}

/// The lines of a file as bytes, with their ends. An error ends them.
pub struct Lines {
    reader: Option<Box<dyn std::io::BufRead>>,
    name: String,
}

impl Lines {
    pub fn open(input: &Input) -> Result<Self> {
        Ok(Self { reader: Some(input.open()?), name: input.name.clone() })
    }
}

/// Some lines, and the number of the first, counted from 1.
pub struct Batch {
    pub first: usize,
    pub lines: Vec<Vec<u8>>,
}

impl Lines {
    /// The lines by the handful: one job each would cost more than cleaning a short line.
    pub fn batches(mut self) -> impl Iterator<Item = Result<Batch>> {
        const BYTES: usize = 1 << 16;
        let mut first = 1;
        std::iter::from_fn(move || {
            let mut batch = Batch { first, lines: Vec::new() };
            let mut bytes = 0;
            while bytes < BYTES {
                match self.next() {
                    None => break,
                    Some(Err(error)) => {
                        // What was read before the error is lost with it: the file as a whole has failed.
                        return Some(Err(error));
                    }
                    Some(Ok(line)) => {
                        bytes += line.len();
                        batch.lines.push(line);
                    }
                }
            }
            first += batch.lines.len();
            (!batch.lines.is_empty()).then_some(Ok(batch))
        })
    }
}

impl Iterator for Lines {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        match self.reader.as_mut()?.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line)),
            Err(e) => {
                self.reader = None;
                Some(Err(Error::io(Path::new(&self.name), &e)))
            }
        }
    }
}
