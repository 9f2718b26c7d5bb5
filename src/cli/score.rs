//! `ungarble score`: how garbled each document is, in which dialect, by which channels.

use std::fmt::Write as _;

use super::args::{Documents, Engine};
use super::config::Settings;
use super::documents::{self, Whence};
use super::exit::{Exit, Stop};
use super::output::Stdout;
use super::talk::Talk;
use crate::clean::{Cleaned, Dialect};
use crate::document::Document;
use crate::report::{self, Summary};

const AFTER: &str = "\
Examples:
  ungarble score texts/
  ungarble score --json --field body docs.jsonl

`spun` is the estimated share of words that were swapped for others; the dialects share that part among them. The \
channels count the repairs that `clean` would make.";

/// Rate how garbled texts are.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct ScoreArgs {
    #[command(flatten)]
    pub documents: Documents,
    /// One JSON object a document, on one line
    #[arg(long, help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    pub engine: Engine,
}

pub fn run(args: &ScoreArgs, settings: &Settings, talk: &Talk) -> Result<Exit, Stop> {
    let cleaner = settings.cleaner()?;
    let mut out = Stdout::new();
    let work = |Whence { name, .. }: &Whence, document: &Document<'_>| {
        let cleaned = cleaner.clean_document(document);
        if args.json { report::json_score(name, &cleaned) + "\n" } else { line(name, &cleaned) }
    };
    let failed =
        documents::each(&args.documents, settings.threads(), talk, work, |line| out.write(line.as_bytes()))?;
    out.flush()?;
    Ok(Exit::Done.unless(failed))
}

/// `a.txt: 812 words, 6.4% spun (news 0.91, web 0.09); 12 changes (12 phrase)`.
fn line(name: &str, cleaned: &Cleaned) -> String {
    let diagnosis = cleaned.diagnosis();
    let mut out = format!("{name}: {} words, {:.1}% spun", diagnosis.words, diagnosis.spun * 100.0);
    let dialects: Vec<String> = Dialect::ALL
        .iter()
        .zip(diagnosis.dialects)
        .filter(|(_, weight)| *weight >= 0.005)
        .map(|(dialect, weight)| format!("{} {weight:.2}", dialect.name()))
        .collect();
    if !dialects.is_empty() {
        let _ = write!(out, " ({})", dialects.join(", "));
    }
    let summary = Summary::of(cleaned);
    let _ = write!(out, "; {summary}");
    if summary.doubts() > 0 {
        let _ = write!(out, ", {} in doubt", summary.doubts());
    }
    out.push('\n');
    out
}
