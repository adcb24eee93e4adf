//! The results of a sync when Zuora answers: exact stats, faithful copies, and nothing deleted without proof.

use serde_json::json;
use tests::simulator::{Effect, Fault, Route, Workflow};

use crate::{
    upstream::{Reader, create_unverified, listed, stats, tenant},
    world::World,
};

#[tokio::test]
async fn a_new_customer_is_synced_and_its_workflows_tasks_and_definitions_are_there_to_read() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("first", 120);

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [120, 0, 0, 0, 120, 0]), "{job}");
    let customer = world.customer(&id).await;
    assert_eq!((&customer["workflows_count"], &customer["connection"]["status"]), (&json!(120), &json!("ok")));
    assert_eq!(customer["last_sync"]["stats"], job["stats"]);
    assert_eq!(customer["last_complete_sync_at"], job["started_at"]);
    let workflows = world.workflows(&id).await;
    assert_eq!(workflows.len(), 120);
    let (zuora_id, workflow) = workflows.iter().find(|(_, workflow)| workflow["version"].is_string()).unwrap();
    let path = format!("/v1/customers/{id}/workflows/{zuora_id}");
    let definition = world.api.get(&format!("{path}/definition")).await;
    let original = Reader::of(&simulator, &tenant).await.get(&format!("{zuora_id}/export")).await;
    assert_eq!(definition.text, original, "byte for byte");
    let tasks = world.api.get(&format!("{path}/tasks")).await.expect(200);
    assert_eq!(tasks["items"].as_array().unwrap().len() as u64, workflow["tasks_count"].as_u64().unwrap());
    assert_eq!(tasks["items"][0]["name"], definition.body["tasks"][0]["name"]);
    assert!(tenant.max_in_flight() <= 12, "{} requests at once", tenant.max_in_flight());
    world.remove(&id).await;
}

#[tokio::test]
async fn a_second_sync_says_exactly_what_was_added_changed_and_removed() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("second", 60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let ids = tenant.ids();
    let (changed, removed) = (ids[3], ids[7].to_string());
    let added = tenant.add(Workflow::named("Added later"));
    tenant.edit(changed, |workflow| workflow.name = "Renamed".into());
    tenant.remove(ids[7]);

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [1, 1, 58, 1, 60, 0]), "{job}");
    let workflows = world.workflows(&id).await;
    assert_eq!(workflows[&changed.to_string()]["name"], "Renamed");
    assert!(workflows.contains_key(&added.to_string()) && !workflows.contains_key(&removed));
    let deleted = world.api.get(&format!("/v1/customers/{id}/workflows?deleted=true")).await.expect(200);
    let items = deleted["items"].as_array().unwrap();
    assert!(
        items.len() == 1 && items[0]["zuora_id"] == removed.as_str() && items[0]["deleted_at"].is_string(),
        "{deleted}"
    );
    world.remove(&id).await;
}

#[tokio::test]
async fn a_sync_without_changes_exports_and_writes_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("same", 70);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.reset_requests();

    let job = world.sync(&id).await;

    assert_eq!(stats(&job), [0, 0, 70, 0, 70, 0], "{job}");
    assert_eq!((tenant.count(Route::List), tenant.count(Route::Token)), (2, 0), "two pages, with the cached token");
    // A workflow's reverification may fall between the two syncs; more than a few would be a fault.
    assert!(tenant.count(Route::Export) <= 2, "{} exports", tenant.count(Route::Export));
    world.remove(&id).await;
}

#[tokio::test]
async fn an_empty_list_deletes_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("empty", 12);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().always().effect(Effect::EmptyList));

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("held"), &json!("guard")), "{job}");
    assert_eq!((stats(&job), &job["held"]["count"]), ([0, 0, 0, 0, 0, 0], &json!(12)));
    assert_eq!(world.workflows(&id).await.len(), 12);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_list_that_lost_a_third_at_once_is_held() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("shrunken", 30);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    for gone in tenant.ids().into_iter().take(10) {
        tenant.remove(gone);
    }

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("held"), [0, 0, 20, 0, 20, 0]), "{job}");
    assert_eq!((&job["held"]["count"], job["held"]["workflow_ids"].as_array().unwrap().len()), (&json!(10), 10));
    assert_eq!(world.workflows(&id).await.len(), 30);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_listing_that_breaks_in_the_middle_deletes_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("broken", 120);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let last = *tenant.ids().last().unwrap();
    tenant.remove(last);

    for fault in [
        Fault::list().page(2).always().status(200).body(json!({"data": null})),
        Fault::list().page(3).always().effect(Effect::RepeatPage(1)),
    ] {
        tenant.clear_faults();
        tenant.fault(fault);
        let job = world.sync(&id).await;
        assert_eq!((&job["state"], &job["stats"]["deleted"]), (&json!("incomplete"), &json!(0)), "{job}");
        assert_eq!(world.workflows(&id).await.len(), 120);
    }
    tenant.clear_faults();
    assert_eq!(world.sync(&id).await["stats"]["deleted"], 1, "a whole listing deletes it");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_page_that_stays_away_ends_the_attempt_and_deletes_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("half", 120);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().page(2).always().status(500));

    let asked = world.ask_for_sync(&id).await;
    let job = world.wait_for_job_state(&asked, &["waiting", "failed"]).await;

    assert_eq!((&job["error"]["class"], stats(&job)[3]), (&json!("transient"), 0), "{job}");
    assert_eq!(world.workflows(&id).await.len(), 120);
    tenant.clear_faults();
    assert_eq!(world.wait_for_job(&asked).await["state"], "succeeded");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_workflow_that_moved_off_the_list_but_still_exists_is_kept() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("shifted", 10);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let hidden = tenant.ids()[4];
    tenant.fault(listed(Fault::list().always(), move |items| items.retain(|item| item["id"] != hidden)));

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 9, 0, 9, 0]), "{job}");
    assert_eq!(tenant.count(Route::Get), 1, "it was asked about");
    assert_eq!(world.workflows(&id).await.len(), 10);
    tenant.remove(hidden);
    assert_eq!(
        stats(&world.sync(&id).await),
        [0, 0, 9, 1, 9, 0],
        "and is asked about again though the list is the same"
    );
    world.remove(&id).await;
}

#[tokio::test]
async fn a_failed_export_keeps_the_old_copy_and_is_made_good_by_the_next_sync() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("export", 8);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let edited = tenant.ids()[2];
    let path = format!("/v1/customers/{id}/workflows/{edited}/definition");
    let before = world.api.get(&path).await.text;
    tenant.edit(edited, |workflow| workflow.tasks += 3);
    tenant.fault(Fault::export().workflow(edited).always().status(500));

    let job = world.sync(&id).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [0, 0, 7, 0, 8, 1]), "{job}");
    assert_eq!(job["errors"][0]["workflow_id"], edited.to_string());
    assert_eq!(world.api.get(&path).await.text, before);
    tenant.clear_faults();
    let job = world.sync(&id).await;
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 1, 7, 0, 8, 0]), "{job}");
    assert_ne!(world.api.get(&path).await.text, before);
    world.remove(&id).await;
}

#[tokio::test]
async fn many_workflows_that_cannot_be_exported_do_not_stop_the_others() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("odd", 20);
    for id in tenant.ids().into_iter().take(7) {
        tenant.fault(Fault::export().workflow(id).always().status(500));
    }

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [13, 0, 0, 0, 20, 7]), "{job}");
    assert_eq!(world.workflows(&id).await.len(), 13);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_role_that_may_list_but_not_export_fails_the_job_with_the_reason() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("viewer", 20);
    tenant.fault(Fault::export().always().status(403));

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("failed"), &json!("permission")), "{job}");
    // Five in a row decide it; by then some more are requested, and some wait to be evaluated.
    assert!(tenant.count(Route::Export) <= 13, "{} exports", tenant.count(Route::Export));
    world.remove(&id).await;
}

#[tokio::test]
async fn without_an_active_version_the_latest_is_stored_and_without_any_the_workflow_alone() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("drafts", 0);
    let mut draft = Workflow::named("Never activated");
    draft.inactive_versions.extend(draft.active_version.take());
    let draft = tenant.add(draft);
    let bare = tenant.add(Workflow { active_version: None, ..Workflow::named("Without versions") });

    let (id, job) = world.create_and_sync(&tenant, &simulator.base_url()).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [2, 0, 0, 0, 2, 0]), "{job}");
    let asked = |workflow| {
        let seen = tenant.requests().into_iter().filter(move |seen| seen.workflow_id == Some(workflow));
        seen.map(|seen| (seen.version, seen.status)).collect::<Vec<_>>()
    };
    let latest = Some("latest".to_owned());
    assert_eq!(asked(draft), [(None, Some(404)), (latest.clone(), Some(200))]);
    assert_eq!(asked(bare), [(None, Some(404)), (latest, Some(404))]);
    let path = format!("/v1/customers/{id}/workflows");
    let stored = world.api.get(&format!("{path}/{draft}/definition")).await.text;
    assert_eq!(stored, Reader::of(&simulator, &tenant).await.get(&format!("{draft}/export?version=latest")).await);
    assert_eq!(world.api.get(&format!("{path}/{bare}")).await.expect(200)["tasks_count"], 0);
    assert_eq!(world.api.get(&format!("{path}/{bare}/definition")).await.status, 404);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_workflow_that_comes_back_is_created_again() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("revived", 10);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let gone = tenant.workflow(tenant.ids()[0]).unwrap();
    tenant.remove(gone.id);
    assert_eq!(stats(&world.sync(&id).await), [0, 0, 9, 1, 9, 0]);
    tenant.add(gone);

    assert_eq!(stats(&world.sync(&id).await), [1, 0, 9, 0, 10, 0]);

    assert_eq!(world.workflows(&id).await.len(), 10);
    world.remove(&id).await;
}

#[tokio::test]
async fn other_credentials_that_lead_to_another_tenant_change_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("one", 20);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let other = simulator.tenant("other");
    other.seed(20);
    let change = json!({"zuora_client_id": other.client_id(), "zuora_client_secret": other.client_secret()});
    world.api.patch(&format!("/v1/customers/{id}"), &change).await.expect(200);

    let newest = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    let job = world.wait_for_job(&newest).await;

    assert_eq!(job["state"], "held", "{job}");
    assert!(job["held"]["reason"].as_str().unwrap().contains("different tenant"), "{job}");
    let path = format!("/v1/customers/{id}/workflows/{}", tenant.ids()[0]);
    let name = world.api.get(&path).await.expect(200)["name"].clone();
    assert_eq!(name, tenant.workflow(tenant.ids()[0]).unwrap().name);
    world.remove(&id).await;
}

#[tokio::test]
async fn customers_of_different_zuoras_sync_side_by_side_and_see_nothing_of_each_other_even_when_one_fails() {
    let world = World::connect().await;
    let (slow_zuora, slow) = tenant("slow", 15);
    let (quick_zuora, quick) = tenant("quick", 25);
    let (broken_zuora, broken) = tenant("down", 5);
    broken.fault(Fault::list().always().status(503));
    let hold = slow.hold(Route::List.page(1));
    let (slow_id, slow_job) = create_unverified(&world, &slow, &slow_zuora).await;
    hold.wait_for_arrival().await;

    let (broken_id, failing) = create_unverified(&world, &broken, &broken_zuora).await;
    let failing = world.wait_for_job_state(&failing, &["waiting", "failed"]).await;
    let (quick_id, job) = world.create_and_sync(&quick, &quick_zuora.base_url()).await;

    assert_eq!(stats(&job), [25, 0, 0, 0, 25, 0], "it did not wait for the slow one");
    assert_eq!(world.jobs_of(&slow_id).await[0]["state"], "running");
    hold.release();
    assert_eq!(stats(&world.wait_for_job(&slow_job).await), [15, 0, 0, 0, 15, 0]);
    assert_eq!((&failing["error"]["class"], stats(&failing)), (&json!("transient"), [0; 6]), "{failing}");
    assert_eq!((world.workflows(&slow_id).await.len(), world.workflows(&quick_id).await.len()), (15, 25));
    assert_eq!(world.workflows(&broken_id).await.len(), 0);
    // Simulators give all tenants the same ids: the copies must differ all the same.
    let shared_id = slow.ids()[0];
    for (id, tenant) in [(&slow_id, &slow), (&quick_id, &quick)] {
        let workflow = world.api.get(&format!("/v1/customers/{id}/workflows/{shared_id}")).await.expect(200);
        assert_eq!(workflow["name"], tenant.workflow(shared_id).unwrap().name);
    }
    for (id, zuora) in [(&slow_id, &slow_zuora), (&quick_id, &quick_zuora), (&broken_id, &broken_zuora)] {
        assert!(zuora.strangers().is_empty(), "somebody came with another's credentials");
        world.remove(id).await;
    }
}
