//! The second pass: trigrams as sorted 64-bit numbers, and the counts of all orders from them.

use super::Progress;
use super::corpus::{Source, paragraphs};
use super::vocabulary::Vocabulary;
use crate::error::Result;
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::{BEGIN, END, ID_BITS, WordId};

/// Low bits of a packed trigram that say which weight it has.
const CLASS_BITS: u32 = 4;

/// So many different weights can be told apart in one training.
pub const WEIGHTS: usize = 1 << CLASS_BITS;

const ID_MASK: u64 = (1 << ID_BITS) - 1;

/// An n-gram with its count, and its count weighted by genre.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// Ids, 20 bits each, the last word lowest.
    pub key: u64,
    /// Occurrences (highest order) or distinct words before it (lower orders).
    pub count: u32,
    /// The same, each weighted.
    pub weight: f32,
}

impl Counted {
    /// The last word.
    pub fn last(&self) -> WordId {
        (self.key & ID_MASK) as WordId
    }

    /// All words but the last.
    pub fn context(&self) -> u64 {
        self.key >> ID_BITS
    }

    /// All words but the first, of a trigram.
    pub fn suffix(&self) -> u64 {
        self.key & ((1 << (2 * ID_BITS)) - 1)
    }
}

/// Counts of all orders, each sorted by key.
pub struct Counts {
    /// Trigrams as they occur.
    pub trigrams: Vec<Counted>,
    /// Bigrams by distinct words before them; those at the beginning of a sentence as they occur.
    pub bigrams: Vec<Counted>,
    /// Words by distinct words before them.
    pub unigrams: Vec<Counted>,
}

/// The weights that occur, each once; their places are the classes of packed trigrams.
fn classes(sources: &[Source]) -> Vec<f32> {
    let mut weights: Vec<f32> = sources.iter().map(|s| s.weight).collect();
    weights.sort_by(f32::total_cmp);
    weights.dedup();
    assert!(weights.len() <= WEIGHTS, "at most {WEIGHTS} different genre weights");
    weights
}

/// All trigrams of the sources, packed, unsorted. A sentence begins with two [`BEGIN`] and ends with [`END`].
pub fn trigrams(
    sources: &[Source],
    vocabulary: &Vocabulary,
    progress: &mut dyn Progress,
) -> Result<Vec<u64>> {
    let classes = classes(sources);
    let total: u64 = vocabulary.tokens.iter().sum();
    let mut packed = Vec::with_capacity(total as usize + total as usize / 8);
    let (a, an) = (vocabulary.find("a"), vocabulary.find("an"));
    for source in sources {
        let class = classes.iter().position(|w| *w == source.weight).expect("listed") as u64;
        paragraphs(
            &source.path,
            is_abbreviation,
            |b| progress.read(b),
            |_, tokens| {
                let mut context = u64::from(BEGIN) << ID_BITS | u64::from(BEGIN);
                let mut push = |context: &mut u64, id: WordId| {
                    packed.push((*context << ID_BITS | u64::from(id)) << CLASS_BITS | class);
                    *context = (*context << ID_BITS | u64::from(id)) & ((1 << (2 * ID_BITS)) - 1);
                };
                for (i, token) in tokens.iter().enumerate() {
                    if token.sentence && i > 0 {
                        push(&mut context, END);
                        context = u64::from(BEGIN) << ID_BITS | u64::from(BEGIN);
                    }
                    let id = vocabulary.id(token);
                    push(&mut context, if id == an { a } else { id });
                }
                if !tokens.is_empty() {
                    push(&mut context, END);
                }
            },
        )?;
    }
    Ok(packed)
}

/// Sorts and counts, and derives the lower orders.
pub fn collapse(mut packed: Vec<u64>, sources: &[Source], vocabulary: usize) -> Counts {
    let classes = classes(sources);
    packed.sort_unstable();
    let mut trigrams: Vec<Counted> = Vec::new();
    let mut begins: Vec<Counted> = Vec::new();
    for run in packed.chunk_by(|a, b| a >> CLASS_BITS == b >> CLASS_BITS) {
        let key = run[0] >> CLASS_BITS;
        let weight = run.iter().map(|p| classes[(p & ((1 << CLASS_BITS) - 1)) as usize]).sum();
        let counted = Counted { key, count: run.len() as u32, weight };
        if (key >> ID_BITS) & ID_MASK == u64::from(BEGIN) {
            begins.push(Counted { key: counted.suffix(), ..counted });
        } else {
            trigrams.push(counted);
        }
    }
    drop(packed);
    let mut bigrams = types(trigrams.iter().map(|t| (t.suffix(), t.weight / t.count as f32)));
    bigrams.extend(begins);
    bigrams.sort_unstable_by_key(|b| b.key);
    let mut unigrams: Vec<Counted> =
        (0..vocabulary as u64).map(|key| Counted { key, count: 0, weight: 0.0 }).collect();
    for bigram in &bigrams {
        let unigram = &mut unigrams[bigram.last() as usize];
        unigram.count += 1;
        unigram.weight += (bigram.weight / bigram.count as f32).clamp(0.1, 10.0);
    }
    Counts { trigrams, bigrams, unigrams }
}

/// Counts distinct continuations: each item is one type with its mean weight, kept as 24-bit fixed point.
fn types(items: impl Iterator<Item = (u64, f32)>) -> Vec<Counted> {
    const FIXED: f32 = 65536.0;
    let mut packed: Vec<u64> =
        items.map(|(key, weight)| key << 24 | ((weight * FIXED) as u64).min((1 << 24) - 1)).collect();
    packed.sort_unstable();
    packed
        .chunk_by(|a, b| a >> 24 == b >> 24)
        .map(|run| Counted {
            key: run[0] >> 24,
            count: run.len() as u32,
            weight: run.iter().map(|p| (p & 0xFF_FFFF) as f32 / FIXED).sum(),
        })
        .collect()
}
