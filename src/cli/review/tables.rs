//! What is always and what is never to be changed: two tables of `garbled -> original` lines, as `--phrases` and `--without` read.

use std::path::{Path, PathBuf};

use crate::clean::Cleaner;
use crate::cli::config::Settings;
use crate::cli::output::Replacement;
use crate::error::{Error, Result};
use crate::replay::Decision;

pub struct Tables {
    always: Table,
    never: Table,
    /// Which of them got the lines of this session, the last one last.
    added: Vec<bool>,
}

struct Table {
    path: PathBuf,
    text: String,
    /// What stands in it at the start.
    about: &'static str,
}

impl Table {
    fn open(path: &Path, about: &'static str) -> Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Error::io(path, &e)),
        };
        Ok(Self { path: path.to_owned(), text, about })
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.lines().filter_map(|line| {
            let (garbled, original) = line.split('#').next()?.split_once("->")?;
            Some((garbled.trim(), original.trim()))
        })
    }

    fn has(&self, garbled: &str, original: &str) -> bool {
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b) || a.to_lowercase() == b;
        self.pairs().any(|(left, right)| same(left, garbled) && same(right, original))
    }

    fn save(&self) -> Result<()> {
        let mut file = Replacement::begin(&self.path)?;
        file.write(self.text.as_bytes())?;
        file.commit(None)
    }
}

impl Tables {
    pub fn open(always: &Path, never: &Path) -> Result<Self> {
        let always =
            Table::open(always, "# Always changed: answers of `ungarble review`; --phrases reads this.\n")?;
        let never =
            Table::open(never, "# Never changed: answers of `ungarble review`; --without reads this.\n")?;
        Ok(Self { always, never, added: Vec::new() })
    }

    /// The settings with these tables among the tables.
    pub fn settings(&self, settings: &Settings) -> Settings {
        let mut engine = settings.engine.clone();
        if !self.always.text.is_empty() {
            engine.phrases.get_or_insert_default().push(self.always.path.clone());
        }
        if !self.never.text.is_empty() {
            engine.without.get_or_insert_default().push(self.never.path.clone());
        }
        Settings { engine, ..*settings }
    }

    /// What the tables say of a pair of words.
    pub fn decide(&self, garbled: &str, replacement: &str) -> Option<Decision> {
        if self.never.has(garbled, replacement) {
            return Some(Decision::Reject);
        }
        self.always.has(garbled, replacement).then_some(Decision::Accept)
    }

    /// Adds a pair, and says whether that took a line. Says why where it cannot stand in a table.
    pub fn add(
        &mut self,
        always: bool,
        garbled: &str,
        replacement: &str,
    ) -> std::result::Result<bool, String> {
        let table = if always { &mut self.always } else { &mut self.never };
        let new = !table.has(garbled, replacement);
        if new {
            let line = format!("{garbled} -> {replacement}\n");
            let special = |c: char| "{}|~#\"".contains(c);
            // Words of the format itself: a flag at the end of a line, a heading at its beginning.
            let of_format = replacement.ends_with(" weak") || garbled.starts_with("dialect ");
            let rule = Cleaner::builder().phrases("", &line);
            if of_format || garbled.contains(special) || replacement.contains(special) || rule.is_err() {
                return Err(format!(
                    "\"{}\" cannot be a line of a table: accept or reject it here",
                    line.trim_end()
                ));
            }
            if table.text.is_empty() {
                table.text += table.about;
            } else if !table.text.ends_with('\n') {
                table.text.push('\n');
            }
            table.text += &line;
            table.save().map_err(|e| e.to_string())?;
            self.added.push(always);
        }
        Ok(new)
    }

    /// Takes the last line that was added back.
    pub fn take_back(&mut self) -> Result<()> {
        let Some(always) = self.added.pop() else { return Ok(()) };
        let table = if always { &mut self.always } else { &mut self.never };
        let end = table.text.trim_end().rfind('\n').map_or(0, |at| at + 1);
        table.text.truncate(end);
        table.save()
    }
}
