//! Tenants of any size, and many customers at the same moment.

use std::{collections::HashSet, time::Duration};

use futures::{StreamExt, stream};
use shared::{
    clock,
    domain::{
        failure::ErrorClass,
        job::{Job, State},
        stats::Stats,
    },
};
use tests::simulator::{Fault, Route, Simulator};

use crate::{
    engine::{Engine, LAMBDA, Wire},
    world::World,
};

#[tokio::test]
async fn a_days_looks_export_every_workflow_once_and_write_nothing() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("looked at");
    tenant.seed(7);
    let engine = Engine::start(&world).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    assert_eq!(engine.run(&first).await.stats.created, 7);
    let before = engine.stored(&customer).await;
    assert_eq!((before.live().len(), before.tombstones().len(), before.orphans().len()), (7, 0, 0));
    engine.let_a_day_pass(&customer).await;
    tenant.reset_requests();

    let wire = Wire::sound();
    let asked = engine.request_sync(&customer).await;
    let job = engine.run_over(&engine.worker_over(&wire.sdk(&world.sdk)), &asked, LAMBDA).await;

    assert_eq!((job.state, job.stats.unchanged), (State::Succeeded, 7), "{job:?}");
    let exported: HashSet<_> = tenant.requests().iter().filter_map(|seen| seen.workflow_id).collect();
    assert_eq!(exported.len(), 7, "each one");
    assert_eq!(engine.stored(&customer).await, before);
    assert_eq!(engine.customer(&customer).await.workflows_count, 7);
    // A slow machine may write progress in between (`UpdateItem`); the assertion above shows that no workflow was written.
    let writes = wire.count(&["PutItem", "DeleteItem", "BatchWriteItem"]);
    assert_eq!((writes, wire.count(&["TransactWriteItems"])), (0, 2), "claimed and settled: {:?}", wire.calls());
    engine.stop().await;
}

#[tokio::test]
async fn a_sync_without_changes_reads_and_writes_as_little_for_many_workflows_as_for_few() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start(&world).await;
    let mut sent = Vec::new();
    for workflows in [60, 400] {
        let tenant = simulator.tenant(&format!("idle {workflows}"));
        tenant.seed(workflows);
        let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
        engine.run(&first).await;
        let wire = Wire::sound();
        let asked = engine.request_sync(&customer).await;
        let job = engine.run_over(&engine.worker_over(&wire.sdk(&world.sdk)), &asked, LAMBDA).await;
        assert_eq!(job.stats.unchanged, workflows, "{job:?}");
        let queries = wire.count(&["Query"]);
        assert_eq!((queries, engine.customer(&customer).await.workflows_count), (1, workflows), "is anything damaged?");
        // Some are checks that the run is still wanted: the longer it takes, the more.
        assert!(wire.count(&["GetItem"]) < 30, "nothing stored is read: {:?}", wire.calls());
        let writes: Vec<_> = wire.calls().into_iter().filter(|call| call.operation.contains("Write")).collect();
        sent.push((writes.len(), writes.iter().map(|call| call.sent).sum::<u64>()));
    }

    let [(few, few_bytes), (many, many_bytes)] = sent[..] else { panic!("two syncs") };
    assert_eq!((few, many), (2, 2), "claimed and settled");
    assert!(many_bytes < few_bytes + 1_000, "{few_bytes} and {many_bytes} bytes");
    engine.stop().await;
}

#[tokio::test]
async fn a_tenant_that_takes_more_than_sixteen_runs_is_finished_by_one_job_with_exact_counts() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("endless");
    tenant.seed(140);
    tenant.fault(Fault::export().always().delay(Duration::from_millis(1_900)));
    let engine = Engine::start(&world).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;

    // A run starts nothing new in its last minute and a half: these have two seconds, enough for the listing and one
    // export at a time.
    let time = engine.worker.syncer.wind_down() + Duration::from_secs(2);
    let job = engine.run_over(&engine.worker, &first, time).await;

    assert_eq!(job.state, State::Succeeded, "{job:?}");
    assert!((17..100).contains(&job.continuations), "{} continuations", job.continuations);
    let stats = Stats { created: 140, total: 140, ..Stats::default() };
    assert_eq!((job.stats, engine.stored(&customer).await.live().len()), (stats, 140));
    let stored = engine.stored(&customer).await;
    assert_eq!((stored.changes.len(), stored.orphans().len()), (140, 0));
    let exported =
        tenant.requests().iter().filter(|seen| seen.route == Route::Export && seen.status == Some(200)).count();
    assert!(
        exported <= 140 + 12 * job.continuations as usize,
        "{exported} exports: what is stored is not fetched again"
    );
    assert_eq!(job.runs.len(), 20, "the last twenty runs are told");
    engine.stop().await;
}

#[tokio::test]
async fn two_hundred_customers_at_the_same_moment_stay_within_the_budget_of_token_requests() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start_with_budget(&world, 80).await;
    let mut tenants = Vec::new();
    let mut waiting: Vec<Job> = Vec::new();
    for number in 0..200 {
        let tenant = simulator.tenant(&format!("due {number}"));
        tenant.seed(1);
        let (_, job) = engine.add_customer(&tenant, &simulator.base_url()).await;
        tenants.push(tenant);
        waiting.push(job);
    }
    let mut slots = Vec::new();
    while !waiting.is_empty() {
        // Twenty come at about the same moment; those without a permit come back after the others.
        let rest = waiting.split_off(waiting.len().min(20));
        let since = clock::now();
        let results = stream::iter(waiting).map(async |job| {
            drop(engine.deliver(&engine.worker, &job.id, LAMBDA).await.unwrap());
            engine.job(&job.id).await
        });
        let done: Vec<Job> = results.buffer_unordered(10).collect().await;
        waiting = rest;
        for job in done.into_iter().filter(|job| job.state != State::Succeeded) {
            assert_eq!((job.state, job.attempts), (State::Waiting, 0), "a wait is no attempt: {job:?}");
            assert_eq!(job.error.as_ref().map(|error| error.class), Some(ErrorClass::RateLimit));
            waiting.push(job);
        }
        slots.extend(engine.forget_token_slots(since).await);
    }

    // No slot of ten seconds had more than its sixth of 80; sixty seconds touch seven of them at most.
    assert!(slots.iter().sum::<u64>() == 200 && slots.iter().all(|requests| *requests <= 13), "{slots:?}");
    assert!(tenants.iter().all(|tenant| tenant.count(Route::Token) == 1));
    engine.stop().await;
}
