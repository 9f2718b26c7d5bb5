//! Any bytes: no panic; what comes out of all repairs of characters is UTF-8; repairing again changes nothing.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use ungarble::encoding::{Kinds, decode, repair};
use ungarble::lexicon::Lexicon;

fuzz_target!(|source: &[u8]| {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    let lexicon = LEXICON.get_or_init(Lexicon::embedded);
    for kinds in [Kinds::default(), Kinds::all()] {
        let patch = repair(source, Some(lexicon), &kinds);
        let got = patch.apply(source).into_owned();
        assert!(kinds != Kinds::all() || std::str::from_utf8(&got).is_ok(), "not UTF-8");
        let again = repair(&got, Some(lexicon), &kinds);
        assert!(again.is_empty(), "{:?} is changed by {:?}", String::from_utf8_lossy(&got), again.edits());
    }
    if let Ok(decoded) = decode(source, None)
        && !decoded.encoding.is_utf8()
    {
        assert!(std::str::from_utf8(&decoded.text).is_ok());
    }
});
