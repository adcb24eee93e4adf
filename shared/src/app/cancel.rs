//! Cancelling a job: at once while it waits, at its next look while it runs.
//!
//! What must stay true: what a run has written by then stays and is whole, and the customer is free for its next sync.

use super::{
    conflicts::retry_on_conflict, context::RequestContext, dispatch::Dispatcher, error::AppError, outcome::sentence,
};
use crate::{
    aws::{customers::Customers, jobs::Jobs, table::Stored},
    domain::{
        actions::JobAction,
        audit::Action,
        ids::JobId,
        job::{Job, State},
    },
};

/// The reason in the failure of a job that was cancelled before it was claimed.
const BY_AN_ADMIN: &str = "an admin cancelled it";

impl Dispatcher {
    /// Cancels a job; a running one stops by itself within moments. Cancelling twice is the same as once.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` names the state of a job that is over or that cannot be cancelled.
    pub async fn cancel(&self, id: &JobId, context: &RequestContext) -> Result<Job, AppError> {
        retry_on_conflict("job", || async {
            let found = self.jobs.find(id).await?.ok_or(AppError::NotFound("job"))?;
            self.try_cancel(found, context).await
        })
        .await
    }

    async fn try_cancel(&self, found: Stored<Job>, context: &RequestContext) -> Result<Job, AppError> {
        let Stored { value: mut job, rev } = found;
        let record = context.record(Action::JobCancel).job(&job);
        job.check(JobAction::Cancel, None)?;
        if job.cancel_requested {
            return Ok(job);
        }
        if job.state == State::Running {
            job.cancel_requested = true;
            // Whoever asked for one more sync meanwhile asked for this one to go on.
            job.follow_up = false;
            self.commit(Jobs::put(&job, rev)?, Some(&context.entry(record))).await?;
            return Ok(job);
        }
        job.cancel(&sentence(BY_AN_ADMIN), context.now);
        let mut writes = Jobs::put(&job, rev)?;
        if job.is_exclusive()
            && let Some(found) = self.customers.get(&job.customer_id).await?
        {
            let mut customer = found.value.clone();
            customer.record(&job, context.now);
            writes.extend(Customers::put(&mut customer, Some(&found))?);
        }
        self.commit(writes, Some(&context.entry(record))).await?;
        Ok(job)
    }
}

#[cfg(test)]
mod tests;
