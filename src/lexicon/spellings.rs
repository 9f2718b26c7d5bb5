//! The spellings of the words as a trie, to be walked together with what a scanner may have made of them.
//!
//! One node is one number of 64 bits, the children of a node stand side by side, sorted by their byte:
//!
//! ```text
//! first child 24 | children 6 | byte 8 | word 20 | commonest word below 6
//! ```
//!
//! The last field bounds how common any word below can be (its logarithmic count divided by four), so that a search can
//! turn to common words first.

use super::image::u64_at;
use super::words::{FIRST, WordId, Words, flag};

/// A place in the trie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node(u64);

impl Node {
    /// The byte that leads here.
    pub fn byte(self) -> u8 {
        (self.0 >> 30) as u8
    }

    /// The word that ends here, if one does.
    pub fn word(self) -> Option<WordId> {
        let id = (self.0 >> 38) as WordId & 0xF_FFFF;
        (id != 0).then_some(id)
    }

    /// At least the logarithmic count (8·log2) of every word at or below this place.
    pub fn commonest(self) -> u8 {
        ((self.0 >> 58) as u8) << 2 | 3
    }

    /// A number that no other place has, but for places where the same endings of equally common words hang.
    pub fn number(self) -> u64 {
        self.0
    }

    fn first(self) -> usize {
        self.0 as usize & 0xFF_FFFF
    }

    fn children(self) -> usize {
        (self.0 >> 24) as usize & 0x3F
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
        (nodes.len() >= 8).then_some(Self { nodes })
    }

    /// Before the first letter.
    pub fn root(&self) -> Node {
        self.at(0)
    }

    /// The places one byte further, by rising byte.
    pub fn children(&self, node: Node) -> impl Iterator<Item = Node> + use<'b> {
        let trie = *self;
        (node.first()..node.first() + node.children()).map(move |at| trie.at(at))
    }

    /// The place after one more byte.
    pub fn child(&self, node: Node, byte: u8) -> Option<Node> {
        self.children(node).find(|child| child.byte() == byte)
    }

    /// The place after more bytes.
    pub fn walk(&self, node: Node, bytes: &[u8]) -> Option<Node> {
        bytes.iter().try_fold(node, |node, byte| self.child(node, *byte))
    }

    fn at(&self, index: usize) -> Node {
        if index * 8 + 8 <= self.nodes.len() { Node(u64_at(self.nodes, index * 8)) } else { Node(0) }
    }
}

/// Words that are no English by the word lists are read into a garbled word only from this logarithmic count on: rarer
/// ones are as often somebody's misprint (about 12 occurrences in 90 million words; names twice as few).
const ATTESTED: u8 = 30;

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
    list.sort_unstable();
    let counts = |range: std::ops::Range<usize>| {
        list[range].iter().map(|(_, id)| words.log_count(*id)).max().unwrap_or(0) >> 2
    };
    // Breadth first: each node stands for a stretch of the sorted list and the bytes that its words begin with.
    let mut nodes: Vec<u64> = vec![u64::from(counts(0..list.len())) << 58];
    let mut open = std::collections::VecDeque::from([(0usize, 0..list.len(), 0usize)]);
    while let Some((at, range, depth)) = open.pop_front() {
        let mut start = range.start;
        if start < range.end && list[start].0.len() == depth {
            nodes[at] |= u64::from(list[start].1) << 38;
            start += 1;
        }
        let first = nodes.len();
        while start < range.end {
            let byte = list[start].0.as_bytes()[depth];
            let end = start
                + list[start..range.end].iter().take_while(|(w, _)| w.as_bytes()[depth] == byte).count();
            if nodes.len() - first < 63 {
                nodes.push(u64::from(byte) << 30 | u64::from(counts(start..end)) << 58);
                open.push_back((nodes.len() - 1, start..end, depth + 1));
            }
            start = end;
        }
        nodes[at] |= first as u64 | ((nodes.len() - first) as u64) << 24;
    }
    nodes.iter().flat_map(|node| node.to_le_bytes()).collect()
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
        assert!(trie.walk(trie.root(), b"qzx").is_none());
    }
}
