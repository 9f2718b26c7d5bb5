//! The lattice of readings of a sentence, and the search for the best path and the posteriors.

mod exhaustive;
mod graph;
mod lattice;

pub use exhaustive::exhaustive;
pub use graph::{Beam, Decoded, Graph};
pub use lattice::{Arc, Lattice};

#[cfg(all(test, feature = "train"))]
mod tests;
