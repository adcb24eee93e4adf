//! The text of JSON strings, which are passed with their quotes and validated beforehand.

use std::{borrow::Cow, char::REPLACEMENT_CHARACTER};

/// One piece of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text without an escape.
    Plain(&'a str),
    /// The character of an escape.
    Escaped(char),
    /// A lone surrogate: half of a character.
    Lone(u16),
}

/// The string for display: a lone surrogate becomes U+FFFD.
pub(super) fn shown(quoted: &str) -> Cow<'_, str> {
    let inner = inner(quoted);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    for piece in pieces(quoted) {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Escaped(letter) => text.push(letter),
            Piece::Lone(_) => text.push(REPLACEMENT_CHARACTER),
        }
    }
    Cow::Owned(text)
}

/// The string in pieces.
pub(super) fn pieces(quoted: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut left = inner(quoted);
    std::iter::from_fn(move || {
        let (piece, length) = first(left)?;
        left = left.get(length..).unwrap_or_default();
        Some(piece)
    })
}

fn inner(quoted: &str) -> &str {
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default()
}

/// The first piece, and its length in the text in bytes.
fn first(text: &str) -> Option<(Piece<'_>, usize)> {
    let letter = match text.strip_prefix('\\') {
        _ if text.is_empty() => return None,
        None => {
            let length = text.find('\\').unwrap_or(text.len());
            return Some((Piece::Plain(&text[..length]), length));
        }
        Some(escape) => match escape.chars().next()? {
            'u' => return unit(text).map(|first| unicode(first, text)),
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            itself => itself,
        },
    };
    Some((Piece::Escaped(letter), 1 + letter_length(text)))
}

/// The length in bytes of the letter after the backslash.
fn letter_length(text: &str) -> usize {
    text[1..].chars().next().map_or(0, char::len_utf8)
}

/// One or two `\u` escapes; the first is parsed already.
fn unicode(first: u16, text: &str) -> (Piece<'_>, usize) {
    if let Some(letter) = char::from_u32(first.into()) {
        return (Piece::Escaped(letter), 6);
    }
    let second = text.get(6..).and_then(unit);
    match second.map(|second| char::decode_utf16([first, second]).next()) {
        Some(Some(Ok(letter))) => (Piece::Escaped(letter), 12),
        _ => (Piece::Lone(first), 6),
    }
}

/// The number of the `\u` escape at the beginning of the text.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}
