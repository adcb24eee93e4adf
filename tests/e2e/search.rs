//! Search for workflows and customers by the beginning of their name: in any case and normal form, without false matches.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::simulator::{Simulator, Tenant, Workflow};

use crate::world::World;

/// Creates a customer whose workflows have these names; returns its tenant too.
async fn customer(world: &World, simulator: &Simulator, names: &[&str]) -> (String, Tenant) {
    let tenant = simulator.tenant("search");
    for name in names {
        tenant.add(Workflow::named(name));
    }
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    (id, tenant)
}

/// The names that a customer's list and the list of all customers find for a beginning; the two have to agree.
async fn found(world: &World, customer: &str, beginning: &str) -> Vec<String> {
    let query = format!("limit=200&name={}", beginning.replace('#', "%23"));
    let names = async |path: String| -> Vec<String> {
        let items = world.api.get(&path).await.expect(200)["items"].as_array().unwrap().clone();
        let own = items.iter().filter(|item| item["customer_id"] == customer);
        own.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let own = names(format!("/v1/customers/{customer}/workflows?{query}")).await;
    assert_eq!(names(format!("/v1/workflows?{query}")).await, own, "{beginning}");
    own
}

#[tokio::test]
async fn a_name_is_found_in_any_case_and_normal_form() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let decomposed = "Chambe\u{301}ry: Großkunden";
    let (id, _tenant) = customer(&world, &simulator, &[decomposed, "ΟΔΟΣ", "İade"]).await;

    for (beginning, name) in [
        ("Chambéry", decomposed),
        ("CHAMBE\u{301}RY: GROSSK", decomposed),
        ("chambéry: groß", decomposed),
        ("οδος", "ΟΔΟΣ"),
        ("οδοσ", "ΟΔΟΣ"),
        ("I\u{307}ade", "İade"),
    ] {
        assert_eq!(found(&world, &id, beginning).await, [name], "{beginning}");
    }
    assert!(found(&world, &id, "Chambery").await.is_empty());

    let marker = id.trim_start_matches("cus_");
    let path = format!("/v1/customers/{id}");
    world.api.patch(&path, &json!({"name": format!("Straße {marker}")})).await.expect(200);
    let listed = world.api.get(&format!("/v1/customers?name=STRASSE {marker}")).await.expect(200);
    assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &json!(id)));
    world.remove(&id).await;
}

#[tokio::test]
async fn what_only_seems_to_begin_so_is_not_found() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let long = "n".repeat(210);
    let names = [format!("{long}a"), format!("{long}b"), "Acme".to_owned()];
    let (id, tenant) = customer(&world, &simulator, &names.each_ref().map(String::as_str)).await;

    assert_eq!(found(&world, &id, &long).await.len(), 2);
    assert_eq!(found(&world, &id, &format!("{long}B")).await, [names[1].as_str()]);
    let id_of_acme = tenant.ids()[2].to_string();
    assert!(found(&world, &id, &format!("acme#{}", &id_of_acme[..1])).await.is_empty());
    assert_eq!(found(&world, &id, "acme").await, ["Acme"]);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_key_from_before_names_were_folded_is_found_as_before_and_folded_when_it_is_written_again() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (id, tenant) = customer(&world, &simulator, &["Straße", "Straub"]).await;
    let (workflow, partition) = (tenant.ids()[0], format!("CUSTOMER#{id}"));
    let key = async || world.item(&partition, &format!("WORKFLOW#{workflow}")).await.unwrap()["GSI1SK"].clone();
    let mut item = world.item(&partition, &format!("WORKFLOW#{workflow}")).await.unwrap();
    item.insert("GSI1SK".to_owned(), AttributeValue::S(format!("straße#{workflow}")));
    world.put_item(item).await;

    assert_eq!(found(&world, &id, "STRAßE").await, ["Straße"]);
    assert_eq!(found(&world, &id, "str").await, ["Straub", "Straße"]);

    tenant.edit(workflow, |workflow| workflow.priority = "Low".to_owned());
    assert_eq!(world.sync(&id).await["stats"]["updated"], 1);
    assert_eq!(key().await, AttributeValue::S(format!("strasse#{workflow}")));
    assert_eq!(found(&world, &id, "strasse").await, ["Straße"]);
    world.remove(&id).await;
}

#[tokio::test]
async fn pages_of_customers_show_each_once_whatever_keys_they_were_stored_under() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(customer(&world, &simulator, &[]).await.0);
    }
    // One marker, and names that lower case sorts otherwise than folding does: `st` < `sz` < `sß`.
    let marker = format!("page-{}", ids[0].trim_start_matches("cus_"));
    for (id, end) in ids.iter().zip(["sß", "sz", "st"]) {
        world.api.patch(&format!("/v1/customers/{id}"), &json!({"name": format!("{marker} {end}")})).await.expect(200);
    }
    let mut item = world.item(&format!("CUSTOMER#{}", ids[0]), "SUMMARY").await.unwrap();
    item.insert("GSI1SK".to_owned(), AttributeValue::S(format!("{marker} sß#{}", ids[0])));
    world.put_item(item).await;

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.api.get(&format!("/v1/customers?limit=1&name={marker}{cursor}")).await.expect(200);
        assert_eq!(page["total"], 3);
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }

    assert_eq!(seen, [&ids[0], &ids[2], &ids[1]].map(|id| Value::from(id.as_str())), "sss, st, sz");
    for id in &ids {
        world.remove(id).await;
    }
}
