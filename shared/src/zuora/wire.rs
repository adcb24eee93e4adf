//! Zuora's bodies besides pages and tokens: the reason why one is refused, the check of a single workflow, the text of an
//! error.

use super::error_kind::ZuoraErrorKind as Kind;
use crate::domain::json::{Json, members};

/// The limit of token responses and error bodies, in bytes.
pub(super) const SMALL_LIMIT: usize = 64 * 1024;

/// The reason why the body of a 2xx is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BodyFault {
    /// `Transient` if repeating the request may help, else `Malformed`.
    pub(super) kind: Kind,
    /// The fault as text; may contain the server's words.
    pub(super) detail: String,
}

impl BodyFault {
    pub(super) fn transient(detail: &str) -> Self {
        Self { kind: Kind::Transient, detail: detail.to_owned() }
    }

    pub(super) fn malformed(detail: &str) -> Self {
        Self { kind: Kind::Malformed, detail: detail.to_owned() }
    }
}

/// Accepts the body of a single workflow: an object with an id.
pub(super) fn check_workflow(body: &[u8]) -> Result<(), BodyFault> {
    let id = members(body).filter_map(Result::ok).filter(|(key, _)| key == "id").last();
    if id.is_some_and(|(_, id)| id != b"null") { Ok(()) } else { Err(BodyFault::malformed("the workflow has no id")) }
}

/// Returns the error code of a refused token request, such as `invalid_client`, and nothing else of its body.
///
/// That request carried the client secret, and a server can echo it in more encodings than anyone can list: so nothing is shown
/// but a word of a form that no secret has (RFC 6749 section 5.2 defines only such words).
pub(super) fn oauth_error(body: &[u8]) -> String {
    let code = Json::read(body).ok().and_then(|body| body.get("error")?.text()).unwrap_or_default();
    let known = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    known.into_iter().find(|known| *known == code).unwrap_or_default().to_owned()
}

/// Returns the message of an error body in any of Zuora's shapes; empty for a body that is not JSON or too long for an error.
pub(super) fn error_text(body: &[u8]) -> String {
    if body.len() > SMALL_LIMIT {
        return String::new();
    }
    let Ok(body) = Json::read(body) else { return String::new() };
    let lists = ["errors", "Errors", "reasons"].into_iter().filter_map(|key| body.get(key)).flat_map(Json::items);
    let fields = ["message", "error", "error_description"].into_iter().filter_map(|key| body.get(key));
    let texts: Vec<_> = lists.chain(fields).filter_map(entry_text).collect();
    texts.join("; ")
}

fn entry_text(entry: Json<'_>) -> Option<String> {
    if let Some(text) = string(entry) {
        return Some(text);
    }
    let text = ["title", "message"].into_iter().find_map(|key| string(entry.get(key)?))?;
    let code = entry.get("code").and_then(Json::text).and_then(|code| code.parse::<u64>().ok());
    Some(code.map_or_else(|| text.clone(), |code| format!("{text} (code {code})")))
}

/// The text of a JSON string; none for any other value.
pub(super) fn string(value: Json<'_>) -> Option<String> {
    value.raw().starts_with('"').then(|| value.text())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::zuora::{page::Part, provenance::accept};

    #[test]
    fn a_single_workflow_is_believed_only_with_an_id() {
        for body in [r#"{"id":1,"x":[]}"#, r#"{"id":"a","name":"\ud83d"}"#, r#"{"id":null,"id":2,"limit":1e400}"#] {
            assert_eq!(check_workflow(body.as_bytes()), Ok(()), "{body}");
        }
        for body in ["{}", r#"{"id":null}"#, r#"{"workflow":{"id":1}}"#] {
            assert_eq!(check_workflow(body.as_bytes()).unwrap_err().kind, Kind::Malformed, "{body}");
        }
    }

    #[test]
    fn the_error_text_is_found_in_each_of_the_shapes() {
        for (body, text) in [
            (r#"{"errors":[{"status":400,"code":"invalid","title":"Not found."}]}"#, "Not found."),
            (r#"{"errors":["Invalid ID","second"]}"#, "Invalid ID; second"),
            (r#"{"Errors":["Invalid ID"]}"#, "Invalid ID"),
            (r#"{"success":false,"reasons":[{"fieldName":"status","title":"bad status"}]}"#, "bad status"),
            (
                r#"{"success":false,"reasons":[{"code":90000011,"message":"sign in first"}]}"#,
                "sign in first (code 90000011)",
            ),
            (r#"{"message":"An unexpected error occurred"}"#, "An unexpected error occurred"),
            (
                r#"{"error":"invalid_client","error_description":"Bad client credentials"}"#,
                "invalid_client; Bad client credentials",
            ),
            ("<html>secret page</html>", ""),
            ("upstream said this", ""),
            ("[]", ""),
            (r#"{"errors":[[],{},7,null],"message":{}}"#, ""),
        ] {
            assert_eq!(error_text(body.as_bytes()), text, "{body}");
        }
    }

    #[test]
    fn nothing_is_told_of_a_body_that_is_too_long_for_an_error() {
        let body = format!(r#"{{"message":"{}"}}"#, "x".repeat(SMALL_LIMIT));

        assert_eq!(error_text(body.as_bytes()), "");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..300), json in "[\\[{]?[\\[\\]{}:,\"a-z0-9\\\\ ]{0,60}") {
            for body in [body, json.into_bytes()] {
                let _ = (accept(&body.clone().into()).is_ok(), check_workflow(&body).is_ok(), error_text(&body), oauth_error(&body));
                let _ = Part::read(&body.into()).is_ok();
            }
        }
    }
}
