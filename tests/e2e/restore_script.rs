//! `infra/restore.py` copies a restored table back into the live one: what the runbook's restore does, on two tables of the test's own.

use std::{collections::BTreeMap, path::Path, process::Command};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    TimeToLiveSpecification,
};
use shared::{
    aws::{items::Item, keys},
    domain::ids::CustomerId,
};

use crate::{engine::Engine, upstream::tenant, world::World};

/// The items of a table by their keys.
type Items = BTreeMap<(String, String), Item>;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn item(pk: &str, sk: &str, attributes: &[(&str, AttributeValue)]) -> Item {
    let keys = [("PK".to_owned(), text(pk)), ("SK".to_owned(), text(sk))];
    keys.into_iter().chain(attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))).collect()
}

/// Runs the script; returns what it said, or what it refused with.
fn restore(world: &World, arguments: &[&str]) -> Result<String, String> {
    #[expect(clippy::disallowed_methods, reason = "the Python that has boto3; `make test` names its own")]
    let python = std::env::var("ZWM_PYTHON");
    let python = python.unwrap_or_else(|_| format!("{ROOT}/.local/venv/sam/bin/python"));
    assert!(Path::new(&python).exists(), "{python} is not there: ZWM_PYTHON names a Python that has boto3");
    let output = Command::new(python)
        .arg(format!("{ROOT}/infra/restore.py"))
        .args(["--endpoint-url", &world.stack.emulator_url, "--rate", "1000"])
        .args(arguments)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", &world.stack.region)
        .env("NO_PROXY", "*")
        .output()
        .unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) }
}

async fn items(world: &World, table: &str) -> Items {
    let pages = world.dynamodb.scan().table_name(table).consistent_read(true).into_paginator().items().send();
    let items = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let key = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
    items.into_iter().map(|item| ((key(&item, "PK"), key(&item, "SK")), item)).collect()
}

async fn put(world: &World, table: &str, item: Item) {
    world.dynamodb.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

/// A table in place of a restored one, with a customer, its workflows and its jobs, and an engine whose table is empty.
async fn restored(world: &World) -> (Engine, Engine, CustomerId) {
    let (restored, live) = (Engine::start(world).await, Engine::start(world).await);
    let (simulator, tenant) = tenant("restored by script", 7);
    let (customer, first) = restored.add_customer(&tenant, &simulator.base_url()).await;
    restored.run(&first).await;
    // The engine's trail is in its data table; the product's has a table of its own.
    for (pk, sk) in items(world, &restored.data).await.into_keys().filter(|(pk, _)| pk.starts_with("AUDIT#")) {
        let delete = world.dynamodb.delete_item().table_name(&restored.data);
        delete.key("PK", text(&pk)).key("SK", text(&sk)).send().await.unwrap();
    }
    (restored, live, customer)
}

#[tokio::test]
async fn a_restore_brings_back_every_item_byte_for_byte_and_a_second_one_has_nothing_to_do() {
    let world = World::connect().await;
    let (restored, live, _) = Box::pin(restored(&world)).await;
    let backup = items(&world, &restored.data).await;
    let many = backup.len();
    assert!(backup.values().flat_map(Item::values).any(AttributeValue::is_b), "packed definitions are among them");
    put(&world, &restored.data, item("LIMIT#token#1", "LIMIT", &[("ttl", AttributeValue::N("1".into()))])).await;

    let said = restore(&world, &[&restored.data, &live.data, "--dry-run"]).unwrap();
    assert!(said.contains(&format!("{many} would be written, 0 left (same)")), "{said}");
    assert!(items(&world, &live.data).await.is_empty(), "a dry run writes nothing");

    let said = restore(&world, &[&restored.data, &live.data]).unwrap();
    assert!(said.contains(&format!("{many} written, 0 left (same), 0 left (newer), 1 left (expired)")), "{said}");
    assert_eq!(items(&world, &live.data).await, backup, "byte for byte, and nothing that has expired");

    for mode in ["--rate=1000", "--exact"] {
        let said = restore(&world, &[&restored.data, &live.data, mode]).unwrap();
        assert!(said.contains(": 0 written") && said.contains(&format!(" {many} left (same)")), "{mode}: {said}");
    }
    assert_eq!(items(&world, &live.data).await, backup);
    restored.stop().await;
    live.stop().await;
}

#[tokio::test]
async fn a_restore_keeps_what_is_newer_or_unknown_to_the_backup_and_an_exact_one_takes_it_back() {
    let world = World::connect().await;
    let (restored, live, customer) = Box::pin(restored(&world)).await;
    restore(&world, &[&restored.data, &live.data]).unwrap();
    let mut backup = items(&world, &restored.data).await;
    let (partition, name_of) = (keys::customer_partition(&customer), |item: &Item| item["name"].clone());
    let sort_key = |prefix: &str| {
        let mut keys = backup.keys().filter(|(pk, sk)| *pk == partition && sk.starts_with(prefix));
        keys.next().unwrap().1.clone()
    };
    // The customer was renamed since, as the product writes it; a workflow was damaged and a definition lost by other means.
    live.raise_rev(&keys::state(&customer)).await;
    for sk in ["PROFILE", "SUMMARY"] {
        let mut renamed = backup[&(partition.clone(), sk.to_owned())].clone();
        renamed.insert("name".to_owned(), text("A newer name"));
        put(&world, &live.data, renamed).await;
    }
    let (workflow, definition) = (sort_key(keys::WORKFLOW_PREFIX), sort_key(keys::DEFINITION_PREFIX));
    let mut damaged = backup[&(partition.clone(), workflow.clone())].clone();
    damaged.insert("name".to_owned(), text("damaged"));
    put(&world, &live.data, damaged).await;
    let delete = world.dynamodb.delete_item().table_name(&live.data).key("PK", text(&partition));
    delete.key("SK", text(&definition)).send().await.unwrap();
    put(&world, &live.data, item("USER#unknown", "GRANT#*", &[])).await;
    for (table, year) in [(&restored.data, "2025"), (&live.data, "2026")] {
        put(&world, table, item("USER#somebody", "GRANT#*", &[("granted_at", text(year))])).await;
    }

    let said = restore(&world, &[&restored.data, &live.data]).unwrap();

    assert!(said.contains(": 2 written") && said.contains(" 4 left (newer)"), "{said}");
    let now = items(&world, &live.data).await;
    let of_customer = |sk: &str| now[&(partition.clone(), sk.to_owned())].clone();
    assert_eq!(name_of(&of_customer("PROFILE")), text("A newer name"));
    assert_eq!(name_of(&of_customer("SUMMARY")), text("A newer name"));
    for sk in [workflow, definition] {
        assert_eq!(of_customer(&sk), backup[&(partition.clone(), sk.clone())], "{sk} is back");
    }
    backup = items(&world, &restored.data).await;
    assert_eq!(now.len(), backup.len() + 1, "what the backup does not know stays");

    let said = restore(&world, &[&restored.data, &live.data, "--exact", "--dry-run"]).unwrap();
    assert!(said.contains(": 4 would be written, 1 would be removed"), "{said}");
    assert_eq!(items(&world, &live.data).await, now, "a dry run writes nothing");
    let said = restore(&world, &[&restored.data, &live.data, "--exact"]).unwrap();
    assert!(said.contains(": 4 written, 1 removed"), "{said}");
    assert_eq!(items(&world, &live.data).await, backup);
    restored.stop().await;
    live.stop().await;
}

/// A table with a partition key only.
async fn create_odd_table(world: &World, name: &str) {
    let create = world.dynamodb.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    let definition = AttributeDefinition::builder().attribute_name(keys::PK).attribute_type(ScalarAttributeType::S);
    let key = KeySchemaElement::builder().attribute_name(keys::PK).key_type(KeyType::Hash);
    let create = create.attribute_definitions(definition.build().unwrap()).key_schema(key.build().unwrap());
    create.send().await.unwrap();
}

#[tokio::test]
async fn a_restore_that_would_do_harm_is_refused_with_the_reason_and_writes_nothing() {
    let world = World::connect().await;
    let (restored, live, _) = Box::pin(restored(&world)).await;
    let refused = |arguments: &[&str], why: &str| {
        let said = restore(&world, arguments).unwrap_err();
        assert!(said.contains(why), "{arguments:?}: {said}");
    };

    refused(&[&restored.data, &restored.data], "the same table");
    refused(&[&live.data, &restored.data, "--exact"], "is empty");
    let said = restore(&world, &[&live.data, &live.vault, "--exact"]).unwrap();
    assert!(
        said.contains(": 0 written, 0 removed"),
        "two empty tables are the same, as grants that nobody has: {said}"
    );
    refused(&[&restored.data, &world.stack.audit_table_name], "is an audit table");
    put(&world, &live.vault, item("AUDIT#-", "2026", &[])).await;
    refused(&[&restored.data, &live.vault], "is an audit table");
    refused(&[&restored.data, "no-such-table"], "ResourceNotFound");
    let table = format!("only-pk-{}", live.mark());
    create_odd_table(&world, &table).await;
    refused(&[&restored.data, &table], "The keys are not PK and SK");
    world.dynamodb.delete_table().table_name(&table).send().await.unwrap();
    let ttl = TimeToLiveSpecification::builder().attribute_name("finished_at").enabled(true);
    let update = world.dynamodb.update_time_to_live().table_name(&live.data);
    update.time_to_live_specification(ttl.build().unwrap()).send().await.unwrap();
    refused(&[&restored.data, &live.data], "not by `ttl`");

    assert!(items(&world, &live.data).await.is_empty());
    restored.stop().await;
    live.stop().await;
}
