//! A job in a worker's hands: claiming it, ending the attempt, and reviving it when it fell silent.
//!
//! What must stay true:
//! - Claiming a sync is one transaction: the job runs, the customer's lock is ours, and the customer names this job as its
//!   sync. Ending the attempt is one transaction too: job, customer and lock together. A worker may die anywhere between.
//! - First the tables, then the messages. What a crash leaves unsent, [`super::sweep`] sends.
//! - A worker that lost its job (its lock expired and somebody else claimed it) changes nothing any more.

use std::time::Duration;

use super::{
    conflicts::retry_on_conflict,
    dispatch::Dispatcher,
    error::AppError,
    interruption::Interruption,
    outcome::{AttemptOutcome, CustomerUpdate, apply, sentence},
};
use crate::{
    aws::{
        customers::Customers,
        held::HeldLists,
        jobs::Jobs,
        queue::Queue,
        table::{StoreError, Stored, Write},
    },
    domain::{
        customer::{Customer, Status, Wait},
        failure::ErrorClass,
        ids::{CustomerId, JobId},
        job::{Job, Kind, Liveness, State, Traffic, Trigger},
        message::Message,
        time::Timestamp,
    },
    telemetry::{self, Metric},
};

/// A holder is certainly dead this long after its deadline: Lambda kills it there.
const LOCK_MARGIN: Duration = Duration::from_secs(30);
/// The position of the lock among the writes of a claim.
const LOCK: usize = 0;
/// The wait of a job that needs the lock, until its next attempt to take it.
const LOCK_WAIT: Duration = Duration::from_secs(15);
/// Kept back from an invocation's time, so that work that hangs is an attempt that failed and not a process that was killed. A
/// sync ends by itself before ([`super::sync`]).
pub(super) const TIME_TO_SETTLE: Duration = Duration::from_secs(15);

/// Takes jobs through their life; used by `sync` and, for the sweeper, by `schedule`.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// The tables of jobs and customers, and the queues in which jobs wait.
    pub dispatcher: Dispatcher,
    /// The queue in which given-up jobs are announced.
    pub dead_letters: Queue,
}

/// A job that is ours to work on.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The job, running.
    pub job: Job,
    /// Its customer; none only for a purge that has nothing left to remove.
    pub customer: Option<Customer>,
}

/// The decision about a message.
#[derive(Clone, Debug)]
pub enum Claim {
    /// Work on it.
    Ours(Box<Claimed>),
    /// Nothing to do; says why, for the log.
    Nothing(&'static str),
}

/// The fate of a job's message after its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// It was sent again.
    Sent,
    /// A dead letter was sent.
    DeadLettered,
}

impl Lifecycle {
    /// Claims the job that a message points to, if the message counts.
    ///
    /// # Errors
    /// Store failures: the message should come again.
    pub async fn claim(&self, message: &Message, now: Timestamp, deadline: Timestamp) -> Result<Claim, AppError> {
        let Message::JobV1 { job_id, customer_id, seq } = message;
        retry_on_conflict("job", || async {
            let Some(found) = self.dispatcher.jobs.get(customer_id, job_id).await? else {
                return Ok(Claim::Nothing("the job is gone"));
            };
            match found.value.liveness(*seq, now) {
                Liveness::Stale => return Ok(Claim::Nothing("a later message replaced this one, or the job is over")),
                Liveness::TooEarly => {
                    return self.reschedule(found, now).await.map(|()| Claim::Nothing("the job still waits"));
                }
                Liveness::Live => {}
            }
            Box::pin(self.try_claim(found, now, deadline.plus(LOCK_MARGIN))).await
        })
        .await
    }

    async fn try_claim(&self, found: Stored<Job>, now: Timestamp, until: Timestamp) -> Result<Claim, AppError> {
        let Stored { value: mut job, rev } = found;
        let customer = self.dispatcher.customers.get_any(&job.customer_id).await?;
        let mut writes = Vec::new();
        let customer = match (job.kind, customer) {
            (Kind::Purge, customer) => customer.map(|found| found.value),
            (_, None) => return self.drop_job(job, rev, "the customer was deleted", now).await,
            (_, Some(found)) if found.value.status == Status::Deleting => {
                return self.drop_job(job, rev, "the customer is being deleted", now).await;
            }
            (Kind::Test, Some(found)) => Some(found.value),
            (Kind::Sync | Kind::Plan, Some(found)) if found.value.status == Status::Paused => {
                return self.drop_job(job, rev, "the customer is paused", now).await;
            }
            (Kind::Plan, Some(found)) => Some(found.value),
            (Kind::Sync, Some(found)) => {
                let mut customer = found.value.clone();
                if let Some(other) = self.other_sync(&customer, &job.id).await? {
                    return self.give_way(job, rev, other).await;
                }
                customer.sync_job_id = Some(job.id.clone());
                writes.extend(Customers::put(&mut customer, Some(&found))?);
                Some(customer)
            }
        };
        let mut claimed = job.clone();
        claimed.claim(now, until);
        if job.is_exclusive() {
            writes.insert(LOCK, Jobs::take_lock(&claimed, until, now)?);
        }
        writes.extend(Jobs::put(&claimed, rev)?);
        match self.dispatcher.data.write(writes).await {
            Err(StoreError::Conflict { failed }) if job.is_exclusive() && failed == [LOCK] => {
                job.postpone(now.plus(LOCK_WAIT));
                self.dispatcher.data.write(Jobs::put(&job, rev)?).await?;
                self.dispatcher.send(&job, now).await;
                Ok(Claim::Nothing("somebody else works on the customer"))
            }
            Err(error) => Err(error.into()),
            Ok(()) => Ok(Claim::Ours(Box::new(Claimed { job: claimed, customer }))),
        }
    }

    /// Another sync of the customer that has not ended: this one must not run beside it.
    async fn other_sync(&self, customer: &Customer, mine: &JobId) -> Result<Option<Stored<Job>>, StoreError> {
        if customer.sync_job_id.as_ref() == Some(mine) {
            return Ok(None);
        }
        self.dispatcher.active_sync(customer).await
    }

    /// The other sync does this one's work: a running one is followed by one more.
    async fn give_way(&self, mut job: Job, rev: u64, other: Stored<Job>) -> Result<Claim, AppError> {
        let mut writes = Vec::new();
        let Stored { value: mut other, rev: other_rev } = other;
        job.supersede(other.id.clone());
        if other.state == State::Running && !other.follow_up {
            other.follow_up = true;
            writes.extend(Jobs::put(&other, other_rev)?);
        }
        writes.extend(Jobs::put(&job, rev)?);
        self.dispatcher.data.write(writes).await?;
        Ok(Claim::Nothing("another sync of the customer is under way"))
    }

    async fn drop_job(&self, mut job: Job, rev: u64, why: &'static str, now: Timestamp) -> Result<Claim, AppError> {
        job.cancel(&sentence(why), now);
        self.dispatcher.data.write(Jobs::put(&job, rev)?).await?;
        Ok(Claim::Nothing(why))
    }

    /// A wait longer than SQS can delay: sent again for the rest.
    async fn reschedule(&self, found: Stored<Job>, now: Timestamp) -> Result<(), AppError> {
        let Stored { value: mut job, rev } = found;
        job.reschedule();
        match self.dispatcher.data.write(Jobs::put(&job, rev)?).await {
            Ok(()) => self.dispatcher.send(&job, now).await,
            // Somebody changed the job, so somebody sends for it.
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Ends an attempt: job, customer and lock in one transaction, then the messages.
    ///
    /// Returns the job as it stands, or none when it was no longer ours.
    ///
    /// # Errors
    /// Store failures: the lock expires, and the message comes again.
    pub async fn finish_attempt(
        &self,
        claimed: &Claimed,
        outcome: AttemptOutcome,
        traffic: &Traffic,
        now: Timestamp,
    ) -> Result<Option<Job>, AppError> {
        retry_on_conflict("job", || async { self.try_settle(claimed, outcome.clone(), traffic, now).await }).await
    }

    async fn try_settle(
        &self,
        claimed: &Claimed,
        outcome: AttemptOutcome,
        traffic: &Traffic,
        now: Timestamp,
    ) -> Result<Option<Job>, AppError> {
        let Some(found) = self.dispatcher.jobs.get(&claimed.job.customer_id, &claimed.job.id).await? else {
            return Ok(None);
        };
        let Stored { value: mut job, rev } = found;
        if job.state != State::Running || job.lock_until != claimed.job.lock_until {
            return Ok(None);
        }
        let customer = self.dispatcher.customers.get(&job.customer_id).await?;
        let same_credentials = has_same_credentials(claimed, customer.as_ref());
        let is_proof = same_credentials && matches!(outcome, AttemptOutcome::Tested(_));
        let outcome = if same_credentials { outcome } else { of_old_credentials(outcome, customer.is_some()) };
        let left = apply(&mut job, outcome, now);
        job.record_run(claimed.job.claimed_at.unwrap_or(now), traffic.clone(), now);
        let mut writes = Vec::new();
        if job.is_exclusive() {
            writes.push(Jobs::release_lock(&job));
        }
        if let Some(hold) = left.as_ref().and_then(|left| left.hold.as_ref()) {
            writes.push(HeldLists::put(&job.customer_id, &job.id, hold, now)?);
        }
        // A test proves or disproves the connection; nothing else of it outlives the job.
        let customer = customer.filter(|_| job.kind != Kind::Test || is_proof);
        writes.extend(self.close_older_failure(&job, customer.as_ref()).await?);
        let follow_up = settle_customer(&job, customer, left, &mut writes, now)?;
        writes.extend(Jobs::put(&job, rev)?);
        self.dispatcher.data.write(writes).await?;
        self.announce(&job, now).await;
        if let Some(next) = follow_up {
            self.dispatcher.send(&next, now).await;
        }
        Ok(Some(job))
    }

    /// The writes that settle the customer's failure before this sync, if the sync has ended: whatever it came to, that is what
    /// is to be known of the customer now. See D-70.
    async fn close_older_failure(
        &self,
        job: &Job,
        customer: Option<&Stored<Customer>>,
    ) -> Result<Vec<Write>, AppError> {
        let is_news = job.kind == Kind::Sync && job.state.is_ended() && job.state != State::Cancelled;
        let older = customer.and_then(|found| found.value.failed_job_id.as_ref());
        let Some(older) = older.filter(|older| is_news && **older != job.id) else { return Ok(Vec::new()) };
        let found = self.dispatcher.jobs.get_readable(&job.customer_id, older).await?;
        let Some(Stored { value: mut older, rev }) = found.filter(|found| found.value.is_open_failure()) else {
            return Ok(Vec::new());
        };
        older.supersede(job.id.clone());
        Ok(Jobs::put(&older, rev)?)
    }

    /// Sends what the job's new state calls for.
    async fn announce(&self, job: &Job, now: Timestamp) -> Option<Announcement> {
        match job.state {
            State::Queued | State::Waiting => {
                self.dispatcher.send(job, now).await;
                Some(Announcement::Sent)
            }
            State::Failed if job.dead_lettered_at.is_some() => {
                let class = job.error.as_ref().map_or(ErrorClass::Bug, |error| error.class);
                // Here, not where the letter arrives: it may be sent twice, or not at all.
                telemetry::count(Metric::DeadLetters);
                telemetry::count(Metric::dead_letters_of(class));
                if let Err(error) = self.dead_letters.send_dead_letter(&Message::to(job), class).await {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(job_id = %job.id, customer_id = %job.customer_id, error, "a dead letter was not sent; the job is listed and can be redriven all the same");
                }
                Some(Announcement::DeadLettered)
            }
            _ => None,
        }
    }

    /// Revives a silent job, or gives it up; none when it is no longer silent. Nothing is given up for its silence alone
    /// while its queue holds messages.
    ///
    /// # Errors
    /// Store failures.
    pub async fn sweep(
        &self,
        job: &Job,
        queue_is_empty: bool,
        now: Timestamp,
    ) -> Result<Option<Announcement>, AppError> {
        let Some(found) = self.dispatcher.jobs.get(&job.customer_id, &job.id).await? else {
            return Ok(None);
        };
        let Stored { value: mut job, rev } = found;
        if !job.is_silent(now) || self.somebody_works_on(&job.customer_id, &job.id, now).await? {
            return Ok(None);
        }
        job.sweep(queue_is_empty, now);
        let customer = match job.kind {
            Kind::Sync => self.dispatcher.customers.get(&job.customer_id).await?,
            Kind::Plan | Kind::Purge | Kind::Test => None,
        };
        let mut writes = Jobs::put(&job, rev)?;
        writes.extend(self.close_older_failure(&job, customer.as_ref()).await?);
        let follow_up = settle_customer(&job, customer, None, &mut writes, now)?;
        match self.dispatcher.data.write(writes).await {
            Ok(()) => {}
            Err(StoreError::Conflict { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let settled = self.announce(&job, now).await;
        if let Some(next) = follow_up {
            self.dispatcher.send(&next, now).await;
        }
        Ok(settled)
    }

    async fn somebody_works_on(&self, customer: &CustomerId, job: &JobId, now: Timestamp) -> Result<bool, StoreError> {
        let lock = self.dispatcher.jobs.lock(customer).await?;
        Ok(lock.is_some_and(|lock| lock.lock_until > now && lock.job_id == *job))
    }
}

/// True if the customer's credentials are those that the job was claimed with.
fn has_same_credentials(claimed: &Claimed, now: Option<&Stored<Customer>>) -> bool {
    let version = |customer: &Customer| customer.credential_version;
    claimed.customer.as_ref().map(version) == now.map(|found| version(&found.value))
}

/// Returns the outcome of an attempt with credentials that were replaced meanwhile. A refusal of the old ones says nothing
/// about the new ones: the job goes on with those, or ends if the customer is gone.
fn of_old_credentials(outcome: AttemptOutcome, customer_is_there: bool) -> AttemptOutcome {
    match outcome {
        AttemptOutcome::Stopped { stop: Interruption::Failed(failure), so_far } if failure.class.needs_attention() => {
            let stop =
                if customer_is_there { Interruption::credentials_changed() } else { Interruption::customer_deleted() };
            AttemptOutcome::Stopped { stop, so_far }
        }
        other => other,
    }
}

/// Adds what the customer takes over from its job; returns the follow-up job, if one is due.
fn settle_customer(
    job: &Job,
    customer: Option<Stored<Customer>>,
    left: Option<CustomerUpdate>,
    writes: &mut Vec<Write>,
    now: Timestamp,
) -> Result<Option<Job>, AppError> {
    let ended = job.state.is_ended();
    let is_news =
        |customer: &Customer| ended || left.is_some() || job.kind == Kind::Sync && customer.wait != Wait::of(job);
    let Some(found) = customer.filter(|found| is_news(&found.value)) else {
        return Ok(None);
    };
    let mut customer = found.value.clone();
    let mut follow_up = None;
    match job.kind {
        Kind::Plan | Kind::Purge => return Ok(None),
        Kind::Test => customer.record_test(job.error.clone(), now),
        Kind::Sync => {
            if let Some(left) = left {
                left.apply_to(&mut customer, job);
            }
            customer.waits(job);
            if ended {
                customer.record(job, now);
                follow_up = follow(job, &mut customer, now);
            }
        }
    }
    writes.extend(Customers::put(&mut customer, Some(&found))?);
    if let Some(next) = &follow_up {
        writes.extend(Jobs::put(next, 0)?);
    }
    Ok(follow_up)
}

/// The one job that follows a sync during which another was asked for.
fn follow(job: &Job, customer: &mut Customer, now: Timestamp) -> Option<Job> {
    if !job.follow_up || !customer.is_syncable() {
        return None;
    }
    let next = Job::new(Kind::Sync, customer.id.clone(), Trigger::FollowUp, job.requester(), now, now);
    customer.sync_job_id = Some(next.id.clone());
    Some(next)
}

#[cfg(test)]
mod tests;
