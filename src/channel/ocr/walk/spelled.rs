//! What a finished way spells.

use super::super::case::Case;
use super::{Here, LONGEST, MARGIN, Spelled, Step, Walker};
use crate::lexicon::flag;

impl Walker<'_> {
    /// Notes what a finished way spells.
    pub(super) fn note(&mut self, index: u32, here: &Here) {
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
        // What stands there is no measure: whether it is right, the words around it tell.
        if let Some((best, _)) = self.found.iter().find(|(_, known)| known.changes > 0) {
            self.bar = self.bar.min(best.saturating_add(MARGIN));
        }
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
