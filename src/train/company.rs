//! Counting the company that words keep on printed pages, for [`crate::lexicon::company`].

use std::collections::HashMap;

use crate::lexicon::company::{build, pair_key, token_key};
use crate::lexicon::{Lexicon, image};
use crate::text::tokenize;

/// Occurrences from which a word or a pair is kept: what stood there once says little and is most of them.
const SEEN: u32 = 2;

/// Counts of words and of pairs of neighbours.
#[derive(Debug)]
pub struct Counts<'l> {
    lexicon: &'l Lexicon,
    counts: HashMap<u64, u32>,
    /// Words, numbers and marks that were counted.
    pub tokens: usize,
}

impl<'l> Counts<'l> {
    /// Nothing counted. The lexicon says which words are one (`a` and `an`, all numbers).
    pub fn new(lexicon: &'l Lexicon) -> Self {
        Self { lexicon, counts: HashMap::new(), tokens: 0 }
    }

    /// Counts a text as it stood on the page.
    pub fn add(&mut self, text: &str) {
        let (mut tokens, mut last) = (Vec::new(), None);
        tokenize(text.as_bytes(), &mut tokens);
        for token in tokens {
            let word = token_key(self.lexicon, &token);
            self.tokens += 1;
            *self.counts.entry(word).or_insert(0) += 1;
            if let Some(last) = last {
                *self.counts.entry(pair_key(last, word)).or_insert(0) += 1;
            }
            last = Some(word);
        }
    }

    /// The bytes of a table, with a section `about` that says what went in, and how many words and pairs it holds.
    ///
    /// ```
    /// let lexicon = ungarble::lexicon::Lexicon::embedded();
    /// let mut counts = ungarble::train::company::Counts::new(&lexicon);
    /// counts.add("by the bye, by the way");
    /// let (image, kept) = counts.image("two phrases");
    /// assert_eq!(kept, 3); // by, the, by the
    /// assert!(!image.is_empty());
    /// ```
    pub fn image(&self, about: &str) -> (Vec<u8>, usize) {
        let kept: Vec<(u64, u32)> =
            self.counts.iter().map(|(key, n)| (*key, *n)).filter(|(_, n)| *n >= SEEN).collect();
        let count = kept.len();
        (image::write(&[("about", about.as_bytes().to_vec()), ("company", build(kept))]), count)
    }
}
