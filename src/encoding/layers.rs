//! Two layers at once: what one misreading made of another may be as odd with the outer one undone as it stands.

use super::islands::Open;
use super::mojibake::{Decoder, Misread, below};
use super::plausible::{NAT, SPACE};
use super::units;

/// Characters around an island by which it is judged.
const AROUND: usize = 3;

impl Decoder<'_> {
    /// An island that is hardly more usual with one layer undone, with two: what came in between may be as odd as what
    /// came out of it. `gained` is what one layer gave; what the two are short of more than that comes first, it is below
    /// zero where they are believed.
    pub(super) fn deeper(&self, island: &Open, gained: i32) -> Option<(i32, Misread)> {
        let chars = &self.chars[island.chars.clone()];
        let (start, (last, c)) = (chars[0].0, *chars.last()?);
        let end = last + c.len_utf8();
        // A little of what stands around, so that it is judged in its company.
        let around = |from: usize, to: usize| &self.text[from..to];
        let left = self.text[..start].char_indices().rev().take(AROUND).last().map_or(start, |(i, _)| i);
        let right = self.text[end..].char_indices().nth(AROUND).map_or(self.text.len(), |(i, _)| end + i);
        let stands = self.cost(around(left, right));
        let again = self.costs.again;
        let mut best: Option<(i32, Misread)> = None;
        for (slot, s) in island.slots.states().enumerate().skip(1) {
            let set = s - 1;
            let between = format!("{}{}{}", around(left, start), self.undone(chars, set), around(end, right));
            let inner_costs = self.habits.below(set);
            let inner = below(&between, inner_costs.clone());
            // What is outside the island is no matter of it.
            let (from, to) = (start - left, between.len() - (right - end));
            let inner: Vec<&Misread> =
                inner.iter().filter(|m| m.range.start >= from && m.range.start < to).collect();
            let Some(first) = inner.first() else { continue };
            let (mut text, mut at) = (String::new(), 0);
            for misread in &inner {
                text += &between[at..misread.range.start];
                text += &misread.meant;
                at = misread.range.end;
            }
            // What it took from behind the island, as a blank, is taken there too.
            let taken = at.saturating_sub(to);
            text += &between[at..];
            // Where this was seen before, it is no surprise.
            let here = self.nodes[island.nodes + slot].cost - self.nodes[island.nodes].cost;
            let known = self.habits.has(set, first.chain[0]);
            let inside = if known { again } else { inner_costs.costs[first.chain[0] + 1] };
            let outside = if known { again } else { here.clamp(0, self.enter.costs[s]) };
            let cost = self.cost(&text) + outside + inside;
            if best.as_ref().is_some_and(|(least, _)| cost >= *least) {
                continue;
            }
            let meant = text.get(from..text.len().checked_sub(right - end - taken)?)?.to_owned();
            let gain = (stands - self.cost(&text)) as f32 / NAT as f32;
            let chain = vec![set, first.chain[0]];
            let lossy = inner.iter().any(|m| m.lossy);
            best = Some((cost, Misread { range: start..end + taken, meant, chain, lossy, gain }));
        }
        best.map(|(cost, misread)| (cost - (stands - gained.max(0)), misread))
    }

    /// Characters with one layer undone wherever a set lets it be.
    fn undone(&self, chars: &[(usize, char)], set: usize) -> String {
        let (mut out, mut at, mut found) = (String::new(), 0, Vec::new());
        while at < chars.len() {
            found.clear();
            let mut ahead = |k: usize| chars.get(at + k).map_or('\0', |(_, c)| *c);
            units::units(self.sets, ' ', &mut ahead, &mut found);
            let whole = found.iter().find(|unit| usize::from(unit.set) == set && unit.extra == 0);
            out.push(whole.map_or(chars[at].1, |unit| unit.c));
            at += whole.map_or(1, |unit| usize::from(unit.len));
        }
        out
    }

    /// What a text costs as it stands.
    fn cost(&self, text: &str) -> i32 {
        let (mut before, mut cost) = (SPACE, 0);
        for c in text.chars() {
            let (class, own) = self.usual.of(c);
            cost += self.usual.follows(before, class) + own;
            before = self.usual.then(before, class);
        }
        cost + self.usual.follows(before, SPACE)
    }
}
