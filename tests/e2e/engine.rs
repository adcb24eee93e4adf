//! The deployed worker's code in the test's own process, on its own tables and queues.
//!
//! Nothing else reads these queues, so a test decides when a job is delivered, over which connection to AWS, and how long it
//! may run. What must stay true: nothing here waits. The moment that a job waits for (its next attempt, the end of a dead
//! worker's lock) is moved into the past in the table, as root.

mod faults;
mod places;
mod stored;
mod wire;
mod workers;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use shared::{
    app::{
        context::RequestContext,
        customers::Creation,
        dispatch::SyncRequest,
        error::AppError,
        worker::{Delivery, Handled, Worker},
    },
    aws::{
        items::Item,
        keys::{self, Key},
        limits::RequestLimits,
        queue::Queue,
        queues::Queues,
    },
    clock,
    domain::{
        actor::Actor,
        customer::{Customer, Summary},
        ids::{CustomerId, JobId, WorkflowId},
        job::{Job, Trigger},
        message::Message,
        precondition::Precondition,
        time::Timestamp,
    },
    zuora::Zuora,
};
use tests::simulator::Tenant;

pub use self::{
    faults::Faults,
    stored::Stored,
    wire::{Death, Wire},
    workers::{context, creation, service, worker_on_the_stack},
};
use self::{
    places::{create_queue, create_table},
    workers::{Places, policy},
};
use crate::world::{Stack, World};

/// The time of a run: as much as Lambda gives it.
pub const LAMBDA: Duration = Duration::from_secs(900);
/// The number of deliveries that must end any job.
const MAX_DELIVERIES: u32 = 200;

/// An engine: two tables, three queues, and workers over them.
pub struct Engine {
    /// The data table's name.
    pub data: String,
    /// The vault's name.
    pub vault: String,
    /// A worker over a healthy connection.
    pub worker: Worker,
    stack: Stack,
    dynamodb: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    queues: Queues<String>,
    dead_letters: String,
    zuora: Zuora,
    token_requests: u64,
}

impl Engine {
    /// Creates tables and queues, and a worker with unlimited token requests.
    pub async fn start(world: &World) -> Self {
        Self::start_with_budget(world, 100_000).await
    }

    /// The same with `token_requests` token requests a minute.
    pub async fn start_with_budget(world: &World, token_requests: u64) -> Self {
        let suffix = uuid::Uuid::now_v7().simple();
        let (data, vault) = (format!("engine-data-{suffix}"), format!("engine-vault-{suffix}"));
        create_table(&world.dynamodb, &data).await;
        create_table(&world.dynamodb, &vault).await;
        let queues = Queues {
            jobs: create_queue(&world.sqs, &format!("engine-jobs-{suffix}")).await,
            questions: create_queue(&world.sqs, &format!("engine-questions-{suffix}")).await,
        };
        let dead_letters = create_queue(&world.sqs, &format!("engine-dead-letters-{suffix}")).await;
        let zuora = Zuora::new(policy()).unwrap();
        let places = Places { stack: &world.stack, data: &data, vault: &vault, queues: &queues };
        let worker = places.worker(&world.sdk, &dead_letters, &zuora, token_requests);
        Self {
            worker,
            stack: world.stack.clone(),
            dynamodb: world.dynamodb.clone(),
            sqs: world.sqs.clone(),
            data,
            vault,
            queues,
            dead_letters,
            zuora,
            token_requests,
        }
    }

    /// A worker on the same tables and queues over another connection to AWS.
    pub fn worker_over(&self, sdk: &SdkConfig) -> Worker {
        let places = Places { stack: &self.stack, data: &self.data, vault: &self.vault, queues: &self.queues };
        places.worker(sdk, &self.dead_letters, &self.zuora, self.token_requests)
    }

    /// Stores a customer with the tenant's credentials, unverified, and its first sync, queued.
    pub async fn add_customer(&self, tenant: &Tenant, base_url: &str) -> (CustomerId, Job) {
        let customer = self.try_to_add_customer(&self.worker, tenant, base_url).await.unwrap();
        let first = self.job(customer.sync_job_id.as_ref().unwrap()).await;
        (customer.id, first)
    }

    /// The same over a worker's connections, which may fail.
    pub async fn try_to_add_customer(
        &self,
        worker: &Worker,
        tenant: &Tenant,
        base_url: &str,
    ) -> Result<Customer, AppError> {
        let new = creation(tenant, base_url);
        service(worker).create(new, &context(&worker.lifecycle.dispatcher.data)).await
    }

    /// Creates a customer under an idempotency key over a worker's connections, as if at `now`.
    pub async fn create_once(
        &self,
        worker: &Worker,
        new: Creation,
        key: &str,
        now: Timestamp,
    ) -> Result<Customer, AppError> {
        let context = RequestContext { now, ..context(&worker.lifecycle.dispatcher.data) };
        service(worker).create_once(new, key, "the same".to_owned(), &context).await.map(|created| created.customer)
    }

    /// Takes a permit for a request of `caller`, who may make three requests a minute.
    pub async fn acquire_permit(&self, caller: &str, customer: &CustomerId, now: Timestamp) -> Result<(), AppError> {
        let context = RequestContext {
            actor: Actor { sub: caller.to_owned(), email: None },
            now,
            ..context(&self.worker.lifecycle.dispatcher.data)
        };
        let limits = RequestLimits::new(self.worker.lifecycle.dispatcher.data.clone(), 3);
        context.acquire_permit(&limits, Some(customer)).await
    }

    /// Every customer.
    pub async fn customers(&self) -> Vec<Summary> {
        self.worker.lifecycle.dispatcher.customers.all().await.unwrap()
    }

    /// Deletes a customer; returns its purge, queued.
    pub async fn delete_customer(&self, id: &CustomerId) -> JobId {
        let name = self.customer(id).await.settings.name;
        service(&self.worker)
            .delete(id, &Precondition::Any, &name, &context(&self.worker.lifecycle.dispatcher.data))
            .await
            .unwrap()
    }

    /// The text that all names of this engine's tables and queues contain.
    pub fn mark(&self) -> &str {
        self.data.trim_start_matches("engine-data-")
    }

    /// Takes the messages that can be received from the job queue now, and returns their bodies.
    pub async fn messages(&self) -> Vec<String> {
        drain(&self.worker.lifecycle.dispatcher.queues.jobs).await
    }

    /// Requests a sync; returns the job as it is stored.
    pub async fn request_sync(&self, customer: &CustomerId) -> Job {
        self.request_sync_over(&self.worker, customer).await
    }

    /// The same over a worker's connections.
    pub async fn request_sync_over(&self, worker: &Worker, customer: &CustomerId) -> Job {
        let request = SyncRequest::at_once(Trigger::Manual, None, clock::now());
        worker.lifecycle.dispatcher.request_sync(customer, &request).await.unwrap().job().clone()
    }

    /// Requests a sync and runs it to its end.
    pub async fn sync(&self, customer: &CustomerId) -> Job {
        let job = self.request_sync(customer).await;
        self.run(&job).await
    }

    /// Runs a job to its end, however often it has to be delivered.
    pub async fn run(&self, job: &Job) -> Job {
        self.run_over(&self.worker, job, LAMBDA).await
    }

    /// Runs a job to its end with this worker, in runs of at most `time`.
    pub async fn run_over(&self, worker: &Worker, job: &Job, time: Duration) -> Job {
        for _ in 0..MAX_DELIVERIES {
            self.deliver(worker, &job.id, time).await.unwrap();
            let job = self.job(&job.id).await;
            if job.state.is_ended() {
                return job;
            }
        }
        panic!("not ended after {MAX_DELIVERIES} deliveries: {:?}", self.job(&job.id).await);
    }

    /// Delivers the message that the job waits for, once, after moving its moment into the past.
    pub async fn deliver(&self, worker: &Worker, job: &JobId, time: Duration) -> Result<Handled, AppError> {
        self.let_time_pass(job).await;
        let body = Message::to(&self.job(job).await).body();
        // Boxed: every test's future would hold this one.
        Box::pin(worker.handle(Delivery { message_id: "test", body: &body }, clock::now().plus(time))).await
    }

    /// Moves the moment that the job waits for into the past: its next attempt, or the end of a dead worker's lock.
    pub async fn let_time_pass(&self, job: &JobId) {
        let job = self.job(job).await;
        let key = keys::job(&job.customer_id, &job.id);
        if job.next_attempt_at.is_some() {
            self.set_past(&key, "next_attempt_at").await;
        }
        if job.lock_until.is_some() {
            self.set_past(&key, "lock_until").await;
            self.set_past(&keys::lock(&job.customer_id), "lock_until").await;
        }
    }

    /// Makes the reverification of every workflow due.
    pub async fn let_a_day_pass(&self, customer: &CustomerId) {
        self.set_past(&keys::state(customer), "reverification.#until").await;
    }

    /// Removes the slots of token requests since a moment; returns the number of requests in each.
    pub async fn forget_token_slots(&self, since: Timestamp) -> Vec<u64> {
        const SLOT: Duration = Duration::from_secs(10);
        let mut counts = Vec::new();
        let mut slot = since.floor(SLOT);
        while slot <= clock::now() {
            let key = keys::token_slot(slot);
            let delete = self.dynamodb.delete_item().table_name(&self.data).return_values(ReturnValue::AllOld);
            let delete = delete.key("PK", AttributeValue::S(key.pk)).key("SK", AttributeValue::S(key.sk));
            let old = delete.send().await.unwrap().attributes;
            counts.extend(old.and_then(|old| old["n"].as_n().ok()?.parse::<u64>().ok()));
            slot = slot.plus(SLOT);
        }
        counts
    }

    /// The job as it is stored.
    pub async fn job(&self, id: &JobId) -> Job {
        self.worker.syncer.dispatcher.jobs.find(id).await.unwrap().unwrap().value
    }

    /// The customer as it is stored.
    pub async fn customer(&self, id: &CustomerId) -> Customer {
        self.worker.syncer.dispatcher.customers.get(id).await.unwrap().unwrap().value
    }

    /// Every workflow of a customer with its definition, from the table itself.
    pub async fn stored(&self, customer: &CustomerId) -> Stored {
        Stored::of(customer, self.partition(customer).await)
    }

    /// Stores a chunk of a definition that no workflow names.
    pub async fn put_chunk(&self, customer: &CustomerId, id: &WorkflowId, hash: &str) {
        let key = keys::definition_chunk(customer, id, hash, 0);
        let put = self.dynamodb.put_item().table_name(&self.data);
        let put = put.item("PK", AttributeValue::S(key.pk)).item("SK", AttributeValue::S(key.sk));
        put.item("chunk", AttributeValue::B(b"stray".to_vec().into())).send().await.unwrap();
    }

    /// Writes an item again, as another writer would, so that its old `rev` is outdated.
    pub async fn raise_rev(&self, key: &Key) {
        let update = self.dynamodb.update_item().table_name(&self.data).update_expression("ADD rev :one");
        let update = update.key("PK", AttributeValue::S(key.pk.clone())).key("SK", AttributeValue::S(key.sk.clone()));
        update.expression_attribute_values(":one", AttributeValue::N("1".into())).send().await.unwrap();
    }

    /// Everything in a customer's partition.
    pub async fn partition(&self, customer: &CustomerId) -> Vec<Item> {
        let query = self.dynamodb.query().table_name(&self.data).consistent_read(true);
        let query = query.key_condition_expression("PK = :pk");
        let query = query.expression_attribute_values(":pk", AttributeValue::S(keys::customer_partition(customer)));
        let items: Result<Vec<_>, _> = query.into_paginator().items().send().collect().await;
        items.unwrap()
    }

    /// Removes tables and queues.
    pub async fn stop(self) {
        for table in [&self.data, &self.vault] {
            self.dynamodb.delete_table().table_name(table).send().await.unwrap();
        }
        for queue in [&self.queues.jobs, &self.queues.questions, &self.dead_letters] {
            self.sqs.delete_queue().queue_url(queue).send().await.unwrap();
        }
    }

    async fn set_past(&self, key: &Key, attribute: &str) {
        let moment = Timestamp::from_millis(clock::now().millis() - 25 * 3_600_000);
        let mut update = self.dynamodb.update_item().table_name(&self.data);
        if attribute.contains("#until") {
            update = update.expression_attribute_names("#until", "until");
        }
        update
            .key("PK", AttributeValue::S(key.pk.clone()))
            .key("SK", AttributeValue::S(key.sk.clone()))
            .update_expression(format!("SET {attribute} = :past"))
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":past", AttributeValue::S(moment.to_string()))
            .send()
            .await
            .unwrap();
    }
}

/// Deletes the messages that can be received from a queue now; returns their bodies.
pub async fn drain(queue: &Queue) -> Vec<String> {
    let mut bodies = Vec::new();
    loop {
        let received = queue.receive(Duration::from_secs(30), Duration::ZERO).await.unwrap();
        if received.is_empty() {
            return bodies;
        }
        let receipts: Vec<String> = received.iter().map(|message| message.receipt.clone()).collect();
        queue.delete(&receipts).await.unwrap();
        bodies.extend(received.into_iter().map(|message| message.body));
    }
}
