//! Triage: a cheap look at every word that tells where a document is worth decoding.
//!
//! Three signs are summed, in nats: how each word leans (is it commoner in spun text than in clean text, by the habits
//! and the counts), left sides of strong rules (hardly ever good English), and leaning words in company that the
//! language model has never seen. Clean sentences sum to well below nothing, since their words lean the other way.

use std::ops::Range;

use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::rules::{Known, LONGEST, Rules, extend_key};
use crate::lexicon::{Lexicon, Memo, UNKNOWN, WordId};
use crate::text::{Kind, Shape, Token, mark_sentences, tokenize_some};

/// Tokens looked at together, so that they stay in the cache.
const BLOCK: usize = 4096;

/// Words whose leaning is above this are looked at together with their neighbours, in 1/16 nat.
const SUSPECT: i8 = 16;

/// A region is closed, at the end of a sentence, when it has grown to so many bytes.
const LARGEST: usize = 1 << 15;

/// Sentences on either side of a suspicious one that are decoded with it.
const CONTEXT: usize = 1;

/// The sign of a rule of the user's, in nats: it is looked at however clean the text is.
pub const CERTAIN: f32 = 256.0;

/// Sentences that are decoded first, to see whether the rest is worth it.
pub const PEAKS: usize = 4;

/// What triage found.
#[derive(Debug, Clone, Default)]
pub struct Triage {
    /// Tokens looked at.
    pub tokens: usize,
    /// Words in small letters that nobody knows.
    pub strange: usize,
    /// Sum of the signs, in nats.
    pub evidence: f32,
    /// Stretches of whole sentences that are worth decoding, in bytes, in order, disjoint.
    pub regions: Vec<Range<usize>>,
    /// The whole text in stretches of whole sentences, of about [`LARGEST`] bytes each.
    pub stretches: Vec<Range<usize>>,
    /// The most suspicious sentences, at most [`PEAKS`], the worst first: the sum of the worst stretch in each, in nats,
    /// and its bytes.
    pub peaks: Vec<(f32, Range<usize>)>,
}

impl Triage {
    /// Notes a sentence that has ended.
    fn note(&mut self, sentence: Looked) {
        let score = sentence.peak as f32 / 16.0;
        let at = self.peaks.partition_point(|(other, _)| *other >= score);
        if sentence.suspicious && at < PEAKS {
            self.peaks.insert(at, (score, sentence.start..sentence.end));
            self.peaks.truncate(PEAKS);
        }
    }
}

/// A sentence as triage keeps it for a moment.
#[derive(Clone, Copy)]
struct Looked {
    start: usize,
    end: usize,
    suspicious: bool,
    /// The largest sum of a stretch in it, in 1/16 nat.
    peak: i32,
}

/// Looks at a whole text. A sentence is suspicious when a stretch of words in it sums to `bar` nats.
pub fn triage(lexicon: &Lexicon, memo: &mut Memo, text: &[u8], bar: f32) -> Triage {
    let bar = (bar * 16.0) as i32;
    let mut out = Triage::default();
    let room = (text.len() / 4).min(BLOCK);
    let (mut tokens, mut ids) = (Vec::with_capacity(room), Vec::with_capacity(room));
    let mut leans = Vec::with_capacity(room);
    let mut recent: Vec<Looked> = Vec::new();
    let (mut at, mut stretch) = (0, 0);
    let mut evidence = 0i64;
    while at < text.len() {
        tokens.clear();
        let end = tokenize_some(text, at, BLOCK, &mut tokens);
        mark_sentences(&mut tokens, is_abbreviation);
        // A block ends with a whole sentence: what is cut begins the next block.
        let last = tokens.iter().rposition(|t| t.sentence).unwrap_or(0);
        if end < text.len() && last > 0 {
            tokens.truncate(last + 1);
            at = tokens[last].start as usize;
            tokens.pop();
        } else {
            at = end;
        }
        ids.clear();
        ids.extend(tokens.iter().map(|t| lexicon.token_id(t)));
        out.tokens += tokens.len();
        leans.clear();
        leans.extend(ids.iter().map(|id| lexicon.lean(*id)));
        for (i, _) in leans.iter().enumerate().filter(|(_, lean)| **lean >= SUSPECT) {
            if let Some([before, word, after]) = neighbours(lexicon, &tokens, &ids, i) {
                memo.want(before, word);
                memo.want(word, after);
            }
        }
        memo.fetch(lexicon.grams());
        let mut run = 0i32;
        for i in 0..tokens.len() {
            let token = &tokens[i];
            if token.sentence || recent.is_empty() {
                run = 0;
                let start = token.start as usize;
                close(&mut out, &mut recent, start);
                if start - stretch >= LARGEST {
                    out.stretches.push(stretch..start);
                    stretch = start;
                }
                recent.push(Looked { start, end: start, suspicious: false, peak: 0 });
            }
            let small = token.kind == Kind::Word && token.shape == Shape::Lower;
            out.strange += usize::from(ids[i] == UNKNOWN && small);
            let sign = look(lexicon, memo, &tokens, &ids, i, leans[i]);
            evidence += i64::from(sign);
            // The largest sum of a stretch (Kadane's algorithm).
            run = (run + sign).max(0);
            if let Some(sentence) = recent.last_mut() {
                sentence.suspicious |= run >= bar;
                sentence.peak = sentence.peak.max(run);
                sentence.end = token.end as usize;
            }
        }
    }
    close(&mut out, &mut recent, text.len());
    out.stretches.push(stretch..text.len());
    out.evidence = evidence as f32 / 16.0;
    out
}

/// Groups of neighbouring regions of about `size` bytes.
pub fn parts(regions: &[Range<usize>], size: usize) -> impl Iterator<Item = &[Range<usize>]> {
    let mut rest = regions;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let n = rest.iter().take_while(|r| {
            let fits = bytes < size;
            bytes += r.len();
            fits
        });
        let (part, after) = rest.split_at(n.count());
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

/// Ends the last sentence at `end` and, where it is suspicious, adds it and its neighbours to the regions.
fn close(out: &mut Triage, recent: &mut Vec<Looked>, end: usize) {
    let n = recent.len();
    // The sentence CONTEXT back was kept so that it can be drawn in; a suspicious one draws in those after it too.
    if n > 0 {
        recent[n - 1].end = end;
        out.note(recent[n - 1]);
        let regions = &mut out.regions;
        let near = recent.iter().rev().take(CONTEXT + 1).any(|s| s.suspicious);
        if near {
            let first = if recent[n - 1].suspicious { n.saturating_sub(CONTEXT + 1) } else { n - 1 };
            let range = recent[first].start..end;
            match regions.last_mut() {
                Some(last) if last.end >= range.start && last.len() < LARGEST => last.end = range.end,
                Some(last) if last.end > range.start => {
                    regions.push(recent[n - 1].start.max(regions[regions.len() - 1].end)..end)
                }
                _ => regions.push(range),
            }
        }
    }
    if n > CONTEXT {
        recent.remove(0);
    }
}

/// The sign of one token, in 1/16 nat.
fn look(lexicon: &Lexicon, memo: &mut Memo, tokens: &[Token], ids: &[WordId], i: usize, lean: i8) -> i32 {
    let id = ids[i];
    let mut sign = i32::from(lean);
    if lean >= SUSPECT
        && let Some(words) = neighbours(lexicon, tokens, ids, i)
    {
        sign += company(lexicon, memo, words);
    }
    for rules in lexicon.tables() {
        let starts = rules.starts(id);
        let pair = starts & 4 != 0 && ids.get(i + 1).is_some_and(|next| rules.begins(id, *next));
        if starts & 8 != 0 || pair {
            sign += strong(rules, tokens, ids, i);
        }
    }
    sign
}

/// A word written small between two known words, and these, as the language model knows them.
fn neighbours(lexicon: &Lexicon, tokens: &[Token], ids: &[WordId], i: usize) -> Option<[WordId; 3]> {
    let known = |j: usize| tokens[j].kind == Kind::Word && ids[j] != UNKNOWN;
    let between = tokens[i].shape == Shape::Lower && i > 0 && i + 1 < ids.len();
    (between && known(i - 1) && known(i + 1)).then(|| [i - 1, i, i + 1].map(|j| lexicon.model_id(ids[j])))
}

/// What the neighbours of a leaning word say: seen together with either it is excused, with neither it is not.
fn company(lexicon: &Lexicon, memo: &mut Memo, [before, word, after]: [WordId; 3]) -> i32 {
    let mut pair = |a, b| memo.bigram(lexicon.grams(), a, b).is_some();
    match (pair(before, word), pair(word, after)) {
        (true, true) => -16,
        (false, false) => 24,
        _ => 4,
    }
}

/// The sign of a left side that begins at `i`: a strong rule is 3 nats, a rule of the user's whatever it takes.
fn strong(rules: &Rules<'_>, tokens: &[Token], ids: &[WordId], i: usize) -> i32 {
    let mut key = 0;
    let mut sign = 0;
    for j in i..ids.len().min(i + LONGEST) {
        if tokens[j].kind == Kind::Protected {
            break;
        }
        key = extend_key(key, ids[j]);
        let Some(node) = rules.node(key) else { break };
        let capitals =
            |mask: u8| (i..=j).all(|t| mask >> (t - i) & 1 == 0 || tokens[t].shape != Shape::Lower);
        for entry in rules.entries(node).filter(|e| capitals(e.capitals())) {
            sign = sign.max(match entry.known() {
                Known::User => (CERTAIN * 16.0) as i32,
                Known::Strong => 48,
                _ => 0,
            });
        }
        if !node.longer {
            break;
        }
    }
    sign
}
