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
//! The search goes from character to character (a beam): of all ways that lead to a place those go on that ask the least, by
//! what their changes cost, the commonest word that can still come, and the cheapest change where the next character cannot
//! stand. What asks more than the best word found, by a margin, is dropped. A garble beyond the beam stays as it is.
//! (Ways wait in lists by what they ask, so that nothing is sorted; a list that is too late is known before a step is made.)

mod spelled;
mod steps;

use super::case::{Case, cases, plain_case};
use super::places::{Place, TOO_MUCH, Table, Unread};
use crate::cost::{Cost, UNIT};
use crate::lexicon::spellings::{Node, Spellings};
use crate::lexicon::{Lexicon, Misreadings, WordId, Words};

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
    /// Ways that go on from a place, at most.
    pub width: usize,
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

/// So much more than the characters as they stand a word may ask, for its neighbours may speak for it.
const BEHIND: Cost = 4 * UNIT;

/// All changes together may cost so much: about three confusions.
const WORST: Cost = 21 * UNIT;

/// What may be asked beyond a known word by what is looked for in its place: the words around it may give so much. With 5 nats
/// 0.7 points less (WER cut, books), without a bar 0.4 more; newspapers stay the same.
const RIVAL: Cost = 8 * UNIT;

/// Longer than this nothing is walked.
const LONGEST: usize = 64;

/// Slots for places that were visited.
const VISITED: usize = 1 << 11;

/// Ways wait in lists by what they ask, a quarter of a nat wide.
const WIDTH: Cost = UNIT / 4;
const LISTS: usize = 128;

/// No way.
const NONE: u32 = u32::MAX;

/// What a step put on the page.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Where a walk begins.
    Begin,
    /// A letter as it stands.
    Stands(char),
    /// A letter that the table does not know to be read so; `None` for one that was nothing.
    Unheard(Option<char>),
    /// A confusion of the table.
    Table(u32),
    /// A blank that was lost after a word.
    Blank(u32),
    /// The end of a line.
    Break,
}

/// Where a walk is.
#[derive(Debug, Clone, Copy)]
struct Here {
    node: Node,
    /// What the changes cost.
    cost: Cost,
    /// What the words before cost.
    spent: Cost,
    at: u8,
    /// Where the word begins.
    from: u8,
    words: u8,
    unheard: u8,
    /// At the first letter of a word.
    begins: bool,
}

/// A place that a walk came to, how, and the one that waits after it.
#[derive(Debug, Clone, Copy)]
struct State {
    here: Here,
    step: Step,
    from: u32,
    next: u32,
}

/// What walks keep between them: the table of confusions made ready, and room.
#[derive(Debug, Default)]
pub struct Room {
    table: Option<Table>,
    places: Vec<Place>,
    states: Vec<State>,
    /// The first way of each list, and how many there were.
    lists: Vec<(u32, u32)>,
    /// The last list of each place that goes on, and how many ways stand up to there.
    last: Vec<(usize, u32)>,
    /// Places that were visited, and at what cost: each has one slot, the newer one takes it.
    visited: Vec<(u64, Cost)>,
    /// Numbers the searches: what was visited in another one is forgotten.
    search: u64,
}

/// Scratch and knowledge of walks.
pub struct Walker<'l> {
    spellings: &'l Spellings<'static>,
    words: &'l Words<'static>,
    misreadings: &'l Misreadings,
    table: Table,
    room: Room,
    /// How many characters are read.
    len: u8,
    /// What is too much: the best word found, the last that is wanted, the characters as they stand.
    bar: Cost,
    case: Case,
    limits: Limits,
    /// What a letter costs that was lost at the end.
    least_end: Cost,
    /// By what they ask, each text once.
    found: Vec<(Cost, Spelled)>,
}

/// Nats as a cost.
pub fn units(nats: f32) -> Cost {
    (nats * UNIT as f32).round() as Cost
}

impl<'l> Walker<'l> {
    /// A walker over a lexicon, in room that was used over the same one or never.
    pub fn new(lexicon: &'l Lexicon, mut room: Room) -> Self {
        room.visited.resize(VISITED, (0, 0));
        Self {
            spellings: lexicon.spellings(),
            words: lexicon.words(),
            misreadings: lexicon.misreadings(),
            table: room.table.take().unwrap_or_else(|| Table::new(lexicon)),
            room,
            len: 0,
            bar: 0,
            case: Case::Lower,
            limits: Limits { unheard: 0, words: 1, worst: 0, wanted: 0, width: 0, stands: 0, begins: false },
            least_end: 0,
            found: Vec::new(),
        }
    }

    /// The room, for the next walker.
    pub fn into_room(self) -> Room {
        Room { table: Some(self.table), ..self.room }
    }

    /// What may have stood where this is read, as it stands left out, the likeliest first.
    pub fn read(&mut self, written: &[char], limits: Limits) -> Vec<Spelled> {
        if written.len() > LONGEST {
            return Vec::new();
        }
        self.limits = Limits { worst: limits.worst.min(WORST), ..limits };
        self.len = written.len() as u8;
        self.found.clear();
        self.bar = limits.stands.saturating_add(BEHIND);
        let known = written.iter().try_fold(self.spellings.root(), |node, c| self.letter(node, *c));
        if let Some(id) = known.and_then(|node| node.word()).filter(|_| plain_case(written)) {
            self.bar = self.bar.min(self.common(self.words.log_count(id)) + RIVAL);
        }
        for case in cases(written) {
            self.prepare(written, case);
            self.search();
        }
        let written: String = written.iter().collect();
        let found = self.found.drain(..).map(|(_, spelled)| spelled);
        found.filter(|spelled| spelled.text != written).take(limits.wanted).collect()
    }

    /// Looks up what may have stood at each place.
    fn prepare(&mut self, written: &[char], case: Case) {
        self.case = case;
        let places = &mut self.room.places;
        if places.len() < written.len() {
            places.resize_with(written.len(), Place::default);
        }
        let (table, limits) = (&self.table, &self.limits);
        let unheard = |cost: Cost| if limits.unheard > 0 { cost } else { TOO_MUCH };
        let lost = table.least_lost.min(unheard(table.missing));
        let unread = Unread {
            replaced: unheard(table.replaced),
            added: unheard(table.added),
            lost,
            blank: table.blank.filter(|_| limits.words > 1).map_or(TOO_MUCH, |blank| blank.0),
        };
        self.least_end = lost;
        for at in (0..written.len()).rev() {
            let (place, after) = places[at..written.len()].split_first_mut().expect("a place for each");
            place.set(table, case, &written[at..]);
            place.look_ahead(table, &unread, after);
        }
    }

    /// Finds words, place after place; at each the best ways that lead there go on.
    fn search(&mut self) {
        self.room.search += 1;
        self.room.states.clear();
        let places = usize::from(self.len) + 1;
        let room = &mut self.room;
        room.lists.clear();
        room.lists.resize(places * LISTS, (NONE, 0));
        room.last.clear();
        room.last.resize(places, (LISTS - 1, 0));
        let (node, begins) = (self.spellings.root(), true);
        let root = Here { node, cost: 0, spent: 0, at: 0, from: 0, words: 0, unheard: 0, begins };
        self.push(NONE, Step::Begin, root);
        for at in 0..places {
            let mut left = self.limits.width;
            let mut list = 0;
            while list <= self.room.last[at].0 && list as Cost * WIDTH <= self.bar && left > 0 {
                let first = &mut self.room.lists[at * LISTS + list].0;
                let index = *first;
                let Some(&State { here, next, .. }) = self.room.states.get(index as usize) else {
                    list += 1;
                    continue;
                };
                *first = next;
                if !self.overtaken(&here) {
                    left -= 1;
                    self.expand(index, here);
                }
            }
        }
    }

    /// The number of a place, and its slot. The slot does not depend on the number of the search: else it would depend on what
    /// was walked before which places take each other's.
    fn key(&self, here: &Here) -> (u64, usize) {
        let read = u64::from(here.at) << 16 | u64::from(here.words) << 8 | u64::from(here.unheard);
        let place = (here.node.number() ^ read.wrapping_mul(0xD6E8_FEB8_6659_FD93))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let key = place ^ self.room.search.wrapping_mul(0xA076_1D64_78BD_642F);
        (key, (place >> (64 - VISITED.trailing_zeros())) as usize)
    }

    /// Was a cheaper way to the same place found since?
    fn overtaken(&self, here: &Here) -> bool {
        let (key, slot) = self.key(here);
        let (known, cost) = self.room.visited[slot];
        known == key && cost < here.cost + here.spent
    }

    /// Notes a place to go on from.
    fn push(&mut self, from: u32, step: Step, here: Here) {
        let look = self.look(here.node, here.at);
        let asked = here.cost + here.spent + self.common(here.node.commonest()) + look;
        let list = ((asked / WIDTH) as usize).min(LISTS - 1);
        if here.cost + look > self.limits.worst
            || asked > self.bar
            || list > self.room.last[usize::from(here.at)].0
        {
            return;
        }
        let (key, slot) = self.key(&here);
        let (known, cost) = &mut self.room.visited[slot];
        if *known == key && *cost <= here.cost + here.spent {
            return;
        }
        (*known, *cost) = (key, here.cost + here.spent);
        let lists = &mut self.room.lists[usize::from(here.at) * LISTS..][..LISTS];
        let (first, count) = &mut lists[list];
        let state = State { here, step, from, next: *first };
        *first = self.room.states.len() as u32;
        *count += 1;
        self.room.states.push(state);
        let (last, kept) = &mut self.room.last[usize::from(here.at)];
        *kept += 1;
        while *last > 0 && *kept - lists[*last].1 >= self.limits.width as u32 {
            *kept -= lists[*last].1;
            *last -= 1;
        }
    }

    /// What the rest asks at least, by the letters that can stand there.
    fn look(&self, node: Node, at: u8) -> Cost {
        if at == self.len {
            return if node.word().is_some() { 0 } else { self.least_end };
        }
        let place = &self.room.places[usize::from(at)];
        let stands = match place.bit {
            0 => place.read == BREAK || node.has_others(),
            bit => node.letters() & bit != 0,
        };
        match () {
            () if !stands => place.forced,
            () if place.ahead & !node.under() != 0 => place.rest + place.extra,
            () => place.rest,
        }
    }

    /// What a word costs that is as common as this: about −ln of its share, weighed.
    fn common(&self, log_count: u8) -> Cost {
        self.table.common[usize::from(log_count)]
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

    /// The place that a word leads to, whatever its case.
    pub fn spell(&self, node: Node, word: &str) -> Option<Node> {
        let plain = |c| if matches!(c, '\u{2019}' | '\u{2018}') { '\'' } else { c };
        word.chars().map(plain).try_fold(node, |node, c| self.letter(node, c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(walker: &mut Walker<'_>, written: &str, unheard: u8, width: usize) -> Vec<Spelled> {
        let written: Vec<char> = written.chars().collect();
        let (worst, stands) = (21 * UNIT, 40 * UNIT);
        let limits = Limits { unheard, words: 2, worst, wanted: 8, width, stands, begins: false };
        walker.read(&written, limits)
    }

    #[test]
    fn garbles_are_read_by_the_table_and_without_it() {
        let lexicon = Lexicon::embedded();
        let mut walker = Walker::new(&lexicon, Room::default());
        for (written, unheard, meant) in [
            ("tlie", 0, "the"),
            ("gentlemcn", 0, "gentlemen"),
            ("Parliamcnt", 0, "Parliament"),
            ("COMMITTKE", 1, "COMMITTEE"),
            ("ofthe", 0, "of the"),
            ("neigh\u{1}bourhood", 0, "neighbourhood"),
            ("parqiament", 1, "parliament"),
        ] {
            let found = read(&mut walker, written, unheard, 60);
            assert!(found.iter().any(|s| s.text.eq_ignore_ascii_case(meant)), "{written}: {found:?}");
            assert!(found.iter().all(|s| s.unheard <= unheard && s.text != written), "{found:?}");
        }
    }

    #[test]
    fn what_is_looked_ahead_is_never_more_than_what_is_paid() {
        let lexicon = Lexicon::embedded();
        let mut walker = Walker::new(&lexicon, Room::default());
        for written in ["famil}'", "wbo", "co mmittee", "h1gh", "frequentlv", "Thc^", "a11"] {
            for spelled in read(&mut walker, written, 2, 500) {
                if spelled.text.chars().all(|c| c.is_lowercase() || c == ' ') {
                    let rest = walker.room.places[0].rest;
                    assert!(rest <= spelled.cost, "{written} {spelled:?} {rest}");
                }
            }
        }
    }

    #[test]
    fn room_that_was_used_changes_nothing() {
        let lexicon = Lexicon::embedded();
        let mut walker = Walker::new(&lexicon, Room::default());
        let first = read(&mut walker, "obhged", 2, 32);
        read(&mut walker, "committce", 2, 32);
        let mut again = Walker::new(&lexicon, walker.into_room());
        assert!(!first.is_empty());
        assert_eq!(read(&mut again, "obhged", 2, 32), first);
    }
}
