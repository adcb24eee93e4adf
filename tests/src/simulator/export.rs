//! Builds the export of a version: a workflow, its tasks, its linkages.
//!
//! The tasks of two versions of a workflow differ only in their ids and in one parameter, so that a comparison by name finds a
//! small change and one by id a total one; those of a clone differ only in their ids. Ids of tasks are derived from the id of
//! the version. Everything is derived from the workflow's seed: two exports of one version are the same bytes, unless the
//! workflow is [`Restless`].

mod renumber;
mod restless;
mod shapes;
mod tasks;

use bytes::Bytes;
use fastrand::Rng;
use serde_json::{Value, json};

use super::{Version, Workflow, generate::pick, version::patch};

pub use restless::Restless;
pub use shapes::Shape;

pub(super) use renumber::renumber;
use tasks::{branch, task};

/// The parts of an export that shapes concern.
struct Export {
    workflow: Value,
    tasks: Vec<Value>,
    linkages: Vec<Value>,
}

/// The export of this version, as it is sent.
pub(super) fn export(workflow: &Workflow, version: &Version) -> Bytes {
    if let Some(raw) = &workflow.raw_export {
        return raw.clone();
    }
    let export = workflow.export.clone().unwrap_or_else(|| made(workflow, version));
    workflow.restless.write(export, workflow.exports)
}

fn made(workflow: &Workflow, version: &Version) -> Value {
    let rng = &mut Rng::with_seed(workflow.seed);
    let event = (rng.u8(0..12) == 0).then(|| pick(rng, &["InvoicePosted", "PaymentDeclined", "AccountCreated"]));
    let mut tasks: Vec<Value> = Vec::with_capacity(workflow.tasks);
    let mut linkages = Vec::with_capacity(workflow.tasks);
    for index in 0..workflow.tasks {
        let id = version.id * 100 + index as u64;
        let finish = index > 1 && index + 1 == workflow.tasks && rng.u8(0..6) == 0;
        let parent = (index > 0 && !finish).then(|| &tasks[index - 1 - rng.usize(0..index.min(3))]);
        let (linkage, source) = match parent {
            Some(parent) => (branch(rng, parent), parent["id"].clone()),
            None if finish => ("Finish".to_owned(), Value::Null),
            None => (event.unwrap_or("Start").to_owned(), Value::Null),
        };
        linkages.push(json!({
            "source_workflow_id": source.is_null().then_some(version.id),
            "source_task_id": source,
            "target_task_id": id,
            "linkage_type": linkage,
        }));
        let task = task(rng, index, id, &source);
        tasks.push(task);
    }
    mark_version(&mut tasks, version);
    let mut parts = Export { workflow: head(workflow, version, event), tasks, linkages };
    for shape in Shape::ALL.into_iter().filter(|shape| workflow.shapes.contains(shape)) {
        shape.give(&mut parts);
    }
    let mut export = json!({ "workflow": parts.workflow, "tasks": parts.tasks, "linkages": parts.linkages });
    if rng.u8(0..4) > 0 {
        export["workflow_definition"] = json!({
            "name": workflow.name,
            "description": workflow.description,
            "category": "Default",
            "ui_page_roles": [],
        });
    }
    export
}

fn head(workflow: &Workflow, version: &Version, event: Option<&str>) -> Value {
    json!({
        "id": version.id,
        "name": workflow.name,
        "description": version.description,
        "parameters": { "fields": [], "event_triggers": event.iter().collect::<Vec<_>>() },
        "data": {},
        "original_workflow_id": null,
        "type": "Workflow::Setup",
        "ondemand_trigger": workflow.ondemand_trigger,
        "callout_trigger": workflow.callout_trigger,
        "scheduled_trigger": workflow.scheduled_trigger,
        "event_trigger": event.is_some(),
        "interval": workflow.interval,
        "timezone": workflow.timezone,
        "status": null,
        "started_at": null,
        "finished_at": null,
        "css": { "top": "40px", "left": "35px" },
        "notifications": { "emails": ["billing@example.com"], "failure": true, "success": false },
        "call_type": "BATCH",
        "priority": workflow.priority,
        "sync_trigger": false,
        "delete_ttl": 45,
        "task_summary": {},
        "version": version.version,
        "ui_pages": {},
        "solution_id": null,
        "extension_id": null,
        "zuora_org_id": null,
        "zuora_org_ids": [],
    })
}

/// Distinguishes versions by one parameter of one task; a clone has that of its original.
fn mark_version(tasks: &mut [Value], version: &Version) {
    if let Some(index) = usize::try_from(patch(version.content())).unwrap_or(0).checked_rem(tasks.len()) {
        tasks[index]["parameters"]["revision"] = json!(version.content());
    }
}
