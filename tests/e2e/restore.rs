//! A backup is worth what a restore proves: both tables exported, imported into fresh ones, and a sync there finds nothing to do.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use shared::{
    app::{
        dispatch::{Dispatcher, SyncRequest},
        lifecycle::Lifecycle,
        sync::Syncer,
        worker::{Delivery, Handled, Worker},
    },
    aws::{
        limits::TokenBudget,
        queue::Queue,
        sealing::{Purpose, Sealer},
        table::Table,
        vault::Vault,
        workflows::Workflows,
    },
    clock,
    domain::{
        base_url::BaseUrlPolicy,
        ids::{CustomerId, WorkflowId},
        job::{State, Trigger},
        message::Message,
    },
    zuora::Zuora,
};
use tests::simulator::{Route, Simulator};

use crate::world::World;

/// Creates a table with the template's keys and index.
async fn fresh_table(world: &World, name: &str) {
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let key =
        |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let index = GlobalSecondaryIndex::builder()
        .index_name("GSI1")
        .key_schema(key("GSI1PK", KeyType::Hash))
        .key_schema(key("GSI1SK", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .unwrap();
    world
        .dynamodb
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(["PK", "SK", "GSI1PK", "GSI1SK"].map(attribute).to_vec()))
        .key_schema(key("PK", KeyType::Hash))
        .key_schema(key("SK", KeyType::Range))
        .global_secondary_indexes(index)
        .send()
        .await
        .unwrap();
}

/// Copies one partition as it is.
async fn copy(world: &World, from: &str, to: &str, partition: &str) {
    for item in world.partition(from, partition).await {
        world.dynamodb.put_item().table_name(to).set_item(Some(item)).send().await.unwrap();
    }
}

/// The deployed worker's code on other tables.
fn worker(world: &World, data: &str, vault: &str) -> Worker {
    let kms = aws_sdk_kms::Client::new(&world.sdk);
    let data = Table::new(world.dynamodb.clone(), data);
    let queue = |url: &str| Queue::new(world.sqs.clone(), url);
    let dispatcher = Dispatcher::new(data.clone(), queue(&world.stack.job_queue_url));
    let policy = BaseUrlPolicy::new("http://127.0.0.1:*").unwrap();
    Worker {
        syncer: Syncer {
            dispatcher: dispatcher.clone(),
            workflows: Workflows::new(data),
            vault: Vault::new(Table::new(world.dynamodb.clone(), vault)),
            secrets: Sealer::new(kms.clone(), &world.stack.secrets_key_id, Purpose::ClientSecret),
            tokens: Sealer::new(kms, &world.stack.token_key_id, Purpose::AccessToken),
            zuora: Zuora::new(policy.clone()).unwrap(),
            policy,
            token_budget: TokenBudget::new(Table::new(world.dynamodb.clone(), &world.stack.table_name), 1000),
        },
        lifecycle: Lifecycle { dispatcher, dead_letters: queue(&world.stack.dead_letter_queue_url) },
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
    let suffix = uuid::Uuid::now_v7().simple();
    let (data, vault) = (format!("restored-data-{suffix}"), format!("restored-vault-{suffix}"));
    fresh_table(&world, &data).await;
    fresh_table(&world, &vault).await;
    copy(&world, &world.stack.table_name, &data, &format!("CUSTOMER#{id}")).await;
    let jobs = world.jobs_of(&id).await;
    for job in &jobs {
        copy(&world, &world.stack.table_name, &data, &format!("JOB#{}", job["id"].as_str().unwrap())).await;
    }
    for partition in ["CREDENTIALS", "TOKEN"] {
        copy(&world, &world.stack.vault_table_name, &vault, &format!("{partition}#{id}")).await;
    }

    let worker = worker(&world, &data, &vault);
    tenant.reset_requests();
    let request = SyncRequest::at_once(Trigger::Manual, None, clock::now());
    let asked = worker.lifecycle.dispatcher.request_sync(&customer, &request).await.unwrap();
    // The message also went to the deployed queue, where it points to a job that the deployed tables do not have.
    let body = Message::to(asked.job()).body();
    let deadline = clock::now().plus(std::time::Duration::from_secs(120));
    let handled = worker.handle(Delivery { message_id: "restored", body: &body }, deadline).await.unwrap();

    let Handled::Worked(job) = handled else { panic!("{handled:?}") };
    assert_eq!(job.state, State::Succeeded, "{job:?}");
    assert_eq!((job.stats.created, job.stats.updated, job.stats.deleted, job.stats.errors), (0, 0, 0, 0));
    assert_eq!(job.stats.unchanged, 60);
    assert_eq!(tenant.count(Route::Export), 0, "nothing is fetched again");
    for number in tenant.ids() {
        let zuora_id: WorkflowId = number.to_string().parse().unwrap();
        let workflow = worker.syncer.workflows.get(&customer, &zuora_id).await.unwrap().unwrap().value;
        let definition = workflow.definition.as_ref().unwrap();
        let restored = worker.syncer.workflows.definition(&customer, &zuora_id, definition).await.unwrap();
        let path = format!("/v1/customers/{id}/workflows/{zuora_id}/definition");
        assert_eq!(world.api.get(&path).await.text.as_bytes(), restored, "{number}: byte for byte");
        assert_eq!(workflow.name, tenant.workflow(number).map(|original| original.name));
    }
    for job in &jobs {
        let job_id = job["id"].as_str().unwrap().parse().unwrap();
        let restored = worker.lifecycle.dispatcher.jobs.find(&job_id).await.unwrap().unwrap().value;
        assert_eq!((restored.customer_id, restored.state), (customer.clone(), State::Succeeded), "{job}");
    }
    let listed = worker.lifecycle.dispatcher.customers.all().await.unwrap();
    assert_eq!(listed.iter().map(|one| &one.id).collect::<Vec<_>>(), [&customer], "the index was restored too");
    for table in [data, vault] {
        world.dynamodb.delete_table().table_name(table).send().await.unwrap();
    }
    world.remove(&id).await;
}
