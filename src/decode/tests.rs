//! The beam against its exhaustive twin, on small random lattices over a model of a dozen lines.

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::{Arc, Beam, Decoded, Graph, Lattice, Search, exhaustive};
use crate::cost::{self, Cost, NEVER};
use crate::lexicon::image::Image;
use crate::lexicon::{FIRST, Grams, Memo, State, UNKNOWN, WordId};
use crate::train::{Plan, Progress, Source, train};

/// The text of the model. "the cat" goes on in three ways, "the dog" in two, so there are trigrams to choose between.
const TEXT: &str = "\
the cat sat on the mat.
the cat ate the fish.
the cat saw the dog.
the dog sat on the cat.
the dog ate the bone.
a cat saw a fish on the mat.
a dog saw the cat on a mat.
the fish saw the cat.
the bone sat on the mat.
a cat ate a bone.
the dog saw a fish.
the cat sat on a bone.
";

struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _: &str) {}
}

/// The bytes of the model; it lives as long as the tests.
fn image() -> Image<'static> {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("ungarble-search-{}.txt", std::process::id()));
        std::fs::write(&path, TEXT).unwrap();
        let plan = Plan {
            sources: vec![Source { path: path.clone(), genre: "test".into(), weight: 1.0 }],
            english: vec![],
            forms: 100,
            bigrams: 1000,
            trigrams: 1000,
        };
        let model = train(&plan, &mut Silent);
        std::fs::remove_file(&path).unwrap();
        model.unwrap()
    });
    Image::open("test", bytes).unwrap()
}

fn grams() -> Grams<'static> {
    let image = image();
    let section = |name| image.section(name);
    Grams::open(section("uni"), section("bi"), section("tri"), section("books")).unwrap()
}

/// The id of a word of the model.
fn id(word: &str) -> WordId {
    let words = String::from_utf8_lossy(image().section("words")).into_owned();
    words.lines().position(|w| w == word).map_or(UNKNOWN, |i| i as WordId + FIRST)
}

fn ids(text: &str) -> Vec<WordId> {
    text.split_whitespace().map(id).collect()
}

/// The cost of a sentence by the model alone.
fn sentence(text: &str) -> Cost {
    let grams = grams();
    let mut state = grams.begin();
    let mut sum = 0;
    for word in ids(text) {
        let (cost, next) = grams.score(state, word);
        sum += cost;
        state = next;
    }
    sum + grams.end(state)
}

fn search(lattice: &Lattice, grams: &Grams<'_>, beam: Beam) -> Decoded {
    let graph = Graph::build(lattice, grams, &mut Memo::default(), beam, &mut Search::default());
    decode(&graph, lattice)
}

/// Decodes at the costs that the lattice has now.
fn decode(graph: &Graph, lattice: &Lattice) -> Decoded {
    let costs: Vec<Cost> = lattice.arcs.iter().map(|arc| arc.cost).collect();
    graph.decode(lattice, &costs, &mut Search::default())
}

/// Nothing is dropped.
const WIDE: Beam = Beam { width: usize::MAX, margin: NEVER / 2, model: 256 };

// ---- the model, checked by hand ----

#[test]
fn the_model_prefers_what_it_has_seen() {
    for (seen, unseen) in [
        ("the cat sat on the mat .", "the cat sat on the fish ."),
        ("the dog ate the bone .", "the bone ate the dog ."),
        ("a cat ate a bone .", "cat a bone ate a ."),
        ("the cat sat", "the cat dog"),
    ] {
        assert!(
            sentence(seen) < sentence(unseen),
            "{seen}: {}, {unseen}: {}",
            sentence(seen),
            sentence(unseen)
        );
    }
}

#[test]
fn the_model_is_a_distribution() {
    // After any words, the probabilities of all words and of the end sum to one, but for what quantising takes or adds
    // and for the sentence begin, which is never predicted.
    let grams = grams();
    let words = String::from_utf8_lossy(image().section("words")).lines().count() as WordId;
    for context in ["", "the", "the cat", "sat on", "fish bone", "mat ."] {
        let state = ids(context).into_iter().fold(grams.begin(), |state, word| grams.score(state, word).1);
        let sum: f64 = (0..FIRST + words)
            .filter(|i| *i != crate::lexicon::BEGIN)
            .map(|i| cost::probability(grams.score(state, i).0))
            .sum();
        assert!((0.9..1.1).contains(&sum), "after {context:?} the probabilities sum to {sum}");
    }
}

// ---- lattices ----

/// A repair to put into a lattice: span, words, cost.
type Repair = (usize, usize, Vec<WordId>, Cost);

fn lattice(words: &[WordId], stays: Cost, mut repairs: Vec<Repair>) -> Lattice {
    let mut lattice = Lattice::with_room(words.len(), 0);
    repairs.sort_by_key(|r| r.0);
    for (at, word) in words.iter().enumerate() {
        lattice.push(at..at + 1, std::iter::once(*word), stays, None);
        for (i, (start, end, ids, cost)) in repairs.iter().enumerate().filter(|(_, r)| r.0 == at) {
            lattice.push(*start..*end, ids.iter().copied(), *cost, Some(i as u32));
        }
    }
    lattice
}

/// The words that a path reads.
fn read(lattice: &Lattice, path: &[u32]) -> Vec<WordId> {
    path.iter().flat_map(|arc| lattice.words(&lattice.arcs[*arc as usize]).to_vec()).collect()
}

/// All paths and their costs, written down once more with nothing shared with search or twin but the model.
fn paths(lattice: &Lattice, grams: &Grams<'_>, beam: Beam) -> Vec<(Vec<u32>, Cost)> {
    let mut done = Vec::new();
    let mut open: Vec<(usize, Vec<u32>, State, Cost)> = vec![(0, Vec::new(), grams.begin(), 0)];
    while let Some((place, path, state, spent)) = open.pop() {
        if place == lattice.len {
            done.push((path, spent + beam.weigh(grams.end(state))));
            continue;
        }
        let from_here = |(_, a): &(usize, &Arc)| a.start as usize == place;
        for (index, arc) in lattice.arcs.iter().enumerate().filter(from_here) {
            let (mut state, mut model) = (state, 0);
            for word in lattice.words(arc) {
                let (cost, next) = grams.score(state, *word);
                model += cost;
                state = next;
            }
            let path = path.iter().copied().chain([index as u32]).collect();
            open.push((arc.end as usize, path, state, spent + arc.cost + beam.weigh(model)));
        }
    }
    done
}

fn random_lattice() -> impl Strategy<Value = Lattice> {
    let words: Vec<WordId> =
        ids("the a cat dog sat on mat ate fish saw bone .").into_iter().chain([UNKNOWN]).collect();
    let word = proptest::sample::select(words);
    (vec(word.clone(), 1..9), 0..40 as Cost).prop_flat_map(move |(tokens, stays)| {
        let len = tokens.len();
        let span = (0..len).prop_flat_map(move |start| (Just(start), start + 1..=(start + 3).min(len)));
        let repair = (span, vec(word.clone(), 1..4), 0..2500 as Cost);
        vec(repair.prop_map(|((start, end), words, cost)| (start, end, words, cost)), 0..14)
            .prop_map(move |repairs| lattice(&tokens, stays, repairs))
    })
}

fn random(cases: u32) -> ProptestConfig {
    let set = |name| std::env::var_os(name).is_some();
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if !set("PROPTEST_CASES") {
        config.cases = cases;
    }
    if !set("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(4);
    }
    config
}

/// What a path costs, and that it is one: each arc begins where the one before it ends.
fn cost_of(lattice: &Lattice, all: &[(Vec<u32>, Cost)], path: &[u32]) -> Result<Cost, TestCaseError> {
    let mut place = 0;
    for arc in path.iter().map(|a| &lattice.arcs[*a as usize]) {
        prop_assert_eq!(arc.start as usize, place, "the path has a hole");
        place = arc.end as usize;
    }
    prop_assert_eq!(place, lattice.len, "the path does not reach the end");
    Ok(all.iter().find(|(p, _)| p == path).expect("a path of the lattice").1)
}

/// How far a sum of costs by [`cost::either`] may be from the true one, in units of 1/256 nat: each step rounds by half
/// a unit at most, and roundings partly cancel.
fn slack(paths: usize) -> Cost {
    2 + paths.ilog2() as Cost
}

proptest! {
    #![proptest_config(random(1000))]

    #[test]
    fn a_wide_beam_agrees_with_the_twin(lattice in random_lattice(), model in prop_oneof![Just(256), Just(205), 64..512 as Cost]) {
        let (grams, beam) = (grams(), Beam { model, ..WIDE });
        let all = paths(&lattice, &grams, beam);
        let (path, best, total) = exhaustive(&lattice, &grams, beam);
        let found = search(&lattice, &grams, beam);
        prop_assert_eq!(best, all.iter().map(|(_, c)| *c).min().unwrap());
        prop_assert_eq!(cost_of(&lattice, &all, &path)?, best);
        prop_assert_eq!(found.best, best);
        prop_assert_eq!(cost_of(&lattice, &all, &found.path)?, best, "the path is not the best one");

        let sum: f64 = all.iter().map(|(_, c)| cost::probability(*c - best)).sum();
        let exact = best - (sum.ln() * f64::from(cost::UNIT)).round() as Cost;
        let slack = slack(all.len());
        prop_assert!((found.total - exact).abs() <= slack, "total {}, exactly {}, {} paths", found.total, exact, all.len());
        prop_assert!((total - exact).abs() <= slack, "total of the twin {}, exactly {}", total, exact);
        prop_assert!((found.total - total).abs() <= slack, "total {}, of the twin {}", found.total, total);

        let standing: Vec<u32> = (0..lattice.arcs.len() as u32).filter(|a| lattice.arcs[*a as usize].reading.is_none()).collect();
        prop_assert_eq!(found.standing, cost_of(&lattice, &all, &standing)?);
    }

    #[test]
    fn a_graph_may_be_decoded_at_other_costs(mut lattice in random_lattice(), costs in vec(0..2500 as Cost, 22)) {
        let grams = grams();
        let graph = Graph::build(&lattice, &grams, &mut Memo::default(), WIDE, &mut Search::default());
        for (arc, cost) in lattice.arcs.iter_mut().zip(costs) {
            arc.cost = cost;
        }
        let (_, best, total) = exhaustive(&lattice, &grams, WIDE);
        let all = paths(&lattice, &grams, WIDE);
        let (again, anew) = (decode(&graph, &lattice), search(&lattice, &grams, WIDE));
        prop_assert_eq!((again.best, again.standing), (best, anew.standing));
        prop_assert_eq!(cost_of(&lattice, &all, &again.path)?, best);
        prop_assert!((again.total - total).abs() <= slack(all.len()));
        for (one, other) in again.posteriors.iter().zip(&anew.posteriors) {
            prop_assert!((cost::probability(*one) - cost::probability(*other)).abs() < 0.02);
        }
    }

    #[test]
    fn posteriors_are_the_share_of_the_paths(lattice in random_lattice()) {
        let grams = grams();
        let all = paths(&lattice, &grams, WIDE);
        let Decoded { best, posteriors, .. } = search(&lattice, &grams, WIDE);
        let share = |arc: Option<u32>| -> f64 {
            let through = all.iter().filter(|(p, _)| arc.is_none_or(|a| p.contains(&a)));
            through.map(|(_, c)| cost::probability(*c - best)).sum()
        };
        let everything = share(None);
        for (arc, posterior) in posteriors.iter().enumerate() {
            let (got, exact) = (cost::probability(*posterior), share(Some(arc as u32)) / everything);
            prop_assert!((got - exact).abs() < 0.02, "arc {}: {}, exactly {}", arc, got, exact);
        }
        for token in 0..lattice.len {
            let over = |(_, a): &(&Cost, &Arc)| (a.start as usize) <= token && token < a.end as usize;
            let sum: f64 = posteriors.iter().zip(&lattice.arcs).filter(over).map(|(p, _)| cost::probability(*p)).sum();
            prop_assert!((sum - 1.0).abs() < 0.03, "token {}: the posteriors of its readings sum to {}", token, sum);
        }
    }

    #[test]
    fn a_narrow_beam_finds_a_path(lattice in random_lattice(), width in 1usize..4, margin in 0..1000 as Cost) {
        let grams = grams();
        let beam = Beam { width, margin, model: 256 };
        let all = paths(&lattice, &grams, beam);
        let (_, best, _) = exhaustive(&lattice, &grams, beam);
        let found = search(&lattice, &grams, beam);
        prop_assert_eq!(cost_of(&lattice, &all, &found.path)?, found.best);
        prop_assert!(found.best >= best, "better than the best");
        prop_assert!(found.total <= found.best, "all paths together cost more than one of them");
        for arc in &found.path {
            prop_assert!(found.posteriors[*arc as usize] < NEVER, "the best path fell out of its own beam");
        }
        // The same again, to the last bit.
        let again = search(&lattice, &grams, beam);
        prop_assert_eq!((found.path, found.total, found.posteriors), (again.path, again.total, again.posteriors));
    }
}

// ---- by hand ----

#[test]
fn a_repair_wins_where_the_model_pays_for_it() {
    let words = ids("the cat sat on the fish .");
    // The same repair over one token and over two: the longer one comes earlier in the lattice, and must not win for that.
    let repair = |cost| lattice(&words, 0, vec![(5, 6, ids("mat"), cost)]);
    let longer = |cost| lattice(&words, 0, vec![(4, 6, ids("the mat"), cost)]);
    let gain = sentence("the cat sat on the fish .") - sentence("the cat sat on the mat .");
    assert!(gain > 0);
    let best = |lattice: &Lattice| read(lattice, &search(lattice, &grams(), Beam::default()).path);
    assert_eq!(best(&repair(gain - 1)), ids("the cat sat on the mat ."));
    assert_eq!(best(&repair(gain)), words, "what stands wins ties");
    assert_eq!(best(&longer(gain - 1)), ids("the cat sat on the mat ."));
    assert_eq!(best(&longer(gain)), words, "what stands wins ties with a longer repair");
}

#[test]
fn what_stands_wins_ties() {
    let words = ids("the cat sat on the mat .");
    // The very words that stand there, as a repair of the same cost.
    for (start, end) in [(1, 2), (0, 1), (6, 7), (1, 3), (0, 7), (4, 6)] {
        let same = words[start..end].to_vec();
        let lattice = lattice(&words, 10, vec![(start, end, same, 10 * (end - start) as Cost)]);
        let found = search(&lattice, &grams(), Beam::default());
        let repaired: Vec<_> = found.path.iter().filter_map(|a| lattice.arcs[*a as usize].reading).collect();
        assert!(repaired.is_empty(), "tokens {start}..{end} were read as a repair of equal cost");
        // Both ways are equally likely.
        let p = cost::probability(
            found.posteriors[lattice.arcs.iter().position(|a| a.reading.is_some()).unwrap()],
        );
        assert!((p - 0.5).abs() < 0.01, "posterior {p}");
    }
}

#[test]
fn an_empty_sentence_is_decoded() {
    let found = search(&lattice(&[], 0, vec![]), &grams(), Beam::default());
    assert!(found.path.is_empty() && found.best == found.total && found.best == found.standing);
}
