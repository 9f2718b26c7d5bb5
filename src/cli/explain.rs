//! `ungarble explain`: what each stage saw of a document, as tables.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::args::{Documents, Engine};
use super::config::Settings;
use super::documents::{self, Whence};
use super::exit::{Exit, Stop};
use super::output::Stdout;
use super::talk::Talk;
use crate::clean::{Diagnosis, Dialect, Explanation, ReadingView};
use crate::document;
use crate::report;

const AFTER: &str = "\
Examples:
  echo 'the preventing rising extra fierce' | ungarble explain
  ungarble explain --all article.txt
  ungarble explain --lattice=dot line.txt | dot -Tsvg > lattice.svg

A reading names the table and the line that propose it. The cost is that of the channel, in nats; the language model's is not \
in it, but in the probability.";

/// Show what each stage sees: diagnosis, tokens, readings, lattice, path.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub documents: Documents,
    /// How garbled the text is, in which dialect, and what it shows of its habits
    #[arg(long, help_heading = "Stages")]
    diagnosis: bool,
    /// The tokens and what the lexicon knows of them
    #[arg(long, help_heading = "Stages")]
    tokens: bool,
    /// All readings of each span, with cost, probability and the rule they come from (the default)
    #[arg(long, help_heading = "Stages")]
    readings: bool,
    /// The lattice of readings: drawn below the text, or as a graph for Graphviz
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "text", value_name = "FORM", help_heading = "Stages")]
    lattice: Option<Drawing>,
    /// The readings that won their places, made or not
    #[arg(long, help_heading = "Stages")]
    path: bool,
    /// All of these
    #[arg(long, help_heading = "Stages")]
    all: bool,
    /// All of it as one JSON object a document, on one line
    #[arg(long, conflicts_with_all = ["diagnosis", "tokens", "readings", "lattice", "path", "all"], help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    pub engine: Engine,
}

/// How the lattice is drawn.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Drawing {
    /// Below the text
    Text,
    /// For Graphviz
    Dot,
}

pub fn run(args: &ExplainArgs, settings: &Settings, talk: &Talk) -> Result<Exit, Stop> {
    let cleaner = settings.cleaner()?;
    let mut out = Stdout::new();
    let work = |Whence { name, .. }: &Whence, document: &document::Document<'_>| {
        let explanation = cleaner.explain(document.text());
        let document = &Document { name, text: document.text() };
        if args.lattice == Some(Drawing::Dot) {
            return dot(document, &explanation);
        }
        let asked = args.diagnosis || args.all || args.json;
        let diagnosis = if asked { cleaner.diagnose(document.text) } else { Diagnosis::default() };
        if args.json {
            return report::json_explanation(name, document.text, &explanation, &diagnosis) + "\n";
        }
        tables(args, document, &explanation, &diagnosis)
    };
    let failed =
        documents::each(&args.documents, settings.threads(), talk, work, |text| out.write(text.as_bytes()))?;
    out.flush()?;
    Ok(Exit::Done.unless(failed))
}

/// A text and what it is called.
struct Document<'d> {
    name: &'d str,
    text: &'d [u8],
}

fn tables(
    args: &ExplainArgs,
    document: &Document<'_>,
    explanation: &Explanation,
    diagnosis: &Diagnosis,
) -> String {
    let lattice = args.lattice.is_some();
    let readings = args.readings || !(args.tokens || args.path || args.diagnosis || lattice);
    let mut out = String::new();
    if args.documents.inputs.len() > 1 {
        let _ = writeln!(out, "{}:", document.name);
    }
    if args.diagnosis || args.all {
        out += &diagnosed(explanation, diagnosis);
    }
    if args.tokens || args.all {
        let rows = explanation.tokens.iter().map(|token| {
            let known = if token.known { "known" } else { "unknown" };
            let start = if token.sentence_start { "sentence" } else { "" };
            [
                format!("{}..{}", token.range.start, token.range.end),
                written(document, token.range.clone()),
                token.kind.to_owned(),
                known.to_owned(),
                start.to_owned(),
            ]
        });
        out += &table(["bytes", "token", "kind", "lexicon", "starts"], rows);
    }
    let row = |reading: &ReadingView| {
        [
            format!("{}..{}", reading.range.start, reading.range.end),
            written(document, reading.range.clone()),
            reading.text.clone(),
            format!("{:.2}", reading.cost),
            format!("{:.3}", reading.posterior),
            if reading.chosen { "*" } else { "" }.to_owned(),
            match &reading.origin {
                Some(origin) => format!("{}, {origin}", reading.reason),
                None => reading.reason.clone(),
            },
        ]
    };
    let header = ["bytes", "written", "read as", "cost", "probability", "made", "reason"];
    if readings || args.all {
        out += &table(header, explanation.readings.iter().map(row));
    }
    if lattice || args.all {
        out += &drawn(document, explanation);
    }
    if args.path || args.all {
        out += &table(header, explanation.path.iter().filter_map(|&i| explanation.readings.get(i)).map(row));
    }
    out
}

/// The diagnosis in a few lines.
fn diagnosed(explanation: &Explanation, diagnosis: &Diagnosis) -> String {
    let mut out = format!("{} words, {:.1}% spun", diagnosis.words, diagnosis.spun * 100.0);
    let dialects = Dialect::ALL.iter().zip(diagnosis.dialects).filter(|(_, weight)| *weight >= 0.005);
    for (dialect, weight) in dialects {
        let _ = write!(out, ", {} {weight:.2}", dialect.name());
    }
    let _ = writeln!(
        out,
        "\nthe words lean {:+.1} nats towards spun text; the sentences are {:+.1} nats likelier as spun ones",
        explanation.lean, explanation.evidence
    );
    for (garbled, original, count) in &diagnosis.habits {
        let _ = writeln!(out, "  {garbled} for {original}, about {count:.1} times");
    }
    out
}

/// Each sentence that has readings, and below it a bracket for each reading: what it says, its cost and probability.
fn drawn(document: &Document<'_>, explanation: &Explanation) -> String {
    let mut starts: Vec<usize> =
        explanation.tokens.iter().filter(|t| t.sentence_start).map(|t| t.range.start).collect();
    starts.push(document.text.len());
    let mut out = String::new();
    for pair in starts.windows(2) {
        let own = |(_, r): &(usize, &ReadingView)| pair[0] <= r.range.start && r.range.start < pair[1];
        let readings: Vec<_> = explanation.readings.iter().enumerate().filter(own).collect();
        if readings.is_empty() {
            continue;
        }
        // Every character takes one column, so that brackets stand below what they say.
        let shown = |range: std::ops::Range<usize>| -> String {
            let text = String::from_utf8_lossy(document.text.get(range).unwrap_or_default()).into_owned();
            text.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect()
        };
        out += shown(pair[0]..pair[1]).trim_end();
        out.push('\n');
        for (i, reading) in readings {
            let left = shown(pair[0]..reading.range.start).chars().count();
            let width = shown(reading.range.clone()).chars().count();
            let bracket =
                if width < 2 { "╵".to_owned() } else { format!("└{}┘", "─".repeat(width - 2)) };
            let won = match (reading.chosen, explanation.path.contains(&i)) {
                (true, _) => "  made",
                (false, true) => "  best here",
                (false, false) => "",
            };
            let (cost, posterior) = (reading.cost, reading.posterior);
            let _ = writeln!(
                out,
                "{}{bracket} {}  {cost:.2}  p {posterior:.3}{won}",
                " ".repeat(left),
                reading.text
            );
        }
        out.push('\n');
    }
    out
}

/// The bytes of a span as they can be shown.
fn written(document: &Document<'_>, range: std::ops::Range<usize>) -> String {
    let text = String::from_utf8_lossy(document.text.get(range).unwrap_or_default()).into_owned();
    text.chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

/// Rows with their columns in line. Every row is read twice: once for the widths.
fn table<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = std::iter::once(header.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let pad = width - cell.chars().count() + 2;
            line += cell;
            line.extend(std::iter::repeat_n(' ', pad));
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// The lattice as a graph: places in the text, and an edge for each reading from one to the next.
fn dot(document: &Document<'_>, explanation: &Explanation) -> String {
    let mut out =
        format!("digraph {} {{\n  rankdir=LR;\n  node [shape=circle, fontsize=10];\n", quoted(document.name));
    let places: BTreeSet<usize> =
        explanation.readings.iter().flat_map(|r| [r.range.start, r.range.end]).collect();
    for pair in places.iter().zip(places.iter().skip(1)) {
        let (&start, &end) = pair;
        // Between two choices stands text that nobody doubts.
        if !explanation.readings.iter().any(|r| r.range.start <= start && end <= r.range.end) {
            let text = written(document, start..end);
            let _ = writeln!(out, "  {start} -> {end} [label={}, color=gray];", quoted(text.trim()));
        }
    }
    for (i, reading) in explanation.readings.iter().enumerate() {
        let label = format!("{}\n{:.2} p={:.3}", reading.text, reading.cost, reading.posterior);
        let bold = if explanation.path.contains(&i) { ", penwidth=3" } else { "" };
        let (start, end) = (reading.range.start, reading.range.end);
        let _ = writeln!(
            out,
            "  {start} -> {end} [label={}, tooltip={}{bold}];",
            quoted(&label),
            quoted(&reading.reason)
        );
    }
    out.push_str("}\n");
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
