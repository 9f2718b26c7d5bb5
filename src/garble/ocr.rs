//! Letters misread from an image, by the table `dictionaries/ocr.confusions`.

use std::ops::Range;

use super::{Page, edit, shuffled};
use crate::edit::{Channel, Edit};
use crate::error::Result;
use crate::lexicon::confusions::{self, Confusion};
use crate::random::Random;
use crate::text::{Kind, Token};

/// The chance that a damaged word is damaged in a second place.
const AGAIN: f32 = 0.15;

/// The table.
#[derive(Debug, Clone)]
pub struct Confusions(Vec<Confusion>);

/// A confusion and where in the text it may happen.
struct Place<'c> {
    range: Range<usize>,
    confusion: &'c Confusion,
    weight: f32,
}

impl Confusions {
    /// The built-in table.
    pub fn embedded() -> Self {
        const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries/ocr.confusions"));
        Self::parse("dictionaries/ocr.confusions", TABLE).expect("a test reads it")
    }

    /// Reads `stood -> read weight` lines. Lines with a blank beside letters are left out: a word is misread here, not two.
    pub fn parse(place: &str, table: &str) -> Result<Self> {
        let mut lines = confusions::parse(place, table)?;
        lines.retain(|c| c.stood.len() < 2 || !c.stood.contains(' '));
        lines.retain(|c| c.read.len() < 2 || !c.read.contains(' '));
        Ok(Self(lines))
    }

    /// Where a word, the token at `at`, may be misread.
    fn places(&self, page: &Page<'_>, at: usize, random: &mut Random) -> Vec<Place<'_>> {
        let token = &page.tokens[at];
        let (start, end) = (token.start as usize, token.end as usize);
        let word = &page.text[start..end];
        let mut out = Vec::new();
        for confusion in &self.0 {
            let mut add = |range| out.push(Place { range, confusion, weight: confusion.weight });
            match &*confusion.stood {
                "" => {
                    // A word is broken inside; dirt falls anywhere.
                    let inside = usize::from(&*confusion.read == " ");
                    let cuts: Vec<usize> = word.char_indices().map(|(i, _)| i).chain([word.len()]).collect();
                    let cuts = &cuts[inside..cuts.len() - inside];
                    if !cuts.is_empty() {
                        let cut = start + cuts[(random.next() % cuts.len() as u64) as usize];
                        add(cut..cut);
                    }
                }
                " " => {
                    if before_word(page, token, at) {
                        add(end..end + 1);
                    }
                }
                stood => word.match_indices(stood).for_each(|(i, m)| add(start + i..start + i + m.len())),
            }
        }
        out
    }
}

/// Does one blank and then a word follow?
fn before_word(page: &Page<'_>, token: &Token, at: usize) -> bool {
    let next = page.tokens.get(at + 1);
    next.is_some_and(|n| n.kind == Kind::Word && n.start == token.end + 1)
        && page.text.as_bytes()[token.end as usize] == b' '
}

/// Misreads the wanted share of the words.
pub fn edits(page: &Page<'_>, confusions: &Confusions, random: &mut Random) -> Vec<Edit> {
    let is_text = |t: &Token| matches!(t.kind, Kind::Word | Kind::Number);
    let words: Vec<usize> = (0..page.tokens.len()).filter(|i| is_text(&page.tokens[*i])).collect();
    let order = shuffled(words.iter().map(|_| 1.0), random);
    let wanted = page.wanted(random);
    let mut out = Vec::new();
    let mut damaged = 0;
    for i in order {
        if damaged >= wanted {
            break;
        }
        let places = confusions.places(page, words[i], random);
        if places.is_empty() {
            continue;
        }
        let first = &places[random.pick(places.iter().map(|p| p.weight))];
        out.push(misread(page, first));
        if random.unit() < AGAIN {
            // Not beside the first: two confusions that touch would be one that the table does not have.
            let apart = |p: &&Place<'_>| p.range.end < first.range.start || first.range.end < p.range.start;
            let rest: Vec<&Place<'_>> = places.iter().filter(apart).collect();
            if !rest.is_empty() {
                out.push(misread(page, rest[random.pick(rest.iter().map(|p| p.weight))]));
            }
        }
        damaged += 1;
    }
    out.sort_by_key(|e| (e.range.start, e.range.end));
    // A blank that is lost and dirt before the next word may fall on one place; the first stays.
    out.dedup_by(|b, a| b.range.start < a.range.end);
    out
}

fn misread(page: &Page<'_>, place: &Place<'_>) -> Edit {
    let Confusion { stood, read, .. } = place.confusion;
    let spacing = &**stood == " " || &**read == " ";
    let channel = if spacing { Channel::Spacing } else { Channel::Ocr };
    let reason = match (&**stood, &**read) {
        (" ", "") => "words run together".to_owned(),
        ("", " ") => "a word broken apart".to_owned(),
        ("", mark) => format!("{mark} from dirt"),
        (stood, "") => format!("{stood} not seen"),
        _ => format!("{read} for {}", &page.text[place.range.clone()]),
    };
    edit(place.range.clone(), read.to_string(), channel, reason)
}
