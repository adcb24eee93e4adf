//! A worker may die at any call that it makes to AWS. The next worker brings the job to the same end: the same copy, the same
//! counts, the same history, once.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use shared::{
    app::{customers::CustomerChange, recount},
    aws::{
        counts::Counts,
        grants::{Grant, GrantStore},
    },
    clock,
    domain::{
        change::ChangeKind,
        customer::SettingsChange,
        definition::content_hash,
        ids::{CustomerId, JobId, WorkflowId},
        job::{Job, State, Trigger},
        policy::Verb,
        precondition::Precondition,
        stats::{Stats, WorkflowOutcome},
    },
};
use tests::simulator::{Simulator, Workflow};

use crate::{
    engine::{Death, Engine, LAMBDA, Wire, context, service},
    world::World,
};

/// Name, hash of the definition, true if deleted, and the outcome that was counted last.
type CopyThen = (Option<String>, Option<String>, bool, WorkflowOutcome);

/// The results that must be the same however often a worker died on the way.
#[derive(Debug, PartialEq)]
struct End {
    state: State,
    stats: Stats,
    workflows: BTreeMap<WorkflowId, CopyThen>,
    changes: BTreeMap<WorkflowId, (ChangeKind, u64)>,
    orphans: usize,
    counted: (u64, u64),
}

/// A customer with a copy, and a tenant that changed since: one workflow new, one edited, one edited without a change of the
/// listing, one deleted, one restored, three unchanged.
async fn scene(engine: &Engine) -> (Simulator, CustomerId, Job) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("scene");
    tenant.seed(7);
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    let ids = tenant.ids();
    let back = tenant.workflow(ids[0]).unwrap();
    tenant.remove(ids[0]);
    assert_eq!(engine.sync(&customer).await.stats.deleted, 1);
    tenant.add(back);
    tenant.add(Workflow::named("New"));
    tenant.edit(ids[1], |workflow| workflow.tasks += 2);
    tenant.alter(ids[2], |workflow| workflow.tasks += 1);
    tenant.remove(ids[3]);
    engine.let_a_day_pass(&customer).await;
    let job = engine.request_sync(&customer).await;
    (simulator, customer, job)
}

async fn end(engine: &Engine, customer: &CustomerId, job: &JobId) -> End {
    let job = engine.job(job).await;
    let stored = engine.stored(customer).await;
    let own = stored.changes.iter().filter(|change| change.job_id == job.id);
    let (told, counted) = (own.clone().count() as u64, job.stats.created + job.stats.updated + job.stats.deleted);
    assert_eq!(told, counted, "each told once: {job:?}");
    let tasks = |change: &shared::domain::change::Change| change.tasks.as_ref().map_or(0, |tasks| tasks.counts.added);
    let found = engine.customer(customer).await;
    assert_eq!(found.sync_job_id, None, "the customer is free for its next sync");
    End {
        state: job.state,
        stats: job.stats,
        changes: own.map(|change| (change.zuora_id.clone(), (change.kind, tasks(change)))).collect(),
        orphans: stored.orphans().len(),
        workflows: stored
            .copies
            .into_iter()
            .map(|(id, copy)| {
                let workflow = copy.workflow;
                (
                    id,
                    (
                        workflow.name,
                        copy.definition.as_deref().map(content_hash),
                        workflow.deleted_at.is_some(),
                        workflow.last_change.kind,
                    ),
                )
            })
            .collect(),
        counted: (found.workflows_count, found.tasks_count),
    }
}

#[tokio::test]
async fn what_a_run_that_died_had_changed_is_found_though_the_tenant_is_again_as_it_was() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("undone");
    tenant.seed(60);
    let engine = Engine::start(&world).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    assert!(engine.customer(&customer).await.listing_digest.is_some());
    let original = tenant.workflow(tenant.ids()[0]).unwrap();
    tenant.edit(original.id, |workflow| workflow.name = "For a moment".into());
    let job = engine.request_sync(&customer).await;
    let id: WorkflowId = original.id.to_string().parse().unwrap();
    let is_written =
        async || engine.stored(&customer).await.copies[&id].workflow.name.as_deref() == Some("For a moment");
    // Each dies a call later than the one before, until one dies right after the write.
    let mut call = 0;
    while !is_written().await {
        let dying = engine.worker_over(&Wire::dying(Death::After(call)).sdk(&world.sdk));
        drop(engine.deliver(&dying, &job.id, LAMBDA).await);
        call += 1;
    }
    assert_eq!(engine.job(&job.id).await.state, State::Running);
    assert_eq!(engine.customer(&customer).await.listing_digest, None);

    tenant.add(original.clone());
    let job = engine.run(&job).await;

    assert_eq!((job.state, job.stats.updated), (State::Succeeded, 1), "{job:?}");
    let stored = engine.stored(&customer).await;
    assert_eq!(stored.copies[&id].workflow.name, Some(original.name));
    engine.stop().await;
}

#[tokio::test]
async fn chunks_that_no_workflow_names_are_removed_once_a_day_and_no_others() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("orphans");
    tenant.seed(6);
    let engine = Engine::start(&world).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    let before = engine.stored(&customer).await;
    let known: WorkflowId = tenant.ids()[0].to_string().parse().unwrap();
    for (id, hash) in [(&known, "of-a-run-that-died"), (&"4711".parse().unwrap(), "of-nobody")] {
        engine.put_chunk(&customer, id, hash).await;
    }
    assert_eq!(engine.stored(&customer).await.orphans().len(), 2);

    engine.sync(&customer).await;
    assert_eq!(engine.stored(&customer).await.orphans().len(), 2, "it is not their time of the day");
    engine.let_a_day_pass(&customer).await;
    engine.sync(&customer).await;

    assert_eq!(engine.stored(&customer).await, before);
    engine.stop().await;
}

#[tokio::test]
async fn a_worker_that_dies_at_any_call_leaves_a_job_that_comes_to_the_same_end() {
    let world = World::connect().await;
    let engine = Engine::start(&world).await;
    let (_zuora, customer, job) = scene(&engine).await;
    let wire = Wire::sound();
    engine.run_over(&engine.worker_over(&wire.sdk(&world.sdk)), &job, LAMBDA).await;
    let expected = end(&engine, &customer, &job.id).await;
    let calls = wire.calls().len();
    assert_eq!((expected.state, expected.orphans), (State::Succeeded, 0));
    let stats = Stats { created: 2, updated: 2, unchanged: 3, deleted: 1, total: 7, errors: 0, rewritten: 0 };
    assert_eq!((expected.stats, expected.changes.len()), (stats, 5));
    assert!((20..80).contains(&calls), "{:?}", wire.calls());

    let deaths = [Death::Before(0)].into_iter().chain((0..calls).map(Death::After));
    let ends = stream::iter(deaths.enumerate()).map(async |(at, death)| {
        let (_zuora, customer, job) = scene(&engine).await;
        let dying = engine.worker_over(&Wire::dying(death).sdk(&world.sdk));
        drop(engine.deliver(&dying, &job.id, LAMBDA).await);
        if at % 5 == 0 {
            // The next one dies too, earlier or later.
            let again = engine.worker_over(&Wire::dying(Death::After(at * 7 % calls)).sdk(&world.sdk));
            drop(engine.deliver(&again, &job.id, LAMBDA).await);
        }
        engine.run(&job).await;
        (death, end(&engine, &customer, &job.id).await)
    });
    let ends: Vec<_> = ends.buffer_unordered(3).collect().await;

    for (death, end) in ends {
        assert_eq!(end, expected, "{death:?}");
    }
    let dispatcher = &engine.worker.lifecycle.dispatcher;
    let kept = Counts::new(dispatcher.data.clone()).totals().await.unwrap();
    assert_eq!(kept, recount::count(dispatcher).await.unwrap(), "no death left a wrong number");
    engine.stop().await;
}

#[tokio::test]
async fn new_credentials_are_stored_together_with_the_sync_that_they_call_for_or_not_at_all() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("half-changed");
    tenant.seed(2);
    let engine = Engine::start(&world).await;
    let (customer, first) = engine.add_customer(&tenant, &simulator.base_url()).await;
    engine.run(&first).await;
    let change = || CustomerChange {
        expected: Precondition::Any,
        settings: SettingsChange::default(),
        secret: Some(tenant.client_secret().into()),

        verify: false,
    };
    let (mut changed, mut call) = (engine.customer(&customer).await, 0);
    // Each admin's function dies a call later than the one before, until one dies right after the change.
    while changed.credential_version == 1 {
        assert_eq!(changed.sync_job_id, None);
        let dying = engine.worker_over(&Wire::dying(Death::After(call)).sdk(&world.sdk));
        let context = context(&dying.lifecycle.dispatcher.data);
        drop(service(&dying).change(&customer, change(), &context).await);
        changed = engine.customer(&customer).await;
        call += 1;
    }

    let job = engine.job(&changed.sync_job_id.unwrap()).await;
    assert_eq!((job.state, job.trigger), (State::Queued, Trigger::CredentialsChanged));
    assert_eq!(engine.run(&job).await.state, State::Succeeded);
    engine.stop().await;
}

#[tokio::test]
async fn a_deletion_whose_function_dies_takes_the_grants_with_it_or_is_not_done() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let engine = Engine::start(&world).await;
    let (customer, _) = engine.add_customer(&simulator.tenant("granted"), &simulator.base_url()).await;
    let grants = service(&engine.worker).grants;
    let grant = Grant {
        user: "0199c0de-0000-7000-8000-000000000001".parse().unwrap(),
        customer_id: Some(customer.clone()),
        verbs: [Verb::View].into(),
        email: None,
        granted_by: "somebody".to_owned(),
        granted_by_email: None,
        granted_at: clock::now(),
    };
    grants.table().write(vec![GrantStore::put(&grant).unwrap()]).await.unwrap();
    let name = engine.customer(&customer).await.settings.name;
    let customers = &engine.worker.lifecycle.dispatcher.customers;
    let mut call = 0;
    // Each dies a call later than the one before, until one dies right after the deletion.
    while customers.get(&customer).await.unwrap().is_some() {
        assert_eq!(grants.on_customer(Some(&customer)).await.unwrap().len(), 1);
        let dying = engine.worker_over(&Wire::dying(Death::After(call)).sdk(&world.sdk));
        let context = context(&dying.lifecycle.dispatcher.data);
        drop(service(&dying).delete(&customer, &Precondition::Any, &name, &context).await);
        call += 1;
    }

    assert_eq!(grants.on_customer(Some(&customer)).await.unwrap(), []);
    engine.stop().await;
}
