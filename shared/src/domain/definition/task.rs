//! A task as clients see it: every field of the export, unaltered.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::json::Json;

/// Fields, unaltered.
type Fields<'a> = BTreeMap<Cow<'a, str>, Json<'a>>;

/// One task of a workflow. Fields that Zuora adds in the future appear beside these, under their own names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Task<'a> {
    /// The id, which is valid for one version of the workflow.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The kind of work, such as `Callout`; an open set.
    pub action_type: Option<String>,
    /// The kind of Zuora object that it works on.
    pub object: Option<String>,
    /// The object's id; may be a template.
    pub object_id: Option<String>,
    /// The API of Zuora that it calls: `SOAP`, `REST`, `BATCH`.
    pub call_type: Option<String>,
    /// The parent task; none for the first.
    pub task_id: Option<String>,
    /// `High`, `Medium` or `Low`.
    pub priority: Option<String>,
    /// The number of instances that may run at once; 9999999 means no limit.
    #[schema(value_type = Option<f64>)]
    pub concurrent_limit: Option<Json<'a>>,
    /// The task's settings, free JSON.
    #[schema(value_type = Value)]
    pub parameters: Option<Json<'a>>,
    /// The tags; Zuora writes none as one empty tag, which is dropped.
    pub tags: Vec<String>,
    /// Fields listed above whose value has an unexpected type, unaltered; absent if there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object, required = false)]
    pub other: Fields<'a>,
    /// All other fields, unaltered.
    #[serde(flatten)]
    #[schema(value_type = BTreeMap<String, Value>)]
    pub unknown: Fields<'a>,
}

/// A task's id: a text that is not empty.
pub(super) fn id(task: Json<'_>) -> Option<String> {
    task.get("id").and_then(Json::text).filter(|id| !id.is_empty())
}

impl<'a> Task<'a> {
    /// Reads a task of a [`super::Definition`].
    pub fn read(task: Json<'a>) -> Self {
        let mut fields: Fields<'a> = task.members().collect();
        let mut other = Fields::new();
        let mut take = |name: &'static str, fits: fn(Json<'a>) -> bool| {
            let value = fields.remove(name).filter(|value| !value.is_null())?;
            if fits(value) {
                return Some(value);
            }
            other.insert(Cow::Borrowed(name), value);
            None
        };
        let id = take("id", is_scalar).and_then(Json::text).unwrap_or_default();
        let name = take("name", is_scalar).and_then(Json::text);
        let action_type = take("action_type", is_scalar).and_then(Json::text);
        let object = take("object", is_scalar).and_then(Json::text);
        let object_id = take("object_id", is_scalar).and_then(Json::text);
        let call_type = take("call_type", is_scalar).and_then(Json::text);
        let task_id = take("task_id", is_scalar).and_then(Json::text);
        let priority = take("priority", is_scalar).and_then(Json::text);
        let concurrent_limit = take("concurrent_limit", is_number).map(|limit| number(limit).unwrap_or(limit));
        let parameters = take("parameters", |_| true);
        let tags = take("tags", is_list_of_scalars).into_iter().flat_map(Json::items).filter_map(Json::text);
        let tags = tags.filter(|tag| !tag.is_empty()).collect();
        // A field of Zuora's with that name would be mistaken for ours.
        other.extend(fields.remove_entry("other"));
        Self {
            id,
            name,
            action_type,
            object,
            object_id,
            call_type,
            task_id,
            priority,
            concurrent_limit,
            parameters,
            tags,
            other,
            unknown: fields,
        }
    }
}

fn is_scalar(value: Json<'_>) -> bool {
    !value.is_object() && !value.is_list()
}

fn is_list_of_scalars(value: Json<'_>) -> bool {
    value.is_list() && value.items().all(is_scalar)
}

fn is_number(value: Json<'_>) -> bool {
    number(value).is_some()
}

/// A number, or a text that is one: Zuora may write one for the other.
fn number(value: Json<'_>) -> Option<Json<'_>> {
    let inner = value.raw().trim_matches('"');
    Json::read(inner.as_bytes()).ok().filter(|inner| inner.is_number())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(task: &str) -> String {
        serde_json::to_string(&Task::read(Json::read(task.as_bytes()).unwrap())).unwrap()
    }

    #[test]
    fn ids_and_names_are_text_and_unknown_fields_stand_beside_them() {
        assert_eq!(
            shown(
                r#"{"id":849,"name":7,"action_type":"Callout","object":null,"call_type":"REST","task_id":"12","priority":"Medium",
                "concurrent_limit":9999999,"parameters":{"url":"https://example.com"},"tags":["","a",5],"css":{"top":"160px"},"brand_new":[1]}"#
            ),
            r#"{"id":"849","name":"7","action_type":"Callout","object":null,"object_id":null,"call_type":"REST","task_id":"12","priority":"Medium","concurrent_limit":9999999,"parameters":{"url":"https://example.com"},"tags":["a","5"],"brand_new":[1],"css":{"top":"160px"}}"#
        );
    }

    #[test]
    fn numbers_stay_as_they_were_sent() {
        let task = shown(
            r#"{"id":1e2,"concurrent_limit":"5","parameters":{"limit":1e400,"rate":122.416294033786585,"n":9007199254740993},"x":-0.0}"#,
        );

        for kept in [
            r#""id":"1e2""#,
            r#""concurrent_limit":5,"#,
            r#"{"limit":1e400,"rate":122.416294033786585,"n":9007199254740993}"#,
            r#""x":-0.0"#,
        ] {
            assert!(task.contains(kept), "{task}");
        }
    }

    #[test]
    fn a_field_of_an_odd_type_is_shown_as_it_came_and_none_is_lost() {
        let task = shown(
            r#"{"id":1,"name":{"en":"x"},"tags":"a,b","concurrent_limit":"{{ Data.Limit }}","priority":[1],"other":2,"name2":"n"}"#,
        );

        let other = r#""other":{"concurrent_limit":"{{ Data.Limit }}","name":{"en":"x"},"other":2,"priority":[1],"tags":"a,b"},"name2":"n"}"#;
        assert!(task.ends_with(other), "{task}");
        assert!(task.contains(r#""name":null"#) && task.contains(r#""tags":[]"#), "{task}");
    }

    #[test]
    fn of_a_key_that_comes_twice_the_last_counts() {
        let task = shown(r#"{"id":1,"name":"a","x":1,"name":"b","x":2}"#);

        assert!(task.contains(r#""name":"b""#) && task.ends_with(r#""x":2}"#), "{task}");
    }

    #[test]
    fn half_a_character_is_shown_as_what_it_is_not_and_kept_in_settings() {
        let task = shown(r#"{"id":1,"name":"x\ud83d","parameters":{"t":"y\ud83d"}}"#);

        assert!(task.contains("\"name\":\"x\u{fffd}\"") && task.contains(r#"{"t":"y\ud83d"}"#), "{task}");
    }
}
