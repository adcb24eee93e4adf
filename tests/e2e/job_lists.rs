//! Lists of jobs and the counters beside them: every filter shows the matching jobs and nothing else, page by page, and the
//! list of waiting jobs contains exactly those that a person can act on.

use serde_json::{Value, json};
use tests::simulator::{Fault, Route};

use crate::{people::Person, upstream::tenant, world::World};

/// The ids of the customer's jobs that match the filters, newest first, read three to a page.
async fn listed(world: &World, customer: &str, filters: &str) -> Vec<String> {
    let path = format!("/v1/jobs?customer_id={customer}&limit=3{filters}");
    let mut ids = Vec::new();
    let mut page = world.api.get(&path).await.expect(200);
    loop {
        ids.extend(page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { return ids };
        page = world.api.get(&format!("{path}&cursor={cursor}")).await.expect(200);
    }
}

fn id_of(job: &Value) -> String {
    job["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn jobs_are_listed_by_several_states_and_between_two_moments() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("job-lists", 20);
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::export().status(500).always());
    tenant.seed(1);
    let incomplete = world.sync(&id).await;
    tenant.clear_faults();
    let mut done = Vec::new();
    for _ in 0..4 {
        done.insert(0, id_of(&world.sync(&id).await));
    }
    done.push(id_of(&first));

    assert_eq!(incomplete["state"], "incomplete", "{incomplete}");
    assert_eq!(listed(&world, &id, "&state=succeeded").await, done);
    assert_eq!(listed(&world, &id, "&state=incomplete,failed,incomplete").await, [id_of(&incomplete)]);
    let all = listed(&world, &id, "").await;
    assert_eq!(listed(&world, &id, "&state=incomplete,succeeded").await, all);
    assert_eq!(all.len(), 6);
    let made = incomplete["created_at"].as_str().unwrap();
    assert_eq!(listed(&world, &id, &format!("&since={made}")).await, all[..5]);
    assert_eq!(listed(&world, &id, &format!("&until={made}")).await, all[5..]);
    assert_eq!(listed(&world, &id, &format!("&since={made}&until={made}")).await, [] as [String; 0]);
    world.remove(&id).await;
}

#[tokio::test]
async fn the_jobs_that_ended_between_two_moments_are_listed_whenever_they_were_asked_for() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("ended-between", 2);
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let second = world.sync(&id).await;
    let ended = |job: &Value| job["finished_at"].as_str().unwrap().to_owned();
    let (first, second) = ((id_of(&first), ended(&first)), (id_of(&second), ended(&second)));

    let between = async |since: &str, until: &str| {
        listed(&world, &id, &format!("&finished_since={since}&finished_until={until}")).await
    };
    assert_eq!(between(&first.1, &second.1).await, [&*first.0]);
    assert_eq!(listed(&world, &id, &format!("&finished_since={}", second.1)).await, [&*second.0]);
    assert_eq!(listed(&world, &id, &format!("&finished_until={}", second.1)).await, [&*first.0]);
    // Asked for before it ended: by that time the second is not there.
    assert_eq!(
        listed(&world, &id, &format!("&until={}&finished_since={}", first.1, second.1)).await,
        [] as [String; 0]
    );
    let bar = listed(&world, &id, "&kind=sync&state=succeeded&finished_since=2020-01-01T00:00:00Z").await;
    assert_eq!(bar.len(), 2);
    world.remove(&id).await;
}

#[tokio::test]
async fn a_hold_waits_for_approval_until_somebody_gives_it_or_a_complete_sync_settles_it() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("waits-for-approval", 30);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let person = Person::granted(&world, &id, &["view"]).await;
    let waiting = async || {
        let stats = person.api.get("/v1/stats").await.expect(200);
        let ids = listed(&world, &id, "&awaiting_approval=true").await;
        assert_eq!(stats["awaiting_approval"], ids.len(), "{stats}");
        ids
    };
    assert_eq!(waiting().await, [] as [String; 0]);
    for workflow in tenant.ids().into_iter().take(10) {
        tenant.remove(workflow);
    }

    let earlier = world.sync(&id).await;
    assert_eq!(waiting().await, [id_of(&earlier)]);
    let held = world.sync(&id).await;
    assert_eq!(waiting().await, [id_of(&held)], "the newer one took the place of the earlier");
    tenant.fault(Fault::list().status(403).always());
    assert_eq!(world.sync(&id).await["state"], "failed");
    tenant.clear_faults();
    assert_eq!(waiting().await, [id_of(&held)], "a sync that failed settles nothing");
    assert_eq!(listed(&world, &id, "&awaiting_approval=true&state=failed").await, [] as [String; 0]);
    let asked = held["created_at"].as_str().unwrap();
    assert_eq!(listed(&world, &id, &format!("&awaiting_approval=true&until={asked}")).await, [] as [String; 0]);
    assert_eq!(listed(&world, &id, &format!("&awaiting_approval=true&since={asked}")).await, [id_of(&held)]);
    let hold = tenant.hold(Route::List);
    let sync = world.api.post(&format!("/v1/jobs/{}/approve-deletions", id_of(&held)), &json!({})).await.expect(202);
    hold.wait_for_arrival().await;
    assert_eq!(waiting().await, [] as [String; 0], "approved, though not carried out yet");
    hold.release();
    assert_eq!(world.wait_for_job(&id_of(&sync)).await["state"], "succeeded");
    assert_eq!(waiting().await, [] as [String; 0]);
    person.leave(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn the_counters_tell_how_many_jobs_there_are_and_since_when() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("counted", 2);
    let (id, first) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let person = Person::granted(&world, &id, &["view"]).await;
    let hold = tenant.hold(Route::List);
    let running = world.ask_for_sync(&id).await;
    hold.wait_for_arrival().await;

    let stats = person.api.get("/v1/stats").await.expect(200);
    let asked = world.api.get(&format!("/v1/jobs/{running}")).await.expect(200)["created_at"].clone();
    assert_eq!((&stats["jobs"]["running"], &stats["jobs"]["succeeded"]), (&json!(1), &json!(1)), "{stats}");
    assert_eq!(stats["oldest_jobs"], json!({"running": asked}), "what ended well has no age that matters");
    let all = world.api.get("/v1/stats").await.expect(200);
    assert!(all["jobs"]["running"].as_u64() >= Some(1) && all["jobs"]["succeeded"].as_u64() >= Some(1), "{all}");
    assert!(all["oldest_jobs"]["running"].as_str() <= asked.as_str(), "{all}");
    assert_eq!(first["state"], "succeeded");
    hold.release();
    world.wait_for_job(&running).await;
    person.leave(&world).await;
    world.remove(&id).await;
}

#[tokio::test]
async fn a_cancelled_job_has_a_class_of_its_own_and_is_not_listed_among_the_faults_of_configuration() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("called-off", 2);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.fault(Fault::list().rate_limited(600));
    let waiting = world.ask_for_sync(&id).await;
    world.wait_for_job_state(&waiting, &["waiting"]).await;

    let cancelled = world.api.post(&format!("/v1/jobs/{waiting}/cancel"), &json!({})).await.expect(202);

    assert_eq!(cancelled["error"]["class"], "cancelled", "{cancelled}");
    assert_eq!(listed(&world, &id, "&error_class=config").await, [] as [String; 0]);
    assert_eq!(listed(&world, &id, "&error_class=cancelled").await, [waiting]);
    world.remove(&id).await;
}

#[tokio::test]
async fn only_failed_jobs_on_which_somebody_can_act_are_counted_as_failed() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("nothing-to-do", 2);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let person = Person::granted(&world, &id, &["view"]).await;
    tenant.fault(Fault::list().always().status(403));
    let failed = world.sync(&id).await;
    for aside in ["sync?dry_run=true", "connection-test"] {
        let asked = world.api.post(&format!("/v1/customers/{id}/{aside}"), &json!({})).await.expect(202);
        assert_eq!(world.wait_for_job(asked["job_id"].as_str().unwrap()).await["state"], "failed", "{aside}");
    }

    let stats = person.api.get("/v1/stats").await.expect(200);

    assert_eq!(listed(&world, &id, "&state=failed").await.len(), 3);
    assert_eq!((&stats["jobs"]["failed"], &stats["oldest_jobs"]["failed"]), (&json!(1), &failed["created_at"]));
    person.leave(&world).await;
    world.remove(&id).await;
}
