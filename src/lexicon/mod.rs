//! All that is known, in one image: words, n-grams, phrase rules, habits.

pub mod abbreviations;
pub mod company;
pub mod compile;
pub mod confusions;
pub mod experience;
pub mod fuse;
mod grams;
pub mod image;
pub mod inflect;
pub mod letters;
mod memo;
pub mod old;
pub mod rules;
pub mod signs;
pub mod source;
pub mod spellings;
pub mod trees;
mod weights;
pub mod words;

pub use grams::{BACKOFF_BITS, BIGRAM_BITS, Grams, State, TRIGRAM_BITS, bigram_key, trigram_key};
pub use memo::Memo;
pub use words::{BEGIN, END, ExtraWords, FIRST, ID_BITS, NUMBER, UNKNOWN, WordId, Words, flag, token_hash};

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use crate::error::{Error, Result};
use crate::text::{Kind, Token, word_hash};
use company::Company;
use confusions::Confusion;
pub use confusions::Misreadings;
use image::Image;
use letters::Letters;
use old::OldSpellings;
use rules::{Entry, Pattern, Rules};
use signs::Signs;
use spellings::Spellings;
use trees::Trees;
pub use weights::{EncodingWeights, OcrWeights, Weights};

/// The lexicon image, opened.
#[derive(Clone)]
pub struct Lexicon {
    words: Words<'static>,
    grams: Grams<'static>,
    leans: &'static [u8],
    weights: Weights,
    ocr: OcrWeights,
    spellings: Spellings<'static>,
    letters: Letters<'static>,
    company: Company<'static>,
    scans: Arc<OnceLock<Scans>>,
    scan_tables: [&'static [u8]; 4],
    /// The built-in substitutions, then those of the user's tables.
    tables: Vec<Rules<'static>>,
    extra: ExtraWords,
    /// Words that the user says are right as they stand.
    own: HashSet<WordId>,
    /// Substitutions taken away: (key of the left side, hash of the right side).
    withdrawn: HashSet<(u64, u64)>,
    a: WordId,
    an: WordId,
    /// Ids of the ASCII marks, which need no hash.
    marks: [WordId; 128],
}

/// The tables of scanned text.
#[derive(Debug, Clone)]
struct Scans {
    misreadings: Misreadings,
    trees: Trees,
    old: OldSpellings,
    signs: Signs,
}

impl Lexicon {
    /// Opens an image without copying; `place` names it in errors.
    pub fn open(place: &str, bytes: &'static [u8]) -> Result<Self> {
        let image = Image::open(place, bytes)?;
        let s = |name| image.section(name);
        let broken =
            |what: &str| Error::image(place, format!("the {what} do not fit together; make the image anew"));
        let words = Words::open(s("strings"), s("offsets"), s("table"), s("flags"), s("counts"))
            .ok_or_else(|| broken("words"))?;
        let grams = Grams::open(s("uni"), s("bi"), s("tri"), s("books")).ok_or_else(|| broken("n-grams"))?;
        let rules = Rules::open(&image).ok_or_else(|| broken("rules"))?;
        let mark = |i: usize| {
            let byte = i as u8;
            let is_mark = byte.is_ascii_punctuation();
            if is_mark { words.find(word_hash(std::str::from_utf8(&[byte]).unwrap_or(""))) } else { UNKNOWN }
        };
        Ok(Self {
            words,
            grams,
            leans: s("leans"),
            weights: Weights::read(place, s("weights"))?,
            ocr: OcrWeights::read(place, s("ocr"))?,
            spellings: Spellings::open(s("spell")).ok_or_else(|| broken("spellings"))?,
            letters: Letters::open(s("letters")).ok_or_else(|| broken("letters"))?,
            company: Company::open(s("company")).ok_or_else(|| broken("company of words"))?,
            scans: Arc::default(),
            scan_tables: [s("confuse"), s("trees"), s("old"), s("signs")],
            tables: vec![rules],
            extra: ExtraWords::new(words.len() as WordId),
            own: HashSet::new(),
            withdrawn: HashSet::new(),
            a: words.find(word_hash("a")),
            an: words.find(word_hash("an")),
            marks: std::array::from_fn(mark),
        })
    }

    /// The words.
    pub fn words(&self) -> &Words<'static> {
        &self.words
    }

    /// The language model.
    pub fn grams(&self) -> &Grams<'static> {
        &self.grams
    }

    /// The tables of substitutions: the built-in one, then the user's.
    pub fn tables(&self) -> &[Rules<'static>] {
        &self.tables
    }

    /// ln of how much commoner a word is in spun text than in clean text, in 1/16 nat.
    pub fn lean(&self, id: WordId) -> i8 {
        self.leans.get(id as usize).map_or(0, |b| *b as i8)
    }

    /// The fitted numbers.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Replaces the fitted numbers, for fitting new ones.
    pub fn set_weights(&mut self, weights: Weights) {
        self.weights = weights;
    }

    /// The fitted numbers of scanned text.
    pub fn ocr_weights(&self) -> &OcrWeights {
        &self.ocr
    }

    /// Replaces the fitted numbers of scanned text, for fitting new ones.
    pub fn set_ocr_weights(&mut self, weights: OcrWeights) {
        self.ocr = weights;
    }

    /// The spellings of the words that a garbled word may be read as.
    pub fn spellings(&self) -> &Spellings<'static> {
        &self.spellings
    }

    /// The model of the letters of words.
    pub fn letters(&self) -> &Letters<'static> {
        &self.letters
    }

    /// How often words, and pairs of words, stood on printed pages.
    pub fn company(&self) -> &Company<'static> {
        &self.company
    }

    /// Another table of the company of words (the bytes of its file), for fitting new trees; `place` names it in errors.
    ///
    /// # Errors
    ///
    /// When the file is damaged or is something else.
    pub fn set_company(&mut self, place: &str, file: &[u8]) -> Result<()> {
        let bytes: &'static [u8] = Box::leak(company::section(place, file)?.into_boxed_slice());
        self.company = Company::open(bytes).unwrap_or(self.company);
        Ok(())
    }

    /// What scanners make of letters, from the reader's side.
    pub fn misreadings(&self) -> &Misreadings {
        &self.scans().misreadings
    }

    /// How sure a repair of scanned text is.
    pub fn trees(&self) -> &Trees {
        &self.scans().trees
    }

    /// Spellings of older English.
    pub fn old_spellings(&self) -> &OldSpellings {
        &self.scans().old
    }

    /// Signs in scanned text.
    pub fn signs(&self) -> &Signs {
        &self.scans().signs
    }

    /// The tables of scanned text, read when they are first asked for: text that is no scan does without.
    fn scans(&self) -> &Scans {
        self.scans.get_or_init(|| {
            let [confusions, trees, old, signs] = self.scan_tables.map(String::from_utf8_lossy);
            // The compiler of the image has read them without a fault.
            let trees = Trees::parse("trees", &trees, &OcrWeights::SURE).unwrap_or_default();
            let table = confusions::parse("confusions", &confusions).unwrap_or_default();
            let old = OldSpellings::parse("old", &old).unwrap_or_default();
            let signs = Signs::parse("signs", &signs).unwrap_or_default();
            Scans { misreadings: Misreadings::new(table), trees, old, signs }
        })
    }

    /// Another table of what scanners make of letters.
    pub fn set_confusions(&mut self, table: Vec<Confusion>) {
        let scans = Scans { misreadings: Misreadings::new(table), ..self.scans().clone() };
        self.scans = Arc::new(OnceLock::from(scans));
    }

    /// Other trees for how sure a repair of scanned text is, for fitting new ones.
    pub fn set_trees(&mut self, trees: Trees) {
        let scans = Scans { trees, ..self.scans().clone() };
        self.scans = Arc::new(OnceLock::from(scans));
    }

    /// The id of a word by its hash, or [`UNKNOWN`].
    pub fn find(&self, hash: u64) -> WordId {
        match self.words.find(hash) {
            UNKNOWN => self.extra.find(hash),
            id => id,
        }
    }

    /// The word of an id.
    pub fn word(&self, id: WordId) -> &str {
        self.extra.word(id).unwrap_or_else(|| self.words.word(id))
    }

    /// Was this substitution taken away by the user? `key` gives the key of its left side, where that matters.
    pub fn is_withdrawn(&self, key: impl Fn() -> u64, entry: &Entry<'_>) -> bool {
        !self.withdrawn.is_empty() && self.withdrawn.contains(&(key(), word_hash(entry.text())))
    }

    /// Adds patterns of a user's table.
    pub fn add(&mut self, patterns: &[Pattern]) {
        let (words, extra) = (self.words, &mut self.extra);
        let sections = rules::build(patterns, &experience::Experience::default(), &self.weights, |w| {
            match words.find(word_hash(w)) {
                UNKNOWN => extra.insert(w),
                id => id,
            }
        });
        // A user's table lives as long as the program: it is opened like the embedded one.
        let bytes: &'static [u8] = Box::leak(image::write(&sections).into_boxed_slice());
        self.tables.extend(Image::open("table", bytes).ok().and_then(|image| Rules::open(&image)));
    }

    /// Takes these substitutions away from the tables there are.
    pub fn withdraw(&mut self, patterns: &[Pattern]) {
        for pattern in patterns {
            let key = rules::side_tokens(&pattern.left).iter().fold(0, |key, (word, _)| {
                let id = if word == "{number}" { NUMBER } else { self.find(word_hash(word)) };
                rules::extend_key(key, id)
            });
            self.withdrawn.insert((key, word_hash(&pattern.right.replace("{number}", "\u{1}"))));
        }
    }

    /// Adds a word that is right as it stands: only a rule of the user's own touches it.
    pub fn add_word(&mut self, word: &str) {
        let id = match self.words.find(word_hash(word)) {
            UNKNOWN => self.extra.insert(word),
            id => id,
        };
        self.own.insert(id);
    }

    /// Is this a word that the user says is right as it stands?
    pub fn is_own(&self, id: WordId) -> bool {
        !self.own.is_empty() && self.own.contains(&id)
    }

    /// The id of a token's word or class.
    pub fn token_id(&self, token: &Token) -> WordId {
        match token.kind {
            Kind::Word => self.find(token.hash),
            Kind::Number => NUMBER,
            Kind::Protected => UNKNOWN,
            Kind::Mark => match self.marks.get(token.hash as usize) {
                Some(id) => *id,
                None => self.words.find(token_hash(token)),
            },
        }
    }

    /// Is this `an` (true) or `a` (false), or no article (`None`)?
    pub fn article(&self, id: WordId) -> Option<bool> {
        if id == self.an { Some(true) } else { (id == self.a).then_some(false) }
    }

    /// The id under which the language model knows a word: `an` counts as `a`.
    pub fn model_id(&self, id: WordId) -> WordId {
        if id == self.an { self.a } else { id }
    }
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lexicon {{ words: {}, tables: {} }}", self.words.len(), self.tables.len())
    }
}
