//! The rarer shapes of exports.

use std::collections::HashSet;

use serde_json::{Value, json};
use tests::simulator::{Shape, Simulator, Tenant, Workflow};

use crate::client::Zuora;

/// A tenant with one workflow.
pub async fn with(workflow: Workflow) -> (Simulator, Tenant, Zuora, u64) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let id = tenant.add(workflow);
    let zuora = Zuora::login(&simulator, &tenant).await;
    (simulator, tenant, zuora, id)
}

/// A workflow of six tasks with these shapes.
pub fn shaped(shapes: &[Shape]) -> Workflow {
    Workflow { tasks: 6, shapes: shapes.to_vec(), ..Workflow::named("Dunning") }
}

/// The export of such a workflow.
async fn export(shapes: &[Shape]) -> Value {
    let (_simulator, _tenant, zuora, id) = with(shaped(shapes)).await;
    zuora.json(&format!("/workflows/{id}/export")).await
}

/// The items of a list of the export: `tasks` or `linkages`.
pub fn list<'a>(export: &'a Value, name: &str) -> &'a Vec<Value> {
    export[name].as_array().unwrap()
}

/// The entries' targets and types.
fn entries(export: &Value) -> Vec<(&Value, &str)> {
    let entries = list(export, "linkages").iter().filter(|linkage| linkage["source_task_id"].is_null());
    entries.map(|entry| (&entry["target_task_id"], entry["linkage_type"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn files_are_named_by_the_task_that_made_them() {
    let export = export(&[Shape::FilesByTaskId, Shape::MergeTaskIds, Shape::MapHeaders]).await;

    let [maker, iterate, email, callout, .., last] = &list(&export, "tasks")[..] else { panic!("six tasks") };
    let file = format!("Subscription__{}.csv.zip", maker["id"]);
    let text = format!("{{{{ Data.Files['{file}'].name }}}}");
    assert_eq!((&iterate["action_type"], &iterate["object"]), (&json!("Iterate"), &json!(file)));
    assert!(email["parameters"]["files"][&file].is_object());
    assert!(email["parameters"]["email"]["template"].as_str().unwrap().contains(&text));
    assert_eq!(callout["parameters"]["files"][0]["key"], json!(file));
    assert_eq!(callout["parameters"]["raw_body"], json!(text));
    assert_eq!(export["workflow"]["merge_task_ids"], json!([last["id"]]));
    assert!(callout["parameters"]["headers"]["X-API-Key"].is_string());
    assert!(callout["parameters"]["authorization"]["type"].as_str().unwrap().starts_with("saved_provider:"));
}

#[tokio::test]
async fn a_workflow_can_have_several_entries_or_only_finish() {
    let several = export(&[Shape::SeveralEntries]).await;
    let events = export(&[Shape::SeveralEntries, Shape::EventParameters]).await;
    let finish = export(&[Shape::FinishOnly]).await;

    let ids = |export: &Value, index: usize| export["tasks"][index]["id"].clone();
    let (first, second) = (ids(&several, 0), ids(&several, 1));
    assert_eq!(entries(&several)[0], (&first, "Start"));
    assert_eq!(entries(&several).last(), Some(&(&second, "Start")));
    let started = ids(&events, 0);
    let by_event: Vec<_> = entries(&events).into_iter().filter(|(target, _)| **target == started).collect();
    assert_eq!(by_event, [(&started, "InvoicePosted"), (&started, "PaymentProcessed")]);
    assert_eq!(events["workflow"]["parameters"]["event_triggers"], json!(["InvoicePosted", "PaymentProcessed"]));
    assert_eq!(events["workflow"]["parameters"]["event_parameters"]["0"]["event"], "InvoicePosted");
    assert!(events["workflow"]["event_trigger"] == true);
    assert!(entries(&finish).iter().all(|(_, kind)| *kind == "Finish"));
}

#[tokio::test]
async fn fields_that_few_exports_have_can_be_there() {
    let plain = export(&[]).await;
    let shapes = [Shape::InternalGroup, Shape::RunFields, Shape::StatedValues, Shape::PromptFields];
    let export = export(&shapes).await;

    let task = &export["tasks"][0];
    assert!(["notes", "data_size", "restart_at", "delay"].iter().all(|field| task.get(field).is_some()));
    assert!(list(&export, "linkages").iter().all(|linkage| linkage["internal_group"] == "g1"));
    assert!(list(&export, "tasks").iter().any(|task| task["object"] == ""));
    let workflow = &export["workflow"];
    assert_eq!((&workflow["status"], &workflow["call_type"]), (&json!("Active"), &json!("ASYNC")));
    assert!(workflow["external_track_id"].is_string() && workflow["started_at"].is_string());
    let prompt = &workflow["parameters"]["fields"][0];
    assert_eq!((&prompt["index"], &prompt["callout_id"]), (&json!("0"), &json!("17")));
    assert!(plain["tasks"][0].get("notes").is_none() && plain["linkages"][0].get("internal_group").is_none());
}

#[tokio::test]
async fn tasks_can_be_named_alike_unknown_in_another_order_or_a_text() {
    let plain = export(&[]).await;
    let alike = export(&[Shape::LikeNamed]).await;
    let unknown = export(&[Shape::UnknownAction]).await;
    let reversed = export(&[Shape::DownstreamFirst]).await;
    let text = export(&[Shape::ParametersAsText]).await;
    let crlf = export(&[Shape::CrLf]).await;

    assert!(
        list(&alike, "tasks")
            .iter()
            .all(|task| { task["action_type"].as_str().unwrap().ends_with(task["name"].as_str().unwrap()) })
    );
    assert_eq!(unknown["tasks"][5]["action_type"], "Quantum::Reconcile");
    assert_eq!(reversed["tasks"][0], plain["tasks"][5]);
    let parameters: Value = serde_json::from_str(text["tasks"][0]["parameters"].as_str().unwrap()).unwrap();
    assert_eq!(parameters, plain["tasks"][0]["parameters"]);
    assert_eq!(crlf["tasks"][0]["notes"], "Agreed with finance.\r\nAsk before changing it.");
    assert_eq!(crlf.to_string().matches(r"\n").count(), crlf.to_string().matches(r"\r\n").count());
}

#[tokio::test]
async fn some_generated_workflows_have_each_shape_and_most_have_none() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(200);

    let all: Vec<Workflow> = tenant.ids().iter().map(|id| tenant.workflow(*id).unwrap()).collect();

    let shapes: HashSet<Shape> = all.iter().flat_map(|workflow| workflow.shapes.clone()).collect();
    assert_eq!(shapes.len(), Shape::ALL.len());
    assert!(all.iter().filter(|workflow| workflow.shapes.is_empty()).count() > 100);
    let has_interval = |workflow: &Workflow| workflow.interval.as_deref().is_some_and(|interval| !interval.is_empty());
    assert!(all.iter().any(|workflow| !workflow.scheduled_trigger && has_interval(workflow)));
}
