//! The lattice of readings of a sentence, and the search for the best path and the posteriors.

mod exhaustive;
mod lattice;
mod search;

pub use exhaustive::exhaustive;
pub use lattice::{Arc, Lattice};
pub use search::{Beam, Decoded, search};
