//! The container of models and lexicon images: named sections behind a checked header, opened without copying.
//!
//! ```text
//! "UNGARBLE"  version u32  count u32  checksum u64     24 bytes
//! count × (name [8], offset u64, length u64)           24 bytes each
//! sections, each at a multiple of 8
//! ```
//!
//! Opening checks magic, version and lengths only; [`Image::verify`] reads everything and compares the checksum.
//! All numbers are little-endian.

use crate::error::{Error, Result};

const MAGIC: &[u8; 8] = b"UNGARBLE";
const VERSION: u32 = 1;
const HEADER: usize = 24;
const ENTRY: usize = 24;

/// Bytes of an image, checked to be well formed.
#[derive(Debug, Clone, Copy)]
pub struct Image<'b> {
    bytes: &'b [u8],
}

impl<'b> Image<'b> {
    /// Opens an image; `place` names it in errors.
    pub fn open(place: &str, bytes: &'b [u8]) -> Result<Self> {
        if bytes.len() < HEADER || &bytes[..8] != MAGIC {
            return Err(Error::image(
                place,
                "this is not an ungarble model or lexicon image (wrong magic bytes)",
            ));
        }
        let version = u32_at(bytes, 8);
        if version != VERSION {
            let message =
                format!("version {version}, but this program reads version {VERSION}; make it anew");
            return Err(Error::image(place, message));
        }
        let image = Self { bytes };
        let count = u32_at(bytes, 12) as usize;
        let end = count.checked_mul(ENTRY).and_then(|n| n.checked_add(HEADER));
        if end.is_none_or(|end| end > bytes.len()) {
            return Err(Error::image(place, "cut short inside the table of sections; copy it again"));
        }
        for i in 0..count {
            let at = HEADER + i * ENTRY;
            let (offset, len) = (u64_at(bytes, at + 8), u64_at(bytes, at + 16));
            if offset.checked_add(len).is_none_or(|end| end > bytes.len() as u64) {
                let name = String::from_utf8_lossy(&bytes[at..at + 8]).trim_end_matches('\0').to_owned();
                return Err(Error::image(
                    place,
                    format!("section {name} ends outside the file; copy it again"),
                ));
            }
        }
        Ok(image)
    }

    /// The bytes of a section; empty when there is none of that name.
    pub fn section(&self, name: &str) -> &'b [u8] {
        let mut key = [0; 8];
        key[..name.len()].copy_from_slice(name.as_bytes());
        let count = u32_at(self.bytes, 12) as usize;
        (0..count).map(|i| HEADER + i * ENTRY).find(|&at| self.bytes[at..at + 8] == key).map_or(&[], |at| {
            let (offset, len) = (u64_at(self.bytes, at + 8) as usize, u64_at(self.bytes, at + 16) as usize);
            &self.bytes[offset..offset + len]
        })
    }

    /// The names of the sections, in order.
    pub fn names(&self) -> impl Iterator<Item = String> + use<'b> {
        let bytes = self.bytes;
        (0..u32_at(bytes, 12) as usize).map(move |i| {
            let at = HEADER + i * ENTRY;
            String::from_utf8_lossy(&bytes[at..at + 8]).trim_end_matches('\0').to_owned()
        })
    }

    /// Reads everything and compares the checksum.
    pub fn verify(&self, place: &str) -> Result<()> {
        let (expected, got) = (u64_at(self.bytes, 16), checksum(&self.bytes[HEADER..]));
        if expected == got {
            return Ok(());
        }
        Err(Error::image(
            place,
            format!("checksum {got:016x}, expected {expected:016x}: the file is damaged"),
        ))
    }
}

/// Writes an image of these sections, in this order. Names have at most 8 bytes.
pub fn write(sections: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut offset = HEADER + sections.len() * ENTRY;
    let mut table = Vec::new();
    for (name, bytes) in sections {
        let mut key = [0; 8];
        key[..name.len()].copy_from_slice(name.as_bytes());
        table.extend_from_slice(&key);
        table.extend_from_slice(&(offset as u64).to_le_bytes());
        table.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        offset += bytes.len().next_multiple_of(8);
    }
    let mut out = Vec::with_capacity(offset);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&table);
    for (_, bytes) in sections {
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(8), 0);
    }
    let sum = checksum(&out[HEADER..]);
    out[16..24].copy_from_slice(&sum.to_le_bytes());
    out
}

/// FNV-1a over eight bytes at a time: made to notice damage, not forgery.
fn checksum(bytes: &[u8]) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        hash = (hash ^ u64::from_le_bytes(chunk.try_into().expect("eight bytes")))
            .wrapping_mul(0x0100_0000_01B3);
        hash ^= hash >> 29;
    }
    for &byte in chunks.remainder() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    hash
}

/// The number at a byte offset.
#[inline]
pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().expect("two bytes"))
}

/// The number at a byte offset.
#[inline]
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// The number at a byte offset.
#[inline]
pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_come_back_and_damage_is_noticed() {
        let mut bytes = write(&[("words", b"alpha".to_vec()), ("empty", vec![]), ("grams", vec![7; 100])]);
        let image = Image::open("test", &bytes).unwrap();
        assert_eq!(image.section("words"), b"alpha");
        assert_eq!(image.section("grams"), [7; 100]);
        assert_eq!(image.section("none"), b"");
        image.verify("test").unwrap();
        let last = bytes.len() - 9;
        bytes[last] ^= 1;
        assert!(Image::open("test", &bytes).unwrap().verify("test").unwrap_err().is_image());
        assert!(Image::open("test", &bytes[..60]).is_err());
        assert!(Image::open("test", b"not an image, but long enough to be one").is_err());
    }
}
