//! Scraps: what fits by chance in the midst of what does not. Text that was misread is misread from end to end; what stays odd
//! around a stretch, or in most of a text, is of an encoding that is not known here (Big5, Shift-JIS, EUC-KR).

use super::charset::Charsets;
use super::costs::Costs;
use super::mojibake::{Misread, settled};
use super::plausible::{SPACE, Usual};

/// Characters beside a stretch that are looked at.
const TOUCHING: usize = 6;

/// Drops stretches that touch odd characters.
pub(super) fn drop(text: &str, found: &mut Vec<Misread>) {
    let mut odd = vec![false; found.len()];
    let (mut at, mut end) = (0, 0);
    for run in found.chunk_by(|a, b| a.range.end == b.range.start) {
        let next = found.get(at + run.len()).map_or(text.len(), |m| m.range.start);
        let before = &text[end..run[0].range.start];
        end = run[run.len() - 1].range.end;
        if touches(before, &text[end..next]) {
            odd[at..at + run.len()].fill(true);
        }
        at += run.len();
    }
    let mut odd = odd.into_iter();
    found.retain(|_| !odd.next().unwrap_or(false));
}

/// Drops all that was found in a text most of which stays odd.
pub(super) fn drop_unknown(text: &str, found: &mut Vec<Misread>) {
    if found.is_empty() {
        return;
    }
    let (mut left, mut at) = (Odd::default(), 0);
    for misread in found.iter() {
        left.count(&text[at..misread.range.start]);
        left.undone += text[misread.range.clone()].chars().filter(|c| !c.is_ascii()).count();
        at = misread.range.end;
    }
    left.count(&text[at..]);
    if left.most() {
        found.clear();
    }
}

/// Is most of a text that is not ASCII odd?
pub(super) fn unknown(text: &[u8]) -> bool {
    let mut left = Odd::default();
    text.utf8_chunks().for_each(|chunk| left.count(chunk.valid()));
    left.most()
}

/// Do these texts, before a stretch and after it, touch it with odd characters? Each is as odd as after its own kind, a
/// capital as in a word of them.
fn touches(before: &str, after: &str) -> bool {
    let (sets, usual) = (Charsets::get(), Usual::get());
    let in_sets = |c: &char| !c.is_ascii() && sets.has(*c);
    let left = before.chars().rev().take_while(in_sets).take(TOUCHING);
    let (mut sum, mut n) = (0, 0);
    for c in left.chain(after.chars().take_while(in_sets).take(TOUCHING)) {
        let (class, own) = usual.of(c);
        (sum, n) = (sum + own + usual.follows(usual.then(class, class), class), n + 1);
    }
    n > 1 && sum > n * Costs::get().scrap
}

/// Characters of a text beyond ASCII that stand in some set.
#[derive(Debug, Default)]
struct Odd {
    /// Those that were undone, or will be.
    undone: usize,
    /// Those that stay.
    stay: usize,
    /// Those that stay and are odd where they stand.
    odd: usize,
}

impl Odd {
    /// Counts what stays.
    fn count(&mut self, text: &str) {
        let (sets, usual, costs) = (Charsets::get(), Usual::get(), Costs::get());
        let mut rest = text;
        while let Some(at) = super::next_wide(rest.as_bytes()) {
            let mut last = rest[..at].chars().next_back().map_or(SPACE, |c| usual.class(c));
            let end = rest[at..].find(|c: char| c.is_ascii()).map_or(rest.len(), |len| at + len);
            for c in rest[at..end].chars().map(settled) {
                let (class, own) = usual.of(c);
                if sets.has(c) {
                    self.stay += 1;
                    self.odd += usize::from(own + usual.follows(last, class) > costs.odd);
                }
                last = usual.then(last, class);
            }
            rest = &rest[end..];
        }
    }

    /// Is most of it odd, and much more than what is undone?
    fn most(&self) -> bool {
        let costs = Costs::get();
        self.odd as f32 > costs.stays * (self.undone.max(1) as f32)
            && self.odd as f32 > costs.mostly * self.stay as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_that_are_not_known() {
        // "使用這個選項可以強制" in Big5, read as Latin 1.
        let big5 = "¨Ï¥Î³oÓ¿ï¶µ¥i¥H±j¨î";
        assert!(unknown(big5.as_bytes()));
        for text in ["", "Съешь же ещё этих мягких булок", "voilà, ça — «été»", "it\u{92}s \u{93}so\u{94}"]
        {
            assert!(!unknown(text.as_bytes()), "{text}");
        }
    }
}
