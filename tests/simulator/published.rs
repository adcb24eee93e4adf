//! The simulator's answers have the shape of Zuora's published examples, when those are at hand.
//!
//! The examples are other people's and stay outside the project: `../shared/zuora-examples` beside the workspace, or where
//! `ZUORA_EXAMPLES` says. Without them these tests pass and say so.

use std::path::PathBuf;

use serde_json::Value;
use tests::simulator::{Simulator, Tenant, Workflow};

use crate::client::{Zuora, ask_token, http, json};

/// Keys whose value may be null where the example has one.
const NULLABLE: [&str; 8] = [
    "description",
    "interval",
    "timezone",
    "active_version",
    "task_id",
    "source_workflow_id",
    "source_task_id",
    "target_task_id",
];

/// Keys by which an example's array item is compared with its like among ours.
const KINDS: [&str; 2] = ["action_type", "linkage_type"];

fn example(name: &str) -> Option<Value> {
    #[expect(clippy::disallowed_methods, reason = "where the examples are is the tester's business")]
    let elsewhere = std::env::var("ZUORA_EXAMPLES").ok().map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/zuora-examples");
    let folder = elsewhere.unwrap_or(beside);
    if !folder.exists() {
        println!("skipped: {} is not there", folder.display());
        return None;
    }
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// Notes every way in which `ours` departs from the example's shape.
fn compare(example: &Value, ours: &Value, at: &str, faults: &mut Vec<String>) {
    match (example, ours) {
        (Value::Null, _) => {}
        (_, Value::Null) if NULLABLE.contains(&at.rsplit('.').next().unwrap_or(at)) => {}
        (Value::Object(example), Value::Object(ours)) => {
            for (key, value) in example {
                match ours.get(key) {
                    Some(our) => compare(value, our, &format!("{at}.{key}"), faults),
                    None => faults.push(format!("{at}.{key} is missing")),
                }
            }
        }
        (Value::Array(examples), Value::Array(ours)) => {
            for example in examples {
                compare_item(example, ours, at, faults);
            }
        }
        (example, ours) if kind(example) == kind(ours) => {}
        (example, ours) => faults.push(format!("{at} is {} and not {}", kind(ours), kind(example))),
    }
}

/// At least one of our items of the same kind must have the example's shape.
fn compare_item(example: &Value, ours: &[Value], at: &str, faults: &mut Vec<String>) {
    let alike = |item: &&Value| KINDS.iter().all(|key| example.get(key).is_none() || example.get(key) == item.get(key));
    let mut best: Option<Vec<String>> = None;
    for item in ours.iter().filter(alike) {
        let mut found = Vec::new();
        compare(example, item, at, &mut found);
        if best.as_ref().is_none_or(|best| found.len() < best.len()) {
            best = Some(found);
        }
    }
    match best {
        Some(found) => faults.extend(found),
        None => faults.push(format!("{at} has nothing like {example}")),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn assert_shape(name: &str, ours: &Value) {
    if let Some(example) = example(name) {
        let mut faults = Vec::new();
        compare(&example, ours, "$", &mut faults);
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

async fn seeded() -> (Simulator, Tenant, Zuora) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("published");
    tenant.seed(50);
    let zuora = Zuora::login(&simulator, &tenant).await;
    (simulator, tenant, zuora)
}

#[tokio::test]
async fn tokens_are_as_published() {
    let (simulator, tenant, _) = seeded().await;
    let good = ask_token(&http(), &simulator, &tenant.client_id(), &tenant.client_secret()).await;
    let wrong = ask_token(&http(), &simulator, &tenant.client_id(), "wrong").await;

    assert_shape("spec/oauth-token.200.json", &json(good).await);
    assert_shape("synthetic/oauth-token.401-invalid-client.json", &json(wrong).await);
}

#[tokio::test]
async fn lists_are_as_published() {
    let (_simulator, _tenant, zuora) = seeded().await;

    assert_shape("spec/list-workflows.200.json", &zuora.json("/workflows?page_length=49").await);
    assert_shape("synthetic/list-workflows.last-page.json", &zuora.json("/workflows?page_length=50").await);
}

#[tokio::test]
async fn details_are_as_published() {
    let (_simulator, tenant, zuora) = seeded().await;
    for id in tenant.ids() {
        assert_shape("spec/retrieve-workflow.200.json", &zuora.json(&format!("/workflows/{id}")).await);
    }
}

#[tokio::test]
async fn exports_are_as_published() {
    let (_simulator, tenant, zuora) = seeded().await;
    let mut all = serde_json::json!({ "workflow": null, "workflow_definition": null, "tasks": [], "linkages": [] });
    for id in tenant.ids() {
        let mut export = zuora.json(&format!("/workflows/{id}/export?version=latest")).await;
        for list in ["tasks", "linkages"] {
            all[list].as_array_mut().unwrap().append(export[list].as_array_mut().unwrap());
        }
        for part in ["workflow", "workflow_definition"] {
            if let Some(value) = export.get_mut(part) {
                all[part] = value.take();
            }
        }
    }

    assert_shape("spec/export-workflow.200.json", &all);
}

#[tokio::test]
async fn errors_are_as_published() {
    let (_simulator, tenant, zuora) = seeded().await;
    let draft = tenant.add(Workflow { active_version: None, ..Workflow::named("Draft") });

    assert_shape("spec/export-workflow.404.json", &zuora.json(&format!("/workflows/{draft}/export")).await);
    assert_shape("spec/export-workflow.400.json", &zuora.json(&format!("/workflows/{draft}/export?version=x")).await);
    assert_shape("spec/update-workflow.404.json", &zuora.json("/workflows/1").await);
    tenant.revoke_tokens();
    assert_shape("spec/v1-unauthorized.401.json", &zuora.json("/workflows").await);
}
