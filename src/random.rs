//! Random numbers that are the same everywhere: splitmix64 (Steele, Lea and Flood 2014).

/// A generator; the seed decides all that follows.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// The place of one of the weights, each as likely as its share of their sum; the last where all are 0.
    pub fn pick(&mut self, weights: impl ExactSizeIterator<Item = f32> + Clone) -> usize {
        let (last, sum) = (weights.len().saturating_sub(1), weights.clone().sum::<f32>());
        let mut left = self.unit() * sum;
        for (place, weight) in weights.enumerate() {
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
        last
    }
}
