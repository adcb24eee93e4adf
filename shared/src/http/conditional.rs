//! `ETag` and `If-Match` (RFC 9110, sections 8.8.3 and 13.1.1).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use super::problem::{Kind, Problem};
use crate::domain::edition::Expected;

/// The header that names an edition.
pub fn etag(edition: &str) -> [(HeaderName, HeaderValue); 1] {
    let value = HeaderValue::from_str(&format!("\"{edition}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    [(header::ETAG, value)]
}

/// A request's `If-Match`, if it has one; or what is wrong with it.
#[derive(Clone, Debug)]
pub struct IfMatch(Result<Option<Expected>, Problem>);

impl IfMatch {
    /// What a change is expected to be made to.
    ///
    /// # Errors
    /// `precondition-required` when the request does not say.
    pub fn required(self) -> Result<Expected, Problem> {
        self.0?.ok_or_else(|| {
            let detail = "Read the customer and send its ETag as If-Match, so that you overwrite nothing that you have not seen.";
            Problem::new(Kind::PreconditionRequired, detail)
        })
    }

    /// The same, where it need not be said.
    ///
    /// # Errors
    /// When the header is malformed.
    pub fn optional(self) -> Result<Expected, Problem> {
        Ok(self.0?.unwrap_or(Expected::Any))
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parse(&parts.headers)))
    }
}

fn parse(headers: &HeaderMap) -> Result<Option<Expected>, Problem> {
    let malformed = || Problem::parameter("If-Match", "Use an ETag as it was answered, quotes included, or *.");
    let mut tags = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        for entry in value.to_str().map_err(|_| malformed())?.split(',').map(str::trim) {
            if entry == "*" {
                return Ok(Some(Expected::Any));
            }
            // A weak tag never matches strongly.
            let (tag, weak) = entry.strip_prefix("W/").map_or((entry, false), |tag| (tag, true));
            let tag = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).ok_or_else(malformed)?;
            tags.extend((!weak).then(|| tag.to_owned()));
        }
    }
    Ok(headers.contains_key(header::IF_MATCH).then_some(Expected::OneOf(tags)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(values: &[&str]) -> Result<Option<Expected>, u16> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, value.parse().unwrap());
        }
        parse(&headers).map_err(|problem| problem.kind.parts().1.as_u16())
    }

    #[test]
    fn tags_are_read_from_lists_and_weak_ones_never_match() {
        let one_of = |tags: &[&str]| Ok(Some(Expected::OneOf(tags.iter().map(ToString::to_string).collect())));

        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["*"]), Ok(Some(Expected::Any)));
        assert_eq!(read(&["\"a\""]), one_of(&["a"]));
        assert_eq!(read(&["\"a\", W/\"b\"", "\"c\""]), one_of(&["a", "c"]));
        assert_eq!(read(&["W/\"a\""]), one_of(&[]));
        for malformed in ["a", "\"a", "", "W/a", "\""] {
            assert_eq!(read(&[malformed]), Err(400), "{malformed}");
        }
    }

    #[test]
    fn a_tag_that_was_answered_is_read_back() {
        let [(_, value)] = etag("0a1b");
        assert_eq!(read(&[value.to_str().unwrap()]), Ok(Some(Expected::OneOf(vec!["0a1b".into()]))));
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
