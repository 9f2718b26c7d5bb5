//! `ungarble review`: one change at a time on the terminal, each decision saved as it is made.
//!
//! All documents are scanned first. `session.rs` is what the answers (`choice.rs`) do, without a terminal; `screen.rs` shows it; `journal.rs` keeps
//! decisions, and `tables.rs` what is always or never to be done.

mod choice;
mod journal;
mod scan;
mod screen;
mod session;
mod tables;

use std::borrow::Cow;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use console::{Key, Term};

use super::args::{self, Documents, Engine};
use super::clean::suffix;
use super::config::Settings;
use super::exit::{Exit, Stop};
use super::jsonl;
use super::output::{Encoded, Replacement};
use super::talk::Talk;
use crate::document::Document;
use crate::edit::Patch;
use crate::encoding;
use crate::error::{Error, Result};
use crate::replay::{Decision, Record};
use journal::Journal;
use screen::Screen;
use session::{Session, Text};
use tables::Tables;

const AFTER: &str = "\
Examples:
  ungarble review book/                        everything in the order of the files
  ungarble review --order unsure chapter.txt   the least sure first
  ungarble apply -w ungarble-review.jsonl      make what was accepted, later

Every decision is written to the decisions file at once, so nothing is lost whatever ends the session; the same command takes it up \
again. What you answer with `always` or `never` holds for the same words in all files, now and next time: the two tables are read by \
`review`, and by every command with --phrases and --without.";

/// Decide about each change on the terminal.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct ReviewArgs {
    #[command(flatten)]
    pub documents: Documents,
    /// What comes first
    #[arg(long, value_enum, default_value = "place", value_name = "ORDER", help_heading = "Review")]
    order: Order,
    /// Ask about the doubts too: what was seen and would not be made
    #[arg(long, help_heading = "Review")]
    doubts: bool,
    /// Ask only about what is at least so sure, 0 to 1
    #[arg(long, value_name = "P", value_parser = args::probability, help_heading = "Review")]
    min_confidence: Option<f32>,
    /// Sentences shown on each side of that of the change
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Review")]
    context: usize,
    /// Where decisions are kept
    #[arg(long, value_name = "FILE", default_value = "ungarble-review.jsonl", help_heading = "Review")]
    decisions: PathBuf,
    /// The table of what is always to be changed
    #[arg(long, value_name = "FILE", default_value = "ungarble-always.phrases", help_heading = "Review")]
    always: PathBuf,
    /// The table of what is never to be changed
    #[arg(long, value_name = "FILE", default_value = "ungarble-never.phrases", help_heading = "Review")]
    never: PathBuf,
    /// When files are written at the end: keep each changed one under its name and this suffix
    #[arg(long, value_name = "SUFFIX", value_parser = suffix, help_heading = "Review")]
    backup: Option<String>,
    /// When files are written at the end, their encoding: utf-8 (the default), `same` as was read, or a name
    #[arg(long, value_name = "NAME", value_parser = Encoded::parse, help_heading = "Review")]
    output_encoding: Option<Encoded>,
    #[command(flatten)]
    pub engine: Engine,
}

/// The order in which changes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Order {
    /// As they stand in the files
    Place,
    /// The surest first
    Sure,
    /// The least sure first
    Unsure,
}

/// How it ends.
enum End {
    Quit,
    Write,
}

pub fn run(args: &ReviewArgs, settings: &Settings, talk: &Talk) -> std::result::Result<Exit, Stop> {
    let terminal = Term::stdout();
    if !terminal.is_term() || !std::io::stdin().is_terminal() {
        let message = "needs a terminal; without one, `ungarble diff --style html FILE > page.html` gives a page to decide in, \
                       `ungarble diff --style json FILE > edits.json` the edits as a file, and `ungarble apply` makes them";
        return Err(Error::config(Some("review"), None, message).into());
    }
    let inputs = &args.documents.inputs;
    let stdin = inputs.is_empty() || inputs.iter().any(|path| path.as_os_str() == "-");
    if stdin {
        return Err(Error::config(Some("review"), None, "the keyboard gives the answers: name files").into());
    }
    let mut tables = Tables::open(&args.always, &args.never)?;
    let cleaner = tables.settings(settings).cleaner()?;
    let scanned = scan::scan(args, &cleaner, settings.threads(), talk)?;
    let mut failed = scanned.failed;
    let (mut journal, old) = Journal::open(&args.decisions)?;
    let mut session = Session::new(scanned.texts, scanned.items, args.order);
    session.recall(&old);
    session.follow(&tables, &mut journal)?;
    if session.is_empty() {
        talk.note(&format!("{} documents, nothing to change", scanned.documents));
        return Ok(Exit::Done.unless(failed));
    }
    let screen = Screen::new(terminal, settings.coloured(), args.context);
    let end = answers(&mut session, &screen, &mut journal, &mut tables)?;
    screen.leave();
    if let End::Write = end {
        let of_file = |a: &Text, b: &Text| a.whence.path == b.whence.path;
        for texts in session.texts().chunk_by(of_file) {
            match write(args, &session, texts, talk) {
                Ok((_, 0)) => {}
                Ok((name, made)) => {
                    talk.note(&format!("{name}: {made} change{}", if made == 1 { "" } else { "s" }))
                }
                Err(error) => {
                    talk.error(error);
                    failed = true;
                }
            }
        }
    } else if session.count(Decision::Accept) > 0 {
        talk.note(&format!("to make what was accepted: ungarble apply -w {}", args.decisions.display()));
    }
    talk.note(&format!("{}; decisions in {}", session.progress(), args.decisions.display()));
    Ok(Exit::Done.unless(failed))
}

/// Asks until the person ends it.
fn answers(
    session: &mut Session,
    screen: &Screen,
    journal: &mut Journal,
    tables: &mut Tables,
) -> Result<End> {
    let mut note = String::new();
    session.go_to_open();
    loop {
        screen.show(session, &note);
        note.clear();
        // A terminal that is gone gives no keys: what was decided is saved.
        let Ok(key) = screen.key() else { return Ok(End::Quit) };
        let decided = match key {
            Key::Char('a') => session.decide(Decision::Accept, None),
            Key::Char('r') => session.decide(Decision::Reject, None),
            Key::Char('e') => match screen.ask(session).and_then(|text| session.typed(text)) {
                Some(words) => session.decide(Decision::Accept, Some(words)),
                None => Vec::new(),
            },
            Key::Char(digit @ '1'..='9') => match session.other(digit as usize - '1' as usize) {
                Some(words) => session.decide(Decision::Accept, Some(words)),
                None => Vec::new(),
            },
            Key::Char(letter @ ('A' | 'N')) => {
                let always = letter == 'A';
                let (garbled, replacement) = session.pair();
                match tables.add(always, &garbled, &replacement) {
                    Ok(line) => {
                        let decision = if always { Decision::Accept } else { Decision::Reject };
                        session.decide_alike(decision, line)
                    }
                    Err(why) => {
                        note = why;
                        Vec::new()
                    }
                }
            }
            Key::Char('c') => session.decide_channel(Decision::Accept),
            Key::Char('C') => session.decide_channel(Decision::Reject),
            Key::Char('s' | ' ') | Key::ArrowRight | Key::ArrowDown => {
                session.step(true);
                continue;
            }
            Key::Char('b') | Key::ArrowLeft | Key::ArrowUp => {
                session.step(false);
                continue;
            }
            Key::Char('u') => {
                let undone = session.undo();
                if undone.iter().any(|i| session.took_table(*i)) {
                    tables.take_back()?;
                }
                journal.write(session, &undone)?;
                if undone.is_empty() {
                    note = "nothing to undo in this session".into();
                }
                continue;
            }
            Key::Char('w') => return Ok(End::Write),
            Key::Char('q') | Key::Escape | Key::CtrlC => return Ok(End::Quit),
            Key::Char('?') => {
                screen.help();
                if screen.key().is_err() {
                    return Ok(End::Quit);
                }
                continue;
            }
            _ => {
                note = "? shows what the keys do".into();
                continue;
            }
        };
        journal.write(session, &decided)?;
        if decided.len() > 1 {
            note = format!("{} changes decided", decided.len());
        }
        if !decided.is_empty() {
            session.go_to_open();
        }
    }
}

/// Writes a file with what was accepted of its texts, and says its name and how many changes that are. JSON lines have several texts.
fn write(args: &ReviewArgs, session: &Session, texts: &[Text], talk: &Talk) -> Result<(String, usize)> {
    let Some(Text { whence, format, .. }) = texts.first() else { return Ok(Default::default()) };
    let path = whence.path.as_deref().unwrap_or(Path::new(&whence.name));
    let name = path.display().to_string();
    let now = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
    let made = texts.iter().map(|text| session.accepted(text)).sum();
    if made == 0 {
        return Ok((name, 0));
    }
    let numbers: Vec<usize> = texts.iter().filter_map(|text| text.whence.line).collect();
    let bytes = if numbers.is_empty() {
        let read = whence.encoding;
        let text = if read.is_utf8() {
            Cow::Borrowed(&*now)
        } else {
            encoding::decode(&now, args.documents.encoding)?.text
        };
        let patch = accepted(args, session.record(&texts[0]), &text)?;
        let bytes = patch.apply(&text).into_owned();
        // Repairs of markup were checked all together; a part of them must still give a file that reads.
        Document::read(&bytes, *format).map_err(|e| e.of(&name))?;
        let written = Encoded::of(args.output_encoding, *format, read);
        if read.is_utf8() && written.is_utf8() {
            bytes
        } else {
            talk.note(&format!("{name}: read as {}, written as {}", read.name(), written.name()));
            encoding::encode(&bytes, written).map_err(|e| e.of(&name))?
        }
    } else {
        let edits = |i: usize, text: &[u8]| Ok(accepted(args, session.record(&texts[i]), text)?.into_edits());
        jsonl::edited(&name, &now, &args.documents.field, &numbers, edits)?.0
    };
    let mut file = Replacement::begin(path)?;
    file.write(&bytes)?;
    file.commit(args.backup.as_deref())?;
    Ok((name, made))
}

/// What was accepted of a text, as it is now.
fn accepted(args: &ReviewArgs, record: Record, text: &[u8]) -> Result<Patch> {
    if !record.fits(text) {
        let command = format!("ungarble apply --fuzzy -w {}", args.decisions.display());
        let message = format!("has changed since it was scanned: `{command}` finds the places again");
        return Err(Error::config(Some(&record.file), None, message));
    }
    record.patch(text, false)
}
