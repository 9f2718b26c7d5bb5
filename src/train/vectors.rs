//! Context vectors: skip-gram with negative sampling (Mikolov and others 2013), one thread, fixed seed.
//!
//! The product of a word's vector and another's context vector estimates their pointwise mutual information less a
//! constant (Levy and Goldberg 2014), so a difference of two such products says which of two words fits a context better.

use super::Progress;
use super::corpus::{Source, paragraphs};
use super::vocabulary::Vocabulary;
use crate::error::Result;
use crate::lexicon::abbreviations::is_abbreviation;
use crate::lexicon::{FIRST, VECTOR_DIM, WordId};
use crate::random::Random;
use crate::text::Kind;

const WINDOW: u64 = 6;
const NEGATIVES: usize = 5;
const RATE: f32 = 0.05;
/// Words more frequent than this share of the text are thinned out (Mikolov's subsampling).
const FREQUENT: f64 = 5e-5;

type Vector = [f32; VECTOR_DIM];

/// Trains vectors of the `words` commonest words and gives the sections `vectors` (i8: all word vectors, then all context
/// vectors) and `vscale` (f32: nats per unit of a product).
pub fn train(
    sources: &[Source],
    vocabulary: &Vocabulary,
    words: usize,
    progress: &mut dyn Progress,
) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let n = words.min(vocabulary.len());
    let counts: Vec<f64> = (0..n).map(|id| vocabulary.count(id as WordId)).collect();
    let total: f64 = counts.iter().sum();
    let keep: Vec<f32> =
        counts.iter().map(|c| ((FREQUENT * total / c.max(1.0)).sqrt().min(1.0)) as f32).collect();
    let noise = noise_table(&counts);
    let mut random = Random::new(1);
    let mut ins: Vec<Vector> =
        (0..n).map(|_| std::array::from_fn(|_| (random.unit() - 0.5) / VECTOR_DIM as f32)).collect();
    let mut outs: Vec<Vector> = vec![[0.0; VECTOR_DIM]; n];
    let all: u64 = vocabulary.tokens.iter().sum();
    let mut done = 0u64;
    let mut line = Vec::new();
    for source in sources {
        paragraphs(
            &source.path,
            is_abbreviation,
            |b| progress.read(b),
            |_, tokens| {
                done += tokens.len() as u64;
                let rate = RATE * (1.0 - done as f32 / all as f32).max(0.02);
                line.clear();
                line.extend(
                    tokens
                        .iter()
                        .filter(|t| t.kind == Kind::Word)
                        .map(|t| vocabulary.id(t) as usize)
                        .filter(|id| *id >= FIRST as usize && *id < n && random.unit() < keep[*id]),
                );
                for (i, &word) in line.iter().enumerate() {
                    let reach = (random.next() % WINDOW + 1) as usize;
                    let near = i.saturating_sub(reach)..(i + reach + 1).min(line.len());
                    for &other in line[near.start..i].iter().chain(&line[i + 1..near.end]) {
                        step(&mut ins[word], &mut outs, other, &noise, &mut random, rate);
                    }
                }
            },
        )?;
    }
    Ok(quantized(&ins, &outs))
}

/// One positive pair and its negatives.
fn step(
    word: &mut Vector,
    outs: &mut [Vector],
    context: usize,
    noise: &[u32],
    random: &mut Random,
    rate: f32,
) {
    let mut gradient = [0f32; VECTOR_DIM];
    for k in 0..=NEGATIVES {
        let (target, label) = if k == 0 {
            (context, 1.0)
        } else {
            (noise[(random.next() % noise.len() as u64) as usize] as usize, 0.0)
        };
        if k > 0 && target == context {
            continue;
        }
        let out = &mut outs[target];
        let dot: f32 = word.iter().zip(out.iter()).map(|(a, b)| a * b).sum();
        let g = (label - 1.0 / (1.0 + (-dot.clamp(-8.0, 8.0)).exp())) * rate;
        for d in 0..VECTOR_DIM {
            gradient[d] += g * out[d];
            out[d] += g * word[d];
        }
    }
    for d in 0..VECTOR_DIM {
        word[d] += gradient[d];
    }
}

/// Ids in proportion to count^0.75.
fn noise_table(counts: &[f64]) -> Vec<u32> {
    let size = 1 << 20;
    let total: f64 = counts.iter().map(|c| c.powf(0.75)).sum();
    let mut table = Vec::with_capacity(size + counts.len());
    for (id, count) in counts.iter().enumerate() {
        let places = (count.powf(0.75) / total * size as f64).round() as usize;
        table.extend(std::iter::repeat_n(id as u32, places));
    }
    if table.is_empty() { vec![0] } else { table }
}

fn quantized(ins: &[Vector], outs: &[Vector]) -> Vec<(&'static str, Vec<u8>)> {
    // Clip at four standard deviations: a few long vectors must not coarsen all others.
    let step = |vectors: &[Vector]| {
        let sum: f64 = vectors.iter().flatten().map(|x| f64::from(x * x)).sum();
        let sd = (sum / (vectors.len() * VECTOR_DIM).max(1) as f64).sqrt();
        (4.0 * sd / 127.0).max(1e-6) as f32
    };
    let (a, b) = (step(ins), step(outs));
    let code = |x: &f32, step: f32| (x / step).round().clamp(-127.0, 127.0) as i8 as u8;
    let mut bytes: Vec<u8> = ins.iter().flatten().map(|x| code(x, a)).collect();
    bytes.extend(outs.iter().flatten().map(|x| code(x, b)));
    vec![("vectors", bytes), ("vscale", (a * b).to_le_bytes().to_vec())]
}
