//! Messages that arrive twice, late, or as nonsense; triggers that arrive together; retries that do not apply.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::clock;
use tests::simulator::{Route, Simulator};

use crate::world::World;

#[tokio::test]
async fn a_message_that_comes_again_and_one_that_is_stale_do_nothing() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("twice");
    tenant.seed(5);
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    let before = world.job(job["id"].as_str().unwrap()).await;

    for seq in [0, 1, 1, 7] {
        let body = json!({"type": "job.v1", "job_id": job["id"], "customer_id": id, "seq": seq});
        world.send(&body.to_string()).await;
    }
    // A later job of the same customer shows that the queue has moved past those messages.
    world.sync(&id).await;

    assert_eq!(world.job(job["id"].as_str().unwrap()).await, before);
    assert_eq!(world.jobs_of(&id).await.len(), 2);
    assert_eq!(tenant.count(Route::List), 1, "only the later job asked Zuora");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_message_that_comes_again_while_its_job_runs_does_nothing() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("again");
    tenant.seed(5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;
    let item = world.item(&format!("CUSTOMER#{id}"), &format!("JOB#{running}")).await.unwrap();
    let seq: u64 = item["seq"].as_n().unwrap().parse().unwrap();

    for _ in 0..3 {
        world.send(&json!({"type": "job.v1", "job_id": running, "customer_id": id, "seq": seq}).to_string()).await;
    }
    // Another customer's whole sync shows that the queue has moved past those messages.
    let other = simulator.tenant("meanwhile");
    other.seed(1);
    let (other_id, _) = world.create_and_sync(&other, &simulator.base_url()).await;
    hold.release();

    let job = world.wait_for_job(&running).await;
    assert_eq!((&job["state"], &job["attempts"], &job["follow_up"]), (&json!("succeeded"), &json!(1), &json!(false)));
    assert_eq!((tenant.count(Route::List), world.jobs_of(&id).await.len()), (1, 2));
    for id in [&id, &other_id] {
        world.remove(id).await;
    }
}

#[tokio::test]
async fn a_message_nobody_can_read_is_set_aside_with_its_reason_and_the_others_go_on() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("readable");
    tenant.seed(5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let mark = uuid::Uuid::now_v7().simple().to_string();
    let unreadable = [
        (format!("hello {mark}"), "the body is not JSON"),
        (json!({"type": "job.v9", "mark": mark}).to_string(), "the type is missing or unknown"),
        (json!({"type": "job.v1", "job_id": "x", "mark": mark}).to_string(), "customer_id is missing"),
    ];

    for (body, _) in &unreadable {
        world.send(body).await;
    }
    assert_eq!(world.sync(&id).await["state"], "succeeded");

    world
        .wait_until("all unreadable messages are listed with their reasons", async || {
            let letters = world.api.get("/v1/dead-letters?limit=200").await.expect(200);
            let letters = letters["items"].as_array().unwrap().clone();
            unreadable.iter().all(|(body, reason)| {
                letters.iter().any(|letter| letter["body"] == body.as_str() && letter["reason"] == *reason)
            })
        })
        .await;
    world.remove(&id).await;
}

#[tokio::test]
async fn triggers_while_a_sync_is_queued_join_it() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("joined");
    tenant.seed(5);
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();
    // Another job's lock keeps the next sync queued until it expires.
    let lock_until = async |until: String| {
        let (pk, job) = (format!("CUSTOMER#{id}"), first["id"].as_str().unwrap().to_owned());
        let lock = [("PK", pk), ("SK", "LOCK".into()), ("job_id", job), ("lock_until", until)];
        world.put_item(lock.map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).into()).await;
    };
    lock_until(clock::now().plus(Duration::from_secs(600)).to_string()).await;
    let queued = world.ask_for_sync(&id).await;

    for _ in 0..3 {
        let asked = world.api.post(&format!("/v1/customers/{id}/sync"), &json!({})).await.expect(202);
        assert_eq!(asked, json!({"job_id": queued, "state": "queued", "follow_up": false}));
    }
    assert_eq!(tenant.requests().len(), 0, "nobody works on a customer that is locked");
    lock_until(clock::now().to_string()).await;

    let job = world.wait_for_job(&queued).await;
    assert_eq!((&job["state"], &job["attempts"]), (&json!("succeeded"), &json!(1)), "{job}");
    assert_eq!((tenant.count(Route::List), world.jobs_of(&id).await.len()), (1, 2));
    world.remove(&id).await;
}

#[tokio::test]
async fn triggers_while_a_sync_runs_are_followed_by_exactly_one_more() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("triggers");
    tenant.seed(5);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    for _ in 0..3 {
        let asked = world.api.post(&format!("/v1/customers/{id}/sync"), &json!({})).await.expect(202);
        assert_eq!((&asked["job_id"], &asked["follow_up"]), (&json!(running), &json!(true)));
    }
    hold.release();
    assert_eq!(world.wait_for_job(&running).await["state"], "succeeded");

    let jobs = world.jobs_of(&id).await;
    assert_eq!((jobs.len(), &jobs[0]["trigger"]), (3, &json!("follow_up")), "{jobs:?}");
    assert_eq!(world.wait_for_job(jobs[0]["id"].as_str().unwrap()).await["state"], "succeeded");
    assert_eq!(world.jobs_of(&id).await.len(), 3, "and no more");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_job_that_did_not_fail_is_not_retried() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("done");
    tenant.seed(1);
    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    let answer = world.api.post(&format!("/v1/jobs/{}/retry", job["id"].as_str().unwrap()), &json!({})).await;

    assert_eq!((answer.status, &answer.body["type"]), (409, &json!("/problems/conflict")));
    assert!(answer.body["detail"].as_str().unwrap().contains("succeeded"), "{}", answer.text);
    world.remove(&id).await;
}

#[tokio::test]
async fn two_clicks_on_retry_make_one_attempt() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("clicks");
    tenant.seed(3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let right = tenant.client_secret();
    tenant.set_secret("wrong");
    tenant.revoke_tokens();
    let failed = world.sync(&id).await;
    assert_eq!(failed["state"], "failed");
    tenant.set_secret(&right);
    tenant.reset_requests();
    let path = format!("/v1/jobs/{}/retry", failed["id"].as_str().unwrap());

    let body = json!({});
    let (first, second) = tokio::join!(world.api.post(&path, &body), world.api.post(&path, &body));

    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409], "{} {}", first.text, second.text);
    assert_eq!(world.wait_for_job(failed["id"].as_str().unwrap()).await["state"], "succeeded");
    let listed = tenant.requests().iter().filter(|seen| seen.route == Route::List && seen.status == Some(200)).count();
    assert_eq!(listed, 1, "one attempt, after its cached token was rejected");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_dead_letter_moved_back_by_hand_is_worked_on() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("moved");
    tenant.seed(3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let right = tenant.client_secret();
    tenant.set_secret("wrong");
    tenant.revoke_tokens();
    let failed = world.sync(&id).await;
    tenant.set_secret(&right);
    let item = world.item(&format!("CUSTOMER#{id}"), &format!("JOB#{}", failed["id"].as_str().unwrap())).await.unwrap();
    let seq: u64 = item["seq"].as_n().unwrap().parse().unwrap();

    // What `aws sqs start-message-move-task` does: the same body, as a new message.
    let body = json!({"type": "job.v1", "job_id": failed["id"], "customer_id": id, "seq": seq});
    world.send(&body.to_string()).await;

    let job = world.wait_for_job_state(failed["id"].as_str().unwrap(), &["succeeded"]).await;
    assert_eq!(job["dead_lettered_at"], Value::Null);
    world.remove(&id).await;
}
