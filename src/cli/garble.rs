//! `ungarble garble`: damages clean text on purpose, to measure repairs.

use std::path::PathBuf;

use super::exit::{Exit, Stop};
use super::talk::Talk;
use crate::error::Error;

/// Damage clean text on purpose.
#[derive(clap::Args)]
#[command(hide = true)]
pub struct GarbleArgs {
    /// Files, or - for stdin, the default
    #[arg(value_name = "FILE|-")]
    pub inputs: Vec<PathBuf>,
    /// The file to write; stdout without it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The share of words to damage, 0 to 1
    #[arg(long, value_name = "P", default_value_t = 0.1, value_parser = super::args::probability)]
    pub rate: f32,
    /// The same seed gives the same damage
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

pub fn run(args: &GarbleArgs, talk: &Talk) -> Result<Exit, Stop> {
    let _ = (args, talk);
    Err(Error::config(None, None, "this build of ungarble does not garble").into())
}
