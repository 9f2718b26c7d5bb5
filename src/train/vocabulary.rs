//! The first pass: which words there are, how often, and how they behave (names, `a` or `an`).

use std::collections::HashMap;

use super::Progress;
use super::corpus::{Source, paragraphs};
use crate::error::Result;
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::{FIRST, NUMBER, UNKNOWN, WordId, flag, token_hash, words};
use crate::text::{ByHash, Kind, SOFT_HYPHEN, Shape, Token, word_hash};

/// Words seen this often are kept though SCOWL does not know them (names, new words).
const SEEN: u32 = 2;

#[derive(Default)]
struct Seen {
    word: Box<str>,
    count: u32,
    lower: u32,
    title: u32,
    after_a: u32,
    after_an: u32,
}

/// The words of the model, by falling count.
pub struct Vocabulary {
    words: Vec<Box<str>>,
    flags: Vec<u8>,
    counts: Vec<u8>,
    ids: ByHash<WordId>,
    /// Tokens per source, in the order of the plan.
    pub tokens: Vec<u64>,
}

/// Counts the words of all sources and keeps the `forms` commonest that are seen often enough or are English, whether
/// the sources have them or not.
pub fn count(
    sources: &[Source],
    english: &HashMap<u64, String>,
    forms: usize,
    progress: &mut dyn Progress,
) -> Result<Vocabulary> {
    let mut seen: ByHash<Seen> = ByHash::default();
    let mut tokens = Vec::new();
    let (a, an) = (word_hash("a"), word_hash("an"));
    for source in sources {
        let mut n = 0u64;
        paragraphs(
            &source.path,
            is_abbreviation,
            |b| progress.read(b),
            |line, ts| {
                n += ts.len() as u64;
                for (i, token) in ts.iter().enumerate() {
                    if !matches!(token.kind, Kind::Word | Kind::Mark) {
                        continue;
                    }
                    let entry = seen.entry(token_hash(token)).or_default();
                    if entry.count == 0 {
                        entry.word = canonical(token, line);
                    }
                    entry.count += 1;
                    entry.lower += u32::from(token.shape == Shape::Lower);
                    entry.title += u32::from(token.shape != Shape::Lower && !token.sentence);
                    if let Some(before) = i.checked_sub(1).map(|b| ts[b].hash) {
                        entry.after_a += u32::from(before == a && token.shape != Shape::Upper);
                        entry.after_an += u32::from(before == an && token.shape != Shape::Upper);
                    }
                }
            },
        )?;
        tokens.push(n);
    }
    for (hash, word) in english {
        let entry = seen.entry(*hash).or_default();
        if entry.count == 0 {
            entry.word = word.to_lowercase().into();
        }
    }
    let mut kept: Vec<(u64, Seen)> = seen
        .into_iter()
        .filter(|(hash, s)| s.word.len() <= 40 && (s.count >= SEEN || english.contains_key(hash)))
        .collect();
    kept.sort_unstable_by(|(_, a), (_, b)| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
    kept.truncate(forms);
    let mut vocabulary = Vocabulary {
        words: Vec::new(),
        flags: vec![0; FIRST as usize],
        counts: vec![0; FIRST as usize],
        ids: ByHash::default(),
        tokens,
    };
    for (hash, s) in kept {
        vocabulary.ids.insert(hash, FIRST + vocabulary.words.len() as WordId);
        vocabulary.flags.push(flags(&s, english.contains_key(&hash)));
        vocabulary.counts.push(((f64::from(s.count) + 1.0).log2() * 8.0).round().min(255.0) as u8);
        vocabulary.words.push(s.word);
    }
    Ok(vocabulary)
}

fn canonical(token: &Token, line: &[u8]) -> Box<str> {
    match token.mark() {
        Some(mark) => mark.to_string().into(),
        None => token.str(line).replace('\u{2019}', "'").replace(SOFT_HYPHEN, "").to_lowercase().into(),
    }
}

fn flags(s: &Seen, is_english: bool) -> u8 {
    let mut flags = 0;
    if is_english {
        flags |= flag::ENGLISH;
    }
    // Counts decide where there are some; the letter where there are not.
    let articles = s.after_a + s.after_an;
    let takes_an =
        if articles >= 5 { s.after_an > s.after_a } else { s.word.starts_with(['a', 'e', 'i', 'o', 'u']) };
    if takes_an {
        flags |= flag::AN;
    }
    if s.title > 4 * s.lower {
        flags |= flag::NAME;
    }
    flags
}

impl Vocabulary {
    /// How many ids there are, classes included.
    pub fn len(&self) -> usize {
        self.words.len() + FIRST as usize
    }

    /// The id under which the language model counts a token: numbers are one class, `an` counts as `a`.
    pub fn id(&self, token: &Token) -> WordId {
        match token.kind {
            Kind::Number => NUMBER,
            Kind::Protected => UNKNOWN,
            Kind::Word | Kind::Mark => self.ids.get(&token_hash(token)).copied().unwrap_or(UNKNOWN),
        }
    }

    /// The id of a word.
    pub fn find(&self, word: &str) -> WordId {
        self.ids.get(&word_hash(word)).copied().unwrap_or(UNKNOWN)
    }

    /// The sections of the model file that hold the words.
    pub fn sections(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut strings = Vec::new();
        for word in &self.words {
            strings.extend_from_slice(word.as_bytes());
            strings.push(b'\n');
        }
        debug_assert!(words::build(self.words.iter().map(|w| &**w)).offsets.len() == 4 * (self.len() + 1));
        vec![("words", strings), ("flags", self.flags.clone()), ("counts", self.counts.clone())]
    }
}
