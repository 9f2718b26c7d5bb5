//! The cheapest ways through an island, by state and place.

use std::ops::Range;

use super::islands::{Island, Open, Slots};
use super::mojibake::{CLEAN, Decoder, FAR, STATES, settled};
use super::plausible::{Class, SPACE};

/// No unit: a character as it stands.
pub(super) const ASIS: u32 = u32::MAX;

/// The best way to one place of an island in one state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub cost: i32,
    /// The kind of the last character on this way.
    class: Class,
    /// The slot it came from.
    pub from: u8,
    /// The unit that led here, or [`ASIS`].
    pub unit: u32,
}

const NOWHERE: Node = Node { cost: FAR, class: SPACE, from: 0, unit: ASIS };

impl Decoder<'_> {
    /// The cheapest ways through an island.
    pub(super) fn walk(&mut self, range: Range<usize>, left: char, sets: u32) {
        let alive =
            |s: &usize| sets >> s & 1 == 1 || self.state[*s] < self.state[CLEAN] + self.enter.costs[*s];
        let slots = Slots::new(std::iter::once(CLEAN).chain((1..self.state.len()).filter(alive)));
        let (n, width, nodes) = (range.len(), slots.len(), self.nodes.len());
        self.nodes.resize(nodes + (n + 1) * width, NOWHERE);
        let (usual, costs) = (self.usual, self.costs);
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
            let leave =
                |slot: usize| self.nodes[here + slot].cost + if slot == CLEAN { 0 } else { costs.leave };
            let back = (0..width).min_by_key(|slot| leave(*slot)).unwrap_or(CLEAN);
            from[CLEAN] = (back, leave(back));
            for (slot, s) in slots.states().enumerate().skip(1) {
                let (own, entered) = (self.nodes[here + slot].cost, from[CLEAN].1 + self.enter.costs[s]);
                from[slot] = if own <= entered { (slot, own) } else { (back, entered) };
            }
            let units = self.places[place..].iter().take_while(|(at, _)| *at == p).count();
            // What did the rest of the damage could have done this too.
            let of_leader = |(_, unit): &(usize, u32)| {
                let unit = &self.units[*unit as usize];
                usize::from(unit.set) + 1 == self.enter.leader && unit.extra == 0
            };
            let twin = if self.places[place..place + units].iter().any(of_leader) { costs.twin } else { 0 };
            let mut whole = 0u32;
            for at in place..place + units {
                let index = self.places[at].1;
                let unit = self.units[index as usize];
                let slot = slots.of(usize::from(unit.set) + 1);
                whole |= u32::from(unit.extra == 0) << slot;
                let (source, mut cost) = from[slot];
                if source != slot && usize::from(unit.set) + 1 != self.enter.leader {
                    cost += twin;
                }
                let last = self.nodes[here + source].class;
                let (own, mut class) = usual.means(last, settled(unit.c), costs.control);
                cost += own + unit.extra;
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
                    _ if whole >> slot & 1 == 1 => costs.refused,
                    _ => costs.intact,
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
        let left = left.filter(|s| self.state[*s] + costs.leave < self.state[CLEAN]);
        if let Some(s) = left {
            self.state[CLEAN] = self.state[s] + costs.leave;
        }
        let left = left.unwrap_or(CLEAN);
        self.lead = left;
        self.islands.push(Island::Open(Open { chars: range, nodes, slots, stands, left }));
    }

    #[inline]
    fn relax(&mut self, to: usize, node: Node) {
        if node.cost < self.nodes[to].cost {
            self.nodes[to] = node;
        }
    }
}
