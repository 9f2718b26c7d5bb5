//! Costs as codes: equal-frequency bins, each standing for its mean, and the sections of the model file.

use super::smooth::Model;
use crate::cost::UNIT;
use crate::lexicon::{BACKOFF_BITS, BIGRAM_BITS, ID_BITS, TRIGRAM_BITS, bigram_key, fuse, trigram_key};

/// Codes for costs: the upper edge of each bin, and what it stands for.
struct Book {
    edges: Vec<u16>,
    means: Vec<u16>,
}

impl Book {
    fn new(mut costs: Vec<u16>, codes: usize) -> Self {
        costs.sort_unstable();
        let (mut edges, mut means) = (Vec::new(), Vec::new());
        for code in 0..codes {
            let (from, to) = (costs.len() * code / codes, costs.len() * (code + 1) / codes);
            let bin = &costs[from..to];
            let sum: u64 = bin.iter().map(|c| u64::from(*c)).sum();
            // With fewer costs than codes some bins are empty; they repeat the bin before, so that edges never fall.
            let before = (edges.last().copied().unwrap_or(0), means.last().copied().unwrap_or(0));
            edges.push(bin.last().copied().unwrap_or(before.0));
            means.push(if bin.is_empty() { before.1 } else { (sum / bin.len() as u64) as u16 });
        }
        Self { edges, means }
    }

    fn code(&self, cost: u16) -> u32 {
        self.edges.partition_point(|edge| *edge < cost).min(self.edges.len() - 1) as u32
    }
}

fn cost(logp: f32) -> u16 {
    (-logp * UNIT as f32).round().clamp(0.0, 65535.0) as u16
}

/// The sections `uni`, `bi`, `tri` and `books`; [`crate::lexicon::Grams`] reads them.
pub fn sections(model: &Model) -> Vec<(&'static str, Vec<u8>)> {
    let mut unigrams = Vec::new();
    for gram in &model.unigrams {
        unigrams.extend_from_slice(&cost(gram.logp).to_le_bytes());
        unigrams.extend_from_slice(&cost(gram.backoff.unwrap_or(0.0)).to_le_bytes());
    }
    let bigram_book = Book::new(model.bigrams.iter().map(|g| cost(g.logp)).collect(), 1 << BIGRAM_BITS);
    let backoffs = model.bigrams.iter().filter_map(|g| g.backoff).map(cost).collect();
    let backoff_book = Book::new(backoffs, (1 << BACKOFF_BITS) - 1);
    let trigram_book = Book::new(model.trigrams.iter().map(|g| cost(g.logp)).collect(), 1 << TRIGRAM_BITS);
    let mask = (1u64 << ID_BITS) - 1;
    let bigrams: Vec<(u64, u32)> = model
        .bigrams
        .iter()
        .map(|g| {
            let backoff = g.backoff.map_or(0, |b| backoff_book.code(cost(b)) + 1);
            let key = bigram_key((g.key >> ID_BITS) as u32, (g.key & mask) as u32);
            (key, bigram_book.code(cost(g.logp)) | backoff << BIGRAM_BITS)
        })
        .collect();
    let trigrams: Vec<(u64, u32)> = model
        .trigrams
        .iter()
        .map(|g| {
            let ids = [g.key >> (2 * ID_BITS), g.key >> ID_BITS & mask, g.key & mask].map(|id| id as u32);
            (trigram_key(ids[0], ids[1], ids[2]), trigram_book.code(cost(g.logp)))
        })
        .collect();
    let books: Vec<u8> = (bigram_book.means.iter())
        .chain(&[0])
        .chain(&backoff_book.means)
        .chain(&trigram_book.means)
        .flat_map(|c| c.to_le_bytes())
        .collect();
    vec![
        ("uni", unigrams),
        ("bi", fuse::build(&bigrams, 3, BIGRAM_BITS + BACKOFF_BITS)),
        ("tri", fuse::build(&trigrams, 2, TRIGRAM_BITS)),
        ("books", books),
    ]
}
