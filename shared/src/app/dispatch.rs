//! Dispatch: stores a job and sends its message, in this order. See D-2.
//!
//! What must stay true:
//! - A customer has at most one sync job that is queued, waiting or running: `customer.sync_job_id` names it, and is set
//!   in the transaction that stores the job. A trigger that finds one joins it.
//! - It has at most one dry run under way as well ([`LastPlan`]), beside its sync; who asks for another joins it.
//! - A crash between the two steps leaves a queued job without a message; the sweeper sends it.

use std::time::Duration;

use super::{
    conflicts::retry_on_conflict,
    context::{Entry, RequestContext, commit},
    error::AppError,
};
use crate::{
    aws::{
        batches::Batches,
        counts::Counts,
        customers::Customers,
        damaged::Damaged,
        held::HeldLists,
        idempotency::IdempotencyStore,
        jobs::Jobs,
        plans::LastPlan,
        queue::Sending,
        queues::Queues,
        table::{StoreError, Stored, Table, Write},
    },
    domain::{
        actions::CustomerAction,
        actor::Actor,
        audit::Action,
        batch::Served,
        customer::Customer,
        ids::{BatchId, CustomerId, JobId},
        job::{Job, Kind, State, Trigger},
        message::Message,
        time::Timestamp,
    },
};

/// The data table with its repositories, and the queues, for every use case of jobs.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    /// The data table.
    pub data: Table,
    /// Its customers.
    pub customers: Customers,
    /// Its jobs.
    pub jobs: Jobs,
    /// Its lists of what jobs held back.
    pub held: HeldLists,
    /// Its notes on damaged definitions.
    pub damaged: Damaged,
    /// Its batches.
    pub batches: Batches,
    /// The numbers of the dashboard.
    pub counts: Counts,
    /// Its idempotency keys.
    pub idempotency: IdempotencyStore,
    /// The queues in which jobs wait.
    pub queues: Queues,
}

/// The result of a request for a sync.
#[derive(Clone, Debug)]
pub enum Requested {
    /// A new job is queued.
    New(Job),
    /// A job was waiting already and does this one's work too.
    Joined(Job),
    /// A job is running; exactly one more follows it (none, if the schedule asked).
    Follows(Job),
}

impl Requested {
    /// The job that answers the request.
    pub const fn job(&self) -> &Job {
        match self {
            Self::New(job) | Self::Joined(job) | Self::Follows(job) => job,
        }
    }
}

/// The origin and the time of a request for a sync.
#[derive(Clone, Debug)]
pub struct SyncRequest {
    /// The person or the mechanism behind it.
    pub trigger: Trigger,
    /// The caller.
    pub actor: Option<Actor>,
    /// The audit record of the request; none unless a person requested this and nothing else.
    pub entry: Option<Entry>,
    /// The present moment.
    pub now: Timestamp,
    /// The moment at which a new job begins.
    pub due: Timestamp,
    /// The batch that it is part of: it asks a customer once.
    pub batch: Option<BatchId>,
    /// The schedule's event time: the customer must be due then, and its `next_sync_at` moves on with the job.
    pub slot: Option<Timestamp>,
}

impl SyncRequest {
    /// A request of now.
    pub const fn at_once(trigger: Trigger, actor: Option<Actor>, now: Timestamp) -> Self {
        Self { trigger, actor, entry: None, now, due: now, batch: None, slot: None }
    }

    /// A person's request.
    pub fn of(context: &RequestContext) -> Self {
        let entry = context.entry(context.record(Action::CustomerSync));
        Self { entry: Some(entry), ..Self::at_once(Trigger::Manual, Some(context.actor.clone()), context.now) }
    }
}

/// A request for a sync before it is written.
#[derive(Debug)]
pub(crate) struct Placing {
    /// The result to report.
    pub(crate) requested: Requested,
    /// The writes to make, beside the customer's.
    pub(crate) writes: Vec<Write>,
    /// True if a message has to be sent afterwards.
    pub(crate) is_due: bool,
}

impl Placing {
    const fn unwritten(requested: Requested) -> Self {
        Self { requested, writes: Vec::new(), is_due: false }
    }
}

impl Dispatcher {
    /// Over a data table and the queues.
    pub fn new(data: Table, queues: Queues) -> Self {
        Self {
            customers: Customers::new(data.clone()),
            jobs: Jobs::new(data.clone()),
            held: HeldLists::new(data.clone()),
            damaged: Damaged::new(data.clone()),
            batches: Batches::new(data.clone()),
            counts: Counts::new(data.clone()),
            idempotency: IdempotencyStore::new(data.clone()),
            data,
            queues,
        }
    }

    /// Asks for a sync of one customer and sends its message.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the customer is paused; store failures.
    pub async fn request_sync(&self, id: &CustomerId, request: &SyncRequest) -> Result<Requested, AppError> {
        let (requested, send) = self.place_sync(id, request).await?;
        if send {
            self.send(requested.job(), request.now).await;
        }
        Ok(requested)
    }

    /// Asks for a sync without sending; says whether a message is due, for callers that want to know whether it was sent.
    pub(crate) async fn place_sync(
        &self,
        id: &CustomerId,
        request: &SyncRequest,
    ) -> Result<(Requested, bool), AppError> {
        retry_on_conflict("customer", || async {
            let customer = self.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
            self.try_place(customer, request).await
        })
        .await
    }

    async fn try_place(&self, found: Stored<Customer>, request: &SyncRequest) -> Result<(Requested, bool), AppError> {
        let mut customer = found.value.clone();
        if let Some(requested) = self.asked_before(&customer, request).await? {
            return Ok((requested, false));
        }
        let Placing { requested, mut writes, is_due } = self.prepare_sync(&mut customer, request).await?;
        customer.served = served(request, &requested).or(customer.served);
        if request.slot.is_some() || request.batch.is_some() || matches!(requested, Requested::New(_)) {
            writes.extend(Customers::put(&mut customer, Some(&found))?);
        }
        let about = |entry: &Entry| entry.with(|record| record.about(&customer).job(requested.job()));
        self.commit(writes, request.entry.as_ref().map(about).as_ref()).await?;
        Ok((requested, is_due))
    }

    /// Finds the job that does what is asked for, and what has to be written for it beside the customer, who names a new one from
    /// now on. Who writes that in one transaction with the customer, at the entity tag that was read, has asked.
    pub(crate) async fn prepare_sync(
        &self,
        customer: &mut Customer,
        request: &SyncRequest,
    ) -> Result<Placing, AppError> {
        customer.status.check(CustomerAction::Sync)?;
        if let Some(slot) = request.slot {
            if !customer.is_due(slot) {
                return Err(AppError::Conflict("The customer is not due.".to_owned()));
            }
            customer.next_sync_at = customer.settings.sync_frequency.next_after(&customer.id, slot);
        }
        if let Some(active) = self.active_sync(customer).await? {
            return Ok(join(active, request)?);
        }
        let SyncRequest { trigger, actor, now, due, .. } = request;
        let job = Job::new(Kind::Sync, customer.id.clone(), *trigger, actor.clone(), *now, *due);
        customer.sync_job_id = Some(job.id.clone());
        Ok(Placing { writes: Jobs::put(&job, 0)?, requested: Requested::New(job), is_due: true })
    }

    /// Returns the result of this request from an earlier time: a batch that was stopped begins again a few customers
    /// before its place.
    async fn asked_before(&self, customer: &Customer, request: &SyncRequest) -> Result<Option<Requested>, StoreError> {
        let before = customer.served.as_ref().filter(|served| Some(&served.batch_id) == request.batch.as_ref());
        let Some(Served { job_id, joined, .. }) = before else { return Ok(None) };
        let job = self.jobs.get_readable(&customer.id, job_id).await?.map(|found| found.value);
        Ok(job.map(if *joined { Requested::Joined } else { Requested::New }))
    }

    /// The sync job of a customer that has not ended.
    pub(crate) async fn active_sync(&self, customer: &Customer) -> Result<Option<Stored<Job>>, StoreError> {
        self.active(&customer.id, customer.sync_job_id.as_ref()).await
    }

    /// A customer's job of that id, if it has not ended. One that cannot be read counts as ended: the lock keeps it from a
    /// customer that another job works on.
    async fn active(&self, customer: &CustomerId, id: Option<&JobId>) -> Result<Option<Stored<Job>>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        Ok(self.jobs.get_readable(customer, id).await?.filter(|job| !job.value.state.is_ended()))
    }

    /// Writes to the data table, with the record of it.
    pub(crate) async fn commit(&self, writes: Vec<Write>, entry: Option<&Entry>) -> Result<(), StoreError> {
        commit(vec![(&self.data, writes)], entry).await
    }

    /// Asks for a connection test with the stored credentials.
    ///
    /// # Errors
    /// `NotFound`; store failures.
    pub async fn request_test(&self, id: &CustomerId, context: &RequestContext) -> Result<Job, AppError> {
        self.place_question(Kind::Test, id, context).await
    }

    /// Asks what a sync would do: a new dry run, or the one that is under way. Syncs do not wait for it, nor it for them.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the customer is paused; store failures.
    pub async fn request_plan(&self, id: &CustomerId, context: &RequestContext) -> Result<Job, AppError> {
        self.place_question(Kind::Plan, id, context).await
    }

    async fn place_question(&self, kind: Kind, id: &CustomerId, context: &RequestContext) -> Result<Job, AppError> {
        let asked = retry_on_conflict("customer", || async { self.try_place_question(kind, id, context).await });
        let (job, is_new) = asked.await?;
        if is_new {
            self.send(&job, context.now).await;
        }
        Ok(job)
    }

    /// The job that answers the question, and whether it is a new one.
    async fn try_place_question(
        &self,
        kind: Kind,
        id: &CustomerId,
        context: &RequestContext,
    ) -> Result<(Job, bool), AppError> {
        let Stored { value: customer, rev } = self.customers.get(id).await?.ok_or(AppError::NotFound("customer"))?;
        let asked = if kind == Kind::Plan { CustomerAction::DryRun } else { CustomerAction::TestConnection };
        customer.status.check(asked)?;
        let action = if kind == Kind::Plan { Action::CustomerSync } else { Action::CustomerTest };
        let entry = |job: &Job| context.entry(context.record(action).about(&customer).job(job));
        let actor = Some(context.actor.clone());
        let job = Job::new(kind, id.clone(), Trigger::Manual, actor, context.now, context.now);
        // Not after the customer was deleted: nobody would remove the job.
        let mut writes = vec![Customers::unchanged(id, rev)];
        if kind == Kind::Plan {
            let last = LastPlan::of(&self.data, id).await?;
            if let Some(active) = self.active(id, last.as_ref().map(|last| &last.value.job_id)).await? {
                self.commit(Vec::new(), Some(&entry(&active.value))).await?;
                return Ok((active.value, false));
            }
            writes.push(LastPlan::put(&job, last.map_or(0, |last| last.rev))?);
        }
        writes.extend(Jobs::put(&job, 0)?);
        self.commit(writes, Some(&entry(&job))).await?;
        Ok((job, true))
    }

    /// Sends the message that `job` waits for. A failure is logged only: the job is stored, the sweeper sends it again.
    pub(crate) async fn send(&self, job: &Job, now: Timestamp) {
        if let Err(error) = self.queues.send(&sending(job, now)).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(job_id = %job.id, customer_id = %job.customer_id, error, "a job's message was not sent; the sweeper will send it");
        }
    }
}

/// The mark of the batch that asks.
fn served(request: &SyncRequest, requested: &Requested) -> Option<Served> {
    let joined = !matches!(requested, Requested::New(_));
    let batch_id = request.batch.clone()?;
    Some(Served { batch_id, job_id: requested.job().id.clone(), joined })
}

/// A sync is under way: joins it, or has it followed by one more.
fn join(active: Stored<Job>, request: &SyncRequest) -> Result<Placing, StoreError> {
    let Stored { value: mut job, rev } = active;
    let by_schedule = request.trigger == Trigger::Schedule;
    Ok(match job.state {
        State::Running if by_schedule || job.follow_up => Placing::unwritten(Requested::Follows(job)),
        State::Running => {
            job.follow_up = true;
            Placing { writes: Jobs::put(&job, rev)?, requested: Requested::Follows(job), is_due: false }
        }
        _ => Placing::unwritten(Requested::Joined(job)),
    })
}

/// The message that `job` waits for, delayed until it is due.
pub(crate) fn sending(job: &Job, now: Timestamp) -> Sending {
    let delay = job.next_attempt_at.map_or(Duration::ZERO, |due| now.until(due));
    Sending { kind: job.kind, message: Message::to(job), delay }
}

#[cfg(test)]
mod tests;
