//! The actions that the API offers are those that it does not refuse: for each verb, and in the states where the two could part.

use serde_json::{Value, json};
use tests::simulator::{Fault, Simulator, Tenant};

use crate::{people::Person, upstream::tenant, world::World};

type Names = &'static [&'static str];

/// The actions on an active customer that each verb opens, and on one of its failed jobs, and on a held one.
const BY_VERB: [(&str, Names, Names, Names); 5] = [
    ("view", &[], &[], &[]),
    ("update", &["update", "pause"], &[], &[]),
    ("delete", &["delete"], &[], &[]),
    ("sync", &["sync", "dry_run", "test_connection", "redrive"], &["retry"], &[]),
    ("approve", &[], &[], &["approve_deletions"]),
];

/// A customer with a failed job and, after it, a held one.
async fn with_a_failed_and_a_held_job(world: &World) -> (Simulator, Tenant, String, String, String) {
    let (simulator, tenant) = tenant("offered", 12);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().status(403));
    let failed = world.sync(&id).await;
    for workflow in tenant.ids().into_iter().take(8) {
        tenant.remove(workflow);
    }
    let held = world.sync(&id).await;
    assert_eq!((&failed["state"], &held["state"]), (&json!("failed"), &json!("held")), "{failed} {held}");
    let job = |job: &Value| job["id"].as_str().unwrap().to_owned();
    (simulator, tenant, id, job(&failed), job(&held))
}

async fn offered(person: &Person, path: &str) -> Value {
    person.api.get(path).await.expect(200)["actions"].clone()
}

#[tokio::test]
async fn each_verb_is_offered_its_own_actions_and_a_paused_customer_none_that_would_sync_it() {
    let world = World::connect().await;
    let (_zuora, _tenant, id, failed, held) = with_a_failed_and_a_held_job(&world).await;
    let (customer, failed, held) =
        (format!("/v1/customers/{id}"), format!("/v1/jobs/{failed}"), format!("/v1/jobs/{held}"));
    let mut people = Vec::new();
    for (verb, ..) in BY_VERB {
        people.push(Person::granted(&world, &id, &[verb]).await);
    }

    for (person, (verb, of_customer, of_failed, of_held)) in people.iter().zip(BY_VERB) {
        assert_eq!(offered(person, &customer).await, json!(of_customer), "{verb}");
        assert_eq!(offered(person, &failed).await, json!(of_failed), "{verb}");
        assert_eq!(offered(person, &held).await, json!(of_held), "{verb}");
        let list = person.api.get(&format!("/v1/jobs?customer_id={id}&state=held,failed")).await.expect(200);
        assert_eq!(list["items"][0]["actions"], json!(of_held), "{verb}: {list}");
        assert_eq!(list["items"][1]["actions"], json!(of_failed), "{verb}: {list}");
    }
    world.api.post(&format!("{customer}/pause"), &json!({})).await.expect(200);
    let [_, _, _, sync, approve] = people.as_slice() else { panic!("one for each verb") };
    assert_eq!(offered(sync, &customer).await, json!(["test_connection"]));
    for (person, path) in [(sync, &failed), (approve, &held)] {
        assert_eq!(offered(person, path).await, json!([]), "{path}");
    }
    for (person, path) in [
        (sync, format!("{customer}/sync")),
        (sync, format!("{customer}/sync?dry_run=true")),
        (sync, format!("{failed}/retry")),
        (approve, format!("{held}/approve-deletions")),
    ] {
        let refused = person.api.post(&path, &json!({})).await.expect(409);
        assert!(refused["detail"].as_str().unwrap().contains("Resume it first"), "{path}: {refused}");
    }
    let letters = sync.api.get(&format!("/v1/dead-letters?customer_id={id}")).await.expect(200);
    assert_eq!(letters["items"], json!([]), "the later sync settled the failure");
    for person in people {
        person.leave(&world).await;
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn callers_are_told_what_they_can_do_beside_single_customers() {
    let world = World::connect().await;
    let person = Person::granted(&world, "all", &["create"]).await;

    let admin = world.api.get("/v1/me").await.expect(200)["actions"].clone();
    assert_eq!(admin, json!(["create_customer", "test_credentials", "sync_all", "redrive", "bulk_customers", "grant"]));
    let me = person.api.get("/v1/me").await.expect(200)["actions"].clone();
    assert_eq!(me, json!(["create_customer", "test_credentials"]));
    person.leave(&world).await;
}

#[tokio::test]
async fn refused_credentials_come_with_the_advice_that_a_failed_sync_gives() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("advised", 1);
    tenant.fault(Fault::list().status(403));
    let mut body = World::creation(&tenant, &simulator.base_url());
    body.as_object_mut().unwrap().retain(|name, _| name.starts_with("zuora_"));

    let refused = world.api.post("/v1/connection-test", &body).await.expect(422);

    assert_eq!(refused["type"], "/problems/zuora-permission-missing");
    let advice = refused["next_step"].as_str().unwrap();
    assert!(advice.contains("role with Workflow View Access"), "{advice}");
}
