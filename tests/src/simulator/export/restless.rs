//! Meaningless differences between two exports of one version.
//!
//! They depend only on the number of exports that were requested before.

use bytes::Bytes;
use fastrand::Rng;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::shapes::with_crlf;

/// The fields that appear as `null` and disappear, besides those that are `null` anyway.
const NULLS: [(&str, &[&str]); 2] =
    [("tasks", &["notes", "data_size", "restart_at", "delay"]), ("linkages", &["internal_group"])];

/// The differences from one export to the next; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Restless {
    /// Vary the order of tasks, of linkages, and of the keys of every object.
    pub shuffle: bool,
    /// Vary the presence of fields that are `null`.
    pub nulls: bool,
    /// End lines of texts in CR LF in every second export.
    pub crlf: bool,
}

impl Restless {
    /// The bytes of the `nth` export, counted from 0.
    pub(super) fn write(self, mut export: Value, nth: u64) -> Bytes {
        let rng = &mut Rng::with_seed(nth);
        if self.nulls {
            come_and_go(&mut export, rng);
        }
        if self.crlf && nth % 2 == 1 {
            with_crlf(&mut export);
        }
        if !self.shuffle {
            return export.to_string().into();
        }
        for list in ["tasks", "linkages"] {
            if let Some(items) = export.get_mut(list).and_then(Value::as_array_mut) {
                rng.shuffle(items);
            }
        }
        let mut text = String::new();
        write_shuffled(&export, rng, &mut text);
        text.into()
    }
}

/// Removes some `null` fields, and adds others.
fn come_and_go(export: &mut Value, rng: &mut Rng) {
    if let Some(workflow) = export.get_mut("workflow").and_then(Value::as_object_mut) {
        vary(workflow, &["external_track_id"], rng);
    }
    for (list, more) in NULLS {
        let items = export.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for item in items.filter_map(Value::as_object_mut) {
            vary(item, more, rng);
        }
    }
}

fn vary(fields: &mut Map<String, Value>, more: &[&str], rng: &mut Rng) {
    fields.retain(|_, value| !value.is_null() || rng.bool());
    for name in more.iter().filter(|_| rng.bool()) {
        fields.entry(*name).or_insert(Value::Null);
    }
}

/// Writes JSON with the keys of each object in random order.
fn write_shuffled(value: &Value, rng: &mut Rng, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            rng.shuffle(&mut fields);
            text.push('{');
            for (index, (name, value)) in fields.into_iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_shuffled(value, rng, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_shuffled(item, rng, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}
