//! A name for what a JSON value says: one pass over its text, with a place for every open bracket and nothing else.
//!
//! The digest of a list covers its items' digests, that of an object the sorted digests of its members, so that neither the order of
//! keys nor white space counts, and no second copy of the text is made.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    cut::{end_of_brackets, end_of_scalar, end_of_string},
    string::{Piece, pieces},
};

/// So deep a value is looked into; what lies deeper counts as its text.
pub const MAX_DEPTH: usize = 1_000;

/// The name of a value.
pub type Digest = [u8; 16];

/// An open bracket.
enum Open {
    List(Sha256),
    /// Members by the digest of their key: of a repeated one the last counts. The key whose value comes next stands beside them.
    Object(BTreeMap<Digest, Digest>, Option<Digest>),
}

/// The digest of proven JSON.
pub(super) fn of(text: &str) -> Digest {
    let bytes = text.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let (begin, deep) = (at, open.len() >= MAX_DEPTH);
        at += 1;
        let value = match byte {
            b'{' | b'[' if deep => {
                at = end_of_brackets(bytes, begin).unwrap_or(bytes.len());
                plain(b'r', &bytes[begin..at])
            }
            b'{' => {
                open.push(Open::Object(BTreeMap::new(), None));
                continue;
            }
            b'[' => {
                open.push(Open::List(Sha256::new_with_prefix("l")));
                continue;
            }
            b'}' | b']' => match open.pop() {
                Some(closed) => close(closed),
                None => continue,
            },
            b'"' => {
                at = end_of_string(bytes, begin).unwrap_or(bytes.len());
                string(&text[begin..at])
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => continue,
            _ => {
                at = end_of_scalar(bytes, begin).max(at);
                plain(b'n', &bytes[begin..at])
            }
        };
        match open.last_mut() {
            None => return value,
            Some(Open::List(hash)) => hash.update(value),
            Some(Open::Object(members, key)) => match key.take() {
                Some(key) => drop(members.insert(key, value)),
                None => *key = Some(value),
            },
        }
    }
    plain(b'r', bytes)
}

fn close(open: Open) -> Digest {
    match open {
        Open::List(hash) => short(hash),
        Open::Object(members, _) => {
            let mut hash = Sha256::new_with_prefix("o");
            for (key, value) in members {
                hash.update(key);
                hash.update(value);
            }
            short(hash)
        }
    }
}

fn plain(kind: u8, text: &[u8]) -> Digest {
    short(Sha256::new_with_prefix([kind]).chain_update(text))
}

/// Of the characters, however they are escaped. Half a character is told from every whole one.
fn string(quoted: &str) -> Digest {
    let mut hash = Sha256::new_with_prefix("s");
    for piece in pieces(quoted) {
        match piece {
            Piece::Plain(plain) => hash.update(plain),
            Piece::Escaped(letter) => hash.update(letter.encode_utf8(&mut [0; 4])),
            // No UTF-8 text has this byte.
            Piece::Lone(unit) => hash.update([[0xFF, 0], unit.to_be_bytes()].concat()),
        }
    }
    short(hash)
}

fn short(hash: Sha256) -> Digest {
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}
