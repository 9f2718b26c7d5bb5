//! Views of a cleaned document: diffs, JSON, HTML, counts. All are computed from the source and its edits, none is
//! stored, and nothing is read or written here. Only this module knows the names of JSON fields.

mod changes;
mod diff;
mod explanation;
mod html;
mod json;
mod lines;
mod marks;
mod passages;
mod problems;
#[cfg(feature = "cli")]
mod records;
mod sarif;
mod sides;
mod stat;
mod summary;
mod unified;
mod view;
mod words;

pub use diff::{Diff, Style};
pub use explanation::explanation as json_explanation;
pub use json::record as json_record;
pub use json::{at_threshold as json_threshold, case as json_case, hypothesis as json_hypothesis};
pub use json::{document as json_document, edits as json_edits, score as json_score, string as json_string};
pub use lines::{or_nothing, shown, wrapped};
#[cfg(feature = "cli")]
pub use records::read_records;
pub use stat::Stat;
pub use summary::Summary;
pub use unified::{unified, with_context as unified_with_context};
pub use words::in_sentence as sentence;

#[cfg(test)]
mod tests {
    use super::marks::marks;
    use super::view::View;
    use super::{problems, sarif, sides, unified, words};
    use crate::edit::{Channel, Edit};

    /// Every style takes any bytes and any edits of them, on any boundaries, also in the midst of a character.
    #[test]
    fn any_bytes_can_be_shown() {
        let mut state = 5u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        const PARTS: [&[u8]; 9] =
            [b"a", b" ", b"\n", b"\r\n", b"\xff", "é".as_bytes(), b"\0", b"\x1b[", b"words and words "];
        for _ in 0..2000 {
            let source: Vec<u8> = (0..next(40)).flat_map(|_| PARTS[next(PARTS.len())]).copied().collect();
            let mut cuts: Vec<usize> = (0..next(8)).map(|_| next(source.len() + 1)).collect();
            cuts.sort_unstable();
            let edit = |cut: &[usize]| Edit {
                range: cut[0]..cut[1],
                replacement: ["", "x", "y\nz", "\n"][cut[0] % 4].into(),
                channel: Channel::Ocr,
                confidence: 0.5,
                reason: "".into(),
            };
            let edits: Vec<Edit> = cuts.chunks_exact(2).map(edit).collect();
            let half = edits.len() / 2;
            let marks = marks(&edits[half..], &edits[..half]);
            let view = View {
                name: "a",
                source: &source,
                text: &source,
                marks: &marks,
                context: 0,
                colour: true,
                width: None,
            };
            words::render(view);
            words::render(View { context: 2, width: Some(7), ..view });
            sides::render(View { width: Some(40), ..view });
            problems::render(view);
            sarif::results(view);
            unified("a", &source, &edits, true);
            super::json_edits(&source, &edits);
        }
    }
}
