//! Damage to characters, repaired before anything else reads the text: text that was decoded with the wrong character
//! set (*mojibake*), and broken Unicode.
//!
//! ```
//! use ungarble::encoding::{Kinds, repair};
//! let garbled = "The cafÃƒÂ© isnâ€™t open.";
//! let patch = repair(garbled.as_bytes(), None, &Kinds::default());
//! assert_eq!(&*patch.apply(garbled.as_bytes()), "The café isn’t open.".as_bytes());
//! assert_eq!(&*patch.edits()[0].reason, "UTF-8 read as Windows-1252, twice");
//! ```
//!
//! [`repair`] works on text in memory, as [`crate::Cleaner`] does with the channel `encoding`. What the bytes of a file
//! mean is asked of [`decode`] before that.

#[cfg(feature = "encodings")]
mod bytes;
mod charset;
mod choice;
mod costs;
#[cfg(feature = "encodings")]
mod detect;
mod islands;
mod kinds;
mod layers;
mod lost;
mod mojibake;
mod plausible;
mod reasons;
mod scraps;
mod trellis;
mod unicode;
mod units;

#[cfg(feature = "encodings")]
pub use bytes::{Decoded, Named, decode, encode};
pub use charset::Charset;
#[cfg(feature = "encodings")]
pub use detect::{is_binary, wide};
pub use kinds::{Kind, Kinds};

use crate::edit::{Channel, Edit, Patch};
use crate::lexicon::Lexicon;
use costs::Habits;
use mojibake::Misread;

/// Layers of damage that are undone; a text that still changes then is left as it was. Four were seen in the wild; chance
/// makes a dozen of bytes that are none.
const LAYERS: usize = 32;

/// What repairs the characters of a text. Its bytes should be UTF-8; those that are not stay, unless [`Kind::Bytes`] is asked for.
///
/// Repairing what comes out changes nothing more. The patch is empty for text that shows no damage, at the speed of memory
/// where it is ASCII. With a lexicon, words that it knows are restored where too little stands to be sure otherwise.
///
/// ```
/// use ungarble::encoding::{Kind, Kinds, repair};
/// let only = Kinds::none().with(Kind::Ligatures);
/// let text = "ofﬁce, cafÃ©";
/// assert_eq!(&*repair(text.as_bytes(), None, &only).apply(text.as_bytes()), "office, cafÃ©".as_bytes());
/// ```
pub fn repair(source: &[u8], lexicon: Option<&Lexicon>, kinds: &Kinds) -> Patch {
    if !kinds.may_act(source) {
        return Patch::default();
    }
    // Bytes become text first, whatever comes of it.
    let mut bytes = Kinds::none();
    for kind in [Kind::Bytes, Kind::Surrogates].into_iter().filter(|kind| kinds.has(*kind)) {
        bytes = bytes.with(kind);
    }
    let readable = Patch::new(unicode::edits(source, lexicon, &bytes, 0));
    let mut patch = readable.clone();
    let mut habits = None;
    for layer in 1..=LAYERS {
        let text = patch.apply(source);
        let mut edits = Vec::new();
        if kinds.has(Kind::Mojibake) {
            let known = habits.is_some();
            edits = misread(&text, lexicon, layer, &mut habits);
            if edits.is_empty() && known {
                // As whoever repairs what comes out: nothing is known of it then.
                habits = None;
                edits = misread(&text, lexicon, layer, &mut habits);
            }
        }
        if edits.is_empty() {
            edits = unicode::edits(&text, lexicon, kinds, layer);
            if !edits.is_empty() && kinds.has(Kind::C1) && scraps::unknown(&text) {
                edits = unicode::edits(&text, lexicon, &kinds.without(Kind::C1), layer);
            }
        }
        if edits.is_empty() {
            return reasons::spelled(patch);
        }
        drop(text);
        patch = patch.then(Patch::new(edits), source);
    }
    reasons::spelled(readable)
}

/// Undoes one layer of mojibake; where the characters leave it open, the lexicon decides. `below` is what the layer above
/// showed of this text, and then what this one shows of the next.
fn misread(text: &[u8], lexicon: Option<&Lexicon>, layer: usize, below: &mut Option<Habits>) -> Vec<Edit> {
    let mut out = Vec::new();
    let mut habits = below.take().unwrap_or_default();
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        let mut found = mojibake::misread(chunk.valid(), &mut habits);
        let known = |m: &Misread| lexicon.is_some_and(|lexicon| lost::vouches(text, at, m, lexicon));
        found.doubtful.retain(known);
        if !found.doubtful.is_empty() {
            found.misread.append(&mut found.doubtful);
            found.misread.sort_by_key(|m| m.range.start);
            let mut end = 0;
            found.misread.retain(|m| {
                let free = m.range.start >= end;
                end = if free { m.range.end } else { end };
                free
            });
        }
        // Most of a text was damaged in one way.
        let mut last: Option<(Vec<usize>, bool, Box<str>)> = None;
        for found in found.misread {
            if !last.as_ref().is_some_and(|(chain, lossy, _)| *chain == found.chain && *lossy == found.lossy)
            {
                let spelled = |set: &usize| &*Charset::all()[*set].spelled;
                let chain: Vec<&str> = found.chain.iter().map(spelled).collect();
                let reason = reasons::layers(layer, &chain, found.lossy).into();
                last = Some((found.chain, found.lossy, reason));
            }
            // Gains are sums of costs: half a dozen nats are worth little, thirty leave no doubt.
            let confidence = 1.0 - 0.5 * (-found.gain.max(0.0) / 8.0).exp();
            out.push(Edit {
                range: at + found.range.start..at + found.range.end,
                replacement: found.meant.into(),
                channel: Channel::Encoding,
                confidence: if found.lossy { confidence * 0.9 } else { confidence },
                reason: last.as_ref().map(|(.., reason)| reason.clone()).unwrap_or_default(),
            });
        }
        at += chunk.valid().len() + chunk.invalid().len();
    }
    *below = habits.into_inner();
    out
}

/// The next byte that is no ASCII.
#[inline]
fn next_wide(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for chunk in bytes.chunks_exact(64) {
        if !chunk.is_ascii() {
            break;
        }
        at += 64;
    }
    bytes[at..].iter().position(|b| !b.is_ascii()).map(|i| at + i)
}
