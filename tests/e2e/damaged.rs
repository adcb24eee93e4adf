//! Damaged definitions: never shown, and repaired.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::simulator::{Route, Workflow};

use crate::{
    upstream::{stats, tenant},
    world::World,
};

/// The chunks of a workflow's definition.
async fn chunks(world: &World, customer: &str, workflow: u64) -> Vec<HashMap<String, AttributeValue>> {
    let items = world.partition(&world.stack.table_name, &format!("CUSTOMER#{customer}")).await;
    let prefix = format!("DEFINITION#{workflow}#");
    items.into_iter().filter(|item| item["SK"].as_s().unwrap().starts_with(&prefix)).collect()
}

/// Flips one bit in the middle of a definition.
pub async fn turn_a_bit(world: &World, customer: &str, workflow: u64) {
    let mut chunk = chunks(world, customer, workflow).await.remove(0);
    let mut bytes = chunk["chunk"].as_b().unwrap().clone().into_inner();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    chunk.insert("chunk".to_owned(), AttributeValue::B(bytes.into()));
    world.put_item(chunk).await;
}

async fn remove_chunks(world: &World, customer: &str, workflow: u64) {
    for chunk in chunks(world, customer, workflow).await {
        let delete = world.dynamodb.delete_item().table_name(&world.stack.table_name);
        delete.key("PK", chunk["PK"].clone()).key("SK", chunk["SK"].clone()).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_definition_is_never_shown_and_exported_anew_by_the_next_sync() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("damaged", 6);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let ids = tenant.ids();
    let path = |workflow: u64, what: &str| format!("/v1/customers/{id}/workflows/{workflow}/{what}");
    let before = [world.api.get(&path(ids[1], "definition")).await, world.api.get(&path(ids[2], "definition")).await];
    turn_a_bit(&world, &id, ids[1]).await;
    remove_chunks(&world, &id, ids[2]).await;

    for workflow in &ids[1..3] {
        for what in ["definition", "tasks"] {
            let answer = world.api.get(&path(*workflow, what)).await;
            assert_eq!(
                (answer.status, &answer.body["type"]),
                (503, &json!("/problems/definition-damaged")),
                "{}",
                answer.text
            );
        }
    }
    let list = world.api.get(&format!("/v1/customers/{id}/workflows?include=tasks")).await.expect(200);
    let left_out = list["items"].as_array().unwrap().iter().filter(|item| item["tasks_left_out"] == true).count();
    assert_eq!((list["items"].as_array().map(Vec::len), left_out), (Some(6), 2), "the others are shown");
    tenant.reset_requests();

    let job = world.sync(&id).await;

    assert_eq!(
        (&job["state"], stats(&job)),
        (&json!("succeeded"), [0, 0, 6, 0, 6, 0]),
        "nothing changed at Zuora: {job}"
    );
    for (workflow, before) in ids[1..3].iter().zip(&before) {
        assert_eq!(world.api.get(&path(*workflow, "definition")).await.text, before.text);
    }
    let exported = tenant.count(Route::Export);
    assert!((2..6).contains(&exported), "{exported} exports");
    tenant.reset_requests();
    world.sync(&id).await;
    assert!(tenant.count(Route::Export) <= 2, "it is done once");
    world.remove(&id).await;
}

#[tokio::test]
async fn the_daily_export_mends_what_nobody_has_read() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("gone", 5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let gone = tenant.ids()[3];
    remove_chunks(&world, &id, gone).await;
    world.let_a_day_pass(&id).await;

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 5, 0, 5, 0]), "{job}");
    world.api.get(&format!("/v1/customers/{id}/workflows/{gone}/definition")).await.expect(200);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_workflow_that_comes_back_never_points_at_chunks_that_are_gone() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("revived", 5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let back: Workflow = tenant.workflow(tenant.ids()[2]).unwrap();
    tenant.remove(back.id);
    assert_eq!(stats(&world.sync(&id).await)[3], 1);
    // A removal for good that died between the definition and the record.
    remove_chunks(&world, &id, back.id).await;
    tenant.add(back.clone());

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [1, 0, 4, 0, 5, 0]), "{job}");
    let definition = world.api.get(&format!("/v1/customers/{id}/workflows/{}/definition", back.id)).await;
    assert_eq!(definition.status, 200, "{}", definition.text);
    assert_ne!(definition.body, Value::Null);
    world.remove(&id).await;
}
