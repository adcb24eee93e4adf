//! What any released version stored is a promise: the present code reads it, syncs it and finds nothing changed, and purges it.
//! And code of two versions on one queue loses nothing. See D-86.

mod every_state;
mod stored_tables;

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    app::{
        customers::CustomerChange,
        sweep,
        worker::{Delivery, Handled},
    },
    aws::keys,
    clock,
    domain::{
        counts::Totals,
        customer::{Customer, SettingsChange, Status},
        ids::{CustomerId, JobId},
        job::{Job, SWEEP_GRACE, State},
        message::Message,
        precondition::Precondition,
    },
};
use tests::simulator::{Route, Simulator, Tenant, Workflow};

use self::stored_tables::{StoredTables, partition, scan, versions};
use crate::{
    engine::{Engine, LAMBDA, context, creation, drain, service},
    upstream::tenant,
    world::World,
};

/// The version whose tables the present code writes.
const PRESENT: &str = env!("CARGO_PKG_VERSION");
/// What a purge leaves: what belongs to no customer, or is kept beyond its customer.
const KEPT: [&str; 7] = ["AUDIT", "USER", "BATCHES", "COUNTS", "DEADLETTERS", "LIMIT", "ONCE"];

#[tokio::test]
async fn what_this_version_stores_is_kept_for_the_versions_to_come() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    Box::pin(every_state::fill(&world, &engine)).await;

    let tables = StoredTables::of(&world, &engine).await;

    engine.stop().await;
    #[expect(clippy::disallowed_methods, reason = "how the files are written anew")]
    if std::env::var("ZWM_WRITE_STORED").is_ok() {
        tables.write(PRESENT);
    }
    let kept = StoredTables::read(PRESENT).shape();
    let new: Vec<_> = tables.shape().difference(&kept).cloned().collect();
    assert!(new.is_empty(), "tests/stored/{PRESENT} lacks what is stored now (see CONTRIBUTING.md): {new:#?}");
}

#[tokio::test]
async fn what_any_version_stored_is_read_synced_without_a_change_and_purged() {
    let world = World::connect().await;
    for version in versions() {
        let engine = Engine::start(&world).await;
        StoredTables::read(&version).load(&world, &engine).await;
        let simulator = Simulator::start();
        let listed = engine.customers().await;
        assert!(!listed.is_empty(), "{version}");

        for customer in &listed {
            let id = &customer.id;
            let tenant = zuora_as_stored(&engine, &simulator, id).await;
            Box::pin(enter_secret(&engine, id, &tenant, &simulator.base_url())).await;
            check_syncs(&world, &engine, id, &tenant).await;
            let purge = engine.delete_customer(id).await;
            engine.deliver(&engine.worker, &purge, LAMBDA).await.unwrap();
        }
        for purge in purges(&world, &engine).await {
            engine.deliver(&engine.worker, &purge, LAMBDA).await.unwrap();
        }

        let left: Vec<_> = [scan(&world, &engine.data).await, scan(&world, &engine.vault).await].concat();
        let left: Vec<_> =
            left.iter().map(partition).filter(|key| !KEPT.iter().any(|kept| key.starts_with(kept))).collect();
        assert!(left.is_empty(), "{version}: {left:#?}");
        let totals = engine.worker.lifecycle.dispatcher.counts.totals().await.unwrap();
        assert_eq!(totals, Totals::default(), "{version}: nothing is counted that is not there");
        engine.stop().await;
    }
}

/// A tenant whose answers are the bytes that are stored of a customer.
async fn zuora_as_stored(engine: &Engine, simulator: &Simulator, customer: &CustomerId) -> Tenant {
    let tenant = simulator.tenant(customer.as_str());
    for (id, copy) in engine.stored(customer).await.live() {
        tenant.add(Workflow {
            id: id.as_str().parse().unwrap(),
            raw_item: Some(copy.workflow.listed.clone().into()),
            raw_export: Some(copy.definition.clone().unwrap().into()),
            ..Workflow::named("as stored")
        });
    }
    tenant
}

/// An admin enters the secret again: it was sealed with a key that is gone.
async fn enter_secret(engine: &Engine, id: &CustomerId, tenant: &Tenant, base_url: &str) {
    let (service, context) = (service(&engine.worker), context(&engine.worker.lifecycle.dispatcher.data));
    if engine.customer(id).await.status == Status::Paused {
        service.set_paused(id, false, &context).await.unwrap();
    }
    let credentials = creation(tenant, base_url);
    let settings = SettingsChange {
        zuora_client_id: Some(tenant.client_id()),
        zuora_base_url: Some(credentials.base),
        ..SettingsChange::default()
    };
    let change =
        CustomerChange { expected: Precondition::Any, settings, secret: Some(credentials.secret), verify: false };
    service.change(id, change, &context).await.unwrap();
}

/// Three syncs: of what there is, of a list that is compared workflow by workflow, and of every definition.
async fn check_syncs(world: &World, engine: &Engine, id: &CustomerId, tenant: &Tenant) {
    let workflows = tenant.ids().len();
    let name = engine.customer(id).await.settings.name;
    let sync = async |what: &str| {
        tenant.reset_requests();
        let job = engine.sync(id).await;
        let stats = job.stats;
        assert_eq!((job.state, stats.unchanged), (State::Succeeded, workflows as u64), "{name}, {what}: {job:?}");
        assert_eq!((stats.total, stats.deleted), (stats.unchanged, 0), "{name}, {what}");
        tenant.count(Route::Export)
    };
    sync("as it is").await;
    forget_listing(world, engine, id).await;
    assert_eq!(sync("compared").await, 0, "{name}: the fingerprints are those of the present formula");
    engine.let_a_day_pass(id).await;
    assert_eq!(sync("exported").await, workflows, "{name}: the definitions are the same");
    let Customer { workflows_count, .. } = engine.customer(id).await;
    assert_eq!(workflows_count, workflows as u64, "{name}");
}

/// Makes the next sync compare each workflow, and export none for the day's sake.
async fn forget_listing(world: &World, engine: &Engine, id: &CustomerId) {
    let key = keys::state(id);
    let tomorrow = clock::now().plus(Duration::from_secs(86_400)).to_string();
    let update = world.dynamodb.update_item().table_name(&engine.data);
    update
        .key("PK", AttributeValue::S(key.pk))
        .key("SK", AttributeValue::S(key.sk))
        .update_expression("SET reverification.#until = :tomorrow REMOVE listing_digest")
        .expression_attribute_names("#until", "until")
        .expression_attribute_values(":tomorrow", AttributeValue::S(tomorrow))
        .send()
        .await
        .unwrap();
}

/// The purges that have not run.
async fn purges(world: &World, engine: &Engine) -> Vec<JobId> {
    let items = scan(world, &engine.data).await;
    let purges = items.iter().filter(|item| item["kind"]["S"] == "purge");
    purges.map(|item| item["id"]["S"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_job_that_only_newer_code_understands_waits_for_it_and_is_not_lost() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (simulator, tenant) = tenant("newer kind", 3);
    let (_, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    set_kind(&world, &engine, &first, "from_the_future").await;
    let body = Message::to(&first).body();
    let stored = scan(&world, &engine.data).await;

    let handled = Box::pin(engine.worker.handle(Delivery { message_id: "test", body: &body }, deadline())).await;
    assert!(handled.is_err(), "the message comes again, and to the dead letters in the end");
    let later = clock::now().plus(SWEEP_GRACE);
    let lifecycle = &engine.worker.lifecycle;
    let swept = Box::pin(sweep::run(&lifecycle.dispatcher, lifecycle, later)).await.unwrap();

    assert_eq!(swept, sweep::Swept::default());
    assert_eq!(scan(&world, &engine.data).await, stored, "older code leaves it as it is");
    // The newer code is back.
    set_kind(&world, &engine, &first, "sync").await;
    assert_eq!(engine.run(&first).await.state, State::Succeeded);
    engine.stop().await;
}

#[tokio::test]
async fn a_message_of_a_newer_version_is_kept_and_its_job_is_done_by_whoever_understands_it() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (simulator, tenant) = tenant("newer message", 3);
    let (_, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    let lifecycle = &engine.worker.lifecycle;
    let jobs = &lifecycle.dispatcher.queues.jobs;
    drain(jobs).await;
    let body = Message::to(&first).body().replace("job.v1", "job.v2");

    let handled =
        Box::pin(engine.worker.handle(Delivery { message_id: "newer", body: &body }, deadline())).await.unwrap();

    assert!(matches!(handled, Handled::SetAside(_)), "{handled:?}");
    assert_eq!(drain(&lifecycle.dead_letters).await, [body], "whole, so that newer code can read it");
    let later = clock::now().plus(SWEEP_GRACE);
    let swept = Box::pin(sweep::run(&lifecycle.dispatcher, lifecycle, later)).await.unwrap();
    assert_eq!(swept.revived, 1, "the job is not lost with its message");
    assert_eq!(drain(jobs).await, [Message::to(&first).body()], "in words that this version understands");
    assert_eq!(engine.run(&first).await.state, State::Succeeded);
    engine.stop().await;
}

fn deadline() -> shared::domain::time::Timestamp {
    clock::now().plus(LAMBDA)
}

async fn set_kind(world: &World, engine: &Engine, job: &Job, kind: &str) {
    let key = keys::job(&job.customer_id, &job.id);
    let update = world.dynamodb.update_item().table_name(&engine.data).update_expression("SET kind = :kind");
    let update = update.key("PK", AttributeValue::S(key.pk)).key("SK", AttributeValue::S(key.sk));
    update.expression_attribute_values(":kind", AttributeValue::S(kind.to_owned())).send().await.unwrap();
}
