//! Mojibake: UTF-8 that was read as a character set of one byte a character.
//!
//! A noisy channel with memory. The text passes through states: clean, or misread as one of the sets. A stretch in which
//! characters form UTF-8 in some set is an *island*; between islands nothing can have been misread. On an island the
//! cheapest path through the states is found (Viterbi), where what a state would have meant costs what it costs as
//! clean text. To enter a state costs much, to stay costs nothing: where much was misread as one set, a little more of
//! the same is believed at once. Islands are kept until enough of them are decided together, so that what comes late
//! tells on what came early.

use std::collections::HashSet;
use std::ops::Range;

use super::charset::{Charsets, MOST};
use super::plausible::{Class, NAT, SPACE, Usual};
use super::units::{self, Unit};

/// From misread back to clean text.
const LEAVE: i32 = 4 * NAT;
/// A character beyond ASCII that is right, in the midst of those that are not.
const INTACT: i32 = 3 * NAT;
/// The same where it begins what would be a character.
const REFUSED: i32 = 8 * NAT;
/// An island is cut after so many characters: frames and tables may be one.
const LONGEST: usize = 2048;
/// Nodes that are kept before they are decided.
const KEPT: usize = 1 << 17;
/// An island that costs less than this holds nothing.
const DOUBTFUL: i32 = 20 * NAT;
const FAR: i32 = i32::MAX / 4;
const ASIS: u32 = u32::MAX;
const CLEAN: usize = 0;
/// Clean text, and as many sets as there may be.
const STATES: usize = MOST + 1;

/// A stretch that was misread.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Misread {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What it meant.
    pub meant: String,
    /// The sets, as indices of [`Charsets`]: what was done last comes first.
    pub chain: Vec<usize>,
    /// Was a byte damaged besides?
    pub lossy: bool,
    /// How much more usual its island is without the damage, in nats.
    pub gain: f32,
}

/// The best way to one place of an island in one state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) cost: i32,
    /// The kind of the last character on this way.
    class: Class,
    /// The state it came from.
    from: u8,
    /// The unit that led here, or [`ASIS`].
    unit: u32,
}

const NOWHERE: Node = Node { cost: FAR, class: SPACE, from: 0, unit: ASIS };

/// An island whose way is not decided yet.
#[derive(Debug)]
pub(super) struct Island {
    /// Its characters and nodes among all that are kept.
    pub(super) chars: Range<usize>,
    pub(super) nodes: usize,
    /// The states that have nodes.
    pub(super) slots: Slots,
    /// Cost of its characters as they stand.
    stands: i32,
    /// Where the clean text behind it comes from: the state at its end.
    left: usize,
}

/// The states that an island has nodes for, in order; the first is clean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slots {
    states: [u8; STATES],
    len: usize,
}

impl Slots {
    fn new(states: impl Iterator<Item = usize>) -> Self {
        let mut slots = Self { states: [0; STATES], len: 0 };
        for s in states.take(STATES) {
            slots.states[slots.len] = s as u8;
            slots.len += 1;
        }
        slots
    }

    #[inline]
    pub(super) fn states(&self) -> impl Iterator<Item = usize> {
        self.states[..self.len].iter().map(|s| usize::from(*s))
    }

    /// The slot of a state; that of clean text for one that has none.
    #[inline]
    fn of(&self, state: usize) -> usize {
        self.states().position(|s| s == state).unwrap_or(CLEAN)
    }
}

pub(super) struct Decoder<'t> {
    pub(super) sets: &'static Charsets,
    pub(super) usual: &'static Usual,
    pub(super) text: &'t str,
    pub(super) enter: Vec<i32>,
    /// Cost of being in each state now.
    state: Vec<i32>,
    islands: Vec<Island>,
    /// Characters of the islands: byte of the text, character.
    pub(super) chars: Vec<(usize, char)>,
    pub(super) nodes: Vec<Node>,
    units: Vec<Unit>,
    /// The units of the island at hand: place and index.
    places: Vec<(usize, u32)>,
    scratch: Vec<Unit>,
    found: Vec<Misread>,
    /// Look for layers below layers?
    deep: bool,
    /// Pairs of layers that were found.
    pub(super) known: HashSet<(usize, usize)>,
}

/// What of a text was misread, in order and disjoint.
pub(super) fn misread(text: &str) -> Vec<Misread> {
    search(text, true)
}

pub(super) fn search(text: &str, deep: bool) -> Vec<Misread> {
    let sets = Charsets::get();
    let enter: Vec<i32> =
        std::iter::once(0).chain(sets.sets.iter().map(|set| (set.cost * NAT as f32) as i32)).collect();
    let mut state = vec![FAR; enter.len()];
    state[CLEAN] = 0;
    let mut decoder = Decoder {
        sets,
        usual: Usual::get(),
        text,
        enter,
        state,
        islands: Vec::new(),
        chars: Vec::new(),
        nodes: Vec::new(),
        units: Vec::new(),
        places: Vec::new(),
        scratch: Vec::new(),
        found: Vec::new(),
        deep,
        known: HashSet::new(),
    };
    decoder.run();
    let mut end = 0;
    // What was read two layers deep may have taken the blank before the next island, which begins with it.
    decoder.found.retain(|misread| {
        let free = misread.range.start >= end;
        end = if free { misread.range.end } else { end };
        free
    });
    decoder.found
}

impl Decoder<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(i) = super::next_wide(&bytes[at..]) {
            at += i;
            let mut rest = self.text[at..].chars();
            while let Some(c) = rest.next() {
                if c.is_ascii() {
                    break;
                }
                let here = self.text.len() - rest.as_str().len() - c.len_utf8();
                if self.may_begin(c, rest.as_str()) {
                    let end = self.island(here);
                    if end > here {
                        rest = self.text[end..].chars();
                        continue;
                    }
                }
                // One that is right: less likely misread around here.
                self.state[1..].iter_mut().for_each(|cost| *cost = (*cost + INTACT).min(FAR));
            }
            at = self.text.len() - rest.as_str().len();
        }
        self.decide();
    }

    /// Can a unit begin with this character, by the two first?
    #[inline]
    fn may_begin(&self, c: char, rest: &str) -> bool {
        let first = self.sets.masks(c).first;
        first != 0
            && rest.chars().next().is_some_and(|next| match next {
                ' ' | '"' | '\u{fffd}' => true,
                _ => self.sets.masks(next).further & first != 0,
            })
    }

    fn before(&self, at: usize) -> char {
        self.text[..at].chars().next_back().unwrap_or(' ')
    }

    /// What stands before an island that begins at a byte after this character.
    fn context(&self, left: char, at: usize) -> Class {
        let class = self.usual.class(left);
        let further =
            self.text[..at].strip_suffix(left).map_or(' ', |text| text.chars().next_back().unwrap_or(' '));
        self.usual.then(self.usual.class(further), class)
    }

    /// Reads the island that begins at a byte; gives its end, or its beginning where there is none.
    fn island(&mut self, start: usize) -> usize {
        let left = self.before(start);
        let (begin, old_units) = (self.chars.len(), self.units.len());
        self.places.clear();
        let mut ahead = self.text[start..].char_indices();
        let mut active: u32 = 0;
        let (mut n, mut covered) = (0, 0);
        let mut scratch = std::mem::take(&mut self.scratch);
        loop {
            let mut at = |chars: &mut Vec<(usize, char)>, i: usize| -> char {
                while chars.len() <= begin + i {
                    match ahead.next() {
                        Some((offset, c)) => chars.push((start + offset, c)),
                        None => return '\0',
                    }
                }
                chars[begin + i].1
            };
            let c = at(&mut self.chars, n);
            if c == '\0' && self.chars.len() <= begin + n || n >= covered && (c.is_ascii() || n >= LONGEST) {
                break;
            }
            let before_here = self.units.len();
            if !c.is_ascii() {
                let before = if n == 0 { left } else { self.chars[begin + n - 1].1 };
                scratch.clear();
                units::units(self.sets, before, &mut |k| at(&mut self.chars, n + k), &mut scratch);
                for unit in &scratch {
                    active |= 2 << unit.set;
                    covered = covered.max(n + usize::from(unit.len));
                    self.places.push((n, self.units.len() as u32));
                    self.units.push(*unit);
                }
            }
            if n >= covered && self.units.len() == before_here {
                break;
            }
            n += 1;
        }
        self.scratch = scratch;
        if self.units.len() == old_units {
            self.chars.truncate(begin);
            return start;
        }
        self.chars.truncate(begin + n);
        let (last, c) = self.chars[begin + n - 1];
        let end = last + c.len_utf8();
        self.walk(begin..begin + n, left, active);
        if self.nodes.len() > KEPT {
            self.decide();
        }
        end
    }

    /// The cheapest ways through an island.
    fn walk(&mut self, range: Range<usize>, left: char, sets: u32) {
        let alive = |s: &usize| sets >> s & 1 == 1 || self.state[*s] < self.state[CLEAN] + self.enter[*s];
        let slots = Slots::new(std::iter::once(CLEAN).chain((1..self.state.len()).filter(alive)));
        let (n, width, nodes) = (range.len(), slots.len, self.nodes.len());
        self.nodes.resize(nodes + (n + 1) * width, NOWHERE);
        let usual = self.usual;
        let left = self.context(left, self.chars[range.start].0);
        for (slot, s) in slots.states().enumerate() {
            self.nodes[nodes + slot] =
                Node { cost: self.state[s], class: left, from: slot as u8, unit: ASIS };
        }
        let (mut place, mut stands, mut before) = (0, 0, left);
        let mut from = [(CLEAN, FAR); STATES];
        for p in 0..n {
            let c = self.chars[range.start + p].1;
            let (class, own) = usual.of(c);
            stands += usual.follows(before, class) + own;
            before = usual.then(before, class);
            let here = nodes + p * width;
            // Where each state may come from: itself, or the clean text, which others may have left for.
            let leave = |slot: usize| self.nodes[here + slot].cost + if slot == CLEAN { 0 } else { LEAVE };
            let back = (0..width).min_by_key(|slot| leave(*slot)).unwrap_or(CLEAN);
            from[CLEAN] = (back, leave(back));
            for (slot, s) in slots.states().enumerate().skip(1) {
                let (own, entered) = (self.nodes[here + slot].cost, from[CLEAN].1 + self.enter[s]);
                from[slot] = if own <= entered { (slot, own) } else { (back, entered) };
            }
            let units = self.places[place..].iter().take_while(|(at, _)| *at == p).count();
            let mut whole = 0u32;
            for at in place..place + units {
                let index = self.places[at].1;
                let unit = self.units[index as usize];
                let slot = slots.of(usize::from(unit.set) + 1);
                whole |= u32::from(unit.extra == 0) << slot;
                let (source, cost) = from[slot];
                let last = self.nodes[here + source].class;
                let (class, own) = usual.of(settled(unit.c));
                let mut cost = cost + usual.follows(last, class) + own + unit.extra;
                let mut class = usual.then(last, class);
                if unit.blank {
                    cost += usual.follows(class, SPACE);
                    class = SPACE;
                }
                let to = here + usize::from(unit.len) * width + slot;
                self.relax(to, Node { cost, class, from: source as u8, unit: index });
            }
            place += units;
            for (slot, &(source, cost)) in from.iter().enumerate().take(width) {
                let intact = match slot {
                    CLEAN => 0,
                    _ if c.is_ascii() => 0,
                    _ if whole >> slot & 1 == 1 => REFUSED,
                    _ => INTACT,
                };
                let last = self.nodes[here + source].class;
                let cost = (cost + usual.follows(last, class) + own + intact).min(FAR);
                let class = usual.then(last, class);
                self.relax(here + width + slot, Node { cost, class, from: source as u8, unit: ASIS });
            }
        }
        let (last, c) = self.chars[range.end - 1];
        let right = self.text[last + c.len_utf8()..].chars().next().map_or(SPACE, |c| usual.class(c));
        stands += usual.follows(before, right);
        self.state.fill(FAR);
        for (slot, s) in slots.states().enumerate() {
            let node = self.nodes[nodes + n * width + slot];
            self.state[s] = (node.cost + usual.follows(node.class, right)).min(FAR);
        }
        // What comes next may be clean again.
        let left = (1..self.state.len()).min_by_key(|s| self.state[*s]);
        let left = left.filter(|s| self.state[*s] + LEAVE < self.state[CLEAN]);
        if let Some(s) = left {
            self.state[CLEAN] = self.state[s] + LEAVE;
        }
        self.islands.push(Island { chars: range, nodes, slots, stands, left: left.unwrap_or(CLEAN) });
    }

    #[inline]
    fn relax(&mut self, to: usize, node: Node) {
        if node.cost < self.nodes[to].cost {
            self.nodes[to] = node;
        }
    }

    /// Decides the islands that are kept, all together, and forgets them.
    fn decide(&mut self) {
        let end = |s: &usize| self.state[*s].saturating_add(if *s == CLEAN { 0 } else { 1 });
        let mut s = (0..self.state.len()).min_by_key(end).unwrap_or(CLEAN);
        let (mut found, mut deep) = (Vec::new(), Vec::new());
        while let Some(island) = self.islands.pop() {
            let (slots, width) = (island.slots, island.slots.len);
            let end = if slots.of(s) == CLEAN { island.left } else { s };
            let mut slot = slots.of(end);
            let before = found.len();
            let (mut p, mut cost) = (island.chars.len(), island.stands);
            let last = self.nodes[island.nodes + p * width + slot].cost;
            let (mut entered, mut stay) = (0, false);
            while p > 0 {
                let node = self.nodes[island.nodes + p * width + slot];
                let from = usize::from(node.from);
                if from != slot {
                    entered +=
                        self.enter[usize::from(slots.states[slot])] + if from == CLEAN { 0 } else { LEAVE };
                }
                let len = if node.unit == ASIS { 1 } else { usize::from(self.units[node.unit as usize].len) };
                if node.unit == ASIS {
                    stay |= !self.chars[island.chars.start + p - 1].1.is_ascii();
                } else {
                    found.push((island.chars.start + p - len, self.units[node.unit as usize], 0));
                }
                p -= len;
                slot = from;
            }
            s = usize::from(slots.states[slot]);
            cost -= last - entered - self.nodes[island.nodes + slot].cost;
            found[before..].iter_mut().for_each(|(_, _, gain)| *gain = cost);
            if self.deep && island.stands > DOUBTFUL && stay {
                // Nothing was found, or not all.
                let better = self.deeper(&island, cost - entered);
                if let Some(better) = better {
                    self.known.insert((better.chain[0], better.chain[1]));
                    found.truncate(before);
                    deep.push(better);
                }
            }
        }
        found.reverse();
        deep.reverse();
        let mut deep = deep.into_iter().peekable();
        for (place, unit, gain) in found {
            let start = self.chars[place].0;
            while let Some(misread) = deep.next_if(|misread| misread.range.start < start) {
                self.found.push(misread);
            }
            self.put(place, unit, gain);
        }
        self.found.extend(deep);
        let least = self.state.iter().copied().min().unwrap_or(0);
        self.state.iter_mut().for_each(|cost| *cost = if *cost >= FAR { FAR } else { *cost - least });
        self.nodes.clear();
        self.chars.clear();
        self.units.clear();
    }

    /// Adds a unit to what was found; those that touch and are of one set become one.
    fn put(&mut self, place: usize, unit: Unit, gain: i32) {
        let start = self.chars[place].0;
        let (last, c) = self.chars[place + usize::from(unit.len) - 1];
        let end = last + c.len_utf8();
        let (set, lossy) = (usize::from(unit.set), unit.extra > 0);
        let gain = gain as f32 / NAT as f32;
        let joined = self.found.last_mut().filter(|old| old.range.end == start && old.chain == [set]);
        let found = match joined {
            Some(old) => old,
            None => {
                self.found.push(Misread {
                    range: start..end,
                    meant: String::new(),
                    chain: vec![set],
                    lossy,
                    gain,
                });
                let last = self.found.len() - 1;
                &mut self.found[last]
            }
        };
        found.range.end = end;
        found.meant.push(unit.c);
        if unit.blank {
            found.meant.push(' ');
        }
        found.lossy |= lossy;
        found.gain = found.gain.max(gain);
    }
}

/// What a character will be in the end that came out of a layer: control characters of Latin 1 were read as such where
/// Windows-1252 was meant, and are repaired next.
fn settled(c: char) -> char {
    if !('\u{80}'..='\u{9f}').contains(&c) {
        return c;
    }
    Charsets::get().sets.first().map_or(c, |set| set.character(c as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> String {
        let (mut out, mut at) = (String::new(), 0);
        for found in misread(text) {
            out += &text[at..found.range.start];
            out += &found.meant;
            at = found.range.end;
        }
        out + &text[at..]
    }

    #[test]
    fn one_layer() {
        for (garbled, meant) in [
            ("a cafÃ© in Paris", "a café in Paris"),
            ("donâ€™t â€œquoteâ€\u{9d} meâ€¦", "don’t “quote” me…"),
            ("Ã…lesund", "Ålesund"),
            ("NicolÃ¡s", "Nicolás"),
            ("╨┐╤Ç╨╕╨▓╨╡╤é", "привет"),
        ] {
            assert_eq!(repaired(garbled), meant);
            assert_eq!(repaired(meant), meant);
        }
    }
}
