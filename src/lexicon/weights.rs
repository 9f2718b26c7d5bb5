//! The fitted numbers of ranking and diagnosis, from `dictionaries/weights.txt`, where their evidence stands beside them.

use crate::error::{Error, Result};

macro_rules! weights {
    ($(#[doc = $about:literal])+ $table:ident: $($(#[doc = $doc:literal])+ $name:ident,)+) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $table { $($(#[doc = $doc])+ pub $name: f32,)+ }

        impl $table {
            /// Reads `name value` lines; every name must stand there once.
            pub fn parse(place: &str, text: &str) -> Result<Self> {
                let mut weights = Self::default();
                let mut missing = vec![$(stringify!($name)),+];
                for (number, line) in text.lines().enumerate() {
                    let line = line.split('#').next().unwrap_or("").trim();
                    if line.is_empty() {
                        continue;
                    }
                    let wrong = |message: String| Error::table(place, number + 1, message);
                    let (name, value) =
                        line.split_once(' ').ok_or_else(|| wrong("a weight is  name value".into()))?;
                    let value: f32 =
                        value.trim().parse().map_err(|_| wrong(format!("{:?} is not a number", value.trim())))?;
                    match name {
                        $(stringify!($name) => weights.$name = value,)+
                        _ => return Err(wrong(format!("no weight is called {name:?}"))),
                    }
                    missing.retain(|m| *m != name);
                }
                match missing.first() {
                    Some(name) => Err(Error::table(place, text.lines().count(), format!("the weight {name:?} is missing"))),
                    None => Ok(weights),
                }
            }
        }
    };
}

weights! {
    /// All fitted numbers, in nats unless said otherwise.
    Weights:
    /// Weight of the language model (a factor).
    model,
    /// Share of words that a spun document swaps, before it is known (a share).
    rate,
    /// Cost of a rule of the user's own.
    user,
    /// Cost of a strong rule.
    strong,
    /// Cost of a weak rule.
    weak,
    /// Cost of a habit.
    habit,
    /// Cost of a substitution that only restored text shows.
    seen,
    /// Log-odds of a strong rule before anything was seen of it.
    prior_strong,
    /// Log-odds of a weak rule before anything was seen of it.
    prior_weak,
    /// Log-odds of a habit before anything was seen of it.
    prior_habit,
    /// Log-odds of a form that was never seen of a substitution that was.
    prior_seen,
    /// Log-odds that a dialect has beyond the others where hardly anything was seen of it.
    prior_thin,
    /// Weight of ln of the share that people wrote (a factor).
    prior_share,
    /// Occurrences that the prior odds are worth.
    prior_words,
    /// Occurrences that all dialects together are worth at most.
    all_words,
    /// Occurrences that the odds of all dialects are worth for the forms of one.
    form_words,
    /// Occurrences that the odds of all forms are worth for one of them.
    dialect_words,
    /// Weight of the log-odds of a substitution in this document's dialects (a factor).
    share,
    /// Cost of each e-fold by which the repair is commoner than what was written.
    frequency,
    /// What a dialect that does not do it still gives, against the likeliest that does.
    stranger,
    /// Gain of a repair that mends a wrong article before it.
    article,
    /// Gain for each e-fold of the same substitution's expected count elsewhere in the document.
    consistency,
    /// Log-odds of a reading before any evidence.
    sure_bias,
    /// Weight of the log-odds of the reading in the lattice.
    sure_posterior,
    /// Weight of the log-odds that the span is not as it stands.
    sure_changed,
    /// Weight of the log-odds of the likeliest other reading of the span.
    sure_others,
    /// Weight of what the language model gains, in nats.
    sure_model,
    /// Weight of how much longer the n-grams are that the language model knows.
    sure_order,
    /// Weight of the log-odds of the substitution in this document's dialects, whatever is around it.
    sure_own,
    /// Weight of the same in the mean of all dialects.
    sure_mean,
    /// Weight of ln(1 + how often the substitution was seen in restored text).
    sure_support,
    /// Weight of ln of how much commoner the repair is than what was written.
    sure_frequency,
    /// Weight of the log-odds that a word of this document was swapped.
    sure_rate,
    /// Log-odds of a strong rule.
    sure_strong,
    /// Log-odds of a weak rule.
    sure_weak,
    /// Log-odds of a habit.
    sure_habit,
    /// Weight of ln(1 + how often the document is expected to show the substitution).
    sure_again,
    /// Weight of ln(1 + how often what was written stands in the document).
    sure_stands,
    /// Weight of ln of how many readings the span has.
    sure_choices,
    /// Weight of each word that the repair is longer.
    sure_added,
    /// Log-odds of a capitalised word inside a sentence.
    sure_title,
    /// Log-odds of mending a wrong article.
    sure_article,
    /// Log-odds of a reading that won its place.
    row_bias,
    /// Weight of the log-odds that it has by itself.
    row_own,
    /// Weight of −ln of the probability that the other repairs of an uneven row are right.
    row_others,
    /// Log-odds of a row of repairs that changes the number of words.
    row_uneven,
    /// Weight of how likely the neighbours of an uneven row are garbled and stay so.
    row_beside,
    /// Weight of each other repair of an uneven row.
    row_joined,
    /// Weight of how likely the neighbours of an even row are garbled and stay so.
    row_even,
    /// Weight of how likely they belong to a phrase of another number of words.
    row_shifted,
    /// Confidence from which an edit is made (a probability).
    threshold,
    /// Evidence below which a document counts as clean.
    clean,
    /// Evidence that each strong rule gives beyond what the lattice says.
    telling,
    /// Evidence per word that clean text shows by chance.
    chance,
    /// What a garbled patch in a clean document needs beyond `clean`.
    patch,
    /// Sum of signs in a stretch of words from which triage has it decoded.
    suspect,
    /// Evidence per word in the most suspicious sentences from which on a text is looked at throughout.
    probe,
    /// Mean leaning per word, downwards, below which triage takes a document for clean throughout.
    calm,
    /// Words of prior evidence for the rate of a sentence against its document's.
    local,
}

weights! {
    /// The fitted numbers of scanned text, from `dictionaries/ocr.weights`, in nats unless said otherwise.
    OcrWeights:
    /// Weight of the language model (a factor).
    model,
    /// Weight of the model of letters for words that nobody knows (a factor).
    letters,
    /// Cost of a letter replaced in a way that the table does not have.
    replaced,
    /// Cost of a letter lost in a way that the table does not have.
    lost,
    /// Cost of a letter too many in a way that the table does not have.
    added,
    /// Cost of a capital for a small letter or the other way round.
    case,
    /// Cost of every change beyond what the table says, before the document is known.
    change,
    /// Cost of reading a known word as another one.
    real,
    /// Cost of dropping a mark, beyond what the table says.
    stray,
    /// Cost of a capital where a small letter is expected, as it stands.
    capital,
    /// Weight of how common a word is while candidates are looked for (a factor).
    common,
    /// Share of strange words from which on a text is looked at.
    strange,
    /// Letters of prior evidence for the noise of a document.
    prior,
    /// Letters of prior evidence for the rate of one confusion in a document.
    habit,
    /// Confidence from which words that nobody knows are repaired (a probability).
    threshold,
    /// The same of words that are known.
    threshold_known,
    /// The same of marks.
    threshold_marks,
}

weights! {
    /// How far misread text is from being believed, from `dictionaries/encoding.weights`, in nats unless said otherwise.
    EncodingWeights:
    /// From misread back to clean text.
    leave,
    /// A character beyond ASCII that is right, in the midst of those that are not.
    intact,
    /// The same where it begins what would be a character.
    refused,
    /// What a stretch must cost as it stands before layers below layers are looked for.
    doubtful,
    /// A no-break space that became a plain one.
    spaced,
    /// A no-break space that was joined with the blank after it.
    collapsed,
    /// The same at the end of a word of one letter, beyond that.
    alone,
    /// A quotation mark or dash that became one of ASCII.
    straight,
    /// A byte of which nothing is known.
    lost,
    /// A byte that is gone.
    gone,
    /// A control character above ASCII as what was meant, after another character beyond ASCII.
    control,
    /// A pair of sets that was undone elsewhere, or a set where all was misread as it.
    again,
    /// A set of an inner layer, of what it costs as the only one (a factor).
    layer,
    /// Every other set beyond the one that was read, so that only this one is tried.
    settled,
    /// What characters cost that touch a stretch, each, from which on it is but a scrap.
    scrap,
    /// What a character costs where it stands from which on it is odd.
    odd,
    /// How many times what is undone must stay odd in a text before nothing of it is repaired (a factor).
    stays,
    /// And how much of all that stays (a share).
    mostly,
    /// What may be missing where the lexicon has the word that comes out.
    vouched,
    /// Another set than the one that did the rest of the damage, where that one could have done this too.
    twin,
    /// Sets that explain this much of what the best one does, as often, are compared by what lies below them (a share).
    alike,
}

impl OcrWeights {
    /// The names of the evidence for a repair of scanned text, as `dictionaries/model/ocr.trees` asks for it.
    pub const SURE: [&str; 70] = [
        "bias",
        "posterior",
        "changed",
        "model",
        "cost",
        "changes",
        "unheard",
        "noise",
        "length",
        "strange",
        "rare",
        "real",
        "spacing",
        "split",
        "stray",
        "mark",
        "title",
        "upper",
        "again",
        "letters",
        "common",
        "choices",
        "digits",
        "rivals",
        "seen_before",
        "seen_after",
        "short",
        "local",
        "written",
        "twice",
        "standing",
        "before",
        "after",
        "capital",
        "words",
        "longer",
        "size",
        "best",
        "cased",
        "number",
        "capitals",
        "dialect",
        "elided",
        "apostrophe",
        "meant_here",
        "meant_next",
        "stood_here",
        "stood_next",
        "kept",
        "english",
        "proper",
        "old",
        "clusters",
        "codes",
        "sign",
        "meant_sign",
        "signs",
        "blank_before",
        "blank_after",
        "line_begins",
        "line_ends",
        "inside",
        "word_printed",
        "printed_before",
        "printed_after",
        "stood_printed",
        "stood_before",
        "stood_after",
        "habit",
        "habits",
    ];

    /// The weights of an image.
    pub(super) fn read(place: &str, bytes: &[u8]) -> Result<Self> {
        Self::parse(place, &String::from_utf8_lossy(bytes))
    }
}

impl Weights {
    /// The names of the features of confidence.
    pub const SURE: [&str; 20] = [
        "bias",
        "posterior",
        "changed",
        "others",
        "model",
        "order",
        "own",
        "mean",
        "support",
        "frequency",
        "rate",
        "strong",
        "weak",
        "habit",
        "again",
        "stands",
        "choices",
        "added",
        "title",
        "article",
    ];

    /// The names of the features of a row.
    pub const ROW: [&str; 8] = [
        "row_bias",
        "row_own",
        "row_others",
        "row_uneven",
        "row_beside",
        "row_joined",
        "row_even",
        "row_shifted",
    ];

    /// The weights of confidence, in the order of its features.
    pub fn sure(&self) -> [f32; Self::SURE.len()] {
        [
            self.sure_bias,
            self.sure_posterior,
            self.sure_changed,
            self.sure_others,
            self.sure_model,
            self.sure_order,
            self.sure_own,
            self.sure_mean,
            self.sure_support,
            self.sure_frequency,
            self.sure_rate,
            self.sure_strong,
            self.sure_weak,
            self.sure_habit,
            self.sure_again,
            self.sure_stands,
            self.sure_choices,
            self.sure_added,
            self.sure_title,
            self.sure_article,
        ]
    }

    /// The weights of a row, in the order of its features.
    pub fn row(&self) -> [f32; Self::ROW.len()] {
        [
            self.row_bias,
            self.row_own,
            self.row_others,
            self.row_uneven,
            self.row_beside,
            self.row_joined,
            self.row_even,
            self.row_shifted,
        ]
    }

    /// The weights of an image.
    pub(super) fn read(place: &str, bytes: &[u8]) -> Result<Self> {
        Self::parse(place, &String::from_utf8_lossy(bytes))
    }
}
