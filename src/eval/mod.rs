//! Measuring a cleaner against references: error rates before and after, precision and recall of edits, harm.
//!
//! The figures, over all cases together:
//!
//! * `wer_*`, `cer_*`: word and character error rate against the reference, before and after, and the relative cut;
//! * `precision`, `recall`, `f05`: an edit (words of the source, what they become) is right when the reference makes
//!   the same edit; adjacent edits are split at words that both sides keep;
//! * `touched`: the share of the reference's edits that the cleaner touches at all;
//! * `harm_per_1k`: words that were right and are no longer, per 1,000 right words.
//!
//! Without a reference (clean text) only the edits per 10,000 words are counted: each of them is one too many.
//! The field names of cases and the names of figures live here and nowhere else.

pub mod align;
mod cases;
mod figures;
mod score;
mod words;

pub use cases::{Case, cases, hypotheses, read};
pub use figures::{Figure, Figures, json};
pub use score::{Counted, Outcome, Score, Shown, WordEdit, outcome, word_edits};
pub use words::words;
