//! `ungarble explain`: what each stage saw of a document, as tables.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::args::{Documents, Engine};
use super::config::Settings;
use super::documents;
use super::exit::{Exit, Stop};
use super::output::Stdout;
use super::talk::Talk;
use crate::clean::{Explanation, ReadingView};
use crate::document;

const AFTER: &str = "\
Examples:
  echo 'the preventing rising extra fierce' | ungarble explain
  ungarble explain --lattice line.txt | dot -Tsvg > lattice.svg";

/// Show what each stage sees: tokens, readings, lattice, path.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub documents: Documents,
    /// The tokens and what the lexicon knows of them
    #[arg(long, help_heading = "Stages")]
    tokens: bool,
    /// All readings of each span, with cost and probability (the default)
    #[arg(long, help_heading = "Stages")]
    readings: bool,
    /// The lattice of readings, for Graphviz
    #[arg(long, help_heading = "Stages", conflicts_with_all = ["tokens", "readings", "path"])]
    lattice: bool,
    /// The readings that won their places, made or not
    #[arg(long, help_heading = "Stages")]
    path: bool,
    #[command(flatten)]
    pub engine: Engine,
}

pub fn run(args: &ExplainArgs, settings: &Settings, talk: &Talk) -> Result<Exit, Stop> {
    let cleaner = settings.cleaner()?;
    let mut out = Stdout::new();
    let work = |name: &str, document: &document::Document<'_>| {
        let explanation = cleaner.explain(document.text());
        let document = &Document { name, text: document.text() };
        if args.lattice { dot(document, &explanation) } else { tables(args, document, &explanation) }
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

fn tables(args: &ExplainArgs, document: &Document<'_>, explanation: &Explanation) -> String {
    let readings = args.readings || !(args.tokens || args.path);
    let mut out = String::new();
    if args.documents.inputs.len() > 1 {
        let _ = writeln!(out, "{}:", document.name);
    }
    if args.tokens {
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
            reading.reason.clone(),
        ]
    };
    let header = ["bytes", "written", "read as", "cost", "probability", "made", "reason"];
    if readings {
        out += &table(header, explanation.readings.iter().map(row));
    }
    if args.path {
        out += &table(header, explanation.path.iter().filter_map(|&i| explanation.readings.get(i)).map(row));
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
