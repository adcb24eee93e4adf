//! Query strings: strict as bodies are. Unknown and wrong parameters are named, and repeated ones that have one value.

use std::fmt;

use axum::extract::FromRequestParts;
use http::request::Parts;
use lambda_http::RequestExt;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IntoDeserializer, Unexpected, Visitor},
};
use serde_json::{Map, Value};

use super::problem::Problem;

/// The parameters as `T`, whose type should deny unknown fields and read every field from text.
#[derive(Debug)]
pub struct ValidQuery<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.query_string_parameters().iter()).map(Self)
    }
}

/// Reads parameters as `T`.
///
/// # Errors
/// `invalid-parameter`, with the name of the first that is wrong.
pub(super) fn parse<'a, T: DeserializeOwned>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<T, Problem> {
    let mut values = Map::new();
    for (name, value) in pairs {
        match values.get_mut(name) {
            Some(Value::Array(several)) => several.push(value.into()),
            Some(one) => *one = Value::Array(vec![one.take(), value.into()]),
            None => drop(values.insert(name.to_owned(), value.into())),
        }
    }
    let values = Value::Object(values);
    serde_path_to_error::deserialize(&values).map_err(|error| {
        let text = error.inner().to_string();
        let named = text.split('`').nth(1).unwrap_or_default();
        let path = error.path().to_string();
        if values[&path].is_array() && text.contains("sequence") {
            Problem::parameter(&path, "Give it once.")
        } else if text.starts_with("unknown field") {
            Problem::parameter(named, "There is no such parameter here. Remove it.")
        } else if text.starts_with("missing field") {
            Problem::parameter(named, "This parameter is required.")
        } else if let Some((_, names)) = text.split_once("expected ") {
            Problem::parameter(&path, format!("Use {names}."))
        } else {
            Problem::parameter(&path, text)
        }
    })
}

/// `true` or `false` as text; in a body, also as a boolean.
///
/// # Errors
/// For anything else.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_any(Flag)
}

struct Flag;

impl Visitor<'_> for Flag {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<bool, E> {
        Ok(flag)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<bool, E> {
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// One word or several of a fixed set, with commas between them; in a body, a list of them.
///
/// # Errors
/// For any other word; the words that there are are named.
pub fn listed<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let words = Words::deserialize(deserializer)?.0;
    words.iter().flat_map(|words| words.split(',')).map(|word| T::deserialize(word.into_deserializer())).collect()
}

/// A parameter that may be repeated; in a body, a list.
///
/// # Errors
/// For what is no text.
pub fn repeated<'de, D: Deserializer<'de>, T: From<String>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Words::deserialize(deserializer)?.0.into_iter().map(T::from).collect())
}

/// One text or several.
struct Words(Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(one) => Ok(Self(vec![one])),
            several @ Value::Array(_) => Vec::deserialize(several).map(Self).map_err(serde::de::Error::custom),
            _ => Err(serde::de::Error::custom("expected a text, or a list of texts")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        One,
        Two,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Query {
        #[serde(default, deserialize_with = "flag")]
        deleted: bool,
        #[serde(default, deserialize_with = "listed")]
        word: Vec<Word>,
        #[serde(default, deserialize_with = "repeated")]
        tag: Vec<String>,
        name: Option<String>,
    }

    fn query(pairs: &[(&str, &str)]) -> Result<Query, Value> {
        parse(pairs.iter().copied()).map_err(|problem| problem.body("r"))
    }

    #[test]
    fn good_parameters_are_read_and_absent_ones_have_defaults() {
        assert_eq!(query(&[]), Ok(Query { deleted: false, word: Vec::new(), tag: Vec::new(), name: None }));
        let given = query(&[
            ("deleted", "true"),
            ("word", "two,one"),
            ("tag", "a, b"),
            ("name", "a"),
            ("tag", "c"),
            ("tag", "d"),
        ]);
        let (word, tag) = (vec![Word::Two, Word::One], ["a, b", "c", "d"].map(str::to_owned).to_vec());
        assert_eq!(given, Ok(Query { deleted: true, word, tag, name: Some("a".into()) }));
    }

    #[test]
    fn a_flag_is_a_text_or_in_a_body_a_boolean() {
        let read = |body: Value| serde_json::from_value::<Query>(body).map(|query| query.deleted).ok();

        assert_eq!(read(serde_json::json!({"deleted": true})), Some(true));
        assert_eq!(read(serde_json::json!({"deleted": "false"})), Some(false));
        assert_eq!(read(serde_json::json!({"deleted": 1})), None);
    }

    #[test]
    fn wrong_parameters_are_named() {
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[("deleted", "yes")], "deleted"),
            (&[("word", "one,three")], "word"),
            (&[("word", "")], "word"),
            (&[("sort", "name")], "sort"),
            (&[("name", "a"), ("name", "b")], "name"),
            (&[("deleted", "true"), ("deleted", "true")], "deleted"),
        ];
        for (pairs, name) in cases {
            let problem = query(pairs).unwrap_err();
            assert_eq!(problem["status"], 400);
            assert_eq!(problem["errors"][0]["pointer"], name, "{problem}");
        }
    }
}
