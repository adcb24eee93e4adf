//! The origin of a response: Zuora, or something in between. See D-18.
//!
//! Proxies, firewalls and maintenance pages answer in Zuora's place, with any status. What must stay true:
//! - "It does not exist" is believed only if the refusal is recognizably Zuora's own: it has Zuora's request id, and a body in
//!   one of the shapes that Zuora documents.
//! - Credentials and roles are blamed only after a refusal that is a JSON object.
//! - A good answer is a JSON object without `"success": false`. Anything else says nothing, least of all "there is nothing".

use bytes::Bytes;

use super::wire::{BodyFault, error_text, string};
use crate::domain::json::{Json, NotJson, members, without_mark};

/// The origin of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// Recognizably Zuora's own.
    Zuora,
    /// A JSON object: from Zuora, or from something that speaks for it.
    Object,
    /// Text, HTML or nothing: from something between here and Zuora.
    Other,
}

impl Provenance {
    /// Classifies a refusal by Zuora's request id and by its body.
    pub(super) fn of_refusal(request_id: Option<&str>, body: &[u8]) -> Self {
        match Json::read(body) {
            Ok(body) if request_id.is_some() && lists_errors(body) => Self::Zuora,
            Ok(body) if body.is_object() => Self::Object,
            _ => Self::Other,
        }
    }
}

/// True for Zuora's shapes: `errors` (or `Errors`) with objects or texts, or `success: false` with `reasons`.
fn lists_errors(body: Json<'_>) -> bool {
    let refused = body.get("success").is_some_and(|success| success.raw() == "false");
    let keys: &[_] = if refused { &["errors", "Errors", "reasons"] } else { &["errors", "Errors"] };
    keys.iter().filter_map(|key| body.get(key)).any(|errors| {
        let mut errors = errors.items().peekable();
        errors.peek().is_some() && errors.all(|error| error.is_object() || string(error).is_some())
    })
}

/// The top-level members of an answer, in order, their values not validated yet; none if there are more than [`FEW`].
pub(super) type Members = Option<Vec<(Box<str>, Bytes)>>;

/// The most members that are kept: an export has half a dozen, and one with millions must not take more memory than its bytes.
const FEW: usize = 100;

/// Accepts the body of a 2xx as Zuora's answer, and cuts it into its members, so that nobody has to do that again: an export is
/// large, and each pass over it counts.
pub(super) fn accept(body: &Bytes) -> Result<Members, BodyFault> {
    if !without_mark(body).trim_ascii_start().starts_with(b"{") {
        return Err(BodyFault::transient("the answer is not a JSON object"));
    }
    let (mut cut, mut failed) = (Some(Vec::new()), false);
    for member in members(body) {
        let (key, value) = member.map_err(|error| match error {
            // The connection was cut without an error of the transport.
            NotJson::EndsEarly => BodyFault::transient("the answer ends early"),
            NotJson::Broken(why) => BodyFault::malformed(&format!("the answer is no JSON: {why}")),
        })?;
        if key == "success" {
            failed = value == b"false";
        }
        cut = cut.filter(|cut| cut.len() < FEW);
        if let Some(cut) = &mut cut {
            cut.push((key.into(), body.slice_ref(value)));
        }
    }
    if failed {
        return Err(BodyFault::transient(&format!("success is false: {}", error_text(body))));
    }
    Ok(cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zuora::error_kind::ZuoraErrorKind as Kind;

    #[test]
    fn a_refusal_is_zuoras_own_only_with_its_request_id_and_in_one_of_its_shapes() {
        for own in [
            r#"{"errors":[{"status":404,"code":"invalid","title":"Not found."}]}"#,
            r#"{"errors":["Invalid ID"]}"#,
            r#"{"Errors":["Invalid ID"]}"#,
            r#"{"success":false,"reasons":[{"fieldName":"id","title":"unknown"}]}"#,
            r#"{"success":false,"processId":"1","reasons":[{"code":50000040,"message":"no"}]}"#,
            "\u{feff}{\"errors\":[\"Invalid ID\"]}",
        ] {
            assert_eq!(Provenance::of_refusal(Some("r-1"), own.as_bytes()), Provenance::Zuora, "{own}");
            assert_eq!(Provenance::of_refusal(None, own.as_bytes()), Provenance::Object, "{own}");
        }
        for object in [
            "{}",
            r#"{"message":"no Route matched with those values"}"#,
            r#"{"errors":[]}"#,
            r#"{"errors":[7]}"#,
            r#"{"errors":"x"}"#,
            r#"{"reasons":[{"code":40}]}"#,
            r#"{"success":true,"reasons":[{"code":40}]}"#,
            r#"{"success":false}"#,
        ] {
            assert_eq!(Provenance::of_refusal(Some("r-1"), object.as_bytes()), Provenance::Object, "{object}");
        }
        for other in ["", "not found", "<html>404</html>", "[]", r#"["Invalid ID"]"#, "null", r#"{"errors":["#] {
            assert_eq!(Provenance::of_refusal(Some("r-1"), other.as_bytes()), Provenance::Other, "{other}");
        }
    }

    #[test]
    fn the_members_of_an_answer_are_kept_unless_they_are_many() {
        let wide = |members| Bytes::from(format!("{{{}}}", vec![r#""a":1"#; members].join(",")));

        assert_eq!(accept(&wide(FEW)).unwrap().unwrap().len(), FEW);
        assert!(accept(&wide(FEW + 1)).unwrap().is_none());
    }

    #[test]
    fn a_good_answer_is_an_object_that_does_not_say_that_it_failed() {
        for good in ["{}", " {\"success\":true} ", "\u{feff}{\"a\":1e400}", r#"{"success":false,"success":true}"#] {
            assert!(accept(&Bytes::from(good)).is_ok(), "{good}");
        }
        for (body, kind) in [
            ("", Kind::Transient),
            ("<html>maintenance</html>", Kind::Transient),
            ("null", Kind::Transient),
            ("[]", Kind::Transient),
            (r#"{"success":false}"#, Kind::Transient),
            (r#"{"workflow":{},"tasks":[],"success":false}"#, Kind::Transient),
            (r#"{"data":[],"succ\u0065ss" : false }"#, Kind::Transient),
            (r#"{"success":false,"reasons":[{"code":90000011,"message":"m"}]}"#, Kind::Transient),
            (r#"{"data":[{"id":1}"#, Kind::Transient),
            (r#"{"data":[{"na"#, Kind::Transient),
            (r#"{"data":[]} trailing"#, Kind::Malformed),
            ("{7}", Kind::Malformed),
        ] {
            assert_eq!(accept(&Bytes::from(body)).unwrap_err().kind, kind, "{body}");
        }
    }
}
