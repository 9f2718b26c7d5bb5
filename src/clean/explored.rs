//! A sentence explored: its readings, its lattice, and what the prior strengths make of them.
//!
//! None of that depends on the document around it. So what triage tried first is not explored a second time, nor what a
//! round of cleaning left as it was: an [`Explorer`] remembers the sentences of a text through all its rounds.

use std::rc::Rc;

use super::rank::{self, Evidence, Strengths};
use super::remembered::Remembered;
use crate::channel::{Reading, Sentence, phrase_readings};
use crate::cost::{self, Cost, NEVER, UNIT};
use crate::decode::{Beam, Graph, Lattice, Search};
use crate::lexicon::rules::Known;
use crate::lexicon::{BEGIN, END, Lexicon, Memo, WordId};
use crate::text::Kind;

/// Readings kept at a place, and how far (in nats) one may be behind the text as it stands, by its neighbours alone.
const CHOICES: usize = 5;
const BEHIND: f32 = 6.0;

/// A sentence with its readings.
#[derive(Debug, Default)]
pub struct Explored {
    /// How many of its tokens begin a reading: the words that a spinner may have put there.
    pub open: f32,
    /// Its readings, those of a place together, the likeliest first.
    pub readings: Vec<Reading>,
    /// The evidence for each, the substitution not yet numbered.
    pub evidence: Vec<Evidence>,
    /// The key of each substitution.
    pub habits: Vec<u64>,
    /// The posterior of each reading by prior strengths.
    pub posteriors: Vec<f32>,
    /// The lattice, its arcs at prior costs; its readings are numbers into `readings`.
    pub lattice: Lattice,
    /// What survived of it.
    pub graph: Graph,
}

/// Explores sentences, and remembers them.
pub struct Explorer<'l> {
    /// What is known.
    pub lexicon: &'l Lexicon,
    /// What is believed of any document.
    pub prior: Strengths,
    /// N-grams asked for.
    pub memo: Memo,
    /// Room for searching.
    pub search: Search,
    remembered: Remembered<Explored>,
    /// The words of the sentence for the language model, between [`BEGIN`] and [`END`].
    words: Vec<WordId>,
    proposed: Vec<Reading>,
    /// Of the readings that have a chance: how far behind, the number among those proposed, the cost, the evidence.
    kept: Vec<(Cost, u32, Cost, Evidence)>,
}

impl<'l> Explorer<'l> {
    /// One that has seen nothing. It takes no memory before it explores.
    pub fn new(lexicon: &'l Lexicon) -> Self {
        Self {
            lexicon,
            prior: Strengths::prior(lexicon.weights()),
            memo: Memo::default(),
            search: Search::default(),
            remembered: Remembered::default(),
            words: Vec::new(),
            proposed: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// A sentence explored, now or before.
    pub fn explore(&mut self, sentence: &Sentence<'_>) -> Rc<Explored> {
        self.sign(sentence);
        if let Some(known) = self.remembered.get() {
            return known;
        }
        let explored = self.anew(sentence);
        self.remembered.keep(explored)
    }

    /// Notes what the readings of a sentence depend on: the words, their capitals, and what parts them.
    fn sign(&mut self, sentence: &Sentence<'_>) {
        let lexicon = self.lexicon;
        self.remembered.signs().extend(sentence.tokens.iter().zip(sentence.ids).enumerate().map(
            |(i, (token, id))| {
                // A number may stand in a rule as a word.
                let id = if token.kind == Kind::Number { lexicon.find(token.hash) } else { *id };
                let parted = i > 0 && token.lines > 1;
                let long = token.end - token.start > 1;
                u64::from(id)
                    | (token.kind as u64) << 32
                    | (token.shape as u64) << 40
                    | u64::from(parted) << 48
                    | u64::from(long) << 49
            },
        ));
    }

    fn anew(&mut self, sentence: &Sentence<'_>) -> Explored {
        self.proposed.clear();
        phrase_readings(self.lexicon, sentence, &mut self.proposed);
        let mut explored = Explored::default();
        if self.proposed.is_empty() {
            return explored;
        }
        let lexicon = self.lexicon;
        self.words.clear();
        self.words.push(BEGIN);
        self.words.extend(sentence.ids.iter().map(|id| lexicon.model_id(*id)));
        self.words.push(END);
        self.fetch();
        self.choose(sentence);
        let mut starts = self.proposed.chunk_by(|a, b| a.start == b.start);
        explored.open = starts.by_ref().count() as f32;
        if self.kept.is_empty() {
            return explored;
        }
        explored.fill(self, sentence);
        let Self { memo, search, .. } = self;
        explored.graph = Graph::build(&explored.lattice, lexicon.grams(), memo, beam(lexicon), search);
        let costs: Vec<Cost> = explored.lattice.arcs.iter().map(|arc| arc.cost).collect();
        let found = explored.graph.decode(&explored.lattice, &costs, search);
        let posteriors = explored.lattice.arcs.iter().zip(found.posteriors);
        let of_readings = posteriors.filter(|(arc, _)| arc.reading.is_some());
        explored.posteriors = of_readings.map(|(_, posterior)| probability(posterior)).collect();
        explored
    }

    /// Asks for the pairs of words that [`Explorer::beside`] wants: of the sentence as it stands, and of each reading.
    fn fetch(&mut self) {
        let Self { lexicon, memo, words, proposed, .. } = self;
        words.windows(2).for_each(|pair| memo.want(pair[0], pair[1]));
        for reading in proposed.iter() {
            let mut last = words[reading.start as usize];
            for id in reading.entry.ids() {
                let word = lexicon.model_id(id);
                memo.want(last, word);
                last = word;
            }
            memo.want(last, words[reading.end as usize + 1]);
        }
        memo.fetch(lexicon.grams());
    }

    /// Keeps those readings of each place that have a chance.
    fn choose(&mut self, sentence: &Sentence<'_>) {
        let Self { lexicon, memo, words, proposed, kept, prior, .. } = self;
        let beam = beam(lexicon);
        let cost = rank::cost(lexicon.weights(), prior, prior.rate);
        kept.clear();
        let mut number = 0;
        for same in proposed.chunk_by(|a, b| a.start == b.start) {
            let first = kept.len();
            let mut standing = (0, 0);
            for reading in same {
                let span = reading.start as usize..reading.end as usize;
                if standing.0 != reading.end {
                    let written = words[span.start + 1..=span.end].iter().copied();
                    standing = (reading.end, beside(lexicon, memo, words, &span, written));
                }
                let evidence = rank::evidence(lexicon, sentence, reading);
                let meant = reading.entry.ids().map(|id| lexicon.model_id(id));
                let gain = standing.1 - beside(lexicon, memo, words, &span, meant);
                let asked = cost(&evidence);
                let behind = asked - beam.weigh(gain);
                if behind < (BEHIND * UNIT as f32) as Cost || reading.known <= Known::Strong {
                    kept.push((behind, number, asked, evidence));
                }
                number += 1;
            }
            kept[first..].sort_unstable_by_key(|(behind, number, ..)| (*behind, *number));
            kept.truncate(first + CHOICES);
        }
    }
}

impl Explored {
    /// Takes the readings that were kept, and makes their lattice.
    fn fill(&mut self, explorer: &Explorer<'_>, sentence: &Sentence<'_>) {
        let Explorer { lexicon, words, proposed, kept, prior, .. } = explorer;
        let tokens = sentence.tokens.len();
        let stays = cost::of(1.0 - f64::from(prior.rate));
        let reading = |number: u32| &proposed[number as usize];
        self.readings = kept.iter().map(|(_, number, ..)| *reading(*number)).collect();
        self.evidence = kept.iter().map(|(.., evidence)| *evidence).collect();
        self.habits = self.readings.iter().map(|reading| rank::habit_key(sentence, reading)).collect();
        self.lattice = Lattice::with_room(tokens, kept.len());
        let mut next = kept.iter().zip(0..).peekable();
        for at in 0..tokens {
            self.lattice.push(at..at + 1, std::iter::once(words[at + 1]), stays, None);
            while let Some(((_, number, cost, _), index)) =
                next.next_if(|((_, number, ..), _)| reading(*number).start as usize == at)
            {
                let reading = reading(*number);
                let words = reading.entry.ids().map(|id| lexicon.model_id(id));
                self.lattice.push(at..reading.end as usize, words, *cost, Some(index));
            }
        }
    }
}

fn beam(lexicon: &Lexicon) -> Beam {
    Beam { model: (lexicon.weights().model * 256.0) as Cost, ..Beam::default() }
}

/// The probability of a posterior's cost.
pub fn probability(posterior: Cost) -> f32 {
    if posterior >= NEVER { 0.0 } else { cost::probability(posterior) as f32 }
}

/// The cost of words in the place of a span, by bigrams with the words that stand beside it.
fn beside(
    lexicon: &Lexicon,
    memo: &mut Memo,
    sentence: &[WordId],
    span: &std::ops::Range<usize>,
    words: impl Iterator<Item = WordId>,
) -> Cost {
    let mut last = sentence[span.start];
    let mut sum = 0;
    for word in words {
        sum += memo.pair(lexicon.grams(), last, word);
        last = word;
    }
    sum + memo.pair(lexicon.grams(), last, sentence[span.end + 1])
}
