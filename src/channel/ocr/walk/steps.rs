//! The steps of a walk: what may have stood at a place, and where that leads.

use super::super::case::{Case, fits, in_case};
use super::super::places::Table;
use super::{BREAK, Cost, Here, Node, Step, UNIT, WIDTH, Walker, WordId};

impl Walker<'_> {
    /// All steps from a place.
    pub(super) fn expand(&mut self, index: u32, here: Here) {
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
}

/// The numbers of the bits that are set, rising.
fn bits(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(bit)
    })
}
