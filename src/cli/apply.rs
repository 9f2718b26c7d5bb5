//! `ungarble apply`: makes the edits of an edits file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::jsonl;
use super::output::{Encoded, Replacement, Stdout};
use super::talk::Talk;
use crate::document::Format;
use crate::edit::{Edit, Patch};
use crate::encoding::{self, Named};
use crate::error::{Error, Result};
use crate::replay::Record;
use crate::report;

const AFTER: &str = "\
Examples:
  ungarble diff --style json a.txt > edits.json && ungarble apply edits.json > clean.txt
  ungarble apply -w decisions.json              the files that the edits name
  ungarble apply --fuzzy edits.json a.txt       a.txt has changed since

An edits file is what `diff --style json`, the page of `diff --style html` and `review` write. Edits that were rejected are \
left out, and those that were looked at and not decided too. A file that is not the one the edits were made for (by its \
SHA-256) is refused.

Exit codes: 0 all edits made, 2 something was refused or has no place; what could be done was.";

/// Make the edits of an edits file.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct ApplyArgs {
    /// The edits file; - is stdin
    #[arg(value_name = "EDITS")]
    edits: PathBuf,
    /// What to edit; without it the files that the edits name
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write to this file, or with several files below this folder; an existing file is replaced
    #[arg(short, long, value_name = "FILE|DIR", conflicts_with = "write", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Change the files themselves
    #[arg(short, long, help_heading = "Output")]
    write: bool,
    /// With -w: keep each changed file under its name and this suffix
    #[arg(long, value_name = "SUFFIX", requires = "write", value_parser = super::clean::suffix, help_heading = "Output")]
    backup: Option<String>,
    /// Of edits of JSON lines: the field that holds the text; dots lead into objects
    #[arg(long, value_name = "NAME", default_value = "text", help_heading = "Edits")]
    field: String,
    /// The encoding of the files, where it was named for the edits; else found by what the bytes are
    #[arg(long, value_name = "NAME", value_parser = Named::parse, help_heading = "Edits")]
    encoding: Option<Named>,
    /// The encoding to write: utf-8 (the default), `same` as was read, or a name
    #[arg(long, value_name = "NAME", value_parser = Encoded::parse, help_heading = "Output")]
    output_encoding: Option<Encoded>,
    /// Where a file has changed since, look for the places of the edits by what stood around them
    #[arg(long, help_heading = "Edits")]
    fuzzy: bool,
    /// Make those too that nobody has decided
    #[arg(long, help_heading = "Edits")]
    undecided: bool,
}

pub fn run(args: &ApplyArgs, talk: &Talk) -> std::result::Result<Exit, Stop> {
    let place = args.edits.display().to_string();
    let bytes = read(&args.edits)?;
    let text = std::str::from_utf8(&bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
        Error::config(Some(&place), Some(line), "not UTF-8")
    })?;
    let records = report::read_records(&place, text)?;
    let files = files(args, &place, &records)?;
    let to_stdout = args.output.is_none() && !args.write;
    if files.len() > 1 && to_stdout {
        let message = format!("edits {} files: -w changes them, -o DIR writes them elsewhere", files.len());
        return Err(Error::config(Some(&place), None, message).into());
    }
    let mut out = Stdout::new();
    let mut failed = false;
    for path in &files {
        match edited(args, &records, path, files.len(), talk) {
            Ok(Edited { bytes, made, misses }) => {
                failed |= misses;
                if to_stdout {
                    out.write(&bytes)?;
                } else if let Err(error) = put(args, path, files.len(), &bytes, made) {
                    talk.error(error);
                    failed = true;
                } else {
                    talk.note(&format!(
                        "{}: {made} edit{}",
                        path.display(),
                        if made == 1 { "" } else { "s" }
                    ));
                }
            }
            Err(error) => {
                talk.error(error);
                failed = true;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Done.unless(failed))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return std::fs::read(path).map_err(|e| Error::io(path, &e));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|e| Error::io(Path::new("stdin"), &e))?;
    Ok(bytes)
}

/// The files to edit: those that were named, or those that the records name.
fn files(args: &ApplyArgs, place: &str, records: &[Record]) -> Result<Vec<PathBuf>> {
    if !args.files.is_empty() {
        let stdin = args.files.iter().any(|file| file.as_os_str() == "-");
        if stdin && args.write {
            return Err(Error::config(Some("-w"), None, "stdin cannot be changed in place: name files"));
        }
        return Ok(args.files.clone());
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for record in records {
        let file = line_of(&record.file).map_or(record.file.as_str(), |(file, _)| file);
        if matches!(file, "" | "stdin") {
            let message = "the edits are of a text without a name: name the file to edit";
            return Err(Error::config(Some(place), None, message));
        }
        if !files.iter().any(|known| known.as_os_str() == file) {
            files.push(file.into());
        }
    }
    Ok(files)
}

/// The file and the number of the line of a name that is one of a JSON line, `docs.jsonl:3`.
fn line_of(name: &str) -> Option<(&str, usize)> {
    let (file, line) = name.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!Path::new(name).exists()).then_some((file, line))
}

/// A file with its edits made.
struct Edited {
    bytes: Vec<u8>,
    made: usize,
    /// Has an edit no place?
    misses: bool,
}

fn edited(args: &ApplyArgs, records: &[Record], path: &Path, files: usize, talk: &Talk) -> Result<Edited> {
    let name = path.display().to_string();
    let source = read(path)?;
    let is = |file: &str| Path::new(file) == path || path.ends_with(file);
    let of_line = |r: &&Record| line_of(&r.file).is_some_and(|(file, _)| is(file));
    let lines: Vec<&Record> = records.iter().filter(of_line).collect();
    if !lines.is_empty() {
        return edited_lines(args, &lines, &name, &source, talk);
    }
    let (text, read) = decoded(args, records, &source, &name)?;
    let text = &*text;
    // Records of one file may be of several states of it, the latest last.
    let mut of_file: Vec<&Record> = records.iter().filter(|r| is(&r.file)).collect();
    if of_file.is_empty() && files == 1 {
        // Another name, but the same text; or there is only one text that can be meant.
        of_file = records.iter().filter(|r| records.len() == 1 || r.fits(text)).collect();
    }
    let Some(record) = of_file.iter().rev().find(|r| r.fits(text)).or(of_file.last()) else {
        return Err(Error::config(Some(&name), None, "the edits file has no edits of it"));
    };
    let (edits, misses) = placed(args, record, &name, text, talk)?;
    let format = Format::guess(&name, text).unwrap_or(Format::TEXT);
    let (patch, written) = (Patch::new(edits), Encoded::of(args.output_encoding, format, read));
    let bytes = patch.apply(text).into_owned();
    let same = read.is_utf8() && written.is_utf8();
    let bytes = if same { bytes } else { encoding::encode(&bytes, written).map_err(|e| e.of(&name))? };
    if !same {
        talk.note(&format!("{name}: read as {}, written as {}", read.name(), written.name()));
    }
    Ok(Edited { bytes, made: patch.edits().len(), misses })
}

/// A file as the text that edits are of: decoded, unless they are of its bytes as they stand, as those of markup may be.
fn decoded<'b>(
    args: &ApplyArgs,
    records: &[Record],
    source: &'b [u8],
    name: &str,
) -> Result<(Cow<'b, [u8]>, Named)> {
    if records.iter().any(|record| record.origin.is_some() && record.fits(source)) {
        return Ok((Cow::Borrowed(source), Named::UTF8));
    }
    let decoded = encoding::decode(source, args.encoding).map_err(|e| e.of(name))?;
    Ok((decoded.text, decoded.encoding))
}

/// A file of JSON lines with edits of the texts in them.
fn edited_lines(
    args: &ApplyArgs,
    records: &[&Record],
    name: &str,
    source: &[u8],
    talk: &Talk,
) -> Result<Edited> {
    // Of several states of a line the last one counts.
    let by_line: BTreeMap<usize, &Record> =
        records.iter().filter_map(|record| Some((line_of(&record.file)?.1, *record))).collect();
    let (numbers, records): (Vec<usize>, Vec<&Record>) = by_line.into_iter().unzip();
    let mut misses = false;
    let (bytes, made) = jsonl::edited(name, source, &args.field, &numbers, |i, text| {
        let label = format!("{name}:{}", numbers[i]);
        let (edits, missed) = placed(args, records[i], &label, text, talk)?;
        misses |= missed;
        Ok(edits)
    })?;
    Ok(Edited { bytes, made, misses })
}

/// The wanted edits of a record in the source as it is, and whether one has no place in it.
fn placed(
    args: &ApplyArgs,
    record: &Record,
    name: &str,
    source: &[u8],
    talk: &Talk,
) -> Result<(Vec<Edit>, bool)> {
    let mut record = record.clone();
    record.file = name.to_owned();
    let open = record.wanted(true).count() - record.wanted(false).count();
    if open > 0 && !args.undecided {
        talk.note(&format!("{name}: {open} undecided, left out (--undecided makes them)"));
    }
    if !args.fuzzy || record.fits(source) {
        return Ok((record.patch(source, args.undecided)?.into_edits(), false));
    }
    let anchored = record.anchor(source, args.undecided);
    for miss in &anchored.misses {
        talk.error(format!("{name}: {:?} -> {:?}: {}", miss.garbled, miss.edit.replacement, miss.why));
    }
    Ok((anchored.patch.into_edits(), !anchored.misses.is_empty()))
}

fn put(args: &ApplyArgs, path: &Path, files: usize, bytes: &[u8], made: usize) -> Result<()> {
    let place = match &args.output {
        None if made == 0 => return Ok(()),
        None => path.to_owned(),
        Some(output) if files > 1 || output.is_dir() => {
            // Below the folder at the path that it has; never out of it.
            let inside = path.components().filter(|c| matches!(c, std::path::Component::Normal(_)));
            output.join(inside.collect::<PathBuf>())
        }
        Some(output) => output.clone(),
    };
    if let Some(folder) = place.parent().filter(|_| args.output.is_some()) {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, &e))?;
    }
    let mut file = Replacement::begin(&place)?;
    file.write(bytes)?;
    file.commit(args.backup.as_deref())
}
