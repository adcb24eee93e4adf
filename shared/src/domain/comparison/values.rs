//! A comparison with the values that differ, made for a reader and never stored.
//!
//! What must stay true: no credential is shown (see [`holds_secret`]); where one stands is a mask, on both sides, so that it
//! shows that it changed and not how. The values together stay within [`ROOM`]; a longer one is left out and said to be.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    Class, Comparison, FieldEdit, LinkageName, PartEdits, Renamed, TaskName,
    fields::{Field, fields},
    normal::NormalForm,
};
use crate::domain::{
    definition::{holds_secret, scalars},
    json::Json,
};

/// The bytes of all values together: a response holds 6 MB.
const ROOM: usize = 3_000_000;
/// What stands for a credential.
const MASK: &str = r#""***""#;

/// The differences between two definitions.
#[derive(Debug, Serialize, ToSchema)]
pub struct DefinitionDiff {
    /// What they are about, the most important first; empty if the definitions mean the same.
    pub classes: BTreeSet<Class>,
    /// The tasks that differ.
    pub tasks: PartDiffs<TaskName>,
    /// The linkages that differ.
    pub linkages: PartDiffs<LinkageName>,
    /// The other fields that differ, by path.
    pub settings: Vec<ValueEdit>,
    /// False if values or fields were left out for their size.
    pub complete: bool,
}

/// The tasks or linkages that differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartDiffs<N> {
    /// Those only in the new definition.
    pub added: Vec<N>,
    /// Those only in the old one.
    pub removed: Vec<N>,
    /// Those with another name.
    pub renamed: Vec<Renamed<N>>,
    /// Those with other fields, by the new name.
    pub edited: Vec<PartDiff<N>>,
}

/// The fields that differ of one part.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartDiff<N> {
    /// The part's name.
    #[serde(flatten)]
    pub name: N,
    /// Its fields that differ, by path.
    pub edits: Vec<ValueEdit>,
}

/// A field that differs, with its values.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueEdit {
    /// The path of the field, such as `parameters.email.to`.
    pub path: String,
    /// What it is about.
    pub class: Class,
    /// The old value; null if there was none.
    #[schema(value_type = Option<serde_json::Value>)]
    pub before: Option<Box<RawValue>>,
    /// The new value; null if there is none.
    #[schema(value_type = Option<serde_json::Value>)]
    pub after: Option<Box<RawValue>>,
    /// True if a credential in one of them is hidden.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub masked: bool,
    /// True if the values are left out for their size.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub left_out: bool,
}

/// The bytes that are left for values.
struct Room(usize);

impl DefinitionDiff {
    /// The values of a comparison.
    pub fn of(comparison: &Comparison<'_>) -> Self {
        let Comparison { old, new, forms, .. } = comparison;
        let mut room = Room(ROOM);
        let task_fields =
            |old_at: usize, new_at: usize| (fields("", old.tasks[old_at].json), fields("", new.tasks[new_at].json));
        let linkage_fields = |old_at: usize, new_at: usize| {
            (fields("", old.linkages[old_at].json), fields("", new.linkages[new_at].json))
        };
        let tasks =
            PartDiffs::of(&comparison.tasks, (&|at| old.task_name(at), &|at| new.task_name(at)), |edits, at| {
                with_values(edits, &task_fields(at.0, at.1), forms, &mut room)
            });
        let linkages = PartDiffs::of(
            &comparison.linkages,
            (&|at| old.linkage_name(at), &|at| new.linkage_name(at)),
            |edits, at| with_values(edits, &linkage_fields(at.0, at.1), forms, &mut room),
        );
        let settings = with_values(&comparison.settings, &(old.settings(), new.settings()), forms, &mut room);
        let is_whole = |edits: &[ValueEdit]| edits.iter().all(|edit| !edit.left_out);
        let complete = comparison.settings.len() as u64 == comparison.settings_count
            && is_whole(&settings)
            && tasks.edited.iter().all(|part| is_whole(&part.edits))
            && linkages.edited.iter().all(|part| is_whole(&part.edits));
        Self { classes: comparison.classes.clone(), tasks, linkages, settings, complete }
    }
}

/// The names of parts by their positions, old and new.
type Names<'n, N> = (&'n dyn Fn(usize) -> N, &'n dyn Fn(usize) -> N);

impl<N> PartDiffs<N> {
    fn of(
        edits: &PartEdits,
        (old, new): Names<'_, N>,
        mut values: impl FnMut(&[FieldEdit], (usize, usize)) -> Vec<ValueEdit>,
    ) -> Self {
        let renamed = edits.renamed.iter().map(|(from, to)| Renamed { from: old(*from), to: new(*to) });
        let edited = edits.edited.iter();
        let edited =
            edited.map(|edit| PartDiff { name: new(edit.new), edits: values(&edit.fields, (edit.old, edit.new)) });
        Self {
            added: edits.added.iter().map(|at| new(*at)).collect(),
            removed: edits.removed.iter().map(|at| old(*at)).collect(),
            renamed: renamed.collect(),
            edited: edited.collect(),
        }
    }
}

/// The edits with the values of their fields.
fn with_values(
    edits: &[FieldEdit],
    (old, new): &(Vec<Field<'_>>, Vec<Field<'_>>),
    forms: &(NormalForm<'_>, NormalForm<'_>),
    room: &mut Room,
) -> Vec<ValueEdit> {
    let by_path = |fields: &[Field<'_>], form: &NormalForm<'_>| -> BTreeMap<String, usize> {
        fields.iter().enumerate().map(|(at, field)| (form.path(&field.path), at)).collect()
    };
    let (before, after) = (by_path(old, &forms.0), by_path(new, &forms.1));
    let value = |edit: &FieldEdit, fields: &[Field<'_>], at: &BTreeMap<String, usize>| {
        at.get(&edit.path).map(|at| masked(&fields[*at].path, fields[*at].value()))
    };
    let edits = edits.iter().map(|edit| {
        let (before, after) = (value(edit, old, &before), value(edit, new, &after));
        let masked = [&before, &after].into_iter().flatten().any(|(_, masked)| *masked);
        let texts = (before.map(|(text, _)| text), after.map(|(text, _)| text));
        let bytes = texts.0.as_ref().map_or(0, String::len) + texts.1.as_ref().map_or(0, String::len);
        let left_out = !room.takes(bytes);
        let shown = |text: Option<String>| text.filter(|_| !left_out).and_then(|text| RawValue::from_string(text).ok());
        let (path, class) = (edit.path.clone(), edit.class);
        ValueEdit { path, class, before: shown(texts.0), after: shown(texts.1), masked, left_out }
    });
    edits.collect()
}

impl Room {
    fn takes(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// A value with its credentials hidden, and whether there are any.
fn masked(path: &str, value: Json<'_>) -> (String, bool) {
    let mut shown = String::with_capacity(value.raw().len());
    let (mut copied, mut is_masked) = (0, false);
    scalars(path, value, |scalar| {
        if scalar.is_secret() || holds_secret(scalar.path, scalar.value) {
            // Every scalar is a part of the value's text.
            let begin = scalar.value.raw().as_ptr() as usize - value.raw().as_ptr() as usize;
            shown.push_str(&value.raw()[copied..begin]);
            shown.push_str(MASK);
            copied = begin + scalar.value.raw().len();
            is_masked = true;
        }
    });
    shown.push_str(&value.raw()[copied..]);
    (shown, is_masked)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::definition::Definition;

    fn diff(old: &Value, new: &Value) -> Value {
        let [old, new] = [old, new].map(|parameters| {
            json!({"workflow": {"id": 1}, "linkages": [], "tasks": [{"id": 1, "name": "a", "parameters": parameters}]}).to_string()
        });
        let [old, new] = [&old, &new].map(|export| Definition::parse(export.as_bytes()).unwrap());
        serde_json::to_value(DefinitionDiff::of(&Comparison::of(Some(&old), Some(&new)).unwrap())).unwrap()
    }

    #[test]
    fn values_are_shown_before_and_after_as_they_came() {
        let told = diff(&json!({"url": "a", "gone": [1, {"x": null}]}), &json!({"url": "b", "new": {"deep": 1.50}}));

        assert_eq!(
            told["tasks"]["edited"][0],
            json!({"name": "a", "action_type": null, "edits": [
                {"path": "parameters.gone", "class": "logic", "before": [1, {"x": null}], "after": null},
                {"path": "parameters.new.deep", "class": "logic", "before": null, "after": 1.50},
                {"path": "parameters.url", "class": "logic", "before": "a", "after": "b"},
            ]})
        );
        assert_eq!((&told["classes"], &told["complete"]), (&json!(["logic"]), &json!(true)));
    }

    #[test]
    fn a_credential_is_masked_on_both_sides_wherever_it_stands() {
        let with = |secret: &str| {
            json!({
                "oauth2": {"client_id": "i", "client_secret": secret}, "password": {"deep": [secret]},
                "headers": [{"key": "Accept", "value": "x"}, {"key": "Authorization", "value": secret}],
                "header": {"name": "X-Api-Key", "value": secret}, "files": {"a.b": {"hmac": {"key": secret}}},
            })
        };

        let told = diff(&with("hunter2"), &with("swordfish"));

        let text = told.to_string();
        assert!(!text.contains("hunter2") && !text.contains("swordfish"), "{text}");
        let edits = told["tasks"]["edited"][0]["edits"].as_array().unwrap();
        assert!(edits.len() == 5 && edits.iter().all(|edit| edit["masked"] == true), "{text}");
        let headers = edits.iter().find(|edit| edit["path"] == "parameters.headers").unwrap();
        assert_eq!(
            headers["before"],
            json!([{"key": "Accept", "value": "x"}, {"key": "Authorization", "value": "***"}])
        );
        let named =
            diff(&json!({"password": "{{ GlobalConstants.a }}"}), &json!({"password": "{{ GlobalConstants.b }}"}));
        assert_eq!(
            named["tasks"]["edited"][0]["edits"][0]["after"], "{{ GlobalConstants.b }}",
            "the name of a place is none"
        );
    }

    #[test]
    fn a_credential_in_a_text_that_is_json_or_in_a_url_is_masked_too() {
        let with = |secret: &str| {
            let body = json!({"user": "u", "password": secret}).to_string();
            json!({"raw_body": body, "in_text": json!([body]).to_string(), "url": format!("https://u:{secret}@example.com/")})
        };

        let told = diff(&with("hunter2"), &with("swordfish")).to_string();

        assert!(!told.contains("hunter2") && !told.contains("swordfish"), "{told}");
        let plain = diff(&json!({"raw_body": r#"{"user":"a"}"#}), &json!({"raw_body": r#"{"user":"b"}"#}));
        assert_eq!(plain["tasks"]["edited"][0]["edits"][0]["after"], r#"{"user":"b"}"#);
    }

    #[test]
    fn values_that_are_too_long_together_are_left_out_and_it_is_said() {
        let long = |letter: &str| json!({"a": letter.repeat(ROOM / 3), "b": letter.repeat(ROOM / 3), "c": letter});

        let told = diff(&long("x"), &long("y"));

        let edits = told["tasks"]["edited"][0]["edits"].as_array().unwrap();
        let left_out: Vec<_> = edits.iter().map(|edit| edit["left_out"] == true).collect();
        assert_eq!((left_out, &told["complete"]), (vec![false, true, false], &json!(false)));
        assert_eq!((&edits[1]["before"], &edits[2]["after"]), (&Value::Null, &json!("y")));
    }

    fn places() -> impl Strategy<Value = Vec<&'static str>> {
        let names = prop::sample::select(vec!["a", "list", "oauth2", "headers", "x.y"]);
        let secret = prop::sample::select(vec![
            "password",
            "client_secret",
            "auth_header_value",
            "polling_password",
            "slackToken",
            "certificate",
            "Authorization",
            "apiAccessKeyId",
            "token_secret",
        ]);
        (prop::collection::vec(names, 0..6), secret).prop_map(|(mut path, secret)| {
            path.push(secret);
            path
        })
    }

    proptest! {
        #[test]
        fn no_planted_credential_is_ever_shown(path in places(), below in 0..3_usize, as_item in any::<bool>()) {
            let planted = |secret: &str| {
                let inner = (0..below).fold(json!(secret), |value, _| json!({"inner": value}));
                path.iter().rev().fold(inner, |value, name| if as_item && *name == "list" { json!({"list": [value]}) } else { json!({*name: value}) })
            };

            let text = diff(&planted("hunter2"), &planted("swordfish")).to_string();

            prop_assert!(!text.contains("hunter2") && !text.contains("swordfish"), "{text}");
        }
    }
}
