//! Making a model from plain text: counting, Kneser–Ney smoothing, pruning, quantising.
//!
//! Two passes over the text, a line being a paragraph: the first counts words, the second trigrams, as sorted numbers.
//! Everything is deterministic: the same files, options and version give the same bytes.

pub mod company;
pub mod confusions;
mod corpus;
mod counts;
pub mod marked;
mod perplexity;
mod quantize;
mod smooth;
mod vocabulary;

use std::collections::HashMap;
use std::path::PathBuf;

pub use corpus::{Source, genre_of, read_lossy};
pub use counts::WEIGHTS;
pub use perplexity::{Perplexity, perplexity};

use crate::error::Result;
use crate::lexicon::image;

/// What to train on, and how large the model may get.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Text files, plain or zstd, a paragraph a line, with the weight of their genre.
    pub sources: Vec<Source>,
    /// English words (SCOWL), one a line, for [`crate::lexicon::flag::ENGLISH`].
    pub english: Vec<PathBuf>,
    /// At most this many word forms.
    pub forms: usize,
    /// At most this many bigrams beyond those that trigrams need.
    pub bigrams: usize,
    /// At most this many trigrams.
    pub trigrams: usize,
}

/// Says how far the training is; the command line shows it.
pub trait Progress {
    /// A stage begins.
    fn stage(&mut self, name: &str);
    /// Bytes of the files read since the last call, as they lie on the disk. Some stages read all files once, others none.
    fn read(&mut self, bytes: u64) {
        let _ = bytes;
    }
}

/// Trains and gives the bytes of the model file.
///
/// # Errors
///
/// When a text cannot be read or decompressed.
pub fn train(plan: &Plan, progress: &mut dyn Progress) -> Result<Vec<u8>> {
    let mut english = HashMap::new();
    for path in &plan.english {
        let text = corpus::read_lossy(path)?;
        let words = text.lines().map(|w| w.trim().trim_end_matches("'s")).filter(|w| w.len() > 1);
        english.extend(words.map(|w| (crate::text::word_hash(w), w.to_owned())));
    }
    progress.stage("counting words");
    let vocabulary = vocabulary::count(&plan.sources, &english, plan.forms, progress)?;
    progress.stage("counting trigrams");
    let trigrams = counts::trigrams(&plan.sources, &vocabulary, progress)?;
    progress.stage("smoothing");
    let counts = counts::collapse(trigrams, &plan.sources, vocabulary.len());
    let model = smooth::smooth(&counts, vocabulary.len(), plan.bigrams, plan.trigrams);
    progress.stage("quantising");
    let mut sections = vocabulary.sections();
    sections.extend(quantize::sections(&model));
    sections.push(("about", record(plan, &vocabulary, &model).into_bytes()));
    Ok(image::write(&sections))
}

/// What went in, as text, for whoever opens the model later.
fn record(plan: &Plan, vocabulary: &vocabulary::Vocabulary, model: &smooth::Model) -> String {
    let mut out = format!(
        "ungarble {} model: {} forms, {} bigrams, {} trigrams\nsource\tgenre\tweight\ttokens\n",
        env!("CARGO_PKG_VERSION"),
        vocabulary.len(),
        model.bigrams.len(),
        model.trigrams.len(),
    );
    for (source, tokens) in plan.sources.iter().zip(&vocabulary.tokens) {
        let name = source.path.file_name().unwrap_or_default().to_string_lossy();
        out += &format!("{name}\t{}\t{}\t{tokens}\n", source.genre, source.weight);
    }
    out
}
