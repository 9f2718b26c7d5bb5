//! Reasons of edits: which chain of decodings was undone.
//!
//! While layers are undone, each leaves a step in the reason; when patches are composed the steps are joined. At the end
//! the steps are spelled out, the outermost layer (the last misreading) first.

use crate::edit::{Edit, Patch};

/// Begins a step; no text of ours has it.
const STEP: char = '\u{1}';

/// The steps of layers of mojibake that were undone in one round, the last misreading first.
pub(super) fn layers(round: usize, chain: &[&str], lossy: bool) -> String {
    let step = |(depth, set): (usize, &&str)| {
        format!("{STEP}{round}.{depth}{STEP}{set}{}", if lossy { "!" } else { "" })
    };
    chain.iter().enumerate().map(step).collect::<Vec<_>>().join("; ")
}

/// The step of another kind of damage.
pub(super) fn other(round: usize, reason: &str) -> String {
    format!("{STEP}{round}.0{STEP}:{reason}")
}

/// The patch with the steps of its reasons spelled out.
pub(super) fn spelled(mut patch: Patch) -> Patch {
    let mut edits = std::mem::take(&mut patch).into_edits();
    // Most edits of a text have the same.
    let mut last: (Box<str>, Box<str>) = Default::default();
    for Edit { reason, .. } in &mut edits {
        if last.0 != *reason {
            last = (reason.clone(), spell(reason).into());
        }
        reason.clone_from(&last.1);
    }
    Patch::new(edits)
}

fn spell(steps: &str) -> String {
    // (round and depth, what was undone in it)
    let mut steps: Vec<((usize, usize), &str)> = steps
        .split("; ")
        .filter_map(|step| {
            let (number, what) = step.strip_prefix(STEP)?.split_once(STEP)?;
            let (round, depth) = number.split_once('.')?;
            Some(((round.parse().ok()?, depth.parse().ok()?), what))
        })
        .collect();
    steps.sort_unstable();
    let lossy = steps.iter().any(|(_, what)| what.ends_with('!'));
    let (others, mut layers): (Vec<_>, Vec<_>) =
        steps.into_iter().partition(|(_, what)| what.starts_with(':'));
    layers.iter_mut().for_each(|(_, what)| *what = what.trim_end_matches('!'));
    // What touches is one edit, and may have been undone piece by piece.
    layers.dedup();
    let mut out = String::new();
    for (i, run) in layers.chunk_by(|a, b| a.1 == b.1).enumerate() {
        out += if i > 0 { ", before that as " } else { "UTF-8 read as " };
        out += run[0].1;
        match run.len() {
            1 => {}
            2 => out += ", twice",
            n => out += &format!(", {n} times"),
        }
    }
    out += if lossy { ", and damaged since" } else { "" };
    let mut others: Vec<&str> = others.iter().map(|(_, what)| &what[1..]).collect();
    others.dedup();
    for what in others {
        out += if out.is_empty() { "" } else { "; " };
        out += what;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains() {
        let (a, b) = (layers(0, &["Windows-1252"], false), layers(1, &["Windows-1252"], true));
        assert_eq!(spell(&a), "UTF-8 read as Windows-1252");
        assert_eq!(spell(&format!("{a}; {b}")), "UTF-8 read as Windows-1252, twice, and damaged since");
        let c = layers(2, &["MacRoman"], false);
        assert_eq!(
            spell(&format!("{b}; {c}")),
            "UTF-8 read as Windows-1252, before that as MacRoman, and damaged since"
        );
        assert_eq!(spell(&layers(0, &["a", "b"], false)), "UTF-8 read as a, before that as b");
        let d = other(3, "ligature");
        assert_eq!(spell(&format!("{a}; {d}")), "UTF-8 read as Windows-1252; ligature");
    }
}
