//! Words swapped as a spinner swaps them: the substitutions of the lexicon, read from the original to the garbled side.

use std::collections::HashMap;

use super::{Page, edit, shuffled};
use crate::edit::{Channel, Edit};
use crate::lexicon::rules::{ABSENT, Known, SLOT};
use crate::lexicon::{Lexicon, flag, token_hash};
use crate::random::Random;
use crate::text::{Kind, Shape, Token, apply_shape, tokenize, word_hash};

/// The chance that an original comes out as it did before in the same document. Spinners draw from a list anew each time,
/// but their lists are short.
const SAME: f32 = 0.8;

/// The chance that the longest original at a place is taken, where shorter ones begin there too.
const LONGEST: f32 = 0.75;

/// Words above this share of the text are swapped less often, those that are x times as frequent x^-SPARED as often. In the
/// development passages 37 % of the words between 1 in 3,000 and 1 in 10,000 were swapped, 7 % of those of 1 in 200, 1 %
/// of the commonest.
const FREQUENT: f64 = 4e-4;
const SPARED: f64 = 0.6;

/// The chance that `a` or `an` before a swapped word is made to fit.
const FITS: f32 = 0.5;

/// Longest original in tokens.
const MOST: usize = 8;

/// What a dialect makes of words.
#[derive(Debug, Default)]
pub struct Spinner {
    /// By the folded hashes of an original's words: what it becomes, and whether longer originals go on from here.
    originals: HashMap<u64, Original>,
}

#[derive(Debug, Default)]
struct Original {
    longer: bool,
    garbles: Vec<Garble>,
}

/// One way to write an original.
#[derive(Debug, Clone, Copy)]
struct Garble {
    original: &'static str,
    written: &'static str,
    /// Bit i: the i-th token of the original has a capital.
    capitals: u32,
    known: Known,
    share: f32,
}

/// An original in the text.
struct Site<'s> {
    start: usize,
    end: usize,
    key: u64,
    garbles: Vec<&'s Garble>,
    /// The number in it, where the table has a slot for one.
    number: Option<usize>,
}

fn extend(key: u64, hash: u64) -> u64 {
    (key ^ hash).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}

/// Stands for any number in a key.
const ANY_NUMBER: u64 = 1;

impl Spinner {
    /// What a dialect, a place in `DIALECTS`, makes of words.
    pub fn new(lexicon: &Lexicon, dialect: usize) -> Self {
        let mut spinner = Self::default();
        let mut tokens = Vec::new();
        for (written, entry) in lexicon.tables().iter().flat_map(|table| table.substitutions()) {
            let (cost, known) = (entry.costs()[dialect], entry.known());
            // A number that the original does not have could only be invented.
            let invents = written.contains(SLOT) && !entry.text().contains(SLOT);
            if cost == ABSENT || invents {
                continue;
            }
            let original = entry.text();
            let (mut key, mut capitals, mut length) = (0, 0u32, 0);
            for (i, part) in original.split(SLOT).enumerate() {
                if i > 0 {
                    key = spinner.reach(key, ANY_NUMBER);
                    length += 1;
                }
                tokens.clear();
                tokenize(part.as_bytes(), &mut tokens);
                for token in &tokens {
                    key = spinner.reach(key, token_hash(token));
                    capitals |= u32::from(token.shape != Shape::Lower).checked_shl(length).unwrap_or(0);
                    length += 1;
                }
            }
            let share = (-f32::from(cost) / 16.0).exp();
            let garble = Garble { original, written, capitals, known, share };
            spinner.originals.entry(key).or_default().garbles.push(garble);
        }
        spinner
    }

    /// The key one token further; the one before it is told that it goes on.
    fn reach(&mut self, key: u64, hash: u64) -> u64 {
        self.originals.entry(key).or_default().longer = true;
        extend(key, hash)
    }

    /// Swaps originals until the wanted share of the words is garbled.
    pub fn edits(&self, page: &Page<'_>, lexicon: &Lexicon, random: &mut Random) -> Vec<Edit> {
        let sites = self.sites(page, lexicon, random);
        let wanted = page.wanted(random);
        let words = |range: std::ops::Range<usize>| {
            page.tokens[range].iter().filter(|t| t.kind == Kind::Word).count()
        };
        let order = shuffled(sites.iter().map(|site| weight(page, lexicon, site)), random);
        let mut habits: HashMap<u64, &Garble> = HashMap::new();
        let mut garbled = 0;
        let mut chosen: Vec<Option<(Swap, bool)>> = sites.iter().map(|_| None).collect();
        for i in order {
            let site = &sites[i];
            // One word too many is as good as one too few.
            if garbled >= wanted || garbled + words(site.start..site.end) > wanted + 1 {
                continue;
            }
            let again = |g: &&Garble| site.garbles.iter().any(|h| std::ptr::eq(*g, *h));
            let before = habits.get(&site.key).copied().filter(|_| random.unit() < SAME).filter(again);
            let garble =
                before.unwrap_or_else(|| site.garbles[random.pick(site.garbles.iter().map(|g| g.share))]);
            habits.insert(site.key, garble);
            let fits = random.unit() < FITS;
            let Some(swap) = swap(page, site, garble) else { continue };
            garbled += words(swap.start..swap.end).max(1);
            chosen[i] = Some((swap, fits));
        }
        let mut out: Vec<Edit> = Vec::new();
        for (swap, fits) in chosen.into_iter().flatten() {
            let free = out.last().map_or(0, |e| e.range.end);
            out.extend(article(page, lexicon, &swap).filter(|e| fits && e.range.start >= free));
            let range = page.tokens[swap.start].start as usize..page.tokens[swap.end - 1].end as usize;
            out.push(edit(range, swap.text, Channel::Phrase, swap.reason));
        }
        out
    }

    /// The originals of a text, none overlapping another.
    fn sites(&self, page: &Page<'_>, lexicon: &Lexicon, random: &mut Random) -> Vec<Site<'_>> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < page.tokens.len() {
            let mut found = Vec::new();
            self.walk(page, at, at, 0, None, &mut found);
            for site in &mut found {
                let tokens = &page.tokens[site.start..site.end];
                site.garbles.retain(|garble| may_change(lexicon, tokens, garble.capitals));
            }
            found.retain(|site| !site.garbles.is_empty());
            found.sort_by_key(|site| site.end);
            let longest = found.pop();
            let site = match found.pop() {
                Some(shorter) if random.unit() >= LONGEST => Some(shorter),
                _ => longest,
            };
            at = site.as_ref().map_or(at + 1, |site| site.end);
            out.extend(site);
        }
        out
    }

    fn walk<'s>(
        &'s self,
        page: &Page<'_>,
        start: usize,
        at: usize,
        key: u64,
        number: Option<usize>,
        out: &mut Vec<Site<'s>>,
    ) {
        let Some(token) = page.tokens.get(at).filter(|_| at < start + MOST) else { return };
        // An original stands on one line, in one sentence, or its line end would be lost.
        let breaks = at > start && (token.lines > 0 || token.sentence);
        if token.kind == Kind::Protected || breaks {
            return;
        }
        let mut steps = vec![(extend(key, token_hash(token)), number)];
        if token.kind == Kind::Number {
            steps.push((extend(key, ANY_NUMBER), Some(at)));
        }
        for (key, number) in steps {
            let Some(original) = self.originals.get(&key) else { continue };
            if !original.garbles.is_empty() {
                let garbles = original.garbles.iter().collect();
                out.push(Site { start, end: at + 1, key, garbles, number });
            }
            if original.longer {
                self.walk(page, start, at + 1, key, number, out);
            }
        }
    }
}

/// How readily a spinner swaps an original: by its rarest word.
fn weight(page: &Page<'_>, lexicon: &Lexicon, site: &Site<'_>) -> f32 {
    let words = page.tokens[site.start..site.end].iter().filter(|t| t.kind == Kind::Word);
    let share = |t: &Token| {
        let id = lexicon.model_id(lexicon.token_id(t));
        (-f64::from(lexicon.grams().alone(id)) / f64::from(crate::cost::UNIT)).exp()
    };
    let rarest = words.map(share).fold(1.0, f64::min);
    (FREQUENT / rarest).powf(SPARED).min(1.0) as f32
}

/// May a spinner take these tokens for an original with these capitals? Names, acronyms and words in capitals stay, but
/// where the table has them so.
fn may_change(lexicon: &Lexicon, tokens: &[Token], capitals: u32) -> bool {
    tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Word).all(|(i, token)| {
        match (capitals >> i & 1 == 1, token.shape) {
            (capital, Shape::Lower) => !capital,
            (true, _) => true,
            (false, Shape::Title) => {
                token.sentence || lexicon.words().flags(lexicon.token_id(token)) & flag::NAME == 0
            }
            (false, _) => false,
        }
    })
}

/// A swap to make: the tokens that change, and what they become.
struct Swap {
    start: usize,
    end: usize,
    text: String,
    reason: String,
}

/// What a garble makes of a site, in its case, without the words that stay; `None` where nothing changes.
fn swap(page: &Page<'_>, site: &Site<'_>, garble: &Garble) -> Option<Swap> {
    let source = page.text.as_bytes();
    let number = site.number.map_or("", |at| page.tokens[at].str(source));
    let text = cased(page, site, &garble.written.replace(SLOT, number));
    let mut pieces = Vec::new();
    tokenize(text.as_bytes(), &mut pieces);
    let tokens = &page.tokens[site.start..site.end];
    let same = |a: &Token, b: &Token| a.bytes(source) == b.bytes(text.as_bytes());
    let most = tokens.len().min(pieces.len()).checked_sub(1)?;
    let head = (0..most).take_while(|i| same(&tokens[*i], &pieces[*i])).count();
    let tail = (0..most - head)
        .take_while(|i| same(&tokens[tokens.len() - 1 - i], &pieces[pieces.len() - 1 - i]))
        .count();
    let (start, end) = (site.start + head, site.end - tail);
    let text = &text[pieces[head].start as usize..pieces[pieces.len() - 1 - tail].end as usize];
    let stood = &page.text[page.tokens[start].start as usize..page.tokens[end - 1].end as usize];
    let reason = format!(
        "{}: {} -> {}",
        garble.known.name(),
        garble.original.replace(SLOT, "{number}"),
        garble.written.replace(SLOT, "{number}")
    );
    (text != stood).then(|| Swap { start, end, text: text.to_owned(), reason })
}

/// The garbled side in the case of the original: capitals throughout stay so, one at the beginning stays there.
fn cased(page: &Page<'_>, site: &Site<'_>, written: &str) -> String {
    let tokens = &page.tokens[site.start..site.end];
    let words = tokens.iter().filter(|t| t.kind == Kind::Word);
    let (all, capitals) = words.fold((0, 0), |(n, c), t| (n + 1, c + usize::from(t.shape != Shape::Lower)));
    // A table that has capitals of its own says itself where they stay.
    let own = written.contains(char::is_uppercase);
    let title = capitals == all && capitals > 0 && !own && (all > 1 || !tokens[0].sentence);
    let begins = tokens[0].shape != Shape::Lower && tokens[0].kind == Kind::Word;
    let mut pieces = Vec::new();
    tokenize(written.as_bytes(), &mut pieces);
    let mut out = String::new();
    let mut at = 0;
    for (i, piece) in pieces.iter().enumerate() {
        out += &written[at..piece.start as usize];
        let word = piece.str(written.as_bytes());
        let raised = piece.kind == Kind::Word && ((i == 0 && begins) || (title && word.len() > 3));
        out += &apply_shape(word, if raised { Shape::Title } else { Shape::Lower });
        at = piece.end as usize;
    }
    out + &written[at..]
}

/// The edit that makes `a` or `an` before a swap fit it.
fn article(page: &Page<'_>, lexicon: &Lexicon, swap: &Swap) -> Option<Edit> {
    let token = &page.tokens[swap.start.checked_sub(1)?];
    let is_an = lexicon.article(lexicon.token_id(token))?;
    if page.tokens[swap.start].sentence || !page.tokens[swap.start].spaced {
        return None;
    }
    let mut pieces = Vec::new();
    tokenize(swap.text.as_bytes(), &mut pieces);
    let first = pieces.first().filter(|t| t.kind == Kind::Word)?.str(swap.text.as_bytes());
    let takes_an = |hash: u64| lexicon.words().flags(lexicon.find(hash)) & flag::AN != 0;
    let fitted = takes_an(page.tokens[swap.start].hash) == is_an;
    let wanted = takes_an(word_hash(first));
    (fitted && wanted != is_an).then(|| {
        let article = apply_shape(if wanted { "an" } else { "a" }, token.shape);
        let range = token.start as usize..token.end as usize;
        edit(range, article, Channel::Phrase, "the article follows the swap".into())
    })
}
