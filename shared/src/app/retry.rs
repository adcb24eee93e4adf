//! Retry: failed jobs start anew, under the same id, and the dead-letter queue is cleared of letters that are resolved.
//!
//! What must stay true: a double click makes one new attempt, a customer never gets two syncs side by side, and a dead
//! letter leaves its queue only when its job has moved on or is gone.

use std::time::Duration;

use super::{conflicts::retry_on_conflict, context::RequestContext, dispatch::Dispatcher, error::AppError};
use crate::{
    aws::{
        customers::Customers,
        jobs::Jobs,
        keys,
        queue::{Queue, Received},
        table::{StoreError, Stored},
    },
    domain::{
        actions::{JobAction, Refused, Situation},
        audit::Action,
        ids::JobId,
        job::{Job, Kind, State},
        message::Message,
    },
};

/// The visibility timeout of drained dead letters while they are examined.
const HIDDEN: Duration = Duration::from_secs(30);
/// The wait of a drain for a letter, after which the queue counts as empty.
const WAIT: Duration = Duration::from_secs(1);
/// The number of rounds, of ten letters each, in a drain by a redrive, a sweep, or a retry (which settles one letter only).
pub(crate) const DRAIN_ROUNDS: usize = 30;
const RETRY_ROUNDS: usize = 5;

/// The result for one failed job.
#[derive(Clone, Debug)]
pub enum Again {
    /// It is queued.
    Queued(Box<Job>),
    /// Another sync does its work.
    Superseded(JobId),
}

impl Dispatcher {
    /// Retries one failed job, and clears `queue` of its dead letter.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` with the job's state when it has not failed, its customer is paused, or another sync of the
    /// customer is under way.
    pub async fn retry(&self, id: &JobId, queue: &Queue, context: &RequestContext) -> Result<Job, AppError> {
        let again = retry_on_conflict("job", || async {
            let found = self.jobs.find(id).await?.ok_or(AppError::NotFound("job"))?;
            self.requeue(found, Action::JobRetry, context).await
        });
        let job = match again.await? {
            Again::Queued(job) => *job,
            Again::Superseded(other) => return Err(Refused::for_sync(&other).into()),
        };
        self.send(&job, context.now).await;
        self.clear(queue, id.as_str()).await;
        Ok(job)
    }

    /// Puts a failed job back to the start, in one transaction with its customer. In a redrive, a job whose customer
    /// has a sync under way is resolved as done by that one.
    pub(super) async fn requeue(
        &self,
        found: Stored<Job>,
        action: Action,
        context: &RequestContext,
    ) -> Result<Again, AppError> {
        let Stored { value: mut job, rev } = found;
        let mut record = context.record(action).job(&job);
        let mut writes = Vec::new();
        if job.kind != Kind::Sync {
            job.check(JobAction::Retry, None)?;
        } else {
            let found = self.customers.get(&job.customer_id).await?.ok_or(AppError::NotFound("customer"))?;
            let mut customer = found.value.clone();
            record = record.about(&customer);
            job.check(JobAction::Retry, Some(&Situation::new(customer.status, customer.undoubted_at, None)))?;
            if let Some(other) = self.active_sync(&customer).await? {
                let other = other.value.id;
                if action == Action::JobRedrive {
                    job.supersede(other.clone());
                    self.commit(Jobs::put(&job, rev)?, Some(&context.entry(record))).await?;
                }
                return Ok(Again::Superseded(other));
            }
            customer.sync_job_id = Some(job.id.clone());
            writes.extend(Customers::put(&mut customer, Some(&found))?);
        }
        job.requeue(context.now);
        writes.extend(Jobs::put(&job, rev)?);
        self.commit(writes, Some(&context.entry(record))).await?;
        Ok(Again::Queued(Box::new(job)))
    }

    /// Takes one letter from the queue. If that fails, a later drain takes it: what it was about is settled.
    pub(super) async fn clear(&self, queue: &Queue, id: &str) {
        if let Err(error) = self.drain(queue, RETRY_ROUNDS, Some(id)).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(id, error, "the dead-letter queue was not cleared of a settled letter");
        }
    }

    /// Deletes dead letters that are settled, in at most so many rounds of ten; the others are hidden for [`HIDDEN`]. Ends when
    /// the queue is empty, or with the `last` one, named by its job or its message id. Returns how many it deleted.
    ///
    /// # Errors
    /// Store and queue failures; a later drain takes what is left.
    pub(crate) async fn drain(&self, queue: &Queue, rounds: usize, last: Option<&str>) -> Result<usize, AppError> {
        let mut deleted = 0;
        for _ in 0..rounds {
            let received = queue.receive(HIDDEN, WAIT).await?;
            let mut resolved = Vec::new();
            let mut is_last = received.is_empty();
            for letter in received {
                let Some(settled) = self.settled(&letter).await? else { continue };
                is_last |= last == Some(settled.as_str());
                resolved.push(letter.receipt);
            }
            queue.delete(&resolved).await?;
            deleted += resolved.len();
            if is_last {
                break;
            }
        }
        Ok(deleted)
    }

    /// The job or message that a dead letter is about, if nothing is left to do: the job moved on or is gone, or the record of
    /// the message is gone.
    async fn settled(&self, letter: &Received) -> Result<Option<String>, StoreError> {
        let Ok(Message::JobV1 { job_id, customer_id, seq }) = Message::parse(&letter.body) else {
            let Some(id) = &letter.unreadable_id else { return Ok(None) };
            let is_listed = self.data.get_item(&keys::dead_letter(id)).await?.is_some();
            return Ok((!is_listed).then(|| id.clone()));
        };
        let job = match self.jobs.get(&customer_id, &job_id).await {
            // Newer code wrote it: its letter stays for that.
            Err(StoreError::Corrupt { .. }) => return Ok(None),
            job => job?,
        };
        let is_settled = job.is_none_or(|job| job.value.state != State::Failed || job.value.seq != seq);
        Ok(is_settled.then(|| job_id.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        aws::{mock_sdk, queues::Queues, table::Table},
        domain::ids::CustomerId,
    };

    fn letter(job: &JobId) -> Value {
        let body = Message::JobV1 { job_id: job.clone(), customer_id: CustomerId::new(), seq: 1 }.body();
        json!({"Body": body, "ReceiptHandle": "r", "MessageId": "m"})
    }

    /// Over a queue that gives these letters, one at a time, and then none; their jobs are gone. Counts what is received.
    fn over(letters: Vec<Value>) -> (Dispatcher, Queue, Arc<AtomicUsize>) {
        let received = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&received);
        let sdk = mock_sdk::answering(move |operation, request| match operation {
            "ReceiveMessage" => {
                assert!(
                    request["WaitTimeSeconds"].as_u64() >= Some(1),
                    "all servers of the queue are asked: {request}"
                );
                let number = counter.fetch_add(1, SeqCst);
                (200, json!({"Messages": letters.get(number).map_or_else(Vec::new, |letter| vec![letter.clone()])}))
            }
            "DeleteMessageBatch" => (200, json!({"Successful": [{"Id": "0"}], "Failed": []})),
            _ => (200, json!({})),
        });
        let table = Table::new(aws_sdk_dynamodb::Client::new(&sdk), "data");
        let queue = Queue::new(aws_sdk_sqs::Client::new(&sdk), "http://queue".to_owned());
        let queues = Queues { jobs: queue.clone(), questions: queue.clone() };
        (Dispatcher::new(table, queues), queue, received)
    }

    #[tokio::test]
    async fn a_drain_ends_when_the_queue_has_nothing_after_a_wait() {
        let jobs = [(); 3].map(|()| JobId::new());
        let (dispatcher, queue, received) = over(jobs.iter().map(letter).collect());

        assert_eq!(dispatcher.drain(&queue, 30, None).await.unwrap(), 3);
        assert_eq!(received.load(SeqCst), 4);
    }

    #[tokio::test]
    async fn a_drain_for_one_job_ends_with_its_letter() {
        let jobs = [(); 3].map(|()| JobId::new());
        let (dispatcher, queue, received) = over(jobs.iter().map(letter).collect());

        assert_eq!(dispatcher.drain(&queue, 30, Some(jobs[1].as_str())).await.unwrap(), 2);
        assert_eq!(received.load(SeqCst), 2);
    }
}

#[cfg(test)]
mod requeue_tests;
