//! The walk: which words may have stood where these characters are read, the likeliest first.
//!
//! The trie of spellings and the characters are walked together, best first. A step reads a letter as it stands, undoes a
//! confusion of the table, or makes a change that the table does not have; at the end of a word a blank that was lost may
//! follow. What a place costs is what its confusions cost and what the commonest word below it must cost, so the search
//! turns to common words first and may stop early: it is budgeted, and a garble beyond the budget stays as it is.
//!
//! ```text
//! t l i e      t -> h? no          (trie: t)   "t" stands
//!   l i -> h   by the table        (trie: th)
//!       e      stands              (trie: the) a word, nothing left to read: a candidate
//! ```

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::hash::BuildHasherDefault;

use crate::cost::{Cost, UNIT};
use crate::lexicon::confusions::LONGEST;
use crate::lexicon::spellings::{Node, Spellings};
use crate::lexicon::{Lexicon, Misreadings, OcrWeights, WordId};
use crate::text::AsIs;

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
    /// Places looked at.
    pub steps: usize,
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
const MARGIN: Cost = 7 * UNIT;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Lower,
    Title,
    Upper,
}

/// What a step put on the page.
#[derive(Debug, Clone, Copy)]
enum Step {
    Begin,
    /// A letter, as it stands or changed.
    Letter(char, Change),
    /// A confusion of the table.
    Table(u32),
    /// A blank that was lost.
    Blank(Change),
    /// A character that was nothing.
    Nothing(Change),
    /// The end of a line.
    Break,
    /// Changes that the table does not have are still to be tried from here.
    Unheard,
}

#[derive(Debug, Clone, Copy)]
enum Change {
    None,
    Table(u32),
    Unheard,
}

#[derive(Debug, Clone, Copy)]
struct State {
    node: Node,
    at: u8,
    words: u8,
    unheard: u8,
    cost: Cost,
    /// What the words before cost.
    spent: Cost,
    parent: u32,
    step: Step,
}

/// Scratch and knowledge of walks.
pub struct Walker<'l> {
    spellings: &'l Spellings<'static>,
    misreadings: &'l Misreadings,
    weights: &'l OcrWeights,
    states: Vec<State>,
    open: BinaryHeap<Reverse<(Cost, u32)>>,
    pub pops: usize,
    pub pushes: usize,
    seen: HashSet<u64, BuildHasherDefault<AsIs>>,
}

/// A number of the place that a state is at: its node, what was read, how many words.
fn place(state: &State) -> u64 {
    let read = u64::from(state.at) << 8 | u64::from(state.words);
    (state.node.number() ^ read.wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn units(nats: f32) -> Cost {
    (nats * UNIT as f32).round() as Cost
}

impl<'l> Walker<'l> {
    /// A walker over a lexicon.
    pub fn new(lexicon: &'l Lexicon) -> Self {
        Self {
            spellings: lexicon.spellings(),
            misreadings: lexicon.misreadings(),
            weights: lexicon.ocr_weights(),
            states: Vec::new(),
            open: BinaryHeap::new(),
            pops: 0,
            pushes: 0,
            seen: HashSet::default(),
        }
    }

    /// Appends what may have stood where this is read, as it stands left out, the likeliest first.
    pub fn read(&mut self, written: &[char], limits: Limits, out: &mut Vec<Spelled>) {
        let from = out.len();
        for case in cases(written) {
            self.walk(written, case, limits, out);
        }
        let written: String = written.iter().collect();
        out.dedup_by(|b, a| a.text == b.text);
        let mut texts: Vec<String> = Vec::new();
        let mut at = 0;
        out.retain(|s| {
            at += 1;
            let fresh = at <= from || (s.text != written && !texts.contains(&s.text));
            texts.push(s.text.clone());
            fresh
        });
    }

    fn walk(&mut self, written: &[char], case: Case, limits: Limits, out: &mut Vec<Spelled>) {
        self.states.clear();
        self.open.clear();
        self.seen.clear();
        let root = self.spellings.root();
        self.push(State {
            node: root,
            at: 0,
            words: 0,
            unheard: 0,
            cost: 0,
            spent: 0,
            parent: 0,
            step: Step::Begin,
        });
        let (mut found, mut bar) = (0, Cost::MAX);
        let mut steps = 0;
        while let Some(Reverse((rank, index))) = self.open.pop() {
            steps += 1;
            self.pops += 1;
            if rank > bar || steps > limits.steps {
                break;
            }
            let state = self.states[index as usize];
            if matches!(state.step, Step::Unheard) {
                self.unheard(written, case, &state, index);
                continue;
            }
            if !self.seen.insert(place(&state)) {
                continue;
            }
            let at = state.at as usize;
            if at == written.len() {
                if state.node.word().is_some() {
                    bar = bar.min(rank.saturating_add(MARGIN));
                    out.push(self.spelled(index));
                    found += 1;
                    if found >= limits.wanted {
                        break;
                    }
                }
            } else {
                self.extend(written, case, &state, index, limits);
            }
            self.stood_unseen(case, &state, index, limits);
            let after = state.cost + units(self.weights.added.min(self.weights.replaced));
            if state.unheard < limits.unheard && after <= limits.worst {
                self.push(State { cost: after, parent: index, step: Step::Unheard, ..state });
            }
        }
    }

    fn push(&mut self, state: State) {
        let rank = state.cost + state.spent + self.common(state.node.commonest());
        self.pushes += 1;
        self.open.push(Reverse((rank, self.states.len() as u32)));
        self.states.push(state);
    }

    /// What a word costs that is as common as this: about −ln of its share, weighed.
    fn common(&self, log_count: u8) -> Cost {
        units(f32::from(u8::MAX - log_count) / 8.0 * std::f32::consts::LN_2 * self.weights.common)
    }

    /// What may be read at the place: a letter as it stands, a confusion, a blank that was lost.
    fn extend(&mut self, written: &[char], case: Case, state: &State, index: u32, limits: Limits) {
        let at = state.at as usize;
        let c = written[at];
        let change = units(self.weights.change);
        let next = |cost: Cost, step: Step, node: Node, len: usize| State {
            node,
            at: (at + len) as u8,
            cost: state.cost + cost,
            parent: index,
            step,
            ..*state
        };
        if c == BREAK {
            return self.push(next(0, Step::Break, state.node, 1));
        }
        let begins = state.node == self.spellings.root();
        if let Some(node) = self.letter(state.node, c) {
            let fits = fits(case, begins, state.words, c);
            let cost = if fits { 0 } else { units(self.weights.case) };
            if state.cost + cost <= limits.worst {
                let shown = if fits { c } else { in_case(case, begins && state.words == 0, c) };
                let change = if fits { Change::None } else { Change::Unheard };
                self.push(next(cost, Step::Letter(shown, change), node, 1));
            }
        }
        let misreadings = self.misreadings;
        for len in 1..=LONGEST.min(written.len() - at) {
            let read = &written[at..at + len];
            if len > 1 && read.contains(&BREAK) {
                break;
            }
            for m in misreadings.of(read) {
                let cost = units(m.cost) + change;
                if state.cost + cost > limits.worst {
                    continue;
                }
                if m.stood.is_empty() {
                    self.push(next(cost, Step::Nothing(Change::Table(m.number)), state.node, len));
                } else if &*m.stood == " " {
                    self.blank(&next(cost, Step::Blank(Change::Table(m.number)), state.node, len), limits);
                } else if stood_fits(case, begins, &m.stood)
                    && let Some(node) = self.stood(state.node, &m.stood)
                {
                    self.push(next(cost, Step::Table(m.number), node, len));
                }
            }
        }
    }

    /// What may have stood at the place and left no trace.
    fn stood_unseen(&mut self, case: Case, state: &State, index: u32, limits: Limits) {
        let begins = state.node == self.spellings.root();
        let misreadings = self.misreadings;
        for m in misreadings.of(&[]) {
            let cost = state.cost + units(m.cost + self.weights.change);
            if cost > limits.worst {
                continue;
            }
            let next = State { cost, parent: index, ..*state };
            if &*m.stood == " " {
                self.blank(&State { step: Step::Blank(Change::Table(m.number)), ..next }, limits);
            } else if stood_fits(case, begins, &m.stood)
                && let Some(node) = self.stood(state.node, &m.stood)
            {
                self.push(State { node, step: Step::Table(m.number), ..next });
            }
        }
    }

    /// A word ends, another one begins.
    fn blank(&mut self, next: &State, limits: Limits) {
        let Some(word) = next.node.word() else { return };
        if next.words + 1 < limits.words && next.at > 0 && word != 0 {
            let spent = next.spent + self.common(next.node.commonest());
            let node = self.spellings.root();
            self.push(State { node, words: next.words + 1, spent, ..*next });
        }
    }

    /// Changes that the table does not have.
    fn unheard(&mut self, written: &[char], case: Case, state: &State, index: u32) {
        let parent = self.states[index as usize].parent;
        let before = self.states[parent as usize];
        let begins = before.node == self.spellings.root();
        let (weights, at) = (self.weights, before.at as usize);
        let next = |node, len: usize, nats: f32, step| State {
            node,
            at: (at + len) as u8,
            unheard: state.unheard + 1,
            cost: before.cost + units(nats),
            parent,
            step,
            ..before
        };
        let letter = |at: usize| written.get(at).copied().filter(|c| *c != ' ' && *c != BREAK);
        let here = letter(at);
        // What follows must stand as it is: two such changes in a row are hopeless, and looking ahead saves nearly all of
        // the places that lead nowhere.
        let goes_on = |walker: &Self, node: Node, at: usize| match letter(at) {
            Some(c) => walker.letter(node, c).is_some(),
            None => at < written.len() || node.word().is_some(),
        };
        if here.is_some() && goes_on(self, before.node, at + 1) {
            self.push(next(before.node, 1, weights.added, Step::Nothing(Change::Unheard)));
        }
        let spellings = *self.spellings;
        for child in spellings.children(before.node).filter(|c| c.byte().is_ascii_lowercase()) {
            let letter = in_case(case, begins && before.words == 0, char::from(child.byte()));
            let step = Step::Letter(letter, Change::Unheard);
            if goes_on(self, child, at) {
                self.push(next(child, 0, weights.lost, step));
            }
            if here.is_some_and(|c| c.to_ascii_lowercase() != char::from(child.byte()))
                && goes_on(self, child, at + 1)
            {
                self.push(next(child, 1, weights.replaced, step));
            }
        }
    }

    /// The place after a letter as it stands.
    fn letter(&self, node: Node, c: char) -> Option<Node> {
        if c.is_ascii() {
            return self.spellings.child(node, c.to_ascii_lowercase() as u8);
        }
        let mut buffer = [0; 4];
        c.to_lowercase().try_fold(node, |node, c| {
            self.spellings.walk(node, c.encode_utf8(&mut buffer).as_bytes())
        })
    }

    /// The place after what stood there.
    fn stood(&self, node: Node, stood: &str) -> Option<Node> {
        stood.chars().try_fold(node, |node, c| self.letter(node, c))
    }

    /// What a finished way spells.
    fn spelled(&self, index: u32) -> Spelled {
        let mut steps = Vec::new();
        let mut at = index;
        while !matches!(self.states[at as usize].step, Step::Begin) {
            steps.push(at);
            at = self.states[at as usize].parent;
        }
        let last = self.states[index as usize];
        let mut out = Spelled {
            text: String::new(),
            ids: Vec::new(),
            cost: last.cost,
            changes: 0,
            unheard: 0,
            used: Vec::new(),
            broken: None,
        };
        for at in steps.into_iter().rev() {
            let state = self.states[at as usize];
            let change = match state.step {
                Step::Letter(c, change) => {
                    out.text.push(c);
                    change
                }
                Step::Table(number) => {
                    out.text.push_str(&self.misreadings.table()[number as usize].stood);
                    Change::Table(number)
                }
                Step::Blank(change) => {
                    out.text.push(' ');
                    out.ids.extend(self.states[state.parent as usize].node.word());
                    change
                }
                Step::Nothing(change) => change,
                Step::Break => {
                    out.broken = Some(out.text.len());
                    Change::None
                }
                Step::Begin | Step::Unheard => Change::None,
            };
            match change {
                Change::None => continue,
                Change::Table(number) => out.used.push(number),
                Change::Unheard => out.unheard += 1,
            }
            out.changes += 1;
        }
        out.ids.extend(last.node.word());
        out
    }
}

/// The cases that what stood there may have had.
fn cases(written: &[char]) -> impl Iterator<Item = Case> + use<> {
    let letters = written.iter().filter(|c| c.is_alphabetic()).count();
    let upper = written.iter().filter(|c| c.is_uppercase()).count();
    let first = written.iter().find(|c| c.is_alphanumeric()).is_some_and(|c| c.is_uppercase());
    let mixed = if first { Case::Title } else { Case::Lower };
    let shouts = upper > 1 && upper * 3 >= letters * 2;
    let all = upper == letters && upper > 1;
    [(shouts, Case::Upper), (!all, mixed)].into_iter().filter(|c| c.0).map(|c| c.1)
}

/// Does a letter stand in the case that is expected of it?
fn fits(case: Case, begins: bool, words: u8, c: char) -> bool {
    let upper = c.is_uppercase();
    match case {
        _ if !upper && !c.is_lowercase() => true,
        Case::Upper => upper,
        _ if begins && words > 0 => true,
        Case::Title if begins => upper,
        _ => !upper,
    }
}

/// A letter in the case that is expected of it.
fn in_case(case: Case, first: bool, c: char) -> char {
    match case {
        Case::Upper => c.to_ascii_uppercase(),
        Case::Title if first => c.to_ascii_uppercase(),
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// May this have stood here, by its case? A word's first letter may be either.
fn stood_fits(case: Case, begins: bool, stood: &str) -> bool {
    stood.chars().enumerate().all(|(i, c)| match case {
        Case::Upper => !c.is_lowercase(),
        _ => begins && i == 0 || !c.is_uppercase(),
    })
}
