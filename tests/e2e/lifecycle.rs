//! The life of a customer: changed, paused, deleted, also while a sync runs.

use serde_json::json;
use shared::domain::{failure::ErrorClass, job::State};
use tests::simulator::{Route, Simulator};

use crate::{
    engine::{Engine, LAMBDA},
    world::World,
};

#[tokio::test]
async fn a_customer_deleted_while_its_sync_runs_leaves_nothing_behind() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("deleted");
    tenant.seed(70);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.edit(tenant.ids()[0], |workflow| workflow.name = "changed".into());
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;
    let jobs = world.jobs_of(&id).await;
    let name = world.customer(&id).await["name"].as_str().unwrap().replace(' ', "%20");

    let deleted = world.api.delete(&format!("/v1/customers/{id}?confirm={name}")).await.expect(202);

    assert_eq!(world.api.get(&format!("/v1/customers/{id}")).await.status, 404, "hidden at once");
    assert_eq!(world.api.post(&format!("/v1/customers/{id}/sync"), &json!({})).await.status, 404);
    for pk in [format!("CREDENTIALS#{id}"), format!("TOKEN#{id}")] {
        assert!(world.partition(&world.stack.vault_table_name, &pk).await.is_empty(), "{pk} is destroyed first");
    }
    hold.release();
    let partition = format!("CUSTOMER#{id}");
    world
        .wait_until("the partition is empty", async || {
            world.partition(&world.stack.table_name, &partition).await.is_empty()
        })
        .await;
    for job in [running, deleted["job_id"].as_str().unwrap().to_owned()]
        .into_iter()
        .chain(jobs.iter().map(|job| job["id"].as_str().unwrap().to_owned()))
    {
        assert!(world.item(&format!("JOB#{job}"), "POINTER").await.is_none());
        assert_eq!(world.api.get(&format!("/v1/jobs/{job}")).await.status, 404);
    }
    // A cached token must not come back either.
    assert!(world.partition(&world.stack.vault_table_name, &format!("TOKEN#{id}")).await.is_empty());
}

#[tokio::test]
async fn deleting_needs_the_name() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("confirmed");
    let id = world.create_customer(&tenant, &simulator.base_url()).await;

    assert_eq!(world.api.delete(&format!("/v1/customers/{id}")).await.status, 400);
    let wrong = world.api.delete(&format!("/v1/customers/{id}?confirm=other")).await;
    assert_eq!((wrong.status, &wrong.body["errors"][0]["pointer"]), (422, &json!("confirm")));
    assert_eq!(world.customer(&id).await["id"], id.as_str());
    world.remove(&id).await;
}

#[tokio::test]
async fn a_paused_customer_is_not_synced_and_a_running_sync_stops() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("paused");
    tenant.seed(70);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.remove(tenant.ids()[0]);
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    let paused = world.api.post(&format!("/v1/customers/{id}/pause"), &json!({})).await.expect(200);
    hold.release();

    assert_eq!((&paused["status"], &paused["next_sync_at"]), (&json!("paused"), &serde_json::Value::Null));
    let job = world.wait_for_job(&running).await;
    assert_eq!((&job["state"], &job["stats"]["deleted"]), (&json!("cancelled"), &json!(0)), "{job}");
    assert_eq!(world.api.post(&format!("/v1/customers/{id}/sync"), &json!({})).await.status, 409);
    assert_eq!(world.workflows(&id).await.len(), 70);

    let resumed = world.api.post(&format!("/v1/customers/{id}/resume"), &json!({})).await.expect(200);
    assert_eq!(resumed["status"], "active");
    let newest = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.wait_for_job(&newest).await["stats"]["deleted"], 1);
    world.remove(&id).await;
}

#[tokio::test]
async fn another_base_url_needs_the_secret_again_and_other_fields_do_not() {
    let world = World::connect().await;
    let (simulator, other) = (Simulator::start(), Simulator::start());
    let tenant = simulator.tenant("moving");
    let id = world.create_customer(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");

    let refused = world.api.patch(&path, &json!({"zuora_base_url": other.base_url(), "name": "Changed"})).await;

    assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &json!("/zuora_client_secret")));
    assert!(other.strangers().is_empty());
    let customer = world.customer(&id).await;
    assert_eq!(customer["zuora_base_url"], simulator.base_url());
    assert_ne!(customer["name"], "Changed", "nothing of a refused change is stored");
    let changed = world.api.patch(&path, &json!({"name": "Changed name", "environment": "sandbox"})).await.expect(200);
    assert_eq!((&changed["name"], &changed["environment"]), (&json!("Changed name"), &json!("sandbox")));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_sync_that_needs_a_token_of_a_customer_just_deleted_is_cancelled_and_blames_no_credentials() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("deleted-early");
    tenant.seed(3);
    let engine = Engine::start(&world).await;
    let (customer, job) = engine.add_customer(&tenant, &simulator.base_url()).await;
    // The list is refused, so the run needs another token; by then the credentials went with their customer.
    let hold = tenant.hold_next(Route::List);
    let delete = async {
        hold.wait_for_arrival().await;
        tenant.revoke_tokens();
        engine.delete_customer(&customer).await;
        hold.release();
    };

    let (handled, ()) = tokio::join!(engine.deliver(&engine.worker, &job.id, LAMBDA), delete);

    handled.unwrap();
    let job = engine.job(&job.id).await;
    let error = job.error.unwrap();
    assert_eq!((job.state, error.class), (State::Cancelled, ErrorClass::Cancelled), "{}", error.message);
    assert_eq!(error.message, "The customer was deleted.");
    assert_eq!(engine.worker.lifecycle.dead_letters.depth().await.unwrap(), 0);
    engine.stop().await;
}
