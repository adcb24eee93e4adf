//! A backup can be restored: both tables are exported and imported into new ones, and a sync there finds nothing to do.

use shared::domain::{
    ids::{CustomerId, WorkflowId},
    job::State,
};
use tests::simulator::{Route, Simulator};

use crate::{engine::Engine, world::World};

/// Copies one partition unaltered.
async fn copy(world: &World, from: &str, to: &str, partition: &str) {
    for item in world.partition(from, partition).await {
        world.dynamodb.put_item().table_name(to).set_item(Some(item)).send().await.unwrap();
    }
}

#[tokio::test]
async fn restored_tables_are_whole_a_sync_there_finds_nothing_changed() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("restored");
    tenant.seed(60);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    let customer: CustomerId = id.parse().unwrap();
    let engine = Engine::start(&world).await;
    copy(&world, &world.stack.table_name, &engine.data, &format!("CUSTOMER#{id}")).await;
    let jobs = world.jobs_of(&id).await;
    for job in &jobs {
        copy(&world, &world.stack.table_name, &engine.data, &format!("JOB#{}", job["id"].as_str().unwrap())).await;
    }
    for partition in ["CREDENTIALS", "TOKEN"] {
        copy(&world, &world.stack.vault_table_name, &engine.vault, &format!("{partition}#{id}")).await;
    }

    tenant.reset_requests();
    let job = engine.sync(&customer).await;

    assert_eq!(job.state, State::Succeeded, "{job:?}");
    assert_eq!((job.stats.created, job.stats.updated, job.stats.deleted, job.stats.errors), (0, 0, 0, 0));
    assert_eq!(job.stats.unchanged, 60);
    assert_eq!(tenant.count(Route::Export), 0, "nothing is fetched again");
    let stored = engine.stored(&customer).await;
    for number in tenant.ids() {
        let zuora_id: WorkflowId = number.to_string().parse().unwrap();
        let restored = &stored.copies[&zuora_id];
        let path = format!("/v1/customers/{id}/workflows/{zuora_id}/definition");
        let original = world.api.get(&path).await.text.into_bytes();
        assert_eq!(restored.definition.as_ref(), Some(&original), "{number}: byte for byte");
        assert_eq!(restored.workflow.name, tenant.workflow(number).map(|original| original.name));
    }
    for job in &jobs {
        let job_id = job["id"].as_str().unwrap().parse().unwrap();
        let restored = engine.job(&job_id).await;
        assert_eq!((restored.customer_id, restored.state), (customer.clone(), State::Succeeded), "{job}");
    }
    let listed = engine.worker.lifecycle.dispatcher.customers.all().await.unwrap();
    assert_eq!(listed.iter().map(|one| &one.id).collect::<Vec<_>>(), [&customer], "the index was restored too");
    engine.stop().await;
    world.remove(&id).await;
}
