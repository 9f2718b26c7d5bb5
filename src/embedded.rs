//! The lexicon image that the program was built with.

use crate::lexicon::Lexicon;

static IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/english.image"));

impl Lexicon {
    /// The embedded English lexicon; opening it copies nothing.
    pub fn embedded() -> Self {
        Self::open("embedded lexicon", IMAGE).expect("build.rs opened and verified the image it wrote")
    }
}
