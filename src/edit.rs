//! Edits and patches: the one truth about what was changed. Text, diff, JSON and statistics are computed from them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A kind of damage, and so a kind of repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Characters: bytes decoded with the wrong character set, broken Unicode.
    Encoding,
    /// Letters misread from an image.
    Ocr,
    /// Words run together or broken apart.
    Spacing,
    /// Letters mistyped.
    Spelling,
    /// Words misheard.
    Sound,
    /// Words swapped for near-synonyms.
    Phrase,
}

impl Channel {
    /// All channels, in the order in which a document passes them.
    pub const ALL: [Channel; 6] =
        [Self::Encoding, Self::Ocr, Self::Spacing, Self::Spelling, Self::Sound, Self::Phrase];

    /// The channels that act where none are named: those that may be let loose on any text. The others are reserved names.
    pub const DEFAULT: [Channel; 4] = [Self::Encoding, Self::Ocr, Self::Spacing, Self::Phrase];

    /// The name, as options and reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Ocr => "ocr",
            Self::Spacing => "spacing",
            Self::Spelling => "spelling",
            Self::Sound => "sound",
            Self::Phrase => "phrase",
        }
    }

    /// The channel of a name.
    ///
    /// ```
    /// use ungarble::Channel;
    /// assert_eq!(Channel::from_name("phrase"), Some(Channel::Phrase));
    /// assert_eq!(Channel::from_name("telepathy"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One change: these bytes of the source become this text.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Bytes of the source that are replaced; empty where text is inserted.
    pub range: Range<usize>,
    /// What stands there afterwards; empty where text is deleted.
    pub replacement: Box<str>,
    /// The kind of damage that this repairs.
    pub channel: Channel,
    /// How sure we are that the repair is right, 0 to 1, in steps of 1/1000.
    pub confidence: f32,
    /// Why: the rule, habit or source that proposed the reading, as a short phrase for people.
    pub reason: Box<str>,
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.range;
        write!(f, "{start}..{end} {:?} ({}, {:.2})", self.replacement, self.channel, self.confidence)
    }
}

/// Edits of one source, in order and disjoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Patch {
    edits: Vec<Edit>,
}

impl Patch {
    /// A patch of these edits, sorted here.
    ///
    /// # Panics
    ///
    /// When two edits overlap: that is a fault of the caller, never of the text.
    pub fn new(mut edits: Vec<Edit>) -> Self {
        edits.sort_by_key(|e| (e.range.start, e.range.end));
        for pair in edits.windows(2) {
            assert!(pair[0].range.end <= pair[1].range.start, "edits overlap: {} and {}", pair[0], pair[1]);
        }
        Self { edits }
    }

    /// The edits, in order.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The edits, given away.
    pub fn into_edits(self) -> Vec<Edit> {
        self.edits
    }

    /// Is there nothing to change?
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Keeps the edits for which `keep` says so.
    pub fn retain(&mut self, keep: impl FnMut(&Edit) -> bool) {
        self.edits.retain(keep);
    }

    /// The source with the edits made; borrowed when there are none.
    ///
    /// ```
    /// use ungarble::{Channel, Edit, Patch};
    /// let edit = Edit { range: 0..3, replacement: "the".into(), channel: Channel::Ocr, confidence: 0.98, reason: "b for h".into() };
    /// assert_eq!(&*Patch::new(vec![edit]).apply(b"tbe end"), b"the end");
    /// ```
    pub fn apply<'s>(&self, source: &'s [u8]) -> Cow<'s, [u8]> {
        if self.edits.is_empty() {
            return Cow::Borrowed(source);
        }
        let mut out = Vec::with_capacity(source.len() + 64);
        let mut at = 0;
        for edit in &self.edits {
            out.extend_from_slice(&source[at..edit.range.start]);
            out.extend_from_slice(edit.replacement.as_bytes());
            at = edit.range.end;
        }
        out.extend_from_slice(&source[at..]);
        Cow::Owned(out)
    }

    /// Where a byte offset of the source lies after the edits. Offsets inside an edit go to its end.
    pub fn to_new(&self, old: usize) -> usize {
        let mut shift = 0isize;
        for edit in &self.edits {
            if edit.range.start >= old && !(edit.range.start == old && edit.range.is_empty()) {
                break;
            }
            if edit.range.end > old {
                return (edit.range.start as isize + shift) as usize + edit.replacement.len();
            }
            shift += edit.replacement.len() as isize - edit.range.len() as isize;
        }
        (old as isize + shift) as usize
    }

    /// Where a byte offset of the edited text lies in the source. Offsets inside a replacement go to the end of what
    /// was replaced.
    pub fn to_old(&self, new: usize) -> usize {
        let mut shift = 0isize;
        for edit in &self.edits {
            let start = (edit.range.start as isize + shift) as usize;
            let end = start + edit.replacement.len();
            // A deletion at this very place lies before it.
            let deletes = edit.replacement.is_empty() && !edit.range.is_empty();
            if start > new || start == new && !deletes {
                break;
            }
            if end > new {
                return edit.range.end;
            }
            shift += edit.replacement.len() as isize - edit.range.len() as isize;
        }
        (new as isize - shift) as usize
    }

    /// [`Self::to_old`] for many offsets: one look through all edits, then a search for each.
    pub(crate) fn old_places(&self) -> impl Fn(usize) -> usize {
        let (mut starts, mut shift) = (Vec::with_capacity(self.edits.len()), 0isize);
        for edit in &self.edits {
            starts.push(((edit.range.start as isize + shift) as usize, shift));
            shift += edit.replacement.len() as isize - edit.range.len() as isize;
        }
        move |new| {
            let mut at = starts.partition_point(|(start, _)| *start < new);
            let deletes = |edit: &Edit| edit.replacement.is_empty() && !edit.range.is_empty();
            while starts.get(at).is_some_and(|(start, _)| *start == new) && deletes(&self.edits[at]) {
                at += 1;
            }
            let Some(last) = at.checked_sub(1) else { return new };
            let (edit, (start, shift)) = (&self.edits[last], starts[last]);
            if start + edit.replacement.len() > new {
                return edit.range.end;
            }
            (new as isize - shift - edit.replacement.len() as isize) as usize + edit.range.len()
        }
    }

    /// This patch and then `next`, which was made for the text after this one, as one patch of the source.
    ///
    /// An edit of `next` that touches a replacement of ours is merged with it: one edit, the lower confidence, both
    /// reasons. Edits that cancel out (the source stands again) are dropped.
    pub fn then(self, next: Patch, source: &[u8]) -> Patch {
        if next.is_empty() {
            return self;
        }
        if self.is_empty() {
            return next;
        }
        let middle = self.apply(source).into_owned();
        let mut out: Vec<Edit> = Vec::with_capacity(self.edits.len() + next.edits.len());
        let mut first = self.edits.into_iter().peekable();
        let mut second = next.edits.into_iter().peekable();
        let mut shift = 0isize; // middle − source, before the next edit of `first`
        let place = |e: &Edit, shift: isize| {
            let start = (e.range.start as isize + shift) as usize;
            start..start + e.replacement.len()
        };
        while first.peek().is_some() || second.peek().is_some() {
            let here = first.peek().map(|e| place(e, shift));
            match (here, second.peek()) {
                (Some(a), b) if b.is_none_or(|b| a.end < b.range.start) => {
                    let edit = first.next().expect("peeked");
                    shift += edit.replacement.len() as isize - edit.range.len() as isize;
                    out.push(edit);
                }
                (a, Some(b)) if a.as_ref().is_none_or(|a| b.range.end < a.start) => {
                    let start = (b.range.start as isize - shift) as usize;
                    let end = (b.range.end as isize - shift) as usize;
                    let mut edit = second.next().expect("peeked");
                    edit.range = start..end;
                    out.push(edit);
                }
                _ => out.extend(merge(source, &middle, &mut first, &mut second, &mut shift)),
            }
        }
        Patch { edits: out }
    }
}

/// Merges a run of touching edits of two patches into one edit of the source.
fn merge(
    source: &[u8],
    middle: &[u8],
    first: &mut std::iter::Peekable<std::vec::IntoIter<Edit>>,
    second: &mut std::iter::Peekable<std::vec::IntoIter<Edit>>,
    shift: &mut isize,
) -> Option<Edit> {
    let before = *shift;
    let start_first = first.peek().map_or(usize::MAX, |e| (e.range.start as isize + before) as usize);
    let start_second = second.peek().map_or(usize::MAX, |e| e.range.start);
    let start = start_first.min(start_second);
    let mut end = start;
    let mut edits: Vec<Edit> = Vec::new(); // of `second`, inside the run
    let (mut channel, mut confidence, mut reasons) = (None, 1f32, Vec::<Box<str>>::new());
    let mut note = |e: &Edit| {
        channel.get_or_insert(e.channel);
        confidence = confidence.min(e.confidence);
        if !reasons.contains(&e.reason) {
            reasons.push(e.reason.clone());
        }
    };
    loop {
        if let Some(e) = first.peek() {
            let s = (e.range.start as isize + *shift) as usize;
            if s <= end || s == start {
                let e = first.next().expect("peeked");
                end = end.max(s + e.replacement.len());
                *shift += e.replacement.len() as isize - e.range.len() as isize;
                note(&e);
                continue;
            }
        }
        let Some(e) = second.next_if(|e| e.range.start <= end) else { break };
        end = end.max(e.range.end);
        note(&e);
        edits.push(e);
    }
    let range = (start as isize - before) as usize..(end as isize - *shift) as usize;
    let mut text = Vec::new();
    let mut at = start;
    for e in &edits {
        text.extend_from_slice(&middle[at..e.range.start]);
        text.extend_from_slice(e.replacement.as_bytes());
        at = e.range.end;
    }
    text.extend_from_slice(&middle[at..end]);
    if source[range.clone()] == text[..] {
        return None;
    }
    let replacement = String::from_utf8_lossy(&text).into_owned().into();
    Some(Edit { range, replacement, channel: channel?, confidence, reason: reasons.join("; ").into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_places_are_the_same_as_one_after_the_other() {
        // Edits of lengths 0 to 3 for 0 to 3 bytes with gaps of 0 to 3, the same every time.
        let mut state = 1u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as usize % 4
        };
        for _ in 0..500 {
            let (mut edits, mut at) = (Vec::new(), 0);
            for _ in 0..8 {
                let (start, len, words) = (at + next(), next(), "abc"[..next()].into());
                at = start + len;
                if len > 0 || start > 0 {
                    edits.push(Edit {
                        range: start..at,
                        replacement: words,
                        channel: Channel::Phrase,
                        confidence: 1.0,
                        reason: "".into(),
                    });
                }
            }
            let patch = Patch::new(edits);
            let places = patch.old_places();
            for new in 0..60 {
                assert_eq!(places(new), patch.to_old(new), "{new} of {patch:?}");
            }
        }
    }
}
