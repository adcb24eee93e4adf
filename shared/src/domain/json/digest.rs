//! The digest of a JSON value: one pass over its text, with memory for every open bracket and for the members of open objects.
//!
//! The digest of a list covers its items, that of an object its members in the order of their keys, so that neither their order
//! in the text nor white space counts. Scalars are not copied: they are hashed into the value that contains them. What else
//! does not count is said by the [`Form`] in which values are compared.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::{
    cut::{end_of_brackets, end_of_scalar, end_of_string},
    string::{Piece, pieces},
};

/// The depth to which a value is parsed; deeper values are hashed as text.
pub const MAX_DEPTH: usize = 1_000;
/// The largest number of members of an object that are sorted; an object with more is hashed as text, so that memory is
/// bounded.
const MAX_MEMBERS: usize = 50_000;

/// The digest of a value.
pub type Digest = [u8; 16];

/// The form in which values are compared.
pub trait Form {
    /// True if a number, a word and a string of the same text are equal.
    const TYPES_ARE_ONE: bool;
    /// True if a member that is `null` is as good as absent.
    const NULL_IS_ABSENT: bool;
    /// True if a list of one empty string is empty.
    const EMPTY_ITEM_IS_NONE: bool;

    /// True if a member does not count; `within` is the name of the member that contains it.
    fn leaves_out(&self, within: &[u8], member: &[u8]) -> bool;

    /// The characters of a string, or of a key, as far as they count.
    fn characters<'a>(&self, characters: Cow<'a, [u8]>) -> Cow<'a, [u8]>;
}

/// The form in which everything counts that JSON gives a meaning.
pub(super) struct Verbatim;

impl Form for Verbatim {
    const TYPES_ARE_ONE: bool = false;
    const NULL_IS_ABSENT: bool = false;
    const EMPTY_ITEM_IS_NONE: bool = false;

    fn leaves_out(&self, _: &[u8], _: &[u8]) -> bool {
        false
    }

    fn characters<'a>(&self, characters: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        characters
    }
}

/// A value in the form in which it is hashed into its container.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// The text of a string, a number or a word.
    Scalar(&'a str),
    /// The digest of a list or object.
    Digest(Digest),
}

/// An open bracket.
enum Open<'a> {
    List(List<'a>),
    Object(Object<'a>),
}

/// An open list.
struct List<'a> {
    hash: Sha256,
    /// The key of the list.
    within: Cow<'a, [u8]>,
    /// True while it holds nothing but one empty string.
    only_empty: bool,
    is_empty: bool,
}

/// An open object.
struct Object<'a> {
    begin: usize,
    members: Vec<(Cow<'a, [u8]>, Part<'a>)>,
    /// The key of the next value.
    key: Option<Cow<'a, [u8]>>,
    /// The key of the object itself.
    within: Cow<'a, [u8]>,
}

/// The digest of validated JSON in a form.
pub(super) fn of<F: Form>(text: &str, form: &F) -> Digest {
    let bytes = text.as_bytes();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let (begin, deep) = (at, open.len() >= MAX_DEPTH);
        at += 1;
        let part = match byte {
            b'{' | b'[' if deep => {
                at = end_of_brackets(bytes, begin).unwrap_or(bytes.len());
                opaque(&bytes[begin..at])
            }
            b'{' => {
                let within = open.last().map_or_else(Cow::default, Open::key);
                open.push(Open::Object(Object { begin, members: Vec::new(), key: None, within }));
                continue;
            }
            b'[' => {
                let within = open.last().map_or_else(Cow::default, Open::key);
                open.push(Open::List(List::new(within)));
                continue;
            }
            b'}' | b']' => match open.pop() {
                Some(closed) => closed.close(form),
                None => continue,
            },
            b'"' => {
                at = end_of_string(bytes, begin).unwrap_or(bytes.len());
                Part::Scalar(&text[begin..at])
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => continue,
            _ => {
                at = end_of_scalar(bytes, begin).max(at);
                Part::Scalar(&text[begin..at])
            }
        };
        match open.last_mut() {
            None => return part.alone(form),
            Some(Open::List(list)) => list.take(part, form),
            Some(Open::Object(object)) => object.take(part, form),
        }
        if let Some(Open::Object(wide)) = open.pop_if(|open| open.is_too_wide()) {
            // From its first bracket on, as one opaque text.
            at = end_of_brackets(bytes, wide.begin).unwrap_or(bytes.len());
            match (opaque(&bytes[wide.begin..at]), open.last_mut()) {
                (part, None) => return part.alone(form),
                (part, Some(Open::List(list))) => list.take(part, form),
                (part, Some(Open::Object(object))) => object.take(part, form),
            }
        }
    }
    opaque(bytes).alone(form)
}

impl<'a> Open<'a> {
    /// The key of the next value.
    fn key(&self) -> Cow<'a, [u8]> {
        match self {
            Self::List(list) => list.within.clone(),
            Self::Object(object) => object.key.clone().unwrap_or_default(),
        }
    }

    fn is_too_wide(&self) -> bool {
        matches!(self, Self::Object(object) if object.members.len() > MAX_MEMBERS)
    }

    fn close<F: Form>(self, form: &F) -> Part<'a> {
        Part::Digest(match self {
            Self::List(list) if F::EMPTY_ITEM_IS_NONE && list.only_empty => short(List::new(Cow::default()).hash),
            Self::List(list) => short(list.hash),
            Self::Object(Object { mut members, within, .. }) => {
                // Of a repeated key the last value counts: sorting keeps the order of equal keys.
                members.sort_by(|(one, _), (other, _)| one.cmp(other));
                let mut hash = Sha256::new_with_prefix("o");
                for (at, (key, value)) in members.iter().enumerate() {
                    if members.get(at + 1).is_none_or(|(next, _)| next != key) {
                        let is_absent = F::NULL_IS_ABSENT && matches!(value, Part::Scalar("null"));
                        if is_absent || form.leaves_out(&within, key) {
                            continue;
                        }
                        add(&mut hash, b'k', key);
                        value.add_to(&mut hash, form);
                    }
                }
                short(hash)
            }
        })
    }
}

impl<'a> List<'a> {
    fn new(within: Cow<'a, [u8]>) -> Self {
        Self { hash: Sha256::new_with_prefix("l"), within, only_empty: false, is_empty: true }
    }

    fn take<F: Form>(&mut self, part: Part<'_>, form: &F) {
        self.only_empty = self.is_empty && matches!(part, Part::Scalar("\"\""));
        self.is_empty = false;
        part.add_to(&mut self.hash, form);
    }
}

impl<'a> Object<'a> {
    /// Takes a key, or the value of the preceding key.
    fn take<F: Form>(&mut self, part: Part<'a>, form: &F) {
        match (self.key.take(), part) {
            (Some(key), value) => self.members.push((key, value)),
            (None, Part::Scalar(key)) => self.key = Some(form.characters(characters(key))),
            (None, Part::Digest(_)) => {}
        }
    }
}

impl Part<'_> {
    fn add_to<F: Form>(self, hash: &mut Sha256, form: &F) {
        match self {
            Self::Digest(digest) => hash.update(digest_with_kind(digest)),
            Self::Scalar(string) if string.starts_with('"') => {
                add(hash, b's', &form.characters(characters(string)));
            }
            Self::Scalar(plain) => {
                add(hash, if F::TYPES_ARE_ONE && plain != "null" { b's' } else { b'n' }, plain.as_bytes());
            }
        }
    }

    fn alone<F: Form>(self, form: &F) -> Digest {
        match self {
            Self::Digest(digest) => digest,
            scalar @ Self::Scalar(_) => {
                let mut hash = Sha256::new();
                scalar.add_to(&mut hash, form);
                short(hash)
            }
        }
    }
}

/// Hashes a text after its kind and its length, so that no two sequences of texts give the same bytes.
fn add(hash: &mut Sha256, kind: u8, text: &[u8]) {
    hash.update([kind]);
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn digest_with_kind(digest: Digest) -> [u8; 17] {
    let mut bytes = [b'd'; 17];
    bytes[1..].copy_from_slice(&digest);
    bytes
}

/// A value that is hashed as text.
fn opaque<'a>(text: &[u8]) -> Part<'a> {
    Part::Digest(short(Sha256::new_with_prefix("r").chain_update(text)))
}

/// The characters of a string, however they are escaped. A lone surrogate differs from every character.
fn characters(quoted: &str) -> Cow<'_, [u8]> {
    let mut pieces = pieces(quoted).peekable();
    let Some(Piece::Plain(first)) = pieces.next_if(|piece| matches!(piece, Piece::Plain(_))) else {
        return Cow::Owned(pieces.flat_map(encoded).collect());
    };
    match pieces.peek() {
        None => Cow::Borrowed(first.as_bytes()),
        Some(_) => Cow::Owned(first.bytes().chain(pieces.flat_map(encoded)).collect()),
    }
}

fn encoded(piece: Piece<'_>) -> Vec<u8> {
    match piece {
        Piece::Plain(plain) => plain.as_bytes().to_vec(),
        Piece::Escaped(letter) => letter.encode_utf8(&mut [0; 4]).as_bytes().to_vec(),
        // No UTF-8 text has this byte.
        Piece::Lone(unit) => [[0xFF, 0], unit.to_be_bytes()].concat(),
    }
}

fn short(hash: Sha256) -> Digest {
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}
