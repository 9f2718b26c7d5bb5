//! The samples as the README shows them: how much of each is repaired, and the phrases that ungarble was made for.

#![cfg(feature = "cli")]

mod common;

use common::{cleaner, in_parallel, path, read};
use ungarble::eval::{Score, cases};

/// What must be reached on each sample: (id, precision, recall), a little below what is.
const FLOORS: [(&str, f64, f64); 5] = [
    ("sample-news", 0.88, 0.5),
    ("sample-web", 0.80, 0.44),
    ("sample-spinbot", 0.84, 0.42),
    ("sample-science", 0.85, 0.64),
    ("sample-mixed", 0.88, 0.48),
];

#[test]
fn cases_hold_the_samples() {
    let cases = cases("samples/cases.jsonl", &read("samples/cases.jsonl")).unwrap();
    let ids: Vec<&str> = cases.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, FLOORS.map(|(id, ..)| id));
    let texts: Vec<String> = std::fs::read_dir(path("samples"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .map(|p| std::fs::read_to_string(p).unwrap())
        .collect();
    for case in &cases {
        assert!(texts.contains(&case.garbled), "{}: the garbled text is no file of samples/", case.id);
        assert!(
            case.restored.as_ref().is_some_and(|r| texts.contains(r)),
            "{}: the original is no file of samples/",
            case.id
        );
    }
}

#[test]
fn most_of_each_sample_is_repaired() {
    let cases = cases("samples/cases.jsonl", &read("samples/cases.jsonl")).unwrap();
    let figures = in_parallel(&cases, |case| {
        let mut score = Score::new(None, false);
        score.add(case, &cleaner().clean(&case.garbled).text());
        let all = &score.figures()["ALL"];
        (all.get("precision").unwrap(), all.get("recall").unwrap())
    });
    let mut below = String::new();
    for (case, (precision, recall)) in cases.iter().zip(figures) {
        let (_, p, r) = FLOORS.into_iter().find(|(id, ..)| *id == case.id).unwrap();
        println!("{}: precision {precision:.3}, recall {recall:.3}", case.id);
        if precision < p || recall < r {
            below += &format!(
                "{}: precision {precision:.3} (floor {p}), recall {recall:.3} (floor {r})\n",
                case.id
            );
        }
    }
    assert!(below.is_empty(), "\n{below}");
}

/// This one is cleaned alone, as from the command line.
#[test]
fn the_phrase_of_the_mission() {
    let text = "the de-escalation deal has been unravelling and the preventing rising extra fierce.";
    let expected = "the de-escalation deal has been unravelling and the fighting growing more fierce.";
    assert_eq!(cleaner().clean(text).text(), expected);
}

/// A sentence cleaned between spun paragraphs, since a few odd words prove nothing where all else is fine.
fn repaired(sentence: &str) -> String {
    let text = format!(
        "Police mentioned the hearth began shortly after midnight, in accordance with courtroom paperwork.\n\n{sentence}\n\n\
         Officers mentioned no one was injured, and the lawyer common's workplace declined to remark on Wednesday.\n"
    );
    let out = cleaner().clean(&text).text().into_owned();
    out.split("\n\n").nth(1).unwrap().to_owned()
}

#[test]
fn the_article_follows_the_repair() {
    let got = repaired("It unfold to an deserted constructing on the nook.");
    assert!(got.contains("to an abandoned building "), "{got}");
    let got = repaired("A witness noticed a automobile leave the scene.");
    assert!(got.contains(" a vehicle ") || got.contains(" a car "), "{got}");
}

#[test]
fn titles_keep_their_capitals() {
    let got = repaired("Majority Chief Dana Ostrow mentioned the vote was delayed.");
    assert!(got.contains("Majority Leader Dana Ostrow "), "{got}");
}
