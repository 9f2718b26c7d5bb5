//! How well a model predicts a text.

use std::path::Path;

use super::corpus::paragraphs;
use crate::cost::UNIT;
use crate::error::Result;
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::{Lexicon, UNKNOWN};
use crate::text::Kind;

/// Perplexity per token. Tokens are words in lower case, marks, the number class and the end of each sentence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Perplexity {
    /// Tokens predicted, sentence ends included.
    pub tokens: u64,
    /// Tokens that the model does not know.
    pub unknown: u64,
    /// Over known tokens only (an unknown one still stands in the context), as published figures do.
    pub known: f64,
    /// Over all tokens, an unknown one at the cost of the unknown class.
    pub all: f64,
    /// Words and numbers that the model knows; marks and sentence ends are not among them.
    pub word_tokens: u64,
    /// Over those words and numbers only; marks and sentence ends still stand in the context. Marks are easy to predict, so
    /// this is the figure to compare with models of text without marks.
    pub words: f64,
}

/// Measures the lexicon's model on a text file (plain or zstd).
pub fn perplexity(lexicon: &Lexicon, path: &Path) -> Result<Perplexity> {
    let (mut tokens, mut unknown, mut known_cost, mut unknown_cost) = (0u64, 0u64, 0i64, 0i64);
    let (mut words, mut word_cost) = (0u64, 0i64);
    let grams = lexicon.grams();
    paragraphs(
        path,
        is_abbreviation,
        |_| {},
        |_, ts| {
            let mut state = grams.begin();
            for (i, token) in ts.iter().enumerate() {
                if token.sentence && i > 0 {
                    known_cost += i64::from(grams.end(state));
                    tokens += 1;
                    state = grams.begin();
                }
                let id = lexicon.model_id(lexicon.token_id(token));
                let (cost, next) = grams.score(state, id);
                state = next;
                tokens += 1;
                if id == UNKNOWN {
                    unknown += 1;
                    unknown_cost += i64::from(cost);
                } else {
                    known_cost += i64::from(cost);
                    if token.kind != Kind::Mark {
                        words += 1;
                        word_cost += i64::from(cost);
                    }
                }
            }
            if !ts.is_empty() {
                known_cost += i64::from(grams.end(state));
                tokens += 1;
            }
        },
    )?;
    let per = |cost: i64, n: u64| (cost as f64 / f64::from(UNIT) / n.max(1) as f64).exp();
    Ok(Perplexity {
        tokens,
        unknown,
        known: per(known_cost, tokens - unknown),
        all: per(known_cost + unknown_cost, tokens),
        word_tokens: words,
        words: per(word_cost, words),
    })
}
