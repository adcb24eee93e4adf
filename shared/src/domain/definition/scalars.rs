//! Every scalar of a part of a definition, with its path and whether it is a secret.
//!
//! What must stay true: nothing recurses, and a value with many levels is not read once for each: below [`MAX_LEVELS`] a list
//! or object is visited whole.

use std::{borrow::Cow, fmt::Write as _};

use super::secrecy::{gives_away, is_header_value, is_private_key, is_secret_header, is_secret_member, is_secret_path};
use crate::domain::json::{Json, Parts};

/// The number of levels that are taken apart: real definitions have eight.
const MAX_LEVELS: usize = 32;

/// A scalar of a definition.
#[derive(Clone, Copy, Debug)]
pub struct Scalar<'p, 'a> {
    /// Its path, such as `parameters.headers[0].value`.
    pub path: &'p str,
    /// The value: a string, a number or a boolean; a list or object where there are too many levels.
    pub value: Json<'a>,
    /// True if it stands where credentials stand, whatever it is; see [`Scalar::is_secret`].
    pub in_secret_field: bool,
}

impl Scalar<'_, '_> {
    /// True if it must not be shown: it holds a credential, not only the name of the place where one is kept; or it lies too
    /// deep to say.
    pub fn is_secret(&self) -> bool {
        match self.value.shown() {
            Some(text) => (self.in_secret_field && gives_away(&text)) || is_private_key(&text),
            None => true,
        }
    }
}

/// A list or object that is being visited.
struct Open<'a> {
    parts: Parts<'a>,
    /// The length of its path.
    path: usize,
    name: Cow<'a, str>,
    at: usize,
    is_secret: bool,
    /// Whether it is a header with a credential, once somebody asked.
    is_secret_header: Option<bool>,
}

impl<'a> Open<'a> {
    const fn new(parts: Parts<'a>, path: usize, name: Cow<'a, str>, is_secret: bool) -> Self {
        Self { parts, path, name, at: 0, is_secret, is_secret_header: None }
    }

    /// Only objects with the value of a header are read for its name.
    fn is_secret_header(&mut self) -> bool {
        *self.is_secret_header.get_or_insert_with(|| is_secret_header(self.parts.container()))
    }
}

/// Visits every scalar of `value` but `null`, in the order of the text. `prefix` is the path of the value itself; what it says
/// about secrets counts for all of them.
pub fn scalars<'a>(prefix: &str, value: Json<'a>, mut visit: impl FnMut(Scalar<'_, 'a>)) {
    let mut path = prefix.to_owned();
    let is_secret = is_secret_path(prefix, value);
    if !value.is_object() && !value.is_list() {
        if !value.is_null() {
            visit(Scalar { path: &path, value, in_secret_field: is_secret });
        }
        return;
    }
    let name = prefix.rsplit('.').next().unwrap_or_default().to_owned();
    let mut open = vec![Open::new(Parts::of(value), path.len(), name.into(), is_secret)];
    loop {
        let level = open.len();
        let Some(top) = open.last_mut() else { return };
        path.truncate(top.path);
        let Some(name) = top.parts.advance() else {
            let left = open.pop();
            if let (Some(left), Some(top)) = (left, open.last_mut()) {
                top.parts.leave(&left.parts);
            }
            continue;
        };
        let (is_object, is_list) = (top.parts.is_object(), top.parts.is_list());
        let mut in_secret_field = top.is_secret;
        match &name {
            Some(name) => {
                in_secret_field |=
                    is_secret_member(&top.name, name, is_object) || (is_header_value(name) && top.is_secret_header());
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            None => {
                // Writing to a text cannot fail.
                let _ = write!(path, "[{}]", top.at);
                top.at += 1;
            }
        }
        if (is_object || is_list) && level < MAX_LEVELS {
            let name = name.unwrap_or_else(|| top.name.clone());
            let entered = Open::new(top.parts.enter(), path.len(), name, in_secret_field);
            open.push(entered);
        } else {
            let part = top.parts.whole();
            if !part.is_null() {
                visit(Scalar { path: &path, value: part, in_secret_field });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visited(text: &str) -> Vec<(String, String, bool)> {
        let mut all = Vec::new();
        scalars("parameters", Json::read(text.as_bytes()).unwrap(), |scalar| {
            all.push((scalar.path.to_owned(), scalar.value.raw().to_owned(), scalar.is_secret()));
        });
        all
    }

    #[test]
    fn every_scalar_has_its_path_and_null_is_none() {
        let all = visited(r#"{"url":"x","list":[1,{"a":true}],"none":null,"deep":{"b":{"c":"d"}},"empty":{}}"#);
        let all: Vec<_> = all.iter().map(|(path, value, _)| (path.as_str(), value.as_str())).collect();

        assert_eq!(
            all,
            [
                ("parameters.url", r#""x""#),
                ("parameters.list[0]", "1"),
                ("parameters.list[1].a", "true"),
                ("parameters.deep.b.c", r#""d""#),
            ]
        );
    }

    #[test]
    fn a_secret_is_known_by_its_field_its_header_or_its_form() {
        let all = visited(
            r#"{"authorization":{"type":"none","basic_auth":{"username":"u","password":"p"}},
                "oauth2":{"client_id":"i","client_secret":"s"},"password":{"old":["p"]},
                "headers":[{"key":"Authorization","value":"Bearer x"},{"key":"Accept","value":"y"}],
                "api_key":"{{ GlobalConstants.k }}","text":"-----BEGIN PRIVATE KEY-----"}"#,
        );
        let secret: Vec<_> = all.iter().filter(|(.., secret)| *secret).map(|(path, ..)| path.as_str()).collect();

        assert_eq!(
            secret,
            [
                "parameters.authorization.basic_auth.password",
                "parameters.oauth2.client_secret",
                "parameters.password.old[0]",
                "parameters.headers[0].value",
                "parameters.text"
            ]
        );
    }

    #[test]
    fn what_lies_too_deep_is_visited_whole() {
        let deep = format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000));

        let all = visited(&deep);

        assert_eq!(all.len(), 1);
        assert_eq!(all[0].1.len(), 2_001 - 2 * MAX_LEVELS);
    }
}
