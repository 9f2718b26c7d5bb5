//! `ungarble diff`: what would change, and why.

use super::args::{self, Documents, Engine, Format};
use super::config::Settings;
use super::documents::{self, Lines, Whence};
use super::exit::{Exit, Stop};
use super::inputs;
use super::jsonl;
use super::output::Stdout;
use super::talk::Talk;
use crate::clean::{Cleaned, Cleaner, Diagnosis};
use crate::document::Document;
use crate::edit::Edit;
use crate::error::{Error, Result};
use crate::report::{self, Stat, Style};

const AFTER: &str = "\
Examples:
  ungarble diff article.txt
  ungarble diff --style unified texts/ | patch -p0
  ungarble diff --style html scan.txt > changes.html     a page to look through and to decide in
  ungarble diff --style json scan.txt > edits.json       what `ungarble apply edits.json` replays
  ungarble diff --stat texts/                            counts alone

Exit codes: 0 nothing would change, 1 something would, 2 failure.";

/// Show what would change.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct DiffArgs {
    #[command(flatten)]
    pub documents: Documents,
    /// How changes are shown
    #[arg(long, value_name = "STYLE", default_value = "words", help_heading = "Output")]
    style: StyleArg,
    /// Columns of --style side-by-side and words; without it those of the terminal, else 120 and no limit
    #[arg(long, value_name = "N", help_heading = "Output")]
    width: Option<usize>,
    /// Unchanged text around each change: lines for unified (3), sentences for words and side-by-side (0)
    #[arg(long, value_name = "N", help_heading = "Output")]
    context: Option<usize>,
    /// Leave out what is less sure than this, 0 to 1
    #[arg(long, value_name = "P", value_parser = args::probability, help_heading = "Output")]
    min_confidence: Option<f32>,
    /// Show as well what was seen and is not made
    #[arg(long, help_heading = "Output")]
    doubts: bool,
    /// Show counts instead: by channel, the commonest repairs, how garbled before and after
    #[arg(long, help_heading = "Output")]
    stat: bool,
    #[command(flatten)]
    pub engine: Engine,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum StyleArg {
    /// Changed sentences with [-old-]{+new+}, and the reason of each change
    Words,
    /// For patch -p0 and git apply -p0
    Unified,
    /// Two columns
    SideBySide,
    /// A page for browsers, to look through and to decide in
    Html,
    /// One object a document, on one line; `ungarble apply` replays it
    Json,
    /// file:line:column: warning: …, for editors
    Lines,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
}

impl From<StyleArg> for Style {
    fn from(style: StyleArg) -> Self {
        match style {
            StyleArg::Words => Style::Words,
            StyleArg::Unified => Style::Unified,
            StyleArg::SideBySide => Style::SideBySide,
            StyleArg::Html => Style::Html,
            StyleArg::Json => Style::Json,
            StyleArg::Lines => Style::Lines,
            StyleArg::Sarif => Style::Sarif,
        }
    }
}

pub fn run(args: &DiffArgs, settings: &Settings, talk: &Talk) -> std::result::Result<Exit, Stop> {
    let cleaner = settings.cleaner()?;
    let colour = settings.coloured();
    let style = Style::from(args.style);
    if args.doubts && style == Style::Unified {
        let message =
            "a patch has no place for doubts: words, side-by-side, lines, sarif, json and html have";
        return Err(Error::config(Some("--doubts"), None, message).into());
    }
    if args.stat {
        return stat(args, settings, &cleaner, talk);
    }
    let mut out = Stdout::new();
    let mut changed = false;
    if style == Style::Unified && has_lines(args) {
        return unified_lines(args, &cleaner, colour, talk);
    }
    let terminal = console::Term::stdout();
    let width = args.width.or_else(|| terminal.is_term().then(|| usize::from(terminal.size().1)));
    let title = match args.documents.inputs.as_slice() {
        [one] if one.is_file() => one.file_name().map_or("Changes".into(), |name| name.to_string_lossy()),
        _ => "Changes".into(),
    };
    out.write(style.head(&title).as_bytes())?;
    let work = |whence: &Whence, document: &Document<'_>| {
        let mut cleaned = clean(args, &cleaner, document);
        if style == Style::Html {
            cleaned.keep_safe_doubts(document);
        }
        let mut diff = cleaned.diff().style(style).name(&whence.name).colour(colour).doubts(args.doubts);
        if let Some(width) = width {
            diff = diff.width(width);
        }
        if let Some(context) = args.context {
            diff = diff.context(context);
        }
        (diff.section(false), !cleaned.edits().is_empty())
    };
    let mut first = true;
    let failed = documents::each(&args.documents, settings.threads(), talk, work, |(bytes, change)| {
        changed |= change;
        // Results of SARIF are items of one list: the first has no comma before it.
        let comma = usize::from(first && style == Style::Sarif && bytes.starts_with(b","));
        first &= bytes.is_empty();
        out.write(&bytes[comma..])
    })?;
    out.write(style.foot().as_bytes())?;
    out.flush()?;
    Ok(if changed { Exit::Changed } else { Exit::Done }.unless(failed))
}

/// A document cleaned, without what is too unsure to be shown.
fn clean<'s>(args: &DiffArgs, cleaner: &Cleaner, document: &Document<'s>) -> Cleaned<'s> {
    let mut cleaned = cleaner.clean_document(document);
    if let Some(least) = args.min_confidence {
        cleaned.retain(|edit| edit.confidence >= least);
        cleaned.retain_doubts(|edit| edit.confidence >= least);
    }
    cleaned
}

/// Counts over all documents.
fn stat(
    args: &DiffArgs,
    settings: &Settings,
    cleaner: &Cleaner,
    talk: &Talk,
) -> std::result::Result<Exit, Stop> {
    let work = |_: &Whence, document: &Document<'_>| {
        let cleaned = clean(args, cleaner, document);
        if let Some(after) = cleaned.after() {
            return Stat::of(&cleaned, after);
        }
        let bytes = cleaned.bytes();
        let after = Document::read(&bytes, document.format());
        let after = after.map_or_else(|_| Diagnosis::default(), |after| cleaner.diagnose(after.text()));
        Stat::of(&cleaned, &after)
    };
    let mut sum = Stat::default();
    let failed = documents::each(&args.documents, settings.threads(), talk, work, |one| {
        sum.add(one);
        Ok(())
    })?;
    let mut out = Stdout::new();
    let text = if args.style == StyleArg::Json { sum.to_json() + "\n" } else { sum.to_string() };
    out.write(text.as_bytes())?;
    out.flush()?;
    Ok(if sum.changed() > 0 { Exit::Changed } else { Exit::Done }.unless(failed))
}

/// Are JSON lines among the inputs?
fn has_lines(args: &DiffArgs) -> bool {
    let named = |path: &std::path::PathBuf| {
        let name = path.to_string_lossy().to_lowercase();
        name.ends_with(".jsonl") || name.ends_with(".ndjson")
    };
    match args.documents.format {
        Some(format) => format == Format::Jsonl,
        None => args.documents.inputs.iter().any(named),
    }
}

/// The unified difference of files of which some are JSON lines: it is one of the lines as they are written, so that
/// it applies to the file.
fn unified_lines(
    args: &DiffArgs,
    cleaner: &Cleaner,
    colour: bool,
    talk: &Talk,
) -> std::result::Result<Exit, Stop> {
    let found = inputs::find(&args.documents, None, talk);
    let mut out = Stdout::new();
    let (mut changed, mut failed) = (false, found.failed);
    for input in &found.inputs {
        let mut bad = |error: Error| {
            talk.error(error);
            failed = true;
        };
        let result = if input.format != Format::Jsonl {
            input.load().and_then(|file| {
                let source = file.text;
                let document = Document::read(&source, file.format).map_err(|e| e.of(&input.name))?;
                let edits = clean(args, cleaner, &document).edits().to_vec();
                drop(document);
                Ok((source, edits))
            })
        } else {
            Lines::open(input).and_then(|lines| line_edits(args, lines, cleaner, &input.name, &mut bad))
        };
        match result {
            Ok((source, edits)) => {
                changed |= !edits.is_empty();
                let context = args.context.unwrap_or(3);
                out.write(&report::unified_with_context(&input.name, &source, &edits, context, colour))?;
            }
            Err(error) => bad(error),
        }
    }
    out.flush()?;
    Ok(if changed { Exit::Changed } else { Exit::Done }.unless(failed))
}

/// A file of JSON lines, and the edits of its texts as edits of the file.
fn line_edits(
    args: &DiffArgs,
    lines: Lines,
    cleaner: &Cleaner,
    name: &str,
    bad: &mut impl FnMut(Error),
) -> Result<(Vec<u8>, Vec<Edit>)> {
    let (mut source, mut edits) = (Vec::new(), Vec::new());
    for (i, line) in lines.enumerate() {
        let line = line?;
        let at = source.len();
        source.extend_from_slice(&line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let text = std::str::from_utf8(&line).map_err(|_| "not UTF-8".to_owned());
        match text.and_then(|text| jsonl::field(text, &args.documents.field)) {
            Ok(field) => {
                let cleaned = clean(args, cleaner, &Document::plain(field.text.as_bytes()));
                let mut more = field.edits_of_line(cleaned.edits());
                more.iter_mut().for_each(|e| e.range = e.range.start + at..e.range.end + at);
                edits.extend(more);
            }
            Err(error) => bad(Error::config(Some(name), Some(i + 1), error)),
        }
    }
    Ok((source, edits))
}
