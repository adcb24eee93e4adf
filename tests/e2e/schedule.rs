//! The schedule's tick and the sweeper.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::{clock, domain::time::Timestamp};
use tests::simulator::Simulator;

use crate::world::World;

type Item = HashMap<String, AttributeValue>;

fn ago(seconds: i64) -> String {
    Timestamp::from_millis(clock::now().millis() - seconds * 1000).to_string()
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

async fn edit(world: &World, pk: &str, sk: &str, change: impl FnOnce(&mut Item)) {
    let mut item = world.item(pk, sk).await.unwrap();
    change(&mut item);
    world.put_item(item).await;
}

#[tokio::test]
async fn an_event_enqueues_each_due_customer_once_and_the_same_event_nothing_more() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("due");
    tenant.seed(3);
    let (due, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let (manual, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    world.api.patch(&format!("/v1/customers/{manual}"), &json!({"sync_frequency": "manual"})).await.expect(200);
    let (paused, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    world.api.post(&format!("/v1/customers/{paused}/pause"), &json!({})).await.expect(200);
    for id in [&due, &paused] {
        world.make_due(id, clock::now().minus(Duration::from_secs(3 * 3600))).await;
    }
    // Far enough back that customers of other tests, due in the future, are left alone.
    let event = json!({"task": "schedule", "time": ago(60)});

    // The index may lag behind the edit by a moment, so the event may have to come again: that is what it is for.
    world
        .wait_until("the due customer has a scheduled job", async || {
            world.invoke("schedule", &event).await;
            world.jobs_of(&due).await.len() == 2
        })
        .await;
    world.invoke("schedule", &event).await;

    let jobs = world.jobs_of(&due).await;
    assert_eq!((jobs.len(), &jobs[0]["trigger"]), (2, &json!("schedule")));
    assert!(world.customer(&due).await["next_sync_at"].as_str().unwrap() > ago(3600).as_str(), "moved on");
    assert_eq!((world.jobs_of(&manual).await.len(), world.jobs_of(&paused).await.len()), (1, 1));
    assert_eq!(world.wait_for_job(jobs[0]["id"].as_str().unwrap()).await["state"], "succeeded");
    for id in [&due, &manual, &paused] {
        world.remove(id).await;
    }
}

#[tokio::test]
async fn a_job_stuck_by_a_crash_is_revived_by_the_sweeper() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("stuck");
    tenant.seed(4);
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let (pk, job_id) = (format!("CUSTOMER#{id}"), job["id"].as_str().unwrap().to_owned());
    // As a worker that died leaves it: the job runs, the customer names it, the lock has expired, and no message is left.
    let expired = ago(660);
    edit(&world, &pk, &format!("JOB#{job_id}"), |item| {
        item.insert("state".into(), text("running"));
        item.insert("lock_until".into(), text(&expired));
        item.insert("finished_at".into(), AttributeValue::Null(true));
        item.insert("GSI1PK".into(), text("JOBS#running"));
    })
    .await;
    edit(&world, &pk, "STATE", |item| drop(item.insert("sync_job_id".into(), text(&job_id)))).await;
    let lock = [("PK", pk.as_str()), ("SK", "LOCK"), ("job_id", &job_id), ("lock_until", &expired)];
    world.put_item(lock.map(|(name, value)| (name.to_owned(), text(value))).into()).await;

    world
        .wait_until("the sweeper revives it", async || {
            world.invoke("schedule", &json!({"task": "sweep", "time": ago(0)})).await;
            world.job(&job_id).await["state"] == "succeeded"
        })
        .await;

    assert!(world.item(&pk, "LOCK").await.is_none(), "the lock was given back");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_queued_job_whose_message_was_lost_is_sent_again() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("lost");
    tenant.seed(4);
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let (pk, job_id) = (format!("CUSTOMER#{id}"), job["id"].as_str().unwrap().to_owned());
    edit(&world, &pk, &format!("JOB#{job_id}"), |item| {
        item.insert("state".into(), text("queued"));
        item.insert("next_attempt_at".into(), text(ago(700)));
        item.insert("finished_at".into(), AttributeValue::Null(true));
        item.insert("GSI1PK".into(), text("JOBS#queued"));
    })
    .await;
    edit(&world, &pk, "STATE", |item| drop(item.insert("sync_job_id".into(), text(&job_id)))).await;

    world
        .wait_until("the sweeper sends it", async || {
            world.invoke("schedule", &json!({"task": "sweep", "time": ago(0)})).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            world.job(&job_id).await["state"] == "succeeded"
        })
        .await;
    world.remove(&id).await;
}
