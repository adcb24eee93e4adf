//! Rare shapes of exports.
//!
//! A shape changes the content of a generated export, always in the same way, so that all versions of a workflow have it. A
//! workflow that gets a shape by an edit looks like one that a user or Zuora changed in that way.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Export, tasks::label};

/// A rare shape of exports. Its name in JSON is in the style of `several_entries`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The second, third and fourth task, an Iterate, an Email and a Callout, take the first one's file, whose name contains the
    /// first one's id: in `object`, as a key and as an item of `files`, and in texts.
    FilesByTaskId,
    /// The last task has an unknown action.
    UnknownAction,
    /// The workflow has `merge_task_ids`.
    MergeTaskIds,
    /// An event starts it; `event_parameters` is an object with numbers for keys.
    EventParameters,
    /// Two events start it at one task; without events, it starts at two tasks.
    SeveralEntries,
    /// Every entry is of the type `Finish`.
    FinishOnly,
    /// Linkages have an `internal_group`.
    InternalGroup,
    /// Tasks have `notes`, `data_size`, `restart_at` and `delay`; the workflow has `external_track_id` and was started.
    RunFields,
    /// Rare values: status `Active`, call type `ASYNC`, an `object` of `""`.
    StatedValues,
    /// The workflow has fields that are asked for at its start, with numbers as text.
    PromptFields,
    /// The headers of Callouts are a map, and their credentials a saved provider.
    MapHeaders,
    /// Tasks have the names of their actions, so several have the same name.
    LikeNamed,
    /// Texts have lines that end in CR LF.
    CrLf,
    /// The first task's parameters are a text that contains JSON.
    ParametersAsText,
    /// Tasks come before those that they follow.
    DownstreamFirst,
}

impl Shape {
    /// All shapes, in the order of application: those that change the results of others are last.
    pub const ALL: [Self; 15] = [
        Self::FilesByTaskId,
        Self::UnknownAction,
        Self::MergeTaskIds,
        Self::EventParameters,
        Self::SeveralEntries,
        Self::FinishOnly,
        Self::InternalGroup,
        Self::RunFields,
        Self::StatedValues,
        Self::PromptFields,
        Self::MapHeaders,
        Self::LikeNamed,
        Self::CrLf,
        Self::ParametersAsText,
        Self::DownstreamFirst,
    ];

    /// Applies this shape to the export.
    pub(super) fn give(self, export: &mut Export) {
        match self {
            Self::FilesByTaskId => files_by_task_id(export),
            Self::UnknownAction => {
                retype(export, export.tasks.len().saturating_sub(1), "Quantum::Reconcile", json!({ "mode": "full" }));
            }
            Self::MergeTaskIds => {
                export.workflow["merge_task_ids"] =
                    export.tasks.last().map(|task| task["id"].clone()).into_iter().collect();
            }
            Self::EventParameters => event_parameters(export),
            Self::SeveralEntries => several_entries(export),
            Self::FinishOnly => entries(export).for_each(|linkage| linkage["linkage_type"] = json!("Finish")),
            Self::InternalGroup => {
                export.linkages.iter_mut().for_each(|linkage| linkage["internal_group"] = json!("g1"));
            }
            Self::RunFields => run_fields(export),
            Self::StatedValues => stated_values(export),
            Self::PromptFields => {
                export.workflow["parameters"]["fields"] = json!([{
                    "index": "0",
                    "name": "Invoice date",
                    "datatype": "Date",
                    "required": "true",
                    "callout_id": "17",
                }]);
            }
            Self::MapHeaders => map_headers(export),
            Self::LikeNamed => {
                for task in &mut export.tasks {
                    task["name"] = task["action_type"].as_str().map(label).into();
                }
            }
            Self::CrLf => crlf(export),
            Self::ParametersAsText => {
                if let Some(task) = export.tasks.first_mut() {
                    task["parameters"] = task["parameters"].to_string().into();
                }
            }
            Self::DownstreamFirst => export.tasks.reverse(),
        }
    }
}

/// Changes every line end of every text to CR LF.
pub(super) fn with_crlf(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace("\r\n", "\n").replace('\n', "\r\n"),
        Value::Array(items) => items.iter_mut().for_each(with_crlf),
        Value::Object(fields) => fields.values_mut().for_each(with_crlf),
        _ => {}
    }
}

fn files_by_task_id(export: &mut Export) {
    let Some(maker) = export.tasks.first() else {
        return;
    };
    let file = format!("Subscription__{}.csv.zip", maker["id"]);
    let text = format!("{{{{ Data.Files['{file}'].name }}}}");
    let iterate = json!({ "iteration_type": "File", "iteration_field": "Id", "chunk_size": "100" });
    if let Some(task) = retype(export, 1, "Iterate", iterate) {
        task["object"] = json!(file);
    }
    let email = json!({
        "email": {
            "to": ["billing@example.com"],
            "cc": [],
            "from": "",
            "subject": "Subscriptions",
            "template": format!("<html><body><p>{text}</p></body></html>"),
        },
        "files": { (file.as_str()): { "name": "subscriptions.csv", "zip": "true" } },
        "preview_only": "true",
    });
    retype(export, 2, "Email", email);
    let callout = json!({
        "url": "https://erp.example.com/files",
        "method": "POST",
        "headers": [{ "key": "X-API-Key", "value": "{{ GlobalConstants.ERP_KEY }}" }],
        "raw_body": text,
        "body_type": "raw",
        "files": [{ "key": file, "value": "file" }],
    });
    retype(export, 3, "Callout", callout);
}

/// Changes a task's action. The parameter that distinguishes versions stays, and the tasks after it follow its success.
fn retype<'a>(export: &'a mut Export, index: usize, action: &str, mut parameters: Value) -> Option<&'a mut Value> {
    let task = export.tasks.get_mut(index)?;
    if let Some(revision) = task["parameters"].get("revision") {
        parameters["revision"] = revision.clone();
    }
    task["action_type"] = json!(action);
    task["name"] = json!(format!("{} {}", label(action), index + 1));
    task["parameters"] = parameters;
    let next = if action == "Iterate" { "For Each" } else { "Success" };
    let outgoing = export.linkages.iter_mut().filter(|linkage| linkage["source_task_id"] == task["id"]);
    outgoing.for_each(|linkage| linkage["linkage_type"] = json!(next));
    Some(task)
}

/// The linkages whose source is the workflow itself.
fn entries(export: &mut Export) -> impl Iterator<Item = &mut Value> {
    export.linkages.iter_mut().filter(|linkage| linkage["source_task_id"].is_null())
}

fn event_parameters(export: &mut Export) {
    let parameters = &export.workflow["parameters"];
    let event = parameters["event_triggers"].get(0).cloned().unwrap_or_else(|| json!("InvoicePosted"));
    export.workflow["event_trigger"] = json!(true);
    export.workflow["parameters"]["event_triggers"] = json!([event]);
    export.workflow["parameters"]["event_parameters"] = json!({ "0": { "event": event, "filter": "" } });
    entries(export)
        .filter(|entry| entry["linkage_type"] == "Start")
        .for_each(|entry| entry["linkage_type"] = event.clone());
}

fn several_entries(export: &mut Export) {
    let Some(mut entry) = entries(export).next().map(|entry| entry.clone()) else {
        return;
    };
    if let Some(events) =
        export.workflow["parameters"]["event_triggers"].as_array_mut().filter(|events| !events.is_empty())
    {
        events.push(json!("PaymentProcessed"));
        entry["linkage_type"] = json!("PaymentProcessed");
    } else if let Some(second) = export.tasks.get(1) {
        entry["target_task_id"] = second["id"].clone();
    }
    export.linkages.push(entry);
}

fn run_fields(export: &mut Export) {
    export.workflow["external_track_id"] = json!("nightly-17");
    export.workflow["started_at"] = json!("2026-01-02 03:04:05 UTC");
    for (index, task) in export.tasks.iter_mut().enumerate() {
        task["notes"] = if index == 0 { json!("Agreed with finance.") } else { Value::Null };
        task["data_size"] = if index == 0 { json!(2048) } else { Value::Null };
        task["restart_at"] = Value::Null;
        task["delay"] = json!(0);
    }
}

fn stated_values(export: &mut Export) {
    export.workflow["status"] = json!("Active");
    export.workflow["call_type"] = json!("ASYNC");
    for task in export.tasks.iter_mut().filter(|task| task["object"].is_null()) {
        task["object"] = json!("");
    }
}

fn map_headers(export: &mut Export) {
    for callout in export.tasks.iter_mut().filter(|task| task["action_type"] == "Callout") {
        callout["parameters"]["headers"] = json!({ "X-API-Key": "{{ GlobalConstants.ERP_KEY }}" });
        callout["parameters"]["authorization"] =
            json!({ "type": "saved_provider:7c9e6679-7425-40de-944b-e07fc1f90ae7" });
    }
}

fn crlf(export: &mut Export) {
    if let Some(task) = export.tasks.first_mut() {
        task["notes"] = json!("Agreed with finance.\nAsk before changing it.");
    }
    export.tasks.iter_mut().for_each(with_crlf);
}
