//! The definitions that a workflow had before: listed, read, kept for their time, each below its own customer only.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::domain::{definition::content_hash, time::Timestamp};
use tests::simulator::{Simulator, Workflow};

use crate::{
    engine::{Engine, LAMBDA, Wire},
    upstream::{stats, tenant},
    world::World,
};

/// An export with one task, which calls this address with a password of its own.
fn export(url: &str) -> Value {
    let parameters = json!({"url": url, "password": format!("hunter-{url}")});
    let task = json!({"id": 101, "name": "Call", "action_type": "Callout", "task_id": null, "parameters": parameters});
    let link =
        json!({"source_workflow_id": 100, "source_task_id": null, "target_task_id": 101, "linkage_type": "Start"});
    json!({"workflow": {"id": 100, "name": "Told"}, "tasks": [task], "linkages": [link]})
}

/// The items of a customer's partition whose sort keys start with a text.
async fn items(world: &World, customer: &str, prefix: &str) -> Vec<HashMap<String, AttributeValue>> {
    let items = world.partition(&world.stack.table_name, &format!("CUSTOMER#{customer}")).await;
    items.into_iter().filter(|item| item["SK"].as_s().unwrap().starts_with(prefix)).collect()
}

fn hashes(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["hash"].as_str().unwrap()).collect()
}

fn text(value: Timestamp) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[tokio::test]
async fn the_definitions_that_a_workflow_had_are_listed_and_read_byte_for_byte_and_go_with_the_customer() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("versions", 3);
    let told = tenant.add(Workflow { export: Some(export("a")), ..Workflow::named("Told") });
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}/workflows/{told}");
    let get = async |rest: &str| world.api.get(&format!("{path}/{rest}")).await;
    let original = get("definition").await.text;
    let a = content_hash(original.as_bytes());
    let list = get("definitions").await.expect(200);
    let [only] = list["items"].as_array().unwrap().as_slice() else { panic!("{list}") };
    let expected = json!({
        "hash": a, "stored_at": only["stored_at"], "replaced_at": null, "kept_until": null,
        "zuora_version": tenant.workflow(told).unwrap().active_version.unwrap().version,
        "bytes": original.len(), "job_id": first["id"],
    });
    assert_eq!((only, only["stored_at"].is_string()), (&expected, true));

    tenant.edit(told, |workflow| workflow.export = Some(export("b")));
    let second = world.sync(&id).await;
    assert_eq!(stats(&second), [0, 1, 3, 0, 4, 0], "{second}");
    let other = get("definition").await.text;
    let b = content_hash(other.as_bytes());
    tenant.edit(told, |workflow| workflow.export = Some(export("a")));
    let third = world.sync(&id).await;

    let list = get("definitions").await.expect(200);
    assert_eq!(hashes(&list), [&a, &b], "each once, the current one first");
    let [current, earlier] = list["items"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!((&current["job_id"], &current["replaced_at"]), (&third["id"], &Value::Null));
    assert_eq!((&earlier["job_id"], &earlier["replaced_at"]), (&second["id"], &current["stored_at"]), "without a gap");
    let until: Timestamp = earlier["kept_until"].as_str().unwrap().parse().unwrap();
    let kept = earlier["replaced_at"].as_str().unwrap().parse::<Timestamp>().unwrap().until(until);
    assert_eq!(kept.as_secs(), 400 * 24 * 3600);
    assert_eq!(items(&world, &id, &format!("DEFINITION#{told}#")).await.len(), 2, "nothing is stored twice");
    for (hash, bytes) in [(&a, &original), (&b, &other)] {
        let read = get(&format!("definition?hash={hash}")).await;
        assert_eq!((read.status, &read.text), (200, bytes));
        assert_eq!(read.headers["etag"], format!("\"{hash}\""));
        assert_eq!(&get(&format!("definition?hash={hash}&part=1")).await.text, bytes);
    }
    let changes = get("changes").await.expect(200);
    assert_eq!(changes["items"][0]["definition"], json!({"before": b, "after": a}));
    assert_eq!(changes["items"][2]["definition"], json!({"before": null, "after": a}));
    let page = get("definitions?limit=1").await.expect(200);
    let next = get(&format!("definitions?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (hashes(&page), hashes(&next), &next["next_cursor"]),
        (vec![a.as_str()], vec![b.as_str()], &Value::Null)
    );

    let name = world.customer(&id).await["name"].as_str().unwrap().replace(' ', "%20");
    world.api.delete(&format!("/v1/customers/{id}?confirm={name}")).await.expect(202);
    world.wait_until("the partition is empty", async || items(&world, &id, "").await.is_empty()).await;
}

#[tokio::test]
async fn two_definitions_of_a_workflow_are_compared_with_their_values_and_without_its_secrets() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("compared", 2);
    let told = tenant.add(Workflow { export: Some(export("a")), ..Workflow::named("Told") });
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.edit(told, |workflow| workflow.export = Some(export("b")));
    world.sync(&id).await;
    let path = format!("/v1/customers/{id}/workflows/{told}");
    let list = world.api.get(&format!("{path}/definitions")).await.expect(200);
    let [b, a] = hashes(&list)[..] else { panic!("{list}") };
    let diff = async |query: &str| world.api.get(&format!("{path}/diff?{query}")).await;

    let told = diff(&format!("from={a}")).await;

    assert!(!told.text.contains("hunter"), "{}", told.text);
    let told = told.expect(200);
    assert_eq!((&told["from"], &told["to"], &told["classes"]), (&json!(a), &json!(b), &json!(["logic"])));
    let edits = json!([
        {"path": "parameters.password", "class": "logic", "before": "***", "after": "***", "masked": true},
        {"path": "parameters.url", "class": "logic", "before": "a", "after": "b"},
    ]);
    let edited = json!([{"name": "Call", "action_type": "Callout", "edits": edits}]);
    assert_eq!(told["tasks"], json!({"added": [], "removed": [], "renamed": [], "edited": edited}), "{told}");
    for same in [format!("from={a}&to=current"), format!("to={b}&from={a}")] {
        assert_eq!(diff(&same).await.expect(200), told, "{same}");
    }
    let back = diff(&format!("from={b}&to={a}")).await.expect(200);
    assert_eq!(back["tasks"]["edited"][0]["edits"][1]["before"], "b");
    assert_eq!(diff(&format!("from={a}&to={a}")).await.expect(200)["classes"], json!([]));
    for (query, parameter) in [("", "from"), ("from=current", "from"), (&format!("from={a}&to=b") as &str, "to")] {
        let answer = diff(query).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (400, &json!(parameter)), "{}", answer.text);
    }
    for unknown in [format!("from={}", "0".repeat(32)), format!("from={a}&to={}", "0".repeat(32))] {
        assert_eq!(diff(&unknown).await.status, 404, "{unknown}");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_hash_is_nothing_to_another_workflow_or_customer_and_anything_else_is_no_hash() {
    let world = World::connect().await;
    let (simulator, ours) = tenant("ours", 2);
    let theirs = simulator.tenant("theirs");
    theirs.seed(2);
    let workflow = ours.ids()[0];
    ours.alter(workflow, |workflow| workflow.export = Some(export("a")));
    let (us, _) = world.create_and_sync(&ours, &simulator.base_url()).await;
    let (them, _) = world.create_and_sync(&theirs, &simulator.base_url()).await;
    let path = |customer: &str, workflow: u64, hash: &str| {
        format!("/v1/customers/{customer}/workflows/{workflow}/definition?hash={hash}")
    };
    let current = world.api.get(&format!("/v1/customers/{us}/workflows/{workflow}/definition")).await;
    let hash = content_hash(current.text.as_bytes());
    ours.edit(workflow, |workflow| workflow.export = Some(export("b")));
    world.sync(&us).await;

    world.api.get(&path(&us, workflow, &hash)).await.expect(200);
    let others = [(&us, ours.ids()[1]), (&them, theirs.ids()[0]), (&them, workflow), (&us, 4711)];
    for (customer, workflow) in others {
        let answer = world.api.get(&path(customer, workflow, &hash)).await;
        assert_eq!(answer.status, 404, "{customer} {workflow}: {}", answer.text);
    }
    assert_eq!(world.api.get(&path(&us, workflow, &"0".repeat(32))).await.status, 404);
    assert_eq!(world.api.get(&format!("/v1/customers/{us}/workflows/4711/definitions")).await.status, 404);
    for wrong in ["", "current", &hash[1..], &format!("{hash}%23")] {
        let answer = world.api.get(&path(&us, workflow, wrong)).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["pointer"]),
            (400, &json!("hash")),
            "{wrong}: {}",
            answer.text
        );
    }
    for customer in [us, them] {
        world.remove(&customer).await;
    }
}

#[tokio::test]
async fn the_definitions_of_a_workflow_outlive_it_and_each_is_gone_when_its_time_is_over() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("outlived", 8);
    let gone = tenant.ids()[3];
    tenant.alter(gone, |workflow| workflow.export = Some(export("a")));
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.edit(gone, |workflow| workflow.export = Some(export("b")));
    world.sync(&id).await;
    tenant.remove(gone);
    world.sync(&id).await;
    let path = format!("/v1/customers/{id}/workflows/{gone}");
    let (partition, record) = (format!("CUSTOMER#{id}"), format!("WORKFLOW#{gone}"));
    let deleted_at = shared::clock::now().minus(std::time::Duration::from_secs(31 * 24 * 3600));
    world.set(&partition, &record, &[("deleted_at", text(deleted_at))]).await;

    world.let_a_day_pass(&id).await;
    world.sync(&id).await;
    world.let_a_day_pass(&id).await;
    world.sync(&id).await;

    assert_eq!(world.api.get(&path).await.status, 404, "it is removed for good");
    assert_eq!(world.api.get(&format!("{path}/definition")).await.status, 404);
    let list = world.api.get(&format!("{path}/definitions")).await.expect(200);
    let [b, a] = hashes(&list)[..] else { panic!("{list}") };
    assert_eq!(
        list["items"][1]["replaced_at"],
        json!(deleted_at.to_string()),
        "the deletion is the end of its last one"
    );
    let read = async |hash: &str| world.api.get(&format!("{path}/definition?hash={hash}")).await;
    assert_eq!((read(a).await.status, read(b).await.status), (200, 200));

    // DynamoDB has not removed the record yet.
    let ended = shared::clock::now().minus(std::time::Duration::from_secs(60));
    let ttl = AttributeValue::N(ended.seconds().to_string());
    world.set(&partition, &format!("KEPT#{gone}#{a}"), &[("kept_until", text(ended)), ("ttl", ttl)]).await;
    assert_eq!((read(a).await.status, read(b).await.status), (404, 200));
    assert_eq!(hashes(&world.api.get(&format!("{path}/definitions")).await.expect(200)), [b]);
    world.let_a_day_pass(&id).await;
    world.sync(&id).await;
    let left = items(&world, &id, &format!("DEFINITION#{gone}#")).await;
    assert!(left.len() == 1 && left[0]["SK"].as_s().unwrap().contains(b), "{left:?}");
    assert_eq!(items(&world, &id, "KEPT#").await.len(), 1);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_kept_definition_that_is_damaged_is_never_shown_and_one_damaged_before_is_not_kept() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("damaged-before", 2);
    let told = tenant.add(Workflow { export: Some(export("a")), ..Workflow::named("Told") });
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}/workflows/{told}");
    let publish = async |url: &str| {
        tenant.edit(told, |workflow| workflow.export = Some(export(url)));
        assert_eq!(stats(&world.sync(&id).await), [0, 1, 2, 0, 3, 0]);
        let text = world.api.get(&format!("{path}/definition")).await.text;
        (content_hash(text.as_bytes()), text)
    };
    let damage = async |hash: &str| {
        let mut chunk = items(&world, &id, &format!("DEFINITION#{told}#{hash}#")).await.remove(0);
        chunk.insert("chunk".to_owned(), AttributeValue::B(b"nothing".to_vec().into()));
        world.put_item(chunk).await;
    };
    let (b, _) = publish("b").await;
    let (c, _) = publish("c").await;

    damage(&b).await;
    let answer = world.api.get(&format!("{path}/definition?hash={b}")).await;
    assert_eq!((answer.status, &answer.body["type"]), (503, &json!("/problems/definition-damaged")), "{}", answer.text);
    assert_eq!(world.api.get(&format!("{path}/diff?from={b}")).await.status, 503);
    damage(&c).await;
    let (again, text) = publish("b").await;

    assert_eq!(again, b, "what comes back is whole again");
    assert_eq!(world.api.get(&format!("{path}/definition?hash={b}")).await.text, text);
    let list = world.api.get(&format!("{path}/definitions")).await.expect(200);
    assert!(hashes(&list).len() == 2 && !hashes(&list).contains(&c.as_str()), "{list}");
    world.remove(&id).await;
}

#[tokio::test]
async fn keeping_definitions_costs_a_sync_no_call_and_without_it_none_is_left() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start(&world).await;
    let mut runs = Vec::new();
    for keeps in [true, false] {
        let tenant = simulator.tenant(if keeps { "keeping" } else { "not-keeping" });
        tenant.seed(12);
        let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
        engine.run(&first).await;
        // One by one, so that the number of transactions does not depend on which are ready together.
        for workflow in &tenant.ids()[..3] {
            tenant.edit(*workflow, |workflow| workflow.tasks += 1);
            let job = engine.request_sync(&customer).await;
            let wire = Wire::sound();
            let mut worker = engine.worker_over(&wire.sdk(&world.sdk));
            worker.syncer.keep_definitions = worker.syncer.keep_definitions.filter(|_| keeps);
            assert_eq!(engine.run_over(&worker, &job, LAMBDA).await.stats.updated, 1);
            runs.push((keeps, wire.calls().len()));
        }
        let stored = engine.stored(&customer).await;
        assert_eq!((stored.orphans().len(), stored.kept.len()), (0, if keeps { 3 } else { 0 }));
        assert_eq!(stored.chunks.len(), if keeps { 15 } else { 12 });
    }
    let calls = |keeping: bool| runs.iter().filter(|(keeps, _)| *keeps == keeping).map(|(_, calls)| *calls).min();
    assert_eq!(calls(true), calls(false), "{runs:?}");
    engine.stop().await;
}
