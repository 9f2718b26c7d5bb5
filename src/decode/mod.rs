//! The lattice of readings of a sentence, and the search for the best path and the posteriors.

#[cfg(test)]
mod exhaustive;
mod graph;
mod lattice;

#[cfg(test)]
pub use exhaustive::exhaustive;
pub use graph::{Beam, Decoded, Graph, Search};
pub use lattice::{Arc, Lattice};

#[cfg(all(test, feature = "train"))]
mod tests;
