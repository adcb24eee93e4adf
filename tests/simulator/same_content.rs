//! Exports that say the same in other bytes: what a clone renumbers, and what differs between two exports of one version.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Value, json};
use tests::simulator::{Restless, Shape, Workflow};

use crate::shapes::{list, shaped, with};

/// The export as text in which each task's id is replaced by its place, and the version's id and number are left out.
fn without_ids(export: &Value) -> String {
    let mut export = export.clone();
    let version = export["workflow"]["id"].take().to_string();
    export["workflow"]["version"].take();
    let mut text = export.to_string().replace(&format!(r#""source_workflow_id":{version}"#), "");
    for (index, task) in list(&export, "tasks").iter().enumerate() {
        text = text.replace(&task["id"].to_string(), &format!("#{index}"));
    }
    text
}

fn ids(export: &Value) -> BTreeSet<u64> {
    list(export, "tasks").iter().map(|task| task["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_clone_is_a_new_version_in_which_only_ids_of_tasks_are_others() {
    let (_simulator, tenant, zuora, id) = with(shaped(&[Shape::FilesByTaskId, Shape::MergeTaskIds])).await;
    tenant.edit(id, |_| {});
    let path = format!("/workflows/{id}/export");
    let original = zuora.json(&path).await;

    assert!(tenant.clone_version(id) && tenant.clone_version(id));
    let clone = zuora.json(&path).await;
    let listed = zuora.json("/workflows").await;
    tenant.edit(id, |_| {});
    let edited = zuora.json(&path).await;

    assert_eq!((&original["workflow"]["version"], &clone["workflow"]["version"]), (&json!("0.0.2"), &json!("0.0.4")));
    assert_eq!(listed["data"][0]["active_version"]["version"], "0.0.4");
    assert!(ids(&original).is_disjoint(&ids(&clone)));
    assert_eq!(without_ids(&original), without_ids(&clone));
    assert_ne!(without_ids(&clone), without_ids(&edited));
    assert_eq!(zuora.json(&format!("{path}?version=0.0.2")).await, original);
    assert!(!tenant.clone_version(1));
}

#[tokio::test]
async fn a_clone_renumbers_an_export_that_was_set() {
    let export = json!({
        "workflow": { "id": 7, "version": "0.0.1", "merge_task_ids": [103] },
        "tasks": [
            { "id": 101, "name": "Each 101st", "task_id": null, "concurrent_limit": 101 },
            { "id": 103, "name": "Mail", "task_id": 101, "object": "Subscription__101.csv.zip",
              "parameters": { "files": { "Subscription__101.csv.zip": {} }, "batch_size": "1010" } },
        ],
        "linkages": [
            { "source_workflow_id": 7, "source_task_id": null, "target_task_id": 101, "linkage_type": "Start" },
            { "source_workflow_id": null, "source_task_id": 101, "target_task_id": 103, "linkage_type": "Success" },
        ],
    });
    let (_simulator, tenant, zuora, id) = with(Workflow { export: Some(export), ..Workflow::named("Set") }).await;

    tenant.clone_version(id);

    let clone = zuora.json(&format!("/workflows/{id}/export")).await;
    let version = tenant.workflow(id).unwrap().active_version.unwrap().id;
    let (first, second) = (version * 100, version * 100 + 1);
    let file = format!("Subscription__{first}.csv.zip");
    let expected = json!({
        "workflow": { "id": version, "version": "0.0.2", "merge_task_ids": [second] },
        "tasks": [
            { "id": first, "name": format!("Each {first}st"), "task_id": null, "concurrent_limit": 101 },
            { "id": second, "name": "Mail", "task_id": first, "object": file,
              "parameters": { "files": { (file.as_str()): {} }, "batch_size": "1010" } },
        ],
        "linkages": [
            { "source_workflow_id": version, "source_task_id": null, "target_task_id": first, "linkage_type": "Start" },
            { "source_workflow_id": null, "source_task_id": first, "target_task_id": second, "linkage_type": "Success" },
        ],
    });
    assert_eq!(clone, expected);
}

/// The bytes of the first exports of a workflow that is restless in this way.
async fn exports(restless: Restless, count: usize) -> Vec<Vec<u8>> {
    let (_simulator, _tenant, zuora, id) =
        with(Workflow { restless, ..shaped(&[Shape::RunFields, Shape::CrLf]) }).await;
    let mut exports = Vec::new();
    for _ in 0..count {
        let answer = zuora.get(&format!("/workflows/{id}/export")).await.unwrap();
        exports.push(answer.bytes().await.unwrap().to_vec());
    }
    exports
}

fn parsed(exports: &[Vec<u8>]) -> Vec<Value> {
    exports.iter().map(|export| serde_json::from_slice(export).unwrap()).collect()
}

/// Lists by what they contain, whatever their order.
fn sorted(export: &Value) -> BTreeMap<&str, BTreeSet<String>> {
    let items = |name| list(export, name).iter().map(Value::to_string).collect();
    BTreeMap::from([("tasks", items("tasks")), ("linkages", items("linkages"))])
}

#[tokio::test]
async fn two_exports_of_a_version_are_the_same_bytes_unless_the_workflow_is_restless() {
    let calm = exports(Restless::default(), 3).await;

    assert!(calm.iter().all(|export| *export == calm[0]));
}

#[tokio::test]
async fn a_restless_workflow_varies_in_the_same_way_on_every_run() {
    let restless = Restless { shuffle: true, nulls: true, crlf: true };

    let (one, other) = (exports(restless, 4).await, exports(restless, 4).await);

    assert_eq!(one, other);
    assert_eq!(one.iter().collect::<HashSet<_>>().len(), 4);
}

#[tokio::test]
async fn a_shuffled_export_says_the_same_in_another_order() {
    let texts = exports(Restless { shuffle: true, ..Restless::default() }, 3).await;
    let exports = parsed(&texts);

    assert!(texts[0] != texts[1] && texts[1] != texts[2]);
    assert!(list(&exports[0], "tasks") != list(&exports[1], "tasks"));
    assert!(list(&exports[0], "linkages") != list(&exports[1], "linkages"));
    assert_eq!(sorted(&exports[0]), sorted(&exports[1]));
    assert_eq!(exports[0]["workflow"], exports[1]["workflow"]);
    let order = |text: &[u8]| {
        let text = String::from_utf8_lossy(text).into_owned();
        ["\"workflow\":", "\"tasks\":", "\"linkages\":"].map(|key| text.find(key))
    };
    assert!(texts.iter().map(|text| order(text)).collect::<HashSet<_>>().len() > 1);
}

#[tokio::test]
async fn null_fields_come_and_go() {
    let exports = parsed(&exports(Restless { nulls: true, ..Restless::default() }, 2).await);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let mut without_nulls = exports.clone();
    for export in &mut without_nulls {
        drop_nulls(export);
    }

    assert!(keys(&exports[0]["workflow"]) != keys(&exports[1]["workflow"]));
    assert!(keys(&exports[0]["tasks"][0]) != keys(&exports[1]["tasks"][0]));
    assert!(exports.iter().any(|export| list(export, "linkages").iter().any(|l| l.get("internal_group").is_some())));
    assert_eq!(without_nulls[0], without_nulls[1]);
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        _ => {}
    }
}

#[tokio::test]
async fn lines_end_in_cr_lf_in_every_second_export() {
    let (_simulator, tenant, zuora, id) = with(Workflow::named("Set")).await;
    let export = json!({ "workflow": {}, "tasks": [{ "id": 1, "notes": "a\nb\r\nc" }], "linkages": [] });
    tenant.alter(id, |workflow| {
        workflow.export = Some(export);
        workflow.restless.crlf = true;
    });

    let mut notes = Vec::new();
    for _ in 0..3 {
        notes.push(zuora.json(&format!("/workflows/{id}/export")).await["tasks"][0]["notes"].clone());
    }

    assert_eq!(notes, ["a\nb\r\nc", "a\r\nb\r\nc", "a\nb\r\nc"]);
}
