//! How sure a repair of scanned text is: small decision trees over the evidence for it,
//! fitted on pages with their truth (`dictionaries/model/ocr.trees`).

use std::ops::Range;

use super::super::confidence::{log_odds, probability};
use super::page::{Found, Noise, Page, Unit, has_apostrophe};
use crate::channel::ocr::{Reading, Repair, Strange};
use crate::cost::UNIT;
use crate::lexicon::company::{token_key, word_key};
use crate::lexicon::{BEGIN, END, Lexicon, OcrWeights, WordId, flag};
use crate::text::{Kind, Shape, Token};

/// How many there are.
pub const FEATURES: usize = OcrWeights::SURE.len();

/// The evidence for one reading, in the order of [`OcrWeights::SURE`].
pub type Features = [f32; FEATURES];

/// The confidence that features give.
pub fn confidence(lexicon: &Lexicon, features: &Features) -> f32 {
    probability(lexicon.trees().sum(features))
}

/// The features of a reading; `path` is the best path of its sentence.
pub fn features(
    lexicon: &Lexicon,
    page: &Page<'_>,
    unit: &Unit,
    found: &Found,
    noise: &Noise,
    path: &[u32],
    index: usize,
) -> Features {
    let reading = &page.readings[index];
    let spelled = &reading.spelled;
    let (start, end) = (unit.tokens.start + reading.start as usize, unit.tokens.start + reading.end as usize);
    let tokens = &page.tokens[start..end];
    // Readings are ordered by their first token.
    let from = unit.readings.start;
    let until = page.readings[unit.readings.clone()].partition_point(|other| other.start < reading.end);
    let (mut same, mut changed, mut choices) = (0.0, 0.0, 0.0);
    for i in (from..from + until).filter(|i| reading.start < page.readings[*i].end) {
        let p = found.posterior(i);
        let other = &page.readings[i];
        if other.repair == Repair::Whole {
            continue;
        }
        changed += p;
        choices += 1.0;
        if other.start == reading.start && other.end == reading.end && other.spelled.text == spelled.text {
            same += p;
        }
    }
    let is = |yes: bool| f32::from(u8::from(yes));
    let word = tokens.iter().max_by_key(|t| t.end - t.start).expect("a span has a token");
    let strangest = page.strange[start..end].iter().copied().filter(|s| *s != Strange::Never).max();
    let letters = tokens.iter().filter(|t| t.kind != Kind::Mark).map(|t| t.end - t.start).sum::<u32>() as f32;
    let written = word.str(page.text);
    let digits = written.bytes().filter(u8::is_ascii_digit).count() as f32;
    let common = spelled.ids.iter().map(|id| lexicon.words().log_count(*id)).min().unwrap_or(0);
    let again = match page.again.get(&word.hash) {
        Some(count) => *count as f32,
        None => page.ids[start..end].iter().map(|id| page.meant(*id)).fold(f32::MAX, f32::min),
    };
    let (before, after) = around(page, unit, path, index);
    let meant: Vec<WordId> = spelled.ids.iter().map(|id| lexicon.model_id(*id)).collect();
    let stood: Vec<WordId> = page.ids[start..end].to_vec();
    let meant_costs = costs(lexicon, &before, &meant, &after);
    let stood_costs = costs(lexicon, &before, &stood, &after);
    let grams = lexicon.grams();
    let sees = |a: WordId, b: WordId| is(grams.bigram(a, b).is_some());
    let stretch = tokens[0].start as usize..tokens[tokens.len() - 1].end as usize;
    let whole = String::from_utf8_lossy(&page.text[stretch]);
    let edge = |ids: &[WordId], first: bool| if first { ids.first().copied() } else { ids.last().copied() };
    let words = [
        1.0,
        log_odds(same),
        log_odds(changed),
        (stood_costs[0] + stood_costs[1] - meant_costs[0] - meant_costs[1]).clamp(-20.0, 20.0),
        spelled.cost as f32 / UNIT as f32,
        f32::from(spelled.changes),
        f32::from(spelled.unheard),
        noise.rate.ln(),
        letters.max(1.0).ln(),
        is(strangest == Some(Strange::Yes)),
        is(strangest == Some(Strange::Rare)),
        is(reading.repair == Repair::Real),
        is(reading.repair == Repair::Spacing && spelled.ids.len() <= 1),
        is(spelled.ids.len() > 1),
        is(reading.repair == Repair::Stray),
        is(reading.repair == Repair::Mark),
        is(word.shape != Shape::Lower && !word.sentence && strangest != Some(Strange::No)),
        is(word.shape == Shape::Upper),
        (again - 1.0).max(0.0).ln_1p(),
        if strangest == Some(Strange::Yes) { lexicon.letters().cost(written) / (letters + 1.0) } else { 0.0 },
        f32::from(common) / 8.0,
        f32::ln_1p(choices),
        is(digits > 0.0),
        log_odds((changed - same).clamp(0.0, 1.0)),
        edge(&meant, true).map_or(0.0, |id| sees(before[1], id)),
        edge(&meant, false).map_or(0.0, |id| sees(id, after[0])),
        is(letters <= 3.0),
        page.local(start),
        f32::from(page.ids[start..end].iter().map(|id| lexicon.words().log_count(*id)).min().unwrap_or(0))
            / 8.0,
        spelled.ids.iter().map(|id| page.meant(*id)).fold(f32::MAX, f32::min).min(99.0).ln_1p(),
        (stood_costs[0] + stood_costs[1]) / (stood.len() + 2) as f32,
        is(start > 0 && page.strange[start - 1] == Strange::Yes),
        is(page.strange.get(end) == Some(&Strange::Yes)),
        is(tokens[0].shape != Shape::Lower),
        spelled.ids.len() as f32,
        spelled.text.len() as f32 - (tokens[tokens.len() - 1].end - tokens[0].start) as f32,
        page.letters.max(1.0).ln(),
        is(path.contains(&(index as u32))),
        is(reading.repair == Repair::Case),
        is(reading.repair == Repair::Number),
        page.capitals,
        page.dialect,
        page.elided,
        is(has_apostrophe(&whole)),
        meant_costs[0],
        meant_costs[1],
        stood_costs[0],
        stood_costs[1],
        kept(&whole, &spelled.text),
        is(spelled.ids.iter().all(|id| lexicon.words().flags(*id) & flag::ENGLISH != 0)),
        is(spelled.text.starts_with(char::is_uppercase)),
        page.old,
        page.clusters,
        page.codes,
    ];
    let sides = [word_key(lexicon, before[1]), word_key(lexicon, after[0])];
    let groups: [&[f32]; 5] = [
        &words,
        &signs(page, reading, start..end),
        &company(lexicon, sides, meant.iter().map(|id| word_key(lexicon, *id))),
        &company(lexicon, sides, tokens.iter().map(|token| token_key(lexicon, token))),
        &habit(reading, noise, found.posterior(index)),
    ];
    let mut features = [0.0; FEATURES];
    debug_assert_eq!(groups.iter().map(|g| g.len()).sum::<usize>(), FEATURES);
    for (feature, number) in features.iter_mut().zip(groups.into_iter().flatten()) {
        *feature = *number;
    }
    features
}

/// Where a mark stands alone: which it is, which it is read as, how common it is on the page (ln(1 + n) of n in a thousand
/// letters); and for all readings, what is beside them: blanks, the line's ends, letters on both sides.
fn signs(page: &Page<'_>, reading: &Reading, span: Range<usize>) -> [f32; 8] {
    let is = |yes: bool| f32::from(u8::from(yes));
    let code = |mark: Option<char>| mark.map_or(0.0, |c| u32::from(c) as f32);
    let first = &page.tokens[span.start];
    let (before, next) = (span.start.checked_sub(1).map(|at| &page.tokens[at]), page.tokens.get(span.end));
    let mark = first.mark().filter(|_| span.len() == 1);
    let read = reading.spelled.text.chars().next().filter(|_| reading.repair == Repair::Mark);
    let rate = page.meant(page.ids[span.start]) * 1000.0 / page.letters.max(1000.0);
    let touches = |token: &Token, spaced: bool| token.kind != Kind::Mark && !spaced;
    [
        code(mark),
        code(read),
        if mark.is_some() { rate.ln_1p() } else { 0.0 },
        is(first.spaced),
        is(next.is_none_or(|next| next.spaced)),
        is(before.is_none() || first.lines > 0),
        is(next.is_none_or(|next| next.lines > 0)),
        is(before.is_some_and(|b| touches(b, first.spaced)) && next.is_some_and(|n| touches(n, n.spaced))),
    ]
}

/// How often the page shows the rarest and the commonest confusion of a reading elsewhere: ln(1 + n).
fn habit(reading: &Reading, noise: &Noise, own: f32) -> [f32; 2] {
    let elsewhere = |number: &u32| (noise.confusions[*number as usize] - own).max(0.0).ln_1p();
    let shown = reading.spelled.used.iter().map(elsewhere);
    // Without any, the rarest is commoner than all.
    shown.fold([30.0, 0.0], |[least, most], n| [n.min(least), n.max(most)])
}

/// How often the rarest of words stood on printed pages, the first after the word before them, and the word behind them after
/// the last: ln(1 + n). `sides` are the words around them.
fn company(lexicon: &Lexicon, sides: [u64; 2], words: impl Iterator<Item = u64>) -> [f32; 3] {
    let company = lexicon.company();
    let (mut rarest, mut first, mut last) = (f32::MAX, None, sides[0]);
    for word in words {
        rarest = rarest.min(company.word(word));
        first.get_or_insert(word);
        last = word;
    }
    let Some(first) = first else { return [0.0; 3] };
    [rarest, company.pair(sides[0], first), company.pair(last, sides[1])]
}

/// Share of the characters that a reading leaves at the beginning and at the end.
fn kept(written: &str, read: &str) -> f32 {
    let same = |a: (char, char)| a.0.eq_ignore_ascii_case(&a.1);
    let (stood, reads) = (written.chars().count(), read.chars().count());
    let first = written.chars().zip(read.chars()).take_while(|a| same(*a)).count();
    let last = written.chars().rev().zip(read.chars().rev()).take_while(|a| same(*a)).count();
    (first + last).min(stood.min(reads)) as f32 / stood.max(reads).max(1) as f32
}

/// Two words before and after a reading, with the repairs of the path made.
fn around(page: &Page<'_>, unit: &Unit, path: &[u32], index: usize) -> ([WordId; 2], [WordId; 2]) {
    let standing = &page.ids[unit.tokens.clone()];
    let Reading { start, end, .. } = page.readings[index];
    let reading = |i: &u32| &page.readings[*i as usize];
    let upto = path.partition_point(|i| reading(i).end <= start);
    let from = path.partition_point(|i| reading(i).start < end);
    let (mut before, mut after) = ([BEGIN; 2], [END; 2]);
    let (mut place, mut earlier) = (start, path[..upto].iter().rev().map(reading).peekable());
    let mut filled = 2;
    while filled > 0 && place > 0 {
        let known = earlier.next_if(|r| r.end == place);
        place = known.map_or(place - 1, |r| r.start);
        let ids = known.map_or(&standing[usize::from(place)..=usize::from(place)], |r| &r.spelled.ids);
        for id in ids.iter().rev().take(filled) {
            filled -= 1;
            before[filled] = *id;
        }
    }
    let (mut place, mut later) = (end, path[from..].iter().map(reading).peekable());
    let mut filled = 0;
    while filled < 2 && usize::from(place) < standing.len() {
        let known = later.next_if(|r| r.start == place);
        let ids = known.map_or(&standing[usize::from(place)..=usize::from(place)], |r| &r.spelled.ids);
        place = known.map_or(place + 1, |r| r.end);
        for id in ids.iter().take(2 - filled) {
            after[filled] = *id;
            filled += 1;
        }
    }
    (before, after)
}

/// What the language model asks for words, and for the two after them, in nats.
fn costs(lexicon: &Lexicon, before: &[WordId; 2], words: &[WordId], after: &[WordId; 2]) -> [f32; 2] {
    let grams = lexicon.grams();
    let mut state = grams.after(before[0], before[1], grams.bigram(before[0], before[1]));
    let mut cost = |words: &[WordId]| {
        let mut sum = 0;
        for &word in words {
            let (cost, next) = grams.score(state, word);
            sum += cost;
            state = next;
        }
        sum as f32 / UNIT as f32
    };
    let own = cost(words);
    [own, cost(after)]
}
