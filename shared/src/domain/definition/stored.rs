//! The stored form of a definition: compressed, in chunks that fit an item of the table, under a name that is their hash.
//!
//! What must stay true: reading returns the stored bytes exactly, or an error. Nothing here panics, whatever the bytes are.

use std::{borrow::Cow, io::Read};

use sha2::{Digest, Sha256};
use zstd::zstd_safe::get_frame_content_size;

use super::DefinitionError;
use crate::domain::workflow::DefinitionRef;

/// The largest size of a stored chunk in bytes: a DynamoDB item holds 400 KB, names and keys included.
pub const MAX_CHUNK: usize = 350_000;

const COMPRESSION_LEVEL: i32 = 3;
/// The largest size of a definition in bytes: the Zuora client accepts no more.
const LARGEST: u64 = 20 * 1024 * 1024;

/// Returns the digest under which these bytes are stored.
pub fn content_hash(bytes: &[u8]) -> String {
    let mut hash = hex::encode(Sha256::digest(bytes));
    hash.truncate(32);
    hash
}

/// Compresses an export into chunks of at most [`MAX_CHUNK`] bytes; there is always at least one.
///
/// # Errors
/// `NotCompressed` if the compressor runs out of memory.
pub fn compress(bytes: &[u8]) -> Result<Vec<Vec<u8>>, DefinitionError> {
    // All at once: the compressor then knows the size, and makes no tables for megabytes to pack a few kilobytes.
    let packed = zstd::bulk::compress(bytes, COMPRESSION_LEVEL).map_err(|_| DefinitionError::NotCompressed)?;
    Ok(packed.chunks(MAX_CHUNK).map(<[u8]>::to_vec).collect())
}

/// Returns the bytes that `wanted` names, as [`compress`] received them.
///
/// # Errors
/// `Damaged` for missing or altered chunks: the length and the hash are compared, and no more is unpacked than there should be.
pub fn restore(chunks: Vec<Vec<u8>>, wanted: &DefinitionRef) -> Result<Vec<u8>, DefinitionError> {
    if wanted.bytes > LARGEST {
        return Err(DefinitionError::Damaged);
    }
    let mut packed = Vec::with_capacity(chunks.iter().map(Vec::len).sum());
    // Each chunk is freed once it is appended: a large definition is not held twice.
    chunks.into_iter().for_each(|chunk| packed.extend_from_slice(&chunk));
    let decoder = zstd::Decoder::new(packed.as_slice()).map_err(|_| DefinitionError::Damaged)?;
    let mut bytes = Vec::with_capacity(usize::try_from(wanted.bytes).unwrap_or_default() + 1);
    decoder.take(wanted.bytes + 1).read_to_end(&mut bytes).map_err(|_| DefinitionError::Damaged)?;
    let whole = bytes.len() as u64 == wanted.bytes && content_hash(&bytes) == wanted.hash;
    if whole { Ok(bytes) } else { Err(DefinitionError::Damaged) }
}

/// Returns the bytes that were packed into these chunks, whichever they are: for whoever compares with the stored hash later,
/// or not at all.
///
/// # Errors
/// `Damaged` for what cannot be unpacked, or is larger than any definition.
pub fn unpack(chunks: &[&[u8]]) -> Result<Vec<u8>, DefinitionError> {
    let packed = match chunks {
        [one] => Cow::Borrowed(*one),
        several => Cow::Owned(several.concat()),
    };
    // What `compress` made says its size: a decoder for whatever comes would cost more than what it unpacks.
    let size = get_frame_content_size(&packed).ok().flatten().filter(|size| *size <= LARGEST);
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or(DefinitionError::Damaged)?;
    zstd::bulk::decompress(&packed, size).map_err(|_| DefinitionError::Damaged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXPORT_LIKE: &[u8] = br#"{"workflow":{"id":1},"tasks":[]}"#;

    fn reference(bytes: &[u8], chunks: &[Vec<u8>]) -> DefinitionRef {
        let (chunks, length) = (chunks.len() as u32, bytes.len() as u64);
        DefinitionRef { hash: content_hash(bytes), chunks, bytes: length, origin: None }
    }

    #[test]
    fn a_large_export_is_stored_in_chunks_that_fit_an_item() {
        let mut random = fastrand::Rng::with_seed(1);
        let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(1_000_000).collect();

        let chunks = compress(&bytes).unwrap();

        assert_eq!(chunks.len(), 3);
        assert!(chunks.iter().all(|chunk| chunk.len() <= MAX_CHUNK));
        let wanted = reference(&bytes, &chunks);
        assert_eq!(restore(chunks[..2].to_vec(), &wanted), Err(DefinitionError::Damaged));
        assert_eq!(restore(chunks[1..].to_vec(), &wanted), Err(DefinitionError::Damaged));
        assert_eq!(restore(chunks, &wanted), Ok(bytes));
    }

    #[test]
    fn a_small_chunk_that_unpacks_into_more_than_was_stored_is_stopped() {
        let chunks = compress(&vec![b' '; 50_000_000]).unwrap();

        assert_eq!(chunks.len(), 1);
        assert_eq!(restore(chunks, &reference(b" ", &[])), Err(DefinitionError::Damaged));
    }

    #[test]
    fn every_single_bit_that_is_turned_is_noticed() {
        let bytes = br#"{"workflow":{"id":1},"tasks":[{"id":2,"name":"Dunning"},{"id":3,"name":"Dunning"}]}"#;
        let chunks = compress(bytes).unwrap();
        let wanted = reference(bytes, &chunks);

        for bit in 0..chunks[0].len() * 8 {
            let mut altered = chunks.clone();
            altered[0][bit / 8] ^= 1 << (bit % 8);
            // The decoder ignores some bits: the result is either the stored bytes, or an error.
            assert!(restore(altered, &wanted).map_or(true, |restored| restored == bytes), "bit {bit}");
        }
        assert_eq!(
            restore(chunks, &DefinitionRef { hash: content_hash(b"other"), ..wanted }),
            Err(DefinitionError::Damaged)
        );
    }

    #[test]
    fn chunks_are_unpacked_without_knowing_what_they_hold_and_never_without_a_bound() {
        let bytes = EXPORT_LIKE.repeat(10);
        let chunks = compress(&bytes).unwrap();
        let parts: Vec<&[u8]> = chunks[0].chunks(7).collect();

        assert_eq!(unpack(&parts), Ok(bytes));
        assert_eq!(unpack(&[b"no frame"]), Err(DefinitionError::Damaged));
        let bomb = compress(&vec![b' '; 50_000_000]).unwrap();
        assert_eq!(unpack(&[&bomb[0]]), Err(DefinitionError::Damaged));
    }

    #[test]
    fn the_content_hash_names_the_bytes() {
        assert_eq!(content_hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223");
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_identical(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
            let chunks = compress(&bytes).unwrap();
            let wanted = reference(&bytes, &chunks);
            prop_assert_eq!(restore(chunks, &wanted), Ok(bytes));
        }

        #[test]
        fn no_chunk_panics(bytes in prop::collection::vec(any::<u8>(), 0..512), length in any::<u64>()) {
            let wanted = DefinitionRef { bytes: length, ..reference(b"", &[]) };
            let _ = restore(vec![bytes], &wanted);
        }
    }
}
