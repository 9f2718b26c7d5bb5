//! A sentence of a scan explored: its readings, its lattice, and what the search found of it as if the scan were an
//! ordinary one.
//!
//! None of that depends on the page around it. A round of cleaning leaves most sentences as they were, and the next round
//! reads the page again: so a [`Scanner`] remembers the sentences of a text through all its rounds.

use std::rc::Rc;

use super::super::remembered::Remembered;
use super::page::{Noise, price};
use crate::channel::Sentence;
use crate::channel::ocr::{Readers, Reading, Repair, Strange};
use crate::cost::{Cost, UNIT};
use crate::decode::{Beam, Graph, Lattice, Search};
use crate::lexicon::{BEGIN, END, Lexicon, Memo, WordId};
use crate::text::Token;

/// Readings of one place that go into the lattice.
const CHOICES: usize = 8;

/// How far a reading may be behind the text as it stands, by its neighbours alone.
const BEHIND: Cost = 7 * UNIT;

/// Share of the letters that an ordinary scan misreads.
const ORDINARY: f32 = 0.015;

/// A sentence with its readings.
#[derive(Debug, Default)]
pub struct Explored {
    /// Its readings, ordered by their first token.
    pub readings: Vec<Reading>,
    /// The lattice, its arcs at the costs of an ordinary scan; its readings are numbers into `readings`.
    pub lattice: Lattice,
    /// What survived of it.
    pub graph: Graph,
}

/// Explores the sentences of scans, and remembers them.
pub struct Scanner<'l> {
    lexicon: &'l Lexicon,
    readers: Readers<'l>,
    /// What is believed of any scan.
    pub prior: Noise,
    memo: Memo,
    /// Room for searching.
    pub search: Search,
    remembered: Remembered<Explored>,
    proposed: Vec<Reading>,
}

impl<'l> Scanner<'l> {
    /// One that has seen no sentence.
    pub fn new(lexicon: &'l Lexicon, readers: Readers<'l>) -> Self {
        Self {
            lexicon,
            readers,
            prior: Noise { rate: ORDINARY, confusions: Vec::new() },
            memo: Memo::default(),
            search: Search::default(),
            remembered: Remembered::default(),
            proposed: Vec::new(),
        }
    }

    /// The readers, with what they remember.
    pub fn into_readers(self) -> Readers<'l> {
        self.readers
    }

    /// A sentence explored, now or before. `strange` says how strange each token is, `stands` what it costs as it stands.
    pub fn explore(
        &mut self,
        text: &[u8],
        sentence: &Sentence<'_>,
        strange: &[Strange],
        stands: &[Cost],
    ) -> Rc<Explored> {
        self.sign(text, sentence, strange);
        if let Some(known) = self.remembered.get() {
            return known;
        }
        let explored = self.anew(text, sentence, strange, stands);
        self.remembered.keep(explored)
    }

    /// Notes what the readings of a sentence depend on: its bytes, and how they were cut up.
    fn sign(&mut self, text: &[u8], sentence: &Sentence<'_>, strange: &[Strange]) {
        let signs = self.remembered.signs();
        let about = |token: &Token| {
            u64::from(token.end - token.start)
                | (token.kind as u64) << 32
                | (token.shape as u64) << 40
                | u64::from(token.spaced) << 48
                | u64::from(token.lines) << 49
                | u64::from(token.sentence) << 52
        };
        for (token, strange) in sentence.tokens.iter().zip(strange) {
            signs.push(about(token) | (*strange as u64) << 56);
            for piece in token.bytes(text).chunks(8) {
                let mut bytes = [0; 8];
                bytes[..piece.len()].copy_from_slice(piece);
                signs.push(u64::from_le_bytes(bytes));
            }
        }
    }

    fn anew(
        &mut self,
        text: &[u8],
        sentence: &Sentence<'_>,
        strange: &[Strange],
        stands: &[Cost],
    ) -> Explored {
        let Self { lexicon, readers, memo, search, proposed, prior, .. } = self;
        proposed.clear();
        let asked = standing(lexicon, memo, sentence);
        readers.readings(text, sentence, strange, &asked, proposed);
        let readings = likely(lexicon, memo, sentence, proposed, stands, prior);
        let mut explored = Explored { readings, ..Explored::default() };
        if !explored.readings.is_empty() {
            explored.lattice = explored.lattice(lexicon, sentence, stands, prior);
            explored.graph = Graph::build(&explored.lattice, lexicon.grams(), memo, beam(lexicon), search);
        }
        explored
    }
}

impl Explored {
    fn lattice(&self, lexicon: &Lexicon, sentence: &Sentence<'_>, stands: &[Cost], prior: &Noise) -> Lattice {
        let mut lattice = Lattice::with_room(sentence.tokens.len(), self.readings.len());
        let mut next = self.readings.iter().zip(0..).peekable();
        for (at, (id, stands)) in sentence.ids.iter().zip(stands).enumerate() {
            lattice.push(at..at + 1, std::iter::once(*id), *stands, None);
            while let Some((reading, number)) = next.next_if(|(reading, _)| reading.start as usize == at) {
                let ids = reading.spelled.ids.iter().copied();
                let cost = price(lexicon, reading, prior);
                lattice.push(at..reading.end as usize, ids, cost, Some(number));
            }
        }
        lattice
    }
}

/// What the language model asks for each word as it stands and for the two behind it, weighed.
fn standing(lexicon: &Lexicon, memo: &mut Memo, sentence: &Sentence<'_>) -> Vec<Cost> {
    let (beam, grams) = (beam(lexicon), lexicon.grams());
    let words = sentence.ids.iter().copied().chain([END, END]);
    words.clone().fold(BEGIN, |last, word| {
        memo.want(last, word);
        word
    });
    memo.fetch(grams);
    words.fold(grams.begin(), |state, word| memo.ask(grams, state, word));
    let costs: Vec<Cost> = memo.scores(grams).map(|score| score.cost).collect();
    costs.windows(3).map(|costs| beam.weigh(costs.iter().sum())).collect()
}

/// The readings of each place that have a chance, the likeliest first.
fn likely(
    lexicon: &Lexicon,
    memo: &mut Memo,
    sentence: &Sentence<'_>,
    proposed: &[Reading],
    stands: &[Cost],
    prior: &Noise,
) -> Vec<Reading> {
    let (beam, grams) = (beam(lexicon), lexicon.grams());
    // All n-grams at once: the pairs of words first, for they say which longer ones there are.
    let id = |at: usize| sentence.ids.get(at).copied().unwrap_or(END);
    for reading in proposed {
        let mut last = reading.start.checked_sub(1).map_or(BEGIN, |at| id(at as usize));
        for &word in reading.spelled.ids.iter().chain(&[id(reading.end as usize)]) {
            memo.want(last, word);
            last = word;
        }
    }
    memo.fetch(grams);
    // In the order in which they are wanted below.
    for same in proposed.chunk_by(|a, b| a.start == b.start) {
        let mut standing = 0;
        for reading in same {
            let (start, end) = (reading.start as usize, reading.end as usize);
            if standing != end {
                beside(lexicon, memo, sentence, start, end, &sentence.ids[start..end]);
                standing = end;
            }
            beside(lexicon, memo, sentence, start, end, &reading.spelled.ids);
        }
    }
    let mut costs = memo.scores(grams).map(|score| score.cost);
    // With the two words behind it.
    let mut weigh = |words: usize| beam.weigh(costs.by_ref().take(words + 2).sum());
    let mut chosen: Vec<(Cost, &Reading)> = Vec::new();
    let mut kept = Vec::new();
    for same in proposed.chunk_by(|a, b| a.start == b.start) {
        chosen.clear();
        let mut standing = (0, 0);
        for reading in same {
            let (start, end) = (reading.start as usize, reading.end as usize);
            if standing.0 != end {
                standing = (end, stands[start..end].iter().sum::<Cost>() + weigh(end - start));
            }
            let behind = price(lexicon, reading, prior) + weigh(reading.spelled.ids.len()) - standing.1;
            if behind < BEHIND || reading.repair == Repair::Whole {
                chosen.push((behind, reading));
            }
        }
        chosen.sort_by_key(|(behind, _)| *behind);
        kept.extend(chosen.iter().take(CHOICES).map(|(_, reading)| (*reading).clone()));
    }
    kept
}

/// Asks for the cost of words in the place of a span, and of the two words behind it.
fn beside(
    lexicon: &Lexicon,
    memo: &mut Memo,
    sentence: &Sentence<'_>,
    start: usize,
    end: usize,
    words: &[WordId],
) {
    let grams = lexicon.grams();
    let id = |at: usize| sentence.ids.get(at).copied().unwrap_or(END);
    let mut state = match start {
        0 => grams.begin(),
        1 => grams.after(BEGIN, id(0), memo.bigram(grams, BEGIN, id(0))),
        _ => {
            let (older, last) = (id(start - 2), id(start - 1));
            grams.after(older, last, memo.bigram(grams, older, last))
        }
    };
    for word in words.iter().copied().chain([id(end), id(end + 1)]) {
        state = memo.ask(grams, state, word);
    }
}

fn beam(lexicon: &Lexicon) -> Beam {
    let model = (lexicon.ocr_weights().model * 256.0) as Cost;
    Beam { model, width: 6, ..Beam::default() }
}
