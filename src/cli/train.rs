//! `ungarble train`: makes a language model from plain text.

use std::path::PathBuf;

use super::exit::{Exit, Stop};
use super::talk::Talk;
use crate::error::Error;

const AFTER: &str = "\
Example:
  ungarble train -o english.model --weights news=2,speech=1 news/*.zst speech/*.txt";

/// Make a model from plain text (.txt, or compressed .zst).
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct TrainArgs {
    /// Files or folders of plain text
    #[arg(value_name = "FILE|DIR", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The model to write
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: PathBuf,
    /// Record here what went in: words, genre, licence
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub manifest: Option<PathBuf>,
    /// The greatest size of the model
    #[arg(long, value_name = "MiB", default_value_t = 32, help_heading = "Output")]
    pub size: usize,
    /// How much each genre counts
    #[arg(long, value_name = "GENRE=WEIGHT,…", value_delimiter = ',', value_parser = weight, help_heading = "Model")]
    pub weights: Vec<(String, f64)>,
    /// Words in the longest n-grams
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Model")]
    pub order: usize,
}

fn weight(text: &str) -> Result<(String, f64), String> {
    let (genre, number) = text.split_once('=').ok_or("a weight is written genre=number")?;
    let number: f64 = number.parse().map_err(|_| format!("{number:?} is no number"))?;
    if !(number.is_finite() && number >= 0.0) {
        return Err(format!("{number} is no weight: 0 or more"));
    }
    Ok((genre.to_owned(), number))
}

pub fn run(args: &TrainArgs, talk: &Talk) -> Result<Exit, Stop> {
    let _ = talk;
    let place = args.output.display().to_string();
    Err(Error::config(Some(&place), None, "this build of ungarble makes no models").into())
}
