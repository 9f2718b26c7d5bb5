//! Islands: stretches in which characters form UTF-8 in some set.

use std::ops::Range;

use super::mojibake::{CLEAN, Decoder, FAR, Misread, STATES, settled};
use super::plausible::{NAT, SPACE};
use super::units;

/// An island is cut after so many characters: frames and tables may be one.
const LONGEST: usize = 2048;
/// Nodes that are kept before they are decided.
const KEPT: usize = 1 << 17;
/// Islands that are.
const MANY: usize = 1 << 14;

/// An island whose way is not decided yet.
#[derive(Debug)]
pub(super) enum Island {
    /// It may be one thing or another.
    Open(Open),
    /// In the midst of what was misread as one set, and all right in it.
    Settled(Misread),
}

/// An island through which ways lead.
#[derive(Debug)]
pub(super) struct Open {
    /// Its characters and nodes among all that are kept.
    pub chars: Range<usize>,
    pub nodes: usize,
    /// The states that have nodes.
    pub slots: Slots,
    /// Cost of its characters as they stand.
    pub stands: i32,
    /// Where the clean text behind it comes from: the state at its end.
    pub left: usize,
}

/// The states that an island has nodes for, in order; the first is clean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slots {
    states: [u8; STATES],
    len: usize,
}

impl Slots {
    pub fn new(states: impl Iterator<Item = usize>) -> Self {
        let mut slots = Self { states: [0; STATES], len: 0 };
        for s in states.take(STATES) {
            slots.states[slots.len] = s as u8;
            slots.len += 1;
        }
        slots
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub fn states(&self) -> impl Iterator<Item = usize> {
        self.states[..self.len].iter().map(|s| usize::from(*s))
    }

    /// The state of a slot.
    #[inline]
    pub fn state(&self, slot: usize) -> usize {
        usize::from(self.states[slot])
    }

    /// The slot of a state; that of clean text for one that has none.
    #[inline]
    pub fn of(&self, state: usize) -> usize {
        self.states().position(|s| s == state).unwrap_or(CLEAN)
    }
}

impl Decoder<'_> {
    /// Reads the island that begins at a byte; gives its end, or its beginning where there is none.
    pub(super) fn island(&mut self, start: usize) -> usize {
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
        self.kept();
        end
    }

    /// Reads an island as the set that was read up to here, where no other comes near: gives its end if all of it is whole
    /// characters of that set, each more usual than what stands there. Then no way through it could be cheaper, and none
    /// needs to be looked for.
    pub(super) fn settled(&mut self, start: usize) -> Option<usize> {
        let s = self.lead;
        let (here, clean) = (self.state[s], self.state[CLEAN]);
        let near = |t: usize| t != s && self.state[t] < here + self.costs.settled;
        if here >= clean || (1..self.state.len()).any(near) {
            return None;
        }
        let (set, usual) = (s - 1, self.usual);
        let left = self.before(start);
        let (mut stood, mut before) = {
            let left = self.context(left, start);
            (left, left)
        };
        let (mut stands, mut cost) = (0, 0);
        let mut meant = String::new();
        let mut rest = self.text[start..].chars();
        let mut ahead = rest.clone();
        while let Some(c) = ahead.next().filter(|c| !c.is_ascii()) {
            let (own, spent) = (stands, cost);
            let mut stand = |c: char| {
                let (class, one) = usual.of(c);
                stands += usual.follows(stood, class) + one;
                stood = usual.then(stood, class);
            };
            let mut bytes = [self.sets.byte(c, set), 0, 0, 0];
            if !matches!(bytes[0], 0xc2..=0xf4) {
                return None;
            }
            let len = units::length(bytes[0]);
            stand(c);
            for byte in &mut bytes[1..len] {
                let c = ahead.next()?;
                *byte = self.sets.byte(c, set);
                if *byte & 0xc0 != 0x80 {
                    return None;
                }
                stand(c);
            }
            let c = units::character(&bytes[..len])?;
            let (one, class) = usual.means(before, settled(c), self.costs.control);
            cost += one;
            before = class;
            if cost - spent > stands - own {
                return None;
            }
            meant.push(c);
            rest = ahead.clone();
        }
        let end = self.text.len() - rest.as_str().len();
        let right = rest.next().map_or(SPACE, |c| usual.class(c));
        stands += usual.follows(stood, right);
        cost += usual.follows(before, right);
        if here + cost + self.costs.leave > clean + stands {
            return None;
        }
        self.state.fill(FAR);
        self.state[s] = here + cost;
        self.state[CLEAN] = here + cost + self.costs.leave;
        let gain = (stands - cost) as f32 / NAT as f32;
        let misread = Misread { range: start..end, meant, chain: vec![set], lossy: false, gain };
        self.islands.push(Island::Settled(misread));
        self.kept();
        Some(end)
    }

    /// Decides what is kept when it is enough.
    fn kept(&mut self) {
        if self.nodes.len() > KEPT || self.islands.len() > MANY {
            self.decide();
        }
    }
}
