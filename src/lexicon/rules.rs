//! Compiled substitutions: from a sequence of words as written to the words that may have been meant.
//!
//! Rules, habits and what was seen all end here, inflected and multiplied out, so that the phrase channel asks one table.
//! The sequences are a trie in a hash table: the key of a sequence is folded from its ids one by one, and each slot says
//! whether a reading ends there and whether a longer sequence goes on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::experience::{self, Experience, Tally, plain};
use super::image::{Image, u16_at, u32_at, u64_at};
use super::source::{DIALECTS, PerDialect};
use super::weights::Weights;
use super::words::{NUMBER, WordId};
use crate::text::{Kind, SOFT_HYPHEN, tokenize};

/// How a substitution is known, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// A rule of a person's own table.
    User,
    /// A phrase rule whose left side is hardly ever good English.
    Strong,
    /// A phrase rule whose left side is also good English.
    Weak,
    /// A habit: what a dialect does to a word.
    Habit,
    /// Seen in text that people restored, and in no table.
    Seen,
}

impl Known {
    /// All kinds, by number.
    pub const ALL: [Known; 5] = [Self::User, Self::Strong, Self::Weak, Self::Habit, Self::Seen];

    /// The word for it in reasons.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "your rule",
            Self::Strong => "rule",
            Self::Weak => "weak rule",
            Self::Habit => "habit",
            Self::Seen => "seen",
        }
    }
}

/// A substitution on its way into a table.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// What was written, as words; `{number}` matches any number.
    pub left: String,
    /// What was meant; `{number}` repeats the number of the left side.
    pub right: String,
    /// How it is known.
    pub known: Known,
    /// −ln of the share of the original's occurrences that come out so, per dialect, in 1/16 nat; 255: not in it.
    pub costs: PerDialect<u8>,
    /// Patterns of one family are forms of the same lemmas: what was seen of one says something of all.
    pub family: u32,
    /// The table that says so, and the line in it, from 1.
    pub origin: Origin,
}

/// A table and a line in it, from 1.
pub type Origin = (Arc<str>, u32);

/// A cost that says: this dialect does not do it.
pub const ABSENT: u8 = 255;

/// Longest left side in tokens.
pub const LONGEST: usize = 8;

/// Stands for the number in the text of a right side.
pub const SLOT: char = '\u{1}';

const NODE: usize = 16;
/// An entry: place u32, kind, capitals, repeats a number, costs and odds per dialect, support.
const ENTRY: usize = 16;
const COSTS: usize = 7;
const ODDS: usize = COSTS + DIALECTS.len();
const SUPPORT: usize = ODDS + DIALECTS.len();
const NONE: u32 = u32::MAX;

/// A substitution that is less likely than this in every dialect is left out: it costs time and never wins (a quarter of all
/// entries; F0.5 on the development rows stayed).
const FAINT: f32 = 0.02;

/// Substitutions kept of one left side, the likeliest in any dialect; strong rules stay whatever
/// stands beside them. Spun text is cleaned 12 % faster for it, at no loss (benches/RESULTS.md).
const RIVALS: usize = 8;

/// The key of a sequence one word longer.
pub fn extend_key(key: u64, id: WordId) -> u64 {
    let wide =
        u128::from(key ^ (u64::from(id) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)) * 0xD6E8_FEB8_6659_FD93;
    (wide as u64) ^ ((wide >> 64) as u64) | 1
}

/// Bits of the filter of first two words: 128 KiB, so that it stays in the second-level cache; the built-in rules set one
/// in thirty.
const PAIRS: usize = 1 << 20;

fn pair_bit(a: WordId, b: WordId) -> usize {
    let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 44) as usize
}

/// The words of a side, as [`tokenize`] cuts it, `{number}` as a word of its own.
pub fn side_tokens(side: &str) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    for (i, part) in side.split("{number}").enumerate() {
        if i > 0 {
            out.push(("{number}".to_owned(), false));
        }
        let mut tokens = Vec::new();
        tokenize(part.as_bytes(), &mut tokens);
        for token in tokens {
            let text = match token.mark() {
                Some(mark) => mark.to_string(),
                None => token.str(part.as_bytes()).replace('\u{2019}', "'").replace(SOFT_HYPHEN, ""),
            };
            let capital = token.kind == Kind::Word && text.starts_with(char::is_uppercase);
            out.push((text.to_lowercase(), capital));
        }
    }
    out
}

/// Builds the sections `nodes`, `entries`, `rights`, `starts`, `pairs`, `lefts`, `origins` and `files` of these patterns, with what experience says of
/// them; `id` gives the ids of words.
pub fn build(
    patterns: &[Pattern],
    experience: &Experience,
    weights: &Weights,
    mut id: impl FnMut(&str) -> WordId,
) -> Vec<(&'static str, Vec<u8>)> {
    // One entry per (left, capitals, right): the surest kind and what says it, the lowest cost of each dialect, the left
    // side as written.
    type Merged<'p> = BTreeMap<(Vec<WordId>, u8, String), (Known, PerDialect<u8>, &'p str, u32, &'p Origin)>;
    let mut merged = Merged::new();
    for pattern in patterns {
        let tokens = side_tokens(&pattern.left);
        if tokens.is_empty() || tokens.len() > LONGEST {
            continue;
        }
        let capitals = tokens.iter().enumerate().fold(0u8, |m, (i, (_, c))| m | u8::from(*c) << i);
        let ids = tokens.iter().map(|(w, _)| if w == "{number}" { NUMBER } else { id(w) }).collect();
        let right = pattern.right.replace("{number}", "\u{1}");
        let slot = merged.entry((ids, capitals, right)).or_insert((
            pattern.known,
            [ABSENT; DIALECTS.len()],
            &pattern.left,
            pattern.family,
            &pattern.origin,
        ));
        if pattern.known < slot.0 {
            (slot.0, slot.4) = (pattern.known, &pattern.origin);
        }
        for (cost, other) in slot.1.iter_mut().zip(pattern.costs) {
            *cost = (*cost).min(other);
        }
    }
    let best =
        |odds: &PerDialect<u8>| odds.iter().map(|o| experience::probability_of(*o)).fold(0.0, f32::max);
    let tally =
        |left: &str, right: &str| experience.tally(&plain(left), &plain(&right.replace(SLOT, "{number}")));
    let mut families: HashMap<u32, Tally> = HashMap::new();
    for ((.., right), (_, _, left, family, _)) in &merged {
        families.entry(*family).or_default().add(&tally(left, right));
    }
    let (mut rights, mut places) = (Vec::new(), HashMap::new());
    let mut entries = Vec::new();
    let mut nodes: BTreeMap<u64, (u32, u16, u16)> = BTreeMap::new();
    let mut starts: Vec<u8> = Vec::new();
    let mut pairs = vec![0u8; PAIRS / 8];
    let (mut lefts, mut before) = (String::new(), "");
    let thin = experience.is_thin();
    let odds_of: Vec<_> = merged
        .iter()
        .map(|((.., right), (known, costs, left, family, _))| {
            let seen = tally(left, right);
            (
                experience::odds(weights, *known, *costs, &families[family], &seen, thin),
                experience::support(&seen),
            )
        })
        .collect();
    let mut rivals: HashMap<(&[WordId], u8), Vec<f32>> = HashMap::new();
    for (((ids, capitals, _), _), (odds, _)) in merged.iter().zip(&odds_of) {
        rivals.entry((ids, *capitals)).or_default().push(best(odds));
    }
    rivals.values_mut().for_each(|odds| odds.sort_by(|a, b| b.total_cmp(a)));
    let (mut origins, mut files): (Vec<u8>, Vec<&str>) = (Vec::new(), Vec::new());
    for (((ids, capitals, right), (known, costs, left, _, origin)), (odds, support)) in
        merged.iter().zip(&odds_of)
    {
        let last = rivals[&(ids.as_slice(), *capitals)].get(RIVALS - 1).map_or(FAINT, |p| p.max(FAINT));
        if *known > Known::Strong && best(odds) < last {
            continue;
        }
        // Entries of one left side follow one another: an empty line says that it is the one before.
        if *left != before {
            lefts += &left.replace("{number}", "\u{1}");
            before = left;
        }
        lefts.push('\n');
        origins.extend_from_slice(&origin_code(origin, &mut files).to_le_bytes());
        let place = *places.entry(right.clone()).or_insert_with(|| write_right(&mut rights, right, &mut id));
        let first = ids[0] as usize;
        if starts.len() <= first {
            starts.resize(first + 1, 0);
        }
        starts[first] |= if ids.len() == 1 { 1 } else { 2 };
        if *known <= Known::Strong {
            starts[first] |= 4;
            if let Some(&second) = ids.get(1) {
                let bit = pair_bit(ids[0], second);
                pairs[bit / 8] |= 1 << (bit % 8);
            } else {
                starts[first] |= 8;
            }
        }
        let mut key = 0;
        for (depth, word) in ids.iter().enumerate() {
            key = extend_key(key, *word);
            let node = nodes.entry(key).or_insert((NONE, 0, 0));
            if depth + 1 < ids.len() {
                node.2 = 1;
            } else {
                if node.0 == NONE {
                    node.0 = (entries.len() / ENTRY) as u32;
                }
                node.1 += 1;
            }
        }
        entries.extend_from_slice(&(place as u32).to_le_bytes());
        let repeats = u8::from(right.contains(SLOT));
        entries.extend_from_slice(&[*known as u8, *capitals, repeats]);
        entries.extend_from_slice(costs);
        entries.extend_from_slice(odds);
        entries.push(*support);
    }
    let size = (nodes.len() * 2 + 1).next_power_of_two();
    let mut table = vec![0u8; size * NODE];
    for (key, (first, count, longer)) in nodes {
        let mut at = key as usize & (size - 1);
        while u64_at(&table, at * NODE) != 0 {
            at = (at + 1) & (size - 1);
        }
        let slot = &mut table[at * NODE..(at + 1) * NODE];
        slot[..8].copy_from_slice(&key.to_le_bytes());
        slot[8..12].copy_from_slice(&first.to_le_bytes());
        slot[12..14].copy_from_slice(&count.to_le_bytes());
        slot[14..16].copy_from_slice(&longer.to_le_bytes());
    }
    vec![
        ("nodes", table),
        ("entries", entries),
        ("rights", rights),
        ("starts", starts),
        ("pairs", pairs),
        ("lefts", lefts.into_bytes()),
        ("origins", origins),
        ("files", files.join("\n").into_bytes()),
    ]
}

/// Bits of an origin that are its line; above them stands the number of its file.
const LINE_BITS: u32 = 24;

fn origin_code<'p>((file, line): &'p Origin, files: &mut Vec<&'p str>) -> u32 {
    let known = files.iter().position(|known| *known == &**file);
    let number = known.unwrap_or_else(|| {
        files.push(file);
        files.len() - 1
    });
    (number as u32) << LINE_BITS | (line & ((1 << LINE_BITS) - 1))
}

/// Writes `count u8, text length u8, ids u32 × count, text` and gives its place.
fn write_right(rights: &mut Vec<u8>, right: &str, id: &mut impl FnMut(&str) -> WordId) -> usize {
    let place = rights.len();
    let ids: Vec<WordId> = side_tokens(&right.replace(SLOT, "{number}"))
        .iter()
        .take(16)
        .map(
            |(w, _)| {
                if w == "{number}" || w.starts_with(|c: char| c.is_ascii_digit()) { NUMBER } else { id(w) }
            },
        )
        .collect();
    let mut end = right.len().min(255);
    while !right.is_char_boundary(end) {
        end -= 1;
    }
    let text = &right[..end];
    rights.push(ids.len() as u8);
    rights.push(text.len() as u8);
    ids.iter().for_each(|i| rights.extend_from_slice(&i.to_le_bytes()));
    rights.extend_from_slice(text.as_bytes());
    place
}

/// The compiled substitutions.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'b> {
    nodes: &'b [u8],
    mask: usize,
    entries: &'b [u8],
    rights: &'b [u8],
    starts: &'b [u8],
    pairs: &'b [u8],
    lefts: &'b [u8],
    origins: &'b [u8],
    files: &'b [u8],
}

/// A substitution of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'b> {
    cell: &'b [u8; ENTRY],
    /// What [`write_right`] wrote, whole.
    right: &'b [u8],
}

/// A place in the trie.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    first: u32,
    count: u16,
    /// Does a longer sequence go on?
    pub longer: bool,
}

impl<'b> Rules<'b> {
    /// Opens the sections; `None` when they do not fit together.
    pub fn open(image: &Image<'b>) -> Option<Self> {
        let s = |name| image.section(name);
        let (nodes, entries, pairs) = (s("nodes"), s("entries"), s("pairs"));
        let size = nodes.len() / NODE;
        (size.is_power_of_two() && entries.len() % ENTRY == 0 && pairs.len() == PAIRS / 8).then(|| Self {
            nodes,
            mask: size - 1,
            entries,
            rights: s("rights"),
            starts: s("starts"),
            pairs,
            lefts: s("lefts"),
            origins: s("origins"),
            files: s("files"),
        })
    }

    /// May a strong rule or a user's begin with these two words? Hardly ever yes where none does.
    pub fn begins(&self, a: WordId, b: WordId) -> bool {
        let bit = pair_bit(a, b);
        self.pairs[bit / 8] >> (bit % 8) & 1 == 1
    }

    /// Bits: 1, the word alone has readings; 2, it begins longer left sides; 4, a strong rule or a user's is among them; 8, such a one is
    /// the word alone.
    pub fn starts(&self, id: WordId) -> u8 {
        self.starts.get(id as usize).copied().unwrap_or(0)
    }

    /// The place of a sequence's key ([`extend_key`]).
    pub fn node(&self, key: u64) -> Option<Node> {
        let mut at = key as usize & self.mask;
        // A sound table has empty slots; the bound is for one that has not.
        for _ in 0..=self.mask {
            let slot = &self.nodes[at * NODE..at * NODE + NODE];
            match u64_at(slot, 0) {
                0 => return None,
                k if k == key => {
                    return Some(Node {
                        first: u32_at(slot, 8),
                        count: u16_at(slot, 12),
                        longer: slot[14] != 0,
                    });
                }
                _ => at = (at + 1) & self.mask,
            }
        }
        None
    }

    /// The substitutions whose left side ends at a place; those that damage left without words are passed over.
    pub fn entries(&self, node: Node) -> impl Iterator<Item = Entry<'b>> + use<'b> {
        let rules = *self;
        let count = self.entries.len() / ENTRY;
        let first = if node.first == NONE { count } else { node.first as usize };
        (first..(first + node.count as usize).min(count)).filter_map(move |i| rules.entry(i))
    }

    /// A substitution by its number; `None` where damage left it without words.
    fn entry(&self, number: usize) -> Option<Entry<'b>> {
        let cell = self.entries.get(number * ENTRY..)?.first_chunk()?;
        let right = self.rights.get(u32_at(cell, 0) as usize..)?;
        let [ids, text, ..] = right else { return None };
        let right = right.get(..2 + usize::from(*ids) * 4 + usize::from(*text))?;
        (*ids > 0 && *text > 0).then_some(Entry { cell, right })
    }

    /// Every substitution with its left side as its table writes it, for whoever goes the other way; [`SLOT`] stands for
    /// a number.
    pub fn substitutions(&self) -> impl Iterator<Item = (&'b str, Entry<'b>)> + use<'b> {
        let rules = *self;
        let lines = std::str::from_utf8(self.lefts).unwrap_or("").lines();
        let mut left = "";
        lines.take(self.len()).enumerate().filter_map(move |(i, line)| {
            left = if line.is_empty() { left } else { line };
            Some((left, rules.entry(i)?))
        })
    }

    /// The table and the line that a substitution of these comes from; `None` for one of other tables.
    pub fn origin(&self, entry: &Entry<'_>) -> Option<(&'b str, u32)> {
        // Its place in memory is its number: nothing is spent on it where nobody asks.
        let at = (entry.cell.as_ptr() as usize).checked_sub(self.entries.as_ptr() as usize)?;
        let number = (at < self.entries.len()).then_some(at / ENTRY)?;
        let code = u32::from_le_bytes(*self.origins.get(number * 4..)?.first_chunk()?);
        let file = std::str::from_utf8(self.files).ok()?.lines().nth((code >> LINE_BITS) as usize)?;
        Some((file, code & ((1 << LINE_BITS) - 1)))
    }

    /// How many substitutions there are.
    pub fn len(&self) -> usize {
        self.entries.len() / ENTRY
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'b> Entry<'b> {
    /// Ids and text of what was meant.
    fn right(&self) -> (&'b [u8], &'b [u8]) {
        self.right[2..].split_at(usize::from(self.right[0]) * 4)
    }

    /// The ids of the words that were meant.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = WordId> + use<'b> {
        let (ids, _) = self.right();
        ids.chunks_exact(4).map(|id| u32_at(id, 0))
    }

    /// The text that was meant; [`SLOT`] stands for the number of the left side.
    pub fn text(&self) -> &'b str {
        std::str::from_utf8(self.right().1).unwrap_or("")
    }

    /// A number for the text that was meant: the same text has the same number throughout a table.
    pub fn place(&self) -> u32 {
        u32_at(self.cell, 0)
    }

    /// Does the text repeat the number of the left side?
    pub fn repeats_number(&self) -> bool {
        self.cell[6] != 0
    }

    /// How it is known.
    pub fn known(&self) -> Known {
        Known::ALL[usize::from(self.cell[4]).min(Known::ALL.len() - 1)]
    }

    /// Bit i: the i-th word on the left must be capitalised.
    pub fn capitals(&self) -> u8 {
        self.cell[5]
    }

    /// The log-odds, per dialect, that the left side stands for this in spun text, whatever is around it.
    pub fn log_odds(&self) -> PerDialect<f32> {
        std::array::from_fn(|d| experience::log_odds_of(self.cell[ODDS + d]))
    }

    /// The probability, per dialect, that the left side stands for this in spun text, whatever is around it.
    pub fn odds(&self) -> PerDialect<f32> {
        std::array::from_fn(|d| experience::probability_of(self.cell[ODDS + d]))
    }

    /// ln(1 + how often it was seen in restored text).
    pub fn support(&self) -> f32 {
        f32::from(self.cell[SUPPORT]) / 16.0
    }

    /// −ln of the share per dialect, in 1/16 nat; [`ABSENT`] where a dialect does not do it.
    pub fn costs(&self) -> PerDialect<u8> {
        std::array::from_fn(|d| self.cell[COSTS + d])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::image;

    #[test]
    fn damaged_tables_answer_without_panic() {
        let pattern = |left: &str, right: &str| Pattern {
            left: left.into(),
            right: right.into(),
            known: Known::Strong,
            costs: [0; DIALECTS.len()],
            family: 0,
            origin: ("test".into(), 1),
        };
        let patterns =
            [pattern("one two", "three é"), pattern("one", "four"), pattern("{number} two", "{number} six")];
        let mut words: Vec<String> = Vec::new();
        let sections = build(&patterns, &Experience::default(), &Weights::default(), |word| {
            let known = words.iter().position(|w| w == word);
            known.unwrap_or_else(|| {
                words.push(word.to_owned());
                words.len() - 1
            }) as WordId
                + 10
        });
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize
        };
        let mut whole = 0;
        for round in 0..2000 {
            let mut damaged = sections.clone();
            for (name, bytes) in
                damaged.iter_mut().filter(|(name, bytes)| *name != "pairs" && !bytes.is_empty())
            {
                if round % 3 == 0 && !matches!(*name, "nodes" | "entries") {
                    bytes.truncate(next() % bytes.len());
                }
                for _ in 0..round % 7 {
                    if let Some(at) = next().checked_rem(bytes.len()) {
                        bytes[at] = next() as u8;
                    }
                }
            }
            let bytes = image::write(&damaged);
            let rules = Rules::open(&Image::open("test", &bytes).unwrap()).unwrap();
            let ask = |entry: Entry<'_>| {
                rules.origin(&entry);
                let meant = (entry.ids().count(), entry.text().len(), entry.known(), entry.costs());
                meant.0.min(entry.place() as usize + 1)
            };
            whole += rules.substitutions().map(|(_, entry)| ask(entry)).sum::<usize>().min(1);
            for key in (10..20).map(|id| extend_key(0, id)).chain([extend_key(extend_key(0, 10), 11)]) {
                whole += rules.node(key).map_or(0, |node| rules.entries(node).map(ask).sum::<usize>()).min(1);
            }
        }
        assert!(whole > 500, "most tables were left with an entry: {whole}");
    }
}
