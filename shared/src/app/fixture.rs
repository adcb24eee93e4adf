//! For tests of use cases: customers and jobs in a [`Cloud`], and what a use case left there.

use std::time::Duration;

use serde_json::Value;

use super::{context::RequestContext, dispatch::Dispatcher, lifecycle::Lifecycle};
use crate::{
    aws::{
        audit::{AuditTrail, RETENTION_DAYS},
        customers::Customers,
        jobs::Jobs,
        mock_sdk::{Cloud, Mail, Tables},
        queue::Queue,
        queues::Queues,
        table::{Table, Write},
    },
    domain::{
        actor::Actor,
        customer::{Customer, tests::customer},
        ids::{CustomerId, JobId},
        job::{Job, Kind, Trigger},
        message::Message,
        time::Timestamp,
    },
};

/// The data table.
pub(super) const DATA: &str = "data";
/// The audit table.
pub(super) const AUDIT: &str = "audit";
/// The grants table.
pub(super) const GRANTS: &str = "grants";
/// The vault.
pub(super) const VAULT: &str = "vault";
/// The queues.
pub(super) const JOBS: &str = "http://jobs";
pub(super) const QUESTIONS: &str = "http://questions";
pub(super) const DEAD_LETTERS: &str = "http://dead-letters";

/// Use cases over an AWS in memory.
pub(super) struct Fixture {
    pub(super) cloud: Cloud,
    pub(super) dispatcher: Dispatcher,
    pub(super) lifecycle: Lifecycle,
}

/// A message as it was sent: its job, its number, and its delay in seconds.
#[derive(Debug, PartialEq)]
pub(super) struct Sent {
    pub(super) job: JobId,
    pub(super) seq: u64,
    pub(super) delay: u64,
}

/// The moment of all tests.
pub(super) fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

/// So many seconds after that moment.
pub(super) fn after(seconds: u64) -> Timestamp {
    now().plus(Duration::from_secs(seconds))
}

/// A job of a customer, queued.
pub(super) fn job(kind: Kind, customer: &Customer) -> Job {
    Job::new(kind, customer.id.clone(), Trigger::Schedule, None, now(), now())
}

impl Fixture {
    /// Empty tables and queues.
    pub(super) fn new() -> Self {
        Self::over(Cloud::with(Tables::default()))
    }

    /// Another program over copies of the same tables, to write what a rival writes.
    pub(super) fn rival(&self) -> Self {
        Self::over(Cloud::with(self.cloud.tables()))
    }

    /// Use cases over these tables and queues.
    pub(super) fn over(cloud: Cloud) -> Self {
        let sqs = aws_sdk_sqs::Client::new(&cloud.sdk);
        let queues = Queues { jobs: JOBS.to_owned(), questions: QUESTIONS.to_owned() };
        let data = Table::new(aws_sdk_dynamodb::Client::new(&cloud.sdk), DATA);
        let dispatcher = Dispatcher::new(data, Queues::new(&sqs, queues));
        let lifecycle = Lifecycle { dispatcher: dispatcher.clone(), dead_letters: Queue::new(sqs, DEAD_LETTERS) };
        Self { cloud, dispatcher, lifecycle }
    }

    /// An admin's request.
    pub(super) fn context(&self) -> RequestContext {
        RequestContext {
            actor: Actor { sub: "ada".to_owned(), email: Some("ada@example.com".to_owned()) },
            request_id: "request".to_owned(),
            now: now(),
            trail: AuditTrail::new(self.dispatcher.data.beside(AUDIT), RETENTION_DAYS),
        }
    }

    /// A stored customer without any job.
    pub(super) async fn customer(&self) -> Customer {
        let mut customer = customer(now());
        self.write(Customers::put(&mut customer, None).unwrap()).await;
        customer
    }

    /// A stored customer whose sync, stored too, is as `change` makes it.
    pub(super) async fn syncing(&self, change: impl FnOnce(&mut Job)) -> (Customer, Job) {
        let mut customer = customer(now());
        let mut job = job(Kind::Sync, &customer);
        customer.sync_job_id = Some(job.id.clone());
        self.write(Customers::put(&mut customer, None).unwrap()).await;
        change(&mut job);
        self.store(&job).await;
        (customer, self.job(&job).await)
    }

    /// A stored customer with a sync that a worker has claimed until an hour from now, under the lock.
    pub(super) async fn running(&self, change: impl FnOnce(&mut Job)) -> (Customer, Job) {
        let (customer, job) = self
            .syncing(|job| {
                job.claim(now(), after(3600));
                change(job);
            })
            .await;
        self.write(vec![Jobs::take_lock(&job, after(3600), now()).unwrap()]).await;
        (customer, job)
    }

    /// Stores a job that went from its beginning to what it is: the pointer to it is written before it begins.
    pub(super) async fn store(&self, job: &Job) {
        self.write(Jobs::put(&Job { started_at: None, ..job.clone() }, 0).unwrap()).await;
        self.write(Jobs::put(&Job { counted_as: job.counts_as(), ..job.clone() }, 1).unwrap()).await;
    }

    /// Changes a stored customer.
    pub(super) async fn change(&self, id: &CustomerId, change: impl FnOnce(&mut Customer)) {
        let found = self.dispatcher.customers.get(id).await.unwrap().unwrap();
        let mut customer = found.value.clone();
        change(&mut customer);
        self.write(Customers::put(&mut customer, Some(&found)).unwrap()).await;
    }

    pub(super) async fn write(&self, writes: Vec<Write>) {
        self.dispatcher.data.write(writes).await.unwrap();
    }

    /// A job as it is stored, found by its id alone.
    pub(super) async fn job(&self, job: &Job) -> Job {
        self.find(&job.id).await
    }

    /// The same by an id.
    pub(super) async fn find(&self, id: &JobId) -> Job {
        self.dispatcher.jobs.find(id).await.unwrap().unwrap().value
    }

    /// A customer as it is stored.
    pub(super) async fn stored(&self, customer: &Customer) -> Customer {
        self.dispatcher.customers.get_any(&customer.id).await.unwrap().unwrap().value
    }

    /// The number of stored jobs.
    pub(super) fn jobs(&self) -> usize {
        let tables = self.cloud.tables();
        tables.items(DATA).into_iter().filter(|item| item["SK"]["S"] == "POINTER").count()
    }

    /// The actions that the audit trail tells of, in the order of their records' ids.
    pub(super) fn trail(&self) -> Vec<String> {
        let tables = self.cloud.tables();
        let mut records = tables.items(AUDIT);
        records.sort_by_key(|record| record["id"]["S"].to_string());
        records.into_iter().map(|record| record["action"]["S"].as_str().unwrap().to_owned()).collect()
    }

    /// Takes what was sent to a queue.
    pub(super) fn sent(&self, queue: &str) -> Vec<Sent> {
        self.mail(queue).into_iter().map(|mail| sent(&mail)).collect()
    }

    /// Takes the messages themselves out of a queue.
    pub(super) fn mail(&self, queue: &str) -> Vec<Mail> {
        self.cloud.state().queues.empty(queue)
    }

    /// The vault's item with this sort key.
    pub(super) fn in_vault(&self, sort_key: &str) -> Option<Value> {
        let tables = self.cloud.tables();
        tables.items(VAULT).into_iter().find(|item| item["SK"]["S"] == sort_key).cloned()
    }
}

impl Sent {
    /// A job's present message without a delay.
    pub(super) fn at_once(job: &Job) -> Self {
        Self { job: job.id.clone(), seq: job.seq, delay: 0 }
    }
}

fn sent(mail: &Mail) -> Sent {
    let Message::JobV1 { job_id, seq, .. } = Message::parse(&mail.body).unwrap();
    Sent { job: job_id, seq, delay: mail.delay }
}
