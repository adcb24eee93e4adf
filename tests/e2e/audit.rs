//! Every change by a person, and every refusal, is recorded; the record survives the customer, and holds no secret.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::simulator::{Simulator, Tenant};

use crate::{people::Person, world::World};

/// The audit of a customer, newest first.
async fn audit(world: &World, customer: &str, filter: &str) -> Vec<Value> {
    let list = world.api.get(&format!("/v1/customers/{customer}/audit?limit=200{filter}")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

fn actions(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["action"].as_str().unwrap()).collect()
}

async fn customer(world: &World, tenant: &Tenant, base_url: &str) -> String {
    world.create_and_sync(tenant, base_url).await.0
}

#[tokio::test]
async fn every_change_is_written_down_with_who_what_and_which_fields() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("audited");
    let id = customer(&world, &tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");
    let me = world.api.get("/v1/me").await.expect(200)["user"].clone();

    let renamed = format!("Renamed {}", uuid::Uuid::now_v7().simple());
    let change = json!({"name": renamed, "zuora_client_secret": tenant.client_secret(), "sync_frequency": "manual"});
    let changed = world.api.patch(&path, &change).await;
    changed.clone().expect(200);
    world.api.post(&format!("{path}/pause"), &json!({})).await.expect(200);
    world.api.post(&format!("{path}/resume"), &json!({})).await.expect(200);
    let asked = world.ask_for_sync(&id).await;
    world.api.post(&format!("{path}/sync?dry_run=true"), &json!({})).await.expect(202);
    world.api.post(&format!("{path}/connection-test"), &json!({})).await.expect(202);
    let somebody = Person::granted(&world, &id, &["view"]).await;
    world.api.delete(&format!("{path}/grants/{}", somebody.sub)).await.expect(204);
    somebody.leave(&world).await;

    let records = audit(&world, &id, "").await;
    assert_eq!(
        actions(&records),
        [
            "grant.delete",
            "grant.put",
            "customer.test",
            "customer.sync",
            "customer.sync",
            "customer.resume",
            "customer.pause",
            "customer.update",
            "customer.create"
        ]
    );
    assert!(records.iter().all(|record| record["actor"] == me && record["outcome"] == "done"), "{records:?}");
    assert_eq!(records[4]["job_id"], asked.as_str());
    assert_eq!(records[1]["changes"], json!([{"field": "verbs", "before": null, "after": "view"}]));
    let update = &records[7];
    assert_eq!(update["request_id"], changed.headers["x-request-id"].to_str().unwrap());
    let fields: Vec<_> = update["changes"].as_array().unwrap().iter().map(|change| &change["field"]).collect();
    assert_eq!(fields, ["name", "sync_frequency", "zuora_client_secret"]);
    assert_eq!(update["changes"][0]["after"], renamed.as_str());
    assert_eq!(update["changes"][2], json!({"field": "zuora_client_secret", "before": null, "after": null}));

    world.remove(&id).await;
    let partition = format!("CUSTOMER#{id}");
    let customers = || world.partition(&world.stack.table_name, &partition);
    world.wait_until("nothing of the customer is left", async || customers().await.is_empty()).await;
    let after = audit(&world, &id, "").await;
    assert_eq!((after.len(), after[0]["action"].as_str()), (10, Some("customer.delete")), "it survives the purge");
    let stored = world.partition(&world.stack.audit_table_name, &format!("AUDIT#{id}")).await;
    assert_eq!(stored.len(), 10);
    assert!(!format!("{stored:?}").contains(&tenant.client_secret()), "a secret is never written down");
}

#[tokio::test]
async fn the_trail_is_filtered_by_actor_action_outcome_and_time_and_paged() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("filtered");
    let id = customer(&world, &tenant, &simulator.base_url()).await;
    for verb in ["pause", "resume", "pause", "resume"] {
        world.api.post(&format!("/v1/customers/{id}/{verb}"), &json!({})).await.expect(200);
    }
    let all = audit(&world, &id, "").await;
    assert_eq!(all.len(), 5);

    assert_eq!(audit(&world, &id, "&action=customer.pause").await.len(), 2);
    assert_eq!(audit(&world, &id, "&outcome=refused").await.len(), 0);
    assert_eq!(audit(&world, &id, "&actor=nobody").await.len(), 0);
    let middle = all[2]["at"].as_str().unwrap();
    assert_eq!(audit(&world, &id, &format!("&since={middle}")).await, all[..3]);
    assert_eq!(audit(&world, &id, &format!("&until={middle}")).await, all[3..]);
    assert_eq!(audit(&world, &id, "&since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z").await, [] as [Value; 0]);
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.api.get(&format!("/v1/customers/{id}/audit?limit=2{cursor}")).await.expect(200);
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, all);
    assert_eq!(world.api.get("/v1/audit?action=customer.explode").await.status, 400);
    let is_shown = async || {
        let list = world.api.get("/v1/audit?limit=200&action=customer.pause").await.expect(200);
        list["items"].as_array().unwrap().iter().any(|record| record["id"] == all[1]["id"])
    };
    world.wait_until("the index shows it", is_shown).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn credentials_that_are_tried_are_written_down_with_client_and_address_and_without_the_secret() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("tried");
    let id = customer(&world, &tenant, &simulator.base_url()).await;
    let person = Person::granted(&world, "all", &["create", "update", "view"]).await;
    let mut creation = World::creation(&tenant, &simulator.base_url());
    let mut tried = json!({
        "zuora_base_url": simulator.base_url(), "zuora_client_id": tenant.client_id(), "zuora_client_secret": "a-guess",
    });

    for _ in 0..2 {
        assert_eq!(person.api.post("/v1/connection-test", &tried).await.status, 422);
    }
    tried["zuora_client_secret"] = json!(tenant.client_secret());
    person.api.post("/v1/connection-test", &tried).await.expect(200);
    creation["zuora_client_secret"] = json!("a-guess");
    assert_eq!(person.api.post("/v1/customers", &creation).await.status, 422);
    let path = format!("/v1/customers/{id}");
    assert_eq!(person.api.patch(&path, &json!({"zuora_client_secret": "a-guess"})).await.status, 422);

    let base_url = simulator.base_url();
    let credentials = json!([
        {"field": "zuora_base_url", "before": null, "after": base_url},
        {"field": "zuora_client_id", "before": null, "after": tenant.client_id()},
    ]);
    let of_person = format!("/v1/audit?limit=200&actor={}", person.sub);
    let records = async |filter: &str| {
        let list = world.api.get(&format!("{of_person}{filter}")).await.expect(200);
        list["items"].as_array().unwrap().clone()
    };
    world.wait_until("the index shows all", async || records("&action=customer.update").await.len() == 1).await;
    for (filter, most) in [
        ("&action=connection.test&outcome=refused", 2),
        ("&action=connection.test&outcome=done", 1),
        ("&action=customer.create&outcome=refused", 1),
        ("&action=customer.update&outcome=refused", 1),
    ] {
        let found = records(filter).await;
        assert!((1..=most).contains(&found.len()), "{filter}, at most one a minute: {found:?}");
        assert!(found.iter().all(|record| record["changes"] == credentials), "{filter}: {found:?}");
    }
    assert_eq!(audit(&world, &id, "&outcome=refused").await.len(), 1, "the customer's own trail tells it too");
    let trail = json!(records("").await).to_string();
    assert!(!trail.contains("a-guess") && !trail.contains(&tenant.client_secret()), "{trail}");
    person.leave(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn a_record_that_cannot_be_read_hides_no_other() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let id = customer(&world, &simulator.tenant("blinded"), &simulator.base_url()).await;
    world.api.post(&format!("/v1/customers/{id}/pause"), &json!({})).await.expect(200);
    let (table, partition) = (&world.stack.audit_table_name, format!("AUDIT#{id}"));
    let mut spoilt = world.partition(table, &partition).await[0].clone();
    let key = spoilt.clone().into_iter().filter(|(name, _)| name == "PK" || name == "SK").collect();
    let action = spoilt["action"].as_s().unwrap().clone();
    spoilt.insert("action".to_owned(), AttributeValue::S("customer.explode".to_owned()));
    world.dynamodb.put_item().table_name(table).set_item(Some(spoilt)).send().await.unwrap();

    let left = audit(&world, &id, "").await;

    assert_eq!((left.len(), left.iter().any(|record| record["action"] == action.as_str())), (1, false), "{left:?}");
    world.api.get("/v1/audit?limit=200").await.expect(200);
    world.dynamodb.delete_item().table_name(table).set_key(Some(key)).send().await.unwrap();
    world.remove(&id).await;
}

#[tokio::test]
async fn refused_attempts_are_written_down_once_a_minute_with_the_customer_they_were_about() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("attempted");
    let id = customer(&world, &tenant, &simulator.base_url()).await;
    let viewer = Person::granted(&world, &id, &["view"]).await;
    let other = customer(&world, &simulator.tenant("unseen"), &simulator.base_url()).await;

    for _ in 0..5 {
        assert_eq!(viewer.api.post(&format!("/v1/customers/{id}/sync"), &json!({})).await.status, 403);
    }
    assert_eq!(viewer.api.get(&format!("/v1/customers/{other}/workflows")).await.status, 404);
    assert_eq!(viewer.api.delete(&format!("/v1/customers/{other}?confirm=x")).await.status, 404);
    for made_up in ["cus_0000000000000000000000000000aaaa", "cus_0000000000000000000000000000bbbb"] {
        assert_eq!(viewer.api.get(&format!("/v1/customers/{made_up}")).await.status, 404);
    }

    let refused = audit(&world, &id, "&outcome=refused").await;
    assert!(!refused.is_empty() && refused.len() <= 2, "at most one a minute: {refused:?}");
    assert_eq!((&refused[0]["action"], &refused[0]["actor"]), (&json!("customer.sync"), &json!(viewer.sub)));
    let seen = audit(&world, &other, "&outcome=refused").await;
    let mut seen = actions(&seen);
    seen.sort_unstable();
    assert_eq!(seen, ["customer.delete", "read"]);
    for made_up in ["cus_0000000000000000000000000000aaaa", "cus_0000000000000000000000000000bbbb"] {
        assert!(audit(&world, made_up, "").await.is_empty(), "what is no customer has no trail");
    }

    viewer.leave(&world).await;
    for id in [id, other] {
        world.remove(&id).await;
    }
}
