//! One action on several customers, and the words by which people group them.

use serde_json::{Value, json};
use tests::simulator::Simulator;

use crate::{people::Person, world::World};

async fn bulk(world: &World, body: Value) -> Value {
    world.api.post("/v1/customers/bulk", &body).await.expect(200)
}

/// Three synced customers with a tag of their own.
async fn three(world: &World, simulator: &Simulator) -> (String, Vec<String>) {
    let tag = format!("Tag {}", uuid::Uuid::now_v7().simple());
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let tenant = simulator.tenant(name);
        tenant.seed(2);
        let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
        let change = json!({"tags": [tag, tag.to_uppercase(), name], "owner": "Ann", "notes": "Two\nlines"});
        world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);
        ids.push(id);
    }
    (tag, ids)
}

#[tokio::test]
async fn customers_are_synced_paused_resumed_and_rescheduled_together_each_with_its_outcome() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (tag, ids) = three(&world, &simulator).await;
    world.api.post(&format!("/v1/customers/{}/pause", ids[0]), &json!({})).await.expect(200);

    let synced = bulk(&world, json!({"action": "sync", "customer_ids": ids})).await;
    assert_eq!((&synced["done"], &synced["refused"]), (&json!(2), &json!(1)), "{synced}");
    assert!(synced["items"][0]["problem"]["detail"].as_str().unwrap().contains("paused"), "{synced}");
    for item in &synced["items"].as_array().unwrap()[1..] {
        assert_eq!(world.wait_for_job(item["job_id"].as_str().unwrap()).await["state"], "succeeded");
    }
    let paused = bulk(&world, json!({"action": "pause", "filter": {"tag": [tag]}})).await;
    assert_eq!((&paused["done"], &paused["unchanged"]), (&json!(2), &json!(1)), "{paused}");
    let resumed =
        bulk(&world, json!({"action": "resume", "filter": {"status": "paused", "tag": [tag.to_uppercase()]}})).await;
    assert_eq!(resumed["done"], 3, "{resumed}");
    let set = json!({"action": "set_frequency", "sync_frequency": "manual", "customer_ids": [ids[1]]});
    assert_eq!(bulk(&world, set).await["items"][0]["outcome"], "done");
    assert_eq!(world.customer(&ids[1]).await["sync_frequency"], "manual");

    let trail = world.api.get(&format!("/v1/customers/{}/audit", ids[1])).await.expect(200);
    let actions: Vec<_> = trail["items"].as_array().unwrap().iter().map(|record| record["action"].clone()).collect();
    let of_bulk = ["customer.update", "customer.resume", "customer.pause", "customer.sync"].map(Value::from);
    assert_eq!(actions[..4], of_bulk);
    for id in ids {
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn tags_are_written_once_found_in_any_case_and_all_of_them_must_be_there() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (tag, ids) = three(&world, &simulator).await;
    let found = async |query: &str| {
        let query = query.replace(' ', "%20");
        world.api.get(&format!("/v1/customers?{query}")).await.expect(200)["total"].clone()
    };

    let customer = world.customer(&ids[0]).await;
    assert_eq!(customer["tags"], json!([tag, "one"]));
    assert_eq!((&customer["owner"], &customer["notes"]), (&json!("Ann"), &json!("Two\nlines")));
    assert_eq!(found(&format!("tag={}", tag.to_uppercase())).await, 3);
    assert_eq!(found(&format!("tag={tag}&tag=two")).await, 1);
    assert_eq!(found(&format!("tag={tag}&tag=two&tag=one")).await, 0);
    let cleared = world
        .api
        .patch(&format!("/v1/customers/{}", ids[0]), &json!({"tags": [], "owner": null, "notes": null}))
        .await
        .expect(200);
    assert_eq!((&cleared["tags"], &cleared["owner"], &cleared["notes"]), (&json!([]), &Value::Null, &Value::Null));
    for id in ids {
        world.remove(&id).await;
    }
}

#[tokio::test]
async fn a_wrong_bulk_request_names_its_field_and_one_customer_too_many_is_refused_as_a_whole() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let (_, ids) = three(&world, &simulator).await;
    let many: Vec<_> = (0..201).map(|n| format!("cus_{n:032x}")).collect();
    for (body, field) in [
        (json!({"action": "sync"}), "/customer_ids"),
        (json!({"action": "sync", "customer_ids": []}), "/customer_ids"),
        (json!({"action": "sync", "customer_ids": many}), "/customer_ids"),
        (json!({"action": "sync", "customer_ids": ["x"]}), "/customer_ids/0"),
        (json!({"action": "sync", "customer_ids": ids, "filter": {}}), "/filter"),
        (json!({"action": "sync", "sync_frequency": "hourly", "customer_ids": ids}), "/sync_frequency"),
        (json!({"action": "set_frequency", "customer_ids": ids}), "/sync_frequency"),
        (json!({"action": "sync", "filter": {"colour": "red"}}), "/filter/colour"),
    ] {
        let answer = world.api.post("/v1/customers/bulk", &body).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (422, &json!(field)), "{}", answer.text);
    }
    let operator = Person::granted(&world, &ids[0], &["sync"]).await;
    let both = json!({"action": "sync", "customer_ids": [ids[0], ids[1]]});
    assert_eq!(operator.api.post("/v1/customers/bulk", &both).await.status, 404, "nobody else's is even seen");
    let pause = json!({"action": "pause", "customer_ids": [ids[0]]});
    assert_eq!(operator.api.post("/v1/customers/bulk", &pause).await.status, 403);
    let mine = operator.api.post("/v1/customers/bulk", &json!({"action": "sync", "filter": {}})).await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1, "{mine}");
    operator.leave(&world).await;
    for id in ids {
        world.remove(&id).await;
    }
}
