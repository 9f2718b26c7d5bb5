//! Choices: what a cleaner knows and how boldly it acts.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Cleaner, Engine};
use crate::edit::Channel;
use crate::encoding::Kinds;
use crate::error::{Error, Result};
use crate::lexicon::compile::{self, Grammar};
use crate::lexicon::{Lexicon, confusions, source};
use crate::text::word_hash;

/// Chooses what a [`Cleaner`] knows and how boldly it acts.
#[derive(Debug)]
pub struct Builder {
    lexicon: Lexicon,
    threshold: Option<f32>,
    channels: Vec<Channel>,
    kinds: Kinds,
    protect: Vec<regex::bytes::Regex>,
    never: HashSet<(String, String)>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            lexicon: Lexicon::embedded(),
            threshold: None,
            channels: Channel::DEFAULT.to_vec(),
            kinds: Kinds::default(),
            protect: Vec::new(),
            never: HashSet::new(),
        }
    }
}

impl Builder {
    /// Another lexicon image than the embedded one.
    pub fn lexicon(mut self, lexicon: Lexicon) -> Self {
        self.lexicon = lexicon;
        self
    }

    /// Lets only these channels act; without it, those of [`Channel::DEFAULT`].
    pub fn channels(mut self, channels: &[Channel]) -> Self {
        self.channels = channels.to_vec();
        self
    }

    /// Which damage to characters the channel `encoding` repairs; without it, the kinds of [`crate::encoding::Kind::DEFAULT`].
    ///
    /// ```
    /// use ungarble::{Channel, Cleaner, encoding::{Kind, Kinds}};
    /// let cleaner = Cleaner::builder().channels(&[Channel::Encoding]).kinds(Kinds::default().with(Kind::Entities)).build();
    /// assert_eq!(cleaner.clean("a cafÃ© &amp; bar").text(), "a café & bar");
    /// ```
    pub fn kinds(mut self, kinds: Kinds) -> Self {
        self.kinds = kinds;
        self
    }

    /// Confidence (0 to 1) from which an edit is made; without it, the fitted one.
    pub fn threshold(mut self, threshold: f32) -> Self {
        self.threshold = Some(threshold);
        self
    }

    /// Adds words that are right as they stand, one a line (`#` comments). `place` names the table in errors.
    ///
    /// # Errors
    ///
    /// A line with more than one word.
    pub fn words(mut self, place: &str, table: &str) -> Result<Self> {
        for (i, line) in table.lines().enumerate() {
            let word = line.split('#').next().unwrap_or("").trim();
            if word.contains(char::is_whitespace) {
                return Err(Error::table(place, i + 1, format!("one word a line, got {word:?}")));
            }
            if !word.is_empty() {
                self.lexicon.add_word(word);
            }
        }
        Ok(self)
    }

    /// Adds phrase rules in the format of `dictionaries/README.md`. `place` names the table in errors.
    ///
    /// # Errors
    ///
    /// The first line that is not a rule.
    pub fn phrases(mut self, place: &str, table: &str) -> Result<Self> {
        let patterns = self.patterns(place, table)?;
        self.lexicon.add(&patterns);
        Ok(self)
    }

    /// Takes away built-in rules and habits: a table of `garbled -> original` lines. No channel makes one of the other then,
    /// whatever proposes it.
    ///
    /// ```
    /// use ungarble::Cleaner;
    /// let builder = Cleaner::builder().phrases("mine", "green ticket counter -> boarding pass counter")?;
    /// let cleaner = builder.without("mine", "green ticket -> boarding pass")?.build();
    /// assert_eq!(cleaner.clean("The green ticket counter is shut.").text(), "The green ticket counter is shut.");
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first line that is not a rule.
    pub fn without(mut self, place: &str, table: &str) -> Result<Self> {
        let patterns = self.patterns(place, table)?;
        self.lexicon.withdraw(&patterns);
        self.never.extend(patterns.iter().map(|p| (plain(&p.left), plain(&p.right))));
        Ok(self)
    }

    /// What the scanner of these texts makes of letters, in the format of `dictionaries/ocr.confusions`, in place of the
    /// built-in table. `ungarble train --confusions` learns one.
    ///
    /// # Errors
    ///
    /// The first line that is no confusion.
    pub fn confusions(mut self, place: &str, table: &str) -> Result<Self> {
        self.lexicon.set_confusions(confusions::parse(place, table)?);
        Ok(self)
    }

    fn patterns(&self, place: &str, table: &str) -> Result<Vec<crate::lexicon::rules::Pattern>> {
        let grammar = Grammar::embedded()?;
        let rules = source::phrases(place, table, &grammar.classes)?;
        let words = self.lexicon.words();
        let count = |w: &str| u32::from(words.log_count(words.find(word_hash(w))));
        Ok(compile::rule_patterns(place, &rules, &grammar, true, &mut compile::Families::default(), &count))
    }

    /// Never touches what this expression matches.
    pub fn protect(mut self, pattern: regex::bytes::Regex) -> Self {
        self.protect.push(pattern);
        self
    }

    /// The cleaner.
    pub fn build(self) -> Cleaner {
        let threshold = self.threshold.unwrap_or(self.lexicon.weights().threshold);
        let engine = Engine {
            lexicon: self.lexicon,
            threshold,
            asked: self.threshold,
            walks: std::sync::Mutex::default(),
            kinds: if self.channels.contains(&Channel::Encoding) { self.kinds } else { Kinds::none() },
            channels: self.channels,
            protect: self.protect,
            never: self.never,
        };
        Cleaner { engine: Arc::new(engine) }
    }
}

/// Words in small letters, one blank between them.
pub(super) fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
