//! Documents one after the other, whether files or lines of files: what `diff`, `score` and `explain` work on.

use std::io::BufRead as _;
use std::path::Path;

use super::args::{self, Documents};
use super::exit::Stop;
use super::inputs::{self, Input};
use super::jsonl;
use super::pool;
use super::talk::Talk;
use crate::document::{Document, Format};
use crate::error::{Error, Result};

/// A document as it was read, and what it is called: a file, or `file:line` for JSON lines.
struct Loaded {
    name: String,
    bytes: Vec<u8>,
    format: Format,
    /// What its bytes were, if not UTF-8.
    encoding: Option<String>,
}

/// Something to load on a worker.
enum Job {
    File(Input),
    Line { name: String, bytes: Vec<u8> },
    Failed(Error),
}

/// Does `work` on the name and the text of each document in parallel, and gives the results to `sink` in order. Documents that cannot be read
/// are reported and left out. Says whether something failed.
pub fn each<T: Send>(
    args: &Documents,
    threads: usize,
    talk: &Talk,
    work: impl Fn(&str, &Document<'_>) -> T + Sync,
    mut sink: impl FnMut(T) -> std::result::Result<(), Stop>,
) -> std::result::Result<bool, Stop> {
    let found = inputs::find(args, None, talk);
    let mut failed = found.failed;
    let files = found.inputs.iter().all(|input| input.format != args::Format::Jsonl);
    let mut progress = talk.progress(files.then_some(found.inputs.len()));
    let jobs = found.inputs.into_iter().flat_map(jobs);
    let load = |job: Job| -> Result<(Option<String>, T)> {
        let Loaded { name, bytes, format, encoding } = load(job, &args.field)?;
        let note = encoding.map(|read| format!("{name}: read as {read}; what is shown is its text in UTF-8"));
        let document = Document::read(&bytes, format).map_err(|e| e.of(&name))?;
        Ok((note, work(&name, &document)))
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
            Ok(bytes) => Some(Job::Line { name: format!("{}:{}", input.name, i + 1), bytes }),
            Err(error) => Some(Job::Failed(error)),
        })),
    }
}

fn load(job: Job, field: &str) -> Result<Loaded> {
    match job {
        Job::File(input) => {
            let file = input.load()?;
            let encoding = (!file.encoding.is_utf8()).then(|| file.encoding.name().to_owned());
            Ok(Loaded { name: input.name, bytes: file.text, format: file.format, encoding })
        }
        Job::Line { name, bytes } => {
            let text = std::str::from_utf8(&bytes).map_err(|_| "not UTF-8".to_owned());
            let field = text.and_then(|line| jsonl::field(line, field));
            match field {
                Ok(field) => {
                    Ok(Loaded { name, bytes: field.text.into_bytes(), format: Format::TEXT, encoding: None })
                }
                Err(error) => Err(Error::config(Some(&name), None, error)),
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
