//! One workflow of Zuora's listing: parsed leniently, with a digest of all its fields.
//!
//! The fingerprint covers every listed field, unknown ones included, but for [volatile](super::volatile) ones, and does not
//! depend on the order of keys: equal fingerprints mean that Zuora listed the same twice. Only an item that is no JSON or has no usable id is refused; everything
//! else is stored as received.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ids::WorkflowId,
    json::{Form, Json, members},
    volatile::is_volatile,
    zuora_time,
};

/// The prefix of fingerprints of the present formula. After a change of the formula, stored fingerprints are computed again
/// from the stored listing, without an export.
const FORMULA: &str = "3:";

/// A workflow of the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedWorkflow {
    /// Zuora's id of the definition; numbers and texts give the same id.
    pub zuora_id: WorkflowId,
    /// The name, of any length.
    pub name: Option<String>,
    /// The description; Zuora often sends an empty one.
    pub description: Option<String>,
    /// `Active` or `Inactive` today; an open set.
    pub status: Option<String>,
    /// The version number of the active version, if there is one.
    pub version: Option<String>,
    /// The triggers that may start the workflow.
    pub triggers: Triggers,
    /// The schedule, a cron expression in Zuora's dialect.
    pub interval: Option<String>,
    /// The schedule's time zone, a Rails zone name.
    pub timezone: Option<String>,
    /// `High`, `Medium` or `Low` today; not always listed.
    pub priority: Option<String>,
    /// Zuora's creation time: RFC 3339 in UTC if it could be parsed, else verbatim.
    pub created_at: Option<String>,
    /// Zuora's time of the last change, in the same form.
    pub updated_at: Option<String>,
    /// The digest of all listed fields, with the version of its formula.
    pub fingerprint: String,
    /// The item's JSON, unaltered.
    pub raw: String,
}

/// The form in which listed items are compared, and the value of a field of this name.
struct AsListed<'a>(&'a str);

impl Form for AsListed<'_> {
    const TYPES_ARE_ONE: bool = false;
    const NULL_IS_ABSENT: bool = false;
    const EMPTY_ITEM_IS_NONE: bool = false;

    fn leaves_out(&self, within: &[u8], member: &[u8]) -> bool {
        is_volatile(if within.is_empty() { self.0.as_bytes() } else { within }, member)
    }

    fn characters<'a>(&self, characters: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        characters
    }
}

/// The triggers that may start a workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct Triggers {
    /// A callout from another system.
    pub callout: bool,
    /// A person or the API.
    pub ondemand: bool,
    /// The schedule in `interval`.
    pub scheduled: bool,
    /// An event at Zuora, such as a posted invoice. (Absent in items of older backups.)
    #[serde(default)]
    pub event: bool,
}

/// The reason why a listed item cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct UnusableItem {
    /// Its id, if that can be read: then the workflow does not count as missing.
    pub zuora_id: Option<WorkflowId>,
    /// The fault of the item.
    pub reason: String,
}

impl ListedWorkflow {
    /// Parses one item of the listing.
    ///
    /// # Errors
    /// [`UnusableItem`] for an item that is no JSON, no object, or has no usable id. It fails alone; but if it has no id,
    /// nothing may be deleted because of its listing.
    pub fn parse(item: &[u8]) -> Result<Self, UnusableItem> {
        let json = Json::read(item)
            .map_err(|why| UnusableItem { zuora_id: broken_id(item), reason: format!("it is not JSON: {why}") })?;
        // Of a repeated key the last value counts.
        let fields: BTreeMap<_, _> = json.members().collect();
        let field = |key: &str| fields.get(key).copied();
        let zuora_id = field("id").and_then(usable_id).ok_or_else(|| UnusableItem {
            zuora_id: None,
            reason: if json.is_object() { "it has no usable id" } else { "it is not a JSON object" }.to_owned(),
        })?;
        let get = |key: &str| field(key).and_then(Json::text);
        let moment = |key: &str| get(key).map(|text| zuora_time::normalize(&text).unwrap_or(text));
        let flag = |key: &str| field(key).is_some_and(is_set);
        Ok(Self {
            zuora_id,
            name: get("name"),
            description: get("description"),
            status: get("status"),
            version: field("active_version").and_then(|active| active.get("version")).and_then(Json::text),
            triggers: Triggers {
                callout: flag("calloutTrigger"),
                ondemand: flag("ondemandTrigger"),
                scheduled: flag("scheduledTrigger"),
                event: flag("eventTrigger"),
            },
            interval: get("interval"),
            timezone: get("timezone"),
            priority: get("priority"),
            created_at: moment("createdAt"),
            updated_at: moment("updatedAt"),
            fingerprint: format!("{FORMULA}{}", hex::encode(json.digest_in(&AsListed("")))),
            raw: json.raw().to_owned(),
        })
    }
}

/// True if a listed field has the same value twice, as far as it counts.
pub(super) fn is_same_field(name: &str, old: Json<'_>, new: Json<'_>) -> bool {
    let form = AsListed(name);
    old.digest_in(&form) == new.digest_in(&form)
}

/// True if the present formula made a stored fingerprint, so that it can be compared with a listed one.
pub fn is_comparable(fingerprint: &str) -> bool {
    fingerprint.starts_with(FORMULA)
}

/// True if a flag is set, as a boolean or as its text: Zuora announces that it may change one into the other.
pub(super) fn is_set(flag: Json<'_>) -> bool {
    flag.text().is_some_and(|text| text == "true")
}

fn usable_id(id: Json<'_>) -> Option<WorkflowId> {
    id.text()?.parse().ok()
}

/// The id of an item that is no JSON as a whole: the item is cut as far as possible.
fn broken_id(item: &[u8]) -> Option<WorkflowId> {
    let mut id = members(item).map_while(Result::ok).filter(|(key, _)| key == "id");
    id.next().and_then(|(_, id)| usable_id(Json::read(id).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(json: &str) -> Result<ListedWorkflow, UnusableItem> {
        ListedWorkflow::parse(json.as_bytes())
    }

    const ITEM: &str = r#"{"id":48,"name":"Dunning","description":"","status":"Active","calloutTrigger":true,"ondemandTrigger":false,
        "scheduledTrigger":true,"interval":"0 0 * * * *","timezone":"Sydney","createdAt":"2019-05-31 14:52:38 UTC",
        "updatedAt":"whenever","active_version":{"id":49,"version":"0.0.1"},"latest_inactive_verisons":[{"id":50}]}"#;

    #[test]
    fn a_listed_workflow_is_read_with_its_times_in_one_form() {
        let workflow = parse(ITEM).unwrap();

        assert_eq!(workflow.zuora_id.as_str(), "48");
        assert_eq!(workflow.name.as_deref(), Some("Dunning"));
        assert_eq!(workflow.description.as_deref(), Some(""));
        assert_eq!(workflow.version.as_deref(), Some("0.0.1"));
        assert_eq!(workflow.triggers, Triggers { callout: true, ondemand: false, scheduled: true, event: false });
        assert_eq!(workflow.created_at.as_deref(), Some("2019-05-31T14:52:38.000Z"));
        assert_eq!(workflow.updated_at.as_deref(), Some("whenever"));
        assert_eq!(workflow.raw, ITEM);
    }

    #[test]
    fn an_id_is_the_same_as_a_number_and_as_a_text() {
        assert_eq!(parse(r#"{"id":48}"#).unwrap().zuora_id, parse(r#"{"id":"48"}"#).unwrap().zuora_id);
    }

    #[test]
    fn nulls_odd_types_and_long_texts_do_not_fail() {
        let long = "\u{1f9fe}<script>\u{202e}".repeat(10_000);
        let item = serde_json::json!({"id": 1, "name": null, "active_version": null, "status": ["Active"],
            "timezone": long, "latest_inactive_versions": 7, "priority": 3, "calloutTrigger": "true", "eventTrigger": true, "ondemandTrigger": 1});
        let workflow = parse(&item.to_string()).unwrap();

        assert_eq!((workflow.name, workflow.version, workflow.status), (None, None, None));
        assert_eq!(workflow.timezone, Some(long));
        assert_eq!(workflow.priority.as_deref(), Some("3"));
        assert_eq!(workflow.triggers, Triggers { callout: true, event: true, ..Triggers::default() });
    }

    #[test]
    fn the_fingerprint_ignores_order_and_space_and_nothing_else() {
        let base = parse(r#"{"id":1,"name":"a","x":{"b":1,"a":[1,2]}}"#).unwrap().fingerprint;

        assert_eq!(parse(r#"{ "x": {"a": [1, 2], "b": 1}, "name": "a", "id": 1 }"#).unwrap().fingerprint, base);
        for other in [
            r#"{"id":1,"name":"a","x":{"b":1,"a":[2,1]}}"#,
            r#"{"id":1,"name":"a","x":{"b":2,"a":[1,2]}}"#,
            r#"{"id":1,"name":"a","x":{"b":1,"a":[1,2]},"y":null}"#,
            r#"{"id":1,"name":null,"x":{"b":1,"a":[1,2]}}"#,
        ] {
            assert_ne!(parse(other).unwrap().fingerprint, base, "{other}");
        }
    }

    #[test]
    fn the_times_of_a_user_and_of_runs_do_not_change_the_fingerprint() {
        let with = |at: &str, mail: &str| {
            let item = format!(
                r#"{{"id":1,"last_run_at":"{at}","active_version":{{"created_by":{{"updated_at":"{at}","work_email":"{mail}"}}}}}}"#
            );
            parse(&item).unwrap().fingerprint
        };

        assert_eq!(with("now", "a"), with("then", "a"));
        assert_ne!(with("now", "a"), with("now", "b"));
        assert_ne!(
            parse(r#"{"id":1,"updatedAt":"1"}"#).unwrap().fingerprint,
            parse(r#"{"id":1,"updatedAt":"2"}"#).unwrap().fingerprint
        );
    }

    #[test]
    fn the_text_of_numbers_counts_and_a_repeated_key_counts_once() {
        let fingerprint = |item: &str| parse(item).unwrap().fingerprint;

        assert_ne!(
            fingerprint(r#"{"id":1,"externalRef":123456789012345678901}"#),
            fingerprint(r#"{"id":1,"externalRef":123456789012345678902}"#)
        );
        assert_eq!(fingerprint(r#"{"id":1,"a":1,"a":2}"#), fingerprint(r#"{"id":1,"a":2}"#));
        assert!(is_comparable(&fingerprint(r#"{"id":1}"#)) && !is_comparable(&"a".repeat(64)));
    }

    #[test]
    fn half_a_character_a_thousand_brackets_and_any_number_are_stored_as_they_came() {
        let item =
            format!(r#"{{"id":2,"name":"Dunning \ud83d","limit":1e400,"x":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
        let workflow = parse(&item).unwrap();

        assert_eq!((workflow.zuora_id.as_str(), workflow.name.as_deref()), ("2", Some("Dunning \u{fffd}")));
        assert_eq!(workflow.raw, item);
    }

    #[test]
    fn an_item_without_a_usable_id_is_an_error_of_its_own() {
        let refused = |item: &str| parse(item).unwrap_err();
        for item in ["null", "[]", "7", r#""x""#] {
            assert_eq!(refused(item).reason, "it is not a JSON object", "{item}");
        }
        let long = format!(r#"{{"id":"{}"}}"#, "1".repeat(65));
        for item in [
            "{}",
            r#"{"id":null}"#,
            r#"{"id":""}"#,
            r#"{"id":"../x"}"#,
            r#"{"id":"a b"}"#,
            r#"{"id":1.5}"#,
            r#"{"id":{}}"#,
            &long,
        ] {
            assert_eq!(refused(item), UnusableItem { zuora_id: None, reason: "it has no usable id".into() }, "{item}");
        }
    }

    #[test]
    fn an_item_that_is_no_json_fails_under_its_id_with_the_reason() {
        for (item, id, reason) in [
            (r#"{"id":7,"x":01}"#, Some("7"), "invalid number"),
            ("{\"id\":\"7\",\"x\":\"\u{1}\"}", Some("7"), "control character"),
            (r#"{"x":NaN,"id":7}"#, Some("7"), "expected value"),
            (r#"{"id":nonsense}"#, None, "expected"),
            ("nonsense", None, "expected"),
        ] {
            let error = parse(item).unwrap_err();
            assert_eq!(error.zuora_id.as_ref().map(WorkflowId::as_str), id, "{item}");
            assert!(error.reason.starts_with("it is not JSON: ") && error.reason.contains(reason), "{item}: {error}");
        }
        let broken = ListedWorkflow::parse(b"{\"id\":7,\"name\":\"\xff\"}").unwrap_err();
        assert_eq!(broken.zuora_id.unwrap().as_str(), "7");
    }

    proptest! {
        #[test]
        fn key_order_never_changes_the_fingerprint(mut fields in prop::collection::btree_map("\\PC{0,8}", any::<i64>(), 0..8)) {
            fields.insert("id".to_owned(), 1);
            let render = |pairs: Vec<(&String, &i64)>| {
                let pairs: Vec<_> =
                    pairs.iter().map(|(key, value)| format!("{}:{value}", serde_json::Value::from(key.as_str()))).collect();
                format!("{{{}}}", pairs.join(","))
            };

            let forward = parse(&render(fields.iter().collect())).unwrap().fingerprint;
            let backward = parse(&render(fields.iter().rev().collect())).unwrap().fingerprint;

            prop_assert_eq!(forward, backward);
        }
    }
}
