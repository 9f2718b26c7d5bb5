//! Any bytes as a model or lexicon image: an error, or sections that stay inside the file and can be asked anything.
//!
//! The first byte chooses: the bytes as they are, or cut into the sections of an image whose header is in order.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ungarble::lexicon::image::{self, Image};
use ungarble::lexicon::rules::Rules;
use ungarble::lexicon::{Grams, VECTOR_DIM, Vectors, Words};

const NAMES: [&str; 10] =
    ["strings", "offsets", "table", "flags", "counts", "uni", "bi", "tri", "books", "vectors"];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    if choice % 2 == 0 {
        if let Ok(image) = Image::open("fuzz", bytes) {
            open(&image);
        }
        return;
    }
    let names = if choice % 4 == 1 {
        &NAMES[..]
    } else {
        &["nodes", "entries", "rights", "starts", "pairs", "lefts"]
    };
    let mut rest = bytes;
    let sections: Vec<(&str, Vec<u8>)> = names
        .iter()
        .map(|name| {
            let len = rest.first().map_or(0, |b| usize::from(*b) * 4).min(rest.len());
            let (section, after) = rest.split_at(len);
            rest = after;
            (*name, section.get(1..).unwrap_or(&[]).to_vec())
        })
        .collect();
    let bytes = image::write(&sections);
    let image = Image::open("fuzz", &bytes).unwrap();
    image.verify("fuzz").unwrap();
    for (name, section) in &sections {
        assert_eq!(image.section(name), section);
    }
    open(&image);
});

fn open(image: &Image<'_>) {
    let verified = image.verify("fuzz");
    assert!(verified.is_ok() || verified.is_err_and(|e| e.is_image()));
    assert!(image.names().count() < 1 << 20);
    let s = |name| image.section(name);
    if let Some(words) = Words::open(s("strings"), s("offsets"), s("table"), s("flags"), s("counts")) {
        for id in [0, 1, 4, 5, 1 << 20, u32::MAX] {
            let _ = (words.word(id), words.flags(id), words.log_count(id));
        }
        let _ = [0, 1, u64::MAX].map(|hash| words.find(hash));
    }
    if let Some(grams) = Grams::open(s("uni"), s("bi"), s("tri"), s("books")) {
        let mut state = grams.begin();
        for id in [0, 4, 5, 1 << 20, u32::MAX, 4] {
            state = grams.score(state, id).1;
        }
        let _ = (grams.end(state), grams.alone(9), grams.trigram(4, 5, 6));
    }
    let vectors = Vectors::open(s("vectors"), s("vscale"));
    let mut around = [0; VECTOR_DIM];
    vectors.add(&mut around, 0, 1);
    let _ = vectors.fit(&around, 1);
    if let Some(rules) = Rules::open(image) {
        assert!(rules.substitutions().count() <= rules.len());
        for (_, entry) in rules.substitutions() {
            let _ = (entry.ids().len(), entry.text(), entry.known(), entry.costs());
        }
        for key in [0, 1, 3, u64::MAX] {
            let _ = (rules.node(key).map(|node| rules.entries(node).count()), rules.starts(key as u32));
        }
    }
}
