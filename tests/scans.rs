//! Scanned text: what is repaired, what is left alone, and that an edit says what it is.

use ungarble::garble::{Garbler, Kind};
use ungarble::{Channel, Cleaner, Edit};

/// A page as a scanner may have read it, and what stood there.
const PAGE: &str = "The famil}' had lived in tbe old house for many ycars, and the gentlemen of the neigh-\n\
    bourhood were frequentlv seen there. Wlien the railway was opened, the committee ofthe town\n\
    resolved to hold a meet ing in the large hall. It was thonght that the new line would be\n\
    a great advantage to the inhabitants, wbo had hitherto been obhged to travel by coach.\n";

const TRUTH: &str = "The family had lived in the old house for many years, and the gentlemen of the neigh-\n\
    bourhood were frequently seen there. When the railway was opened, the committee of the town\n\
    resolved to hold a meeting in the large hall. It was thought that the new line would be\n\
    a great advantage to the inhabitants, who had hitherto been obliged to travel by coach.\n";

fn cleaner() -> Cleaner {
    Cleaner::builder().channels(&Channel::ALL).build()
}

#[test]
fn scans_are_read_without_being_asked_for_and_left_where_they_are_not_wanted() {
    assert_eq!(Cleaner::new().clean(PAGE).text(), TRUTH);
    let phrases = Cleaner::builder().channels(&[Channel::Phrase]).build();
    assert_eq!(phrases.clean(PAGE).edits(), []);
}

#[test]
fn a_page_is_repaired() {
    let cleaner = cleaner();
    let cleaned = cleaner.clean(PAGE);
    assert_eq!(cleaned.text(), TRUTH);
    assert!(cleaned.edits().iter().all(|e| matches!(e.channel, Channel::Ocr | Channel::Spacing)));
    let has = |channel| cleaned.edits().iter().any(|e| e.channel == channel && !e.reason.is_empty());
    assert!(has(Channel::Ocr) && has(Channel::Spacing));
    assert!(cleaned.diagnosis().misread > 0.005, "{}", cleaned.diagnosis().misread);
    assert_eq!(cleaner.clean(TRUTH).edits(), [], "what was repaired is clean");
}

/// What else a word may be read as is there for whoever decides.
#[test]
fn other_readings_are_given() {
    let text = include_str!("../samples/clean-news.txt");
    let damaged = Garbler::new(Kind::Ocr).rate(0.2).seed(3).garble(text).text;
    let cleaned = Cleaner::new().clean(&damaged);
    let with = |edit: &&Edit| !cleaned.alternatives(edit).is_empty();
    let scanned = |edit: &&Edit| matches!(edit.channel, Channel::Ocr | Channel::Spacing);
    assert!(cleaned.edits().iter().filter(scanned).filter(with).count() > 3, "{:#?}", cleaned.edits());
    for edit in cleaned.edits() {
        let others = cleaned.alternatives(edit);
        assert!(
            others.iter().all(|other| other.range == edit.range && other.replacement != edit.replacement)
        );
        assert!(others.iter().map(|other| other.confidence).sum::<f32>() < 1.01, "{edit}: {others:#?}");
    }
}

#[test]
fn channels_can_be_left_out() {
    let cleaner = Cleaner::builder().channels(&[Channel::Phrase, Channel::Spacing]).build();
    assert!(cleaner.clean(PAGE).edits().iter().all(|e| e.channel == Channel::Spacing));
    let cleaner = Cleaner::builder().channels(&[Channel::Phrase]).build();
    assert_eq!(cleaner.clean(PAGE).edits(), []);
}

#[test]
fn a_table_of_ones_own_counts() {
    // A scanner that makes q of every w.
    let text = "Tqo qomen qere qaiting for the qater, qhich qas cold; they qould qalk to the toqn.";
    let cleaner =
        Cleaner::builder().channels(&Channel::ALL).confusions("mine", "w -> q 9000").unwrap().build();
    assert_eq!(
        cleaner.clean(text).text(),
        "Two women were waiting for the water, which was cold; they would walk to the town."
    );
    let error = Cleaner::builder().confusions("mine", "k & 9000").unwrap_err().to_string();
    assert!(error.starts_with("mine:1: a confusion needs"), "{error}");
}

#[test]
fn what_is_no_scan_stays() {
    let cleaner = cleaner();
    for text in [
        "He shew'd me the publick musick, and improv'd my connexion with the antient Company to-day.",
        "It is alſo ſaid, that the Houſe will riſe next Week, and that his Majeſty goes firſt to Windſor.",
        "Aberystwyth, Llanelli, Pontypridd, Ystradgynlais, Machynlleth, Dolgellau, Blaenau Ffestiniog, Tywyn",
        "Okonkwo\nAdichie\nNwachukwu\nEzeulu\nObiageli\nIkemefuna\nNwoye\nUnoka\nObierika\nUchendu\n",
        "1881 34,564 12.5 3s. 6d.\n1891 36,112 13.1 3s. 9d.\n1901 40,387 14.0 4s. 1d.\n",
        "let mut hyps = vec![]; for x in lexicon.arcs.iter() { hyps.push(x.clone()); }",
        "fn strftime(fmt: &str, tm: &Tm) -> Result<String, ParseErr> { fmtspec(fmt, tm).collect() }",
        "Ich weiß nicht, was soll es bedeuten, dass ich so traurig bin; ein Märchen aus alten Zeiten.",
        "Il était une fois une petite fille de village, la plus jolie qu'on eût su voir.",
        "H2O, CO2, x86_64, B2B, 3D, mp3, ISO 8601, RFC 2119 and utf8mb4 are fine.",
    ] {
        assert_eq!(cleaner.clean(text).edits(), [], "{text}");
    }
}

#[test]
fn capitals_are_repaired_and_figures_are_read() {
    let page = "On the i8th of March, l85O, the committee ofthe town met In the large hall, and tbe gentlemen were seated In rows.\n\
        It was thonght that the railway wonld be opened by tbe next month, and that many men wonld be present.\n";
    let cleaner = cleaner();
    let cleaned = cleaner.clean(page);
    for good in ["the committee of the town met in the large", "seated in rows"] {
        assert!(cleaned.text().contains(good), "{good}: {}", cleaned.text());
    }
    // Real pages have so many numbers with letters (3s. 6d., 2R) that not each of them is sure enough.
    let read: Vec<&str> = cleaned.edits().iter().chain(cleaned.doubts()).map(|e| &*e.replacement).collect();
    assert!(read.contains(&"18th") && read.contains(&"1850"), "{read:?}");
}

#[test]
fn dialect_in_company_and_models_stay() {
    let cleaner = cleaner();
    for text in [
        "Weel, the auld man gaed doon tae the toon wi' his heid doon, an' a' the bairns frae the hoose cam' oot tae see \
         wha it wis. He didna ken whit tae dae, but he wouldna gang hame the nicht.",
        "Many people think that iPhone7 will sell as iPhone6 did, and that Windows10 runs on a Thinkpad450 as well.",
    ] {
        assert_eq!(cleaner.clean(text).edits(), [], "{text}");
    }
}

#[test]
fn lines_stay_and_nothing_panics() {
    let cleaner = cleaner();
    for text in [
        "tbe aud oi-\n",
        "oi-\ntbe tbe tbc -\n-\n}'\n",
        "\u{1}\u{1} tbe \u{1}tbe-\n\u{1}",
        "tbe ﬁnd oﬀer ſhip ſuch",
        "-\n-\n-",
    ] {
        let cleaned = cleaner.clean(text);
        assert_eq!(cleaned.text().matches('\n').count(), text.matches('\n').count(), "{text:?}");
    }
}
