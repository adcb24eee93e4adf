//! Zuora's requests for a pause: kept to the second if they make sense, bounded if they do not, and no other customer waits
//! with them. Row R27 of docs/reliability.md.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use shared::{
    clock,
    domain::{job::State, time::Timestamp},
};
use tests::simulator::{Fault, Route, Seen, Simulator};

use crate::{
    engine::{Engine, LAMBDA},
    upstream::{create_unverified, stats, tenant},
    world::World,
};

/// The most seconds that are added to a wait, so that jobs with the same wait do not come back together.
const JITTER: u64 = 2;

#[tokio::test]
async fn every_way_to_ask_for_a_pause_is_understood_and_no_pause_is_longer_than_an_hour() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let limited = || Fault::list().always().status(429);
    let (date, later) = ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:29:30 GMT");
    let ways = [
        ("seconds", limited().header("Retry-After", "120"), 120),
        ("date", limited().header("Date", date).header("Retry-After", later), 90),
        ("past date", limited().header("Date", later).header("Retry-After", date), 1),
        ("a day", limited().header("Retry-After", "86400"), 3600),
        ("garbage", limited().header("Retry-After", "soon"), 60),
        ("nothing", limited(), 60),
        ("reset", limited().header("ratelimit-reset", "600"), 600),
        ("garbage and reset", limited().header("Retry-After", "-5").header("ratelimit-reset", "30"), 30),
        ("503", Fault::list().always().status(503).header("Retry-After", "40"), 40),
    ];
    let one_way = async |(way, fault, seconds): (&str, Fault, u64)| {
        let tenant = simulator.tenant(way);
        tenant.fault(fault);
        let before = clock::now();
        let (id, job) = create_unverified(&world, &tenant, &simulator).await;

        let job = world.wait_for_job_state(&job, &["waiting", "failed", "succeeded"]).await;

        assert_eq!((&job["state"], &job["attempts"]), (&json!("waiting"), &json!(0)), "{way}: {job}");
        assert_eq!(job["error"]["class"], "rate_limit", "{way}");
        let due: Timestamp = job["next_attempt_at"].as_str().unwrap().parse().unwrap();
        let earliest = before.plus(Duration::from_secs(seconds));
        let latest = clock::now().plus(Duration::from_secs(seconds + JITTER));
        assert!(earliest <= due && due <= latest, "{way}: {earliest} {due} {latest}");
        assert_eq!(tenant.count(Route::List), 1, "{way}: asked once");
        id
    };

    let waiting = join_all(ways.into_iter().map(one_way)).await;

    let unhindered = simulator.tenant("unhindered");
    unhindered.seed(5);
    let (id, job) = world.create_and_sync(&unhindered, &simulator.base_url()).await;
    assert_eq!(stats(&job), [5, 0, 0, 0, 5, 0], "while nine others wait");
    for id in waiting.iter().chain([&id]) {
        world.remove(id).await;
    }
}

#[tokio::test]
async fn a_storm_of_429_costs_no_attempts() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("storm", 3);
    tenant.fault(Fault::list().times(7).rate_limited(900));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;

    for waits in 1..=7 {
        world.wait_until("it was asked to wait again", async || tenant.count(Route::List) == waits).await;
        let waiting = world.wait_for_job_state(&job, &["waiting", "failed"]).await;
        assert_eq!((&waiting["state"], &waiting["attempts"]), (&json!("waiting"), &json!(0)), "{waiting}");
        world.hurry(&id, &job).await;
    }

    let job = world.wait_for_job(&job).await;
    assert_eq!((&job["state"], &job["attempts"]), (&json!("succeeded"), &json!(1)), "{job}");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_zuora_that_says_come_back_at_once_again_and_again_is_asked_less_and_less_often() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("hurried", 3);
    tenant.fault(Fault::list().always().status(429).header("Retry-After", "0"));
    let engine = Engine::start(&world).await;
    let (_, job) = engine.add_customer(&tenant, &simulator.base_url()).await;

    for _ in 0..12 {
        engine.deliver(&engine.worker, &job.id, LAMBDA).await.unwrap();
    }

    let job = engine.job(&job.id).await;
    assert_eq!((job.state, job.attempts, tenant.count(Route::List)), (State::Waiting, 0, 12));
    let waits = job.runs.iter().map(|run| run.ended_at.until(run.waits_until.unwrap()).as_secs());
    let shortest = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900];
    for (wait, shortest) in waits.zip(shortest) {
        // A second, as no wait is shorter, and the jitter are all that Zuora's wish amounts to.
        assert!((shortest..=shortest.max(1 + JITTER)).contains(&wait), "{wait} s instead of {shortest} s");
    }
    tenant.clear_faults();
    let job = engine.run(&job).await;
    assert_eq!((job.state, job.stats.created), (State::Succeeded, 3), "it is not given up for it");
    engine.stop().await;
}

#[tokio::test]
async fn a_wait_longer_than_sqs_can_delay_is_slept_in_parts() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("patient", 3);
    tenant.fault(Fault::list().rate_limited(3600));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    let waiting = world.wait_for_job_state(&job, &["waiting", "failed"]).await;
    let seq = world.seq_of(&id, &job).await;

    // SQS delivers after a quarter of an hour at the latest: too early for this one.
    world.deliver(&id, &job).await;

    world
        .wait_until("the rest of the wait has a message of its own", async || world.seq_of(&id, &job).await == seq + 1)
        .await;
    assert_eq!(world.job(&job).await, waiting, "it waits as before");
    assert_eq!(tenant.count(Route::List), 1, "Zuora was left in peace");
    world.hurry(&id, &job).await;
    assert_eq!(world.wait_for_job(&job).await["state"], "succeeded");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_429_in_the_middle_of_the_exports_keeps_what_is_done_and_counts_it_in_the_end() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("interrupted", 30);
    tenant.fault(Fault::export().after(17).rate_limited(600));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;

    let waiting = world.wait_for_job_state(&job, &["waiting", "failed", "succeeded"]).await;
    let done = world.workflows(&id).await;
    world.hurry(&id, &job).await;
    let job = world.wait_for_job(&job).await;

    assert_eq!((&waiting["state"], &waiting["error"]["class"]), (&json!("waiting"), &json!("rate_limit")), "{waiting}");
    assert!((10..30).contains(&done.len()), "{} of 30 were stored before the wait", done.len());
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [30, 0, 0, 0, 30, 0]), "{job}");
    for workflow in done.keys() {
        let of_it = |seen: &&Seen| seen.workflow_id.is_some_and(|id| id.to_string() == *workflow);
        let fetched = tenant.requests().iter().filter(of_it).filter(|seen| seen.status == Some(200)).count();
        assert_eq!(fetched, 1, "{workflow}: what was stored is not fetched again");
    }
    world.remove(&id).await;
}

#[tokio::test]
async fn a_429_in_the_middle_of_the_deletions_keeps_what_is_done_and_counts_it() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("half-deleted", 60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    for gone in tenant.ids().into_iter().take(12) {
        tenant.remove(gone);
    }
    tenant.fault(Fault::get().after(4).always().rate_limited(600));

    let asked = world.ask_for_sync(&id).await;
    let waiting = world.wait_for_job_state(&asked, &["waiting", "succeeded", "failed"]).await;

    assert_eq!(waiting["state"], "waiting", "{waiting}");
    let left = world.workflows(&id).await.len() as u64;
    // Five requests are in flight: the test waits for their results.
    assert_eq!((stats(&waiting)[3], left), (4, 56), "{waiting}");
    assert_eq!(world.customer(&id).await["workflows_count"], left);
    tenant.clear_faults();
    world.hurry(&id, &asked).await;
    let job = world.wait_for_job(&asked).await;
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [0, 0, 48, 12, 48, 0]), "{job}");
    world.remove(&id).await;
}

#[tokio::test]
async fn a_run_that_stops_before_it_stores_does_not_hide_what_the_one_before_did() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("hidden", 30);
    tenant.fault(Fault::export().after(17).rate_limited(600));
    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    let waiting = world.wait_for_job_state(&job, &["waiting", "succeeded", "failed"]).await;
    let created = stats(&waiting)[0];
    assert!(created >= 12, "{waiting}");
    let hold = tenant.hold(Route::List);
    world.hurry(&id, &job).await;
    hold.wait_for_arrival().await;

    world.api.post(&format!("/v1/jobs/{job}/cancel"), &json!({})).await.expect(202);
    hold.release();

    let cancelled = world.wait_for_job(&job).await;
    assert_eq!((&cancelled["state"], stats(&cancelled)[0]), (&json!("cancelled"), created), "{cancelled}");
    assert_eq!(world.customer(&id).await["workflows_count"], created);
    world.remove(&id).await;
}
