//! A person approves what a guard held back: a new sync, for which exactly the workflows of that list may go. See D-35.
//!
//! What must stay true: an approval is for one job and one list, acts once, re-verifies everything (a new listing, a
//! question to Zuora for each), and changes no limit for good. Only where Zuora would not say whether a workflow is gone
//! does it take the place of Zuora's word. Approving twice makes one sync.

use super::{conflicts::retry_on_conflict, context::RequestContext, dispatch::Dispatcher, error::AppError};
use crate::{
    aws::{customers::Customers, jobs::Jobs, table::Stored},
    domain::{
        actions::{JobAction, Situation},
        actor::Actor,
        audit::Action,
        customer::Summary,
        ids::JobId,
        job::{Approval, Approved, Held, Job, Kind, State, Trigger},
    },
};

/// The list that is approved.
#[derive(Clone, Debug)]
pub struct Approving {
    /// The job that held it back.
    pub job: JobId,
    /// The hash of the list that the person saw, if they say so.
    pub list_hash: Option<String>,
}

impl Dispatcher {
    /// The syncs that wait for somebody's approval, of these customers: of each the last hold that no complete sync has followed.
    ///
    /// # Errors
    /// Store failures.
    pub async fn awaiting_approval(&self, customers: impl Iterator<Item = &Summary>) -> Result<Vec<Job>, AppError> {
        let held: Vec<_> =
            customers.filter_map(|customer| Some((&customer.id, customer.held_job_id.as_ref()?))).collect();
        let mut jobs = self.jobs.get_all(&held).await?;
        jobs.retain(Job::awaits_approval);
        Ok(jobs)
    }

    /// Queues the sync that acts on an approval; returns it.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when there is nothing to approve (any more), says why.
    pub async fn approve_deletions(&self, approving: &Approving, context: &RequestContext) -> Result<Job, AppError> {
        let (job, send) = retry_on_conflict("job", || async {
            let found = self.jobs.find(&approving.job).await?.ok_or(AppError::NotFound("job"))?;
            self.try_approve(found, approving, context).await
        })
        .await?;
        if send {
            self.send(&job, context.now).await;
        }
        Ok(job)
    }

    async fn try_approve(
        &self,
        found: Stored<Job>,
        approving: &Approving,
        context: &RequestContext,
    ) -> Result<(Job, bool), AppError> {
        let Stored { value: mut held_job, rev } = found;
        let found = self.customers.get(&held_job.customer_id).await?.ok_or(AppError::NotFound("customer"))?;
        let mut customer = found.value.clone();
        let active = self.active_sync(&customer).await?;
        let sync = active.as_ref().map(|active| &active.value);
        let situation = Situation::new(customer.status, customer.undoubted_at, sync);
        held_job.check(JobAction::ApproveDeletions, Some(&situation))?;
        let held = seen(&held_job, approving)?.clone();
        if let Some(approved) = &held.approved {
            let job = self.jobs.get(&customer.id, &approved.job_id).await?.ok_or(AppError::NotFound("job"))?.value;
            return Ok((job, false));
        }
        let approval =
            Approval { held_job_id: held_job.id.clone(), kind: held.kind, list_hash: held.list_hash.clone() };
        let RequestContext { actor, now, .. } = context;
        let mut writes = Vec::new();
        let mut send = true;
        let job = match active {
            // It is not running: it takes the approval along. What Zuora asked to wait for is waited for.
            Some(Stored { value: mut active, rev }) => {
                active.approval = Some(approval);
                match active.state {
                    State::Waiting => send = false,
                    _ => active.postpone(*now),
                }
                writes.extend(Jobs::put(&active, rev)?);
                active
            }
            None => {
                let id = customer.id.clone();
                let mut job = Job::new(Kind::Sync, id, Trigger::Approval, Some(actor.clone()), *now, *now);
                job.approval = Some(approval);
                customer.sync_job_id = Some(job.id.clone());
                writes.extend(Jobs::put(&job, 0)?);
                job
            }
        };
        // The doubt is dealt with, unless the next sync has one anew.
        customer.held_job_id.take_if(|held| *held == held_job.id);
        writes.extend(Customers::put(&mut customer, Some(&found))?);
        let Actor { sub, email } = actor.clone();
        let approved = Approved { actor: sub, actor_email: email, at: *now, job_id: job.id.clone() };
        held_job.held = Some(Held { approved: Some(approved), ..held });
        writes.extend(Jobs::put(&held_job, rev)?);
        let entry = context.entry(context.record(Action::JobApproveDeletions).about(&customer).job(&held_job));
        self.commit(writes, Some(&entry)).await?;
        Ok((job, send))
    }
}

/// Returns the held list of a job, if it still is the list that the person saw.
fn seen<'a>(job: &'a Job, approving: &Approving) -> Result<&'a Held, AppError> {
    let held = job.held.as_ref().ok_or(AppError::NotFound("list"))?;
    if approving.list_hash.as_ref().is_some_and(|seen| *seen != held.list_hash) {
        let why = "The job holds back another list than the one you saw. Look at it again.";
        return Err(AppError::Conflict(why.to_owned()));
    }
    Ok(held)
}

#[cfg(test)]
mod tests;
