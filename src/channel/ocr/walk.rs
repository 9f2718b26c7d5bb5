//! The walk: which words may have stood where these characters are read.
//!
//! The trie of spellings and the characters are walked together. A step reads a letter as it stands, undoes a confusion of
//! the table, or makes a change that the table does not have; at the end of a word a blank that was lost may follow.
//!
//! ```text
//! t l i e      t -> h? no          (trie: t)   "t" stands
//!   l i -> h   by the table        (trie: th)
//!       e      stands              (trie: the) a word, nothing left to read: a candidate
//! ```
//!
//! The search goes deeper in levels of cost: all words within the first level, and only where nothing better can come of
//! the next one it stops there. It is budgeted: a garble beyond the budget stays as it is.

use super::case::{Case, cases, fits, in_case, stood_fits};
use super::places::{May, Place};
use crate::cost::{Cost, UNIT};
use crate::lexicon::spellings::{Node, Spellings};
use crate::lexicon::{Lexicon, Misreadings, WordId, Words, flag};

/// Stands for a hyphen at a line's end, and the line's end.
pub const BREAK: char = '\u{1}';

/// How far a walk may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Changes that the table does not have.
    pub unheard: u8,
    /// Words it may be read as.
    pub words: u8,
    /// Cost of all changes together, at most.
    pub worst: Cost,
    /// Candidates wanted.
    pub wanted: usize,
    /// Places looked at in a level.
    pub steps: usize,
    /// Cost of the characters as they stand: what costs much more is not looked for.
    pub stands: Cost,
    /// Does a sentence begin here?
    pub begins: bool,
}

/// What may have stood there.
#[derive(Debug, Clone, PartialEq)]
pub struct Spelled {
    /// The words, in their case, with a blank between two.
    pub text: String,
    /// Their ids.
    pub ids: Vec<WordId>,
    /// What the changes cost.
    pub cost: Cost,
    /// How many changes there are.
    pub changes: u8,
    /// How many of them the table does not have.
    pub unheard: u8,
    /// The confusions of the table, by number.
    pub used: Vec<u32>,
    /// Byte of the text before which the line ended.
    pub broken: Option<usize>,
}

/// Candidates so much worse than the best are not looked for.
const MARGIN: Cost = 5 * UNIT;

/// Places remembered.
const VISITED: usize = 1 << 12;

/// The levels of cost: about one confusion, two, three.
const LEVELS: [Cost; 3] = [8 * UNIT + UNIT / 2, 14 * UNIT, 21 * UNIT];

/// What a step put on the page.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A letter as it stands.
    Stands(char),
    /// A letter that the table does not know to be read so; `None` for one that was nothing.
    Unheard(Option<char>),
    /// A confusion of the table.
    Table(u32),
    /// A word that ends and a blank that was lost.
    Blank(u32, WordId),
    /// The end of a line.
    Break,
}

/// Scratch and knowledge of walks.
pub struct Walker<'l> {
    spellings: &'l Spellings<'static>,
    words: &'l Words<'static>,
    misreadings: &'l Misreadings,
    change: Cost,
    /// Changes that the table does not have: a letter replaced, lost, too many, in the wrong case.
    replaced: Cost,
    missing: Cost,
    added: Cost,
    cased: Cost,
    /// Letters that leave no trace, small and capital, by letter.
    lost: [[Option<(Cost, u32)>; 26]; 2],
    /// The cheapest of them.
    least_lost: Cost,
    /// A blank that leaves no trace.
    blank: Option<(Cost, u32)>,
    places: Vec<Place>,
    /// The letters that are read, small; 0 for anything else.
    bytes: Vec<u8>,
    /// What a word costs, by its logarithmic count.
    common: [Cost; 256],
    /// Places that were visited, and at what cost: each has one slot, the newer one takes it.
    visited: Vec<(u64, Cost)>,
    /// Numbers the levels of all walks: what was visited in another one is forgotten.
    level: u64,
    /// Cost of the best word found, and what is too much beside it.
    bar: Cost,
    steps: Vec<Step>,
    case: Case,
    limits: Limits,
    visits: usize,
    found: Vec<(Cost, Spelled)>,
}

/// Nats as a cost.
pub fn units(nats: f32) -> Cost {
    (nats * UNIT as f32).round() as Cost
}

/// Where a walk is.
#[derive(Debug, Clone, Copy)]
struct Here {
    node: Node,
    at: usize,
    /// At the first letter of a word.
    begins: bool,
    /// Where the word begins.
    from: u8,
    words: u8,
    unheard: u8,
    cost: Cost,
    /// What the words before cost.
    spent: Cost,
}

impl<'l> Walker<'l> {
    /// A walker over a lexicon.
    pub fn new(lexicon: &'l Lexicon) -> Self {
        let (misreadings, weights) = (lexicon.misreadings(), lexicon.ocr_weights());
        let change = units(weights.change);
        let (mut lost, mut blank) = ([[None; 26]; 2], None);
        for m in misreadings.of(&[]) {
            let cost = (units(m.cost) + change, m.number);
            match m.stood.as_bytes() {
                b" " => blank = Some(cost),
                [c @ b'a'..=b'z'] => lost[0][usize::from(c - b'a')] = Some(cost),
                [c @ b'A'..=b'Z'] => lost[1][usize::from(c - b'A')] = Some(cost),
                _ => {}
            }
        }
        Self {
            spellings: lexicon.spellings(),
            words: lexicon.words(),
            misreadings,
            change,
            replaced: units(weights.replaced),
            missing: units(weights.lost),
            added: units(weights.added),
            cased: units(weights.case),
            least_lost: lost.iter().flatten().flatten().map(|l| l.0).min().unwrap_or(Cost::MAX / 2),
            lost,
            blank,
            places: Vec::new(),
            bytes: Vec::new(),
            common: std::array::from_fn(|log| {
                let nats = (255 - log) as f32 / 8.0 * std::f32::consts::LN_2;
                units(nats * weights.common)
            }),
            visited: vec![(0, 0); VISITED],
            level: 0,
            bar: Cost::MAX,
            steps: Vec::new(),
            case: Case::Lower,
            limits: Limits { unheard: 0, words: 1, worst: 0, wanted: 0, steps: 0, stands: 0, begins: false },
            visits: 0,
            found: Vec::new(),
        }
    }

    /// What may have stood where this is read, as it stands left out, the likeliest first.
    pub fn read(&mut self, written: &[char], limits: Limits) -> Vec<Spelled> {
        self.limits = limits;
        self.found.clear();
        self.bar = limits.stands.saturating_add(MARGIN + 2 * UNIT);
        for case in cases(written) {
            self.case = case;
            self.prepare(written);
            for (i, level) in LEVELS.into_iter().enumerate() {
                self.limits.worst = limits.worst.min(level);
                // What costs the table nothing it has is not asked of the next level again.
                self.limits.unheard = limits.unheard.min(i as u8 + 1);
                self.visits = 0;
                self.level += 1;
                let root = self.spellings.root();
                let here = Here {
                    node: root,
                    at: 0,
                    begins: true,
                    from: 0,
                    words: 0,
                    unheard: 0,
                    cost: 0,
                    spent: 0,
                };
                self.walk(here);
                // The commonest word of the next level would be too late.
                if level + self.common(root.commonest()) > self.bar || level >= limits.worst {
                    break;
                }
            }
        }
        let written: String = written.iter().collect();
        let mut found = std::mem::take(&mut self.found);
        found.retain(|f| f.1.text != written);
        found.sort_by(|a, b| (a.0, &a.1.text).cmp(&(b.0, &b.1.text)));
        let mut out: Vec<Spelled> = Vec::new();
        for (_, spelled) in found.drain(..) {
            if out.len() < limits.wanted && out.iter().all(|s| s.text != spelled.text) {
                out.push(spelled);
            }
        }
        self.found = found;
        out
    }

    /// Looks up what may have stood at each place.
    fn prepare(&mut self, written: &[char]) {
        self.places.clear();
        self.bytes.clear();
        let low = |c: &char| if c.is_ascii_alphabetic() { c.to_ascii_lowercase() as u8 } else { 0 };
        self.bytes.extend(written.iter().map(low));
        let at = |at| Place::new(self.misreadings, self.change, self.case, &written[at..]);
        self.places.extend((0..written.len()).map(at));
    }

    fn step(&mut self, step: Step, here: Here) {
        let least = here.cost + here.spent + self.common(here.node.commonest());
        if here.cost > self.limits.worst || least > self.bar {
            return;
        }
        let read =
            self.level << 24 | (here.at as u64) << 16 | u64::from(here.words) << 8 | u64::from(here.unheard);
        let key = (here.node.number() ^ read.wrapping_mul(0xD6E8_FEB8_6659_FD93))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let slot = &mut self.visited[(key >> 52) as usize];
        if slot.0 == key && slot.1 <= here.cost {
            return;
        }
        *slot = (key, here.cost);
        self.steps.push(step);
        self.walk(here);
        self.steps.pop();
    }

    fn walk(&mut self, here: Here) {
        self.visits += 1;
        if self.visits > self.limits.steps {
            return;
        }
        let Here { node, at, begins, words, cost, .. } = here;
        if at == self.places.len() {
            if node.word().is_some_and(|word| words == 0 || self.may_part(word, &here)) {
                self.note(&here);
            }
        } else {
            let place = std::mem::take(&mut self.places[at]);
            self.forward(here, &place);
            self.places[at] = place;
            if self.places[at].read == BREAK {
                return;
            }
        }
        if let (Some((more, number)), Some(word)) = (self.blank, node.word())
            && at > 0
            && at < self.places.len()
            && words + 1 < self.limits.words
            && !begins
        {
            self.blank(&here, word, May { len: 0, cost: more, number });
        }
        // Letters that left no trace.
        let upper = self.case == Case::Upper || begins && words == 0 && self.case == Case::Title;
        let spellings = *self.spellings;
        let first = begins && words == 0;
        let dear = cost + self.least_lost > self.limits.worst;
        for i in 0..if dear { 0 } else { 26 } {
            if let Some((more, number)) = self.lost[usize::from(upper)][i]
                && cost + more <= self.limits.worst
                && let Some(child) = spellings.letter(node, b'a' + i as u8)
                && self.goes_on(child, at)
            {
                self.step(
                    Step::Table(number),
                    Here { node: child, begins: false, cost: cost + more, ..here },
                );
            }
        }
        if self.may_change(&here, self.missing) {
            for child in spellings.children(node) {
                if self.lost[usize::from(upper)][usize::from(child.byte() - b'a')].is_none() {
                    let next = Here { node: child, begins: false, ..here };
                    self.unheard(next, Some(child.byte()), self.missing, first);
                }
            }
        }
    }

    /// May something be changed here that the table does not have?
    fn may_change(&self, here: &Here, cost: Cost) -> bool {
        here.unheard < self.limits.unheard && here.cost + cost <= self.limits.worst
    }

    /// What may be read at a place.
    fn forward(&mut self, here: Here, place: &Place) {
        let Here { node, at, begins, words, cost, .. } = here;
        if place.read == BREAK {
            return self.step(Step::Break, Here { at: at + 1, ..here });
        }
        if let Some(child) = self.letter(node, place.read) {
            let fits = fits(self.case, begins, words, place.read);
            let next = Here { node: child, at: at + 1, begins: false, ..here };
            if fits {
                self.step(Step::Stands(place.read), next);
            } else {
                let shown = in_case(self.case, begins && words == 0, place.read);
                let cost = cost + self.cased;
                self.step(Step::Unheard(Some(shown)), Here { cost, ..next });
            }
        }
        let on = |may: &May| Here { at: at + usize::from(may.len), cost: cost + may.cost, ..here };
        for may in &place.dirt {
            if cost + may.cost > self.limits.worst {
                break;
            }
            self.step(Step::Table(may.number), on(may));
        }
        for (may, low) in &place.longer {
            if cost + may.cost > self.limits.worst {
                break;
            }
            let bytes = low.split(|b| *b == 0).next().unwrap_or(&[]);
            let first = bytes[0];
            if (node.has(first) || !first.is_ascii_lowercase())
                && let Some(node) = self.spellings.walk(node, bytes)
                && stood_fits(self.case, begins, &self.misreadings.table()[may.number as usize].stood)
            {
                self.step(Step::Table(may.number), Here { node, begins: false, ..on(may) });
            }
        }
        if let Some(word) = node.word()
            && !begins
        {
            for may in &place.blanks {
                self.blank(&here, word, *may);
            }
        }
        if place.read == ' ' {
            return;
        }
        if self.may_change(&here, self.added) && self.goes_on(node, at + 1) {
            self.unheard(Here { at: at + 1, ..here }, None, self.added, false);
        }
        let known = if begins { &place.begins } else { &place.inside };
        let spellings = *self.spellings;
        for (byte, may) in known {
            if cost + may.cost > self.limits.worst {
                break;
            }
            if *byte != place.byte
                && let Some(child) = spellings.letter(node, *byte)
            {
                let next = Here { node: child, at: at + 1, begins: false, cost: cost + may.cost, ..here };
                self.step(Step::Table(may.number), next);
            }
        }
        if self.may_change(&here, self.replaced) {
            for child in spellings.children(node) {
                let byte = child.byte();
                if byte != place.byte && known.iter().all(|(known, _)| *known != byte) {
                    let next = Here { node: child, at: at + 1, begins: false, ..here };
                    self.unheard(next, Some(byte), self.replaced, begins && words == 0);
                    // Two letters read for one, or several marks.
                    let marks = |at: usize| {
                        self.places
                            .get(at)
                            .is_some_and(|p| !p.read.is_alphanumeric() && !matches!(p.read, ' ' | BREAK))
                    };
                    let two = if place.byte == 0 {
                        marks(at + 1)
                    } else {
                        self.bytes.get(at + 1).is_some_and(|b| *b != 0)
                    };
                    if two {
                        let next = Here { at: at + 2, ..next };
                        self.unheard(next, Some(byte), self.replaced + UNIT, begins && words == 0);
                    }
                }
            }
        }
    }

    /// A change that the table does not have. What follows must stand as it is: two such changes in a row are hopeless, and
    /// looking ahead saves nearly all of the places that lead nowhere.
    fn unheard(&mut self, next: Here, byte: Option<u8>, cost: Cost, first: bool) {
        let cost = next.cost + cost;
        if next.unheard >= self.limits.unheard || cost > self.limits.worst {
            return;
        }
        if byte.is_none() || self.goes_on(next.node, next.at) {
            let shown = byte.map(|b| in_case(self.case, first, char::from(b)));
            self.step(Step::Unheard(shown), Here { cost, unheard: next.unheard + 1, ..next });
        }
    }

    /// Does the character at a place stand in the trie, or does a word end where all is read?
    fn goes_on(&self, node: Node, at: usize) -> bool {
        match self.bytes.get(at) {
            None => node.word().is_some(),
            Some(0) => true,
            Some(byte) => node.has(*byte),
        }
    }

    /// A word ends, another one begins.
    fn blank(&mut self, here: &Here, word: WordId, may: May) {
        if here.words + 1 >= self.limits.words || here.at == 0 || !self.may_part(word, here) {
            return;
        }
        let next = Here {
            node: self.spellings.root(),
            at: here.at + usize::from(may.len),
            begins: true,
            from: (here.at + usize::from(may.len)) as u8,
            words: here.words + 1,
            cost: here.cost + may.cost,
            spent: here.spent + self.common(here.node.commonest()),
            ..*here
        };
        self.step(Step::Blank(may.number, word), next);
    }

    /// May a word be one of several that were run together? Rare words would be found in any letters.
    fn may_part(&self, word: WordId, here: &Here) -> bool {
        let least = match here.at - usize::from(here.from).min(here.at) {
            0..=2 => 136,
            3 => 112,
            _ => 80,
        };
        self.words.log_count(word) >= least
    }

    /// What a word costs that is as common as this: about −ln of its share, weighed.
    fn common(&self, log_count: u8) -> Cost {
        self.common[usize::from(log_count)]
    }

    /// The place after a letter as it stands.
    fn letter(&self, node: Node, c: char) -> Option<Node> {
        if c.is_ascii() {
            return self.spellings.child(node, c.to_ascii_lowercase() as u8);
        }
        let mut buffer = [0; 4];
        c.to_lowercase()
            .try_fold(node, |node, c| self.spellings.walk(node, c.encode_utf8(&mut buffer).as_bytes()))
    }

    /// Notes what a finished way spells.
    fn note(&mut self, here: &Here) {
        let mut out = Spelled {
            text: String::new(),
            ids: Vec::new(),
            cost: here.cost,
            changes: 0,
            unheard: 0,
            used: Vec::new(),
            broken: None,
        };
        for step in &self.steps {
            match *step {
                Step::Stands(c) => out.text.push(c),
                Step::Break => out.broken = Some(out.text.len()),
                Step::Unheard(c) => {
                    out.text.extend(c);
                    out.unheard += 1;
                    out.changes += 1;
                }
                Step::Table(number) => {
                    out.text.push_str(&self.misreadings.table()[number as usize].stood);
                    out.used.push(number);
                    out.changes += 1;
                }
                Step::Blank(number, word) => {
                    out.text.push(' ');
                    out.ids.push(word);
                    out.used.push(number);
                    out.changes += 1;
                }
            }
        }
        out.ids.extend(here.node.word());
        // A first letter that was not read says nothing of its case: names and beginnings have capitals.
        let first = self
            .steps
            .iter()
            .find(|s| !matches!(s, Step::Table(n) if self.misreadings.table()[*n as usize].stood.is_empty()));
        if self.case != Case::Upper && !matches!(first, Some(Step::Stands(_))) {
            let name = out.ids.first().is_some_and(|id| self.words.flags(*id) & flag::NAME != 0);
            let capital = name
                || self.limits.begins
                || out.text.starts_with('I') && out.ids.len() == 1 && out.text.len() == 1;
            let mut chars = out.text.chars();
            if let Some(c) = chars.next().filter(char::is_ascii) {
                let c = if capital { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                out.text = std::iter::once(c).chain(chars).collect();
            }
        }
        let last = here.node.word().map_or(0, |id| self.words.log_count(id));
        let rank = here.cost + here.spent + self.common(last);
        // What stands there is no measure: whether it is right, the words around it tell.
        if out.changes > 0 {
            self.bar = self.bar.min(rank.saturating_add(MARGIN));
        }
        self.found.push((rank, out));
    }
}
