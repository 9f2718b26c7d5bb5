//! Mojibake: UTF-8 that was read as a character set of one byte a character.
//!
//! A noisy channel with memory. The text passes through states: clean, or misread as one of the sets. A stretch in which
//! characters form UTF-8 in some set is an *island* (`islands.rs`); between islands nothing can have been misread. On an
//! island the cheapest path through the states is found (Viterbi, `trellis.rs`), where what a state would have meant costs
//! what it costs as clean text. To enter a state costs much, to stay costs nothing: where much was misread as one set, a
//! little more of the same is believed at once. Islands are kept until enough of them are decided together, so that what
//! comes late tells on what came early (`choice.rs`).

use std::ops::Range;

use super::charset::{Charsets, MOST};
use super::costs::{Costs, Enter, Habits, TAUGHT};
use super::islands::Island;
use super::plausible::{Class, Usual};
use super::scraps;
use super::trellis::Node;
use super::units::{self, Unit};

/// What is too dear for any path.
pub(super) const FAR: i32 = i32::MAX / 4;
/// The state of text that is right; the others are the sets, from 1 on.
pub(super) const CLEAN: usize = 0;
/// Clean text, and as many sets as there may be.
pub(super) const STATES: usize = MOST + 1;

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

/// What was found in a text.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What was misread, in order and disjoint.
    pub misread: Vec<Misread>,
    /// What may have been, where little is missing: for somebody else to decide. Its gain is what is left of
    /// [`Costs::vouched`].
    pub doubtful: Vec<Misread>,
    /// Islands.
    pub(super) islands: usize,
    /// What each state misses at least where an island stays as it is.
    pub(super) missing: Vec<i32>,
}

pub(super) struct Decoder<'t> {
    pub(super) sets: &'static Charsets,
    pub(super) usual: &'static Usual,
    pub(super) costs: &'static Costs,
    pub(super) text: &'t str,
    pub(super) habits: &'t mut Habits,
    pub(super) enter: Enter,
    /// Cost of being in each state now.
    pub(super) state: Vec<i32>,
    /// The state in which what was read last ended, if that is what it was misread as; else clean.
    pub(super) lead: usize,
    pub(super) islands: Vec<Island>,
    /// Characters of the islands: byte of the text, character.
    pub(super) chars: Vec<(usize, char)>,
    pub(super) nodes: Vec<Node>,
    pub(super) units: Vec<Unit>,
    /// The units of the island at hand: place and index.
    pub(super) places: Vec<(usize, u32)>,
    pub(super) scratch: Vec<Unit>,
    pub(super) found: Found,
    /// Is this the text itself, and not what one layer of it meant?
    pub(super) outer: bool,
}

/// What of a text was misread. Texts are misread as one set: the one that most of what was found could be is believed sooner,
/// and the text is read again where that may tell otherwise.
pub(super) fn misread(text: &str, habits: &mut Habits) -> Found {
    let enter = habits.enter();
    let mut found = search(text, habits, enter, true);
    scraps::drop(text, &mut found.misread);
    if found.islands > 2 * found.misread.len() {
        // Not much of what might be anything is: soon told, before habits are learned from scraps.
        scraps::drop_unknown(text, &mut found.misread);
    }
    habits.learn_all(text, &found);
    let Some(first) = habits.leader() else { return found };
    habits.look_below(|outer| below_all(text, outer, &found));
    let leader = habits.leader().unwrap_or(first);
    let others = found.misread.iter().any(|m| m.chain[0] != leader || m.chain.len() > 1);
    let (before, now) = (Habits::enter_anew(), habits.enter());
    if others || found.missing[leader + 1] < before.costs[leader + 1] - now.costs[leader + 1] {
        found = search(text, habits, now, true);
        scraps::drop(text, &mut found.misread);
    }
    scraps::drop_unknown(text, &mut found.misread);
    found
}

/// What of a text was misread that came out of a layer.
pub(super) fn below(text: &str, enter: Enter) -> Vec<Misread> {
    search(text, &mut Habits::default(), enter, false).misread
}

/// What did the damage below a set, in all that may have been read as it: two layers undone at once are judged one by one, and
/// sets that are much alike are told apart by the whole of a text only.
fn below_all(text: &str, outer: usize, found: &Found) -> Habits {
    let (mut under, mut at) = (String::new(), 0);
    for run in found.misread.chunk_by(|a, b| a.range.end == b.range.start).take(TAUGHT) {
        let range = run[0].range.start..run[run.len() - 1].range.end;
        if let Some(meant) = units::meaning(Charsets::get(), outer, &text[range.clone()]) {
            under += &text[at..range.start];
            under += &meant;
            at = range.end;
        }
    }
    under += text[at..].chars().next().map_or("", |c| &text[at..at + c.len_utf8()]);
    let mut inner = Habits::default();
    let found = search(&under, &mut Habits::default(), Habits::enter_below(), false);
    inner.learn_all(&under, &found);
    inner
}

fn search(text: &str, habits: &mut Habits, enter: Enter, outer: bool) -> Found {
    let costs = Costs::get();
    let mut state = vec![FAR; enter.costs.len()];
    let found = Found { missing: state.clone(), ..Found::default() };
    state[CLEAN] = 0;
    let mut decoder = Decoder {
        sets: Charsets::get(),
        usual: Usual::get(),
        costs,
        text,
        habits,
        enter,
        state,
        lead: CLEAN,
        islands: Vec::new(),
        chars: Vec::new(),
        nodes: Vec::new(),
        units: Vec::new(),
        places: Vec::new(),
        scratch: Vec::new(),
        found,
        outer,
    };
    decoder.run();
    let mut end = 0;
    let mut found = decoder.found;
    // What was read two layers deep may have taken the blank before the next island, which begins with it.
    found.misread.retain(|misread| {
        let free = misread.range.start >= end;
        end = if free { misread.range.end } else { end };
        free
    });
    found
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
                    let end = if self.lead == CLEAN { None } else { self.settled(here) };
                    let end = end.unwrap_or_else(|| self.island(here));
                    if end > here {
                        rest = self.text[end..].chars();
                        continue;
                    }
                }
                // One that is right: less likely misread around here.
                let intact = self.costs.intact;
                self.state[1..].iter_mut().for_each(|cost| *cost = (*cost + intact).min(FAR));
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

    pub(super) fn before(&self, at: usize) -> char {
        self.text[..at].chars().next_back().unwrap_or(' ')
    }

    /// What stands before an island that begins at a byte after this character.
    pub(super) fn context(&self, left: char, at: usize) -> Class {
        let class = self.usual.class(left);
        let further =
            self.text[..at].strip_suffix(left).map_or(' ', |text| text.chars().next_back().unwrap_or(' '));
        self.usual.then(self.usual.class(further), class)
    }
}

/// What a character will be in the end that came out of a layer: control characters of Latin 1 were read as such where
/// Windows-1252 was meant, and are repaired next.
pub(super) fn settled(c: char) -> char {
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
        for found in misread(text, &mut Habits::default()).misread {
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

    #[test]
    fn much_of_one_set_is_read_straight_on() {
        let text = "Съешь же ещё этих мягких французских булок, да выпей чаю. ".repeat(20);
        let garbled = Charsets::get().sets[0].misread(&text);
        assert_eq!(repaired(&garbled), text);
        let half = format!("{garbled}{text}{garbled}");
        assert_eq!(repaired(&half), text.repeat(3));
    }
}
