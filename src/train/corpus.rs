//! Reading text files, plain or zstd, paragraph by paragraph.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::text::{Token, mark_sentences, tokenize};

/// A text file and how much it counts.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file; `.zst` is decompressed.
    pub path: PathBuf,
    /// What kind of text it is.
    pub genre: String,
    /// How often each of its words counts; at most 16 different weights in one training.
    pub weight: f32,
}

/// The genre of a corpus file by its name: what stands before the first `_`.
///
/// ```
/// assert_eq!(ungarble::train::genre_of("texts/news_bbc2004.txt.zst".as_ref()), "news");
/// ```
pub fn genre_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split(['_', '.']).next().unwrap_or("text").to_owned()
}

/// A file that counts what is read of it: of a compressed file its own bytes, so that they add up to its size.
struct Counted {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.read.set(self.read.get() + n as u64);
        Ok(n)
    }
}

fn open(path: &Path, read: Rc<Cell<u64>>) -> Result<Box<dyn BufRead>> {
    let file = File::open(path).map_err(|e| Error::io(path, &e))?;
    let file = Counted { file, read };
    if path.extension().is_some_and(|e| e == "zst") {
        let decoder = zstd::Decoder::new(file).map_err(|e| Error::io(path, &e))?;
        return Ok(Box::new(BufReader::with_capacity(1 << 20, decoder)));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 20, file)))
}

/// The whole file, plain or zstd, as text; one that is not UTF-8 is read as Latin-1.
///
/// # Errors
///
/// When the file cannot be read or decompressed.
pub fn read_lossy(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    open(path, Rc::default())?.read_to_end(&mut bytes).map_err(|e| Error::io(path, &e))?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|e| e.into_bytes().iter().map(|&b| char::from(b)).collect()))
}

/// Calls `each` with every paragraph (line) and its tokens, sentences marked; gives the bytes read of the file to `read`.
pub fn paragraphs(
    path: &Path,
    abbreviation: impl Fn(u64) -> bool,
    mut read: impl FnMut(u64),
    mut each: impl FnMut(&[u8], &[Token]),
) -> Result<()> {
    let count = Rc::new(Cell::new(0));
    let mut reader = open(path, Rc::clone(&count))?;
    let (mut line, mut tokens) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        let n = reader.read_until(b'\n', &mut line).map_err(|e| Error::io(path, &e))?;
        if n == 0 {
            break;
        }
        if count.get() > 1 << 20 {
            read(count.take());
        }
        tokens.clear();
        tokenize(&line, &mut tokens);
        mark_sentences(&mut tokens, &abbreviation);
        each(&line, &tokens);
    }
    read(count.take());
    Ok(())
}
