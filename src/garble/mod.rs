//! Damaging clean text on purpose, to test repairs and to train correctors: the channels run forwards.
//!
//! ```
//! use ungarble::garble::{Garbler, Kind};
//!
//! let source = "The company said the hotel was closed because of pressure from the police.";
//! let garbled = Garbler::new(Kind::News).rate(0.3).seed(7).garble(source);
//! assert_ne!(garbled.text, source);
//! for edit in &garbled.edits {
//!     println!("{} became {}", &source[edit.range.clone()], edit.replacement);
//! }
//! ```

mod mojibake;
mod ocr;
mod spin;
mod typing;

use std::sync::Arc;

use crate::edit::Edit;
use crate::encoding::Charset;
use crate::error::Result;
use crate::lexicon::Lexicon;
use crate::lexicon::source::DIALECTS;
use crate::random::Random;
use crate::text::{Kind as TokenKind, Token, mark_sentences, tokenize, word_hash};
use ocr::Confusions;
use spin::Spinner;

/// A kind of damage to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Words swapped as in rewritten news: said, mentioned.
    News,
    /// Words swapped as in rewritten company pages and blogs: challenges, demanding situations.
    Web,
    /// The same by another program: students, understudies.
    Spinbot,
    /// Words swapped as in tortured papers: random forest, irregular backwoods.
    Science,
    /// Letters misread from an image: modern, modem.
    Ocr,
    /// Letters mistyped: there, tehre.
    Typing,
    /// UTF-8 read as another character set: café, cafÃ©.
    Mojibake,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 7] =
        [Self::News, Self::Web, Self::Spinbot, Self::Science, Self::Ocr, Self::Typing, Self::Mojibake];

    /// The name, as options spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Web => "web",
            Self::Spinbot => "spinbot",
            Self::Science => "science",
            Self::Ocr => "ocr",
            Self::Typing => "typing",
            Self::Mojibake => "mojibake",
        }
    }

    /// The kind of a name.
    ///
    /// ```
    /// use ungarble::garble::Kind;
    /// assert_eq!(Kind::from_name("ocr"), Some(Kind::Ocr));
    /// assert_eq!(Kind::from_name("gremlins"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The rate where nobody gives one: that of a well-spun page, a fair scan, a hasty typist; mojibake spares nothing.
    pub fn usual_rate(self) -> f32 {
        match self {
            Self::News | Self::Web | Self::Spinbot | Self::Science => 0.15,
            Self::Ocr => 0.1,
            Self::Typing => 0.05,
            Self::Mojibake => 1.0,
        }
    }
}

/// Damages text. The same kind, rate, seed and text give the same damage, on every machine.
#[derive(Debug, Clone)]
pub struct Garbler {
    kind: Kind,
    rate: f32,
    seed: u64,
    lexicon: Arc<Lexicon>,
    spinner: Arc<Spinner>,
    confusions: Arc<Confusions>,
    chain: Vec<&'static Charset>,
}

/// A damaged text and what was done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Garbled {
    /// The text, damaged.
    pub text: String,
    /// What was done, in order: each edit turns a part of the source into what the text has in its place.
    pub edits: Vec<Edit>,
}

impl Garbler {
    /// A garbler of this kind, with its usual rate and the seed 1.
    pub fn new(kind: Kind) -> Self {
        let lexicon = Lexicon::embedded();
        let dialect = DIALECTS.iter().position(|dialect| *dialect == kind.name());
        let spinner = dialect.map_or_else(Spinner::default, |dialect| Spinner::new(&lexicon, dialect));
        Self {
            kind,
            rate: kind.usual_rate(),
            seed: 1,
            lexicon: Arc::new(lexicon),
            spinner: Arc::new(spinner),
            confusions: Arc::new(Confusions::embedded()),
            chain: Charset::by_name("windows-1252").into_iter().collect(),
        }
    }

    /// The share of the words to damage, 0 to 1; of mojibake, the share of the places with letters beyond ASCII.
    ///
    /// The rate is kept to the word where the text allows it; of a text that has fewer words that can be damaged, all of
    /// them are.
    #[must_use]
    pub fn rate(mut self, rate: f32) -> Self {
        self.rate = rate.clamp(0.0, 1.0);
        self
    }

    /// The seed. Each text has its own random numbers, drawn from the seed and the text.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Other confusions of letters than the built-in ones, in the format of `dictionaries/ocr.confusions`.
    ///
    /// ```
    /// use ungarble::garble::{Garbler, Kind};
    /// let garbler = Garbler::new(Kind::Ocr).confusions("mine", "h -> b")?.rate(1.0);
    /// assert_eq!(garbler.garble("the").text, "tbe");
    /// # Ok::<(), ungarble::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first line that is no confusion.
    pub fn confusions(mut self, place: &str, table: &str) -> Result<Self> {
        self.confusions = Arc::new(Confusions::parse(place, table)?);
        Ok(self)
    }

    /// The sets as which mojibake reads UTF-8, one after the other; Windows-1252 without it.
    ///
    /// ```
    /// use ungarble::{encoding::Charset, garble::{Garbler, Kind}};
    /// let chain = ["cp437", "windows-1252"].map(|name| Charset::by_name(name).unwrap());
    /// assert_eq!(Garbler::new(Kind::Mojibake).charsets(&chain).garble("é").text, "â”œâŒ\u{90}");
    /// ```
    #[must_use]
    pub fn charsets(mut self, chain: &[&'static Charset]) -> Self {
        self.chain = chain.to_vec();
        self
    }

    /// Damages a text. URLs, addresses and code are left alone by all kinds but mojibake.
    ///
    /// ```
    /// use ungarble::garble::{Garbler, Kind};
    /// let garbled = Garbler::new(Kind::Mojibake).garble("a café");
    /// assert_eq!(garbled.text, "a cafÃ©");
    /// assert_eq!(garbled.edits[0].range, 5..7);
    /// ```
    pub fn garble(&self, text: &str) -> Garbled {
        let mut random = Random::new(self.seed ^ word_hash(text));
        let edits = if self.kind == Kind::Mojibake {
            mojibake::edits(text, self.rate, &self.chain, &mut random)
        } else {
            let mut tokens = Vec::new();
            tokenize(text.as_bytes(), &mut tokens);
            mark_sentences(&mut tokens, crate::lexicon::abbreviations::is_abbreviation);
            let page = Page { text, tokens: &tokens, rate: self.rate };
            match self.kind {
                Kind::Ocr => ocr::edits(&page, &self.confusions, &mut random),
                Kind::Typing => typing::edits(&page, &mut random),
                _ => self.spinner.edits(&page, &self.lexicon, &mut random),
            }
        };
        Garbled { text: applied(text, &edits), edits }
    }
}

impl Garbled {
    /// The edits that repair the text, given the source that it was made of: a perfect cleaner's.
    ///
    /// ```
    /// use ungarble::garble::{Garbler, Kind};
    /// use ungarble::Patch;
    /// let source = "Most of the students left early.";
    /// let garbled = Garbler::new(Kind::Typing).rate(0.5).garble(source);
    /// let repairs = Patch::new(garbled.repairs(source));
    /// assert_eq!(repairs.apply(garbled.text.as_bytes()), source.as_bytes());
    /// ```
    pub fn repairs(&self, source: &str) -> Vec<Edit> {
        let mut shift = 0isize;
        let undo = |edit: &Edit| {
            let start = (edit.range.start as isize + shift) as usize;
            shift += edit.replacement.len() as isize - edit.range.len() as isize;
            let range = start..start + edit.replacement.len();
            Edit { range, replacement: source[edit.range.clone()].into(), ..edit.clone() }
        };
        self.edits.iter().map(undo).collect()
    }
}

/// A text to damage.
struct Page<'p> {
    text: &'p str,
    tokens: &'p [Token],
    rate: f32,
}

impl Page<'_> {
    /// How many words to damage: the share of all words, rounded up or down by chance so that short texts average right.
    fn wanted(&self, random: &mut Random) -> usize {
        let words = self.tokens.iter().filter(|t| t.kind == TokenKind::Word).count();
        rounded(words as f32 * self.rate, random)
    }
}

fn rounded(number: f32, random: &mut Random) -> usize {
    number as usize + usize::from(random.unit() < number.fract())
}

/// The source with edits made that are in order and lie on characters.
fn applied(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut at = 0;
    for edit in edits {
        out += &text[at..edit.range.start];
        out += &edit.replacement;
        at = edit.range.end;
    }
    out + &text[at..]
}

/// The places in a random order in which heavier ones tend to come first: each next place is drawn from those left in
/// proportion to its weight (Efraimidis and Spirakis 2006).
fn shuffled(weights: impl Iterator<Item = f32>, random: &mut Random) -> Vec<usize> {
    let key = |(i, weight): (usize, f32)| (-(1.0 - random.unit()).ln() / weight.max(1e-9), i);
    let mut keys: Vec<(f32, usize)> = weights.enumerate().map(key).collect();
    keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    keys.into_iter().map(|(_, i)| i).collect()
}

/// A made edit: nobody doubts it.
fn edit(
    range: std::ops::Range<usize>,
    replacement: String,
    channel: crate::edit::Channel,
    reason: String,
) -> Edit {
    Edit { range, replacement: replacement.into(), channel, confidence: 1.0, reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavy_places_come_first() {
        let mut random = Random::new(3);
        let mut first = [0; 3];
        for _ in 0..4000 {
            first[shuffled([1.0, 2.0, 5.0].into_iter(), &mut random)[0]] += 1;
        }
        assert!((430..570).contains(&first[0]) && (2300..2700).contains(&first[2]), "{first:?}");
    }
}
