//! Costs: negative log probabilities as integers, so that results are the same on every machine.
//!
//! A cost is −ln p in units of 1/256 nat; lower is better. Sums stay far from the ends of `i32`: a passage of 10,000
//! words at 20 nats a word is 51 million units.

/// −ln p in units of [`UNIT`] per nat.
pub type Cost = i32;

/// Units in one nat.
pub const UNIT: Cost = 256;

/// A cost that no path pays if it has any other choice.
pub const NEVER: Cost = 1 << 28;

/// The cost of a probability in (0, 1]; 0 and below give a cost of 30 nats.
///
/// ```
/// assert_eq!(ungarble::cost::of(1.0), 0);
/// assert_eq!(ungarble::cost::of(0.5), 177);
/// ```
pub fn of(probability: f64) -> Cost {
    if probability <= 1e-13 { 30 * UNIT } else { (-probability.ln() * f64::from(UNIT)).round() as Cost }
}

/// The probability of a cost.
pub fn probability(cost: Cost) -> f64 {
    (-f64::from(cost) / f64::from(UNIT)).exp()
}

/// The cost of "a or b": −ln(e^−a + e^−b), by a table of the correction to the smaller one.
///
/// ```
/// use ungarble::cost;
/// let half = cost::either(cost::of(0.25), cost::of(0.25));
/// assert!((half - cost::of(0.5)).abs() <= 1); // to within rounding
/// ```
pub fn either(a: Cost, b: Cost) -> Cost {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    let gap = (high - low) as usize;
    if gap >= TABLE { low } else { low - Cost::from(correction()[gap]) }
}

/// Beyond this gap the correction rounds to nothing: ln(1 + e^−x)·256 < 0.5 for x > 6.24 nats.
const TABLE: usize = 1600;

fn correction() -> &'static [u8; TABLE] {
    static CORRECTION: std::sync::OnceLock<[u8; TABLE]> = std::sync::OnceLock::new();
    CORRECTION.get_or_init(|| {
        std::array::from_fn(|gap| {
            let x = -(gap as f64) / f64::from(UNIT);
            (x.exp().ln_1p() * f64::from(UNIT)).round() as u8
        })
    })
}
