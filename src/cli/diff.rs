//! `ungarble diff`: what would change, and why.

use super::args::{Documents, Engine, Format};
use super::config::Settings;
use super::documents::{self, Lines};
use super::exit::{Exit, Stop};
use super::inputs;
use super::jsonl;
use super::output::Stdout;
use super::talk::Talk;
use crate::clean::Cleaner;
use crate::document::Document;
use crate::edit::Edit;
use crate::error::{Error, Result};
use crate::report::{self, Style};

const AFTER: &str = "\
Examples:
  ungarble diff article.txt
  ungarble diff --style unified texts/ | patch -p0
  ungarble diff --style html scan.txt > changes.html

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
    /// Columns of --style side-by-side
    #[arg(long, value_name = "N", default_value_t = 120, help_heading = "Output")]
    width: usize,
    #[command(flatten)]
    pub engine: Engine,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum StyleArg {
    /// Changed lines with [-old-]{+new+}, and the reason of each change
    Words,
    /// For patch -p0
    Unified,
    /// Two columns
    SideBySide,
    /// A page for browsers
    Html,
    /// One object a document, on one line
    Json,
}

impl From<StyleArg> for Style {
    fn from(style: StyleArg) -> Self {
        match style {
            StyleArg::Words => Style::Words,
            StyleArg::Unified => Style::Unified,
            StyleArg::SideBySide => Style::SideBySide,
            StyleArg::Html => Style::Html,
            StyleArg::Json => Style::Json,
        }
    }
}

pub fn run(args: &DiffArgs, settings: &Settings, talk: &Talk) -> std::result::Result<Exit, Stop> {
    let cleaner = settings.cleaner()?;
    let colour = settings.coloured();
    let mut out = Stdout::new();
    let mut changed = false;
    if args.style == StyleArg::Unified && has_lines(args) {
        return unified_lines(args, &cleaner, colour, talk);
    }
    if args.style == StyleArg::Html {
        out.write(report::html_head("Changes").as_bytes())?;
    }
    let work = |name: &str, document: &Document<'_>| {
        let cleaned = cleaner.clean_document(document);
        let bytes = match args.style {
            StyleArg::Html => report::html_section(name, &cleaned).into_bytes(),
            style => {
                let diff = cleaned.diff().style(style.into()).name(name);
                diff.colour(colour).width(args.width).to_bytes()
            }
        };
        (bytes, !cleaned.edits().is_empty())
    };
    let failed = documents::each(&args.documents, settings.threads(), talk, work, |(bytes, change)| {
        changed |= change;
        out.write(&bytes)
    })?;
    if args.style == StyleArg::Html {
        out.write(report::html_foot().as_bytes())?;
    }
    out.flush()?;
    Ok(if changed { Exit::Changed } else { Exit::Done }.unless(failed))
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
                let edits = cleaner.clean_document(&document).edits().to_vec();
                drop(document);
                Ok((source, edits))
            })
        } else {
            Lines::open(input)
                .and_then(|lines| line_edits(lines, cleaner, &input.name, &args.documents.field, &mut bad))
        };
        match result {
            Ok((source, edits)) => {
                changed |= !edits.is_empty();
                out.write(&report::unified(&input.name, &source, &edits, colour))?;
            }
            Err(error) => bad(error),
        }
    }
    out.flush()?;
    Ok(if changed { Exit::Changed } else { Exit::Done }.unless(failed))
}

/// A file of JSON lines, and the edits of its texts as edits of the file.
fn line_edits(
    lines: Lines,
    cleaner: &Cleaner,
    name: &str,
    field: &str,
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
        match text.and_then(|text| jsonl::field(text, field)) {
            Ok(field) => {
                let mut more = field.edits_of_line(cleaner.clean(&field.text).edits());
                more.iter_mut().for_each(|e| e.range = e.range.start + at..e.range.end + at);
                edits.extend(more);
            }
            Err(error) => bad(Error::config(Some(name), Some(i + 1), error)),
        }
    }
    Ok((source, edits))
}
