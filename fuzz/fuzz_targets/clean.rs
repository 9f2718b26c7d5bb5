//! Any bytes are cleaned without a panic; the edits make the text; cleaning again changes nothing.

#![no_main]

use std::borrow::Cow;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use ungarble::Cleaner;

fuzz_target!(|source: &[u8]| {
    static CLEANER: OnceLock<Cleaner> = OnceLock::new();
    let cleaner = CLEANER.get_or_init(Cleaner::new);
    let cleaned = cleaner.clean_bytes(source);
    let text = std::str::from_utf8(source).ok();
    let mut by_hand = source.to_vec();
    let mut end = source.len();
    for edit in cleaned.edits().iter().rev() {
        let range = edit.range.clone();
        assert!(range.start <= range.end && range.end <= end, "{edit}: out of order");
        end = range.start;
        if let Some(text) = text {
            assert!(
                text.is_char_boundary(range.start) && text.is_char_boundary(range.end),
                "{edit}: cuts a character"
            );
        }
        assert!(source[range.clone()] != *edit.replacement.as_bytes(), "{edit}: changes nothing");
        by_hand.splice(range, edit.replacement.bytes());
    }
    assert_eq!(*cleaned.bytes(), by_hand, "the bytes are not the source with the edits made");
    assert_eq!(matches!(cleaned.bytes(), Cow::Borrowed(_)), cleaned.edits().is_empty());
    for at in [0, source.len() / 3, source.len()] {
        assert!(
            cleaned.patch().to_new(at) <= by_hand.len()
                && cleaned.patch().to_old(at.min(by_hand.len())) <= source.len()
        );
    }
    let again = cleaner.clean_bytes(&by_hand);
    assert!(
        again.edits().is_empty(),
        "cleaning again changes {:?} by {:?}",
        String::from_utf8_lossy(&by_hand),
        again.edits()
    );
});
