//! Repairs machine-garbled English with a noisy-channel decoder, and shows every change.
//!
//! ```
//! use ungarble::Cleaner;
//!
//! let cleaner = Cleaner::new();
//! let cleaned = cleaner.clean("and the preventing rising extra fierce.");
//! println!("{}", cleaned.text());
//! for edit in cleaned.edits() {
//!     println!("{edit}");
//! }
//! ```

mod channel;
pub mod clean;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cost;
mod decode;
pub mod document;
mod edit;
mod embedded;
pub mod encoding;
mod error;
#[cfg(feature = "cli")]
pub mod eval;
pub mod garble;
pub mod lexicon;
mod random;
pub mod replay;
pub mod report;
pub mod text;
#[cfg(feature = "train")]
pub mod train;

pub use clean::{Builder, Cleaned, Cleaner, Diagnosis, Dialect, Reading, Repair};
pub use document::Document;
pub use edit::{Channel, Edit, Patch};
pub use error::{Error, Result};
