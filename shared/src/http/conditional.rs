//! The request header `If-Match` (RFC 9110, section 13.1.1).

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderValue, header, request::Parts};

use super::problem::{Problem, ProblemKind};
use crate::domain::precondition::Precondition;

/// A request's `If-Match`, if it has one.
#[derive(Clone, Debug)]
pub struct IfMatch(Option<Precondition>);

impl IfMatch {
    /// The precondition of a change.
    ///
    /// # Errors
    /// `precondition-required` when the request does not say.
    pub fn required(self) -> Result<Precondition, Problem> {
        self.0.ok_or_else(|| {
            let detail = "Read the customer and send its ETag as If-Match, so that you overwrite nothing that you have not seen.";
            Problem::new(ProblemKind::PreconditionRequired, detail)
        })
    }

    /// The same, where a request may leave it out.
    pub fn optional(self) -> Precondition {
        self.0.unwrap_or(Precondition::Any)
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(&parts.headers).map(Self)
    }
}

fn parse(headers: &HeaderMap) -> Result<Option<Precondition>, Problem> {
    // Several lines are one list (RFC 9110, section 5.3).
    let lines: Vec<&[u8]> = headers.get_all(header::IF_MATCH).iter().map(HeaderValue::as_bytes).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let list = lines.join(&b',');
    if list.trim_ascii() == b"*" {
        return Ok(Some(Precondition::Any));
    }
    let malformed = || Problem::parameter("If-Match", "Use ETags as they were answered, quotes included, or * alone.");
    tags(&list).map(|tags| Some(Precondition::OneOf(tags))).ok_or_else(malformed)
}

/// The strong tags of a list, whose elements may be empty (RFC 9110, section 5.6.1); none if it is malformed. A weak tag
/// never matches strongly, and of ours none has bytes beyond ASCII.
fn tags(mut list: &[u8]) -> Option<Vec<String>> {
    let mut tags = Vec::new();
    loop {
        list = list.trim_ascii_start();
        if !matches!(list, [] | [b',', ..]) {
            let is_weak = list.starts_with(b"W/");
            let (tag, rest) = opaque_tag(list.strip_prefix(b"W/").unwrap_or(list))?;
            tags.extend(str::from_utf8(tag).ok().filter(|_| !is_weak).map(str::to_owned));
            list = rest.trim_ascii_start();
        }
        match list {
            [] => return Some(tags),
            [b',', rest @ ..] => list = rest,
            _ => return None,
        }
    }
}

/// The opaque tag between the quotes with which a text begins, commas included, and the rest after them.
fn opaque_tag(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let opened = text.strip_prefix(b"\"")?;
    let (tag, rest) = opened.split_at(opened.iter().position(|byte| *byte == b'"')?);
    let is_legal = |byte: &u8| matches!(byte, b'!' | b'#'..=b'~' | 0x80..);
    tag.iter().all(is_legal).then(|| (tag, &rest[1..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::etag::etag;

    fn read(values: &[&str]) -> Result<Option<Precondition>, u16> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, value.parse().unwrap());
        }
        parse(&headers).map_err(|problem| problem.kind.parts().1.as_u16())
    }

    #[test]
    fn tags_are_read_from_lists_and_weak_ones_never_match() {
        let one_of = |tags: &[&str]| Ok(Some(Precondition::OneOf(tags.iter().map(ToString::to_string).collect())));

        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["*"]), Ok(Some(Precondition::Any)));
        assert_eq!(read(&["\"a\""]), one_of(&["a"]));
        assert_eq!(read(&["\"a\", W/\"b\"", "\"c\""]), one_of(&["a", "c"]));
        assert_eq!(read(&["W/\"a\""]), one_of(&[]));
    }

    #[test]
    fn a_list_may_have_blanks_empty_elements_and_commas_within_its_tags() {
        let one_of = |tags: &[&str]| Ok(Some(Precondition::OneOf(tags.iter().map(ToString::to_string).collect())));

        assert_eq!(read(&["\"a\",\"b\""]), one_of(&["a", "b"]));
        assert_eq!(read(&["\t\"a\" \t,  \"b\" "]), one_of(&["a", "b"]));
        assert_eq!(read(&[",, \"a\", ,\"b\",", "", ",\"c\""]), one_of(&["a", "b", "c"]));
        assert_eq!(read(&["\"a,b\", \"W/\", \"\", \"*\""]), one_of(&["a,b", "W/", "", "*"]));
        assert_eq!(read(&["\"\u{e9}\", \"a\""]), one_of(&["\u{e9}", "a"]));
        assert_eq!(read(&[" * "]), Ok(Some(Precondition::Any)));
        assert_eq!(read(&[""]), one_of(&[]));
    }

    #[test]
    fn what_is_no_list_of_tags_is_malformed() {
        let malformed = [
            "a",
            "\"a",
            "W/a",
            "\"",
            "w/\"a\"",
            "W/ \"a\"",
            "\"a\" \"b\"",
            "\"a\"b",
            "\"a b\"",
            "*, \"a\"",
            "**",
            "*,",
        ];
        for malformed in malformed {
            assert_eq!(read(&[malformed]), Err(400), "{malformed}");
        }
        assert_eq!(read(&["*", "\"a\""]), Err(400));
    }

    #[test]
    fn a_tag_that_was_answered_is_read_back() {
        let [(_, value)] = etag("0a1b");
        assert_eq!(read(&[value.to_str().unwrap()]), Ok(Some(Precondition::OneOf(vec!["0a1b".into()]))));
    }

    proptest! {
        #[test]
        fn no_header_panics(value in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                let _ = parse(&HeaderMap::from_iter([(header::IF_MATCH, value)]));
            }
        }
    }
}
