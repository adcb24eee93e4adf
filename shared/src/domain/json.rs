//! The only reader of Zuora's JSON: everything that is stored, listed and shown passes through it, and nothing is changed on
//! the way. See D-20.
//!
//! Parsers that make values of JSON (numbers of 64 bits, strings of whole characters, one value per key) refuse or alter legal
//! input: `1e400`, `122.416294033786585`, a lone surrogate, a repeated key, a thousand brackets. Here a value is its own text
//! ([`Json`]), validated as JSON once and split into parts on demand. What must stay true:
//! - Everything that RFC 8259 allows is read, including a byte order mark before it and any depth. Of a repeated key the last
//!   value counts.
//! - Numbers are their text. Strings lose nothing, except that lone surrogates become U+FFFD in text for display.
//! - Nothing recurses and nothing panics, whatever the bytes are. A value deeper than [`MAX_DEPTH`] is opaque.
//! - A list or an object can be cut into parts ([`items`], [`members`]) before the parts are validated: an invalid part fails
//!   alone.

mod cut;
mod digest;
mod parts;
mod string;

use std::{borrow::Cow, ops::Range};

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::{error::Category, value::RawValue};

use self::cut::Cut;
pub use self::{
    cut::{Items, Members, items, members},
    digest::{Digest, Form, MAX_DEPTH},
    parts::Parts,
};

/// The mark with which some systems begin UTF-8 files; it is no part of the JSON (RFC 8259 section 8.1).
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The reason why bytes are no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// They end in the middle of a value: the transfer may have broken off.
    #[error("it ends early")]
    EndsEarly,
    /// A character is not allowed at its position.
    #[error("{0}")]
    Broken(String),
}

/// One JSON value: its text, without surrounding white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// Validates that `bytes` are one JSON value.
    ///
    /// # Errors
    /// [`NotJson`] says what is wrong and where.
    pub fn read(bytes: &'a [u8]) -> Result<Self, NotJson> {
        let bytes = without_mark(bytes);
        let value: &RawValue = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            Category::Eof => NotJson::EndsEarly,
            _ => NotJson::Broken(error.to_string()),
        })?;
        Ok(Self(value.get()))
    }

    /// The text of the value, unaltered.
    pub const fn raw(self) -> &'a str {
        self.0
    }

    /// True for an object.
    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// True for a list.
    pub fn is_list(self) -> bool {
        self.0.starts_with('[')
    }

    /// True for a number.
    pub fn is_number(self) -> bool {
        self.0.starts_with(|first: char| first == '-' || first.is_ascii_digit())
    }

    /// True for `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// A scalar as text: strings decoded, numbers and booleans as written. None for `null`, lists and objects.
    ///
    /// Zuora announces that it may turn a number into a string at any time: both give the same text.
    pub fn text(self) -> Option<String> {
        self.shown().map(Cow::into_owned)
    }

    /// The same, without a copy where none is needed.
    pub fn shown(self) -> Option<Cow<'a, str>> {
        match self.0.as_bytes().first()? {
            b'"' => Some(string::shown(self.0)),
            b'{' | b'[' | b'n' => None,
            _ => Some(Cow::Borrowed(self.0)),
        }
    }

    /// The members of an object in order, repeated keys included; empty for any other value.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        let mut cut = Cut::object(self.0.as_bytes());
        let shown = move |key| Ok(string::shown(self.part(key).0));
        std::iter::from_fn(move || cut.member(shown)?.ok()).map(move |(key, value)| (key, self.part(value)))
    }

    /// The value of a key; the last one, if there are several.
    pub fn get(self, key: &str) -> Option<Self> {
        let [value] = self.pick([key]);
        value
    }

    /// The values of several keys, read at once, as [`Json::get`] gives each.
    pub fn pick<const N: usize>(self, keys: [&str; N]) -> [Option<Self>; N] {
        let mut values = [None; N];
        for (name, value) in self.members() {
            if let Some(at) = keys.iter().position(|key| name == *key) {
                values[at] = Some(value);
            }
        }
        values
    }

    /// The items of a list; empty for any other value.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let mut cut = Cut::list(self.0.as_bytes());
        std::iter::from_fn(move || cut.item()?.ok()).map(move |item| self.part(item))
    }

    /// The digest of the value: equal for equal values, whatever the order of keys, the white space and the escapes. Numbers
    /// are compared by their text.
    pub fn digest(self) -> Digest {
        self.digest_in(&digest::Verbatim)
    }

    /// The digest of the value in a form: equal for values that are equal in it.
    pub fn digest_in(self, form: &impl Form) -> Digest {
        digest::of(self.0, form)
    }

    /// JSON that was validated before, without white space around it.
    pub(super) const fn of_valid(text: &'a str) -> Self {
        Self(text)
    }

    /// JSON that was validated part by part.
    pub(super) fn validated(bytes: &'a [u8]) -> Self {
        Self(std::str::from_utf8(without_mark(bytes)).map_or("null", str::trim))
    }

    /// A part of validated JSON, which is JSON too, cut at ASCII characters.
    fn part(self, place: Range<usize>) -> Self {
        Self(self.0.get(place).unwrap_or("null"))
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(self.0).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Returns the bytes after a byte order mark.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

#[cfg(test)]
pub(crate) mod tests;
