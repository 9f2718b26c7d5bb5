//! Islands decided together: the cheapest way, followed back.

use super::islands::{Island, Open};
use super::mojibake::{CLEAN, Decoder, FAR, Misread};
use super::plausible::NAT;
use super::trellis::ASIS;
use super::units::Unit;

/// A unit on the way through an island: its place among the characters, and what the island gains.
type Step = (usize, Unit, i32);

/// A way through an island, from its end.
struct Way {
    /// Where it begins.
    slot: usize,
    /// What entering states cost on it.
    entered: i32,
    /// Does a character beyond ASCII stay as it is?
    stay: bool,
}

impl Decoder<'_> {
    /// Decides the islands that are kept, all together, and forgets them.
    pub(super) fn decide(&mut self) {
        let end = |s: &usize| self.state[*s].saturating_add(if *s == CLEAN { 0 } else { 1 });
        let mut s = (0..self.state.len()).min_by_key(end).unwrap_or(CLEAN);
        let (mut found, mut whole) = (Vec::<Step>::new(), Vec::new());
        self.found.islands += self.islands.len();
        while let Some(island) = self.islands.pop() {
            let island = match island {
                Island::Open(open) => open,
                Island::Settled(misread) => {
                    s = misread.chain[0] + 1;
                    whole.push(misread);
                    continue;
                }
            };
            let slots = island.slots;
            let end = if slots.of(s) == CLEAN { island.left } else { s };
            let before = found.len();
            let Way { slot, entered, stay } = self.back(&island, slots.of(end), &mut found);
            let last = self.nodes[island.nodes + island.chars.len() * slots.len() + slots.of(end)].cost;
            let gain = island.stands - (last - entered - self.nodes[island.nodes + slot].cost);
            s = slots.state(slot);
            if gain <= 0 && found[before..].iter().any(|(_, unit, _)| unit.extra > 0) {
                // Damaged bytes that are believed for the sake of their neighbours only: nothing in them says so.
                found.truncate(before);
            }
            found[before..].iter_mut().for_each(|(_, _, own)| *own = gain);
            if self.outer && island.stands > self.costs.doubtful && stay {
                // Nothing was found, or not all.
                match self.deeper(&island, gain - entered) {
                    Some((missing, better)) if missing < 0 => {
                        self.habits.pair(&better.chain);
                        found.truncate(before);
                        whole.push(better);
                        continue;
                    }
                    Some((missing, mut better)) if missing < self.costs.vouched && found.len() == before => {
                        better.gain = (self.costs.vouched - missing) as f32 / NAT as f32;
                        self.found.doubtful.push(better);
                    }
                    _ => {}
                }
            }
            if self.outer && found.len() == before && s == CLEAN && slots.of(end) == CLEAN {
                let doubtful = self.doubtful(&island);
                self.found.doubtful.extend(doubtful);
            }
        }
        found.reverse();
        whole.reverse();
        let mut whole = whole.into_iter().peekable();
        for (place, unit, gain) in found {
            let start = self.chars[place].0;
            while let Some(misread) = whole.next_if(|misread| misread.range.start < start) {
                self.found.misread.push(misread);
            }
            self.put(place, unit, gain);
        }
        self.found.misread.extend(whole);
        let least = self.state.iter().copied().min().unwrap_or(0);
        self.state.iter_mut().for_each(|cost| *cost = if *cost >= FAR { FAR } else { *cost - least });
        self.nodes.clear();
        self.chars.clear();
        self.units.clear();
    }

    /// Follows the way to a slot at the end of an island back, and adds the units on it, the last one first.
    fn back(&self, island: &Open, mut slot: usize, steps: &mut Vec<Step>) -> Way {
        let (mut p, width) = (island.chars.len(), island.slots.len());
        let (mut entered, mut stay) = (0, false);
        while p > 0 {
            let node = self.nodes[island.nodes + p * width + slot];
            let from = usize::from(node.from);
            if from != slot {
                let left = if from == CLEAN { 0 } else { self.costs.leave };
                entered += self.enter.costs[island.slots.state(slot)] + left;
            }
            let len = if node.unit == ASIS { 1 } else { usize::from(self.units[node.unit as usize].len) };
            if node.unit == ASIS {
                stay |= !self.chars[island.chars.start + p - 1].1.is_ascii();
            } else {
                steps.push((island.chars.start + p - len, self.units[node.unit as usize], 0));
            }
            p -= len;
            slot = from;
        }
        Way { slot, entered, stay }
    }

    /// What an island that stays as it is may have been, where little is missing for it. Notes what is missing.
    fn doubtful(&mut self, island: &Open) -> Option<Misread> {
        let end = island.nodes + island.chars.len() * island.slots.len();
        let (mut best, mut left) = (CLEAN, 0);
        for (slot, s) in island.slots.states().enumerate().skip(1) {
            let missing = self.nodes[end + slot].cost + self.costs.leave - self.nodes[end + CLEAN].cost;
            self.found.missing[s] = self.found.missing[s].min(missing);
            if self.costs.vouched - missing > left {
                (best, left) = (slot, self.costs.vouched - missing);
            }
        }
        if best == CLEAN {
            return None;
        }
        let mut steps = Vec::new();
        if self.back(island, best, &mut steps).slot != CLEAN {
            return None;
        }
        let (last, unit, _) = *steps.first()?;
        let (first, ..) = *steps.last()?;
        let set = unit.set;
        let (mut meant, mut lossy) = (String::new(), false);
        let mut next = first;
        for (place, unit, _) in steps.into_iter().rev() {
            if unit.set != set {
                return None;
            }
            meant.extend(self.chars[next..place].iter().map(|(_, c)| *c));
            meant.push(unit.c);
            meant.extend(unit.blank.then_some(' '));
            lossy |= unit.extra > 0;
            next = place + usize::from(unit.len);
        }
        let (at, c) = self.chars[last + usize::from(unit.len) - 1];
        let range = self.chars[first].0..at + c.len_utf8();
        Some(Misread { range, meant, chain: vec![usize::from(set)], lossy, gain: left as f32 / NAT as f32 })
    }

    /// Adds a unit to what was found; those that touch and are of one set become one.
    fn put(&mut self, place: usize, unit: Unit, gain: i32) {
        let start = self.chars[place].0;
        let (last, c) = self.chars[place + usize::from(unit.len) - 1];
        let end = last + c.len_utf8();
        let (set, lossy) = (usize::from(unit.set), unit.extra > 0);
        let gain = gain as f32 / NAT as f32;
        let misread = &mut self.found.misread;
        let touches = misread.last().is_some_and(|old| old.range.end == start && old.chain == [set]);
        if !touches {
            let chain = vec![set];
            misread.push(Misread { range: start..end, meant: String::new(), chain, lossy, gain });
        }
        let Some(found) = misread.last_mut() else { return };
        found.range.end = end;
        found.meant.push(unit.c);
        if unit.blank {
            found.meant.push(' ');
        }
        found.lossy |= lossy;
        found.gain = found.gain.max(gain);
    }
}
