//! The information of a job while it runs and afterwards, and its cancellation.

use serde_json::json;
use tests::simulator::{Fault, Route};

use crate::{
    upstream::{create_unverified, stats, tenant},
    world::World,
};

#[tokio::test]
async fn a_jobs_runs_tell_times_traffic_waits_and_zuoras_request_ids() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("told", 60);
    tenant.fault(Fault::export().after(17).rate_limited(600));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    let waiting = world.wait_for_job_state(&job, &["waiting", "failed", "succeeded"]).await;
    world.hurry(&id, &job).await;

    let job = world.wait_for_job(&job).await;

    let runs = job["runs"].as_array().unwrap();
    let [first, second] = &runs[..] else { panic!("{job}") };
    assert_eq!((&first["state"], &second["state"]), (&json!("waiting"), &json!("succeeded")), "{job}");
    assert_eq!((&first["pages"], &first["token_requests"], &first["rate_limited"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(
        (&second["pages"], &second["token_requests"], &second["rate_limited"]),
        (&json!(2), &json!(0), &json!(0))
    );
    let exports =
        tenant.requests().iter().filter(|seen| seen.route == Route::Export && seen.status == Some(200)).count();
    assert_eq!(first["exports"].as_u64().unwrap() + second["exports"].as_u64().unwrap(), exports as u64);
    assert_eq!(first["waits_until"], waiting["next_attempt_at"]);
    assert_eq!(first["error"]["class"], "rate_limit");
    assert!(first["zuora_request_ids"].as_array().is_some_and(|ids| !ids.is_empty()), "{first}");
    assert_eq!(second["zuora_request_ids"], json!([]), "only of requests that failed");
    assert!(first["ended_at"].as_str() <= second["started_at"].as_str());
    let in_list = &world.jobs_of(&id).await[0];
    assert_eq!((in_list.get("runs"), in_list.get("plan")), (None, None), "lists are short");
    world.remove(&id).await;
}

#[tokio::test]
async fn progress_is_told_while_a_sync_runs_and_is_gone_when_it_is_over() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("progress", 60);
    let last = *tenant.ids().last().unwrap();
    // Slow enough that the run checks after its first quarter of a minute, before its last export.
    tenant.fault(Fault::export().always().delay(std::time::Duration::from_secs(3)));
    let hold = tenant.hold(Route::Export.workflow(last));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    hold.wait_for_arrival().await;

    world
        .wait_until("progress is told", async || world.job(&job).await["progress"]["exported"].as_u64() >= Some(25))
        .await;
    let running = world.job(&job).await;
    hold.release();

    let progress = &running["progress"];
    assert_eq!(
        (&running["state"], &progress["pages"], &progress["listed"]),
        (&json!("running"), &json!(2), &json!(60))
    );
    assert_eq!(progress["to_export"], 60, "{running}");
    let job = world.wait_for_job(&job).await;
    assert_eq!((&job["progress"], stats(&job)), (&json!(null), [60, 0, 0, 0, 60, 0]));
    world.remove(&id).await;
}

#[tokio::test]
async fn a_running_sync_that_is_cancelled_stops_soon_and_leaves_whole_workflows() {
    let world = World::connect().await;
    // More than a run stores before it checks that it is still wanted.
    let (simulator, tenant) = tenant("cancelled", 150);
    let hold = tenant.hold(Route::Export);
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    hold.wait_for_arrival().await;
    let path = format!("/v1/jobs/{job}/cancel");

    let asked = world.api.post(&path, &json!({})).await.expect(202);
    assert_eq!((&asked["state"], &asked["cancel_requested"]), (&json!("running"), &json!(true)), "{asked}");
    assert_eq!(world.api.post(&path, &json!({})).await.status, 202, "twice is once");
    hold.release();

    let job = world.wait_for_job(&job).await;
    assert_eq!(job["state"], "cancelled", "{job}");
    let stored = world.workflows(&id).await;
    assert!((1..150).contains(&stored.len()), "{}", stored.len());
    assert_eq!(job["stats"]["created"], stored.len());
    for (workflow, shown) in &stored {
        let tasks = world.api.get(&format!("/v1/customers/{id}/workflows/{workflow}/tasks")).await.expect(200);
        assert_eq!(tasks["items"].as_array().unwrap().len() as u64, shown["tasks_count"].as_u64().unwrap());
    }
    let again = world.api.post(&path, &json!({})).await;
    assert_eq!(again.status, 409);
    assert!(again.body["detail"].as_str().unwrap().contains("cancelled"), "{}", again.text);
    let next = world.sync(&id).await;
    assert_eq!((&next["state"], &next["stats"]["total"]), (&json!("succeeded"), &json!(150)), "{next}");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_job_that_waits_is_cancelled_at_once_and_its_message_does_nothing() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("impatient", 3);
    tenant.fault(Fault::list().rate_limited(3600));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    world.wait_for_job_state(&job, &["waiting"]).await;

    let cancelled = world.api.post(&format!("/v1/jobs/{job}/cancel"), &json!({})).await.expect(202);

    assert_eq!((&cancelled["state"], &cancelled["next_attempt_at"]), (&json!("cancelled"), &json!(null)));
    world.deliver(&id, &job).await;
    let next = world.sync(&id).await;
    assert_eq!((&next["state"], next["id"] == job.as_str()), (&json!("succeeded"), false), "{next}");
    assert_eq!(world.job(&job).await["state"], "cancelled");
    world.remove(&id).await;
}
