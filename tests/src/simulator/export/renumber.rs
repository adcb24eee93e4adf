//! The effect of cloning on an export: every task has a new id, wherever the old one occurred.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::super::Version;

/// Ids of tasks, old to new, as text.
type Ids = HashMap<String, u64>;

/// Turns the export into that of this version, with new ids of tasks in `id` fields, texts and file names. A number in a text
/// that equals a task's id counts as that id.
pub(in super::super) fn renumber(export: &mut Value, version: &Version) {
    let tasks = export["tasks"].as_array().into_iter().flatten();
    let old = tasks.filter_map(|task| task["id"].as_u64());
    let ids: Ids = old.zip(version.id * 100..).map(|(old, new)| (old.to_string(), new)).collect();
    let before = export["workflow"]["id"].clone();
    rewrite(export, &ids, false);
    let linkages = export.get_mut("linkages").and_then(Value::as_array_mut).into_iter().flatten();
    for linkage in linkages.filter_map(Value::as_object_mut) {
        if linkage.get("source_workflow_id").is_some_and(|source| !source.is_null() && *source == before) {
            linkage.insert("source_workflow_id".to_owned(), json!(version.id));
        }
    }
    if let Some(workflow) = export.get_mut("workflow").and_then(Value::as_object_mut) {
        workflow.insert("id".to_owned(), json!(version.id));
        workflow.insert("version".to_owned(), json!(version.version));
    }
}

/// Rewrites a value; `is_id` is true if its field holds ids.
fn rewrite(value: &mut Value, ids: &Ids, is_id: bool) {
    match value {
        Value::Number(number) if is_id => {
            if let Some(new) = ids.get(&number.to_string()) {
                *value = json!(new);
            }
        }
        Value::String(text) => *text = in_text(text, ids),
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, ids, is_id)),
        Value::Object(fields) => {
            let rewritten = std::mem::take(fields).into_iter().map(|(name, mut value)| {
                rewrite(&mut value, ids, is_id_field(&name));
                (in_text(&name, ids), value)
            });
            *fields = rewritten.collect::<Map<_, _>>();
        }
        _ => {}
    }
}

/// True for `id`, `source_task_id`, `merge_task_ids`; false for ids that belong to the workflow.
fn is_id_field(name: &str) -> bool {
    name == "id" || name.ends_with("task_id") || name.ends_with("task_ids")
}

/// Replaces each whole number that is a task's id: `Subscription__101.csv.zip`.
fn in_text(text: &str, ids: &Ids) -> String {
    let (mut rewritten, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (number, after) = from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
        rewritten.push_str(before);
        match ids.get(number) {
            Some(new) => rewritten.push_str(&new.to_string()),
            None => rewritten.push_str(number),
        }
        rest = after;
    }
    rewritten + rest
}
