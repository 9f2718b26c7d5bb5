//! Which documents to work on: files as named, folders walked, stdin.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::args::{Documents, Format};
use super::talk::Talk;
use crate::document;
use crate::encoding::{self, Named};
use crate::error::{Error, Result};

/// A file to read.
#[derive(Debug, Clone)]
pub struct Input {
    /// Where it lies; `None` is stdin.
    pub path: Option<PathBuf>,
    /// What it is called in talk and in diffs.
    pub name: String,
    /// Its place below an output folder.
    pub relative: PathBuf,
    pub format: Format,
    /// The encoding that it is said to have.
    pub encoding: Option<Named>,
}

/// A file as text.
pub struct Loaded {
    /// Its text: UTF-8, as far as its bytes make sense.
    pub text: Vec<u8>,
    pub format: document::Format,
    /// What its bytes were.
    pub encoding: Named,
}

/// What was found.
pub struct Found {
    pub inputs: Vec<Input>,
    /// Was something asked for that is not there, or cannot be walked? It has been reported.
    pub failed: bool,
}

impl Input {
    /// All bytes of it.
    pub fn read(&self) -> Result<Vec<u8>> {
        match &self.path {
            Some(path) => std::fs::read(path).map_err(|e| Error::io(path, &e)),
            None => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().lock().read_to_end(&mut bytes);
                read.map_err(|e| Error::io(Path::new("stdin"), &e))?;
                Ok(bytes)
            }
        }
    }

    /// Its text, and what it is. Formats that say their encoding themselves are left to their readers, unless one is
    /// named or it is UTF-16.
    pub fn load(&self) -> Result<Loaded> {
        let bytes = self.read()?;
        let guess = |bytes: &[u8]| match self.format {
            Format::File(Some(format)) => Ok(format),
            Format::File(None) => document::Format::guess(&self.name, bytes).map_err(|e| e.of(&self.name)),
            Format::Jsonl => Ok(document::Format::TEXT),
        };
        let decode = || encoding::decode(&bytes, self.encoding).map_err(|e| e.of(&self.name));
        if self.encoding.is_none() && encoding::wide(&bytes).is_some() {
            // No reader sees what it is before it is decoded.
            let decoded = decode()?;
            let (text, encoding) = (decoded.text.into_owned(), decoded.encoding);
            return Ok(Loaded { format: guess(&text)?, text, encoding });
        }
        let format = guess(&bytes)?;
        if self.encoding.is_none() && format.says_encoding() {
            return Ok(Loaded { text: bytes, format, encoding: Named::UTF8 });
        }
        let decoded = decode()?;
        let (name, text) = (
            decoded.encoding,
            match decoded.text {
                Cow::Owned(text) => Some(text),
                Cow::Borrowed(_) => None,
            },
        );
        match text {
            Some(text) => Ok(Loaded { format: guess(&text)?, text, encoding: name }),
            None => Ok(Loaded { text: bytes, format, encoding: name }),
        }
    }

    /// A reader of it, for line after line.
    pub fn open(&self) -> Result<Box<dyn std::io::BufRead>> {
        match &self.path {
            Some(path) => {
                let file = std::fs::File::open(path).map_err(|e| Error::io(path, &e))?;
                Ok(Box::new(std::io::BufReader::with_capacity(1 << 16, file)))
            }
            None => Ok(Box::new(std::io::BufReader::new(std::io::stdin()))),
        }
    }
}

/// Finds the inputs, in the order given, folders sorted by path; each file once. `beside` is an output folder, which
/// is no input even if it lies in one.
pub fn find(args: &Documents, beside: Option<&Path>, talk: &Talk) -> Found {
    let beside = beside.and_then(|path| path.canonicalize().ok());
    let mut found = Found { inputs: Vec::new(), failed: false };
    let mut seen = HashSet::new();
    let mut add = |found: &mut Found, input: Input| {
        // A file that is named twice, or named and walked, is cleaned once.
        let key = input.path.as_ref().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()));
        if seen.insert(key) {
            found.inputs.push(input);
        }
    };
    if args.inputs.is_empty() {
        add(&mut found, stdin(args));
    }
    for path in &args.inputs {
        if path.as_os_str() == "-" {
            add(&mut found, stdin(args));
        } else if path.is_dir() {
            let mut any = false;
            for entry in walk(path, beside.as_deref()) {
                match entry {
                    Ok(file) => {
                        if let Some(input) = suitable(file, path, args, talk) {
                            any = true;
                            add(&mut found, input);
                        }
                    }
                    Err(error) => {
                        talk.error(error);
                        found.failed = true;
                    }
                }
            }
            if !any {
                let names: Vec<String> = extensions(args.format).iter().map(|e| format!("*.{e}")).collect();
                let message = format!("no text in this folder ({})", names.join(", "));
                talk.error(Error::config(Some(&path.display().to_string()), None, message));
                found.failed = true;
            }
        } else {
            let relative = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
            add(&mut found, input(path.clone(), relative, args));
        }
    }
    found
}

fn stdin(args: &Documents) -> Input {
    Input {
        path: None,
        name: "stdin".into(),
        relative: "stdin".into(),
        format: args.format.unwrap_or(Format::File(None)),
        encoding: args.encoding,
    }
}

fn input(path: PathBuf, relative: PathBuf, args: &Documents) -> Input {
    let format = args.format.unwrap_or_else(|| guess(&path));
    Input { name: path.display().to_string(), path: Some(path), relative, format, encoding: args.encoding }
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn guess(path: &Path) -> Format {
    if ["jsonl", "ndjson"].contains(&extension(path).as_str()) { Format::Jsonl } else { Format::File(None) }
}

/// What is taken from a folder. JSON lines only when asked for: their field must be known.
fn extensions(format: Option<Format>) -> Vec<&'static str> {
    let mut extensions: Vec<&str> = match format {
        Some(Format::Jsonl) => vec!["jsonl", "ndjson"],
        Some(Format::File(Some(format))) => format.extensions().to_vec(),
        _ => document::Format::all().flat_map(|format| format.extensions()).copied().collect(),
    };
    let mut seen = HashSet::new();
    extensions.retain(|extension| seen.insert(*extension));
    extensions
}

/// All files of a folder, sorted. Symbolic links in it are not followed: they may lead out of it. Only ignore files
/// that lie with the text count, not those of the person, so that results do not depend on who runs this.
fn walk(
    folder: &Path,
    beside: Option<&Path>,
) -> impl Iterator<Item = std::result::Result<PathBuf, ignore::Error>> {
    let beside = beside.map(Path::to_owned);
    let mut builder = ignore::WalkBuilder::new(folder);
    builder.require_git(false).git_global(false).git_exclude(false).sort_by_file_path(Path::cmp);
    builder.filter_entry(move |entry| {
        let inside =
            |beside: &PathBuf| entry.depth() > 0 && entry.path().canonicalize().ok().as_ref() == Some(beside);
        !beside.as_ref().is_some_and(inside)
    });
    builder.build().filter_map(|entry| match entry {
        Ok(entry) => entry.file_type().is_some_and(|t| t.is_file()).then(|| Ok(entry.into_path())),
        Err(error) => Some(Err(error)),
    })
}

/// In a folder nobody named the file: a NUL is enough to leave it out, unless it is one of UTF-16.
fn is_binary(head: &[u8]) -> bool {
    encoding::is_binary(head) || head.contains(&0) && encoding::wide(&head[..head.len() & !1]).is_none()
}

/// A file of a folder as an input, if it is one that is read by its name and its first bytes.
fn suitable(path: PathBuf, folder: &Path, args: &Documents, talk: &Talk) -> Option<Input> {
    let format = args.format;
    if !extensions(format).contains(&extension(&path).as_str()) {
        return None;
    }
    let mut head = Vec::new();
    let readable = std::fs::File::open(&path).and_then(|file| file.take(8192).read_to_end(&mut head));
    // One that cannot be read is kept, so that the reason is reported.
    if readable.is_ok() && args.encoding.is_none() && is_binary(&head) {
        talk.detail(&format!("{}: binary, left out", path.display()));
        return None;
    }
    if format.is_none()
        && readable.is_ok()
        && encoding::wide(&head[..head.len() & !1]).is_none()
        && document::Format::guess(&path.to_string_lossy(), &head).is_err()
    {
        talk.detail(&format!("{}: XML of a format that is not read, left out", path.display()));
        return None;
    }
    let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
    Some(input(path, relative, args))
}
