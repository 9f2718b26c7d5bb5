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

use super::case::{Case, cases, fits, in_case, plain_case};
use super::places::{Place, TOO_MUCH, Table, Unread};
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
            self.bar = self.bar.min(self.common(self.words.log_count(id)) + MARGIN);
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

    /// The number of a place, and its slot.
    fn key(&self, here: &Here) -> (u64, usize) {
        let read = self.room.search << 24
            | u64::from(here.at) << 16
            | u64::from(here.words) << 8
            | u64::from(here.unheard);
        let key = (here.node.number() ^ read.wrapping_mul(0xD6E8_FEB8_6659_FD93))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (key, (key >> (64 - VISITED.trailing_zeros())) as usize)
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

    /// All steps from a place.
    fn expand(&mut self, index: u32, here: Here) {
        let Here { node, at, begins, words, cost, .. } = here;
        if at == self.len {
            if node.word().is_some_and(|word| words == 0 || self.may_part(word, &here)) {
                self.note(index, &here);
            }
        } else {
            if self.room.places[usize::from(at)].read == BREAK {
                return self.push(index, Step::Break, Here { at: at + 1, ..here });
            }
            self.forward(index, here);
        }
        let room = self.slack(&here, at);
        if let (Some((more, number)), Some(word)) = (self.table.blank, node.word())
            && at > 0
            && at < self.len
            && more <= room
            && !begins
        {
            self.blank(index, &here, word, (0, more, number));
        }
        // Letters that left no trace.
        let upper = usize::from(self.case == Case::Upper || begins && words == 0 && self.case == Case::Title);
        let spellings = *self.spellings;
        if self.table.least_lost <= room {
            for letter in bits(node.letters() & self.table.lost_bits[upper]) {
                if let Some((more, number)) = self.table.lost[upper][letter]
                    && more <= room
                    && let Some(child) = spellings.letter(node, b'a' + letter as u8)
                    && self.goes_on(child, at)
                {
                    let next = Here { node: child, begins: false, cost: cost + more, ..here };
                    self.push(index, Step::Table(number), next);
                }
            }
        }
        self.unheard(index, here);
    }

    /// What a change that leads to place `at` may cost.
    fn slack(&self, here: &Here, at: u8) -> Cost {
        let last = self.room.last[usize::from(at)].0 as Cost * WIDTH + WIDTH - 1;
        let rest =
            self.room.places.get(usize::from(at)).filter(|_| at < self.len).map_or(0, |place| place.rest);
        let left = self.bar.min(last) - here.spent - self.common(here.node.commonest());
        left.min(self.limits.worst) - here.cost - rest
    }

    /// May something be changed here that the table does not have?
    fn may_change(&self, here: &Here, cost: Cost, room: Cost) -> bool {
        here.unheard < self.limits.unheard && cost <= room
    }

    /// What may be read at a place.
    fn forward(&mut self, index: u32, here: Here) {
        let Here { node, at, begins, words, cost, .. } = here;
        let room = self.slack(&here, at + 1);
        let place = &self.room.places[usize::from(at)];
        let (read, bit) = (place.read, place.bit);
        let goes = node.letters() & place.bits[usize::from(!begins)] & !bit;
        let letters = if goes == 0 { 0..0 } else { place.letters[usize::from(!begins)].clone() };
        let spellings = *self.spellings;
        let stands = match bit {
            0 => self.letter(node, read),
            _ => spellings.letter(node, b'a' + bit.trailing_zeros() as u8),
        };
        if let Some(child) = stands {
            let next = Here { node: child, at: at + 1, begins: false, ..here };
            if fits(self.case, begins, words, read) {
                self.push(index, Step::Stands(read), next);
            } else {
                let shown = in_case(self.case, begins && words == 0, read);
                let cost = cost + self.table.cased;
                self.push(index, Step::Unheard(Some(shown)), Here { cost, ..next });
            }
        }
        self.ways(index, here, room);
        if read == ' ' {
            return;
        }
        if self.may_change(&here, self.table.added, room) && self.goes_on(node, at + 1) {
            let cost = cost + self.table.added;
            let next = Here { at: at + 1, cost, unheard: here.unheard + 1, ..here };
            self.push(index, Step::Unheard(None), next);
        }
        for i in letters {
            let letter = self.table.letters(&(i..i + 1))[0];
            let known = 1u32 << (letter.byte - b'a');
            if letter.cost > room {
                break;
            }
            if known & goes != 0
                && let Some(child) = spellings.letter(node, letter.byte)
            {
                let cost = cost + letter.cost;
                let next = Here { node: child, at: at + 1, begins: false, cost, ..here };
                self.push(index, Step::Table(letter.number), next);
            }
        }
    }

    /// Dirt, lost blanks, and confusions of several letters.
    fn ways(&mut self, index: u32, here: Here, room: Cost) {
        let Here { node, at, begins, cost, .. } = here;
        let at = usize::from(at);
        for i in 0..self.room.places[at].dirt.len() {
            let way = self.table.way(self.room.places[at].dirt[i]);
            if way.cost > room {
                break;
            }
            let next = Here { at: here.at + way.len, cost: cost + way.cost, ..here };
            self.push(index, Step::Table(way.number), next);
        }
        let letters = node.letters() | if node.has_others() { 1 << 31 } else { 0 };
        for i in 0..self.room.places[at].longer.len() {
            let longer = self.room.places[at].longer[i];
            if longer.cost > room {
                break;
            }
            if longer.first & letters == 0 || !longer.fits[usize::from(!begins)] {
                continue;
            }
            let way = self.table.way(longer.number);
            if let Some(node) = self.spellings.walk(node, way.stood()) {
                let next = Here { node, at: here.at + way.len, begins: false, cost: cost + way.cost, ..here };
                self.push(index, Step::Table(way.number), next);
            }
        }
        if let Some(word) = node.word()
            && !begins
        {
            for i in 0..self.room.places[at].blanks.len() {
                let way = self.table.way(self.room.places[at].blanks[i]);
                if way.cost > room {
                    break;
                }
                self.blank(index, &here, word, (way.len, way.cost, way.number));
            }
        }
    }

    /// Letters that the table does not know to be read so: replaced or lost. What follows must stand as it is: two such
    /// changes in a row are hopeless, and looking ahead saves nearly all of the places that lead nowhere.
    fn unheard(&mut self, index: u32, here: Here) {
        let Here { node, at, begins, words, .. } = here;
        if here.unheard >= self.limits.unheard {
            return;
        }
        let Table { missing, replaced, .. } = self.table;
        let more = replaced + UNIT;
        let first = begins && words == 0;
        let upper = usize::from(self.case == Case::Upper || first && self.case == Case::Title);
        let lost = if missing <= self.slack(&here, at) { !self.table.lost_bits[upper] } else { 0 };
        let (mut other, mut two) = (0, false);
        if at < self.len {
            let place = &self.room.places[usize::from(at)];
            if !matches!(place.read, ' ' | BREAK) && replaced <= self.slack(&here, at + 1) {
                other = !place.bits[usize::from(!begins)] & !place.bit;
            }
            // Two letters read for one, or several marks.
            let after = self.room.places.get(usize::from(at) + 1).filter(|_| at + 1 < self.len);
            two = other != 0
                && after.is_some_and(|next| match place.bit {
                    0 => !next.read.is_alphanumeric() && !matches!(next.read, ' ' | BREAK),
                    _ => next.bit != 0,
                })
                && more <= self.slack(&here, at + 2);
        }
        if node.letters() & (lost | other) == 0 {
            return;
        }
        let spellings = *self.spellings;
        for child in spellings.children(node) {
            let bit = 1u32 << (child.byte() - b'a');
            let changes = [
                (other & bit != 0, at + 1, replaced),
                (two && other & bit != 0, at + 2, more),
                (lost & bit != 0, at, missing),
            ];
            for (may, at, cost) in changes {
                if may && self.goes_on(child, at) {
                    let shown = in_case(self.case, first, char::from(child.byte()));
                    let (cost, unheard) = (here.cost + cost, here.unheard + 1);
                    let next = Here { node: child, at, begins: false, cost, unheard, ..here };
                    self.push(index, Step::Unheard(Some(shown)), next);
                }
            }
        }
    }

    /// Does the character at a place stand in the trie, or does a word end where all is read?
    fn goes_on(&self, node: Node, at: u8) -> bool {
        if at >= self.len {
            return at == self.len && node.word().is_some();
        }
        let bit = self.room.places[usize::from(at)].bit;
        bit == 0 || node.letters() & bit != 0
    }

    /// A word ends, another one begins.
    fn blank(&mut self, index: u32, here: &Here, word: WordId, (len, cost, number): (u8, Cost, u32)) {
        if here.words + 1 >= self.limits.words || here.at == 0 || !self.may_part(word, here) {
            return;
        }
        let at = here.at + len;
        let next = Here {
            node: self.spellings.root(),
            at,
            begins: true,
            from: at,
            words: here.words + 1,
            cost: here.cost + cost,
            spent: here.spent + self.common(here.node.commonest()),
            ..*here
        };
        self.push(index, Step::Blank(number), next);
    }

    /// May a word be one of several that were run together? Rare words would be found in any letters.
    fn may_part(&self, word: WordId, here: &Here) -> bool {
        let least = match here.at.saturating_sub(here.from) {
            0..=2 => 136,
            3 => 112,
            _ => 80,
        };
        self.words.log_count(word) >= least
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

    /// Notes what a finished way spells.
    fn note(&mut self, index: u32, here: &Here) {
        let last = here.node.word().map_or(0, |id| self.words.log_count(id));
        let rank = here.cost + here.spent + self.common(last);
        if rank > self.bar {
            return;
        }
        let spelled = self.spelled(index, here);
        if let Some(same) = self.found.iter().position(|(_, known)| known.text == spelled.text) {
            if self.found[same].0 <= rank {
                return;
            }
            self.found.remove(same);
        }
        let place = self.found.partition_point(|(cost, known)| (*cost, &known.text) < (rank, &spelled.text));
        self.found.insert(place, (rank, spelled));
        self.bar = self.bar.min(self.found[0].0.saturating_add(MARGIN));
        // One more than is wanted: one may be what is written.
        if let Some((last, _)) = self.found.get(self.limits.wanted) {
            self.bar = self.bar.min(*last);
        }
    }

    /// What the steps to a place spell.
    fn spelled(&self, index: u32, here: &Here) -> Spelled {
        let mut way = Vec::with_capacity(2 * LONGEST);
        let mut at = index;
        while let Some(state) = self.room.states.get(at as usize) {
            way.push(at);
            at = state.from;
        }
        let mut out = Spelled {
            text: String::with_capacity(2 * usize::from(self.len)),
            ids: Vec::with_capacity(1 + usize::from(here.words)),
            cost: here.cost,
            changes: 0,
            unheard: 0,
            used: Vec::new(),
            broken: None,
        };
        // A first letter that was not read says nothing of its case: names and beginnings have capitals.
        let mut first = None;
        for at in way.iter().rev() {
            let state = &self.room.states[*at as usize];
            let before = out.text.len();
            match state.step {
                Step::Begin => {}
                Step::Stands(c) => out.text.push(c),
                Step::Break => out.broken = Some(out.text.len()),
                Step::Unheard(c) => {
                    out.text.extend(c);
                    out.unheard += 1;
                    out.changes += 1;
                    first = first.or(Some(false));
                }
                Step::Table(number) => {
                    out.text.push_str(&self.misreadings.table()[number as usize].stood);
                    out.used.push(number);
                    out.changes += 1;
                }
                Step::Blank(number) => {
                    out.text.push(' ');
                    out.ids.extend(self.room.states[state.from as usize].here.node.word());
                    out.used.push(number);
                    out.changes += 1;
                }
            }
            if before < out.text.len() {
                first = first.or(Some(matches!(state.step, Step::Stands(_))));
            }
        }
        out.ids.extend(here.node.word());
        if self.case != Case::Upper && first != Some(true) {
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
        out
    }
}

/// The numbers of the bits that are set, rising.
fn bits(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(bit)
    })
}
