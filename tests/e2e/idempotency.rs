//! `Idempotency-Key`: a customer is created once, however often, by anybody and despite any deaths of functions. Row R68 of
//! docs/reliability.md.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use shared::clock;
use tests::simulator::Simulator;

use crate::{
    engine::{Death, Engine, Wire, creation},
    people::Person,
    world::World,
};

fn new_key() -> String {
    uuid::Uuid::now_v7().to_string()
}

#[tokio::test]
async fn the_same_request_under_the_same_key_is_done_once_and_answered_with_the_customer_as_it_is() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("once");
    let body = World::creation(&tenant, &simulator.base_url());
    let key = new_key();

    let first = world.api.post_once("/v1/customers", &key, &body).await;
    let id = first.clone().expect(201)["id"].as_str().unwrap().to_owned();
    world.wait_for_job(world.jobs_of(&id).await[0]["id"].as_str().unwrap()).await;
    world.api.post(&format!("/v1/customers/{id}/pause"), &json!({})).await.expect(200);
    tenant.reset_requests();
    let again = world.api.post_once("/v1/customers", &key, &body).await;

    assert_eq!((again.status, &again.headers["location"]), (201, &first.headers["location"]));
    assert_eq!((&again.body["id"], &again.body["status"]), (&json!(id), &json!("paused")));
    assert!(tenant.requests().is_empty(), "Zuora is not asked again");
    let mut other = body.clone();
    other["zuora_client_secret"] = json!("another-secret");
    let refused = world.api.post_once("/v1/customers", &key, &other).await;
    assert_eq!((refused.status, &refused.body["type"]), (422, &json!("/problems/idempotency-key-reused")));

    let person = Person::granted(&world, "all", &["create"]).await;
    let theirs = person.api.post_once("/v1/customers", &key, &body).await.expect(201);
    assert_ne!(theirs["id"], id.as_str(), "another caller's keys are other keys");
    let theirs = theirs["id"].as_str().unwrap();
    assert_eq!(person.api.post_once("/v1/customers", &key, &body).await.expect(201)["id"], theirs);
    world.api.delete(&format!("/v1/customers/{theirs}/grants/{}", person.sub)).await.expect(204);
    let withdrawn = person.api.post_once("/v1/customers", &key, &body).await;
    assert_eq!(withdrawn.status, 404, "who may not see it any more gets no copy: {}", withdrawn.text);
    person.leave(&world).await;
    for id in [&id, theirs] {
        world.remove(id).await;
    }
    let gone = world.api.post_once("/v1/customers", &key, &body).await;
    assert_eq!(gone.status, 404, "what is gone is not shown from memory: {}", gone.text);
}

#[tokio::test]
async fn of_the_same_request_many_times_at_once_one_is_done_and_the_others_are_told_or_answered_the_same() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("at once");
    let body = World::creation(&tenant, &simulator.base_url());
    let key = new_key();

    let answers = join_all((0..6).map(|_| world.api.post_once("/v1/customers", &key, &body))).await;

    let created: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(!created.is_empty() && created.iter().all(|answer| answer.text == created[0].text));
    for told in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!((told.status, &told.body["type"]), (409, &json!("/problems/request-in-flight")));
        assert!(told.headers.contains_key("retry-after"));
    }
    let name = body["name"].as_str().unwrap().replace(' ', "%20");
    let found = world.api.get(&format!("/v1/customers?name={name}")).await.expect(200);
    assert_eq!(found["total"], 1);
    world.remove(created[0].body["id"].as_str().unwrap()).await;
}

#[tokio::test]
async fn a_request_that_failed_may_be_put_right_under_the_same_key_and_a_key_is_plain_text() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("put right");
    let body = World::creation(&tenant, &simulator.base_url());
    let mut wrong = body.clone();
    wrong["zuora_client_secret"] = json!("wrong");
    let key = new_key();

    assert_eq!(world.api.post_once("/v1/customers", &key, &wrong).await.status, 422);
    let created = world.api.post_once("/v1/customers", &key, &body).await.expect(201);
    for key in ["", " ", &"k".repeat(256)] {
        let refused = world.api.post_once("/v1/customers", key, &body).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (400, &json!("Idempotency-Key")), "{key}");
    }
    world.remove(created["id"].as_str().unwrap()).await;
}

#[tokio::test]
async fn wherever_a_creation_dies_its_repetition_makes_exactly_one_customer() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("dying");
    let engine = Engine::start(&world).await;
    let sound = engine.worker_over(&Wire::sound().sdk(&world.sdk));
    let after_the_lease = clock::now().plus(Duration::from_secs(90));
    let mut customers = 0;
    for call in 0.. {
        let mut died = false;
        for death in [Death::Before(call), Death::After(call)] {
            let key = new_key();
            let wire = Wire::dying(death);
            let dying = engine.worker_over(&wire.sdk(&world.sdk));
            let first = engine.create_once(&dying, creation(&tenant, &simulator.base_url()), &key, clock::now()).await;
            died |= wire.calls().len() > call;
            let new = creation(&tenant, &simulator.base_url());
            let again = engine.create_once(&sound, new, &key, after_the_lease).await.unwrap();

            customers += 1;
            assert_eq!(engine.customers().await.len(), customers, "{death:?}");
            if let Ok(first) = first {
                assert_eq!(first.id, again.id);
            }
        }
        if !died {
            break;
        }
    }
    assert!(customers > 6, "it makes several calls");
    engine.stop().await;
}
