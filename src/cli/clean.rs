//! `ungarble clean`: the cleaned text to stdout, to other files, or in place.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::args::{Documents, Engine, Format};
use super::config::Settings;
use super::documents::{Batch, Lines};
use super::exit::{Exit, Stop};
use super::inputs::{self, Input, Loaded};
use super::jsonl;
use super::output::{Encoded, Replacement, Stdout};
use super::pool;
use super::talk::Talk;
use crate::clean::Cleaner;
use crate::document::Document;
use crate::edit::Patch;
use crate::encoding::{self, Named};
use crate::error::{Error, Result};
use crate::report::{self, Summary};

const AFTER: &str = "\
Examples:
  ungarble clean < scan.txt > clean.txt
  ungarble clean -o clean/ texts/             the same tree, cleaned
  ungarble clean -w --backup .orig notes.txt
  ungarble clean --field page.body --edits-field edits docs.jsonl -o clean.jsonl

Of hOCR, ALTO, PAGE, TEI, TTML, HTML, Markdown and subtitles only the words change. Line ends, byte order marks and \
single bytes that are not UTF-8 stay as they are; a file in another encoding is read as what it is and written as UTF-8, \
unless it is markup, which says its encoding, or --output-encoding says otherwise. A file is replaced in one step, or not at all.";

/// Clean texts.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct CleanArgs {
    #[command(flatten)]
    pub documents: Documents,
    /// Write to this file, or with several inputs below this folder; an existing file is replaced
    #[arg(short, long, value_name = "FILE|DIR", conflicts_with = "write", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Change the files themselves
    #[arg(short, long, help_heading = "Output")]
    write: bool,
    /// With -w: keep each changed file under its name and this suffix; an older one of that name is replaced
    #[arg(long, value_name = "SUFFIX", requires = "write", value_parser = suffix, help_heading = "Output")]
    backup: Option<String>,
    /// The encoding to write: utf-8 (the default, but for markup, which says its own), `same` as was read, or a name
    #[arg(long, value_name = "NAME", value_parser = Encoded::parse, help_heading = "Output")]
    output_encoding: Option<Encoded>,
    /// With JSON lines: put the edits into this field
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    edits_field: Option<String>,
    #[command(flatten)]
    pub engine: Engine,
}

pub fn suffix(text: &str) -> std::result::Result<String, String> {
    let good = !text.is_empty() && !text.contains(['/', '\\', '\0']);
    if good { Ok(text.to_owned()) } else { Err("a suffix such as .orig".into()) }
}

/// Where the cleaned text of an input goes.
#[derive(Clone)]
enum Target {
    Stdout,
    File(PathBuf),
    /// The file itself, if something changed.
    Same(PathBuf),
}

struct Job<'a> {
    args: &'a CleanArgs,
    cleaner: Cleaner,
    written: Option<Encoded>,
    threads: usize,
    talk: &'a Talk,
    out: Stdout,
    total: Summary,
    changed: usize,
    failed: bool,
}

pub fn run(args: &CleanArgs, settings: &Settings, talk: &Talk) -> std::result::Result<Exit, Stop> {
    let cleaner = settings.cleaner()?;
    let folder = output_folder(args);
    let found = inputs::find(&args.documents, folder.as_deref(), talk);
    let targets = targets(args, folder.as_deref(), &found.inputs)?;
    if args.edits_field.is_some() && found.inputs.iter().any(|input| input.format != Format::Jsonl) {
        return Err(Error::config(
            Some("--edits-field"),
            None,
            "only JSON lines have fields: add --as jsonl",
        )
        .into());
    }
    let threads = settings.threads();
    let (total, out) = (Summary::default(), Stdout::new());
    let written = args.output_encoding.or(settings.output_encoding);
    let mut job = Job { args, cleaner, written, threads, talk, out, total, changed: 0, failed: found.failed };
    let pairs: Vec<(Input, Target)> = found.inputs.into_iter().zip(targets).collect();
    let text = |pair: &(Input, Target)| pair.0.format != Format::Jsonl;
    for run in pairs.chunk_by(|a, b| text(a) && text(b)) {
        if text(&run[0]) {
            job.texts(run)?;
        } else {
            job.lines(&run[0].0, &run[0].1)?;
        }
    }
    job.out.flush()?;
    if pairs.len() > 1 {
        let total = format!("{} files, {} changed: {}", pairs.len(), job.changed, job.total);
        if args.write || args.output.is_some() { talk.note(&total) } else { talk.detail(&total) }
    }
    Ok(Exit::Done.unless(job.failed))
}

/// The folder that the output goes below, if it is one.
fn output_folder(args: &CleanArgs) -> Option<PathBuf> {
    let output = args.output.as_ref()?;
    let inputs = &args.documents.inputs;
    let slash = output.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    let folder = output.is_dir() || slash || inputs.len() > 1 || inputs.iter().any(|path| path.is_dir());
    folder.then(|| output.clone())
}

/// The target of each input; a clash is refused before anything is written.
fn targets(args: &CleanArgs, folder: Option<&Path>, inputs: &[Input]) -> Result<Vec<Target>> {
    let mut taken: HashMap<PathBuf, &str> = HashMap::new();
    let target = |input: &Input| match (&args.output, folder, args.write) {
        (_, _, true) => match &input.path {
            Some(path) => Ok(Target::Same(path.clone())),
            None => Err(Error::config(Some("-w"), None, "stdin cannot be changed in place: name files")),
        },
        (_, Some(folder), _) => Ok(Target::File(folder.join(&input.relative))),
        (Some(file), None, _) => Ok(Target::File(file.clone())),
        (None, None, false) => Ok(Target::Stdout),
    };
    let targets: Vec<Target> = inputs.iter().map(target).collect::<Result<_>>()?;
    for (input, target) in inputs.iter().zip(&targets) {
        if let Target::File(path) = target
            && let Some(other) = taken.insert(path.clone(), &input.name)
        {
            let message = format!("both {other} and {} would be written here", input.name);
            return Err(Error::config(Some(&path.display().to_string()), None, message));
        }
    }
    Ok(targets)
}

/// A cleaned file: what it was, what it is where that differs, and what was done.
struct Done {
    source: Vec<u8>,
    cleaned: Option<Vec<u8>>,
    summary: Summary,
    /// What was read and what is written, where one of them is not UTF-8.
    encodings: Option<(Named, Named)>,
}

/// Cleans a file.
fn done(cleaner: &Cleaner, input: &Input, output: Option<Encoded>) -> Result<Done> {
    let Loaded { text: source, format, encoding: read } = input.load()?;
    let document = Document::read(&source, format).map_err(|e| e.of(&input.name))?;
    let result = cleaner.clean_document(&document);
    let summary = Summary::of(&result);
    let cleaned = (summary.edits() > 0).then(|| result.bytes().into_owned());
    drop((result, document));
    let written = Encoded::of(output, format, read);
    if read.is_utf8() && written.is_utf8() {
        return Ok(Done { source, cleaned, summary, encodings: None });
    }
    let bytes =
        encoding::encode(cleaned.as_deref().unwrap_or(&source), written).map_err(|e| e.of(&input.name))?;
    let changed = cleaned.is_some() || read != written;
    let (source, cleaned) = if changed { (source, Some(bytes)) } else { (bytes, None) };
    Ok(Done { source, cleaned, summary, encodings: Some((read, written)) })
}

/// Cleaned lines; bad ones stand among them as they were.
#[derive(Default)]
struct Lined {
    bytes: Vec<u8>,
    lines: usize,
    summary: Summary,
    bad: Vec<Error>,
}

impl Job<'_> {
    /// Files of one document each.
    fn texts(&mut self, pairs: &[(Input, Target)]) -> std::result::Result<(), Stop> {
        let (cleaner, output) = (self.cleaner.clone(), self.written);
        let work = |(input, target)| -> (&Input, &Target, Result<Done>) {
            (input, target, done(&cleaner, input, output))
        };
        let mut progress = self.talk.progress(Some(pairs.len()));
        let jobs = pairs.iter().map(|(input, target)| (input, target));
        pool::in_order(self.threads, jobs, work, |(input, target, done)| {
            progress.step(1);
            match done.and_then(|done| Ok((self.put(target, &done)?, done))) {
                Ok((bytes, done)) => {
                    if bytes {
                        self.out.write(done.cleaned.as_deref().unwrap_or(&done.source))?;
                    }
                    if let Some((read, written)) = done.encodings {
                        let (read, written) = (read.name(), written.name());
                        self.talk.note(&format!("{}: read as {read}, written as {written}", input.name));
                    }
                    self.report(input, target, &done.summary);
                }
                Err(error) => self.fail(error),
            }
            Ok(())
        })
    }

    /// Writes to a file, or says that stdout is wanted.
    fn put(&self, target: &Target, done: &Done) -> Result<bool> {
        let bytes = done.cleaned.as_deref().unwrap_or(&done.source);
        match target {
            Target::Stdout => return Ok(true),
            Target::Same(_) if done.cleaned.is_none() => {}
            Target::Same(path) | Target::File(path) => {
                let mut file = begin(target, path)?;
                file.write(bytes)?;
                file.commit(self.args.backup.as_deref())?;
            }
        }
        Ok(false)
    }

    /// A file of one document a line.
    fn lines(&mut self, input: &Input, target: &Target) -> std::result::Result<(), Stop> {
        let begun = Lines::open(input).and_then(|lines| match target {
            Target::Stdout => Ok((lines, None)),
            Target::Same(path) | Target::File(path) => Ok((lines, Some(begin(target, path)?))),
        });
        let (lines, mut file) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                self.fail(error);
                return Ok(());
            }
        };
        let (cleaner, talk) = (self.cleaner.clone(), self.talk);
        let (field, edits_field) = (&self.args.documents.field, self.args.edits_field.as_deref());
        let work = |batch: Result<Batch>| -> Result<Lined> {
            let Batch { first, lines } = batch?;
            let mut done = Lined { lines: lines.len(), ..Lined::default() };
            for (i, line) in lines.into_iter().enumerate() {
                match clean_line(&cleaner, &line, field, edits_field) {
                    Ok((bytes, summary)) => {
                        done.bytes.extend_from_slice(&bytes);
                        done.summary.add(&summary);
                    }
                    Err(error) => {
                        done.bytes.extend_from_slice(&line);
                        done.bad.push(Error::config(Some(&input.name), Some(first + i), error));
                    }
                }
            }
            Ok(done)
        };
        let (mut summary, mut failure) = (Summary::default(), None);
        let mut progress = talk.progress(None);
        pool::in_order(self.threads, lines.batches(), work, |result| {
            let done = match result {
                Ok(done) => done,
                Err(error) => {
                    failure = Some(error);
                    return Ok(());
                }
            };
            progress.step(done.lines);
            self.failed |= !done.bad.is_empty();
            done.bad.iter().for_each(|error| talk.error(error));
            summary.add(&done.summary);
            match &mut file {
                None => self.out.write(&done.bytes),
                Some(file) => {
                    if let Err(error) = file.write(&done.bytes) {
                        failure.get_or_insert(error);
                    }
                    Ok(())
                }
            }
        })?;
        drop(progress);
        let unchanged = matches!(target, Target::Same(_)) && summary.edits() == 0 && edits_field.is_none();
        let finished = match (failure, file) {
            (Some(error), _) => Err(error),
            (None, Some(file)) if !unchanged => file.commit(self.args.backup.as_deref()),
            _ => Ok(()),
        };
        match finished {
            Ok(()) => self.report(input, target, &summary),
            Err(error) => self.fail(error),
        }
        Ok(())
    }

    fn report(&mut self, input: &Input, target: &Target, summary: &Summary) {
        self.total.add(summary);
        self.changed += usize::from(summary.edits() > 0);
        let line = format!("{}: {summary}", input.name);
        // A filter is silent; whoever writes files says which ones it changed.
        match target {
            Target::Same(_) | Target::File(_) if summary.edits() > 0 => self.talk.note(&line),
            _ => self.talk.detail(&line),
        }
    }

    fn fail(&mut self, error: Error) {
        self.talk.error(error);
        self.failed = true;
    }
}

/// Begins the file of a target, with the folders that it needs.
fn begin(target: &Target, path: &Path) -> Result<Replacement> {
    if let (Target::File(_), Some(folder)) = (target, path.parent()) {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, &e))?;
    }
    Replacement::begin(path)
}

/// A line with its text cleaned.
fn clean_line(
    cleaner: &Cleaner,
    bytes: &[u8],
    field: &str,
    edits_field: Option<&str>,
) -> std::result::Result<(Vec<u8>, Summary), String> {
    if bytes.trim_ascii().is_empty() {
        return Ok((bytes.to_vec(), Summary::default()));
    }
    let line = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    let field = jsonl::field(line, field)?;
    let cleaned = cleaner.clean(&field.text);
    let mut out = Patch::new(field.edits_of_line(cleaned.edits())).apply(bytes).into_owned();
    if let Some(name) = edits_field {
        let edits = report::json_edits(field.text.as_bytes(), cleaned.edits());
        let line = String::from_utf8(out).map_err(|_| "not UTF-8".to_owned())?;
        out = jsonl::set(&line, name, &edits)?.into_bytes();
    }
    Ok((out, Summary::of(&cleaned)))
}
