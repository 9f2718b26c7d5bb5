//! Levenshtein alignment of two sequences, with the tie rule of the `rapidfuzz` library, so that scores agree with
//! tools that use it to the last digit.
//!
//! Many alignments have the least cost; which one is taken decides which edits are counted. The rule, read from the
//! back of both sequences after the common prefix and suffix are set aside: delete where deleting is on a best path,
//! else insert where the column left of it fell, else match or replace. Sequences whose bit matrix would pass 1 MiB
//! are first cut in two (Hirschberg), at the first place of the source with the least sum.
//!
//! Costs are computed bit-parallel (Hyyrö 2003, 64 cells a step): bit `i` of row `j` says whether the cost rises
//! (`up`) or falls (`down`) from source prefix `i` to `i + 1` against the first `j + 1` symbols of the target.

use std::collections::HashMap;
use std::ops::Range;

/// A run in which source and target differ: these symbols of the source stand against these of the target.
pub type Run = (Range<usize>, Range<usize>);

/// The least number of insertions, deletions and replacements that turn `a` into `b`.
///
/// ```
/// use ungarble::eval::align::distance;
/// assert_eq!(distance(&[1, 2, 3], &[1, 3, 4]), 2);
/// ```
pub fn distance(a: &[u32], b: &[u32]) -> usize {
    let (a, b, _) = strip(a, b);
    // The longer one as the pattern: fewer rows, and the same number of cells.
    let (a, b) = if a.len() < b.len() { (b, a) } else { (a, b) };
    if b.is_empty() { a.len() } else { sweep(&mut a.iter(), a.len(), b.iter(), |_| {}).score(a.len()) }
}

/// The runs in which `a` and `b` differ, in order, with at least one equal symbol between two of them.
///
/// ```
/// use ungarble::eval::align::runs;
/// assert_eq!(runs(&[1, 2, 3, 4], &[1, 3, 4, 5]), [(1..2, 1..1), (4..4, 3..4)]);
/// ```
pub fn runs(a: &[u32], b: &[u32]) -> Vec<Run> {
    let mut runs = Vec::new();
    align(a, b, (0, 0), usize::MAX, &mut runs);
    runs
}

/// Notes a differing run; one that begins where the last one ended in the source is a part of it.
fn push(runs: &mut Vec<Run>, a: Range<usize>, b: Range<usize>) {
    match runs.last_mut() {
        Some(last) if last.0.end == a.start => (last.0.end, last.1.end) = (a.end, b.end),
        _ => runs.push((a, b)),
    }
}

/// The parts that remain without the common prefix and suffix, and the length of the prefix.
fn strip<'a>(a: &'a [u32], b: &'a [u32]) -> (&'a [u32], &'a [u32], usize) {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (&a[..a.len() - suffix], &b[..b.len() - suffix], prefix)
}

fn align(a: &[u32], b: &[u32], at: (usize, usize), max: usize, runs: &mut Vec<Run>) {
    let (a, b, prefix) = strip(a, b);
    let at = (at.0 + prefix, at.1 + prefix);
    let max = max.min(a.len().max(b.len()));
    // The sizes below decide where the sequence is cut, and the cut decides ties: they are rapidfuzz's, in bytes.
    let band = a.len().min(max.saturating_mul(2).saturating_add(1));
    if band * b.len() / 4 < 1 << 20 || a.len() < 65 || b.len() < 10 {
        trace(a, b, at, runs);
    } else {
        let cut = cut(a, b);
        align(&a[..cut.a], &b[..cut.b], at, cut.left, runs);
        align(&a[cut.a..], &b[cut.b..], (at.0 + cut.a, at.1 + cut.b), cut.right, runs);
    }
}

/// Where a long pair is cut in two, and the cost of each half.
struct Cut {
    a: usize,
    b: usize,
    left: usize,
    right: usize,
}

fn cut(a: &[u32], b: &[u32]) -> Cut {
    let middle = b.len() / 2;
    let left = sweep(&mut a.iter(), a.len(), b[..middle].iter(), |_| {}).scores(a.len());
    let right = sweep(&mut a.iter().rev(), a.len(), b[middle..].iter().rev(), |_| {}).scores(a.len());
    let best = (0..=a.len()).min_by_key(|&i| left[i] + right[a.len() - i]).unwrap_or(0);
    Cut { a: best, b: middle, left: left[best], right: right[a.len() - best] }
}

/// Walks back through the whole matrix.
fn trace(a: &[u32], b: &[u32], at: (usize, usize), runs: &mut Vec<Run>) {
    let mut rows: Vec<Vec<Block>> = Vec::with_capacity(b.len());
    if !a.is_empty() {
        sweep(&mut a.iter(), a.len(), b.iter(), |row| rows.push(row.to_vec()));
    }
    let bit = |word: u64, i: usize| word >> (i % 64) & 1 == 1;
    let up = |j: usize, i: usize| bit(rows[j][i / 64].up, i);
    let down = |j: usize, i: usize| bit(rows[j][i / 64].down, i);
    let (mut i, mut j) = (a.len(), b.len());
    let mut steps = Vec::new(); // backwards: one symbol of the source, of the target, or of both
    while i > 0 && j > 0 {
        if up(j - 1, i - 1) {
            i -= 1;
            steps.push((i..i + 1, j..j));
        } else if j > 1 && down(j - 2, i - 1) {
            j -= 1;
            steps.push((i..i, j..j + 1));
        } else {
            (i, j) = (i - 1, j - 1);
            if a[i] != b[j] {
                steps.push((i..i + 1, j..j + 1));
            }
        }
    }
    if i > 0 || j > 0 {
        steps.push((0..i, 0..j));
    }
    for (x, y) in steps.into_iter().rev() {
        push(runs, x.start + at.0..x.end + at.0, y.start + at.1..y.end + at.1);
    }
}

/// 64 cells of a row.
#[derive(Debug, Clone, Copy)]
struct Block {
    up: u64,
    down: u64,
}

/// The last row of a sweep.
struct Row {
    blocks: Vec<Block>,
    first: usize, // the cost of the empty source prefix: the number of symbols of the target
}

impl Row {
    /// The cost of each prefix of the source.
    fn scores(&self, len: usize) -> Vec<usize> {
        let mut score = self.first;
        let mut scores = Vec::with_capacity(len + 1);
        scores.push(score);
        for i in 0..len {
            let block = self.blocks[i / 64];
            score += (block.up >> (i % 64) & 1) as usize;
            score -= (block.down >> (i % 64) & 1) as usize;
            scores.push(score);
        }
        scores
    }

    fn score(&self, len: usize) -> usize {
        let mask = |i: usize| if (i + 1) * 64 <= len { u64::MAX } else { (1 << (len % 64)) - 1 };
        let (mut up, mut down) = (0, 0);
        for (i, block) in self.blocks.iter().enumerate() {
            up += (block.up & mask(i)).count_ones() as usize;
            down += (block.down & mask(i)).count_ones() as usize;
        }
        self.first + up - down
    }
}

/// Computes the rows of the matrix one after the other, shows each to `see`, and gives the last one.
fn sweep<'a>(
    a: &mut dyn Iterator<Item = &'a u32>,
    len: usize,
    b: impl Iterator<Item = &'a u32>,
    mut see: impl FnMut(&[Block]),
) -> Row {
    // Where each symbol stands in the source: few blocks each, so that vocabularies of any size stay small.
    let mut places: HashMap<u32, Vec<(usize, u64)>> = HashMap::new();
    for (i, &symbol) in a.enumerate() {
        let list = places.entry(symbol).or_default();
        match list.last_mut() {
            Some((block, bits)) if *block == i / 64 => *bits |= 1 << (i % 64),
            _ => list.push((i / 64, 1 << (i % 64))),
        }
    }
    let mut blocks = vec![Block { up: u64::MAX, down: 0 }; len.div_ceil(64)];
    let mut equal = vec![0u64; blocks.len()];
    let mut first = 0;
    for symbol in b {
        let list = places.get(symbol).map_or(&[][..], Vec::as_slice);
        for &(block, bits) in list {
            equal[block] = bits;
        }
        first += 1;
        let (mut rise, mut fall) = (1, 0); // from the row above, at the left border: one more insertion
        for (block, &eq) in blocks.iter_mut().zip(&equal) {
            let x = eq | fall;
            let zero = ((x & block.up).wrapping_add(block.up) ^ block.up) | x | block.down;
            let risen = block.down | !(zero | block.up);
            let fallen = zero & block.up;
            let (risen_in, fallen_in) = (risen << 1 | rise, fallen << 1 | fall);
            (rise, fall) = (risen >> 63, fallen >> 63);
            block.up = fallen_in | !(zero | risen_in);
            block.down = zero & risen_in;
        }
        for &(block, _) in list {
            equal[block] = 0;
        }
        see(&blocks);
    }
    Row { blocks, first }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook matrix with the same tie rule, as the oracle.
    fn slow(a: &[u32], b: &[u32]) -> (usize, Vec<Run>) {
        let mut d = vec![vec![0usize; a.len() + 1]; b.len() + 1];
        for j in 0..=b.len() {
            for i in 0..=a.len() {
                d[j][i] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let same = d[j - 1][i - 1] + usize::from(a[i - 1] != b[j - 1]);
                        same.min(d[j - 1][i] + 1).min(d[j][i - 1] + 1)
                    }
                };
            }
        }
        let (mut i, mut j, mut steps) = (a.len(), b.len(), Vec::new());
        while i > 0 || j > 0 {
            if i > 0 && (j == 0 || d[j][i] == d[j][i - 1] + 1) {
                i -= 1;
                steps.push((i..i + 1, j..j));
            } else if i == 0 || d[j - 1][i] + 1 == d[j - 1][i - 1] {
                j -= 1;
                steps.push((i..i, j..j + 1));
            } else {
                (i, j) = (i - 1, j - 1);
                if a[i] != b[j] {
                    steps.push((i..i + 1, j..j + 1));
                }
            }
        }
        let mut runs = Vec::new();
        steps.into_iter().rev().for_each(|(x, y)| push(&mut runs, x, y));
        (d[b.len()][a.len()], runs)
    }

    /// A small generator with a fixed seed: cases must be the same on every machine.
    fn next(state: &mut u64) -> usize {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) as usize
    }

    #[test]
    fn agrees_with_the_textbook() {
        let mut state = 7;
        for case in 0..3000 {
            let symbols = 1 + next(&mut state) % 12;
            let long = if case % 10 == 0 { 200 } else { 12 };
            let mut list = || -> Vec<u32> {
                (0..next(&mut state) % long).map(|_| (next(&mut state) % symbols) as u32).collect()
            };
            let (a, b) = (list(), list());
            let (x, y, prefix) = strip(&a, &b);
            let (cost, mut expected) = slow(x, y);
            for (i, j) in &mut expected {
                *i = i.start + prefix..i.end + prefix;
                *j = j.start + prefix..j.end + prefix;
            }
            assert_eq!(distance(&a, &b), cost, "{a:?} {b:?}");
            assert_eq!(runs(&a, &b), expected, "{a:?} {b:?}");
        }
    }

    #[test]
    fn long_pairs_are_cut_and_still_turn_one_into_the_other() {
        let mut state = 11;
        let a: Vec<u32> = (0..5000).map(|_| (next(&mut state) % 300) as u32).collect();
        let b: Vec<u32> = a
            .iter()
            .filter_map(|&x| (next(&mut state) % 20 != 7).then_some(x + (next(&mut state) % 9 / 8) as u32))
            .collect();
        let runs = runs(&a, &b);
        let (mut out, mut at) = (Vec::new(), 0);
        let mut cost = 0;
        for (x, y) in &runs {
            out.extend_from_slice(&a[at..x.start]);
            out.extend_from_slice(&b[y.clone()]);
            cost += x.len().max(y.len());
            at = x.end;
        }
        out.extend_from_slice(&a[at..]);
        assert_eq!(out, b);
        assert!(cost >= distance(&a, &b));
    }
}
