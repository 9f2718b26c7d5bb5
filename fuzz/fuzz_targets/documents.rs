//! Any bytes, read as any format: no panic; edits of the text land in the source, and it can be read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ungarble::document::{Document, Format};
use ungarble::{Channel, Edit};

fuzz_target!(|data: &[u8]| {
    let [which, stride, source @ ..] = data else { return };
    let formats: Vec<Format> = Format::all().collect();
    let format = formats[usize::from(*which) % formats.len()];
    let Ok(document) = Document::read(source, format) else { return };
    if format == Format::TEXT {
        return;
    }
    let text = std::str::from_utf8(document.text()).expect("the text is UTF-8");
    for passage in document.passages() {
        assert!(!text[passage].trim().is_empty());
    }
    // Every so many words something happens to one or two of them.
    let words: Vec<usize> = text.split_whitespace().map(|w| w.as_ptr() as usize - text.as_ptr() as usize).collect();
    let end = |start: usize| start + text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
    let stride = usize::from(*stride % 16) + 2;
    let edits: Vec<Edit> = (0..words.len())
        .step_by(stride)
        .enumerate()
        .map(|(i, at)| {
            let last = (at + i % 2).min(words.len() - 1);
            let replacement = ["the", "", "a b", "x<&\"]]>", "n*_`"][i % 5];
            Edit {
                range: words[at]..end(words[last]),
                replacement: replacement.into(),
                channel: Channel::Ocr,
                confidence: 0.5,
                reason: "fuzz".into(),
            }
        })
        .collect();
    let patch = document.patch(&edits);
    let patched = patch.apply(source).into_owned();
    assert!(Document::read(&patched, format).is_ok(), "a repaired file cannot be read");
    assert!(document.patch(&[]).is_empty());
});
