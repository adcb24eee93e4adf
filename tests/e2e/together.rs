//! Workflows are stored several in one transaction. One that cannot be stored keeps no other from it; after a death each is
//! stored completely or not at all, and none is counted twice.

use futures::{StreamExt, stream};
use shared::{
    aws::{keys, table::StoreError, workflow_writes::Put, workflows::Workflows},
    clock,
    domain::{
        change::{Change, Definitions},
        ids::WorkflowId,
        job::State,
        stats::Stats,
        workflow::Workflow,
    },
};
use tests::simulator::{Route, Simulator};

use crate::{
    engine::{Death, Engine, LAMBDA, Wire},
    world::World,
};

/// The workflow with another description, and the record of that change.
fn described(old: &Workflow, description: &str) -> (Workflow, Change) {
    let new = Workflow { description: Some(description.to_owned()), written_at: clock::now(), ..old.clone() };
    let change = Change::between(Some(old), &new, Definitions::Same);
    (new, change)
}

#[tokio::test]
async fn one_workflow_that_cannot_be_stored_keeps_no_other_of_its_transaction_from_it() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("together");
    tenant.seed(12);
    let engine = Engine::start(&world).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    let before = engine.stored(&customer).await;
    let (ours, huge) = ("ours", "x".repeat(410_000));
    let puts = before.copies.values().enumerate().map(|(at, copy)| {
        // The fourth was written by another writer since it was read, and the eighth is too large.
        let (rev, text) = match at {
            3 => (7, ours),
            7 => (1, huge.as_str()),
            _ => (1, ours),
        };
        let (workflow, change) = described(&copy.workflow, text);
        Put::new(&customer, workflow, rev, None, Some(&change)).unwrap()
    });
    let puts: Vec<Put> = puts.collect();
    let wire = Wire::sound();
    let workflows: Workflows = engine.worker_over(&wire.sdk(&world.sdk)).syncer.workflows;

    let results = workflows.put_all(&customer, &puts).await.unwrap();

    for (at, result) in results.iter().enumerate() {
        let as_expected = match at {
            3 => matches!(result, Err(StoreError::Conflict { .. })),
            7 => matches!(result, Err(StoreError::TooLarge)),
            _ => result.is_ok(),
        };
        assert!(as_expected, "{at}: {result:?}");
    }
    assert_eq!(wire.count(&["TransactWriteItems"]), 13, "together, then one by one");
    let after = engine.stored(&customer).await;
    for (at, (id, copy)) in after.copies.iter().enumerate() {
        let is_ours = copy.workflow.description.as_deref() == Some(ours);
        assert_eq!(is_ours, !matches!(at, 3 | 7), "{id}");
        assert!(is_ours || *copy == before.copies[id], "{id}");
    }
    assert_eq!(after.changes.len(), 12 + 10, "each of them is told once");
    // All of it once more, as if the answers had been lost: they are recognized as our own, and no change is recorded twice.
    let again = workflows.put_all(&customer, &puts[..3]).await.unwrap();
    assert!(again.iter().all(Result::is_ok), "{again:?}");
    assert_eq!(engine.stored(&customer).await, after);
    engine.stop().await;
}

#[tokio::test]
async fn a_workflow_that_somebody_writes_during_a_sync_is_left_to_the_next_run_and_all_others_are_stored() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("met");
    tenant.seed(40);
    let engine = Engine::start(&world).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    let ids = tenant.ids();
    for id in &ids {
        tenant.edit(*id, |workflow| workflow.description = Some("Edited".into()));
    }
    let met: WorkflowId = ids[39].to_string().parse().unwrap();
    let hold = tenant.hold(Route::Export.workflow(ids[39]));
    let job = engine.request_sync(&customer).await;

    let run = engine.deliver(&engine.worker, &job.id, LAMBDA);
    let meet = async {
        hold.wait_for_arrival().await;
        engine.raise_rev(&keys::workflow(&customer, &met)).await;
        hold.release();
    };
    let (delivered, ()) = tokio::join!(run, meet);
    drop(delivered.unwrap());

    let stopped = engine.job(&job.id).await;
    assert_eq!((stopped.state, stopped.stats.updated), (State::Waiting, 39), "{stopped:?}");
    let is_edited = |workflow: &Workflow| workflow.description.as_deref() == Some("Edited");
    let stored = engine.stored(&customer).await;
    let left: Vec<_> = stored.copies.iter().filter(|(_, copy)| !is_edited(&copy.workflow)).map(|(id, _)| id).collect();
    assert_eq!(left, [&met], "what they wrote stays");
    let job = engine.run(&stopped).await;
    assert_eq!((job.state, job.stats.updated, job.errors.len()), (State::Succeeded, 40, 0), "{job:?}");
    assert_eq!(engine.stored(&customer).await.changes.len(), 80, "each is told once");
    engine.stop().await;
}

#[tokio::test]
async fn a_first_sync_that_dies_between_two_transactions_stores_and_counts_each_workflow_once() {
    const MANY: u64 = 60;
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    // Each dies two calls later than the one before, until one comes to its end.
    let deaths = stream::iter((4..).step_by(2)).map(async |call: usize| {
        let simulator = Simulator::start();
        let tenant = simulator.tenant("first");
        tenant.seed(MANY);
        let (customer, job) = engine.add_customer(&tenant, &simulator.base_url()).await;
        let wire = Wire::dying(Death::After(call));
        drop(engine.deliver(&engine.worker_over(&wire.sdk(&world.sdk)), &job.id, LAMBDA).await);
        let died = wire.calls().len() > call;
        let at_death = engine.stored(&customer).await;
        let job = engine.run(&job).await;
        let stats = Stats { created: MANY, total: MANY, ..Stats::default() };
        assert_eq!((job.state, job.stats), (State::Succeeded, stats), "{call}: {job:?}");
        let stored = engine.stored(&customer).await;
        let whole = (stored.live().len(), stored.changes.len(), stored.orphans().len());
        assert_eq!(whole, (60, 60, 0), "{call}");
        let told = at_death.changes.len();
        assert_eq!((at_death.copies.len(), at_death.orphans().len()), (told, 0), "{call}: together or not at all");
        (died, told)
    });
    let between = deaths.buffered(3).take_while(|(died, _)| std::future::ready(*died)).map(|(_, told)| told);
    let between: Vec<usize> = between.collect().await;

    assert!(between.iter().any(|told| (1..60).contains(told)), "between two transactions: {between:?}");
    engine.stop().await;
}
