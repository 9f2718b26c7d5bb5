//! What may have stood where something is read: the table of confusions made ready for walks.

use std::ops::Range;

use super::case::{Case, stood_fits};
use super::walk::{BREAK, units};
use crate::cost::Cost;
use crate::lexicon::confusions::LONGEST;
use crate::lexicon::{Lexicon, OcrWeights};
use crate::text::ByHash;

/// Letters of what stood there, small, at most.
const STOOD: usize = 12;

/// A single letter that may have stood where one character is read.
#[derive(Debug, Clone, Copy)]
pub struct Letter {
    /// The letter, small.
    pub byte: u8,
    /// What it costs, the change itself included.
    pub cost: Cost,
    /// Its number in the table.
    pub number: u32,
}

/// What kind of thing stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Nothing,
    Blank,
    Letters,
}

/// Anything else that may have stood there: dirt, a blank, one letter of which several are read, several letters.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    what: What,
    read: [char; LONGEST],
    /// Characters read.
    pub len: u8,
    stood: [u8; STOOD],
    letters: u8,
    /// What it costs, the change itself included.
    pub cost: Cost,
    /// Its number in the table.
    pub number: u32,
    /// May it stand inside a word of small letters, at the beginning of one, in a word of capitals?
    inside: bool,
    begins: bool,
    upper: bool,
}

impl Way {
    /// The letters that stood there, small.
    pub fn stood(&self) -> &[u8] {
        &self.stood[..usize::from(self.letters)]
    }

    /// May they stand there, by their case?
    fn fits(&self, case: Case, begins: bool) -> bool {
        match case {
            Case::Upper => self.upper,
            _ if begins => self.begins,
            _ => self.inside,
        }
    }
}

/// All that begins with one character read.
#[derive(Debug, Clone, Default)]
struct Group {
    /// Single letters: small ones, all, capitals.
    small: Range<u32>,
    any: Range<u32>,
    capital: Range<u32>,
    /// The rest.
    ways: Range<u32>,
}

/// The table of confusions as a walk asks for it; always the cheapest first, so that a walk may stop at what it cannot pay.
#[derive(Debug, Clone, Default)]
pub struct Table {
    groups: ByHash<Group>,
    letters: Vec<Letter>,
    ways: Vec<Way>,
    /// Letters that leave no trace, small and capital, by letter.
    pub lost: [[Option<(Cost, u32)>; 26]; 2],
    /// Which they are, as bits.
    pub lost_bits: [u32; 2],
    /// The cheapest of them.
    pub least_lost: Cost,
    /// A blank that leaves no trace.
    pub blank: Option<(Cost, u32)>,
    /// What a word costs, by its logarithmic count.
    pub common: Vec<Cost>,
    /// Changes that the table does not have: a letter replaced, lost, too many, in the wrong case.
    pub replaced: Cost,
    /// A letter lost.
    pub missing: Cost,
    /// A letter too many.
    pub added: Cost,
    /// A letter in the wrong case.
    pub cased: Cost,
}

impl Table {
    /// Makes the table of a lexicon ready.
    pub fn new(lexicon: &Lexicon) -> Self {
        let weights = lexicon.ocr_weights();
        let mut table = Self {
            replaced: units(weights.replaced),
            missing: units(weights.lost),
            added: units(weights.added),
            cased: units(weights.case),
            least_lost: Cost::MAX / 2,
            common: (0..256).map(|log| common(weights, log)).collect(),
            ..Self::default()
        };
        table.leave_no_trace(lexicon);
        let mut firsts: Vec<char> =
            lexicon.misreadings().table().iter().filter_map(|c| c.read.chars().next()).collect();
        firsts.sort_unstable();
        firsts.dedup();
        let mut reads: Vec<Vec<char>> =
            lexicon.misreadings().table().iter().map(|c| c.read.chars().collect()).collect();
        reads.sort_unstable();
        reads.dedup();
        for first in firsts {
            let group = table.group(lexicon, reads.iter().filter(|read| read.first() == Some(&first)));
            table.groups.insert(u64::from(first), group);
        }
        table
    }

    fn leave_no_trace(&mut self, lexicon: &Lexicon) {
        let change = units(lexicon.ocr_weights().change);
        for m in lexicon.misreadings().of(&[]) {
            let cost = (units(m.cost) + change, m.number);
            let (upper, letter) = match m.stood.as_bytes() {
                b" " => {
                    self.blank = Some(cost);
                    continue;
                }
                [c] if c.is_ascii_alphabetic() => {
                    (usize::from(c.is_ascii_uppercase()), c.to_ascii_lowercase() - b'a')
                }
                _ => continue,
            };
            self.lost[upper][usize::from(letter)] = Some(cost);
            self.lost_bits[upper] |= 1 << letter;
            self.least_lost = self.least_lost.min(cost.0);
        }
    }

    fn group<'r>(&mut self, lexicon: &Lexicon, reads: impl Iterator<Item = &'r Vec<char>>) -> Group {
        let change = units(lexicon.ocr_weights().change);
        let mut letters: [Vec<Letter>; 3] = Default::default();
        let mut ways = Vec::new();
        for read in reads {
            for m in lexicon.misreadings().of(read) {
                let (cost, number) = (units(m.cost) + change, m.number);
                let upper = stood_fits(Case::Upper, false, &m.stood);
                let inside = stood_fits(Case::Lower, false, &m.stood);
                let begins = stood_fits(Case::Lower, true, &m.stood);
                if let ([c], 1) = (m.stood.as_bytes(), read.len())
                    && c.is_ascii_alphabetic()
                {
                    let letter = Letter { byte: c.to_ascii_lowercase(), cost, number };
                    for (list, fits) in letters.iter_mut().zip([inside, begins, upper]) {
                        list.extend(fits.then_some(letter));
                    }
                    continue;
                }
                let what = match &*m.stood {
                    "" => What::Nothing,
                    " " => What::Blank,
                    _ => What::Letters,
                };
                let small = m.stood.to_lowercase();
                if small.len() > STOOD {
                    continue;
                }
                let mut stood = [0; STOOD];
                stood[..small.len()].copy_from_slice(small.as_bytes());
                let mut chars = ['\0'; LONGEST];
                chars[..read.len()].copy_from_slice(read);
                let (len, letters) = (read.len() as u8, small.len() as u8);
                ways.push(Way {
                    what,
                    read: chars,
                    len,
                    stood,
                    letters,
                    cost,
                    number,
                    inside,
                    begins,
                    upper,
                });
            }
        }
        ways.sort_by_key(|way| way.cost);
        let first = self.ways.len() as u32;
        self.ways.extend(ways);
        let mut lists = letters.into_iter().map(|mut list| {
            list.sort_by_key(|letter| letter.cost);
            let first = self.letters.len() as u32;
            self.letters.extend(list);
            first..self.letters.len() as u32
        });
        let mut next = || lists.next().unwrap_or_default();
        Group { small: next(), any: next(), capital: next(), ways: first..self.ways.len() as u32 }
    }

    /// A stretch of single letters.
    pub fn letters(&self, list: &Range<u32>) -> &[Letter] {
        &self.letters[list.start as usize..list.end as usize]
    }

    /// One of the other ways.
    pub fn way(&self, number: u32) -> &Way {
        &self.ways[number as usize]
    }
}

/// What a word of this logarithmic count costs.
fn common(weights: &OcrWeights, log: i32) -> Cost {
    units((255 - log) as f32 / 8.0 * std::f32::consts::LN_2 * weights.common)
}

/// Several letters that may have stood there, or one of which several are read: what a walk asks first.
#[derive(Debug, Clone, Copy)]
pub struct Longer {
    /// What it costs, the change itself included.
    pub cost: Cost,
    /// Its first letter as a bit; all bits for anything else.
    pub first: u32,
    /// May it stand at the beginning of a word, and inside one?
    pub fits: [bool; 2],
    /// Its number for [`Table::way`].
    pub number: u32,
}

/// What may have stood at one place of what is read.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The character that is read.
    pub read: char,
    /// Its letter (`a` to `z`) as a bit; 0 for anything else.
    pub bit: u32,
    /// Single letters at the beginning of a word, and inside one.
    pub letters: [Range<u32>; 2],
    /// Which they are, as bits.
    pub bits: [u32; 2],
    /// Dirt, lost blanks and longer confusions: numbers for [`Table::way`].
    pub dirt: Vec<u32>,
    /// Lost blanks, of which something else was read.
    pub blanks: Vec<u32>,
    /// Longer confusions.
    pub longer: Vec<Longer>,
    /// What the rest costs from here on, at least, if every letter could stand.
    pub rest: Cost,
    /// The same if something must be changed here.
    pub forced: Cost,
    /// How much more the rest costs if some letter of it cannot stand.
    pub extra: Cost,
    /// The letters from here on, as bits.
    pub ahead: u32,
}

/// What changes cost that need no confusion of what is read.
#[derive(Debug, Clone, Copy)]
pub struct Unread {
    /// A letter in the place of one.
    pub replaced: Cost,
    /// A letter too many.
    pub added: Cost,
    /// A letter lost, by the table or not.
    pub lost: Cost,
    /// A blank lost.
    pub blank: Cost,
}

/// What is never paid.
pub const TOO_MUCH: Cost = Cost::MAX / 4;

impl Place {
    /// Looks up what may have stood at the first of these characters.
    pub fn set(&mut self, table: &Table, case: Case, written: &[char]) {
        let read = written[0];
        self.read = read;
        self.bit = if read.is_ascii_alphabetic() { 1 << (read.to_ascii_lowercase() as u8 - b'a') } else { 0 };
        self.dirt.clear();
        self.blanks.clear();
        self.longer.clear();
        self.letters = Default::default();
        self.bits = [0; 2];
        let Some(group) = table.groups.get(&u64::from(read)).filter(|_| read != BREAK) else { return };
        self.letters = match case {
            Case::Upper => [group.capital.clone(), group.capital.clone()],
            _ => [group.any.clone(), group.small.clone()],
        };
        for (list, bits) in self.letters.iter().zip(&mut self.bits) {
            let letters = table.letters(list);
            *bits = letters.iter().fold(0, |bits, letter| bits | 1 << (letter.byte - b'a'));
        }
        for number in group.ways.clone() {
            let way = &table.ways[number as usize];
            let len = usize::from(way.len);
            if written.len() < len || way.read[1..len] != written[1..len] {
                continue;
            }
            match way.what {
                What::Nothing => self.dirt.push(number),
                What::Blank => self.blanks.push(number),
                What::Letters => {
                    let first = way.stood[0];
                    let first = if first.is_ascii_lowercase() { 1 << (first - b'a') } else { u32::MAX };
                    let fits = [way.fits(case, true), way.fits(case, false)];
                    self.longer.push(Longer { cost: way.cost, first, fits, number });
                }
            }
        }
    }
    /// Works out what the rest costs at least; `after` are the places behind this one, worked out before.
    pub fn look_ahead(&mut self, table: &Table, unread: &Unread, after: &[Place]) {
        let rest = |len: u8| after.get(usize::from(len) - 1).map_or(0, |place| place.rest);
        let single = |list: &Range<u32>| table.letters(list).first().map_or(TOO_MUCH, |letter| letter.cost);
        let one =
            self.letters.iter().map(single).min().unwrap_or(TOO_MUCH).min(unread.replaced).min(unread.added);
        let (mut here, mut long) = (one + rest(1), TOO_MUCH);
        let longer = self.longer.iter().map(|longer| &longer.number);
        for way in self.dirt.iter().chain(&self.blanks).chain(longer).map(|number| table.way(*number)) {
            let cost = way.cost + rest(way.len);
            here = here.min(cost);
            if way.len > 1 {
                long = long.min(cost);
            }
        }
        // Two letters that are read for one.
        if after.len() > 1 {
            long = long.min(unread.replaced.saturating_add(rest(2)));
            here = here.min(long);
        }
        let stands =
            self.bit != 0 || self.read == BREAK || self.read.is_alphabetic() || ".'-&".contains(self.read);
        self.rest = if stands { here.min(rest(1)) } else { here }.min(TOO_MUCH);
        self.forced = here.min(self.rest + unread.lost.min(unread.blank)).min(TOO_MUCH);
        // A letter that cannot stand is changed where it is read or by what begins before it, or another word begins.
        let more = (if self.bit == 0 { long } else { here } - self.rest).clamp(0, TOO_MUCH);
        let later = after.first().map_or(TOO_MUCH, |place| place.extra);
        self.extra = more.min(later).min(unread.blank);
        self.ahead = self.bit | after.first().map_or(0, |place| place.ahead);
    }
}
