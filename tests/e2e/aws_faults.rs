//! Temporary faults of AWS: it throttles, loses answers, cuts connections, cancels transactions, does half of a batch. Each is
//! waited out, or ends an attempt as a temporary fault of our own; none is blamed on the customer, and none leaves a partial
//! result. Rows R39 to R45 of docs/reliability.md. (The faults that the emulator has by itself, such as large items and foreign
//! ciphertexts, are tested elsewhere.)

use serde_json::{Value, json};
use shared::{
    app::{error::AppError, redrive::Redrive, sweep},
    clock,
    domain::{
        customer::Customer,
        failure::ErrorClass,
        ids::CustomerId,
        job::{Job, State},
        stats::Stats,
    },
};
use tests::simulator::{Fault, Route, Simulator, Tenant};

use crate::{
    engine::{Engine, Faults, LAMBDA, Wire, context},
    world::World,
};

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// A tenant of six workflows and a customer whose first sync is queued.
async fn scene(engine: &Engine) -> (Simulator, Tenant, CustomerId, Job) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("cloudy");
    tenant.seed(6);
    let (customer, job) = engine.add_customer(&tenant, &simulator.base_url()).await;
    (simulator, tenant, customer, job)
}

/// Asserts that all six are stored and counted once, with one change each.
async fn assert_whole(engine: &Engine, customer: &CustomerId, job: &Job) {
    let stats = Stats { created: 6, total: 6, ..Stats::default() };
    assert_eq!((job.state, job.stats), (State::Succeeded, stats), "{job:?}");
    let stored = engine.stored(customer).await;
    assert_eq!((stored.live().len(), stored.changes.len(), stored.orphans().len()), (6, 6, 0));
}

/// Runs a customer's first sync under fault rules; returns the job and the number of strikes.
async fn first_sync_under(rules: Vec<Value>) -> (Job, u64) {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (_zuora, _, customer, job) = scene(&engine).await;
    let faults = Faults::of(&world, engine.mark());
    for rule in rules {
        faults.add(rule).await;
    }

    let job = engine.run_over(&engine.worker_over(&faults.sdk()), &job, LAMBDA).await;

    let hits = faults.lift().await;
    assert_whole(&engine, &customer, &job).await;
    engine.stop().await;
    (job, hits)
}

/// A fault that strikes each operation twice, so no request fails at all of its three attempts.
fn now_and_then(fault: &Value) -> Vec<Value> {
    let rule = |operation| {
        let mut rule = fault.clone();
        (rule["service"], rule["operation"], rule["times"]) = (json!("dynamodb"), json!(operation), json!(2));
        rule
    };
    ["GetItem", "PutItem", "Query", "TransactWriteItems"].map(rule).to_vec()
}

#[tokio::test]
async fn a_table_that_throttles_now_and_then_is_waited_for_within_the_run() {
    let (job, hits) = first_sync_under(now_and_then(&json!({"error": {"code": THROTTLED}}))).await;

    assert_eq!(job.attempts, 1);
    assert!(hits > 5, "{hits} requests were throttled");
}

#[tokio::test]
async fn connections_that_are_cut_are_made_again_within_the_run() {
    let (job, hits) = first_sync_under(now_and_then(&json!({"reset": true}))).await;

    assert_eq!(job.attempts, 1);
    assert!(hits > 5, "{hits} connections were cut");
}

#[tokio::test]
async fn transactions_that_meet_others_are_tried_again() {
    let reasons = json!([{"Code": "TransactionConflict", "Message": "busy"}, {"Code": "None"}]);
    let error = json!({"code": "TransactionCanceledException", "fields": {"CancellationReasons": reasons}});
    let rule = json!({"operation": "TransactWriteItems", "sequence": {"fail": 1, "pass": 1}, "error": error});

    let (job, hits) = first_sync_under(vec![rule]).await;

    assert_eq!(job.attempts, 1);
    assert!(hits > 2, "{hits} transactions were cancelled: claimed, stored, settled");
}

#[tokio::test]
async fn a_write_that_took_effect_though_its_answer_was_lost_is_known_as_our_own() {
    // The connection ends before the first byte of the answer.
    let lost = json!({"abort_bytes": 0});
    let rule = json!({"operation": "TransactWriteItems", "sequence": {"fail": 1, "pass": 1}, "response": lost});

    let (job, hits) = first_sync_under(vec![rule]).await;

    assert!(hits > 2, "{hits} answers were lost: claimed, stored, settled");
    assert_eq!(job.errors, []);
}

#[tokio::test]
async fn a_table_that_throttles_for_long_ends_the_attempt_and_leaves_the_copy_whole() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (_zuora, tenant, customer, job) = scene(&engine).await;
    engine.run(&job).await;
    let before = engine.stored(&customer).await;
    let name = format!("Edited {}", engine.mark());
    for id in tenant.ids() {
        tenant.edit(id, |workflow| workflow.name.clone_from(&name));
    }
    let faults = Faults::of(&world, &name);
    let job = engine.request_sync(&customer).await;
    // The edited workflows cannot be written; everything else works.
    faults.add(json!({"operation": "TransactWriteItems", "error": {"code": THROTTLED}})).await;

    drop(engine.deliver(&engine.worker_over(&faults.sdk()), &job.id, LAMBDA).await.unwrap());

    let waiting = engine.job(&job.id).await;
    let error = waiting.error.as_ref().unwrap();
    assert_eq!(
        (waiting.state, waiting.attempts, error.class),
        (State::Waiting, 1, ErrorClass::Transient),
        "{waiting:?}"
    );
    assert_eq!(engine.stored(&customer).await, before);
    faults.lift().await;
    let job = engine.run(&job).await;
    assert_eq!((job.state, job.stats.updated, job.attempts), (State::Succeeded, 6, 2), "{job:?}");
    engine.stop().await;
}

#[tokio::test]
async fn a_key_service_that_throttles_or_refuses_is_never_taken_for_a_wrong_password() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    for (code, class) in [("ThrottlingException", ErrorClass::Transient), ("AccessDeniedException", ErrorClass::Bug)] {
        let (_zuora, tenant, customer, job) = scene(&engine).await;
        let faults = Faults::of(&world, customer.as_str());
        faults.add(json!({"service": "kms", "error": {"code": code}})).await;

        drop(engine.deliver(&engine.worker_over(&faults.sdk()), &job.id, LAMBDA).await.unwrap());

        let stopped = engine.job(&job.id).await;
        assert_eq!(stopped.error.as_ref().map(|error| error.class), Some(class), "{stopped:?}");
        let Customer { config_failures, connection, .. } = engine.customer(&customer).await;
        assert_eq!((config_failures, connection), (0, None), "the credentials are not blamed");
        assert_eq!(tenant.count(Route::Token), 0);
        faults.lift().await;
        let job = engine.run(&job).await;
        assert_whole(&engine, &customer, &job).await;
    }
    engine.stop().await;
}

#[tokio::test]
async fn a_customer_whose_secret_cannot_be_sealed_is_not_stored_at_all() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("unsealed");
    let faults = Faults::of(&world, "client_secret");
    let only = Faults::of(&world, engine.mark());
    // The id is not known beforehand; no other test seals client secrets through the proxy.
    faults.add(json!({"operation": "Encrypt", "times": 3, "error": {"code": "ThrottlingException"}})).await;

    let refused = engine.try_to_add_customer(&engine.worker_over(&only.sdk()), &tenant, &simulator.base_url()).await;

    faults.lift().await;
    assert!(matches!(refused, Err(AppError::Seal(_))), "{refused:?}");
    assert_eq!(engine.worker.syncer.dispatcher.customers.all().await.unwrap(), []);
    engine.stop().await;
}

#[tokio::test]
async fn a_job_whose_message_the_queue_refused_is_sent_by_the_sweeper() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (_zuora, _, customer, first) = scene(&engine).await;
    engine.run(&first).await;
    engine.messages().await;
    let faults = Faults::of(&world, engine.mark());
    faults.add(json!({"service": "sqs", "error": {"code": "ServiceUnavailable", "status": 503}})).await;

    let job = engine.request_sync_over(&engine.worker_over(&faults.sdk()), &customer).await;

    assert!(faults.lift().await >= 3, "it was tried");
    assert_eq!((engine.job(&job.id).await.state, engine.messages().await.len()), (State::Queued, 0));
    engine.let_time_pass(&job.id).await;
    let lifecycle = &engine.worker.lifecycle;
    let swept = sweep::run(&lifecycle.dispatcher, lifecycle, clock::now()).await.unwrap();
    assert_eq!((swept.revived, engine.messages().await.len()), (1, 1));
    assert_eq!(engine.run(&job).await.state, State::Succeeded);
    engine.stop().await;
}

#[tokio::test]
async fn a_job_whose_dead_letter_the_queue_refused_is_listed_all_the_same() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (_zuora, tenant, _, job) = scene(&engine).await;
    tenant.fault(Fault::list().status(403));
    let faults = Faults::of(&world, engine.mark());
    faults.add(json!({"service": "sqs", "error": {"code": "ServiceUnavailable", "status": 503}})).await;

    drop(engine.deliver(&engine.worker_over(&faults.sdk()), &job.id, LAMBDA).await.unwrap());

    assert!(faults.lift().await >= 3, "it was tried");
    let failed = engine.job(&job.id).await;
    assert!(failed.state == State::Failed && failed.dead_lettered_at.is_some(), "{failed:?}");
    engine.stop().await;
}

#[tokio::test]
async fn what_a_batch_left_undone_is_done_again() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (_zuora, _, customer, first) = scene(&engine).await;
    engine.run(&first).await;
    engine.messages().await;
    let wire = Wire::doing_half();
    let worker = engine.worker_over(&wire.sdk(&world.sdk));

    let purge = engine.delete_customer(&customer).await;
    drop(engine.deliver(&worker, &purge, LAMBDA).await.unwrap());

    assert!(wire.count(&["BatchWriteItem"]) > 3, "{:?}", wire.calls());
    assert_eq!(engine.partition(&customer).await.len(), 0);
    let simulator = Simulator::start();
    for number in 0..12 {
        let tenant = simulator.tenant(&format!("denied {number}"));
        tenant.fault(Fault::list().always().status(403));
        let (_, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
        engine.run(&first).await;
    }
    engine.messages().await;
    let (dispatcher, letters) = (&worker.lifecycle.dispatcher, &worker.lifecycle.dead_letters);
    let all = Redrive { customers: None, class: None, before: None, limit: 200 };
    let redriven = dispatcher.redrive(letters, &all, |_| true, &context(&dispatcher.data)).await.unwrap();
    assert_eq!((redriven.redriven, engine.messages().await.len()), (12, 12), "each of them, once");
    assert!(wire.count(&["SendMessageBatch"]) > 4, "{:?}", wire.calls());
    engine.stop().await;
}
