//! Failures that need nobody any more: settled by a later sync, dismissed, or removed. Row R190 of docs/reliability.md.

use serde_json::{Value, json};
use tests::simulator::Fault;

use crate::{people::Person, upstream::tenant, world::World};

async fn letters_of(world: &World, customer: &str) -> Vec<Value> {
    let letters = world.api.get(&format!("/v1/dead-letters?customer_id={customer}")).await.expect(200);
    letters["items"].as_array().unwrap().iter().map(|letter| letter["job_id"].clone()).collect()
}

#[tokio::test]
async fn of_a_customers_failed_syncs_only_the_last_is_open_and_a_success_leaves_none() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("settled", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().status(403));
    let first = world.sync(&id).await["id"].clone();
    tenant.fault(Fault::token().status(401));
    tenant.revoke_tokens();
    let second = world.sync(&id).await["id"].clone();
    assert_eq!(letters_of(&world, &id).await, std::slice::from_ref(&second));

    let success = world.sync(&id).await;

    assert_eq!(success["state"], "succeeded");
    assert_eq!(letters_of(&world, &id).await, [Value::Null; 0]);
    for (failed, by) in [(&first, &second), (&second, &success["id"])] {
        let job = world.job(failed.as_str().unwrap()).await;
        assert_eq!((&job["state"], &job["superseded_by"]), (&json!("failed"), by), "it stays in the history");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_failed_job_is_dismissed_by_who_may_sync_and_the_trail_says_by_whom() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("dismissed", 3);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().status(403));
    let job = world.sync(&id).await;
    assert_eq!(job["actions"], json!(["retry", "dismiss"]));
    let path = format!("/v1/jobs/{}/dismiss", job["id"].as_str().unwrap());
    let viewer = Person::granted(&world, &id, &["view"]).await;
    assert_eq!(viewer.api.post(&path, &json!({})).await.status, 403);

    for _ in 0..2 {
        let dismissed = world.api.post(&path, &json!({})).await.expect(200);
        assert_eq!((&dismissed["state"], &dismissed["actions"]), (&json!("failed"), &json!(["retry"])));
        assert_eq!(dismissed["dismissed"]["actor_email"], "admin@example.com");
    }

    assert_eq!(letters_of(&world, &id).await, [Value::Null; 0]);
    let trail = world.api.get(&format!("/v1/customers/{id}/audit?action=job.dismiss")).await.expect(200);
    let outcomes: Vec<_> = trail["items"].as_array().unwrap().iter().map(|record| &record["outcome"]).collect();
    assert_eq!(outcomes, ["done", "refused"]);
    let again = world.api.post(&format!("/v1/jobs/{}/retry", job["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!((again.status, &again.body["dismissed"]), (202, &Value::Null));
    world.wait_for_job(job["id"].as_str().unwrap()).await;
    let over = world.api.post(&path, &json!({})).await;
    assert_eq!(over.status, 409, "{}", over.text);
    viewer.leave(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn an_unreadable_message_is_removed_by_who_may_sync_everything() {
    let world = World::connect().await;
    let mark = uuid::Uuid::now_v7().simple().to_string();
    world.send(&mark).await;
    let ours = async || {
        let letters = world.api.get("/v1/dead-letters?limit=200").await.expect(200);
        let letters = letters["items"].as_array().unwrap().clone();
        letters.into_iter().find(|letter| letter["body"] == json!(mark))
    };
    world.wait_until("the message is set aside", async || ours().await.is_some()).await;
    let letter = ours().await.unwrap();
    assert_eq!(letter["actions"], json!(["delete"]));
    let path = format!("/v1/dead-letters/{}", letter["message_id"].as_str().unwrap());
    let operator = Person::granted(&world, "all", &["view"]).await;
    assert_eq!(operator.api.delete(&path).await.status, 403);

    assert_eq!(world.api.delete(&path).await.status, 204);
    assert_eq!(world.api.delete(&path).await.status, 404);

    assert!(ours().await.is_none());
    operator.leave(&world).await;
}
