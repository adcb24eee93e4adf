//! Zuora's bodies: what is believed, what is not, and what of an error may be told.
//!
//! A page counts only if it is plainly a page: anything else could be read as "no workflows", which would look like a mass
//! deletion. `next_page` is taken as a yes or no; its address is never used.

use serde::Deserialize;
use serde_json::{Value, error::Category, value::RawValue};
use sha2::{Digest, Sha256};

/// One page of the listing.
#[derive(Clone, Debug)]
pub struct Page {
    /// The listed items, unread.
    pub items: Vec<bytes::Bytes>,
    /// Whether Zuora says that another page follows.
    pub has_next: bool,
    /// A hash over the items: two pages of one listing with the same hash are a repetition.
    pub content_hash: String,
}

/// Why a 2xx body is not what was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BodyFault {
    /// Whether asking again may help.
    pub(super) transient: bool,
    /// What is wrong with it; may hold the upstream's words.
    pub(super) detail: String,
}

impl BodyFault {
    fn malformed(detail: &str) -> Self {
        Self { transient: false, detail: detail.to_owned() }
    }
}

#[derive(Deserialize)]
struct PageBody<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    pagination: Option<Value>,
    success: Option<Value>,
}

impl Page {
    pub(super) fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        let page: PageBody<'_> = from_object(body)?;
        check_success(page.success.as_ref(), body)?;
        let data = page.data.ok_or_else(|| BodyFault::malformed("the page has no data"))?;
        let items: Vec<Box<RawValue>> =
            serde_json::from_str(data.get()).map_err(|_| BodyFault::malformed("the page's data is not a list"))?;
        let has_next = match page.pagination.as_ref().and_then(|pagination| pagination.get("next_page")) {
            None | Some(Value::Null) => false,
            Some(Value::String(address)) => !address.is_empty(),
            Some(_) => true,
        };
        let mut hash = Sha256::new();
        for item in &items {
            hash.update(item.get());
            hash.update("\n");
        }
        let items = items.iter().map(|item| bytes::Bytes::copy_from_slice(item.get().as_bytes())).collect();
        Ok(Self { has_next, content_hash: hex::encode(hash.finalize()), items })
    }
}

/// Accepts the body of a single workflow: an object with an id.
pub(super) fn parse_workflow(body: &[u8]) -> Result<Box<RawValue>, BodyFault> {
    #[derive(Deserialize)]
    struct Workflow {
        id: Option<Value>,
        success: Option<Value>,
    }
    let workflow: Workflow = from_object(body)?;
    check_success(workflow.success.as_ref(), body)?;
    if workflow.id.is_none() {
        return Err(BodyFault::malformed("the workflow has no id"));
    }
    serde_json::from_slice(body).map_err(|_| BodyFault::malformed("the body is not JSON"))
}

fn from_object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, BodyFault> {
    // An array would do for a struct, so the first byte is looked at.
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(BodyFault::malformed("the body is empty")),
        Some(b'{') => {}
        Some(_) => return Err(BodyFault::malformed("the body is not a JSON object")),
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        // The connection was cut without the transport noticing.
        Category::Eof => BodyFault { transient: true, detail: "the body ends early".to_owned() },
        _ => BodyFault::malformed("the body is not the expected JSON"),
    })
}

/// Refuses a 200 that says `"success": false`; the code's last two digits tell whether it passes.
fn check_success(success: Option<&Value>, body: &[u8]) -> Result<(), BodyFault> {
    if success != Some(&Value::Bool(false)) {
        return Ok(());
    }
    let reasons: Value = serde_json::from_slice(body).unwrap_or_default();
    let codes = reasons["reasons"].as_array().into_iter().flatten().filter_map(|reason| code(&reason["code"]));
    let transient = codes.map(|code| code % 100).any(|class| matches!(class, 50 | 61 | 70 | 99));
    Err(BodyFault { transient, detail: format!("success is false: {}", error_text(body)) })
}

fn code(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// Returns the error code of a refused token request, such as `invalid_client`, and nothing else of its body.
///
/// That request carried the client secret, and an upstream can echo it in more encodings than anyone can list: so nothing is shown
/// but a word that no secret looks like (RFC 6749 section 5.2 has only such).
pub(super) fn oauth_error(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = body["error"].as_str().unwrap_or_default();
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

/// Returns what an error body says, in whichever of Zuora's shapes; nothing of a body that is not JSON.
pub(super) fn error_text(body: &[u8]) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return String::new();
    };
    let lists = ["errors", "Errors", "reasons"].into_iter().filter_map(|key| body[key].as_array()).flatten();
    let fields = ["message", "error", "error_description"].into_iter().map(|key| &body[key]);
    let texts: Vec<_> = lists.chain(fields).filter_map(entry_text).collect();
    texts.join("; ")
}

fn entry_text(entry: &Value) -> Option<String> {
    if let Some(text) = entry.as_str() {
        return Some(text.to_owned());
    }
    let text = entry["title"].as_str().or_else(|| entry["message"].as_str())?;
    Some(code(&entry["code"]).map_or_else(|| text.to_owned(), |code| format!("{text} (code {code})")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_has_items_and_a_yes_or_no_for_the_next() {
        for (pagination, has_next) in [
            (r#","pagination":{"page":1,"next_page":"https://evil.example/workflows?page=2"}"#, true),
            (r#","pagination":{"page":1}"#, false),
            (r#","pagination":{"next_page":null}"#, false),
            (r#","pagination":{"next_page":""}"#, false),
            (r#","pagination":null"#, false),
            (r#","pagination":[]"#, false),
            (r#","success":true"#, false),
            ("", false),
        ] {
            let page = Page::parse(format!(r#"{{"data":[{{"id":1}}, null]{pagination}}}"#).as_bytes()).unwrap();

            assert_eq!(page.has_next, has_next, "{pagination}");
            assert_eq!(page.items.len(), 2);
        }
    }

    #[test]
    fn the_content_hash_depends_on_the_items_alone() {
        let hash = |body: &str| Page::parse(body.as_bytes()).unwrap().content_hash;

        assert_eq!(
            hash(r#"{"data":[1,2],"pagination":{"page":1}}"#),
            hash(r#"{"pagination":{"page":2},"data":[1,2]}"#)
        );
        assert_ne!(hash(r#"{"data":[1,2]}"#), hash(r#"{"data":[12]}"#));
    }

    #[test]
    fn what_is_not_plainly_a_page_is_never_an_empty_one() {
        for body in [
            "",
            "  ",
            "{}",
            "null",
            "[]",
            "[[]]",
            "7",
            "<html></html>",
            r#"{"data":null}"#,
            r#"{"data":{}}"#,
            r#"{"data":"x"}"#,
            r#"{"data":[]} trailing"#,
            r#"{"data":[],"data":[]}"#,
            r#"{"success":false}"#,
            r#"{"success":false,"data":[]}"#,
            r#"{"success":false,"reasons":[{"code":53100320,"message":"no"}]}"#,
            "{\"data\":[\"\u{1}\"]}",
        ] {
            assert!(!Page::parse(body.as_bytes()).unwrap_err().transient, "{body}");
        }
        for body in ["{", r#"{"data":["#, r#"{"data":[{"id":1}"#, r#"{"data":[{"na"#] {
            assert!(Page::parse(body.as_bytes()).unwrap_err().transient, "{body}");
        }
        for (code, transient) in
            [("50000050", true), ("61", true), ("\"50000070\"", true), ("99", true), ("90000011", false), ("40", false)]
        {
            let body = format!(r#"{{"success":false,"reasons":[{{"code":{code},"message":"m"}}]}}"#);
            assert_eq!(Page::parse(body.as_bytes()).unwrap_err().transient, transient, "{code}");
        }
    }

    #[test]
    fn a_single_workflow_is_believed_only_with_an_id() {
        assert_eq!(parse_workflow(br#"{"id":1,"x":[]}"#).unwrap().get(), r#"{"id":1,"x":[]}"#);
        for body in ["", "{}", "null", "<html>", r#"{"id":null}"#, r#"{"id":1,"success":false}"#] {
            assert!(!parse_workflow(body.as_bytes()).unwrap_err().transient, "{body}");
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

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..300), json in "[\\[{]?[\\[\\]{}:,\"a-z0-9\\\\ ]{0,60}") {
            for body in [&body[..], json.as_bytes()] {
                let _ = (Page::parse(body).is_ok(), parse_workflow(body).is_ok(), error_text(body));
            }
        }
    }
}
