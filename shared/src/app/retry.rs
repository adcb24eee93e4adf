//! Retry and redrive: failed jobs start anew, under the same id.
//!
//! What must stay true: a double click makes one new attempt, a customer never gets two syncs side by side, and a dead
//! letter leaves its queue only when its job has moved on or is gone.

use std::time::Duration;
use utoipa::ToSchema;

use serde::Serialize;

use super::{
    asking::Asking,
    dispatch::{Dispatcher, RACES, sending},
    error::AppError,
};
use crate::{
    aws::{
        customers::Customers,
        jobs::{Jobs, Selection},
        queue::Queue,
        table::{StoreError, Stored},
    },
    domain::{
        audit::Action,
        customer::Status,
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        job::{Job, Kind, State},
        message::Message,
        time::Timestamp,
    },
};

/// How long drained dead letters stay hidden while they are looked at.
const HIDDEN: Duration = Duration::from_secs(30);
/// How many rounds of ten a redrive or a sweep drains, and a retry, which settles one letter only.
pub(crate) const DRAIN_ROUNDS: usize = 30;
const RETRY_ROUNDS: usize = 5;

/// Which dead letters to redrive.
#[derive(Clone, Debug)]
pub struct Redrive {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only those that failed with this class.
    pub class: Option<ErrorClass>,
    /// Only those that were given up before this moment.
    pub before: Option<Timestamp>,
    /// At most so many.
    pub limit: usize,
}

/// What a redrive did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Redriven {
    /// Jobs that are queued again.
    pub redriven: usize,
    /// Jobs whose work another sync, already under way, does.
    pub superseded: usize,
    /// Jobs that no longer apply: their customer is paused or gone.
    pub skipped: usize,
    /// Matching dead letters that are left.
    pub remaining: usize,
    /// The jobs that are queued again.
    pub job_ids: Vec<JobId>,
}

/// What became of one failed job.
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
    pub async fn retry(&self, id: &JobId, queue: &Queue, asking: &Asking) -> Result<Job, AppError> {
        for _ in 0..RACES {
            let Some(found) = self.jobs.find(id).await? else {
                return Err(AppError::NotFound("job"));
            };
            if found.value.kind.is_question() {
                return Err(AppError::Conflict(
                    "A connection test or a dry run is not retried: ask for another one.".to_owned(),
                ));
            }
            match self.requeue(found, Action::JobRetry, asking).await {
                Ok(Again::Queued(job)) => {
                    self.send(&job, asking.now).await;
                    // Its dead letter is settled. If that fails, the job goes on all the same, and a later drain takes the letter.
                    if let Err(error) = self.drain(queue, RETRY_ROUNDS).await {
                        let error: &dyn std::error::Error = &error;
                        tracing::warn!(job_id = %job.id, error, "the dead-letter queue was not cleared of a retried job");
                    }
                    return Ok(*job);
                }
                Ok(Again::Superseded(other)) => {
                    return Err(AppError::Conflict(format!("Another sync of this customer is under way: {other}.")));
                }
                Err(AppError::Store(StoreError::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(AppError::Store(StoreError::Unavailable("the job is being changed all the time".into())))
    }

    /// Puts a failed job back to the start, in one transaction with its customer. In a redrive, a job whose customer
    /// has a sync under way is settled as done by that one.
    async fn requeue(&self, found: Stored<Job>, action: Action, asking: &Asking) -> Result<Again, AppError> {
        let Stored { value: mut job, rev } = found;
        let mut record = asking.record(action).job(&job);
        if job.state != State::Failed {
            return Err(AppError::Conflict(format!("The job is {}, not failed.", job.state.as_str())));
        }
        let mut writes = Vec::new();
        if job.kind == Kind::Sync {
            let Some(found) = self.customers.get(&job.customer_id).await? else {
                return Err(AppError::NotFound("customer"));
            };
            let mut customer = found.value.clone();
            record = record.about(&customer);
            if customer.status == Status::Paused {
                return Err(AppError::Conflict("The customer is paused. Resume it first.".to_owned()));
            }
            if let Some(other) = self.active_sync(&customer).await? {
                let other = other.value.id;
                if action == Action::JobRedrive {
                    job.supersede(other.clone());
                    self.commit(Jobs::put(&job, rev)?, Some(&asking.entry(record))).await?;
                }
                return Ok(Again::Superseded(other));
            }
            customer.sync_job_id = Some(job.id.clone());
            writes.extend(Customers::put(&customer, Some(&found))?);
        }
        job.requeue(asking.now);
        writes.extend(Jobs::put(&job, rev)?);
        self.commit(writes, Some(&asking.entry(record))).await?;
        Ok(Again::Queued(Box::new(job)))
    }

    /// The failed jobs with a dead letter, newest first and older than `before`, of customers for which `may` holds; says whether
    /// there are more.
    ///
    /// # Errors
    /// Store failures.
    pub async fn dead_letters(
        &self,
        wanted: &Redrive,
        before: Option<JobId>,
        may: impl Fn(&CustomerId) -> bool,
    ) -> Result<(Vec<Job>, bool), AppError> {
        let selection = Selection { customer: wanted.customer.clone(), before, ..Selection::in_state(State::Failed) };
        Ok(self.jobs.list(&selection, wanted.limit, |job| wanted.matches(job) && may(&job.customer_id)).await?)
    }

    /// Redrives matching dead letters of customers for which `may` holds, then drains the dead-letter queue of messages whose job moved on.
    ///
    /// # Errors
    /// Store failures; what was redriven by then stays redriven, and calling again goes on.
    pub async fn redrive(
        &self,
        queue: &Queue,
        wanted: &Redrive,
        may: impl Fn(&CustomerId) -> bool,
        asking: &Asking,
    ) -> Result<Redriven, AppError> {
        let everything = Redrive { limit: 10_000, ..wanted.clone() };
        let (jobs, _) = self.dead_letters(&everything, None, may).await?;
        let mut result = Redriven { remaining: jobs.len().saturating_sub(wanted.limit), ..Redriven::default() };
        let mut sendings = Vec::new();
        for job in jobs.into_iter().take(wanted.limit) {
            let Some(fresh) = self.jobs.get(&job.customer_id, &job.id).await? else {
                continue;
            };
            if !wanted.matches(&fresh.value) {
                continue;
            }
            match self.requeue(fresh, Action::JobRedrive, asking).await {
                Ok(Again::Queued(job)) => {
                    result.redriven += 1;
                    result.job_ids.push(job.id.clone());
                    sendings.push(sending(&job, asking.now));
                }
                Ok(Again::Superseded(_)) => result.superseded += 1,
                Err(AppError::Conflict(_) | AppError::NotFound(_)) => result.skipped += 1,
                // Somebody else is changing it: it is left for the next call.
                Err(AppError::Store(StoreError::Conflict { .. })) => result.remaining += 1,
                Err(error) => return Err(error),
            }
        }
        self.queues.send_all(sendings).await?;
        self.drain(queue, DRAIN_ROUNDS).await?;
        Ok(result)
    }

    /// Deletes dead letters whose job moved on or is gone, in at most so many rounds of ten; the others are hidden for [`HIDDEN`].
    /// Returns how many it deleted.
    ///
    /// # Errors
    /// Store and queue failures; a later drain takes what is left.
    pub(crate) async fn drain(&self, queue: &Queue, rounds: usize) -> Result<usize, AppError> {
        let mut deleted = 0;
        for _ in 0..rounds {
            let received = queue.receive(HIDDEN).await?;
            if received.is_empty() {
                break;
            }
            let mut settled = Vec::new();
            for letter in received {
                if self.is_settled(&letter.body).await? {
                    settled.push(letter.receipt);
                }
            }
            queue.delete(&settled).await?;
            deleted += settled.len();
        }
        Ok(deleted)
    }

    async fn is_settled(&self, body: &str) -> Result<bool, StoreError> {
        // What nobody can read stays until it expires: it is listed for an operator to look at.
        let Ok(Message::JobV1 { job_id, customer_id, seq }) = Message::parse(body) else {
            return Ok(false);
        };
        let job = self.jobs.get(&customer_id, &job_id).await?;
        Ok(job.is_none_or(|job| job.value.state != State::Failed || job.value.seq != seq))
    }
}

impl Redrive {
    fn matches(&self, job: &Job) -> bool {
        let Some(given_up) = job.dead_lettered_at else {
            return false;
        };
        let class = job.error.as_ref().map(|error| error.class);
        job.state == State::Failed
            && self.customer.as_ref().is_none_or(|customer| *customer == job.customer_id)
            && self.class.is_none_or(|wanted| class == Some(wanted))
            && self.before.is_none_or(|before| given_up < before)
    }
}
