//! A static map from 64-bit keys to small values in 1.13 cells a key: no key is stored, three reads answer a query.
//!
//! The construction of binary fuse filters (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters",
//! 2022), with a value beside the fingerprint: a cell holds `value | fingerprint << value_bits`, and the XOR of a key's
//! three cells gives both. A key that was never put in is taken for one with probability 2^−fingerprint bits.

use super::image::{u32_at, u64_at};

/// A map opened from its bytes.
#[derive(Debug, Clone, Copy)]
pub struct FuseMap<'b> {
    seed: u64,
    segment: u32,
    segments: u32,
    width: usize,
    value_bits: u32,
    cells: &'b [u8],
}

fn mix(key: u64, seed: u64) -> u64 {
    let mut h = key.wrapping_add(seed);
    h ^= h >> 33;
    h = h.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    h ^= h >> 33;
    h = h.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    h ^ (h >> 33)
}

/// The three cells of a hash, in three neighbouring segments.
fn places(hash: u64, segment: u32, segments: u32) -> [usize; 3] {
    let span = u64::from(segment) * u64::from(segments);
    let first = ((u128::from(hash) * u128::from(span)) >> 64) as u32;
    let mask = segment - 1;
    let second = (first + segment) ^ ((hash >> 18) as u32 & mask);
    let third = (first + 2 * segment) ^ (hash as u32 & mask);
    [first as usize, second as usize, third as usize]
}

const HEADER: usize = 24;

/// Queries whose reads are under way together.
const TOGETHER: usize = 16;

impl<'b> FuseMap<'b> {
    /// Opens the bytes that [`build`] wrote; `None` when they are not such bytes.
    pub fn open(bytes: &'b [u8]) -> Option<Self> {
        if bytes.len() < HEADER {
            return None;
        }
        let (segment, segments) = (u32_at(bytes, 8), u32_at(bytes, 12));
        let (width, value_bits) = (u32_at(bytes, 16) as usize, u32_at(bytes, 20));
        let cells = &bytes[HEADER..];
        let need = (u64::from(segment) * (u64::from(segments) + 2)).checked_mul(width as u64)?;
        let sound = segment.is_power_of_two()
            && (1..=4).contains(&width)
            && (1..8 * width as u32).contains(&value_bits);
        (sound && need <= cells.len() as u64).then(|| Self {
            seed: u64_at(bytes, 0),
            segment,
            segments,
            width,
            value_bits,
            cells,
        })
    }

    #[inline(always)]
    fn cell(&self, at: usize) -> u32 {
        match self.width {
            2 => {
                let b = &self.cells[at * 2..at * 2 + 2];
                u32::from(u16::from_le_bytes([b[0], b[1]]))
            }
            3 => self.three(at),
            1 => u32::from(self.cells[at]),
            _ => u32_at(self.cells, at * 4),
        }
    }

    /// The values of many keys, appended in order. One after the other each query would wait for its three reads; here
    /// nothing is decided between them, so the reads of many queries are under way at once. What they need is worked out
    /// beforehand: the shorter the loop that reads, the more of its rounds the processor sees ahead.
    pub fn get_all(&self, keys: &[u64], out: &mut Vec<Option<u32>>) {
        if self.segments == 0 {
            return out.extend(keys.iter().map(|_| None));
        }
        for keys in keys.chunks(TOGETHER) {
            let mut asked = [(0, [0; 3]); TOGETHER];
            let mut cells = [0; TOGETHER];
            for (ask, key) in asked.iter_mut().zip(keys) {
                let hash = mix(*key, self.seed);
                *ask = (hash, places(hash, self.segment, self.segments));
            }
            let asked = &asked[..keys.len()];
            if self.width == 3 {
                for (cell, (_, places)) in cells.iter_mut().zip(asked) {
                    *cell = places.iter().fold(0, |cell, place| cell ^ self.three(*place));
                }
            } else {
                for (cell, (_, places)) in cells.iter_mut().zip(asked) {
                    *cell = places.iter().fold(0, |cell, place| cell ^ self.cell(*place));
                }
            }
            out.extend(asked.iter().zip(&cells).map(|((hash, _), cell)| self.value(*hash, *cell)));
        }
    }

    #[inline(always)]
    fn three(&self, at: usize) -> u32 {
        let b = &self.cells[at * 3..at * 3 + 3];
        u32::from_le_bytes([b[0], b[1], b[2], 0])
    }

    /// The value of a key; `None` for nearly all keys that were not put in.
    pub fn get(&self, key: u64) -> Option<u32> {
        if self.segments == 0 {
            return None;
        }
        let hash = mix(key, self.seed);
        let [a, b, c] = places(hash, self.segment, self.segments);
        let cell = self.cell(a) ^ self.cell(b) ^ self.cell(c);
        self.value(hash, cell)
    }

    /// The value that the XOR of a hash's three cells holds, if it is that hash's.
    fn value(&self, hash: u64, cell: u32) -> Option<u32> {
        let fingerprint_bits = 8 * self.width as u32 - self.value_bits;
        let fingerprint = (hash >> 40) as u32 & ((1 << fingerprint_bits) - 1);
        (cell >> self.value_bits == fingerprint).then_some(cell & ((1 << self.value_bits) - 1))
    }
}

/// Builds the map of these keys (distinct) and values (below `1 << value_bits`), with cells of `width` bytes.
///
/// # Panics
///
/// When a key stands twice; everything else is retried with another seed.
pub fn build(entries: &[(u64, u32)], width: usize, value_bits: u32) -> Vec<u8> {
    let n = entries.len().max(1) as f64;
    let segment =
        if entries.len() < 2 { 4 } else { 1u32 << ((n.ln() / 3.33f64.ln() + 2.25).floor() as u32).min(18) };
    let factor = if entries.len() < 2 { 4.0 } else { (0.875 + 0.25 * 1e6f64.ln() / n.ln()).max(1.125) };
    let capacity = (n * factor).round() as u32;
    let segments = if entries.is_empty() { 0 } else { capacity.div_ceil(segment).saturating_sub(2).max(1) };
    let size = segment as usize * (segments as usize + 2);
    let mut seed = 0x5EED_0000_0000_0001u64;
    for _ in 0..200 {
        if let Some(cells) = try_build(entries, seed, segment, segments, size, width, value_bits) {
            let mut out = Vec::with_capacity(HEADER + size * width);
            out.extend_from_slice(&seed.to_le_bytes());
            for number in [segment, segments, width as u32, value_bits] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            for cell in cells {
                out.extend_from_slice(&cell.to_le_bytes()[..width]);
            }
            return out;
        }
        seed = mix(seed, 0x9E37_79B9_7F4A_7C15);
    }
    panic!("no seed fits {} keys: is a key there twice?", entries.len());
}

#[allow(clippy::too_many_arguments, reason = "the shape of one map; used in one place")]
fn try_build(
    entries: &[(u64, u32)],
    seed: u64,
    segment: u32,
    segments: u32,
    size: usize,
    width: usize,
    value_bits: u32,
) -> Option<Vec<u32>> {
    let mut count = vec![0u8; size];
    let mut mixed = vec![0u32; size]; // XOR of the indices of the entries that use the cell
    for (i, (key, _)) in entries.iter().enumerate() {
        for place in places(mix(*key, seed), segment, segments) {
            count[place] = count[place].checked_add(1)?;
            mixed[place] ^= i as u32;
        }
    }
    let mut alone: Vec<u32> = (0..size as u32).filter(|&p| count[p as usize] == 1).collect();
    let mut order: Vec<(u32, u32)> = Vec::with_capacity(entries.len());
    while let Some(place) = alone.pop() {
        if count[place as usize] != 1 {
            continue;
        }
        let i = mixed[place as usize];
        order.push((i, place));
        for other in places(mix(entries[i as usize].0, seed), segment, segments) {
            count[other] -= 1;
            mixed[other] ^= i;
            if count[other] == 1 {
                alone.push(other as u32);
            }
        }
    }
    if order.len() != entries.len() {
        return None;
    }
    let fingerprint_bits = 8 * width as u32 - value_bits;
    let mut cells = vec![0u32; size];
    for &(i, place) in order.iter().rev() {
        let (key, value) = entries[i as usize];
        let hash = mix(key, seed);
        let fingerprint = (hash >> 40) as u32 & ((1 << fingerprint_bits) - 1);
        let [a, b, c] = places(hash, segment, segments);
        let mut cell = value | fingerprint << value_bits;
        for other in [a, b, c] {
            if other != place as usize {
                cell ^= cells[other];
            }
        }
        cells[place as usize] = cell;
    }
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_answers_and_strangers_do_not() {
        for n in [0u64, 1, 2, 3, 10, 1000, 50_000] {
            let entries: Vec<_> = (0..n).map(|i| (mix(i, 99), (i % 64) as u32)).collect();
            let bytes = build(&entries, 2, 6);
            let map = FuseMap::open(&bytes).unwrap();
            for (key, value) in &entries {
                assert_eq!(map.get(*key), Some(*value));
            }
            let strangers = (0..10_000u64).filter(|i| map.get(mix(*i, 1 << 40)).is_some()).count();
            assert!(strangers < 40, "{strangers} of 10,000, expected about 10");
        }
    }
}
