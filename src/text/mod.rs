//! Text as tokens and sentences. Everything works on bytes and offsets; no byte of the source is ever lost.

mod case;
mod hash;
mod sentence;
mod token;

pub use case::{Shape, apply_shape};
pub use hash::{AsIs, ByHash, SOFT_HYPHEN, WordHasher, word_hash};
pub use sentence::mark_sentences;
pub use token::{Kind, Token, tokenize, tokenize_some};
