//! Context vectors: how well a word fits the words around it.

use super::words::WordId;

/// Numbers in a vector.
pub const VECTOR_DIM: usize = 32;

/// Word and context vectors of the commonest words, opened from the sections `vectors` and `vscale`.
#[derive(Debug, Clone, Copy)]
pub struct Vectors<'b> {
    words: &'b [u8],
    contexts: &'b [u8],
    scale: f32,
}

/// The sum of the context vectors of the words around a place.
pub type Around = [i32; VECTOR_DIM];

impl<'b> Vectors<'b> {
    /// Opens the sections; a model without vectors gives an empty set, for which everything fits equally.
    pub fn open(vectors: &'b [u8], scale: &[u8]) -> Self {
        let half = vectors.len() / (2 * VECTOR_DIM) * VECTOR_DIM;
        let scale = scale.try_into().map_or(0.0, f32::from_le_bytes);
        Self { words: &vectors[..half], contexts: &vectors[half..2 * half], scale }
    }

    fn vector(table: &'b [u8], id: WordId) -> Option<&'b [u8; VECTOR_DIM]> {
        let at = id as usize * VECTOR_DIM;
        table.get(at..at + VECTOR_DIM)?.try_into().ok()
    }

    /// Adds (or with `sign` −1 takes away) a word to what is around a place.
    pub fn add(&self, around: &mut Around, id: WordId, sign: i32) {
        if let Some(vector) = Self::vector(self.contexts, id) {
            for (sum, x) in around.iter_mut().zip(vector) {
                *sum += sign * i32::from(*x as i8);
            }
        }
    }

    /// How well a word fits what is around it, in nats (a sum of pointwise mutual informations); `None` for a word
    /// without a vector.
    pub fn fit(&self, around: &Around, id: WordId) -> Option<f32> {
        let vector = Self::vector(self.words, id)?;
        let dot: i32 = around.iter().zip(vector).map(|(sum, x)| sum * i32::from(*x as i8)).sum();
        Some(dot as f32 * self.scale)
    }
}
