//! A Zuora that is slow, or hangs. Rows R125 to R130 of docs/reliability.md.
//!
//! Times are compressed: the simulator delays answers by fractions of a second, and requests and runs have seconds.

use std::time::Duration;

use shared::domain::{
    failure::ErrorClass,
    job::{Job, State},
    stats::Stats,
};
use tests::simulator::{Fault, Route, Tenant};

use crate::{
    engine::{Engine, LAMBDA, context},
    upstream::tenant,
    world::World,
};

/// A delay longer than the time of any request in these tests.
const FOR_EVER: Duration = Duration::from_secs(30);

/// An engine whose requests have this much time.
async fn engine(world: &World, request: Duration) -> Engine {
    let mut engine = Engine::start(world).await;
    engine.worker.syncer.request_timeout = request;
    engine
}

/// Makes the exports of these workflows hang.
fn hang(tenant: &Tenant, ids: &[u64]) {
    for id in ids {
        tenant.fault(Fault::export().workflow(*id).always().delay(FOR_EVER));
    }
}

fn errors(job: &Job) -> Vec<u64> {
    let mut ids: Vec<u64> =
        job.errors.iter().map(|error| error.workflow_id.as_ref().unwrap().as_str().parse().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_first_listing_of_many_slow_pages_takes_one_run_with_several_of_them_in_flight() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("slow pages", 1_520);
    tenant.fault(Fault::list().always().delay(Duration::from_millis(300)));
    let engine = Engine::start(&world).await;
    let (customer, _) = engine.add_customer(&tenant, &simulator.base_url()).await;

    let dispatcher = &engine.worker.lifecycle.dispatcher;
    let asked = dispatcher.request_plan(&customer, &context(&dispatcher.data)).await.unwrap();
    let job = engine.run(&asked).await;

    assert_eq!((job.state, job.stats.created, job.runs.len()), (State::Succeeded, 1_520, 1), "{job:?}");
    let traffic = &job.runs[0].traffic;
    assert_eq!(traffic.throttles, 0);
    assert!((5..=12).contains(&traffic.in_flight), "{traffic:?}");
    // What is on its way is counted here before it arrives there.
    assert!((5..=traffic.in_flight).contains(&(tenant.max_in_flight() as u64)), "{} arrived", tenant.max_in_flight());
    let pages = tenant.count(Route::List);
    assert!((31..=31 + 12).contains(&pages), "{pages} pages asked for, of 31");
    engine.stop().await;
}

#[tokio::test]
async fn a_run_whose_exports_hang_at_its_end_ends_by_itself_with_all_it_did_counted() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("near the end", 60);
    tenant.fault(Fault::export().after(5).always().delay(FOR_EVER));
    let engine = engine(&world, Duration::from_secs(3)).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;

    let time = engine.worker.syncer.wind_down() + Duration::from_secs(4);
    engine.deliver(&engine.worker, &first.id, time).await.unwrap();

    let job = engine.job(&first.id).await;
    assert_eq!((job.state, job.attempts, &job.error), (State::Queued, 0, &None), "it goes on: {job:?}");
    assert_eq!((job.stats.created, job.stats.errors), (5, 0), "what hung is not given up yet");
    assert_eq!(engine.stored(&customer).await.live().len(), 5);
    assert!(!job.failed_workflows.is_empty() && job.runs[0].traffic.throttles > 0, "{job:?}");
    tenant.clear_faults();
    let job = engine.run(&first).await;
    assert_eq!((job.state, job.stats), (State::Succeeded, Stats { created: 60, total: 60, ..Stats::default() }));
    assert_eq!(engine.stored(&customer).await.live().len(), 60);
    engine.stop().await;
}

#[tokio::test]
async fn a_page_that_hangs_is_cut_where_the_run_ends_and_the_attempt_is_counted() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("cut", 3);
    tenant.fault(Fault::list().always().delay(FOR_EVER));
    let engine = Engine::start(&world).await;
    let (_, first) = engine.add_customer(&tenant, &simulator.base_url()).await;

    // All but two seconds of it are for what comes after the last request.
    engine.deliver(&engine.worker, &first.id, Duration::from_secs(32)).await.unwrap();

    let job = engine.job(&first.id).await;
    assert_eq!((job.state, job.attempts), (State::Waiting, 1), "{job:?}");
    assert!(job.error.as_ref().unwrap().message.contains("timed out"), "by itself: {job:?}");
    let run = &job.runs[0];
    assert!(run.started_at.until(run.ended_at) < Duration::from_secs(15), "{run:?}");
    engine.stop().await;
}

#[tokio::test]
async fn exports_that_hang_keep_no_sound_one_from_being_stored_and_the_sync_ends_incomplete() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("hanging", 80);
    // More than ten together, and first in the list.
    let hanging = tenant.ids()[..24].to_vec();
    hang(&tenant, &hanging);
    let engine = engine(&world, Duration::from_secs(3)).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;

    let job = engine.run_over(&engine.worker, &first, LAMBDA).await;

    assert_eq!((job.state, job.continuations), (State::Incomplete, 0), "{job:?}");
    assert_eq!(job.stats, Stats { created: 56, errors: 24, total: 80, ..Stats::default() });
    assert_eq!(errors(&job), hanging);
    let error = job.error.as_ref().unwrap();
    assert_eq!(error.class, ErrorClass::Transient);
    assert!(error.message.starts_with("Zuora did not answer in time: 24 workflows"), "{}", error.message);
    assert_eq!(engine.stored(&customer).await.live().len(), 56, "all sound ones");
    let behind = engine.customer(&customer).await.behind;
    assert_eq!(behind.len(), 24, "{behind:?}");
    tenant.clear_faults();
    let healed = engine.sync(&customer).await;
    assert_eq!((healed.state, healed.stats.created, healed.stats.unchanged), (State::Succeeded, 24, 56), "{healed:?}");
    engine.stop().await;
}

#[tokio::test]
async fn a_zuora_that_lists_and_exports_nothing_is_left_alone_after_thirty_and_the_sync_ends_incomplete() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("mute", 60);
    tenant.fault(Fault::export().always().delay(FOR_EVER));
    let engine = engine(&world, Duration::from_millis(900)).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;

    let job = engine.run_over(&engine.worker, &first, LAMBDA).await;

    assert_eq!((job.state, job.continuations, job.stats.created), (State::Incomplete, 0, 0), "{job:?}");
    assert!((30..42).contains(&job.stats.errors), "thirty, and what was in flight: {job:?}");
    assert!(tenant.count(Route::Export) < 42, "{}", tenant.count(Route::Export));
    assert!(tenant.count(Route::List) > 2, "it was asked whether it still lists");
    assert_eq!(engine.customer(&customer).await.behind.len(), 60, "those not asked for as well");
    engine.stop().await;
}

#[tokio::test]
async fn what_failed_in_a_run_goes_last_in_the_next_one_of_its_job() {
    let world = World::connect().await;
    let (simulator, tenant) = tenant("last", 30);
    let broken = tenant.ids()[..3].to_vec();
    for id in &broken {
        tenant.fault(Fault::export().workflow(*id).always().status(500));
    }
    tenant.fault(Fault::export().after(12).times(1).rate_limited(60));
    let engine = Engine::start(&world).await;
    let (_, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.deliver(&engine.worker, &first.id, LAMBDA).await.unwrap();
    let waiting = engine.job(&first.id).await;
    assert_eq!((waiting.state, waiting.failed_workflows.len()), (State::Waiting, 3), "{waiting:?}");
    tenant.reset_requests();

    let job = engine.run(&first).await;

    assert_eq!((job.state, job.stats.created, errors(&job)), (State::Incomplete, 27, broken.clone()), "{job:?}");
    let asked = tenant.requests().into_iter().filter_map(|seen| seen.workflow_id).collect::<Vec<_>>();
    assert!(asked[..10].iter().all(|id| !broken.contains(id)), "{asked:?}");
    engine.stop().await;
}
