//! Held results, and a person's choices: read the list, approve exactly it, set other limits, or first ask what a sync would
//! do.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::simulator::{Effect, Fault, Route, Simulator, Tenant};

use crate::{
    upstream::{stats, tenant},
    world::World,
};

/// Creates a customer with `of` workflows, `gone` of which are then deleted at Zuora; returns its held job too.
async fn held(world: &World, name: &str, of: u64, gone: usize) -> (Simulator, Tenant, String, Value) {
    let (simulator, tenant) = tenant(name, of);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    for workflow in tenant.ids().into_iter().take(gone) {
        tenant.remove(workflow);
    }
    let job = world.sync(&id).await;
    assert_eq!((&job["state"], &job["held"]["kind"]), (&json!("held"), &json!("deletions")), "{job}");
    (simulator, tenant, id, job)
}

/// Approves what a job held, and waits for the sync that acts on the approval.
async fn approve(world: &World, held: &Value) -> Value {
    let path = format!("/v1/jobs/{}/approve-deletions", held["id"].as_str().unwrap());
    let sync = world.api.post(&path, &json!({"list_hash": held["held"]["list_hash"]})).await.expect(202);
    assert_eq!((&sync["trigger"], &sync["approval"]["held_job_id"]), (&json!("approval"), &held["id"]), "{sync}");
    world.wait_for_job(sync["id"].as_str().unwrap()).await
}

#[tokio::test]
async fn an_approval_lets_the_held_workflows_go_once_and_raises_no_limit() {
    let world = World::connect().await;
    let (_zuora, tenant, id, job) = held(&world, "approved", 30, 10).await;

    let sync = approve(&world, &job).await;

    assert_eq!((&sync["state"], stats(&sync)), (&json!("succeeded"), [0, 0, 20, 10, 20, 0]), "{sync}");
    assert_eq!(tenant.count(Route::Get), 10, "each was asked about");
    assert_eq!(world.workflows(&id).await.len(), 20);
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    let approved = world.api.get(&path).await.expect(200)["held"]["approved"].clone();
    assert_eq!((&approved["job_id"], approved["actor"].is_string()), (&sync["id"], true), "{approved}");
    let again = world.api.post(&format!("{path}/approve-deletions"), &json!({})).await.expect(202);
    assert_eq!((&again["id"], world.jobs_of(&id).await.len()), (&sync["id"], 3), "twice is once");
    for workflow in tenant.ids().into_iter().take(7) {
        tenant.remove(workflow);
    }
    assert_eq!(world.sync(&id).await["state"], "held", "the limit is what it was");
    world.remove(&id).await;
}

#[tokio::test]
async fn the_whole_list_can_be_read_page_by_page() {
    let world = World::connect().await;
    let (_zuora, _, id, job) = held(&world, "long-list", 150, 110).await;
    let path = format!("/v1/jobs/{}/held?limit=40", job["id"].as_str().unwrap());

    let names = world.workflows(&id).await;
    let mut listed = BTreeSet::new();
    let mut pages = 0;
    let mut page = world.api.get(&path).await.expect(200);
    loop {
        pages += 1;
        assert_eq!(page["total"], 110);
        for id in page["items"].as_array().unwrap() {
            let id = id.as_str().unwrap().to_owned();
            assert_eq!(page["names"][&id], names[&id]["name"], "each is shown with the name it had");
            listed.insert(id);
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        page = world.api.get(&format!("{path}&cursor={cursor}")).await.expect(200);
    }

    assert_eq!((pages, listed.len(), &job["held"]["count"]), (3, 110, &json!(110)));
    let named = job["held"]["workflow_ids"].as_array().unwrap();
    assert!(named.len() == 100 && named.iter().all(|id| listed.contains(id.as_str().unwrap())));
    world.remove(&id).await;
}

#[tokio::test]
async fn what_vanishes_beyond_the_approved_list_is_held_again() {
    let world = World::connect().await;
    let (_zuora, tenant, id, job) = held(&world, "more-gone", 30, 10).await;
    for workflow in tenant.ids().into_iter().take(7) {
        tenant.remove(workflow);
    }

    let sync = approve(&world, &job).await;

    assert_eq!((&sync["state"], &sync["held"]["count"], stats(&sync)[3]), (&json!("held"), &json!(17), 0), "{sync}");
    assert_eq!(world.workflows(&id).await.len(), 30);
    assert_eq!(approve(&world, &sync).await["stats"]["deleted"], 17, "the longer list was approved in its turn");
    world.remove(&id).await;
}

#[tokio::test]
async fn what_zuora_still_has_is_kept_though_its_deletion_was_approved() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("still-there", 12);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().always().effect(Effect::EmptyList));
    let job = world.sync(&id).await;
    assert_eq!(job["held"]["count"], 12, "{job}");

    let sync = approve(&world, &job).await;

    assert_eq!((&sync["state"], stats(&sync)), (&json!("succeeded"), [0; 6]), "{sync}");
    assert_eq!((world.workflows(&id).await.len(), tenant.count(Route::Get)), (12, 12));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_tenant_that_really_is_empty_can_be_emptied() {
    let world = World::connect().await;
    let (_zuora, _, id, job) = held(&world, "emptied", 7, 7).await;

    let sync = approve(&world, &job).await;

    assert_eq!((&sync["state"], stats(&sync)), (&json!("succeeded"), [0, 0, 0, 7, 0, 0]), "{sync}");
    assert_eq!((world.workflows(&id).await.len(), &world.customer(&id).await["workflows_count"]), (0, &json!(0)));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_tenant_that_was_moved_on_purpose_can_be_taken_over() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("old-tenant", 20);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let other = simulator.tenant("new-tenant");
    other.seed(20);
    let change = json!({"zuora_client_id": other.client_id(), "zuora_client_secret": other.client_secret()});
    world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);
    let newest = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    let job = world.wait_for_job(&newest).await;
    assert_eq!((&job["state"], &job["held"]["kind"]), (&json!("held"), &json!("different_tenant")), "{job}");

    let sync = approve(&world, &job).await;

    assert_eq!((&sync["state"], &sync["stats"]["total"]), (&json!("succeeded"), &json!(20)), "{sync}");
    for (zuora_id, workflow) in world.workflows(&id).await {
        assert_eq!(workflow["name"], other.workflow(zuora_id.parse().unwrap()).unwrap().name);
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn an_approval_that_does_not_apply_says_why() {
    let world = World::connect().await;
    let (_zuora, tenant, id, job) = held(&world, "refused", 30, 10).await;
    let path = format!("/v1/jobs/{}/approve-deletions", job["id"].as_str().unwrap());
    let conflict = async |path: &str, body: &Value| {
        let answer = world.api.post(path, body).await;
        assert_eq!((answer.status, &answer.body["type"]), (409, &json!("/problems/conflict")), "{}", answer.text);
        answer.body["detail"].as_str().unwrap().to_owned()
    };

    assert!(conflict(&path, &json!({"list_hash": "00"})).await.contains("another list"));
    assert_eq!(world.api.post(&path, &json!({"list": "00"})).await.status, 422);
    let first = world.jobs_of(&id).await.last().unwrap()["id"].as_str().unwrap().to_owned();
    let of_first = format!("/v1/jobs/{first}/approve-deletions");
    assert!(conflict(&of_first, &json!({})).await.contains("succeeded"));
    assert_eq!(world.api.get(&format!("/v1/jobs/{first}/held")).await.expect(200)["total"], 0);
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;
    assert!(conflict(&path, &json!({})).await.contains("running"));
    hold.release();
    world.wait_for_job(&running).await;
    // The doubt goes away by itself: the workflows are back.
    tenant.seed(30);
    assert_eq!(
        world.api.patch(&format!("/v1/customers/{id}"), &json!({"delete_guard": {"count": 50}})).await.status,
        200
    );
    assert_eq!(world.sync(&id).await["state"], "succeeded");
    assert!(conflict(&path, &json!({})).await.contains("later sync was complete"));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_customer_has_limits_of_its_own_within_bounds() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("limits", 20);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let path = format!("/v1/customers/{id}");
    assert_eq!(world.customer(&id).await["delete_guard"], json!({"count": 5, "percent": 20}));

    let wrong = json!({"delete_guard": {"count": 0, "percent": 51}});
    let problem = world.api.patch(&path, &wrong).await.expect(422);
    let fields = [&problem["errors"][0]["pointer"], &problem["errors"][1]["pointer"]];
    assert_eq!(fields, [&json!("/delete_guard/count"), &json!("/delete_guard/percent")], "{problem}");
    let changed = world.api.patch(&path, &json!({"delete_guard": {"count": 1, "percent": 5}})).await.expect(200);
    assert_eq!(changed["delete_guard"], json!({"count": 1, "percent": 5}));
    for workflow in tenant.ids().into_iter().take(2) {
        tenant.remove(workflow);
    }
    assert_eq!(world.sync(&id).await["state"], "held", "two of twenty are too many now");
    let changed = world.api.patch(&path, &json!({"delete_guard": {"count": 2}})).await.expect(200);
    assert_eq!(changed["delete_guard"], json!({"count": 2, "percent": 5}), "what is absent stays");
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 18, 2, 18, 0]);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_dry_run_tells_what_a_sync_would_do_and_writes_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("rehearsed", 30);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let ids = tenant.ids();
    tenant.edit(ids[3], |workflow| workflow.name = "Renamed".into());
    tenant.remove(ids[7]);
    let added = tenant.add(tests::simulator::Workflow::named("Added"));
    let workflows = async || {
        let mut items = world.partition(&world.stack.table_name, &format!("CUSTOMER#{id}")).await;
        let is_of_jobs = |sort_key: &str| sort_key == "PLAN" || sort_key.starts_with("JOB#");
        items.retain(|item| !is_of_jobs(item["SK"].as_s().unwrap()));
        items
    };
    let before = workflows().await;
    tenant.reset_requests();

    let asked = world.api.post(&format!("/v1/customers/{id}/sync?dry_run=true"), &json!({})).await.expect(202);
    let job = world.wait_for_job(asked["job_id"].as_str().unwrap()).await;

    assert_eq!((&job["kind"], &job["dry_run"]), (&json!("plan"), &json!(true)), "{job}");
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!(stats(&job), [1, 1, 28, 1, 30, 0]);
    let told = [&job["plan"]["created"][0], &job["plan"]["updated"][0], &job["plan"]["deleted"][0]];
    assert_eq!(told, [&json!(added.to_string()), &json!(ids[3].to_string()), &json!(ids[7].to_string())]);
    assert_eq!(tenant.count(Route::Export), 0);
    assert_eq!(workflows().await, before, "nothing was written");
    assert_eq!(stats(&world.sync(&id).await)[..2], [1, 1], "and the sync does it");
    assert_eq!(world.api.post(&format!("/v1/customers/{id}/sync?dry_run=yes"), &json!({})).await.status, 400);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_dry_run_tells_also_what_would_be_held_and_is_no_base_for_an_approval() {
    let world = World::connect().await;
    let (_zuora, tenant, id, _) = held(&world, "rehearsed-hold", 30, 10).await;
    let dry = format!("/v1/customers/{id}/sync?dry_run=true");

    let asked = world.api.post(&dry, &json!({})).await.expect(202);
    let job = world.wait_for_job(asked["job_id"].as_str().unwrap()).await;

    assert_eq!((&job["state"], &job["held"]["count"], stats(&job)[3]), (&json!("held"), &json!(10), 0), "{job}");
    let path = format!("/v1/jobs/{}/approve-deletions", job["id"].as_str().unwrap());
    assert_eq!(world.api.post(&path, &json!({})).await.status, 409);
    assert_eq!(tenant.count(Route::Get), 0, "nothing was to be confirmed");
    world.api.post(&format!("/v1/customers/{id}/pause"), &json!({})).await.expect(200);
    assert_eq!(world.api.post(&dry, &json!({})).await.status, 409, "a paused customer is left alone");
    world.remove(&id).await;
}
