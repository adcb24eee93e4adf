//! Every text of a part of a definition, and whether it may be shown: what a search looks through.
//!
//! What must stay true: a credential is not shown because it is written in another way. A text that is JSON itself (the
//! parameters of older tasks, the body of a request) is taken apart as if it stood there, and the user in a URL is left out.

use std::borrow::Cow;

use super::scalars::scalars;
use crate::domain::json::Json;

/// How many texts may lie in one another. What lies deeper is left out.
const MOST_NESTED: usize = 3;
/// The text in the place of the user and password of a URL.
const USER: &str = "***";

/// A text of a definition.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    /// Its path, such as `parameters.email.to[0]`.
    pub path: &'t str,
    /// The text; of a number or a boolean, as it is written.
    pub text: &'t str,
    /// True if it may neither be shown nor matched.
    pub is_secret: bool,
}

/// Visits every text of `value`; `prefix` is the path of the value itself.
pub fn texts(prefix: &str, value: Json<'_>, visit: &mut dyn FnMut(Text<'_>)) {
    nested(prefix, value, MOST_NESTED, visit);
}

fn nested(prefix: &str, value: Json<'_>, left: usize, visit: &mut dyn FnMut(Text<'_>)) {
    scalars(prefix, value, |scalar| {
        // What has too many levels is visited whole: nobody knows which of it are secrets.
        let Some(text) = scalar.value.shown() else { return };
        let is_secret = scalar.is_secret();
        if !is_secret && let Some(inner) = json_in(&text) {
            if left > 0 {
                nested(scalar.path, inner, left - 1, visit);
            }
            return;
        }
        visit(Text { path: scalar.path, text: &without_users(&text), is_secret });
    });
}

/// True if a credential is in a scalar: where credentials stand, in a text that is JSON, or in a URL.
pub fn holds_secret(path: &str, scalar: Json<'_>) -> bool {
    let mut holds = scalar.text().is_some_and(|text| matches!(without_users(&text), Cow::Owned(_)));
    texts(path, scalar, &mut |text| holds |= text.is_secret);
    holds
}

/// The JSON in a text, if it is a list, an object or a string.
fn json_in(text: &str) -> Option<Json<'_>> {
    let trimmed = text.trim();
    let may_be = [('{', '}'), ('[', ']'), ('"', '"')]
        .iter()
        .any(|(first, last)| trimmed.starts_with(*first) && trimmed.ends_with(*last));
    if may_be { Json::read(trimmed.as_bytes()).ok() } else { None }
}

/// The text without the users and passwords of its URLs.
fn without_users(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut from = 0;
    for at in places(text, "://") {
        let start = at + "://".len();
        let user = authority(&text[start..]).rfind('@');
        if let Some(user) = user.filter(|_| start >= from) {
            shown.push_str(&text[from..start]);
            shown.push_str(USER);
            from = start + user;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[from..]);
    Cow::Owned(shown)
}

/// The places of a mark in ASCII, none of which overlap, as `match_indices` finds them. Most texts are short and hold none: a search
/// that prepares itself for long ones takes longer than they do.
pub fn places<'t>(text: &'t str, mark: &'static str) -> impl Iterator<Item = usize> + 't {
    let (text, mark) = (text.as_bytes(), mark.as_bytes());
    let mut from = 0;
    memchr::memchr_iter(mark[0], text).filter(move |at| {
        let is_one = *at >= from && text[*at..].starts_with(mark);
        from = if is_one { at + mark.len() } else { from };
        is_one
    })
}

/// The part of a URL behind `://` that names user, host and port (RFC 3986 section 3.2).
pub fn authority(url: &str) -> &str {
    let ends =
        |letter: char| letter.is_whitespace() || matches!(letter, '/' | '?' | '#' | '"' | '\'' | '<' | '>' | '\\');
    url.split(ends).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{
        super::secrecy::{FIELDS, HEADERS},
        *,
    };

    fn visited(value: &str) -> Vec<(String, String, bool)> {
        let mut all = Vec::new();
        texts("parameters", Json::read(value.as_bytes()).unwrap(), &mut |Text { path, text, is_secret }| {
            all.push((path.to_owned(), text.to_owned(), is_secret));
        });
        all
    }

    #[test]
    fn json_in_a_text_is_taken_apart_as_if_it_stood_there() {
        let inner = serde_json::json!({"password": "hunter2", "user": "u"}).to_string();
        let body = serde_json::json!({"raw_body": inner, "as_text": serde_json::json!([{"body": inner}]).to_string()});

        for value in [body.to_string(), serde_json::json!(body.to_string()).to_string()] {
            let all = visited(&value);
            let shown: Vec<_> = all.iter().filter(|(.., secret)| !secret).collect();
            assert_eq!((all.len(), shown.len()), (4, 2), "{all:?}");
            assert!(shown.iter().all(|(_, text, _)| !text.contains("hunter2")), "{all:?}");
            assert!(shown.iter().any(|(path, ..)| path == "parameters.as_text[0].body.user"), "{all:?}");
        }
    }

    #[test]
    fn what_lies_deeper_than_anybody_writes_is_left_out() {
        let mut value = serde_json::json!({"password": "hunter2"}).to_string();
        for _ in 0..6 {
            value = serde_json::json!({ "a": value }).to_string();
        }

        assert_eq!(visited(&value), []);
    }

    #[test]
    fn text_that_only_looks_like_json_is_text() {
        for text in ["{{ Data.Account.Name }}", "{\"a\":{{ Data.x }}}", "[x]", "{}x"] {
            assert_eq!(visited(&serde_json::json!(text).to_string())[0].1, text);
        }
    }

    #[test]
    fn the_user_of_a_url_is_left_out() {
        for (text, shown) in [
            ("https://u:hunter2@erp.example.com/a@b", "https://***@erp.example.com/a@b"),
            ("ftp://a:b@x sftp://c@d:e@y", "ftp://***@x sftp://***@y"),
            ("https://erp.example.com/?mail=a@b", "https://erp.example.com/?mail=a@b"),
            ("billing@example.com", "billing@example.com"),
            ("a://b://c@d", "a://b://***@d"),
        ] {
            assert_eq!(without_users(text), shown, "{text}");
        }
    }

    /// A name in one of the styles in which people write it.
    fn spelt(name: &str, style: u8) -> String {
        let middle = name.len() / 2;
        match style {
            0 => name.to_owned(),
            1 => format!("{}_{}", &name[..middle], &name[middle..]),
            2 => format!("{}-{}", name[..middle].to_uppercase(), &name[middle..]),
            _ => format!("polling_{name}"),
        }
    }

    proptest! {
        #[test]
        fn a_mark_is_found_where_a_common_search_finds_it(text in "[:/_@aé]{0,30}") {
            for mark in ["://", "__", "@", "/"] {
                let common: Vec<_> = text.match_indices(mark).map(|(at, _)| at).collect();
                prop_assert_eq!(places(&text, mark).collect::<Vec<_>>(), common);
            }
        }

        #[test]
        fn no_secret_is_shown_whatever_its_field_and_however_deep_or_as_what_it_lies(
            field in prop::sample::select([FIELDS.as_slice(), HEADERS.as_slice()].concat()), style in 0..4_u8,
            header: bool, around in prop::collection::vec(0..4_u8, 0..6),
        ) {
            let secret = match header {
                true => json!([{"key": HEADERS[usize::from(style)], "value": "hunter2"}]),
                false => json!({ spelt(field, style): "hunter2" }),
            };
            let mut texts_around = 0;
            let value = around.iter().fold(secret, |value, kind| match kind {
                0 => json!({ "deep": value }),
                1 => json!([1, value]),
                2 if texts_around < MOST_NESTED => { texts_around += 1; Value::String(value.to_string()) }
                _ => json!({ "a": "b", "ü": value }),
            });
            let all = visited(&value.to_string());
            prop_assert!(all.iter().any(|(_, text, secret)| *secret && text == "hunter2"), "{all:?}");
            prop_assert!(all.iter().all(|(_, text, secret)| *secret || !text.contains("hunter2")), "{all:?}");
        }
    }
}
