//! Cuts a list or an object into the texts of its parts, by quotes and brackets alone.
//!
//! The parts are not validated; [`super::Json::read`] does that. So a page of a listing can be cut although one of its items is
//! no JSON, as long as the quotes and brackets of that item are balanced.

use std::{borrow::Cow, ops::Range};

use memchr::memchr2;

use super::{Json, NotJson, string, without_mark};

/// The items of a list; see [`items`].
#[derive(Clone, Debug)]
pub struct Items<'a>(Cut<'a>);

/// The members of an object; see [`members`].
#[derive(Clone, Debug)]
pub struct Members<'a>(Cut<'a>);

/// Cuts a list into its items, unvalidated. The last element is an error if the text is no list.
pub fn items(text: &[u8]) -> Items<'_> {
    Items(Cut::list(text))
}

/// Cuts an object into its keys and values, the values unvalidated. The last element is an error if the text is no object.
pub fn members(text: &[u8]) -> Members<'_> {
    Members(Cut::object(text))
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<&'a [u8], NotJson>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.item().map(|item| item.map(|item| &self.0.text[item]))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(Cow<'a, str>, &'a [u8]), NotJson>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.text;
        let member = self.0.member(|key| shown(&text[key]));
        member.map(|member| member.map(|(key, value)| (key, &text[value])))
    }
}

/// A key, once it is validated.
fn shown(key: &[u8]) -> Result<Cow<'_, str>, NotJson> {
    plain(key).map_or_else(|| Ok(string::shown(Json::read(key)?.raw())), |key| Ok(Cow::Borrowed(key)))
}

/// The text between the quotes, if it needs no validation or decoding, as most keys do not.
fn plain(string: &[u8]) -> Option<&str> {
    let inner = string.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let is_plain = inner.iter().all(|byte| !matches!(byte, b'"' | b'\\') && (b' '..=b'~').contains(byte));
    if is_plain { std::str::from_utf8(inner).ok() } else { None }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Start,
    /// After a part.
    Part,
    End,
}

/// Says where the parts are, from the first byte behind the mark on.
#[derive(Clone, Debug)]
pub(super) struct Cut<'a> {
    text: &'a [u8],
    /// The position of the next byte.
    next: usize,
    open: u8,
    close: u8,
    at: At,
}

impl<'a> Cut<'a> {
    pub(super) fn list(text: &'a [u8]) -> Self {
        Self { text: without_mark(text), next: 0, open: b'[', close: b']', at: At::Start }
    }

    pub(super) fn object(text: &'a [u8]) -> Self {
        Self { open: b'{', close: b'}', ..Self::list(text) }
    }

    /// The list or object that begins at a position of validated JSON.
    pub(super) fn within(text: &'a [u8], begin: usize) -> Self {
        let is_list = text.get(begin) == Some(&b'[');
        let (open, close) = if is_list { (b'[', b']') } else { (b'{', b'}') };
        Self { text, next: begin, open, close, at: At::Start }
    }

    /// Moves to the beginning of the next part, behind its key if it has one. None at the end, which is passed.
    pub(super) fn begin_part(&mut self) -> Option<Option<Range<usize>>> {
        if !self.more().ok()? {
            return None;
        }
        let mut key = None;
        if self.open == b'{' {
            key = Some(self.value().ok()?);
            self.expect(b':').ok()?;
        }
        self.peek()?;
        Some(key)
    }

    /// The first byte of the part that begins here.
    pub(super) fn first(&self) -> Option<u8> {
        self.text.get(self.next).copied()
    }

    /// Moves to the end of the part that begins here.
    pub(super) fn end_part(&mut self) -> Option<Range<usize>> {
        self.value().ok()
    }

    /// The position of the next byte.
    pub(super) const fn position(&self) -> usize {
        self.next
    }

    /// Goes on at a position: that of the end of the part that begins here.
    pub(super) const fn go_on_at(&mut self, position: usize) {
        self.next = position;
    }

    /// The next item of a list.
    pub(super) fn item(&mut self) -> Option<Result<Range<usize>, NotJson>> {
        self.next_with(Self::value)
    }

    /// The next member of an object: its key, read by `read` with its quotes, and its value.
    pub(super) fn member<K>(
        &mut self,
        read: impl FnOnce(Range<usize>) -> Result<K, NotJson>,
    ) -> Option<Result<(K, Range<usize>), NotJson>> {
        self.next_with(|cut| {
            if cut.peek() != Some(b'"') {
                return Err(cut.broken("a key is missing"));
            }
            let key = read(cut.value()?)?;
            cut.expect(b':')?;
            Ok((key, cut.value()?))
        })
    }

    fn next_with<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, NotJson>) -> Option<Result<T, NotJson>> {
        if self.at == At::End {
            return None;
        }
        let next = match self.more() {
            Ok(true) => part(self).map(Some),
            Ok(false) => self.finish().map(|()| None),
            Err(error) => Err(error),
        };
        if !matches!(next, Ok(Some(_))) {
            self.at = At::End;
        }
        next.transpose()
    }

    /// Returns true if another part follows.
    fn more(&mut self) -> Result<bool, NotJson> {
        if self.at == At::Start {
            self.expect(self.open)?;
            self.at = At::Part;
            return Ok(!self.skip(self.close));
        }
        if self.skip(self.close) {
            return Ok(false);
        }
        self.expect(b',').map(|()| true)
    }

    /// Checks that only white space follows.
    fn finish(&mut self) -> Result<(), NotJson> {
        if self.peek().is_none() { Ok(()) } else { Err(self.broken("more than one value")) }
    }

    fn value(&mut self) -> Result<Range<usize>, NotJson> {
        let Some(first) = self.peek() else { return Err(NotJson::EndsEarly) };
        let begin = self.next;
        let end = match first {
            b'"' => end_of_string(self.text, begin),
            b'{' | b'[' => end_of_brackets(self.text, begin),
            _ => Some(end_of_scalar(self.text, begin)),
        };
        let end = end.ok_or(NotJson::EndsEarly)?;
        if end == begin {
            return Err(self.broken("a value is missing"));
        }
        self.next = end;
        Ok(begin..end)
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotJson> {
        match self.peek() {
            None => Err(NotJson::EndsEarly),
            Some(_) if self.skip(byte) => Ok(()),
            Some(_) => Err(self.broken(&format!("`{}` is missing", char::from(byte)))),
        }
    }

    /// Skips a byte if it is the next one.
    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.next += usize::from(found);
        found
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.next).is_some_and(|byte| is_space(*byte)) {
            self.next += 1;
        }
        self.text.get(self.next).copied()
    }

    fn broken(&self, what: &str) -> NotJson {
        NotJson::Broken(format!("{what} at byte {}", self.next))
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The position after the string that begins at `begin`; none if it does not end.
pub(super) fn end_of_string(text: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin + 1;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The position after the list or object that begins at `begin`; none if it does not end.
pub(super) fn end_of_brackets(text: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin;
    let mut depth = 0_usize;
    loop {
        match text.get(at)? {
            b'"' => {
                at = end_of_string(text, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The position after the number or word that begins at `begin`.
pub(super) fn end_of_scalar(text: &[u8], begin: usize) -> usize {
    let ends = |byte: &u8| is_space(*byte) || matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"');
    text[begin..].iter().position(ends).map_or(text.len(), |length| begin + length)
}
