//! Events during a sync: copies of its message, a worker that stalls, a customer that is changed, paused, deleted or created
//! again. Nothing is mixed, nothing reappears, nothing is left over. Rows R02, R10, R31 to R36 and R48 of docs/reliability.md.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use serde_json::json;
use shared::{clock, domain::time::Timestamp};
use tests::simulator::{Fault, Route};

use crate::{
    upstream::{create_unverified, stats, tenant},
    world::World,
};

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn long_ago() -> AttributeValue {
    text(Timestamp::from_millis(clock::now().millis() - 1000).to_string())
}

/// The customer's newest job.
async fn newest(world: &World, customer: &str) -> String {
    world.jobs_of(customer).await[0]["id"].as_str().unwrap().to_owned()
}

/// Deletes a customer; returns the id of its purge.
async fn delete(world: &World, customer: &str) -> String {
    let name = world.customer(customer).await["name"].as_str().unwrap().replace(' ', "%20");
    let deleted = world.api.delete(&format!("/v1/customers/{customer}?confirm={name}")).await.expect(202);
    deleted["job_id"].as_str().unwrap().to_owned()
}

async fn wait_until_nothing_is_left(world: &World, customer: &str) {
    let partition = format!("CUSTOMER#{customer}");
    world
        .wait_until("nothing of the customer is left", async || {
            world.partition(&world.stack.table_name, &partition).await.is_empty()
        })
        .await;
    for partition in [format!("CREDENTIALS#{customer}"), format!("TOKEN#{customer}")] {
        assert!(world.partition(&world.stack.vault_table_name, &partition).await.is_empty(), "{partition}");
    }
}

#[tokio::test]
async fn six_copies_of_a_message_at_the_same_moment_make_one_run() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("copies", 5);
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let job = job["id"].as_str().unwrap();
    // The job waits for its message once more, as before its first run.
    let queued = [
        ("state", text("queued")),
        ("next_attempt_at", long_ago()),
        ("finished_at", AttributeValue::Null(true)),
        ("GSI1PK", text("JOBS#queued")),
    ];
    world.set_job(&id, job, &queued).await;
    world.set(&format!("CUSTOMER#{id}"), "STATE", &[("sync_job_id", text(job))]).await;
    tenant.reset_requests();
    let hold = tenant.hold(Route::List);

    join_all((0..6).map(|_| world.deliver(&id, job))).await;
    hold.wait_for_arrival().await;
    // Another customer's whole sync shows that the queue has moved past the copies.
    let (other_zuora, other) = self::tenant("beside", 1);
    let (other_id, _) = world.create_and_sync(&other, &other_zuora.base_url()).await;
    hold.release();

    let job = world.wait_for_job(job).await;
    assert_eq!((&job["state"], &job["attempts"], &job["follow_up"]), (&json!("succeeded"), &json!(2), &json!(false)));
    assert_eq!((tenant.count(Route::List), world.jobs_of(&id).await.len()), (1, 1));
    for id in [&id, &other_id] {
        world.remove(id).await;
    }
}

#[tokio::test]
async fn a_worker_that_stalled_until_another_took_over_changes_nothing_any_more() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("stalled", 6);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let edited = tenant.ids()[2];
    tenant.edit(edited, |workflow| workflow.name = "First edit".into());
    let hold = tenant.hold_next(Route::Export.workflow(edited));
    let job = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    // The lock runs out: the worker hangs, or the clock of the one that takes over is ahead. Its message comes again.
    world.set_job(&id, &job, &[("lock_until", long_ago())]).await;
    world.set(&format!("CUSTOMER#{id}"), "LOCK", &[("lock_until", long_ago())]).await;
    tenant.edit(edited, |workflow| workflow.name = "Second edit".into());
    world.deliver(&id, &job).await;
    let taken_over = world.wait_for_job(&job).await;
    assert_eq!((&taken_over["state"], stats(&taken_over)), (&json!("succeeded"), [0, 1, 5, 0, 6, 0]), "{taken_over}");
    hold.release();

    let path = format!("/v1/customers/{id}/workflows/{edited}");
    let answered = || tenant.requests().iter().all(|seen| seen.status.is_some());
    world.wait_until("the first worker has its export", async || answered()).await;
    let after = world.sync(&id).await;
    assert_eq!((&after["state"], stats(&after)), (&json!("succeeded"), [0, 0, 6, 0, 6, 0]), "{after}");
    assert_eq!(world.api.get(&path).await.expect(200)["name"], "Second edit");
    assert_eq!(world.job(&job).await, taken_over);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_customer_deleted_between_two_exports_leaves_nothing_behind() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("vanished", 12);
    let last = *tenant.ids().last().unwrap();
    let hold = tenant.hold(Route::Export.workflow(last));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    hold.wait_for_arrival().await;

    let purge = delete(&world, &id).await;
    hold.release();

    wait_until_nothing_is_left(&world, &id).await;
    for job in [job, purge] {
        assert_eq!(world.api.get(&format!("/v1/jobs/{job}")).await.status, 404);
    }
}

#[tokio::test]
async fn messages_of_a_deleted_customer_are_acknowledged_and_bring_nothing_back() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("forgotten", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().status(403));
    let failed = world.sync(&id).await["id"].as_str().unwrap().to_owned();
    tenant.fault(Fault::list().rate_limited(3600));
    let waiting = world.ask_for_sync(&id).await;
    world.wait_for_job_state(&waiting, &["waiting"]).await;
    let mut messages = Vec::new();
    for job in [&failed, &waiting] {
        let seq = world.seq_of(&id, job).await;
        messages.push(json!({"type": "job.v1", "job_id": job, "customer_id": id, "seq": seq}).to_string());
    }
    delete(&world, &id).await;
    wait_until_nothing_is_left(&world, &id).await;
    tenant.reset_requests();

    // The delayed message arrives, the dead letter is moved back by hand, and the dead letters are redriven.
    for message in &messages {
        world.send(message).await;
    }
    let redriven = world.api.post("/v1/dead-letters/redrive", &json!({"customer_id": id})).await.expect(200);

    assert_eq!((&redriven["redriven"], &redriven["remaining"]), (&json!(0), &json!(0)));
    let (other_zuora, other) = self::tenant("beside", 1);
    let (other_id, _) = world.create_and_sync(&other, &other_zuora.base_url()).await;
    wait_until_nothing_is_left(&world, &id).await;
    assert!(tenant.requests().is_empty(), "Zuora was asked");
    world.remove(&other_id).await;
}

#[tokio::test]
async fn a_customer_paused_between_two_exports_keeps_whole_workflows_and_loses_none() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("stopped", 60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    for workflow in tenant.ids() {
        tenant.edit(workflow, |workflow| workflow.tasks += 1);
    }
    tenant.remove(tenant.ids()[59]);
    let hold = tenant.hold(Route::Export.workflow(tenant.ids()[20]));
    let job = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    world.api.post(&format!("/v1/customers/{id}/pause"), &json!({})).await.expect(200);
    hold.release();

    let job = world.wait_for_job(&job).await;
    assert_eq!((&job["state"], &job["stats"]["deleted"]), (&json!("cancelled"), &json!(0)), "{job}");
    let workflows = world.workflows(&id).await;
    assert_eq!(workflows.len(), 60);
    for (workflow, shown) in &workflows {
        let tasks = world.api.get(&format!("/v1/customers/{id}/workflows/{workflow}/tasks")).await.expect(200);
        assert_eq!(
            tasks["items"].as_array().unwrap().len() as u64,
            shown["tasks_count"].as_u64().unwrap(),
            "{workflow}"
        );
    }
    world.api.post(&format!("/v1/customers/{id}/resume"), &json!({})).await.expect(200);
    let resumed = world.wait_for_job(&newest(&world, &id).await).await;
    assert_eq!((&resumed["state"], &resumed["stats"]["deleted"]), (&json!("succeeded"), &json!(1)), "{resumed}");
    assert_eq!((world.workflows(&id).await.len(), &world.customer(&id).await["workflows_count"]), (59, &json!(59)));
    world.remove(&id).await;
}

#[tokio::test]
async fn the_number_of_workflows_is_right_also_after_a_run_that_was_stopped() {
    let world = World::connect().await;
    // More than a run stores before it checks that it is still wanted.
    let (simulator, tenant) = tenant("counted", 150);
    let hold = tenant.hold(Route::Export);
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    hold.wait_for_arrival().await;
    world.api.post(&format!("/v1/customers/{id}/pause"), &json!({})).await.expect(200);
    hold.release();
    assert_eq!(world.wait_for_job(&job).await["state"], "cancelled");

    let stored = world.workflows(&id).await.len();

    assert!(stored > 0);
    assert_eq!(world.customer(&id).await["workflows_count"], stored);
    world.remove(&id).await;
}

#[tokio::test]
async fn credentials_changed_during_a_run_are_used_by_exactly_one_more() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("changing", 4);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;
    tenant.set_secret("a new one");
    tenant.reset_requests();

    let change = json!({"zuora_client_secret": "a new one", "verify": false});
    world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);
    hold.release();

    assert_eq!(
        world.wait_for_job(&running).await["state"],
        "succeeded",
        "it had begun with a token that is still good"
    );
    let next = newest(&world, &id).await;
    assert_ne!(next, running);
    assert_eq!(world.wait_for_job(&next).await["state"], "succeeded");
    assert_eq!(
        (world.jobs_of(&id).await.len(), tenant.count(Route::Token)),
        (3, 1),
        "one more job, with a token of its own"
    );
    world.remove(&id).await;
}

#[tokio::test]
async fn a_right_secret_saved_while_the_old_one_is_refused_is_not_blamed_for_it() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("crossed", 4);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.set_secret("a new one");
    tenant.revoke_tokens();
    let hold = tenant.hold_next(Route::Token);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    let change = json!({"zuora_client_secret": "a new one", "verify": false});
    world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);
    hold.release();

    let job = world.wait_for_job(&running).await;
    assert_eq!((&job["state"], &job["attempts"]), (&json!("succeeded"), &json!(1)), "{job}");
    let refused = &job["runs"][0];
    assert_eq!((&refused["state"], &refused["error"]["class"]), (&json!("waiting"), &json!("transient")), "{job}");
    let customer = world.customer(&id).await;
    assert_eq!((&customer["status"], &customer["connection"]["status"]), (&json!("active"), &json!("ok")));
    let letters = world.api.get(&format!("/v1/dead-letters?customer_id={id}")).await.expect(200);
    assert_eq!(letters["items"], json!([]));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_secret_saved_for_another_address_during_a_run_is_not_sent_to_the_old_one() {
    let world = World::connect().await;
    let (old_zuora, old) = tenant("old-home", 60);
    let (id, _) = world.create_and_sync(&old, &old_zuora.base_url()).await;
    let (new_zuora, new) = tenant("new-home", 0);
    for workflow in old.ids() {
        new.add(old.workflow(workflow).unwrap());
    }
    let moved = new.add(tests::simulator::Workflow::named("Made at the new address"));
    let hold = old.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;
    old.revoke_tokens();
    old.reset_requests();

    let change = json!({
        "zuora_base_url": new_zuora.base_url(), "zuora_client_id": new.client_id(),
        "zuora_client_secret": new.client_secret(), "verify": false,
    });
    world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);
    hold.release();

    world
        .wait_until("the workflow of the new address is there", async || {
            world.workflows(&id).await.contains_key(&moved.to_string())
        })
        .await;
    assert_eq!(world.wait_for_job(&running).await["stats"]["deleted"], 0);
    assert_eq!(old.count(Route::Token), 0, "the old address was asked for a token");
    assert!(old_zuora.strangers().is_empty(), "the old address saw the new credentials");
    assert!(new_zuora.strangers().is_empty(), "the new address saw the old ones");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_purge_that_died_half_way_is_taken_up_again() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("half-purged", 20);
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let partition = format!("CUSTOMER#{id}");
    // Another job's lock keeps the deployed worker from the purge, while the test brings it into the state after a death.
    let lock = |until: Timestamp| {
        let item = [
            ("PK", partition.clone()),
            ("SK", "LOCK".into()),
            ("job_id", "job_0".into()),
            ("lock_until", until.to_string()),
        ];
        world.put_item(item.map(|(name, value)| (name.to_owned(), text(value))).into())
    };
    lock(clock::now().plus(Duration::from_secs(600))).await;
    let purge = delete(&world, &id).await;
    assert_eq!(world.api.get(&format!("/v1/customers/{id}")).await.status, 404, "hidden at once");
    let items = world.partition(&world.stack.table_name, &partition).await;
    for item in items.iter().filter(|item| item["SK"].as_s().unwrap().starts_with("WORKFLOW#")).take(13) {
        let key = |name: &str| item[name].clone();
        let delete = world.dynamodb.delete_item().table_name(&world.stack.table_name);
        delete.key("PK", key("PK")).key("SK", key("SK")).send().await.unwrap();
    }
    world.wait_until("the purge found the lock taken", async || world.seq_of(&id, &purge).await > 1).await;
    world.set_job(&id, &purge, &[("state", text("running")), ("lock_until", long_ago())]).await;
    lock(Timestamp::EPOCH).await;

    world.deliver(&id, &purge).await;

    wait_until_nothing_is_left(&world, &id).await;
    for job in [purge.as_str(), first["id"].as_str().unwrap()] {
        assert!(world.item(&format!("JOB#{job}"), "POINTER").await.is_none());
    }
}

#[tokio::test]
async fn a_customer_made_anew_under_the_same_name_gets_nothing_of_the_old_ones_run() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("namesake", 12);
    let creation = World::creation(&tenant, &simulator.base_url());
    let old = world.api.post("/v1/customers", &creation).await.expect(201)["id"].as_str().unwrap().to_owned();
    world.wait_for_job(&newest(&world, &old).await).await;
    tenant.edit(tenant.ids()[0], |workflow| workflow.name = "Changed".into());
    let hold = tenant.hold_next(Route::Export);
    let running = world.ask_for_sync(&old).await;
    hold.wait_for_arrival().await;
    delete(&world, &old).await;

    let new = world.api.post("/v1/customers", &creation).await.expect(201);

    let new_id = new["id"].as_str().unwrap();
    assert_ne!(new_id, old);
    assert_eq!(new["workflows_count"], 0);
    let first = world.wait_for_job(&newest(&world, new_id).await).await;
    assert_eq!((&first["state"], stats(&first)), (&json!("succeeded"), [12, 0, 0, 0, 12, 0]), "{first}");
    hold.release();
    wait_until_nothing_is_left(&world, &old).await;
    assert_eq!(world.api.get(&format!("/v1/jobs/{running}")).await.status, 404);
    assert_eq!(world.workflows(new_id).await.len(), 12);
    // The schedule may have had its minute meanwhile.
    let jobs = world.jobs_of(new_id).await;
    assert_eq!(jobs.iter().filter(|job| job["trigger"] != "schedule").count(), 1, "{jobs:?}");
    assert_eq!(world.customer(new_id).await["last_sync"]["job_id"], first["id"]);
    world.remove(new_id).await;
}
