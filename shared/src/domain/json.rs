//! The one reader of Zuora's JSON: what is stored, listed and shown goes through it, and nothing of it is changed on the way.
//! See D-20.
//!
//! Readers that make values of JSON (numbers of 64 bits, strings of whole characters, one value a key) refuse or alter what is legal:
//! `1e400`, `122.416294033786585`, half an emoji, a key twice, a thousand brackets. Here a value is its own text ([`Json`]), proven to be
//! JSON once and taken apart when somebody asks. What must stay true:
//! - Whatever RFC 8259 allows is read, a byte order mark before it and any depth included. Of a repeated key the last value counts.
//! - Numbers are their text. Strings lose nothing but, where text is shown, lone surrogates (each becomes U+FFFD).
//! - Nothing recurses and nothing panics, whatever the bytes are. What lies deeper than [`MAX_DEPTH`] is one opaque value.
//! - A list or an object can be cut apart ([`items`], [`members`]) before its parts are proven: one part that is no JSON fails alone.

mod cut;
mod digest;
mod string;

use std::borrow::Cow;

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::{error::Category, value::RawValue};

pub use self::{
    cut::{Items, Members, items, members},
    digest::{Digest, MAX_DEPTH},
};

/// What UTF-8 files of some systems begin with; no part of the JSON (RFC 8259 section 8.1).
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why bytes are no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// They end in the middle of it: what brought them may have broken off.
    #[error("it ends early")]
    EndsEarly,
    /// Something stands where it may not.
    #[error("{0}")]
    Broken(String),
}

/// One JSON value: its text, without the white space around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// Proves that `bytes` are one JSON value.
    ///
    /// # Errors
    /// Says what is wrong and where.
    pub fn read(bytes: &'a [u8]) -> Result<Self, NotJson> {
        let bytes = without_mark(bytes);
        let value: &RawValue = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            Category::Eof => NotJson::EndsEarly,
            _ => NotJson::Broken(error.to_string()),
        })?;
        Ok(Self(value.get()))
    }

    /// Its text, as it came.
    pub const fn raw(self) -> &'a str {
        self.0
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.0.starts_with('[')
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        self.0.starts_with(|first: char| first == '-' || first.is_ascii_digit())
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// A scalar as text: strings decoded, numbers and booleans as they are written. None for `null`, lists and objects.
    ///
    /// Zuora may turn a number into a string at any time, and says so: both give the same text.
    pub fn text(self) -> Option<String> {
        match self.0.as_bytes().first()? {
            b'"' => Some(string::shown(self.0).into_owned()),
            b'{' | b'[' | b'n' => None,
            _ => Some(self.0.to_owned()),
        }
    }

    /// The members of an object in their order, repeated keys included; nothing of anything else.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        members(self.0.as_bytes()).map_while(Result::ok).map(|(key, value)| (key, Self::part(value)))
    }

    /// The value of a key; the last, if there are several.
    pub fn get(self, key: &str) -> Option<Self> {
        self.members().filter(|(name, _)| name == key).last().map(|(_, value)| value)
    }

    /// The items of a list; nothing of anything else.
    pub fn items(self) -> impl Iterator<Item = Self> {
        items(self.0.as_bytes()).map_while(Result::ok).map(Self::part)
    }

    /// A name for what it says: equal for equal values, whatever the order of keys, the white space and the escapes are. The text of
    /// numbers counts.
    pub fn digest(self) -> Digest {
        digest::of(self.0)
    }

    /// A part of what is proven is JSON too, and cut at ASCII characters.
    pub(super) fn part(bytes: &'a [u8]) -> Self {
        Self(std::str::from_utf8(bytes).unwrap_or("null"))
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(self.0).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// The bytes behind a byte order mark.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

#[cfg(test)]
pub(crate) mod tests;
