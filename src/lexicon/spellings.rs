//! The spellings of the words as a trie, to be walked together with what a scanner may have made of them.
//!
//! A node is 16 bytes, the children of a node stand side by side, letters first:
//!
//! ```text
//! first child 24 | byte 8 | word 20 | commonest word below 6 | 6 free
//! letters a–z that go on, as bits 26 | other children 6 | letters anywhere below, as bits 26 | 6 free
//! ```
//!
//! The bits tell without a further read which letters go on from a place, and their number tells where each child stands.
//! How common any word below can be (its logarithmic count divided by four) lets a search turn to common words first; the
//! letters that stand anywhere below tell it early that what is left to read cannot all stand.

use super::image::u64_at;
use super::words::{FIRST, WordId, Words, flag};

/// Bytes of a node.
const NODE: usize = 16;

/// A place in the trie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    about: u64,
    below: u32,
    under: u32,
}

impl Node {
    /// The byte that leads here.
    #[inline]
    pub fn byte(self) -> u8 {
        (self.about >> 24) as u8
    }

    /// The word that ends here, if one does.
    #[inline]
    pub fn word(self) -> Option<WordId> {
        let id = (self.about >> 32) as WordId & 0xF_FFFF;
        (id != 0).then_some(id)
    }

    /// At least the logarithmic count (8·log2) of every word at or below this place.
    #[inline]
    pub fn commonest(self) -> u8 {
        ((self.about >> 52) as u8 & 0x3F) << 2 | 3
    }

    /// A number that no other place has, but for ends of words.
    #[inline]
    pub fn number(self) -> u64 {
        self.about
    }

    /// Does this letter (`a` to `z`) go on from here?
    #[inline]
    pub fn has(self, letter: u8) -> bool {
        self.below >> letter.wrapping_sub(b'a').min(31) & 1 == 1 && letter.is_ascii_lowercase()
    }

    /// The letters that stand anywhere below, as bits.
    #[inline]
    pub fn under(self) -> u32 {
        self.under
    }

    /// Does anything but a letter go on from here?
    #[inline]
    pub fn has_others(self) -> bool {
        self.below >> 26 != 0
    }

    #[inline]
    fn first(self) -> usize {
        self.about as usize & 0xFF_FFFF
    }

    /// The letters that go on from here, as bits.
    #[inline]
    pub fn letters(self) -> u32 {
        self.below & 0x3FF_FFFF
    }
}

/// The trie, opened from the section `spell`.
#[derive(Debug, Clone, Copy)]
pub struct Spellings<'b> {
    nodes: &'b [u8],
}

impl<'b> Spellings<'b> {
    /// Opens the section; `None` when it is empty. An offset that points outside reads as a node without children.
    pub fn open(nodes: &'b [u8]) -> Option<Self> {
        (nodes.len() >= NODE).then_some(Self { nodes })
    }

    /// Before the first letter.
    pub fn root(&self) -> Node {
        self.at(0)
    }

    /// The place after a letter (`a` to `z`).
    #[inline]
    pub fn letter(&self, node: Node, letter: u8) -> Option<Node> {
        node.has(letter).then(|| {
            let before = node.letters() & ((1 << (letter - b'a')) - 1);
            self.at(node.first() + before.count_ones() as usize)
        })
    }

    /// The places one letter (`a` to `z`) further, by rising letter.
    #[inline]
    pub fn children(&self, node: Node) -> impl Iterator<Item = Node> + use<'b> {
        let trie = *self;
        (node.first()..node.first() + node.letters().count_ones() as usize).map(move |at| trie.at(at))
    }

    /// The place after one more byte.
    #[inline]
    pub fn child(&self, node: Node, byte: u8) -> Option<Node> {
        if byte.is_ascii_lowercase() {
            return self.letter(node, byte);
        }
        let first = node.first() + node.letters().count_ones() as usize;
        (first..first + (node.below >> 26) as usize).map(|at| self.at(at)).find(|child| child.byte() == byte)
    }

    /// The place after more bytes.
    pub fn walk(&self, node: Node, bytes: &[u8]) -> Option<Node> {
        bytes.iter().try_fold(node, |node, byte| self.child(node, *byte))
    }

    #[inline]
    fn at(&self, index: usize) -> Node {
        let at = index * NODE;
        if at + NODE > self.nodes.len() {
            return Node { about: 0, below: 0, under: 0 };
        }
        let more = u64_at(self.nodes, at + 8);
        Node { about: u64_at(self.nodes, at), below: more as u32, under: (more >> 32) as u32 }
    }
}

/// Words that are no English by the word lists are read into a garbled word only from this logarithmic count on: rarer
/// ones are as often somebody's misprint (about 12 occurrences in 90 million words; names twice as few).
const ATTESTED: u8 = 30;

/// The section of a trie without a word: one node without children.
pub fn nothing() -> Vec<u8> {
    vec![0; NODE]
}

/// The section of the words that a garbled word may be read as.
pub fn build(words: &Words<'_>) -> Vec<u8> {
    let mut list: Vec<(&str, WordId)> = Vec::new();
    for id in FIRST..words.len() as WordId {
        let (word, flags, count) = (words.word(id), words.flags(id), words.log_count(id));
        let attested = flags & flag::ENGLISH != 0
            || count >= ATTESTED
            || flags & flag::NAME != 0 && count >= ATTESTED - 8;
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let single = letters != 1 || matches!(word, "a" | "i" | "o");
        if attested && single && letters > 0 && flags & flag::ADDED == 0 && word.len() < 64 {
            list.push((word, id));
        }
    }
    // Letters before other bytes, in every place.
    let rank =
        |word: &str| -> Vec<(bool, u8)> { word.bytes().map(|b| (!b.is_ascii_lowercase(), b)).collect() };
    list.sort_by_cached_key(|(word, _)| rank(word));
    let common = |range: std::ops::Range<usize>| {
        u64::from(list[range].iter().map(|(_, id)| words.log_count(*id)).max().unwrap_or(0) >> 2)
    };
    // Breadth first: each node stands for a stretch of the sorted list and the bytes that its words begin with.
    let mut nodes = vec![Node { about: common(0..list.len()) << 52, below: 0, under: 0 }];
    let mut open = std::collections::VecDeque::from([(0usize, 0..list.len(), 0usize)]);
    while let Some((at, range, depth)) = open.pop_front() {
        let mut start = range.start;
        if start < range.end && list[start].0.len() == depth {
            nodes[at].about |= u64::from(list[start].1) << 32;
            start += 1;
        }
        nodes[at].about |= nodes.len() as u64;
        while start < range.end {
            let byte = list[start].0.as_bytes()[depth];
            let same = |w: &&(&str, WordId)| w.0.as_bytes()[depth] == byte;
            let end = start + list[start..range.end].iter().take_while(same).count();
            let below = &mut nodes[at].below;
            let room = byte.is_ascii_lowercase() || *below >> 26 < 63;
            if room {
                *below += if byte.is_ascii_lowercase() { 1 << (byte - b'a') } else { 1 << 26 };
                nodes.push(Node {
                    about: u64::from(byte) << 24 | common(start..end) << 52,
                    below: 0,
                    under: 0,
                });
                open.push_back((nodes.len() - 1, start..end, depth + 1));
            }
            start = end;
        }
    }
    // Children stand behind their parents.
    for at in (0..nodes.len()).rev() {
        let node = nodes[at];
        let children = (node.letters().count_ones() + (node.below >> 26)) as usize;
        let below = &nodes[node.first()..node.first() + children];
        nodes[at].under = below.iter().fold(node.letters(), |letters, child| letters | child.under);
    }
    let bytes = |node: &Node| -> [u8; NODE] {
        let more = u64::from(node.below) | u64::from(node.under) << 32;
        let mut bytes = [0; NODE];
        bytes[..8].copy_from_slice(&node.about.to_le_bytes());
        bytes[8..].copy_from_slice(&more.to_le_bytes());
        bytes
    };
    nodes.iter().flat_map(bytes).collect()
}

#[cfg(test)]
mod tests {
    use crate::lexicon::Lexicon;
    use crate::text::word_hash;

    #[test]
    fn every_common_word_is_found_letter_by_letter() {
        let lexicon = Lexicon::embedded();
        let trie = lexicon.spellings();
        for word in ["the", "a", "gentlemen", "o'clock", "parliament"] {
            let node = trie.walk(trie.root(), word.as_bytes()).unwrap_or_else(|| panic!("{word}"));
            assert_eq!(node.word(), Some(lexicon.find(word_hash(word))), "{word}");
            assert!(node.commonest() >= lexicon.words().log_count(lexicon.find(word_hash(word))));
        }
        let bits = |word: &[u8]| word.iter().fold(0, |bits, letter| bits | 1u32 << (letter - b'a'));
        let word = b"parliament";
        for at in 0..word.len() {
            let node = trie.walk(trie.root(), &word[..at]).unwrap();
            assert_eq!(node.under() & bits(&word[at..]), bits(&word[at..]), "{at}");
        }
        assert_eq!(trie.walk(trie.root(), b"parliam").unwrap().under() & bits(b"qz"), 0);
        assert!(trie.walk(trie.root(), b"qzx").is_none());
        let bytes: Vec<u8> = trie.children(trie.root()).map(|child| child.byte()).collect();
        assert_eq!(bytes, (b'a'..=b'z').collect::<Vec<u8>>());
    }
}
