//! Interpolated modified Kneser–Ney (Chen and Goodman 1998), pruned by weighted difference (Seymore and Rosenfeld 1996).
//!
//! Genre weights multiply a count and its discount alike (after Zhang and Chiang 2014, "Kneser–Ney Smoothing on Expected
//! Counts"): an n-gram of count c and weighted count w gives w − D(c)·w/c to its context, so a genre that counts double
//! moves probability towards its n-grams without looking better attested than it is.

use super::counts::{Counted, Counts};
use crate::lexicon::{BEGIN, ID_BITS, UNKNOWN};

/// An n-gram of the model.
#[derive(Debug, Clone, Copy)]
pub struct Gram {
    /// Ids, 20 bits each, the last word lowest.
    pub key: u64,
    /// Natural logarithm of the probability.
    pub logp: f32,
    /// Natural logarithm of the back-off weight; `None` where nothing goes on from here.
    pub backoff: Option<f32>,
}

/// The pruned model; every prefix and suffix of a trigram stands among the bigrams.
pub struct Model {
    /// One per id.
    pub unigrams: Vec<Gram>,
    /// Sorted by key.
    pub bigrams: Vec<Gram>,
    /// Sorted by key.
    pub trigrams: Vec<Gram>,
}

/// D1, D2, D3+ from the counts of counts.
fn discounts(counted: &[Counted]) -> [f64; 3] {
    let mut n = [0f64; 5];
    for c in counted {
        if (1..=4).contains(&c.count) {
            n[c.count as usize] += 1.0;
        }
    }
    let n = n.map(|x| x.max(1.0));
    let y = n[1] / (n[1] + 2.0 * n[2]);
    [1.0 - 2.0 * y * n[2] / n[1], 2.0 - 3.0 * y * n[3] / n[2], 3.0 - 4.0 * y * n[4] / n[3]]
        .map(|d| d.clamp(0.1, 2.9))
}

/// What an n-gram gives away, in weighted counts.
fn discount(c: &Counted, d: &[f64; 3]) -> f64 {
    match c.count {
        0 => 0.0,
        n => d[(n as usize - 1).min(2)].min(f64::from(n)) * f64::from(c.weight) / f64::from(n),
    }
}

/// Probabilities of all orders, pruning to `bigrams` and `trigrams`, back-off weights for what is left.
pub fn smooth(counts: &Counts, vocabulary: usize, bigrams: usize, trigrams: usize) -> Model {
    // Words.
    let d1 = discounts(&counts.unigrams);
    let total: f64 = counts.unigrams.iter().map(|c| f64::from(c.weight)).sum();
    let spare: f64 = counts.unigrams.iter().map(|c| discount(c, &d1)).sum::<f64>() / total;
    let p1: Vec<f32> = counts
        .unigrams
        .iter()
        .map(|c| {
            ((f64::from(c.weight) - discount(c, &d1)).max(0.0) / total + spare / vocabulary as f64) as f32
        })
        .collect();

    // Bigrams: probability, and the occurrences that weigh its loss.
    let d2 = discounts(&counts.bigrams);
    let mut p2 = vec![0f32; counts.bigrams.len()];
    let mut spare2 = vec![0f32; vocabulary];
    let mut at = 0;
    for run in counts.bigrams.chunk_by(|a, b| a.context() == b.context()) {
        let total: f64 = run.iter().map(|c| f64::from(c.weight)).sum();
        let spare: f64 = run.iter().map(|c| discount(c, &d2)).sum::<f64>() / total;
        spare2[run[0].context() as usize] = spare as f32;
        for c in run {
            let own = (f64::from(c.weight) - discount(c, &d2)).max(0.0) / total;
            p2[at] = (own + spare * f64::from(p1[c.last() as usize])) as f32;
            at += 1;
        }
    }
    let place = |key: u64| counts.bigrams.binary_search_by_key(&key, |b| b.key);

    // Trigrams: what it would cost the training text to lose each.
    let d3 = discounts(&counts.trigrams);
    let mut p3 = vec![0f32; counts.trigrams.len()];
    let mut loss3 = vec![0f32; counts.trigrams.len()];
    let mut seen2 = vec![0f32; counts.bigrams.len()];
    at = 0;
    for run in counts.trigrams.chunk_by(|a, b| a.context() == b.context()) {
        let total: f64 = run.iter().map(|c| f64::from(c.weight)).sum();
        let spare: f64 = run.iter().map(|c| discount(c, &d3)).sum::<f64>() / total;
        if let Ok(i) = place(run[0].context()) {
            seen2[i] = total as f32;
        }
        for c in run {
            let lower = place(c.suffix()).map_or(1e-9, |i| f64::from(p2[i]));
            let own = (f64::from(c.weight) - discount(c, &d3)).max(0.0) / total;
            p3[at] = (own + spare * lower) as f32;
            let gain = (f64::from(p3[at]) / (spare * lower).max(1e-30)).ln();
            loss3[at] = if c.count < 2 { 0.0 } else { (f64::from(c.weight) * gain) as f32 };
            at += 1;
        }
    }
    let bar3 = bar(&loss3, trigrams);
    let mut keep2 = vec![false; counts.bigrams.len()];
    let mut kept3 = Vec::new();
    for (i, c) in counts.trigrams.iter().enumerate() {
        if loss3[i] > bar3
            && c.last() != UNKNOWN
            && let (Ok(prefix), Ok(suffix)) = (place(c.context()), place(c.suffix()))
        {
            keep2[prefix] = true;
            keep2[suffix] = true;
            kept3.push((i, suffix));
        }
    }
    let loss2: Vec<f32> = counts
        .bigrams
        .iter()
        .enumerate()
        .map(|(i, c)| {
            if keep2[i] {
                return 0.0;
            }
            let backed = f64::from(spare2[c.context() as usize]) * f64::from(p1[c.last() as usize]);
            let seen = seen2[i].max(if c.context() == u64::from(BEGIN) { c.weight } else { 0.0 });
            (f64::from(seen) * (f64::from(p2[i]) / backed.max(1e-30)).ln()) as f32
        })
        .collect();
    let bar2 = bar(&loss2, bigrams);
    for (keep, loss) in keep2.iter_mut().zip(&loss2) {
        *keep |= *loss > bar2;
    }
    assemble(counts, &p1, &p2, &p3, &keep2, &kept3)
}

/// The value that at most `n` exceed.
fn bar(values: &[f32], n: usize) -> f32 {
    if values.len() <= n {
        return 0.0;
    }
    let mut sorted = values.to_vec();
    let at = sorted.len() - n;
    let (_, bar, _) = sorted.select_nth_unstable_by(at, f32::total_cmp);
    bar.max(0.0)
}

/// Back-off weights: what a context's own n-grams leave, over what the lower order gives to the others.
fn assemble(
    counts: &Counts,
    p1: &[f32],
    p2: &[f32],
    p3: &[f32],
    keep2: &[bool],
    kept3: &[(usize, usize)],
) -> Model {
    let ln = |p: f64| p.max(1e-12).ln() as f32;
    let weight = |own: f64, lower: f64| ln(((1.0 - own) / (1.0 - lower).max(1e-6)).clamp(1e-6, 1.0));
    let mut unigrams: Vec<Gram> = p1
        .iter()
        .enumerate()
        .map(|(i, p)| Gram { key: i as u64, logp: ln(f64::from(*p)), backoff: None })
        .collect();
    let mut sums = vec![(0f64, 0f64); unigrams.len()];
    let mut index = vec![u32::MAX; counts.bigrams.len()];
    let mut bigrams: Vec<Gram> = Vec::new();
    for (i, c) in counts.bigrams.iter().enumerate().filter(|(i, _)| keep2[*i]) {
        index[i] = bigrams.len() as u32;
        bigrams.push(Gram { key: c.key, logp: ln(f64::from(p2[i])), backoff: None });
        let sum = &mut sums[c.context() as usize];
        sum.0 += f64::from(p2[i]);
        sum.1 += f64::from(p1[c.last() as usize]);
    }
    for (gram, (own, lower)) in unigrams.iter_mut().zip(sums) {
        gram.backoff = Some(weight(own, lower));
    }
    let mut trigrams = Vec::with_capacity(kept3.len());
    let same = |a: &(usize, usize), b: &(usize, usize)| {
        counts.trigrams[a.0].context() == counts.trigrams[b.0].context()
    };
    for run in kept3.chunk_by(same) {
        let own: f64 = run.iter().map(|(i, _)| f64::from(p3[*i])).sum();
        let lower: f64 = run.iter().map(|(_, suffix)| f64::from(p2[*suffix])).sum();
        let context = counts.trigrams[run[0].0].context();
        if let Ok(i) = counts.bigrams.binary_search_by_key(&context, |b| b.key) {
            bigrams[index[i] as usize].backoff = Some(weight(own, lower));
        }
        for (i, _) in run {
            trigrams.push(Gram { key: counts.trigrams[*i].key, logp: ln(f64::from(p3[*i])), backoff: None });
        }
    }
    debug_assert!(bigrams.iter().all(|b| b.key >> (2 * ID_BITS) == 0));
    Model { unigrams, bigrams, trigrams }
}
