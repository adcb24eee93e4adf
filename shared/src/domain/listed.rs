//! One workflow as Zuora's listing shows it: read leniently, hashed whole.
//!
//! The fingerprint covers every field that was listed, those unknown to us included, and does not depend on the order of
//! keys: equal fingerprints mean that Zuora said the same thing twice. Only an item without a usable id is refused,
//! because everything else can be stored as it came.

use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{ids::is_plain, zuora_time};

/// A workflow of the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedWorkflow {
    /// Zuora's id of the definition; numbers and texts give the same id.
    pub zuora_id: String,
    /// The name, verbatim, of any length.
    pub name: Option<String>,
    /// The description; Zuora often sends an empty one.
    pub description: Option<String>,
    /// `Active` or `Inactive` today; an open set.
    pub status: Option<String>,
    /// The version number of the active version, if there is one.
    pub version: Option<String>,
    /// What may start the workflow.
    pub triggers: Triggers,
    /// The schedule, a cron expression in Zuora's dialect.
    pub interval: Option<String>,
    /// The schedule's time zone, a Rails zone name.
    pub timezone: Option<String>,
    /// `High`, `Medium` or `Low` today; not always listed.
    pub priority: Option<String>,
    /// When Zuora created it: RFC 3339 in UTC if it could be read, else verbatim.
    pub created_at: Option<String>,
    /// When Zuora last changed it, in the same form.
    pub updated_at: Option<String>,
    /// SHA-256 over all listed fields, in hex.
    pub fingerprint: String,
    /// The item's JSON as it came.
    pub raw: String,
}

/// What may start a workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct Triggers {
    /// A callout from another system.
    pub callout: bool,
    /// A person or the API.
    pub ondemand: bool,
    /// The schedule in `interval`.
    pub scheduled: bool,
}

/// Why a listed item cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableItem {
    /// Not JSON that we can read, or not an object.
    #[error("a listed item is not a JSON object")]
    NotAnObject,
    /// No id, or one that cannot be part of a URL and a key.
    #[error("a listed item has no usable id")]
    NoId,
}

impl ListedWorkflow {
    /// Reads one item of the listing.
    ///
    /// # Errors
    /// An item that is no object or has no usable id; the caller counts it and deletes nothing on such a listing.
    pub fn parse(item: &RawValue) -> Result<Self, UnusableItem> {
        let Ok(Value::Object(fields)) = serde_json::from_str(item.get()) else {
            return Err(UnusableItem::NotAnObject);
        };
        let zuora_id = fields.get("id").and_then(text).filter(|id| is_plain(id)).ok_or(UnusableItem::NoId)?;
        let get = |key: &str| fields.get(key).and_then(text);
        let moment = |key: &str| get(key).map(|text| zuora_time::normalize(&text).unwrap_or(text));
        let flag = |key: &str| matches!(fields.get(key), Some(Value::Bool(true)));
        Ok(Self {
            zuora_id,
            name: get("name"),
            description: get("description"),
            status: get("status"),
            version: fields.get("active_version").and_then(|active| active.get("version")).and_then(text),
            triggers: Triggers {
                callout: flag("calloutTrigger"),
                ondemand: flag("ondemandTrigger"),
                scheduled: flag("scheduledTrigger"),
            },
            interval: get("interval"),
            timezone: get("timezone"),
            priority: get("priority"),
            created_at: moment("createdAt"),
            updated_at: moment("updatedAt"),
            fingerprint: fingerprint(&fields),
            raw: item.get().to_owned(),
        })
    }
}

/// Reads a scalar as text: Zuora may change a number into a string at any time, and says so.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn fingerprint(fields: &Map<String, Value>) -> String {
    let mut canonical = String::new();
    write_object(fields, &mut canonical);
    hex::encode(Sha256::digest(canonical))
}

/// JSON in the one form that equal values have, whatever the order of their keys was.
pub(super) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// Writes JSON with sorted keys, whatever order the map of this build keeps.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => write_object(fields, out),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn write_object(fields: &Map<String, Value>, out: &mut String) {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (key, value) in fields {
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push(':');
        write(value, out);
        out.push(',');
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(json: &str) -> Result<ListedWorkflow, UnusableItem> {
        ListedWorkflow::parse(&RawValue::from_string(json.to_owned()).unwrap())
    }

    const ITEM: &str = r#"{"id":48,"name":"Dunning","description":"","status":"Active","calloutTrigger":true,"ondemandTrigger":false,
        "scheduledTrigger":true,"interval":"0 0 * * * *","timezone":"Sydney","createdAt":"2019-05-31 14:52:38 UTC",
        "updatedAt":"whenever","active_version":{"id":49,"version":"0.0.1"},"latest_inactive_verisons":[{"id":50}]}"#;

    #[test]
    fn a_listed_workflow_is_read_with_its_times_in_one_form() {
        let workflow = parse(ITEM).unwrap();

        assert_eq!(workflow.zuora_id, "48");
        assert_eq!(workflow.name.as_deref(), Some("Dunning"));
        assert_eq!(workflow.description.as_deref(), Some(""));
        assert_eq!(workflow.version.as_deref(), Some("0.0.1"));
        assert_eq!(workflow.triggers, Triggers { callout: true, ondemand: false, scheduled: true });
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
            "timezone": long, "latest_inactive_versions": 7, "priority": 3, "calloutTrigger": "true"});
        let workflow = parse(&item.to_string()).unwrap();

        assert_eq!((workflow.name, workflow.version, workflow.status), (None, None, None));
        assert_eq!(workflow.timezone, Some(long));
        assert_eq!(workflow.priority.as_deref(), Some("3"));
        assert!(!workflow.triggers.callout);
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
    fn an_item_without_a_usable_id_is_an_error_of_its_own() {
        for item in ["null", "[]", "7", r#""x""#] {
            assert_eq!(parse(item), Err(UnusableItem::NotAnObject), "{item}");
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
            assert_eq!(parse(item), Err(UnusableItem::NoId), "{item}");
        }
    }

    proptest! {
        #[test]
        fn key_order_never_changes_the_fingerprint(mut fields in prop::collection::btree_map("\\PC{0,8}", any::<i64>(), 0..8)) {
            fields.insert("id".to_owned(), 1);
            let render = |pairs: Vec<(&String, &i64)>| {
                let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{}:{value}", Value::from(key.as_str()))).collect();
                format!("{{{}}}", pairs.join(","))
            };

            let forward = parse(&render(fields.iter().collect())).unwrap().fingerprint;
            let backward = parse(&render(fields.iter().rev().collect())).unwrap().fingerprint;

            prop_assert_eq!(forward, backward);
        }
    }
}
