//! What can be typed: commands, flags, and their help.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use regex::bytes::Regex;

use super::{apply, clean, diff, eval, explain, garble, review, score, train};
use crate::document;
use crate::edit::Channel;
use crate::encoding::{Kinds, Named};

const AFTER: &str = "\
Examples:
  ungarble clean article.txt                 the cleaned text on stdout
  ungarble diff article.txt                  what would change, and why
  ungarble clean -w --backup .orig texts/    repair all text files of a folder
  ungarble clean --field body docs.jsonl     one document a line, other fields untouched

Settings come from flags, then the environment (UNGARBLE_ONLY, _KINDS, _THRESHOLD, _WORDS, _PHRASES, _WITHOUT, _PROTECT, \
_THREADS, _ENCODING, _OUTPUT_ENCODING, _COLOR; UNGARBLE_CONFIG names a config file), then the first ungarble.toml (or .ungarble.toml) \
found from here up the parents, then the defaults; the first place that names a setting decides it.

Exit codes: 0 done or nothing to do, 1 `diff` found changes, 2 failure.";

/// Repairs machine-garbled English, and shows every change.
#[derive(Parser)]
#[command(name = "ungarble", version, after_help = AFTER, arg_required_else_help = true, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub general: General,
}

#[derive(Subcommand)]
pub enum Command {
    Clean(clean::CleanArgs),
    Diff(diff::DiffArgs),
    Review(review::ReviewArgs),
    Apply(apply::ApplyArgs),
    Explain(explain::ExplainArgs),
    Score(score::ScoreArgs),
    Eval(eval::EvalArgs),
    Train(train::TrainArgs),
    Garble(garble::GarbleArgs),
}

/// Flags that every command takes.
#[derive(Args)]
#[command(next_help_heading = "General")]
pub struct General {
    /// Say only what failed
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more: each document, and which config file is used
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colour: `auto` is to a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN")]
    pub color: Option<Colour>,
    /// Read this config file, and search for none
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no config file
    #[arg(long, global = true, conflicts_with = "config")]
    pub no_config: bool,
}

/// Flags of every command that cleans.
#[derive(Args, Default, Clone)]
#[command(next_help_heading = "Cleaning")]
pub struct Engine {
    /// Let only these channels act: encoding, ocr, spacing, spelling, sound, phrase; without it encoding and phrase
    #[arg(long, value_delimiter = ',', value_name = "CHANNEL,…", value_parser = channel)]
    pub only: Option<Vec<Channel>>,
    /// Which damage to characters is repaired: mojibake, c1, ligatures, …, `all`, or `+entities,-c1` (see README)
    #[arg(long, value_name = "KIND,…", value_parser = Kinds::parse, allow_hyphen_values = true)]
    pub kinds: Option<Kinds>,
    /// Confidence from which a repair is made, 0 to 1; the same for all channels; without it the fitted one
    #[arg(long, value_name = "P", value_parser = probability)]
    pub threshold: Option<f32>,
    /// Words that are right as they stand, one a line
    #[arg(long, value_name = "FILE")]
    pub words: Option<Vec<PathBuf>>,
    /// Phrase rules of your own, `garbled -> original` a line
    #[arg(long, value_name = "FILE")]
    pub phrases: Option<Vec<PathBuf>>,
    /// Built-in rules and habits to do without, `garbled -> original` a line
    #[arg(long, value_name = "FILE")]
    pub without: Option<Vec<PathBuf>>,
    /// Never touch what this regular expression matches
    #[arg(long, value_name = "REGEX", value_parser = pattern)]
    pub protect: Option<Vec<Regex>>,
    /// Documents to work on at a time; the output is the same for any number
    #[arg(long, value_name = "N", value_parser = count)]
    pub threads: Option<usize>,
}

/// Flags of every command that reads documents.
#[derive(Args)]
#[command(next_help_heading = "Input")]
pub struct Documents {
    /// Files, folders (their files of formats that are read, .gitignore honoured) or - for stdin, the default
    #[arg(value_name = "FILE|DIR|-")]
    pub inputs: Vec<PathBuf>,
    /// What the inputs are; without it guessed from name and content
    #[arg(long = "as", value_name = "FORMAT", value_parser = formats())]
    pub format: Option<Format>,
    /// The encoding of the inputs (utf-16le, windows-1252, cp437, …); without it found by what the bytes are
    #[arg(long, value_name = "NAME", value_parser = Named::parse)]
    pub encoding: Option<Named>,
    /// The field of JSON lines that holds the text; dots lead into objects
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub field: String,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One document; without a format its content says what it is.
    File(Option<document::Format>),
    /// One JSON object a line, each with a document in a field.
    Jsonl,
}

/// The formats by their names: those of documents, and JSON lines.
fn formats() -> impl TypedValueParser<Value = Format> {
    let names = document::Format::all().map(document::Format::name).chain(["jsonl"]);
    PossibleValuesParser::new(names).map(|name| match name.parse() {
        Ok(format) => Format::File(Some(format)),
        Err(_) => Format::Jsonl,
    })
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

/// A channel by its name.
pub fn channel(name: &str) -> Result<Channel, String> {
    Channel::from_name(name.trim()).ok_or_else(|| {
        let names: Vec<&str> = Channel::ALL.iter().map(|c| c.name()).collect();
        format!("no channel is called {name:?}; there are {}", names.join(", "))
    })
}

/// A number from 0 to 1.
pub fn probability(text: &str) -> Result<f32, String> {
    let number = text.trim().parse::<f32>().ok().filter(|p| (0.0..=1.0).contains(p));
    number.ok_or_else(|| format!("{text:?} is no number from 0 to 1"))
}

/// A number from 1 up.
pub fn count(text: &str) -> Result<usize, String> {
    let number = text.trim().parse().ok().filter(|n| (1..=1024).contains(n));
    number.ok_or_else(|| format!("{text:?} is no number from 1 to 1024"))
}

/// A regular expression over bytes.
pub fn pattern(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
