//! JSON bodies: bounded, strict, and every fault named by its field.

use axum::{
    body::to_bytes,
    extract::{FromRef, FromRequest, Request},
};
use bytes::Bytes;
use http::header;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::{
    Edge,
    problem::{Problem, ProblemKind},
    unique_keys::Unique,
};
use crate::domain::invalid::Invalid;

/// The largest body; the largest legal one is a fraction of it.
const MAX_BODY: usize = 64 * 1024;
/// The largest definition that is sent as a body: Lambda takes 6 MB of a request, in which the body is a JSON string, so that
/// each quotation mark counts twice.
const MAX_DEFINITION: usize = 4 * 1024 * 1024;

/// A body of type `T`, whose type should deny unknown fields.
#[derive(Debug)]
pub struct ValidJson<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for ValidJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let value = value(&json_bytes(request).await?)?;
        Ok(Self(read(value)?))
    }
}

/// A body of type `T`, and the name of the request it makes: equal for equal JSON, and without giving any of it away.
#[derive(Debug)]
pub struct NamedJson<T> {
    /// The body.
    pub body: T,
    /// A keyed digest of the whole body, fields that do not exist yet included.
    pub fingerprint: String,
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for NamedJson<T>
where
    Edge: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let value = value(&json_bytes(request).await?)?;
        // The keys of an object are sorted, so their order in the request means nothing.
        let fingerprint = Edge::from_ref(state).cursors.fingerprint(&[&value.to_string()]);
        Ok(Self { body: read(value)?, fingerprint })
    }
}

/// An optional body, none at all being the default.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

impl<S: Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let body = bytes(request, MAX_BODY).await?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(T::default()));
        }
        Ok(Self(read(value(&body)?)?))
    }
}

/// A body of JSON that is read as it came, up to [`MAX_DEFINITION`] bytes: a definition.
#[derive(Debug)]
pub struct DefinitionBody(pub Bytes);

impl<S: Sync> FromRequest<S> for DefinitionBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_media_type(&request)?;
        bytes(request, MAX_DEFINITION).await.map(Self)
    }
}

async fn json_bytes(request: Request) -> Result<Bytes, Problem> {
    check_media_type(&request)?;
    bytes(request, MAX_BODY).await
}

fn check_media_type(request: &Request) -> Result<(), Problem> {
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let detail = "Send the body as Content-Type: application/json.";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    Ok(())
}

async fn bytes(request: Request, most: usize) -> Result<Bytes, Problem> {
    let body = to_bytes(request.into_body(), most).await;
    body.map_err(|_| Problem::new(ProblemKind::TooLarge, format!("The body must be at most {most} bytes.")))
}

/// The JSON object that a body is.
fn value(body: &[u8]) -> Result<Value, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::new(
            ProblemKind::MalformedJson,
            format!("The body is not valid JSON, or nested too deeply, at {place}."),
        )
    })?;
    // Of a repeated key the value above has only one.
    serde_path_to_error::deserialize::<_, Unique>(&mut serde_json::Deserializer::from_slice(body)).map_err(
        |error| {
            let pointer = pointer(error.path());
            Problem::new(ProblemKind::MalformedJson, format!("The body has the key {pointer} twice. Send it once."))
        },
    )?;
    if !value.is_object() {
        return Err(Problem::invalid(Invalid::one("", "The body must be a JSON object.")));
    }
    Ok(value)
}

/// Reads a body whose form depends on one of its fields, as [`ValidJson`] reads the others.
///
/// # Errors
/// `validation-failed`, with the field.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| Problem::invalid(fault(&error)))
}

/// Turns serde's sentence into a field and a sentence that names no value.
fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Invalid {
    let text = error.inner().to_string();
    let named = || text.split('`').nth(1).unwrap_or_default();
    let pointer = pointer(error.path());
    if text.starts_with("missing field") {
        return Invalid::one(format!("{pointer}/{}", named()), "This field is required.");
    }
    if text.starts_with("unknown field") {
        let last = format!("/{}", named().replace('~', "~0").replace('/', "~1"));
        let parent = pointer.strip_suffix(&last).unwrap_or(&pointer);
        return Invalid::one(format!("{parent}{last}"), "There is no such field here. Remove it.");
    }
    let detail = if text.starts_with("unknown variant") {
        format!("Use {}.", text.split_once("expected ").map_or("one of the documented values", |(_, names)| names))
    } else {
        let expected = text.split_once("expected ").map_or("another type", |(_, expected)| expected);
        format!("This field has the wrong type or form: expected {expected}.")
    };
    Invalid::one(pointer, detail)
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

/// For whole numbers in optional fields, `14.0` being one (JSON Schema, section 6.3 of its core); `null` as in [`present`].
///
/// # Errors
/// For anything else.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let text = number.to_string();
    let digits = text.strip_suffix(".0").unwrap_or(&text);
    digits.parse().map(Some).map_err(|_| serde::de::Error::custom("expected a whole number"))
}

/// For fields of a PATCH: absent stays absent, `null` is a wrong type instead of silently meaning absent.
///
/// # Errors
/// As `T`'s own.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Body {
        name: String,
        #[serde(default, deserialize_with = "present")]
        kind: Option<Choice>,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Part {
        size: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        One,
        Two,
    }

    fn problem(body: &str) -> Value {
        value(body.as_bytes()).and_then(read::<Body>).unwrap_err().body("r")
    }

    #[test]
    fn every_fault_names_its_field() {
        let cases = [
            (r#"{}"#, "/name", "required"),
            (r#"{"name": 7}"#, "/name", "expected a string"),
            (r#"{"name": null}"#, "/name", "expected a string"),
            (r#"{"name": "x", "other": 1}"#, "/other", "no such field"),
            (r#"{"name": "x", "kind": "three"}"#, "/kind", "`one` or `two`"),
            (r#"{"name": "x", "kind": null}"#, "/kind", "wrong type"),
            (r#"{"name": "x", "a/b~c": 1}"#, "/a~1b~0c", "no such field"),
            (r#"{"name": "x", "parts": [{"size": 1}, {}]}"#, "/parts/1/size", "required"),
            (r#"{"name": "x", "parts": [{"size": 1, "name": 2}]}"#, "/parts/0/name", "no such field"),
            (r#"{"name": "x", "parts": [{"size": "a"}]}"#, "/parts/0/size", "expected u8"),
            (r#"[]"#, "", "JSON object"),
        ];
        for (body, pointer, detail) in cases {
            let problem = problem(body);
            assert_eq!(problem["status"], 422, "{body}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
            assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(detail), "{body}: {problem}");
        }
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        let read = |text: &str| whole(&mut serde_json::Deserializer::from_str(text)).ok();

        assert_eq!((read("14"), read("14.0"), read("0")), (Some(Some(14)), Some(Some(14)), Some(Some(0))));
        for wrong in ["14.5", "-1", "-1.0", "null", "\"14\"", "1e300", "18446744073709551616"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_malformed_and_named_wherever_it_is() {
        let cases = [
            (r#"{"name": "a", "name": "b"}"#, "/name"),
            (r#"{"name": "a", "name": "a"}"#, "/name"),
            (r#"{"name": "a", "n\u0061me": "b"}"#, "/name"),
            (r#"{"other": 1, "other": 2}"#, "/other"),
            (r#"{"name": "a", "parts": [{"size": 1}, {"size": 1, "size": null}]}"#, "/parts/1/size"),
            (r#"{"name": {"a/b": {}, "a/b": []}}"#, "/name/a~1b"),
            (r#"[{"": 1, "": 1}]"#, "/0/"),
        ];
        for (body, pointer) in cases {
            let problem = problem(body);
            assert_eq!(problem["type"], "/problems/malformed-json", "{body}");
            assert!(
                problem["detail"].as_str().unwrap().contains(&format!("the key {pointer} twice")),
                "{body}: {problem}"
            );
        }
    }

    #[test]
    fn keys_of_different_objects_and_different_keys_do_not_meet() {
        let body = r#"{"name": "a", "Name": 1.5, "parts": [{"size": -1, "name": true}, {"size": null}], "size": {"name": {}}}"#;

        assert_eq!(problem(body)["status"], 422, "past its keys");
        assert!(value(br#"{"name": "a", "parts": [{"size": 1}, {"size": 1}]}"#).and_then(read::<Body>).is_ok());
    }

    #[test]
    fn a_wrong_value_is_never_repeated() {
        assert!(!problem(r#"{"name": "x", "kind": "hunter2"}"#).to_string().contains("hunter2"));
        assert!(!problem(r#"{"name": {"secret": "hunter2"}}"#).to_string().contains("hunter2"));
    }

    #[test]
    fn what_is_not_json_or_too_deep_is_malformed() {
        for body in ["", "{", "{\"name\":\"\u{0}\"}", &("[".repeat(10_000) + &"]".repeat(10_000))] {
            assert_eq!(problem(body)["type"], json!("/problems/malformed-json"));
        }
    }
}
